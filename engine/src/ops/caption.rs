//! Words written over the picture, with an outline or a plate so that they read on any ground.
//!
//! The one rule: letters are shaped and filled from an open font that comes with a crate (Ubuntu, and Noto's signs and
//! emoji where it has none); a letter that neither has is told, not drawn as a box.

use rustybuzz::ttf_parser::OutlineBuilder;
use rustybuzz::{Face, UnicodeBuffer};

use super::tint::parse_hex;
use super::{Canvas, Group, Operation, OperationInfo};
use crate::color::{Rgb, luminance, mix};
use crate::plan::{Op, Params, Place, Step};
use crate::raster::Mask;
use crate::render::RenderError;
use crate::rows::{Space, change_rows};

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Caption,
        group: Group::Objects,
        description: "Writes a caption over the picture, with an outline or on a plate.",
        example: "write \"Happy birthday\" at the bottom",
        doing: "Writing",
        default_strength: None,
        is_two_way: false,
    },
    tell: "wrote",
    tell_less: "",
    apply,
};

/// The height of the letters when no size is said, as a share of the shorter side.
const SIZE: f32 = 0.085;
/// How much of the picture's width a line may take.
const WIDTH: f32 = 0.9;
/// The longest text that is written, in letters.
const LONGEST: usize = 400;

pub(super) fn is_possible(step: &Step) -> bool {
    step.params.text.as_deref().is_some_and(|t| !t.trim().is_empty())
}

fn bad(problem: &'static str) -> RenderError {
    RenderError::BadStep {
        op: Op::Caption,
        problem,
    }
}

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let text: String = step
        .params
        .text
        .as_deref()
        .unwrap_or_default()
        .trim()
        .chars()
        .take(LONGEST)
        .collect();
    if text.is_empty() {
        return Err(bad("there are no words to write"));
    }
    let color = match step.params.color.as_deref() {
        Some(hex) => parse_hex(hex).ok_or_else(|| bad("the colour is not #rrggbb"))?,
        None => [1.0; 3],
    };
    if color[0] != color[1] || color[1] != color[2] {
        canvas.raster.make_rgb();
    }
    let fonts = Fonts::open().ok_or_else(|| bad("the font cannot be read"))?;
    let (width, height) = (canvas.raster.width() as f32, canvas.raster.height() as f32);
    let mut size = canvas.short_side() * SIZE * step.params.scale.unwrap_or(1.0).clamp(0.2, 6.0);
    let mut lines = fonts.lines(&text, size, width * WIDTH);
    // Long texts are written smaller until they fit.
    while lines.iter().map(|l| l.width).fold(0.0, f32::max) > width * 0.96
        || lines.len() as f32 * size * 1.25 > height * 0.8
    {
        size *= 0.85;
        if size < 4.0 {
            break;
        }
        lines = fonts.lines(&text, size, width * WIDTH);
    }
    if lines.iter().any(|l| l.misses) {
        canvas
            .run
            .note("Some of its letters are not in the built-in font and were left out.");
    }
    canvas.run.check()?;
    let block = Block::of(&lines, size, (width, height), &step.params);
    draw(canvas, &block, color, step.params.style.as_deref() == Some("plate"))
}

/// The faces that letters are looked for in, best first.
struct Fonts {
    faces: [Face<'static>; 2],
}

/// One line, its letters' outlines from its left end at the base line.
struct Line {
    width: f32,
    strokes: Vec<[(f32, f32); 2]>,
    misses: bool,
}

impl Fonts {
    fn open() -> Option<Self> {
        let text = Face::from_slice(epaint_default_fonts::UBUNTU_LIGHT, 0)?;
        let signs = Face::from_slice(epaint_default_fonts::NOTO_EMOJI_REGULAR, 0)?;
        Some(Self { faces: [text, signs] })
    }

