//! What the built-in engine would do with words, before they are sent.
//!
//! Rule: reads the very same words with the very same reader as an edit does, and touches no pixel but for the share of
//! the main thing, on a thumbnail. Asked by `web::coach`.

use plantain_engine::{Context, Step, Unwatched, explain, nets::Nets, subject, understand};

use super::{convert, words};
use crate::{blobs::Pixels, domain::coach::Foreseen, models::Models};

/// What would be done and left out; `before` are the engine's own instructions on the way to the base, oldest first.
#[must_use]
pub fn foresee(text: &str, before: &[&str], attached: u32, region: bool, models: &Models) -> Foreseen {
    let context = |earlier: Vec<Step>| Context {
        pins: 0,
        references: attached,
        region,
        finds: words::finds(models),
        earlier,
        // Measuring takes the whole picture, and the coach has measures of its own.
        facts: None,
    };
    let earlier = before.iter().fold(Vec::new(), |done, words| {
        let steps = understand(words, &context(done.clone())).steps;
        [done, steps].concat()
    });
    let understood = understand(text, &context(earlier));
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
