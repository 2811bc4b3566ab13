//! Which known place looks most like the surroundings of each pixel of the hole.
//!
//! The one rule: a sweep reads the matches of the sweep before and nothing else, so its result does not depend on the order
//! or the number of threads. Called by `fill::complete`.

use rayon::prelude::*;

use super::REACH;
use super::level::{Level, NONE};
use crate::render::RenderError;
use crate::watch::Run;

/// How many targets are handled between two looks at the cancel flag.
const BLOCK: usize = 512;
/// What a match at the other end of the window costs, as a mean difference of every sample: near places are preferred,
/// the same height even more (the ground lies below the sky).
const FAR: [f32; 2] = [5.0, 22.0];

/// The best place known for every target, and how different it looks.
pub(super) struct Matches {
    pub(super) places: Vec<u32>,
    pub(super) costs: Vec<u32>,
}

impl Matches {
    /// Fills the coarsest level from its rim inward, comparing each patch's known part with every place.
    pub(super) fn peel(level: &mut Level, run: &Run<'_>) -> Result<Self, RenderError> {
        let sources: Vec<u32> = (0..level.is_source.len() as u32)
            .filter(|&i| level.is_source[i as usize])
            .collect();
        // A large coarsest level (a thin but long hole) is looked through by samples.
        let stride = (sources.len() * level.holes.len() / 40_000_000).max(1);
        let sources: Vec<u32> = sources.into_iter().step_by(stride).collect();
        let mut order = level.holes.clone();
        order.sort_by(|&a, &b| {
            level.depth[a as usize]
                .total_cmp(&level.depth[b as usize])
                .then(a.cmp(&b))
        });
        let mut is_filled: Vec<bool> = level.depth.iter().map(|d| *d == 0.0).collect();
        let mut from = 0;
        while from < order.len() {
            let ring = level.depth[order[from] as usize] + 0.5;
            let until = from + order[from..].partition_point(|&i| level.depth[i as usize] <= ring);
            let found: Vec<[u8; 4]> = order[from..until]
                .par_iter()
                .map(|&i| {
                    run.check()?;
                    Ok(best_by_known_part(level, &is_filled, i as usize, &sources))
                })
                .collect::<Result<_, RenderError>>()?;
            for (&i, pixel) in order[from..until].iter().zip(found) {
                level.pixels[i as usize] = pixel;
                is_filled[i as usize] = true;
            }
            from = until;
        }
        let places = level
            .targets
            .iter()
            .map(|&t| nearest_of(level, &sources, t as usize))
            .collect();
        Ok(Self {
            places,
            costs: vec![u32::MAX; level.targets.len()],
        })
    }

    /// Fills the coarsest level with the mirror image of the known rectangle, without what may not be copied.
    pub(super) fn mirrored(level: &mut Level) -> Self {
        let (width, height) = (level.width, level.height);
        let of = |i: usize| (i % width, i / width);
        let known = Frame::around((0..width * height).filter(|i| level.depth[*i] == 0.0).map(of));
        let back = |at: usize, (from, until): (usize, usize)| {
            let len = (until - from).max(1) as isize;
            let at = (at as isize - from as isize).rem_euclid(2 * len);
            from + at.min(2 * len - 1 - at) as usize
        };
        let source = |i: usize| {
            let (x, y) = of(i);
            let (x, y) = (back(x, (known.left, known.right)), back(y, (known.top, known.bottom)));
            let y = y.clamp(REACH, height - 1 - REACH);
            (0..width)
                .flat_map(|away| [x.checked_sub(away), Some(x + away).filter(|x| *x < width)])
                .flatten()
                .map(|x| y * width + x)
                .find(|at| level.is_source[*at])
        };
        let first = level.is_source.iter().position(|s| *s).unwrap_or(0);
        let places = level
            .targets
            .iter()
            .map(|&t| source(t as usize).unwrap_or(first) as u32)
            .collect();
        let made: Vec<(u32, [u8; 4])> = level
            .holes
            .iter()
            .map(|&i| (i, level.pixels[source(i as usize).unwrap_or(first)]))
            .collect();
        for (i, pixel) in made {
            level.pixels[i as usize] = pixel;
        }
        Self {
            places,
            costs: vec![u32::MAX; level.targets.len()],
        }
    }