    /// The text broken at blanks so that each line is at most `most` pixels wide where its words allow it.
    fn lines(&self, text: &str, size: f32, most: f32) -> Vec<Line> {
        let mut out: Vec<Line> = Vec::new();
        for part in text.lines() {
            let mut written = String::new();
            for word in part.split_whitespace() {
                let longer = if written.is_empty() {
                    word.to_owned()
                } else {
                    format!("{written} {word}")
                };
                if !written.is_empty() && self.line(&longer, size).width > most {
                    out.push(self.line(&written, size));
                    word.clone_into(&mut written);
                } else {
                    written = longer;
                }
            }
            if !written.is_empty() {
                out.push(self.line(&written, size));
            }
        }
        out
    }

    fn line(&self, text: &str, size: f32) -> Line {
        let mut line = Line {
            width: 0.0,
            strokes: Vec::new(),
            misses: false,
        };
        let mut run = String::new();
        let mut face = 0;
        for c in text.chars() {
            let has = |f: &Face<'_>| f.glyph_index(c).is_some();
            let needed = match self.faces.iter().position(has) {
                _ if c.is_whitespace() || matches!(c, '\u{fe0f}' | '\u{200d}') => face,
                Some(at) => at,
                None => {
                    line.misses = true;
                    continue;
                }
            };
            if needed != face {
                self.shape(&run, face, size, &mut line);
                run.clear();
                face = needed;
            }
            run.push(c);
        }
        self.shape(&run, face, size, &mut line);
        line
    }

    fn shape(&self, text: &str, face: usize, size: f32, line: &mut Line) {
        if text.is_empty() {
            return;
        }
        let face = &self.faces[face];
        let scale = size / face.units_per_em() as f32;
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        let shaped = rustybuzz::shape(face, &[], buffer);
        for (info, position) in shaped.glyph_infos().iter().zip(shaped.glyph_positions()) {
            let mut pen = Pen {
                at: (
                    line.width + position.x_offset as f32 * scale,
                    -(position.y_offset as f32) * scale,
                ),
                scale,
                start: (0.0, 0.0),
                last: (0.0, 0.0),
                strokes: &mut line.strokes,
            };
            let glyph = rustybuzz::ttf_parser::GlyphId(u16::try_from(info.glyph_id).unwrap_or_default());
            face.outline_glyph(glyph, &mut pen);
            line.width += position.x_advance as f32 * scale;
        }
    }
}

/// Turns a letter's curves into short lines.
struct Pen<'a> {
    at: (f32, f32),
    scale: f32,
    start: (f32, f32),
    last: (f32, f32),
    strokes: &'a mut Vec<[(f32, f32); 2]>,
}

impl Pen<'_> {
    fn point(&self, x: f32, y: f32) -> (f32, f32) {
        (self.at.0 + x * self.scale, self.at.1 - y * self.scale)
    }

    fn to(&mut self, to: (f32, f32)) {
        self.strokes.push([self.last, to]);
        self.last = to;
    }

    fn curve(&mut self, points: [(f32, f32); 4]) {
        const PARTS: usize = 10;
        for i in 1..=PARTS {
            let t = i as f32 / PARTS as f32;
            let on = |n: fn(&(f32, f32)) -> f32| {
                let [a, b, c, d] = points.each_ref().map(n);
                let s = 1.0 - t;
                a * s * s * s + 3.0 * b * s * s * t + 3.0 * c * s * t * t + d * t * t * t
            };
            self.to((on(|p| p.0), on(|p| p.1)));
        }
    }
}

impl OutlineBuilder for Pen<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        self.start = self.point(x, y);
        self.last = self.start;
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let to = self.point(x, y);
        self.to(to);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (from, control, to) = (self.last, self.point(x1, y1), self.point(x, y));
        let third = |a: (f32, f32)| (mix(a.0, control.0, 2.0 / 3.0), mix(a.1, control.1, 2.0 / 3.0));
        self.curve([from, third(from), third(to), to]);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let points = [self.last, self.point(x1, y1), self.point(x2, y2), self.point(x, y)];
        self.curve(points);
    }

    fn close(&mut self) {
        let start = self.start;
        self.to(start);
    }
}

/// The written block: how much of every pixel in it is letter.
struct Block {
    left: i64,
    top: i64,
    width: usize,
    height: usize,
    /// Letters, made a little bolder; and letters with their outline.
    letters: Vec<f32>,
    outlined: Vec<f32>,
    pad: f32,
}

