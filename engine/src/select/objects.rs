//! A named everyday thing: the detector's box, the cut-out net on that part, the neighbours taken away.
//!
//! The one rule: a name that the net was never taught, or that it does not see, is "cannot be found", never a guess. Who
//! names a thing sees it, so where nothing is sure the net's second thoughts count.
//! The detector is a CenterNet (Zhou, Wang and Krähenbühl, "Objects as Points", 2019). Called by `select::find`.

use std::sync::Arc;

use super::plane::{Part, Plane, Small};
use super::{ask, failed, subject};
use crate::nets::{Net, Tensor};
use crate::plan::{Pick, Side, Target};
use crate::raster::{Mask, Raster};
use crate::render::{RenderContext, RenderError};
use crate::watch::Run;

/// The side of the picture that the detector looks at.
const SIDE: usize = 512;
/// Below this it is not sure enough.
pub(super) const SURE: f32 = 0.3;
/// A word like "left" says that there are several: then the next best count too.
pub(super) const PERHAPS: f32 = 0.12;
/// What is named is likely there: where nothing is sure, so much is enough, and this share of the surest kind at its place.
const LIKELY: f32 = 0.16;
const OF_THE_SUREST: f32 = 0.5;
/// Boxes smaller than this share of the picture are mistakes more often than not.
const TINY: f32 = 0.005;
/// Two boxes of a kind that share more than this of their area are one thing.
const SAME: f32 = 0.5;

/// How much around a box the cutter looks at, and how far beyond it a thing may reach, in shares of the box.
const AROUND: f32 = 0.25;
const OPEN: f32 = 0.22;
/// How sure the cutter must be there.
const SURE_BEYOND: f32 = 0.6;

/// What the detector was taught, in its order (the 80 kinds of COCO).
const KINDS: [&str; 80] = [
    "person",
    "bicycle",
    "car",
    "motorcycle",
    "airplane",
    "bus",
    "train",
    "truck",
    "boat",
    "traffic light",
    "fire hydrant",
    "stop sign",
    "parking meter",
    "bench",
    "bird",
    "cat",
    "dog",
    "horse",
    "sheep",
    "cow",
    "elephant",
    "bear",
    "zebra",
    "giraffe",
    "backpack",
    "umbrella",
    "handbag",
    "tie",
    "suitcase",
    "frisbee",
    "skis",
    "snowboard",
    "sports ball",
    "kite",
    "baseball bat",
    "baseball glove",
    "skateboard",
    "surfboard",
    "tennis racket",
    "bottle",
    "wine glass",
    "cup",
    "fork",
    "knife",
    "spoon",
    "bowl",
    "banana",
    "apple",
    "sandwich",
    "orange",
    "broccoli",
    "carrot",
    "hot dog",
    "pizza",
    "donut",
    "cake",
    "chair",
    "couch",
    "potted plant",
    "bed",
    "dining table",
    "toilet",
    "tv",
    "laptop",
    "mouse",
    "remote",
    "keyboard",
    "cell phone",
    "microwave",
    "oven",
    "toaster",
    "sink",
    "refrigerator",
    "book",
    "clock",
    "vase",
    "scissors",
    "teddy bear",
    "hair drier",
    "toothbrush",
];

/// A thing that was seen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    pub(crate) kind: usize,
    pub(crate) score: f32,
    pub(crate) part: Part,
}

/// Finds the thing of that name.
pub(super) fn find(
    raster: &Raster,
    name: &str,
    pick: Option<Pick>,
    context: &RenderContext,
    run: &Run<'_>,
) -> Result<Mask, RenderError> {
    let lost = || {
        RenderError::NoSuchTarget(Target::Object {
            object: name.to_owned(),
            pick,
        })
    };
    let kinds = kinds_of(name);
    let (Some(detector), Some(cutter)) = (&context.nets.objects, &context.nets.subject) else {
        return Err(lost());
    };
    let all = look(raster, detector, run)?;
    let at_least = |score: f32| -> Vec<Seen> {
        let named = all.iter().filter(|s| s.score >= score && kinds.contains(&s.kind));
        named.copied().collect()
    };
    let mut named = at_least(SURE);
    if pick.is_some() && named.len() < 2 {
        named = at_least(PERHAPS);
    }
    if named.is_empty() {
        named = at_least(LIKELY);
        named.retain(|one| is_likely(one, &all));
    }
    let all: Vec<Seen> = all.iter().copied().filter(|s| s.score >= SURE).collect();
    if pick == Some(Pick::Side(Side::All)) {
        return every(raster, &named, &all, cutter, run)?.ok_or_else(lost);
    }
    let chosen = choose(&named, pick).ok_or_else(lost)?;
    cut(raster, chosen, &all, cutter, run)?.ok_or_else(lost)
}