    /// The same matches at twice the size.
    pub(super) fn finer(&self, coarse: &Level, fine: &Level, seed: u64) -> Self {
        let places = fine
            .targets
            .par_iter()
            .map(|&t| {
                let (x, y) = (t as usize % fine.width, t as usize / fine.width);
                let (cx, cy) = (clamped(x / 2, coarse.width), clamped(y / 2, coarse.height));
                let at = near_target(coarse, cx, cy);
                let moved = at.and_then(|at| {
                    let (tc, sc) = (coarse.targets[at] as usize, self.places[at] as usize);
                    let shift = |s: usize, t: usize| 2 * (s as isize - t as isize);
                    let u = x as isize + shift(sc % coarse.width, tc % coarse.width);
                    let v = y as isize + shift(sc / coarse.width, tc / coarse.width);
                    source_near(fine, u, v)
                });
                moved.unwrap_or_else(|| any_source(fine, mixed(seed ^ u64::from(t))))
            })
            .collect();
        Self {
            places,
            costs: vec![u32::MAX; fine.targets.len()],
        }
    }

    /// One sweep: takes over what neighbours have found and tries places at random, far and near.
    pub(super) fn search(
        &mut self,
        level: &Level,
        seed: u64,
        searches_far: bool,
        run: &Run<'_>,
    ) -> Result<(), RenderError> {
        let before = self.places.clone();
        let widest = if searches_far {
            level.width.max(level.height)
        } else {
            24
        };
        self.places
            .par_chunks_mut(BLOCK)
            .zip(self.costs.par_chunks_mut(BLOCK))
            .enumerate()
            .try_for_each(|(block, (places, costs))| {
                run.check()?;
                for (i, (place, cost)) in places.iter_mut().zip(costs).enumerate() {
                    let target = level.targets[block * BLOCK + i] as usize;
                    let mut best = Best::new(level, target, *place as usize);
                    best.take_over(&before);
                    best.try_at_random(widest, mixed(seed ^ target as u64));
                    (*place, *cost) = (best.place as u32, best.cost);
                }
                Ok(())
            })
    }
}

/// A rectangle: from left and top to before right and bottom.
struct Frame {
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
}

impl Frame {
    /// The smallest around all places; empty where there are none.
    fn around(places: impl Iterator<Item = (usize, usize)>) -> Self {
        let none = Self {
            left: usize::MAX,
            top: usize::MAX,
            right: 0,
            bottom: 0,
        };
        places.fold(none, |b, (x, y)| Self {
            left: b.left.min(x),
            top: b.top.min(y),
            right: b.right.max(x + 1),
            bottom: b.bottom.max(y + 1),
        })
    }
}

/// The best place of one target so far.
struct Best<'a> {
    level: &'a Level,
    target: usize,
    place: usize,
    cost: u32,
}

impl<'a> Best<'a> {
    fn new(level: &'a Level, target: usize, place: usize) -> Self {
        let mut this = Self {
            level,
            target,
            place,
            cost: u32::MAX,
        };
        this.try_place(
            place as isize % level.width as isize,
            place as isize / level.width as isize,
            true,
        );
        this
    }

    /// Whether a place looks better, then it is the best.
    fn try_place(&mut self, x: isize, y: isize, again: bool) {
        let (w, h) = (self.level.width as isize, self.level.height as isize);
        if x < 0 || y < 0 || x >= w || y >= h {
            return;
        }
        let place = (y * w + x) as usize;
        if !self.level.is_source[place] || (place == self.place && !again) {
            return;
        }
        let far = self.farness(x, y);
        if far >= self.cost {
            return;
        }
        let cost = far + self.level.difference(self.target, place, self.cost - far);
        if cost < self.cost {
            (self.place, self.cost) = (place, cost);
        }
    }

    fn farness(&self, x: isize, y: isize) -> u32 {
        const SAMPLES: f32 = 4.0 * ((2 * REACH + 1) * (2 * REACH + 1)) as f32;
        let (w, h) = (self.level.width as isize, self.level.height as isize);
        let (tx, ty) = (self.target as isize % w, self.target as isize / w);
        let share = |a: isize, b: isize, cost: f32| (cost * (a - b) as f32 / w.max(h) as f32).powi(2);
        (SAMPLES * (share(x, tx, FAR[0]) + share(y, ty, FAR[1] * self.level.upright))) as u32
    }

    /// The places of neighbours near and a little farther, moved along.
    fn take_over(&mut self, before: &[u32]) {
        let (w, h) = (self.level.width as isize, self.level.height as isize);
        let (x, y) = (self.target as isize % w, self.target as isize / w);
        for step in [1, 4] {
            for (dx, dy) in [(-step, 0), (step, 0), (0, -step), (0, step)] {
                let (u, v) = (x + dx, y + dy);
                if u < 0 || v < 0 || u >= w || v >= h {
                    continue;
                }
                let at = self.level.target_at[(v * w + u) as usize];
                if at != NONE {
                    let place = before[at as usize] as isize;
                    self.try_place(place % w - dx, place / w - dy, false);
                }
            }
        }
    }

