//! What the reader of an instruction may know beside its words.
//!
//! The one rule: a step is only promised when everything it needs is here; the rest is declined before any pixel is touched.
//! Filled by the server and the command line, read by `parse`.

use crate::facts::Facts;
use crate::plan::{Step, Target, pin_of};

/// What can be found in a picture without being drawn. Nothing by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Finds {
    /// The main thing or person, and so the background too.
    pub subject: bool,
    /// Named everyday objects.
    pub objects: bool,
    /// Faces.
    pub faces: bool,
    /// The sky.
    pub sky: bool,
    /// Not a thing but a way: the net that paints in styles is here.
    pub styles: bool,
}

impl Finds {
    /// What can be found without any net: the subject by colour, and the sky.
    pub fn without_nets() -> Self {
        Self {
            subject: true,
            objects: false,
            faces: false,
            sky: true,
            styles: false,
        }
    }

    /// As if every net were present.
    pub fn everything() -> Self {
        Self {
            subject: true,
            objects: true,
            faces: true,
            sky: true,
            styles: true,
        }
    }
}

/// The situation in which an instruction was written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Context {
    /// How many pictures are attached beside the one being edited; they are numbered from 2.
    pub references: u32,
    /// How many pictures of earlier turns are still at hand, numbered after those attached. No words speak of them; a step
    /// of `earlier` that is done again, or otherwise, does.
    pub kept: u32,
    /// Whether a region is drawn.
    pub region: bool,
    /// How many points are set on it; they are numbered from 1.
    pub pins: u32,
    /// What can be found by itself.
    pub finds: Finds,
    /// What this branch has done so far, oldest first; "again", "stronger" and "weaker" look here.
    pub earlier: Vec<Step>,
    /// What the picture is like, where somebody measured it: for proposals and questions.
    pub facts: Option<Facts>,
}

impl Context {
    /// How many further pictures a step may use.
    pub(crate) fn at_hand(&self) -> u32 {
        self.references.saturating_add(self.kept).min(u32::MAX - 1)
    }

    /// Whether a render can find the target.
    pub(crate) fn can_find(&self, target: &Target) -> bool {
        match target {
            Target::Picture => true,
            Target::Region => self.region,
            Target::Subject | Target::Background => self.finds.subject,
            Target::Sky => self.finds.sky,
            Target::Object { object, .. } if object == crate::select::FACE => self.finds.faces,
            Target::Object { object, .. } if pin_of(object).is_some() => {
                pin_of(object).is_some_and(|n| (1..=self.pins).contains(&n))
            }
            Target::Object { object, .. } => self.finds.objects && crate::select::knows(object),
            Target::Reference { reference } => *reference >= 2 && *reference <= self.references + 1,
            Target::Not { not } => **not != Target::Picture && self.can_find(not),
        }
    }
}
