//! Colours: what an embedded profile means, and the way from it to sRGB.
//!
//! Rule: what leaves here is sRGB; a profile that can't be read, is too large or fits another kind of picture counts as
//! sRGB, as browsers do. Called by `inspect` and `write`.

use std::sync::Arc;

use moxcms::{
    Chromaticity, CicpColorPrimaries, CicpProfile, ColorPrimaries, ColorProfile, DataColorSpace, Layout,
    MatrixCoefficients, RenderingIntent, ToneReprCurve, TransferCharacteristics, Transform8BitExecutor,
    Transform16BitExecutor, TransformOptions,
};

use super::{
    PictureError,
    raster::{Channels, Raster},
};

/// The most bytes a profile may have.
pub(super) const LARGEST_PROFILE: usize = 1024 * 1024;

/// The gamma that says "as usual": such a picture is meant as sRGB.
pub(super) const USUAL_GAMMA: f32 = 0.454_55;

/// How samples become sRGB.
pub(super) enum Conversion {
    /// They are.
    None,
    /// Grey by a table.
    Grey(Vec<u16>),
    Eight(Arc<Transform8BitExecutor>),
    Sixteen(Arc<Transform16BitExecutor>),
    /// Inks by their profile, or without one by the simple rule browsers use.
    Inks(Option<Arc<Transform8BitExecutor>>),
}

impl Conversion {
    /// What pixels of this kind with that profile need.
    pub(super) fn of(profile: Option<&ColorProfile>, channels: Channels, depth: usize) -> Self {
        let profile = profile.filter(|profile| profile.color_space == space_of(channels));
        match (channels, profile) {
            (Channels::Inks, profile) => Self::Inks(profile.and_then(inks)),
            (_, None) => Self::None,
            (Channels::Grey | Channels::GreyAlpha, Some(profile)) => grey(profile, depth).unwrap_or(Self::None),
            (Channels::Rgb | Channels::Rgba, Some(profile)) => colour(profile, channels, depth).unwrap_or(Self::None),
        }
    }

    pub(super) const fn is_needed(&self) -> bool {
        !matches!(self, Self::None)
    }

    /// The channels that come out.
    pub(super) const fn channels(&self, of: Channels) -> Channels {
        match self {
            Self::Inks(_) => Channels::Rgb,
            _ => of,
        }
    }

    /// Converts one row; `out` is replaced.
    pub(super) fn row(&self, raster: &Raster, row: &[u8], out: &mut Vec<u8>) -> Result<(), PictureError> {
        const FAILED: PictureError = PictureError::damaged("colour profile");
        out.clear();
        match self {
            Self::None => out.extend_from_slice(row),
            Self::Grey(table) => grey_row(table, raster, row, out),
            Self::Eight(transform) => {
                out.resize(row.len(), 0);
                transform.transform(row, out).map_err(|_| FAILED)?;
            }
            Self::Sixteen(transform) => {
                let samples: Vec<u16> = row.as_chunks().0.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
                let mut converted = vec![0; samples.len()];
                transform.transform(&samples, &mut converted).map_err(|_| FAILED)?;
                out.extend(converted.iter().flat_map(|sample| sample.to_be_bytes()));
            }
            Self::Inks(None) => {
                let (inks, _) = row.as_chunks::<4>();
                out.extend(
                    inks.iter()
                        .flat_map(|[c, m, y, k]| [c, m, y].map(|ink| multiplied(*ink, *k))),
                );
            }
            Self::Inks(Some(transform)) => {
                let inks: Vec<u8> = row.iter().map(|ink| 255 - ink).collect();
                out.resize(row.len() / 4 * 3, 0);
                transform.transform(&inks, out).map_err(|_| FAILED)?;
            }
        }
        Ok(())
    }
}

/// Reads a profile, unless it is broken or too large.
pub(super) fn read_profile(bytes: Option<&[u8]>) -> Option<ColorProfile> {
    let bytes = bytes.filter(|bytes| bytes.len() <= LARGEST_PROFILE)?;
    ColorProfile::new_from_slice(bytes).ok()
}

/// The profile of a picture that gives an encoding gamma (0.45455 is usual) and perhaps white, red, green and blue.
pub(super) fn from_gamma(gamma: f32, points: Option<[Chromaticity; 4]>) -> ColorProfile {
    let mut profile = ColorProfile::new_srgb();
    // Or the transform would go by this name instead of by what follows.
    profile.cicp = None;
    if (gamma - USUAL_GAMMA).abs() > 0.01 {
        let curve = moxcms::curve_from_gamma(1.0 / gamma);
        (profile.red_trc, profile.green_trc, profile.blue_trc) =
            (Some(curve.clone()), Some(curve.clone()), Some(curve));
    }
    if let Some([white, red, green, blue]) = points.filter(spans_a_gamut) {
        profile.update_rgb_colorimetry(white.to_xyyb(), ColorPrimaries { red, green, blue });
    }
    profile
}

/// The profile named by two code points of H.273, as long as it isn't sRGB anyway.
pub(super) fn from_code_points(primaries: u8, transfer: u8) -> Option<ColorProfile> {
    let color_primaries = CicpColorPrimaries::try_from(primaries).ok()?;
    let transfer_characteristics = TransferCharacteristics::try_from(transfer).ok()?;
    let curve = ToneReprCurve::try_from(transfer_characteristics).ok()?;
    let mut profile = ColorProfile::new_from_cicp(CicpProfile {
        color_primaries,
        transfer_characteristics,
        matrix_coefficients: MatrixCoefficients::Identity,
        full_range: true,
    });
    (profile.red_trc, profile.green_trc, profile.blue_trc) = (Some(curve.clone()), Some(curve.clone()), Some(curve));
    Some(profile)
}