/// Whether no other kind is much surer at this place.
fn is_likely(one: &Seen, all: &[Seen]) -> bool {
    let beside = all.iter().filter(|other| shared(other.part, one.part) > SAME);
    beside.fold(0.0, |best: f32, other| best.max(other.score)) * OF_THE_SUREST <= one.score
}

/// More of a kind than this are a crowd, and the surest of it are taken.
const CROWD: usize = 16;

/// All that were seen, as one mask; `None` when there are none.
fn every(
    raster: &Raster,
    named: &[Seen],
    all: &[Seen],
    cutter: &Arc<dyn Net>,
    run: &Run<'_>,
) -> Result<Option<Mask>, RenderError> {
    let mut together: Option<Vec<u8>> = None;
    for seen in named.iter().take(CROWD) {
        let Some(mask) = cut(raster, *seen, all, cutter, run)? else {
            continue;
        };
        match &mut together {
            None => together = Some(mask.data().to_vec()),
            Some(data) => data.iter_mut().zip(mask.data()).for_each(|(a, b)| *a = (*a).max(*b)),
        }
    }
    Ok(together.and_then(|data| Mask::new(raster.width(), raster.height(), data).ok()))
}

/// The thing in one box; `None` when nothing stands out there.
fn cut(
    raster: &Raster,
    chosen: Seen,
    all: &[Seen],
    cutter: &Arc<dyn Net>,
    run: &Run<'_>,
) -> Result<Option<Mask>, RenderError> {
    let part = chosen.part.wider(AROUND);
    let mut rough = subject::look(raster, part, cutter, run)?;
    keep_to_the_box(&mut rough, &chosen, all);
    if rough.data.iter().all(|&v| v < SURE) {
        return Ok(None);
    }
    subject::refine(raster, &rough, run).map(Some)
}

/// Whether the net was taught anything of that name.
pub(super) fn knows(name: &str) -> bool {
    !kinds_of(name).is_empty()
}

/// The kinds that a name may mean: its own, and those that the detector takes for it.
fn kinds_of(name: &str) -> Vec<usize> {
    let name = name.trim().to_lowercase();
    let name = ["the ", "a ", "an ", "my "]
        .iter()
        .find_map(|a| name.strip_prefix(a))
        .unwrap_or(&name);
    let names: &[&str] = match name {
        "phone" | "mobile" => &["cell phone"],
        "sofa" => &["couch"],
        "plane" | "aeroplane" => &["airplane"],
        "bike" => &["bicycle"],
        "motorbike" => &["motorcycle"],
        "mug" | "teacup" => &["cup"],
        "television" | "screen" | "monitor" => &["tv"],
        "plant" | "flower" => &["potted plant"],
        "table" | "desk" => &["dining table"],
        "fridge" => &["refrigerator"],
        "doughnut" => &["donut"],
        "glass" => &["wine glass", "cup"],
        "ball" => &["sports ball"],
        "bag" => &["handbag", "backpack", "suitcase"],
        "man" | "woman" | "boy" | "girl" | "child" | "people" => &["person"],
        "puppy" => &["dog"],
        "kitten" => &["cat"],
        other => return KINDS.iter().position(|k| *k == other).into_iter().collect(),
    };
    names.iter().filter_map(|n| KINDS.iter().position(|k| k == n)).collect()
}

/// Everything that the detector sees, surest first.
pub(super) fn look(raster: &Raster, detector: &Arc<dyn Net>, run: &Run<'_>) -> Result<Vec<Seen>, RenderError> {
    let small = Small::of(raster, Part::WHOLE, (SIDE, SIDE), run)?;
    let mut input = Vec::with_capacity(3 * SIDE * SIDE);
    for c in 0..3 {
        input.extend(small.data.iter().map(|rgb| rgb[c] * 255.0));
    }
    let input = Tensor::new(&[1, 3, SIDE, SIDE], input).map_err(failed)?;
    let answers = ask(detector, vec![input], run)?;
    let [maps, boxes] = answers.as_slice() else {
        return Ok(Vec::new());
    };
    Ok(peaks(maps, boxes))
}