impl Block {
    fn of(lines: &[Line], size: f32, (width, height): (f32, f32), params: &Params) -> Self {
        let pad = (size * 0.35).ceil();
        let widest = lines.iter().map(|l| l.width).fold(0.0, f32::max);
        let (w, h) = (
            (widest + pad * 2.0).ceil(),
            (lines.len() as f32 * size * 1.25 + pad * 2.0).ceil(),
        );
        let place = params.place.unwrap_or(Place::Bottom);
        let share = |low: bool, high: bool| {
            if low {
                0.0
            } else if high {
                1.0
            } else {
                0.5
            }
        };
        let across = share(
            matches!(place, Place::TopLeft | Place::Left | Place::BottomLeft),
            matches!(place, Place::TopRight | Place::Right | Place::BottomRight),
        );
        let down = share(
            matches!(place, Place::TopLeft | Place::Top | Place::TopRight),
            matches!(place, Place::BottomLeft | Place::Bottom | Place::BottomRight),
        );
        let margin = width.min(height) * 0.035;
        let (left, top) = (
            mix(margin, width - margin - w, across),
            mix(margin, height - margin - h, down),
        );
        let mut ink = Ink::new(w as usize, h as usize);
        for (row, line) in lines.iter().enumerate() {
            let x = pad + (widest - line.width) * across;
            let y = pad + size * (row as f32 * 1.25 + 0.95);
            line.strokes
                .iter()
                .for_each(|[a, b]| ink.line((a.0 + x, a.1 + y), (b.0 + x, b.1 + y)));
        }
        let thin = ink.filled();
        let letters = spread(&thin, ink.width, size * 0.017);
        let outlined = spread(&letters, ink.width, (size * 0.06).max(1.6));
        Self {
            left: left.round() as i64,
            top: top.round() as i64,
            width: ink.width,
            height: ink.height,
            letters,
            outlined,
            pad,
        }
    }

    fn index(&self, x: usize, y: usize) -> Option<usize> {
        let (x, y) = (x as i64 - self.left, y as i64 - self.top);
        (x >= 0 && y >= 0 && x < self.width as i64 && y < self.height as i64)
            .then(|| y as usize * self.width + x as usize)
    }

    /// How much of a pixel the plate covers: a box with round corners.
    fn plate(&self, x: usize, y: usize) -> f32 {
        let (x, y) = (x as f32 + 0.5 - self.left as f32, y as f32 + 0.5 - self.top as f32);
        let round = self.pad;
        let dx = (round - x).max(x - (self.width as f32 - round)).max(0.0);
        let dy = (round - y).max(y - (self.height as f32 - round)).max(0.0);
        (round - dx.hypot(dy) + 0.5).clamp(0.0, 1.0)
    }
}

/// Signed areas under lines; their running sum along a row is how much of a pixel lies inside (after Raph Levien's font-rs).
struct Ink {
    width: usize,
    height: usize,
    areas: Vec<f32>,
}

impl Ink {
    fn new(width: usize, height: usize) -> Self {
        let (width, height) = (width.max(2), height.max(2));
        Self {
            width,
            height,
            areas: vec![0.0; width * height + 4],
        }
    }

    fn line(&mut self, a: (f32, f32), b: (f32, f32)) {
        if (a.1 - b.1).abs() < 1e-6 {
            return;
        }
        let (way, a, b) = if a.1 < b.1 { (1.0, a, b) } else { (-1.0, b, a) };
        let slope = (b.0 - a.0) / (b.1 - a.1);
        let mut x = if a.1 < 0.0 { a.0 - a.1 * slope } else { a.0 };
        for y in (a.1.max(0.0) as usize)..self.height.min(b.1.ceil().max(0.0) as usize) {
            let dy = ((y + 1) as f32).min(b.1) - (y as f32).max(a.1);
            let next = x + slope * dy;
            self.cell_row(y, (x.min(next), x.max(next)), dy * way);
            x = next;
        }
    }

