//! Pixels: [`Raster`], 8- or 16-bit samples, grey to RGBA, interleaved, sRGB encoded; and [`Mask`], where a step applies.
//!
//! The one rule: a raster's sample count always fits its size, so nothing after construction needs to check it.
//! Made by the caller's decoder without a copy, handed to [`crate::render`], and taken apart again by the caller's encoder.

use thiserror::Error;

/// Which samples make up one pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channels {
    /// One grey sample.
    Gray,
    /// Grey and alpha.
    GrayAlpha,
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue, alpha.
    Rgba,
}

impl Channels {
    /// Samples per pixel: 1 to 4.
    pub fn count(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::GrayAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }

    /// Whether the last sample is alpha (straight, not premultiplied).
    pub fn has_alpha(self) -> bool {
        matches!(self, Self::GrayAlpha | Self::Rgba)
    }

    /// Whether there is one grey sample instead of three colours.
    pub fn is_gray(self) -> bool {
        matches!(self, Self::Gray | Self::GrayAlpha)
    }
}

/// The samples, row by row from the top, channels interleaved, no padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Samples {
    /// 8 bits each.
    U8(Vec<u8>),
    /// 16 bits each, native byte order.
    U16(Vec<u16>),
}

impl Samples {
    /// How many samples there are.
    pub fn len(&self) -> usize {
        match self {
            Self::U8(v) => v.len(),
            Self::U16(v) => v.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A picture in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raster {
    width: u32,
    height: u32,
    channels: Channels,
    samples: Samples,
}

/// Why samples could not become a [`Raster`] or a [`Mask`].
#[derive(Debug, Error, PartialEq, Eq)]
pub enum RasterError {
    /// A side is zero.
    #[error("a picture needs at least one pixel, not {width}x{height}")]
    Empty {
        /// Width given.
        width: u32,
        /// Height given.
        height: u32,
    },
    /// The samples do not fill the size exactly.
    #[error("{given} samples were given where {needed} are needed")]
    WrongLength {
        /// Samples given.
        given: usize,
        /// Samples needed.
        needed: u64,
    },
}

impl Raster {
    /// Takes the samples as they are, without a copy. Fails when a side is zero or the number of samples is not
    /// `width × height × channels`.
    pub fn new(width: u32, height: u32, channels: Channels, samples: Samples) -> Result<Self, RasterError> {
        if width == 0 || height == 0 {
            return Err(RasterError::Empty { width, height });
        }
        let needed = u64::from(width) * u64::from(height) * channels.count() as u64;
        if samples.len() as u64 != needed {
            return Err(RasterError::WrongLength {
                given: samples.len(),
                needed,
            });
        }
        Ok(Self {
            width,
            height,
            channels,
            samples,
        })
    }

    /// [`Raster::new`] for 8-bit samples.
    pub fn from_u8(width: u32, height: u32, channels: Channels, samples: Vec<u8>) -> Result<Self, RasterError> {
        Self::new(width, height, channels, Samples::U8(samples))
    }

    /// [`Raster::new`] for 16-bit samples.
    pub fn from_u16(width: u32, height: u32, channels: Channels, samples: Vec<u16>) -> Result<Self, RasterError> {
        Self::new(width, height, channels, Samples::U16(samples))
    }

    /// Width in pixels, at least 1.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels, at least 1.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The samples of a pixel.
    pub fn channels(&self) -> Channels {
        self.channels
    }

    /// The samples.
    pub fn samples(&self) -> &Samples {
        &self.samples
    }

    /// The samples, without a copy.
    pub fn into_samples(self) -> Samples {
        self.samples
    }

    pub(crate) fn samples_mut(&mut self) -> &mut Samples {
        &mut self.samples
    }

    /// Samples in one row.
    pub(crate) fn row_len(&self) -> usize {
        self.width as usize * self.channels.count()
    }

    /// Replaces size and samples at once; both must fit, which only the geometry operations promise.
    pub(crate) fn replace(&mut self, width: u32, height: u32, samples: Samples) {
        debug_assert_eq!(samples.len(), width as usize * height as usize * self.channels.count());
        self.width = width;
        self.height = height;
        self.samples = samples;
    }

    /// Gives a picture without alpha an alpha of its own, fully opaque.
    pub(crate) fn make_alpha(&mut self) {
        let (from, to) = match self.channels {
            Channels::Gray => (1, Channels::GrayAlpha),
            Channels::Rgb => (3, Channels::Rgba),
            Channels::GrayAlpha | Channels::Rgba => return,
        };
        self.samples = match &self.samples {
            Samples::U8(v) => Samples::U8(append(v, from, u8::MAX)),
            Samples::U16(v) => Samples::U16(append(v, from, u16::MAX)),
        };
        self.channels = to;
    }

    /// Drops the alpha of a picture that is opaque everywhere; others have none.
    pub(crate) fn drop_alpha(&mut self) {
        let (keep, to) = match self.channels {
            Channels::GrayAlpha => (1, Channels::Gray),
            Channels::Rgba => (3, Channels::Rgb),
            Channels::Gray | Channels::Rgb => return,
        };
        self.samples = match &self.samples {
            Samples::U8(v) => Samples::U8(without_last(v, keep)),
            Samples::U16(v) => Samples::U16(without_last(v, keep)),
        };
        self.channels = to;
    }

    /// Gives a grey picture three colour samples, for operations that bring colour in; others stay as they are.
    pub(crate) fn make_rgb(&mut self) {
        let (from, to) = match self.channels {
            Channels::Gray => (1, Channels::Rgb),
            Channels::GrayAlpha => (2, Channels::Rgba),
            Channels::Rgb | Channels::Rgba => return,
        };
        self.samples = match &self.samples {
            Samples::U8(v) => Samples::U8(spread_gray(v, from)),
            Samples::U16(v) => Samples::U16(spread_gray(v, from)),
        };
        self.channels = to;
    }
}

fn append<T: Copy>(samples: &[T], from: usize, last: T) -> Vec<T> {
    let mut out = Vec::with_capacity(samples.len() / from * (from + 1));
    for pixel in samples.chunks_exact(from) {
        out.extend_from_slice(pixel);
        out.push(last);
    }
    out
}

fn without_last<T: Copy>(samples: &[T], keep: usize) -> Vec<T> {
    samples
        .chunks_exact(keep + 1)
        .flat_map(|pixel| &pixel[..keep])
        .copied()
        .collect()
}

fn spread_gray<T: Copy>(gray: &[T], from: usize) -> Vec<T> {
    let mut out = Vec::with_capacity(gray.len() / from * (from + 2));
    for pixel in gray.chunks_exact(from) {
        out.extend_from_slice(&[pixel[0]; 3]);
        out.extend_from_slice(&pixel[1..]);
    }
    out
}

/// Where a step applies: one byte per pixel, 0 not at all, 255 fully, soft between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    width: u32,
    height: u32,
    data: Vec<u8>,
}

impl Mask {
    /// Takes the bytes as they are, row by row from the top. Fails when a side is zero or the length is not `width × height`.
    pub fn new(width: u32, height: u32, data: Vec<u8>) -> Result<Self, RasterError> {
        if width == 0 || height == 0 {
            return Err(RasterError::Empty { width, height });
        }
        let needed = u64::from(width) * u64::from(height);
        if data.len() as u64 != needed {
            return Err(RasterError::WrongLength {
                given: data.len(),
                needed,
            });
        }
        Ok(Self { width, height, data })
    }

    /// A mask that is 255 inside the rectangle `x, y, width, height` (pixels, cut to the picture) of a picture of `size`
    /// and 0 elsewhere.
    pub fn rectangle(size: (u32, u32), rectangle: (u32, u32, u32, u32)) -> Result<Self, RasterError> {
        let (x, y, w, h) = rectangle;
        let inside = |v: u32, from: u32, len: u32| v >= from && v - from < len;
        let data = (0..size.1)
            .flat_map(|row| (0..size.0).map(move |col| u8::from(inside(col, x, w) && inside(row, y, h)) * 255))
            .collect();
        Self::new(size.0, size.1, data)
    }

    /// Width in pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The bytes, row by row.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    pub(crate) fn row(&self, y: usize) -> &[u8] {
        let w = self.width as usize;
        &self.data[y * w..(y + 1) * w]
    }

    /// The same mask where it was not.
    pub(crate) fn inverted(mut self) -> Self {
        self.data.iter_mut().for_each(|v| *v = 255 - *v);
        self
    }

    /// The mask at another size (masks are often drawn on a smaller rendition), bilinear. A mask without pixels can't be
    /// made, so a side of 0 becomes 1.
    pub fn at_size(&self, width: u32, height: u32) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        if (self.width, self.height) == (width, height) {
            return self.clone();
        }
        let columns: Vec<_> = (0..width).map(|x| between(x, width, self.width)).collect();
        let mut data = Vec::with_capacity(width as usize * height as usize);
        for y in 0..height {
            let (y0, y1, ty) = between(y, height, self.height);
            let (top, bottom) = (self.row(y0), self.row(y1));
            data.extend(columns.iter().map(|&(x0, x1, tx)| {
                let a = f32::from(top[x0]) * (1.0 - tx) + f32::from(top[x1]) * tx;
                let b = f32::from(bottom[x0]) * (1.0 - tx) + f32::from(bottom[x1]) * tx;
                (a * (1.0 - ty) + b * ty + 0.5) as u8
            }));
        }
        Self { width, height, data }
    }

