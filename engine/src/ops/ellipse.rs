//! A round rim seen at a slant: the ellipse whose outline lies on the picture's edges.
//!
//! The one rule: many ellipses are tried and each is judged by its whole visible outline alone, in stretches long enough
//! that texture cancels out, so a faint rim that goes all the way around beats a loud edge that does not.
//! Called by `dial` (a clock's face) and `pattern` (a cup's opening).

use crate::color::Rgb;
use crate::fill::mixed;
use crate::raster::Raster;
use crate::render::RenderError;
use crate::select::{Part, Small};
use crate::watch::Run;

/// The longer side of the copy that is looked at.
const LONG: usize = 400;
/// At how many places the outline is looked at.
const PLACES: usize = 180;
/// How many of them make a stretch.
const STRETCH: usize = 11;
/// How many of the ellipses that were tried are made better.
const FINALISTS: usize = 16;
/// So many rounds with smaller and smaller changes, so many changes in each.
const ROUNDS: usize = 24;
const CHANGES: usize = 60;

/// In pixels of the picture: where its middle is, its half axes, and by how much the first is turned from the horizontal
/// (radians, clockwise).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ellipse {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) long: f32,
    pub(super) short: f32,
    pub(super) turn: f32,
}

impl Ellipse {
    /// How far from the middle a place lies: 0 there, 1 on the outline.
    pub(super) fn reach(&self, x: f32, y: f32) -> f32 {
        let (sin, cos) = self.turn.sin_cos();
        let (dx, dy) = (x - self.x, y - self.y);
        ((dx * cos + dy * sin) / self.long).hypot((dy * cos - dx * sin) / self.short)
    }

    /// The place on the disc's picture: `(u, v)` within the unit circle, which is stretched and not turned.
    pub(super) fn place(&self, u: f32, v: f32) -> (f32, f32) {
        let (sin, cos) = self.turn.sin_cos();
        let (along, across) = ((u * cos + v * sin) * self.long, (v * cos - u * sin) * self.short);
        (self.x + along * cos - across * sin, self.y + along * sin + across * cos)
    }

    /// The way back from [`Ellipse::place`].
    pub(super) fn unit(&self, x: f32, y: f32) -> (f32, f32) {
        let (sin, cos) = self.turn.sin_cos();
        let (dx, dy) = (x - self.x, y - self.y);
        let (along, across) = ((dx * cos + dy * sin) / self.long, (dy * cos - dx * sin) / self.short);
        (along * cos - across * sin, along * sin + across * cos)
    }

    /// Half of its width and of its height.
    pub(super) fn half(&self) -> (f32, f32) {
        let (sin, cos) = self.turn.sin_cos();
        (
            (self.long * cos).hypot(self.short * sin),
            (self.long * sin).hypot(self.short * cos),
        )
    }

    /// The largest difference of middle or half axes.
    fn differs(&self, other: &Self) -> f32 {
        let apart = [
            self.x - other.x,
            self.y - other.y,
            self.long - other.long,
            self.short - other.short,
        ];
        apart.iter().fold(0.0f32, |m, v| m.max(v.abs()))
    }

    fn times(&self, scale: f32) -> Self {
        Self {
            x: self.x * scale,
            y: self.y * scale,
            long: self.long * scale,
            short: self.short * scale,
            turn: self.turn,
        }
    }

    /// Changed by `by` (−1…1 each): lengths by so many pixels, the turn by so many radians.
    fn changed(&self, by: [f32; 5], pixels: f32, turn: f32) -> Self {
        Self {
            x: self.x + by[0] * pixels,
            y: self.y + by[1] * pixels,
            long: (self.long + by[2] * pixels).max(2.0),
            short: (self.short + by[3] * pixels).max(2.0),
            turn: self.turn + by[4] * turn,
        }
    }
}

/// What is tried.
#[derive(Debug, Clone, Copy)]
pub(super) struct Guess {
    /// Begun from here.
    pub(super) from: Ellipse,
    /// Moved by up to this share of its longer half axis.
    pub(super) shift: f32,
    /// Made so many times as long and as wide, from … to.
    pub(super) long: (f32, f32),
    pub(super) short: (f32, f32),
    /// Turned by up to so many radians.
    pub(super) turn: f32,
    /// The share of its outline that must lie in the picture.
    pub(super) seen: f32,
    pub(super) tries: usize,
}

/// The picture's edges: how steeply each channel rises to the right and downward, per cell.
pub(super) struct Slopes {
    width: usize,
    height: usize,
    /// Pixels of the picture per cell.
    cell: f32,
    data: Vec<[Rgb; 2]>,
    /// A slope that is an edge where the picture is calm, and one that is an edge anywhere.
    faint: f32,
    plain: f32,
}

