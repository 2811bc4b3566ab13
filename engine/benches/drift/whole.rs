//! Edits of the whole picture, by the engine's own operations, and pictures that have nothing to do with each other.
//!
//! The one rule: a run counts as right by its verdict alone. Called by the bench.

use plantain_engine::compare::{CompareOptions, Verdict, compare};
use plantain_engine::{Context, RenderContext, Unwatched, render, understand};

use crate::edits::BEHAVIOURS;
use crate::picture::Picture;

/// Each of them changes every part of the picture.
const WORDS: [&str; 20] = [
    "sepia",
    "vintage",
    "black and white",
    "much warmer",
    "much brighter",
    "much darker",
    "much more contrast",
    "blur it",
    "shift the hue by 90 degrees",
    "invert the colours",
    "pixelate it",
    "much more saturated",
    "make it night",
    "golden hour",
    "make it foggy",
    "make it snow",
    "make it dramatic",
    "turn it into an oil painting",
    "turn it into a pencil sketch",
    "make it a cartoon",
];

pub fn whole(pictures: &[Picture]) {
    let verbose = std::env::var_os("PLANTAIN_DRIFT_VERBOSE").is_some();
    let (mut all, mut right) = (0, 0);
    let only = std::env::var("PLANTAIN_DRIFT_WORDS").unwrap_or_default();
    for words in WORDS.iter().filter(|w| only.split(',').any(|o| w.contains(o))) {
        let steps = understand(words, &Context::default()).steps;
        assert!(!steps.is_empty(), "{words} is not understood");
        let (mut of_words, mut runs) = (0, 0);
        for picture in pictures {
            let base = picture.raster();
            let done = render(&steps, base.clone(), &RenderContext::default(), &Unwatched).expect("it can be done");
            // As it is, and as a drifting model would return it.
            for behaviour in [0, 7] {
                let result = (BEHAVIOURS[behaviour].1)(&Picture::of(&done)).raster();
                if result == base {
                    continue;
                }
                let found = compare(&base, &result, &CompareOptions::default(), &Unwatched).expect("not cancelled");
                let good = found.verdict == Verdict::Whole;
                runs += 1;
                of_words += usize::from(good);
                if verbose {
                    println!(
                        "  {words:<30} {:<26} {behaviour} {:?} {:.2} {:?}",
                        picture.name, found.verdict, found.changed, found.figures
                    );
                }
            }
        }
        println!("{words:<30} whole in {of_words} of {runs}");
        all += runs;
        right += of_words;
    }
    println!("whole-picture edits known as whole: {right} of {all}");
}

pub fn unrelated(pictures: &[Picture]) {
    let verbose = std::env::var_os("PLANTAIN_DRIFT_VERBOSE").is_some();
    let (mut runs, mut local, mut unrelated) = (0, 0, 0);
    for base in pictures {
        for other in pictures.iter().filter(|o| o.name != base.name) {
            let other = other.resized(base.width, base.height);
            let found = compare(&base.raster(), &other.raster(), &CompareOptions::default(), &Unwatched)
                .expect("not cancelled");
            runs += 1;
            local += usize::from(found.verdict == Verdict::Local);
            unrelated += usize::from(found.verdict == Verdict::Unrelated);
            if verbose {
                println!(
                    "  {:<26} {:<26} {:?} {:.2} trusted {:.3}",
                    base.name, other.name, found.verdict, found.changed, found.figures.trusted
                );
            }
        }
    }
    println!("unrelated pictures: {unrelated} of {runs} known as such, {local} would have been restored");
}