    /// The smallest rectangle `x, y, width, height` holding everything at least half on; `None` when nothing is.
    pub(crate) fn bounds(&self) -> Option<(u32, u32, u32, u32)> {
        let (mut left, mut top, mut right, mut bottom) = (u32::MAX, u32::MAX, 0, 0);
        for y in 0..self.height {
            let row = self.row(y as usize);
            let Some(first) = row.iter().position(|&v| v >= 128) else {
                continue;
            };
            let last = row.iter().rposition(|&v| v >= 128).unwrap_or(first);
            left = left.min(first as u32);
            right = right.max(last as u32);
            top = top.min(y);
            bottom = bottom.max(y);
        }
        (left <= right).then(|| (left, top, right - left + 1, bottom - top + 1))
    }

    pub(crate) fn into_raster(self) -> Raster {
        Raster {
            width: self.width,
            height: self.height,
            channels: Channels::Gray,
            samples: Samples::U8(self.data),
        }
    }

    pub(crate) fn from_raster(raster: Raster) -> Self {
        let data = match raster.samples {
            Samples::U8(v) => v,
            Samples::U16(v) => v.into_iter().map(|s| (s >> 8) as u8).collect(),
        };
        Self {
            width: raster.width,
            height: raster.height,
            data,
        }
    }
}