impl Slopes {
    pub(super) fn of(raster: &Raster, run: &Run<'_>) -> Result<Self, RenderError> {
        let (width, height) = Small::size_within(raster, LONG);
        let small = softened(Small::of(raster, Part::WHOLE, (width, height), run)?);
        let at = |x: usize, y: usize| small[y.min(height - 1) * width + x.min(width - 1)];
        let rise = |a: Rgb, b: Rgb| -> Rgb { std::array::from_fn(|c| (b[c] - a[c]) * 0.5) };
        let data: Vec<[Rgb; 2]> = (0..width * height)
            .map(|i| (i % width, i / width))
            .map(|(x, y)| {
                [
                    rise(at(x.saturating_sub(1), y), at(x + 1, y)),
                    rise(at(x, y.saturating_sub(1)), at(x, y + 1)),
                ]
            })
            .collect();
        let mut steep: Vec<f32> = data.iter().map(steepest).collect();
        steep.sort_by(f32::total_cmp);
        let share = |s: f32| steep[((steep.len() - 1) as f32 * s) as usize];
        let faint = (share(0.5) * 3.0).clamp(0.006, 0.06);
        Ok(Self {
            width,
            height,
            cell: raster.width() as f32 / width as f32,
            data,
            faint,
            plain: share(0.95).max(faint * 2.0),
        })
    }

    /// Every cell's middle in pixels of the picture, and how much of an edge it is, 0…1.
    pub(super) fn cells(&self) -> impl Iterator<Item = ((f32, f32), f32)> {
        let place = |i: usize| {
            (
                ((i % self.width) as f32 + 0.5) * self.cell,
                ((i / self.width) as f32 + 0.5) * self.cell,
            )
        };
        let steep = |i: usize| (steepest(&self.data[i]) / self.plain).min(1.0);
        (0..self.data.len()).map(move |i| (place(i), steep(i)))
    }

    /// How much there is to see in a part of the picture (left, top, width, height in pixels): about 0 on a bare wall, 1 where
    /// every cell is an edge.
    pub(super) fn busy(&self, (x, y, w, h): (f32, f32, f32, f32)) -> f32 {
        let cell = |v: f32, most: usize| ((v / self.cell).max(0.0) as usize).min(most);
        let (columns, rows) = (
            cell(x, self.width)..cell(x + w, self.width),
            cell(y, self.height)..cell(y + h, self.height),
        );
        let count = (columns.len() * rows.len()).max(1) as f32;
        let sum: f32 = rows
            .flat_map(|y| &self.data[y * self.width..][columns.clone()])
            .map(|slope| (steepest(slope) / self.plain).min(1.0))
            .sum();
        sum / count
    }

    /// How much of the outline lies on edges at least as steep as `level`, 0…1; 0 where too little of it is in the picture.
    fn support(&self, ellipse: &Ellipse, seen: f32, level: f32) -> f32 {
        let (mut pulls, mut lengths) = ([[0.0f32; 3]; PLACES], [0.0f32; PLACES]);
        let (turn_sin, turn_cos) = ellipse.turn.sin_cos();
        let (mut known, mut all) = (0.0, 0.0);
        for (i, (pull, length)) in pulls.iter_mut().zip(&mut lengths).enumerate() {
            let (sin, cos) = (i as f32 / PLACES as f32 * std::f32::consts::TAU).sin_cos();
            let (along, across) = (ellipse.long * cos, ellipse.short * sin);
            let step = (ellipse.long * sin).hypot(ellipse.short * cos);
            all += step;
            let x = ellipse.x + along * turn_cos - across * turn_sin;
            let y = ellipse.y + along * turn_sin + across * turn_cos;
            let inside = x >= 2.0 && y >= 2.0 && x < self.width as f32 - 2.0 && y < self.height as f32 - 2.0;
            if !inside {
                continue;
            }
            known += step;
            *length = step;
            let (out_x, out_y) = (cos / ellipse.long, sin / ellipse.short);
            let norm = step / out_x.hypot(out_y).max(1e-9);
            let (out_x, out_y) = (
                (out_x * turn_cos - out_y * turn_sin) * norm,
                (out_x * turn_sin + out_y * turn_cos) * norm,
            );
            let [right, down] = &self.data[y.round() as usize * self.width + x.round() as usize];
            *pull = std::array::from_fn(|c| right[c] * out_x + down[c] * out_y);
        }
        if known < seen * all {
            return 0.0;
        }
        let mut sum = 0.0;
        for (i, length) in lengths.iter().enumerate().filter(|(_, l)| **l > 0.0) {
            let (mut rise, mut whole) = ([0.0f32; 3], 0.0);
            for j in (0..STRETCH).map(|j| (i + j + PLACES - STRETCH / 2) % PLACES) {
                (0..3).for_each(|c| rise[c] += pulls[j][c]);
                whole += lengths[j];
            }
            let rise = rise.iter().fold(0.0f32, |m, v| m.max(v.abs())) / whole;
            sum += (rise / level).min(1.0) * length;
        }
        sum / known
    }

