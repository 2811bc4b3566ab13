//! What the built-in engine would do with words, before they are sent.
//!
//! Rule: reads the very same words with the very same reader as an edit does, and touches no pixel but for the share of
//! the main thing, on a thumbnail. Asked by `web::coach`.

use plantain_engine::{Context, Unwatched, explain, nets::Nets, subject, understand};

use super::{convert, words};
use crate::{blobs::Pixels, domain::coach::Foreseen, models::Models};

/// What would be done and left out; `before` is the engine's own instruction that made the base, with the number of pictures
/// that came with it.
#[must_use]
pub fn foresee(text: &str, before: Option<(&str, u32)>, attached: u32, region: bool, models: &Models) -> Foreseen {
    let mut context = Context {
        pins: 0,
        references: 0,
        kept: 0,
        region,
        finds: words::finds(models),
        earlier: Vec::new(),
        // Measuring takes the whole picture, and the coach has measures of its own.
        facts: None,
    };
    if let Some((words, came_along)) = before {
        context.references = came_along;
        context.earlier = understand(words, &context).steps;
        context.kept = came_along;
        // What is attached now is numbered first.
        let theirs = context
            .earlier
            .iter_mut()
            .filter_map(|step| step.params.reference.as_mut());
        theirs.for_each(|number| *number = number.saturating_add(attached));
    }
    context.references = attached;
    let understood = understand(text, &context);
    let left_out = understood.declined.into_iter().map(|left| (left.text, left.message));
    Foreseen {
        done: explain(&understood.steps),
        left_out: left_out.collect(),
    }
}

/// The share of a small picture that its main thing takes up, 0 to 1; none when it can't be told. Blocks.
#[must_use]
pub fn subject_share(pixels: Pixels) -> Option<f32> {
    let raster = convert::to_raster(pixels).ok()?;
    let mask = subject(&raster, Nets::default(), &Unwatched).ok()?;
    let values = mask.data();
    let sum: f32 = values.iter().map(|value| f32::from(*value) / 255.0).sum();
    let share = sum / values.len().max(1) as f32;
    // Next to nothing found is nothing found.
    (share > 0.001).then_some(share)
}