    fn try_at_random(&mut self, widest: usize, mut luck: u64) {
        let mut radius = widest as isize;
        while radius >= 1 {
            luck = mixed(luck);
            let (x, y) = (self.place % self.level.width, self.place / self.level.width);
            let within = |bits: u64| (bits & 0xffff_ffff) as isize % (2 * radius + 1) - radius;
            self.try_place(x as isize + within(luck), y as isize + within(luck >> 32), false);
            radius /= 2;
        }
    }
}

/// What lies in the middle of the place that looks most like the part of the patch that is known.
fn best_by_known_part(level: &Level, is_filled: &[bool], target: usize, sources: &[u32]) -> [u8; 4] {
    let (w, h) = (level.width as isize, level.height as isize);
    let (x, y) = (target as isize % w, target as isize / w);
    let reach = REACH as isize;
    let known: Vec<(isize, [u8; 4])> = (-reach..=reach)
        .flat_map(|dy| (-reach..=reach).map(move |dx| (dx, dy)))
        .filter(|&(dx, dy)| (0..w).contains(&(x + dx)) && (0..h).contains(&(y + dy)))
        .map(|(dx, dy)| (dy * w + dx, ((y + dy) * w + x + dx) as usize))
        .filter(|&(_, i)| is_filled[i])
        .map(|(offset, i)| (offset, level.pixels[i]))
        .collect();
    let looks = Best {
        level,
        target,
        place: target,
        cost: u32::MAX,
    };
    let share = known.len() as f32 / 49.0;
    let (mut best, mut least) = (target, u32::MAX);
    for &s in sources {
        let far = looks.farness(s as isize % w, s as isize / w);
        let mut cost = (far as f32 * share) as u32;
        for &(offset, pixel) in &known {
            let other = level.pixels[(s as isize + offset) as usize];
            cost += (0..4)
                .map(|c| u32::from(pixel[c].abs_diff(other[c])).pow(2))
                .sum::<u32>();
            if cost >= least {
                break;
            }
        }
        if cost < least {
            (best, least) = (s as usize, cost);
        }
    }
    level.pixels[best]
}

/// A source for a start: what is best is found by the sweeps.
fn nearest_of(level: &Level, sources: &[u32], target: usize) -> u32 {
    let (mut best, mut least) = (sources[0], u32::MAX);
    for &s in sources {
        let cost = level.difference(target, s as usize, least);
        if cost < least {
            (best, least) = (s, cost);
        }
    }
    best
}

/// The target at or beside a pixel.
fn near_target(level: &Level, x: usize, y: usize) -> Option<usize> {
    let around = [
        (0, 0),
        (-1, 0),
        (1, 0),
        (0, -1),
        (0, 1),
        (-1, -1),
        (1, -1),
        (-1, 1),
        (1, 1),
        (0, -3),
        (0, 3),
        (-3, 0),
        (3, 0),
    ];
    around.into_iter().find_map(|(dx, dy)| {
        let (u, v) = (x as isize + dx, y as isize + dy);
        let is_inside = u >= 0 && v >= 0 && (u as usize) < level.width && (v as usize) < level.height;
        let at = is_inside.then(|| level.target_at[v as usize * level.width + u as usize])?;
        (at != NONE).then_some(at as usize)
    })
}

/// The place itself or one within a few pixels.
fn source_near(level: &Level, x: isize, y: isize) -> Option<u32> {
    for reach in 0..6isize {
        for (dx, dy) in [
            (0, 0),
            (-reach, 0),
            (reach, 0),
            (0, -reach),
            (0, reach),
            (-reach, -reach),
            (reach, reach),
        ] {
            let (u, v) = (x + dx, y + dy);
            if u >= 0 && v >= 0 && (u as usize) < level.width && (v as usize) < level.height {
                let at = v as usize * level.width + u as usize;
                if level.is_source[at] {
                    return Some(at as u32);
                }
            }
        }
    }
    None
}

/// Some source, the same for the same luck.
fn any_source(level: &Level, luck: u64) -> u32 {
    let start = (luck % level.is_source.len() as u64) as usize;
    let after = (start..level.is_source.len())
        .chain(0..start)
        .find(|&i| level.is_source[i]);
    after.expect("the pyramid ends where sources do") as u32
}

fn clamped(v: usize, len: usize) -> usize {
    v.min(len - 1)
}

/// One number to another that has nothing visible to do with it (the finaliser of SplitMix64).
pub(crate) fn mixed(v: u64) -> u64 {
    let v = v.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let v = (v ^ (v >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let v = (v ^ (v >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    v ^ (v >> 31)
}
