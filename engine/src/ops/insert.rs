//! Another picture's thing put into this one: cut out, sized, stood or hung, brought into this picture's light.
//!
//! The one rule: nothing outside the thing and its shadow changes by a bit. Where the words name no place, it stands on the
//! floor a little beside the middle, or hangs on the wall if it is a thing that hangs. Colours move only part of the way.

use super::edges::change_around;
use super::relight::{Shift, Stats};
use super::spot::{Cut, Shape, Spot};
use super::standing::{Shadow, Standing};
use super::{Canvas, Group, Operation, OperationInfo, dial, geometry, resample};
use crate::color::Rgb;
use crate::field::Field;
use crate::plan::{Op, Step, Target};
use crate::raster::{Mask, Raster};
use crate::render::RenderError;
use crate::rows::{Space, change_rows, read_with_alpha};
use crate::select;

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Insert,
        group: Group::Objects,
        description: "Cuts the main thing out of another attached picture and blends it into this one.",
        example: "insert image 2 at the bottom right",
        doing: "Blending in",
        default_strength: None,
        is_two_way: false,
    },
    tell: "inserted",
    tell_less: "",
    apply,
};

pub(super) fn is_possible(step: &Step) -> bool {
    step.params.reference.is_some()
}

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let number = step.params.reference.ok_or(RenderError::BadStep {
        op: Op::Insert,
        problem: "it names no picture to take from",
    })?;
    let thing = Thing::from(step, number, canvas)?;
    let spot = Spot::of(step, &thing.shape(), canvas)?;
    canvas.raster.make_rgb();
    let layer = thing.laid(&spot, canvas)?;
    place(canvas, &layer, &spot)
}

/// A cut-out: its picture and where in it the thing is.
struct Thing {
    raster: Raster,
    /// x, y, width, height.
    part: (u32, u32, u32, u32),
    name: Option<String>,
    cut: Cut,
}

impl Thing {
    fn from(step: &Step, number: u32, canvas: &Canvas<'_>) -> Result<Self, RenderError> {
        let reference = canvas.context.reference(number)?;
        let name = step.params.text.clone();
        let mut mask = Self::mask(reference, name.as_deref(), canvas)?;
        if let Some(all) = dial::around_marks(&mask) {
            let is_round = name.as_deref() == Some("clock");
            if let Some(raster) = is_round
                .then(|| dial::from_the_front(&mask, reference, canvas))
                .transpose()?
                .flatten()
            {
                let part = (0, 0, raster.width(), raster.height());
                return Ok(Self {
                    raster,
                    part,
                    name,
                    cut: Cut::default(),
                });
            }
            mask = all;
        }
        let lost = || RenderError::NoSuchTarget(Target::Reference { reference: number });
        let part = mask.bounds().ok_or_else(lost)?;
        let mut donor = Canvas::new(reference.clone(), canvas.context, canvas.run);
        donor.raster.make_rgb();
        donor.raster.make_alpha();
        change_around(&mut donor, &mask, |_, _, pixel| {
            (pixel.subject, pixel.share * pixel.alpha)
        })?;
        Ok(Self {
            raster: donor.raster,
            part,
            name,
            cut: Cut::of(&mask),
        })
    }

    fn shape(&self) -> Shape<'_> {
        Shape {
            slim: self.part.2 as f32 / self.part.3 as f32,
            name: self.name.as_deref(),
            cut: self.cut,
        }
    }

    /// The named thing where it is found, else what stands out.
    fn mask(reference: &Raster, name: Option<&str>, canvas: &Canvas<'_>) -> Result<Mask, RenderError> {
        if let Some(name) = name.filter(|name| canvas.context.nets.objects.is_some() && select::knows(name)) {
            let target = Target::Object {
                object: name.to_owned(),
                pick: None,
            };
            match select::find(&target, reference, canvas.context, canvas.run) {
                Err(RenderError::NoSuchTarget(_)) => {}
                found => return found,
            }
        }
        select::find(&Target::Subject, reference, canvas.context, canvas.run)
    }

    /// The thing at its new size and place.
    fn laid(&self, spot: &Spot, canvas: &Canvas<'_>) -> Result<Layer, RenderError> {
        let (left, top, width, height) = self.part;
        let scale = height as f32 / spot.height;
        let (w, h) = (
            (width as f32 / scale).round().max(1.0) as usize,
            spot.height.round().max(1.0) as usize,
        );
        let cut = geometry::cut(self.raster.clone(), (left, top, width, height));
        let small = resample::resample(&cut, w as u32, h as u32, canvas.run)?;
        let (mut colours, mut alpha) = (vec![[0.0; 3]; w], vec![0.0; w]);
        let mut data = Vec::with_capacity(w * h);
        for y in 0..h {
            read_with_alpha(&small, y, Space::Linear, &mut colours, &mut alpha);
            let row = colours.iter().zip(&alpha);
            data.extend(row.map(|(c, a)| [c[0] * a, c[1] * a, c[2] * a, *a]));
        }
        // What its own picture cut off ends at this picture's edge to the pixel: no sliver of ground below or beside it.
        let sides = (i64::from(canvas.raster.width()), i64::from(canvas.raster.height()));
        let left = match (self.cut.left, self.cut.right) {
            (true, false) if spot.is_at_edge => 0,
            (false, true) if spot.is_at_edge => sides.0 - w as i64,
            _ => (spot.middle - w as f32 / 2.0).round() as i64,
        };
        let top = match self.cut.bottom && spot.is_at_edge {
            true => sides.1 - h as i64,
            false => (spot.foot - h as f32).round() as i64,
        };
        Ok(Layer {
            left,
            top,
            width: w,
            height: h,
            data,
        })
    }
}

