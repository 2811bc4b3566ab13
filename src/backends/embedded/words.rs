//! What the engine's backend says: what was done, what was left out, why nothing was.
//!
//! Rule: plain sentences with a way on; the kind of a failure follows from the reasons alone. Called by `embedded` and
//! `cli::edit`.

use std::sync::{Mutex, PoisonError};

use plantain_engine::{Declined, Finds, Reason, RenderError, Step, Target, explain};

use crate::{
    backends::BackendError,
    domain::{
        picture::{Dimensions, Limits},
        turn::FailureKind,
    },
    models::Models,
};

/// What is said when there is no picture yet.
pub fn no_picture_from_words() -> BackendError {
    BackendError::Declined {
        kind: FailureKind::NeedsGenerative,
        message: "The built-in engine edits pictures and can't make one up from words. Choose a model as backend, or put a picture in."
            .to_owned(),
    }
}

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

/// What the engine says of how it did something, each thing once.
#[derive(Debug, Default)]
pub(crate) struct Remarks(Mutex<Vec<String>>);

impl Remarks {
    pub(crate) fn add(&self, sentence: &str) {
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !said.iter().any(|s| s == sentence) {
            said.push(sentence.to_owned());
        }
    }

    /// All of it, to be put after a note.
    pub(crate) fn told(&self) -> String {
        let said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        said.iter().map(|sentence| format!(" {sentence}")).collect()
    }
}

/// What can be found by itself: the subject and the sky always, named things with their nets; and whether styles can be painted.
pub(crate) fn finds(models: &Models) -> Finds {
    Finds {
        objects: models.has("objects") && models.has("subject"),
        faces: models.has_faces(),
        styles: models.has("style"),
        ..Finds::without_nets()
    }
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
        RenderError::NoSuchTarget(Target::Object { object, .. }) if object.starts_with("pin ") => {
            let point = object.replacen("pin", "point", 1);
            format!("Nothing under {point} can be told apart from what is around it. Draw a region over it and say the same again.")
        }
        RenderError::NoSuchTarget(Target::Object { object, .. }) => {
            format!("No {object} can be found in this picture. Draw a region over it and say the same again.")
        }
        RenderError::NoSuchTarget(Target::Sky) => {
            "No sky can be found in this picture. Draw a region over it and say the same again.".to_owned()
        }
        RenderError::NoSuchTarget(Target::Subject | Target::Background) => {
            "Nothing stands out as the subject of this picture. Draw a region over what is meant and say the same again."
                .to_owned()
        }
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
