//! The picture painted anew in one of 26 styles, by a net.
//!
//! The one rule: the styles came without names; the ones here were given by looking, and a word that fits none is refused
//! rather than guessed. The net is that of Dumoulin, Shlens and Kudlur, "A Learned Representation for Artistic Style", 2017.
//! Its strokes have one size, so a large picture is painted smaller and enlarged again.

use super::{Canvas, Group, Operation, OperationInfo, resample};
use crate::nets::Tensor;
use crate::plan::{Op, Step};
use crate::raster::{Channels, Raster};
use crate::render::RenderError;
use crate::rows::{Space, change_rows, read};
use crate::select::{self, Part, Small};

/// The longer side that is painted: strokes look right at 500 to 1000 pixels.
const LONG: usize = 960;
/// The net halves the picture twice.
const STEP: usize = 4;
/// How many styles the net knows.
const COUNT: usize = 26;

/// Each style's name, at its place in the net.
pub(crate) const NAMES: [&str; COUNT] = [
    "watercolor",
    "ink and gold",
    "ink wash",
    "graffiti",
    "red impressionism",
    "impressionism",
    "night lights",
    "expressionism",
    "splashed watercolor",
    "mosaic",
    "red chalk",
    "etching",
    "monet",
    "fauvism",
    "pastel",
    "stained glass",
    "crayon",
    "weave",
    "woodcut",
    "van gogh",
    "ember",
    "cubism",
    "picasso",
    "dusk",
    "ukiyo-e",
    "oil sketch",
];

/// Other words for the same.
const ALIKE: [(&str, &str); 27] = [
    ("watercolour", "watercolor"),
    ("watercolor painting", "watercolor"),
    ("watercolour painting", "watercolor"),
    ("painting", "impressionism"),
    ("painted", "impressionism"),
    ("impressionist", "impressionism"),
    ("oil painting", "oil sketch"),
    ("starry night", "van gogh"),
    ("cubist", "cubism"),
    ("mosaic style", "mosaic"),
    ("hokusai", "ukiyo-e"),
    ("japanese print", "ukiyo-e"),
    ("woodblock print", "ukiyo-e"),
    ("woodblock", "ukiyo-e"),
    ("expressionist", "expressionism"),
    ("fauvist", "fauvism"),
    ("crayons", "crayon"),
    ("chalk", "red chalk"),
    ("etched", "etching"),
    ("weave style", "weave"),
    ("woven", "weave"),
    ("ember style", "ember"),
    ("dusk style", "dusk"),
    ("sumi-e", "ink wash"),
    ("ink wash painting", "ink wash"),
    ("graffiti style", "graffiti"),
    ("gold leaf", "ink and gold"),
];

pub(super) static OPERATION: Operation = Operation {
    info: OperationInfo {
        op: Op::Style,
        group: Group::Style,
        description: "Paints the picture in one of 26 styles: watercolor, van gogh, ukiyo-e, stained glass and more.",
        example: "make it a watercolor painting",
        doing: "Painting",
        default_strength: None,
        is_two_way: false,
    },
    tell: "made {t} look like",
    tell_less: "",
    apply,
};

/// Whether the step's style is one of the net's.
pub(super) fn is_possible(step: &Step) -> bool {
    number(step).is_some()
}

/// The style's place in the net.
fn number(step: &Step) -> Option<usize> {
    let words = step.params.style.as_deref()?.trim().to_lowercase().replace('_', " ");
    let name = ALIKE
        .iter()
        .find(|(other, _)| *other == words)
        .map_or(words.as_str(), |(_, name)| name);
    NAMES.iter().position(|n| *n == name)
}

fn apply(step: &Step, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
    let number = number(step).ok_or(RenderError::BadStep {
        op: Op::Style,
        problem: "no such style is known",
    })?;
    let net = canvas.context.nets.style.clone().ok_or(RenderError::BadStep {
        op: Op::Style,
        problem: "the net that paints is not here (`plantain models pull`)",
    })?;
    let share = step.strength.map_or(1.0, |s| s.abs().clamp(0.0, 1.0));
    canvas.raster.make_rgb();
    let (width, height) = (canvas.raster.width(), canvas.raster.height());
    let (w, h) = Small::size_within(&canvas.raster, LONG);
    let size = (w.next_multiple_of(STEP).max(32), h.next_multiple_of(STEP).max(32));
    let small = Small::of(&canvas.raster, Part::WHOLE, size, canvas.run)?;
    let mut input = Vec::with_capacity(3 * size.0 * size.1);
    (0..3).for_each(|c| input.extend(small.data.iter().map(|rgb| rgb[c])));
    let input = Tensor::new(&[1, 3, size.1, size.0], input).map_err(RenderError::Net)?;
    let chosen = (0..COUNT).map(|i| f32::from(u8::from(i == number))).collect();
    let chosen = Tensor::new(&[COUNT], chosen).map_err(RenderError::Net)?;
    let painted = select::ask(&net, vec![input, chosen], canvas.run)?;
    let painted = painted
        .into_iter()
        .next()
        .filter(|p| p.shape() == [1, 3, size.1, size.0]);
    let painted = painted.ok_or(RenderError::BadStep {
        op: Op::Style,
        problem: "the net gave another size",
    })?;
    let plane = size.0 * size.1;
    let samples = (0..plane)
        .flat_map(|i| [0, 1, 2].map(|c| (painted.data()[c * plane + i].clamp(0.0, 1.0) * 65535.0 + 0.5) as u16));
    let painting = Raster::from_u16(size.0 as u32, size.1 as u32, Channels::Rgb, samples.collect())
        .expect("it was made for this size");
    let painting = resample::resample(&painting, width, height, canvas.run)?;
    let mask = canvas.mask().cloned();
    change_rows(
        &mut canvas.raster,
        mask.as_ref(),
        Space::Encoded,
        canvas.run,
        |y, row| {
            let mut paint = vec![[0.0; 3]; row.len()];
            read(&painting, y, Space::Encoded, &mut paint);
            for (c, p) in row.iter_mut().zip(&paint) {
                (0..3).for_each(|i| c[i] += (p[i] - c[i]) * share);
            }
        },
    )
}
