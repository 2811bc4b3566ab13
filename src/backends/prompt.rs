//! The words that go to a model: which picture is which, what was done before, what to do now.
//!
//! Rule: the person's own words stand in it unchanged, at its end, and pictures are called what the interface calls
//! them ("image 2"). Called by the backends whose models follow instructions.

use super::EditRequest;

/// How many earlier instructions are told, and how much of each.
const TOLD_STEPS: usize = 8;
const TOLD_CHARS: usize = 300;

/// The words: which picture is which, what was done before, what to do now.
pub fn text(request: &EditRequest) -> String {
    let mut text = String::from("Image 1 is the picture to edit.");
    match request.references.len() {
        0 => {}
        1 => text.push_str(" Image 2 is a further picture that the instruction may speak of; it is not edited itself."),
        n => text.push_str(&format!(
            " Images 2 to {} follow it in this order; the instruction may speak of them, they are not edited themselves.",
            n + 1
        )),
    }
    text.push_str(" Carry out the instruction on image 1, leave everything it does not speak of as it is, and answer with the edited picture.");
    let steps: Vec<&str> = request
        .history
        .iter()
        .filter_map(|step| Some(step.instruction.as_ref()?.as_str()))
        .collect();
    let told = &steps[steps.len().saturating_sub(TOLD_STEPS)..];
    if !told.is_empty() {
        text.push_str("\n\nAlready done in image 1, oldest first, told only so that the instruction is understood:");
        for step in told {
            let step: String = step.split_whitespace().collect::<Vec<_>>().join(" ");
            text.push_str("\n- ");
            text.extend(step.chars().take(TOLD_CHARS));
        }
    }
    text.push_str("\n\nInstruction: ");
    text.push_str(request.instruction.as_str());
    text
}
