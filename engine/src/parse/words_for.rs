//! What is said to a person when something is left out: one sentence each, with a way on.
//!
//! The one rule: no sentence promises what the engine cannot do, and none blames the person.
//! Called by the rules of `parse` wherever they decline.

use crate::plan::{Op, Target, pin_of};

pub(super) fn too_vague() -> String {
    "That could mean many things. Say one of these, for example: “brighten it a little”, “make the colours warmer”, “add some contrast”.".into()
}

pub(super) fn proposals([a, b, c]: [&str; 3]) -> String {
    format!("That could mean many things. For this picture, say for example: “{a}”, “{b}” or “{c}”.")
}

pub(super) fn not_understood(quote: &str) -> String {
    format!(
        "“{quote}” was not understood. Name one change at a time, for example “make it warmer”, “sharpen it a bit” or “crop it to a square”."
    )
}

pub(super) fn question() -> String {
    "That reads like a question, and here every message is an edit. Say what to change, for example “make it brighter”."
        .into()
}

pub(super) fn nothing_to_do() -> String {
    "There is nothing to change in these words. Say what to change, for example “make it brighter”.".into()
}

pub(super) fn unsafe_request() -> String {
    "That is something this editor does not make.".into()
}

pub(super) fn new_things(quote: &str) -> String {
    format!(
        "“{quote}” asks for something that is not in the picture. The built-in engine cannot paint new things; a connected generative model can."
    )
}

pub(super) fn generative(quote: &str) -> String {
    format!(
        "“{quote}” changes what is in the picture. The built-in engine cannot do that; a connected generative model can."
    )
}

pub(super) fn text_in_scene() -> String {
    "Text on things in the picture would have to be painted anew. The built-in engine cannot do that; a connected generative model can.".into()
}

pub(super) fn what_to_write() -> String {
    "What should it say? Put the words in quotation marks, for example: write \"Happy birthday\" at the bottom.".into()
}

pub(super) fn no_such_scene() -> String {
    "There is no painted scene for that place, and only a connected generative model could make one. The built-in engine paints: beach, meadow, forest, enchanted forest, mountains, snowy mountains, desert, ocean, underwater, space, sunset sky, starry night, city by day or night, cyberpunk city, studio, living room.".into()
}

pub(super) fn no_such_style() -> String {
    format!(
        "The built-in engine has no such style, and only a connected generative model could paint in it. It paints: {}.",
        crate::ops::style_names().join(", ")
    )
}

pub(super) fn nothing_before() -> String {
    "There is no earlier edit on this branch to go by. Say what to do, for example “blur it more”.".into()
}

pub(super) fn has_no_strength(op: Op) -> String {
    format!(
        "The last edit ({}) has no strength that could be changed. Say what to do instead.",
        plain(op)
    )
}

pub(super) fn cannot_undo_that(op: Op) -> String {
    format!(
        "The last edit was not “{}”, and only the last one can be undone. Pick an earlier version in the strip, or say “undo”.",
        plain(op)
    )
}

pub(super) fn not_yet(op: Op) -> String {
    let what = match op {
        Op::Remove => "Removing things from the picture",
        Op::Recolor => "Giving one thing another colour",
        Op::Cutout => "Cutting the subject out",
        Op::BackgroundColor | Op::BackgroundBlur | Op::BackgroundReplace => "Changing the background",
        Op::Move | Op::Scale | Op::Duplicate => "Moving, resizing or copying things in the picture",
        Op::Pattern | Op::Insert => "Using another picture's content",
        Op::Caption => "Writing on the picture",
        Op::Style | Op::Sketch | Op::Cartoon | Op::Oil | Op::Halftone | Op::PixelArt | Op::Poster => {
            "Painting the picture in a style"
        }
        Op::Upscale | Op::Expand => "Growing the picture beyond its pixels",
        _ => "Changing light and weather",
    };
    format!("{what} is not something the built-in engine can do yet; a connected generative model can.")
}

pub(super) fn not_on_a_part(op: Op) -> String {
    format!(
        "“{}” works on the whole picture here, not on one thing in it; a connected generative model can do that.",
        plain(op)
    )
}

pub(super) fn cannot_find(target: &Target) -> String {
    if let Target::Object { object, .. } = target
        && let Some(n) = pin_of(object)
    {
        return format!("There is no point {n} on the picture. Set it and say the same again.");
    }
    let what = crate::explain::target_words(target);
    format!("The built-in engine cannot find {what} by itself yet. Draw a region over it and say the same again.")
}

pub(super) fn cannot_find_it() -> String {
    "It is not said what “it” is. Name the thing, or draw a region over it and say the same again.".into()
}

pub(super) fn where_to() -> String {
    "It is not said where to. Say it, for example “move the cup to the left” or “move it to the top right corner”."
        .into()
}

pub(super) fn no_region() -> String {
    "Nothing is selected. Draw a region over the part that is meant and say the same again.".into()
}

pub(super) fn one_copy() -> String {
    "Copies are made one at a time: say “duplicate it”, then move it, then say it again.".into()
}

pub(super) fn missing_reference(n: u32) -> String {
    format!("Picture {n} is spoken of, but it is not attached. Attach it and say the same again.")
}

fn plain(op: Op) -> String {
    op.name().replace('_', " ")
}