    /// The best ellipse among those that are allowed (asked in pixels of the picture), and its support.
    pub(super) fn fit(
        &self,
        guess: &Guess,
        is_allowed: impl Fn(&Ellipse) -> bool,
        run: &Run<'_>,
    ) -> Result<Option<(Ellipse, f32)>, RenderError> {
        let is_allowed = |e: &Ellipse| is_allowed(&e.times(self.cell));
        let from = guess.from.times(1.0 / self.cell);
        let mut luck = Luck(0x51ab);
        let mut tried: Vec<(f32, Ellipse)> = Vec::new();
        for at in 0..guess.tries {
            if at % 64 == 0 {
                run.check()?;
            }
            let within = |(low, high): (f32, f32), at: f32| low + (high - low) * (at * 0.5 + 0.5);
            let ellipse = Ellipse {
                x: from.x + luck.next() * guess.shift * from.long,
                y: from.y + luck.next() * guess.shift * from.long,
                long: from.long * within(guess.long, luck.next()),
                short: from.short * within(guess.short, luck.next()),
                turn: from.turn + luck.next() * guess.turn,
            };
            if is_allowed(&ellipse) {
                tried.push((self.support(&ellipse, guess.seen, self.faint), ellipse));
            }
        }
        tried.sort_by(|a, b| b.0.total_cmp(&a.0));
        tried.truncate(FINALISTS);
        let mut best: Option<(f32, Ellipse)> = None;
        for start in tried {
            run.check()?;
            let found = self.climbed(start, (10.0, 0.1), guess.seen, self.faint, &is_allowed, &mut luck);
            if best.is_none_or(|b| found.0 > b.0) {
                best = Some(found);
            }
        }
        let Some((support, ellipse)) = best else {
            return Ok(None);
        };
        // Where every edge counts in full, the outline may still lie beside it: the steepest place within a few cells is the rim.
        let is_near = |e: &Ellipse| is_allowed(e) && e.differs(&ellipse) < 3.5;
        let sharp = (self.support(&ellipse, guess.seen, self.plain), ellipse);
        let (_, ellipse) = self.climbed(sharp, (1.5, 0.015), guess.seen, self.plain, &is_near, &mut luck);
        Ok(Some((ellipse.times(self.cell), support)))
    }

    /// Changed a little, as long as that makes it better.
    fn climbed(
        &self,
        (mut support, mut ellipse): (f32, Ellipse),
        (mut pixels, mut turn): (f32, f32),
        seen: f32,
        level: f32,
        is_allowed: &impl Fn(&Ellipse) -> bool,
        luck: &mut Luck,
    ) -> (f32, Ellipse) {
        for _ in 0..ROUNDS {
            for _ in 0..CHANGES {
                // The sum of two is near 0 more often than not.
                let by = std::array::from_fn(|_| luck.next() + luck.next());
                let other = ellipse.changed(by, pixels, turn);
                if other.long < other.short * 0.98 || !is_allowed(&other) {
                    continue;
                }
                let now = self.support(&other, seen, level);
                if now > support {
                    (support, ellipse) = (now, other);
                }
            }
            (pixels, turn) = (pixels * 0.85, turn * 0.85);
        }
        (support, ellipse)
    }
}

/// Over the channels.
fn steepest([right, down]: &[Rgb; 2]) -> f32 {
    (0..3).map(|c| right[c].hypot(down[c])).fold(0.0, f32::max)
}

/// Blurred a little (1 4 6 4 1), so that an edge is as wide as the steps of the search.
fn softened(small: Small) -> Vec<Rgb> {
    const WEIGHTS: [f32; 5] = [1.0 / 16.0, 4.0 / 16.0, 6.0 / 16.0, 4.0 / 16.0, 1.0 / 16.0];
    let (w, h) = (small.width, small.height);
    let pass = |from: &[Rgb], dx: usize, dy: usize| -> Vec<Rgb> {
        (0..w * h)
            .map(|i| {
                let (x, y) = (i % w, i / w);
                let mut sum = [0.0; 3];
                for (k, weight) in WEIGHTS.iter().enumerate() {
                    let u = (x + k * dx).saturating_sub(2 * dx).min(w - 1);
                    let v = (y + k * dy).saturating_sub(2 * dy).min(h - 1);
                    (0..3).for_each(|c| sum[c] += from[v * w + u][c] * weight);
                }
                sum
            })
            .collect()
    };
    pass(&pass(&small.data, 1, 0), 0, 1)
}

/// Numbers that look random and are the same on every run.
struct Luck(u64);

impl Luck {
    /// −1…1.
    fn next(&mut self) -> f32 {
        self.0 = mixed(self.0);
        (self.0 >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }
}