/// Whether white lies well inside the triangle of red, green and blue, so that a matrix can be made of them.
fn spans_a_gamut([white, red, green, blue]: &[Chromaticity; 4]) -> bool {
    let side = |a: &Chromaticity, b: &Chromaticity| (b.x - a.x) * (white.y - a.y) - (b.y - a.y) * (white.x - a.x);
    let sides = [side(red, green), side(green, blue), side(blue, red)];
    let in_range = [white, red, green, blue]
        .iter()
        .all(|point| (0.0..=1.0).contains(&point.x) && point.y > 0.01);
    in_range && (sides.iter().all(|side| *side > 0.005) || sides.iter().all(|side| *side < -0.005))
}

/// Turns the first three of four samples from YCbCr into (inverted) inks, in place.
pub(super) fn ycck_to_inks(samples: &mut [u8]) {
    for [luma, blue, red, _] in samples.as_chunks_mut::<4>().0 {
        let (y, cb, cr) = (f32::from(*luma), f32::from(*blue) - 128.0, f32::from(*red) - 128.0);
        let ink = |value: f32| 255 - value.round().clamp(0.0, 255.0) as u8;
        [*luma, *blue, *red] = [
            ink(1.402f32.mul_add(cr, y)),
            ink((-0.714_136f32).mul_add(cr, (-0.344_136f32).mul_add(cb, y))),
            ink(1.772f32.mul_add(cb, y)),
        ];
    }
}

fn space_of(channels: Channels) -> DataColorSpace {
    match channels {
        Channels::Grey | Channels::GreyAlpha => DataColorSpace::Gray,
        Channels::Rgb | Channels::Rgba => DataColorSpace::Rgb,
        Channels::Inks => DataColorSpace::Cmyk,
    }
}

fn options() -> TransformOptions {
    TransformOptions {
        rendering_intent: RenderingIntent::RelativeColorimetric,
        ..TransformOptions::default()
    }
}

fn inks(profile: &ColorProfile) -> Option<Arc<Transform8BitExecutor>> {
    let srgb = ColorProfile::new_srgb();
    profile
        .create_transform_8bit(Layout::Rgba, &srgb, Layout::Rgb, options())
        .ok()
}

/// `None` when the profile can't be used or is sRGB in all but name.
fn colour(profile: &ColorProfile, channels: Channels, depth: usize) -> Option<Conversion> {
    let srgb = ColorProfile::new_srgb();
    let probe = profile
        .create_transform_8bit(Layout::Rgb, &srgb, Layout::Rgb, options())
        .ok()?;
    if leaves_colours_alone(&probe) {
        return None;
    }
    let layout = if channels == Channels::Rgba {
        Layout::Rgba
    } else {
        Layout::Rgb
    };
    if depth == 1 {
        return profile
            .create_transform_8bit(layout, &srgb, layout, options())
            .ok()
            .map(Conversion::Eight);
    }
    profile
        .create_transform_16bit(layout, &srgb, layout, options())
        .ok()
        .map(Conversion::Sixteen)
}

/// Whether no colour of a grid through the whole space moves by more than two steps of 255.
fn leaves_colours_alone(transform: &Arc<Transform8BitExecutor>) -> bool {
    const STEPS: [u8; 6] = [0, 51, 102, 153, 204, 255];
    let mut grid = Vec::new();
    for red in STEPS {
        for green in STEPS {
            grid.extend(STEPS.iter().flat_map(|blue| [red, green, *blue]));
        }
    }
    let mut moved = vec![0; grid.len()];
    transform.transform(&grid, &mut moved).is_ok()
        && grid
            .iter()
            .zip(&moved)
            .all(|(before, after)| before.abs_diff(*after) <= 2)
}

/// `None` when the profile can't be used or is sRGB's grey in all but name.
fn grey(profile: &ColorProfile, depth: usize) -> Option<Conversion> {
    let srgb = ColorProfile::new_srgb();
    let transform = profile
        .create_transform_16bit(Layout::Gray, &srgb, Layout::Rgb, options())
        .ok()?;
    let levels: Vec<u16> = if depth == 1 {
        (0..=255u16).map(|level| level * 257).collect()
    } else {
        (0..=u16::MAX).collect()
    };
    let mut converted = vec![0; levels.len() * 3];
    transform.transform(&levels, &mut converted).ok()?;
    let table: Vec<u16> = converted.chunks_exact(3).map(|pixel| pixel[1]).collect();
    let moved = |(before, after): (&u16, &u16)| before.abs_diff(*after) > 2 * 257;
    levels.iter().zip(&table).any(moved).then_some(Conversion::Grey(table))
}

fn grey_row(table: &[u16], raster: &Raster, row: &[u8], out: &mut Vec<u8>) {
    for pixel in row.chunks_exact(raster.pixel_bytes()) {
        let (grey, alpha) = pixel.split_at(raster.depth);
        match *grey {
            [level] => out.push((table[usize::from(level)] / 257) as u8),
            [high, low, ..] => out.extend(table[usize::from(u16::from_be_bytes([high, low]))].to_be_bytes()),
            [] => {}
        }
        out.extend_from_slice(alpha);
    }
}

fn multiplied(ink: u8, black: u8) -> u8 {
    ((u16::from(ink) * u16::from(black) + 127) / 255) as u8
}