    fn cell_row(&mut self, y: usize, (from, to): (f32, f32), area: f32) {
        let limit = (self.width - 1) as f32;
        let (from, to) = (from.clamp(0.0, limit), to.clamp(0.0, limit));
        let row = y * self.width;
        let (first, last) = (from as usize, to.ceil() as usize);
        if last <= first + 1 {
            let middle = 0.5 * (from + to) - first as f32;
            self.areas[row + first] += area * (1.0 - middle);
            self.areas[row + first + 1] += area * middle;
            return;
        }
        let per = area / (to - from);
        let mut before = 0.0;
        for x in first..=last {
            // The part of the line left of the middle of this pixel's right edge, summed up.
            let upto = |edge: f32| {
                let t = (edge.clamp(from, to) - from) * per;
                let inner = (edge.clamp(from, to) - from) * 0.5 * t;
                inner + (edge - edge.clamp(from, to)).max(0.0) * t
            };
            let covered = upto((x + 1) as f32) - upto(x as f32);
            self.areas[row + x] += covered - before;
            before = covered;
        }
        self.areas[row + last + 1] += area - before;
    }

    fn filled(&self) -> Vec<f32> {
        let mut out = vec![0.0; self.width * self.height];
        for y in 0..self.height {
            let mut sum = 0.0;
            for x in 0..self.width {
                sum += self.areas[y * self.width + x];
                out[y * self.width + x] = sum.abs().min(1.0);
            }
        }
        out
    }
}

/// The largest cover within `radius`.
fn spread(cover: &[f32], width: usize, radius: f32) -> Vec<f32> {
    let height = cover.len() / width;
    let reach = radius.ceil() as i64;
    let mut out = vec![0.0f32; cover.len()];
    let near: Vec<(i64, i64, f32)> = (-reach..=reach)
        .flat_map(|dy| (-reach..=reach).map(move |dx| (dx, dy)))
        .map(|(dx, dy)| (dx, dy, (radius + 0.5 - (dx as f32).hypot(dy as f32)).clamp(0.0, 1.0)))
        .filter(|n| n.2 > 0.0)
        .collect();
    for y in 0..height as i64 {
        for x in 0..width as i64 {
            let here = cover[(y as usize) * width + x as usize];
            if here <= 0.0 {
                continue;
            }
            for &(dx, dy, weight) in &near {
                let (nx, ny) = (x + dx, y + dy);
                if nx >= 0 && ny >= 0 && nx < width as i64 && ny < height as i64 {
                    let cell = &mut out[ny as usize * width + nx as usize];
                    *cell = cell.max(here * weight);
                }
            }
        }
    }
    out.iter().zip(cover).map(|(a, b)| a.max(*b)).collect()
}

fn draw(canvas: &mut Canvas<'_>, block: &Block, color: Rgb, has_plate: bool) -> Result<(), RenderError> {
    let (width, height) = (canvas.raster.width(), canvas.raster.height());
    let edge: Rgb = if luminance(color) > 0.18 { [0.0; 3] } else { [1.0; 3] };
    let clip = |v: i64, most: u32| v.clamp(0, i64::from(most)) as u32;
    let (x0, y0) = (clip(block.left, width), clip(block.top, height));
    let (x1, y1) = (
        clip(block.left + block.width as i64, width),
        clip(block.top + block.height as i64, height),
    );
    let touched = Mask::rectangle((width, height), (x0, y0, x1 - x0, y1 - y0)).expect("a picture has a size");
    let run = canvas.run;
    let over = |under: Rgb, paint: Rgb, cover: f32| -> Rgb { std::array::from_fn(|i| mix(under[i], paint[i], cover)) };
    // Letters are mixed as they are seen: in sRGB values they would look thin on dark grounds.
    change_rows(&mut canvas.raster, Some(&touched), Space::Linear, run, |y, row| {
        for (x, colour) in row.iter_mut().enumerate() {
            let Some(at) = block.index(x, y) else { continue };
            if has_plate {
                *colour = over(*colour, edge, block.plate(x, y) * 0.62);
            } else {
                *colour = over(*colour, edge, block.outlined[at] * 0.95);
            }
            *colour = over(*colour, color, block.letters[at]);
        }
    })
}
