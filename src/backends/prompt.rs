//! The words that go to a model: which picture is which, what was done before, what to do now.
//!
//! Rule: the person's own words stand in it unchanged, at its end (but for where it may change), and pictures
//! are called what the interface calls them ("image 2"); all of it is told to [`super::Watch::sends`], so that the card can show it. Called by the backends
//! whose models follow instructions.

use super::{EditRequest, PastStep, Pointed};

/// What is asked of a model with every edit, unless a setting says otherwise.
pub const PREAMBLE: &str = "Carry out the instruction on image 1, leave everything it does not speak of as it is, and answer with the edited picture.";

/// How many earlier instructions are told, and how much of each.
const TOLD_STEPS: usize = 8;
const TOLD_CHARS: usize = 300;

/// The words of an instruction that stands alone.
pub fn text(request: &EditRequest, preamble: &str) -> String {
    let (references, instruction) = (request.references.len(), request.instruction.as_str());
    if request.canvas {
        from_words(references, instruction)
    } else {
        opening(&request.history, references, instruction, preamble) + &place(request)
    }
}

/// The words that a picture is made of: the person's own, and which pictures come with them.
pub fn from_words(references: usize, instruction: &str) -> String {
    match references {
        0 => instruction.to_owned(),
        1 => format!(
            "Make a new picture. The picture that comes with this is image 2; the instruction may speak of it.\n\nInstruction: {instruction}"
        ),
        n => format!(
            "Make a new picture. The pictures that come with this are images 2 to {} in this order; the instruction may speak of them.\n\nInstruction: {instruction}",
            n + 1
        ),
    }
}

/// Where the picture may change and where the points are that the words may name, after the person's own words; empty when
/// nobody drew anything.
pub fn place(request: &EditRequest) -> String {
    region(request) + &points(request)
}

fn region(request: &EditRequest) -> String {
    let Some(area) = &request.region else {
        return String::new();
    };
    let [left, top, right, bottom] = area.bounds;
    format!(
        "\n\nChange image 1 only inside the box from {left}% to {right}% of its width (from the left) and from {top}% to {bottom}% of its height (from the top). Leave everything outside of it exactly as it is, at the same place and size."
    )
}

fn points(request: &EditRequest) -> String {
    let pins = &request.options.pins;
    if pins.is_empty() || request.canvas {
        return String::new();
    }
    let told = pins.in_words().join("; ");
    let drawn = match request.pointed {
        Pointed::InWords => "",
        Pointed::OnACopy => {
            " The last picture is image 1 with these points drawn on it, only to show them: the discs are not part of it, and none of them may be in your answer."
        }
        Pointed::AsMarkup => {
            " The markup over image 1 shows them as numbered discs: they are not part of it, and none of them may be in your answer."
        }
    };
    format!("\n\nNumbers in the instruction that stand for things are points on image 1: {told}.{drawn}")
}

/// The words that begin a conversation about the picture at the end of `path`.
pub fn opening(path: &[PastStep], references: usize, instruction: &str, preamble: &str) -> String {
    let mut text = String::from("Image 1 is the picture to edit.");
    text.push_str(&about(references, preamble));
    let steps: Vec<&str> = path
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
    text.push_str(instruction);
    text
}

/// The words that go on with one, about the picture that the model made last.
pub fn going_on(references: usize, instruction: &str, preamble: &str) -> String {
    let about = about(references, preamble);
    format!("Image 1 is now the picture you made last.{about}\n\nInstruction: {instruction}")
}

/// Which pictures follow image 1, and what is wanted of them all.
fn about(references: usize, preamble: &str) -> String {
    let others = match references {
        0 => String::new(),
        1 => " Image 2 is a further picture that the instruction may speak of; it is not edited itself.".to_owned(),
        n => format!(
            " Images 2 to {} follow it in this order; the instruction may speak of them, they are not edited themselves.",
            n + 1
        ),
    };
    let gap = if preamble.is_empty() { "" } else { " " };
    format!("{others}{gap}{preamble}")
}