/// The two neighbours of position `at` of `len` in a row of `source` cells, and how far between them it lies.
fn between(at: u32, len: u32, source: u32) -> (usize, usize, f32) {
    let exact = ((at as f32 + 0.5) * source as f32 / len as f32 - 0.5).clamp(0.0, (source - 1) as f32);
    let low = exact as usize;
    (low, (low + 1).min(source as usize - 1), exact - low as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_go_in_and_out_without_a_copy() {
        let samples = vec![7u8; 2 * 3 * 4];
        let address = samples.as_ptr();
        let raster = Raster::from_u8(2, 3, Channels::Rgba, samples).expect("fits");
        let Samples::U8(back) = raster.into_samples() else {
            panic!("8 bits went in")
        };
        assert_eq!(back.as_ptr(), address);
    }

    #[test]
    fn a_size_that_does_not_fit_is_refused() {
        assert_eq!(
            Raster::from_u8(2, 2, Channels::Rgb, vec![0; 11]),
            Err(RasterError::WrongLength { given: 11, needed: 12 })
        );
        assert!(matches!(Mask::new(0, 4, vec![]), Err(RasterError::Empty { .. })));
    }

    #[test]
    fn a_mask_knows_its_bounds_and_scales_softly() {
        let mask = Mask::rectangle((10, 10), (2, 3, 4, 5)).expect("fits");
        assert_eq!(mask.bounds(), Some((2, 3, 4, 5)));
        let bigger = mask.at_size(20, 20);
        assert_eq!(bigger.bounds(), Some((4, 6, 8, 10)));
        assert!(bigger.data().iter().any(|&v| v > 0 && v < 255), "edges should be soft");
    }
}
