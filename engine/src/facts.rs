//! What can be said of a picture at a glance: its size, its light, its colours, how sharp it is.
//!
//! The one rule: only what was measured is said. Three concrete wishes for a vague one, and answers to questions about the
//! picture, come from here; the words of both stand in `parse/answers.rs`. Measured by whoever has the pixels (the embedded
//! backend, the command line) and handed to `understand` with the context.

use crate::color::{Rgb, luminance, to_oklab};
use crate::raster::Raster;
use crate::rows::{Space, read};

/// A picture's measures. Lightness and shares are 0…1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Facts {
    /// Its sides, in pixels.
    pub width: u32,
    /// Its sides, in pixels.
    pub height: u32,
    /// Half of the picture is darker than this, as the eye sees it (OKLab).
    pub middle: f32,
    /// Only a twentieth is darker than this.
    pub darkest: f32,
    /// Only a twentieth is lighter than this.
    pub lightest: f32,
    /// The mean chroma: 0 is grey, 0.05 muted, 0.12 vivid.
    pub colourful: f32,
    /// How far its colours lean to yellow (positive) or blue.
    pub warm: f32,
    /// How steep its edges are, against how much it has to show: below 0.25 is soft.
    pub sharp: f32,
    /// The names of its main colours, the most frequent first.
    pub colours: Vec<&'static str>,
}

/// So many rows and columns are looked at, at most.
const LOOKS: usize = 200;

impl Facts {
    /// Measures a picture. Reads a few hundred rows, whatever its size.
    pub fn of(raster: &Raster) -> Self {
        let (width, height) = (raster.width() as usize, raster.height() as usize);
        let mut sums = Sums::default();
        let mut rows = [vec![[0.0; 3]; width], vec![[0.0; 3]; width]];
        for at in 0..height.min(LOOKS) {
            let y = at * height / height.min(LOOKS);
            let [row, below] = &mut rows;
            read(raster, y, Space::Linear, row);
            read(raster, (y + 1).min(height - 1), Space::Linear, below);
            for at in 0..width.min(LOOKS) {
                let x = at * width / width.min(LOOKS);
                let near = [row[x.saturating_sub(1)], row[(x + 1).min(width - 1)], below[x]];
                sums.add(row[x], near);
            }
        }
        sums.facts(raster.width(), raster.height())
    }

    /// The three changes that would do most for this picture, each a wish that is understood.
    pub fn proposals(&self) -> [&'static str; 3] {
        let span = self.lightest - self.darkest;
        let all = [
            (0.5 - self.middle, 0.08, "brighten it a little"),
            (self.middle - 0.78, 0.0, "darken it a little"),
            (0.6 - span, 0.0, "add some contrast"),
            ((0.05 - self.colourful) * 4.0, 0.0, "make the colours more vivid"),
            ((self.colourful - 0.15) * 3.0, 0.0, "mute the colours a bit"),
            ((self.warm - 0.05) * 4.0, 0.0, "make it a bit cooler"),
            ((-0.02 - self.warm) * 4.0, 0.0, "make it a bit warmer"),
            ((0.25 - self.sharp) * 0.6, 0.0, "sharpen it a bit"),
        ];
        let grey = self.colourful < 0.01;
        let is_for_colour =
            |words: &str| words.contains("colour") || words.contains("cooler") || words.contains("warmer");
        let mut wanted: Vec<(f32, &'static str)> = all
            .into_iter()
            .filter(|(need, from, words)| need > from && !(grey && is_for_colour(words)))
            .map(|(need, _, words)| (need, words))
            .collect();
        wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
        // A picture that lacks nothing: what suits most.
        let usual = ["give it a cinematic look", "add a subtle vignette", "auto enhance"];
        let mut words = wanted.into_iter().map(|(_, words)| words).chain(usual);
        std::array::from_fn(|_| words.next().unwrap_or("auto enhance"))
    }
}

/// What is gathered on the way.
#[derive(Default)]
struct Sums {
    lights: Vec<f32>,
    chroma: f64,
    warm: f64,
    steps: f64,
    colours: [usize; NAMES.len()],
}

const NAMES: [&str; 11] = [
    "black", "grey", "white", "red", "orange", "yellow", "green", "teal", "blue", "purple", "pink",
];

impl Sums {
    fn add(&mut self, colour: Rgb, near: [Rgb; 3]) {
        let [l, a, b] = to_oklab(colour);
        self.lights.push(l);
        self.chroma += f64::from(a.hypot(b));
        self.warm += f64::from(b);
        let light = |c: Rgb| crate::color::cube_root(luminance(c));
        let own = light(colour);
        let steepest = near.iter().map(|n| (light(*n) - own).abs()).fold(0.0, f32::max);
        // The steepest places say how sharp it is, not the even ones.
        self.steps += f64::from(steepest * steepest);
        self.colours[name_of([l, a, b])] += 1;
    }

    fn facts(mut self, width: u32, height: u32) -> Facts {
        let count = self.lights.len().max(1) as f64;
        self.lights.sort_by(f32::total_cmp);
        let at = |share: f32| {
            let i = (self.lights.len() as f32 * share) as usize;
            self.lights.get(i).copied().unwrap_or_default()
        };
        let (darkest, lightest) = (at(0.05), at(0.95));
        let steep = (self.steps / count).sqrt() as f32;
        let mut order: Vec<usize> = (0..NAMES.len()).collect();
        order.sort_by_key(|&i| std::cmp::Reverse(self.colours[i]));
        let many = |&i: &usize| self.colours[i] as f64 > count * 0.06;
        Facts {
            width,
            height,
            middle: at(0.5),
            darkest,
            lightest,
            colourful: (self.chroma / count) as f32,
            warm: (self.warm / count) as f32,
            sharp: steep / (lightest - darkest).max(0.05) * 3.0,
            colours: order.into_iter().filter(many).take(4).map(|i| NAMES[i]).collect(),
        }
    }
}

/// Which of the names a colour has.
fn name_of([l, a, b]: Rgb) -> usize {
    let chroma = a.hypot(b);
    if chroma < 0.035 || l < 0.2 {
        return match l {
            l if l < 0.32 => 0,
            l if l < 0.88 => 1,
            _ => 2,
        };
    }
    let hue = b.atan2(a).to_degrees().rem_euclid(360.0);
    match hue {
        h if h < 15.0 => 10,
        h if h < 45.0 => 3,
        h if h < 80.0 => 4,
        h if h < 118.0 => 5,
        h if h < 170.0 => 6,
        h if h < 220.0 => 7,
        h if h < 285.0 => 8,
        h if h < 335.0 => 9,
        _ => 10,
    }
}
