//! What the engine's backend says: what was done, what was left out, why nothing was.
//!
//! Rule: plain sentences with a way on; the kind of a failure follows from the reasons alone. Called by `embedded` and
//! `cli::edit`.

use plantain_engine::{Declined, Reason, RenderError, Step, explain};

use crate::{
    backends::BackendError,
    domain::{
        picture::{Dimensions, Limits},
        turn::FailureKind,
    },
};

/// "Made the picture warmer. Left out: “add a rabbit” asks for …"
pub(crate) fn note(done: &[Step], left_out: &[Declined]) -> String {
    let done = explain(done);
    let mut note = if done.is_empty() { done } else { done + "." };
    for declined in left_out {
        if !note.is_empty() {
            note.push(' ');
        }
        note.push_str("Left out");
        if !declined.message.contains(&declined.text) {
            note.push_str(&format!(" “{}”", declined.text));
        }
        note.push_str(": ");
        note.push_str(&declined.message);
    }
    note
}

/// The failure of a turn of which nothing could be done.
pub(crate) fn nothing_done(left_out: &[Declined]) -> BackendError {
    let mut messages: Vec<&str> = Vec::new();
    for declined in left_out {
        if !messages.contains(&declined.message.as_str()) {
            messages.push(&declined.message);
        }
    }
    let message = if messages.is_empty() {
        "There is nothing to change in these words. Say what to change, for example “make it brighter”.".to_owned()
    } else {
        messages.join(" ")
    };
    BackendError::Declined {
        kind: kind_of(left_out),
        message,
    }
}

/// A refusal weighs most, then what only a model can do, then what is missing, then what was not understood.
fn kind_of(left_out: &[Declined]) -> FailureKind {
    let any = |reasons: &[Reason]| left_out.iter().any(|declined| reasons.contains(&declined.reason));
    if any(&[Reason::UnsafeRequest]) {
        FailureKind::Declined
    } else if any(&[Reason::NeedsGenerative]) {
        FailureKind::NeedsGenerative
    } else if any(&[Reason::CannotFind, Reason::MissingReference]) {
        FailureKind::Declined
    } else {
        FailureKind::NotUnderstood
    }
}

/// A result over the limits.
pub(crate) fn too_large(dimensions: Dimensions, limits: &Limits) -> String {
    format!(
        "The picture would get {dimensions} pixels; up to {} million, and {} on a side, are possible here. Ask for a smaller size.",
        limits.pixels / 1_000_000,
        limits.side
    )
}

/// Why a plan that was understood could not be carried out on this picture.
pub(crate) fn cannot_render(error: &RenderError) -> String {
    match error {
        RenderError::TooLarge {
            width,
            height,
            max_pixels,
        } => format!(
            "The picture would get {width} × {height} pixels; up to {} million are possible here. Ask for a smaller size.",
            max_pixels / 1_000_000
        ),
        RenderError::NoRegion | RenderError::NoSuchTarget(_) => {
            "The part of the picture that this is about can't be found. Ask for a change of the whole picture."
                .to_owned()
        }
        other => {
            let mut words = other.to_string();
            if let Some(first) = words.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            words + "."
        }
    }
}