/// The thing as it lies over the picture, premultiplied.
struct Layer {
    left: i64,
    top: i64,
    width: usize,
    height: usize,
    data: Vec<[f32; 4]>,
}

impl Layer {
    fn at(&self, x: usize, y: usize) -> [f32; 4] {
        let (x, y) = (x as i64 - self.left, y as i64 - self.top);
        if x < 0 || y < 0 || x >= self.width as i64 || y >= self.height as i64 {
            return [0.0; 4];
        }
        self.data[y as usize * self.width + x as usize]
    }

    fn mask(&self, width: u32, height: u32) -> Mask {
        let data = (0..height as usize)
            .flat_map(|y| (0..width as usize).map(move |x| (x, y)))
            .map(|(x, y)| (self.at(x, y)[3] * 255.0 + 0.5) as u8)
            .collect();
        Mask::new(width, height, data).expect("one byte was made per pixel")
    }
}

/// Lays the layer and its shadow over the picture.
fn place(canvas: &mut Canvas<'_>, layer: &Layer, spot: &Spot) -> Result<(), RenderError> {
    let (width, height) = (canvas.raster.width(), canvas.raster.height());
    let mask = layer.mask(width, height);
    let shift = harmony(canvas, layer, &mask)?;
    let shade = Shade::of(canvas, &mask, spot)?;
    let run = canvas.run;
    let touched = touched(layer, width, height);
    change_rows(&mut canvas.raster, Some(&touched), Space::Linear, run, |y, row| {
        for (x, colour) in row.iter_mut().enumerate() {
            let [r, g, b, a] = layer.at(x, y);
            let dark = 1.0 - shade.at(x, y);
            let under: Rgb = colour.map(|c| c * dark);
            *colour = if a > 0.002 {
                let own = shift.apply([r / a, g / a, b / a]);
                std::array::from_fn(|i| under[i] + (own[i] - under[i]) * a)
            } else {
                under
            };
        }
    })
}

/// The rectangle that may change: the thing and as much again around it.
fn touched(layer: &Layer, width: u32, height: u32) -> Mask {
    let (pad_x, pad_y) = (layer.width as i64 / 2, layer.height as i64 / 4);
    let from = |v: i64, most: u32| v.clamp(0, i64::from(most)) as u32;
    let (x0, y0) = (from(layer.left - pad_x, width), from(layer.top - pad_y, height));
    let (x1, y1) = (
        from(layer.left + layer.width as i64 + pad_x, width),
        from(layer.top + layer.height as i64 + pad_y, height),
    );
    Mask::rectangle((width, height), (x0, y0, x1 - x0, y1 - y0)).expect("a picture has a size")
}

/// How the thing's colours move toward those around it.
fn harmony(canvas: &Canvas<'_>, layer: &Layer, mask: &Mask) -> Result<Shift, RenderError> {
    let own = Stats::of(
        layer
            .data
            .iter()
            .filter(|c| c[3] > 0.5)
            .map(|c| ([c[0] / c[3], c[1] / c[3], c[2] / c[3]], c[3])),
    );
    let cells = Field::gather_at(&canvas.raster, 8, Space::Linear, canvas.run, |x, y, [r, g, b], a| {
        let free = (1.0 - f32::from(mask.row(y)[x]) / 255.0) * a;
        [r * free, g * free, b * free, free]
    })?;
    let (columns, _, data) = cells.cells();
    let middle = (
        layer.left as f32 + layer.width as f32 / 2.0,
        layer.top as f32 + layer.height as f32 / 2.0,
    );
    let reach = layer.width.max(layer.height) as f32 * 1.2;
    let around = Stats::of(data.iter().enumerate().filter(|(_, c)| c[3] > 0.5).map(|(at, c)| {
        let (x, y) = (
            (at % columns) as f32 * 8.0 - middle.0,
            (at / columns) as f32 * 8.0 - middle.1,
        );
        // Near things say more about the light than far ones.
        (
            [c[0] / c[3], c[1] / c[3], c[2] / c[3]],
            (-(x * x + y * y) / (reach * reach)).exp() + 0.05,
        )
    }));
    Ok(Shift::between(&own, &around, 0.55))
}

/// The thing's shadow: on the floor, or on the wall behind it; none of what stands before the picture's lower edge.
enum Shade {
    None,
    Floor(Shadow, f32),
    Wall(Field<1>, usize),
}

impl Shade {
    fn of(canvas: &Canvas<'_>, mask: &Mask, spot: &Spot) -> Result<Self, RenderError> {
        if spot.is_at_edge {
            return Ok(Self::None);
        }
        if !spot.hangs {
            return Ok(Self::Floor(
                Standing::of(mask).shadow(mask, -0.3),
                canvas.raster.height() as f32,
            ));
        }
        let sigma = (spot.height * 0.03).max(1.0);
        let mut soft = Field::gather_at(
            &canvas.raster,
            Field::<1>::factor_for(sigma).max(2),
            Space::Linear,
            canvas.run,
            |x, y, _, _| [f32::from(mask.row(y)[x]) / 255.0],
        )?;
        soft.blur(sigma, canvas.run)?;
        Ok(Self::Wall(soft, (spot.height * 0.035) as usize))
    }

    fn at(&self, x: usize, y: usize) -> f32 {
        match self {
            Self::None => 0.0,
            Self::Floor(shadow, height) => shadow.at((x as f32 + 0.5) / height, (y as f32 + 0.5) / height),
            Self::Wall(soft, away) => soft.at(x.saturating_sub(away / 2), y.saturating_sub(*away))[0] * 0.5,
        }
    }
}
