//! More pixels: by a net that draws fine detail anew where it is present and the picture is not huge, else by Lanczos.
//!
//! The one rule: the way that was taken is told, since only one of them adds detail. The net is SPAN (Wan et al., "Swift
//! Parameter-free Attention Network", 2024), shown the picture in tiles that overlap by more than it looks around.

use std::sync::Arc;

use super::{Canvas, Group, Operation, OperationInfo, resample, resize};
use crate::nets::{Net, NetError, Tensor};
use crate::plan::{Op, Params, Step};
use crate::raster::{Raster, Samples};
use crate::render::RenderError;
use crate::rows::{Sample, Space, read};
use crate::select;
use crate::watch::Run;

/// The side of a tile.
const TILE: usize = 256;
/// How far a tile looks beyond its own pixels: more than the net's 22 convolutions of 3×3 make use of visibly.
const MARGIN: usize = 22;
/// The net takes seconds per megapixel; larger pictures have detail enough.
const MOST: u64 = 1_200_000;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Upscale,
        group: Group::Geometry,
        description: "Makes the picture larger, with a net that draws fine detail where it is present.",
        example: "upscale it 2x",
        doing: "Upscaling",
        default_strength: None,
        is_two_way: false,
    },
    tell: "upscaled {t}",
    tell_less: "",
    apply,
};

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let params = Params {
        scale: step.params.scale.or(Some(2.0)),
        ..step.params.clone()
    };
    let (width, height) = (canvas.raster.width(), canvas.raster.height());
    let (w, h) = resize::wanted_size(&params, width, height)?;
    if w * h > canvas.context.max_pixels {
        return Err(RenderError::TooLarge {
            width: w,
            height: h,
            max_pixels: canvas.context.max_pixels,
        });
    }
    let times = (w as f64 / f64::from(width)).max(h as f64 / f64::from(height));
    let nets = &canvas.context.nets;
    let net = if times <= 2.0 { &nets.upscale_2 } else { &nets.upscale_4 };
    let by = if times <= 2.0 { 2 } else { 4 };
    let is_small = u64::from(width) * u64::from(height) <= MOST;
    match net.clone().filter(|_| is_small && times > 1.0) {
        Some(net) => canvas.raster = enlarge(&canvas.raster, &net, by, canvas.run)?,
        None => canvas.run.note(if is_small {
            "Enlarged by Lanczos resampling, which adds no detail: the net for it is not here."
        } else {
            "Enlarged by Lanczos resampling, which adds no detail: the picture is too large for the net."
        }),
    }
    let size = (w as u32, h as u32);
    canvas.reshape(|raster, run| {
        if (raster.width(), raster.height()) == size {
            return Ok(raster);
        }
        resample::resample(&raster, size.0, size.1, run)
    })
}

/// The picture with `by` times the sides, its colours drawn by the net, its alpha resampled.
fn enlarge(raster: &Raster, net: &Arc<dyn Net>, by: usize, run: &Run<'_>) -> Result<Raster, RenderError> {
    let (width, height) = (raster.width() as usize, raster.height() as usize);
    let mut out = resample::resample(raster, (width * by) as u32, (height * by) as u32, run)?;
    let tiles = (height.div_ceil(TILE), width.div_ceil(TILE));
    run.begin_pass(tiles.0 * tiles.1);
    for tile in 0..tiles.0 * tiles.1 {
        run.check()?;
        let at = (tile % tiles.1 * TILE, tile / tiles.1 * TILE);
        let size = (TILE.min(width - at.0), TILE.min(height - at.1));
        let answer = select::ask(net, vec![shown(raster, at, size)?], run)?;
        let answer = answer.first().ok_or_else(|| wrong("it gave no picture"))?;
        let wanted = [1, 3, (size.1 + 2 * MARGIN) * by, (size.0 + 2 * MARGIN) * by];
        if answer.shape() != wanted {
            return Err(wrong("it gave another size"));
        }
        let (channels, row_len) = (out.channels(), out.row_len());
        let place = Place {
            at,
            size,
            by,
            row_len,
            count: channels.count(),
            is_gray: channels.is_gray(),
        };
        match out.samples_mut() {
            Samples::U8(v) => place.put(answer, v),
            Samples::U16(v) => place.put(answer, v),
        }
        run.advance(1);
    }
    Ok(out)
}

fn wrong(problem: &str) -> RenderError {
    RenderError::Net(NetError::WrongAnswer(problem.to_owned()))
}

/// A tile with its margin as the net wants it; beyond the rim the rim goes on.
fn shown(raster: &Raster, at: (usize, usize), size: (usize, usize)) -> Result<Tensor, RenderError> {
    let (w, h) = (size.0 + 2 * MARGIN, size.1 + 2 * MARGIN);
    let mut data = vec![0.0; 3 * w * h];
    let mut row = vec![[0.0; 3]; raster.width() as usize];
    let within = |v: usize, side: u32| v.saturating_sub(MARGIN).min(side as usize - 1);
    for y in 0..h {
        read(raster, within(at.1 + y, raster.height()), Space::Encoded, &mut row);
        for x in 0..w {
            let colour = row[within(at.0 + x, raster.width())];
            (0..3).for_each(|c| data[(c * h + y) * w + x] = colour[c]);
        }
    }
    Tensor::new(&[1, 3, h, w], data).map_err(RenderError::Net)
}

/// Where a tile's answer goes.
struct Place {
    at: (usize, usize),
    size: (usize, usize),
    by: usize,
    row_len: usize,
    count: usize,
    is_gray: bool,
}

impl Place {
    fn put<S: Sample>(&self, answer: &Tensor, out: &mut [S]) {
        let (w, h) = (
            (self.size.0 + 2 * MARGIN) * self.by,
            (self.size.1 + 2 * MARGIN) * self.by,
        );
        let (data, margin) = (answer.data(), MARGIN * self.by);
        for y in 0..self.size.1 * self.by {
            let from = (self.at.1 * self.by + y) * self.row_len + self.at.0 * self.by * self.count;
            let row = &mut out[from..from + self.size.0 * self.by * self.count];
            for (x, pixel) in row.chunks_exact_mut(self.count).enumerate() {
                let value = |c: usize| data[(c * h + y + margin) * w + x + margin];
                if self.is_gray {
                    pixel[0] = S::from_unit((value(0) + value(1) + value(2)) / 3.0);
                } else {
                    (0..3).for_each(|c| pixel[c] = S::from_unit(value(c)));
                }
            }
        }
    }
}