/// The cells that are surer than their neighbours, with their boxes.
fn peaks(maps: &Tensor, boxes: &Tensor) -> Vec<Seen> {
    let &[1, kinds, h, w] = maps.shape() else {
        return Vec::new();
    };
    if boxes.shape() != [1, 4, h, w] {
        return Vec::new();
    }
    let (scores, edges) = (maps.data(), boxes.data());
    let mut seen = Vec::new();
    for kind in 0..kinds {
        let map = &scores[kind * h * w..(kind + 1) * h * w];
        for (i, &score) in map.iter().enumerate().filter(|(_, s)| **s >= PERHAPS) {
            let (x, y) = (i % w, i / w);
            let mut around = (y.saturating_sub(1)..(y + 2).min(h))
                .flat_map(|v| (x.saturating_sub(1)..(x + 2).min(w)).map(move |u| v * w + u));
            if around.any(|j| map[j] > score) {
                continue;
            }
            // Four distances from the cell's corner, in pixels of the net's picture, which is four times the map.
            let edge = |n: usize| edges[n * h * w + i] / (4.0 * w as f32);
            let (u, v) = (x as f32 / w as f32, y as f32 / h as f32);
            let (left, top) = ((u - edge(0)).clamp(0.0, 1.0), (v - edge(1)).clamp(0.0, 1.0));
            let part = Part {
                left,
                top,
                width: (u + edge(2)).clamp(0.0, 1.0) - left,
                height: (v + edge(3)).clamp(0.0, 1.0) - top,
            };
            if part.width > 0.0 && part.height > 0.0 && part.area() >= TINY {
                seen.push(Seen { kind, score, part });
            }
        }
    }
    seen.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept: Vec<Seen> = Vec::new();
    for s in seen {
        if !kept.iter().any(|k| k.kind == s.kind && shared(k.part, s.part) > SAME) {
            kept.push(s);
        }
    }
    kept
}

/// How much of either part both cover.
pub(crate) fn shared(a: Part, b: Part) -> f32 {
    let side = |a0: f32, al: f32, b0: f32, bl: f32| ((a0 + al).min(b0 + bl) - a0.max(b0)).max(0.0);
    let both = side(a.left, a.width, b.left, b.width) * side(a.top, a.height, b.top, b.height);
    both / (a.area() + b.area() - both).max(1e-6)
}

/// Which of several is meant; without a word the surest, the bigger the better.
pub(super) fn choose(seen: &[Seen], pick: Option<Pick>) -> Option<Seen> {
    let by = |key: fn(&Seen) -> f32| seen.iter().copied().max_by(|a, b| key(a).total_cmp(&key(b)));
    match pick {
        None | Some(Pick::Side(Side::All)) => by(|s| s.score * s.part.area().sqrt()),
        Some(Pick::Side(Side::Left)) => by(|s| -(s.part.left + s.part.width / 2.0)),
        Some(Pick::Side(Side::Right)) => by(|s| s.part.left + s.part.width / 2.0),
        Some(Pick::Side(Side::Top)) => by(|s| -(s.part.top + s.part.height / 2.0)),
        Some(Pick::Side(Side::Bottom)) => by(|s| s.part.top + s.part.height / 2.0),
        Some(Pick::Side(Side::Biggest)) => by(|s| s.part.area()),
        Some(Pick::Side(Side::Smallest)) => by(|s| -s.part.area()),
        Some(Pick::Nth(n)) => {
            let mut row = seen.to_vec();
            row.sort_by(|a, b| (a.part.left + a.part.width / 2.0).total_cmp(&(b.part.left + b.part.width / 2.0)));
            row.get((n as usize).checked_sub(1)?).copied()
        }
    }
}

/// Takes away what lies outside the box, and what lies deeper in a neighbour's box than in its own.
fn keep_to_the_box(rough: &mut Plane, chosen: &Seen, all: &[Seen]) {
    let others: Vec<Part> = all
        .iter()
        .filter(|o| {
            o.part != chosen.part
                && shared(o.part, chosen.part) < 0.6
                && !holds(chosen.part, o.part)
                && !holds(o.part, chosen.part)
        })
        .map(|o| o.part)
        .collect();
    let loose = chosen.part.wider(0.05);
    let open = chosen.part.wider(OPEN);
    for y in 0..rough.height {
        for x in 0..rough.width {
            let u = rough.part.left + (x as f32 + 0.5) / rough.width as f32 * rough.part.width;
            let v = rough.part.top + (y as f32 + 0.5) / rough.height as f32 * rough.part.height;
            let own = depth(chosen.part, u, v);
            let is_theirs = others.iter().any(|o| depth(*o, u, v) > own.max(0.0));
            // Boxes often end before a handle or a foot does: just beyond them the cutter is believed where it is sure.
            let cell = &mut rough.data[y * rough.width + x];
            let is_beyond = depth(loose, u, v) < 0.0 && (depth(open, u, v) < 0.0 || *cell < SURE_BEYOND);
            if is_beyond || is_theirs {
                *cell = 0.0;
            }
        }
    }
}

/// How deep a place lies in a part: 1 in the middle, 0 on the rim, negative outside.
pub(super) fn depth(part: Part, u: f32, v: f32) -> f32 {
    let x = 1.0 - ((u - part.left) / part.width * 2.0 - 1.0).abs();
    let y = 1.0 - ((v - part.top) / part.height * 2.0 - 1.0).abs();
    x.min(y)
}

/// Whether nearly all of `inner` lies in `outer`: a part of the thing, or what it stands in, not a neighbour.
fn holds(outer: Part, inner: Part) -> bool {
    let wide = outer.wider(0.05);
    inner.left >= wide.left
        && inner.top >= wide.top
        && inner.left + inner.width <= wide.left + wide.width
        && inner.top + inner.height <= wide.top + wide.height
}
