//! Colour arithmetic: sRGB samples to linear light and back, OKLab, and bringing colours back into range.
//!
//! The one rule: everything between decoding and encoding is `f32` linear light, so no step bands or double-rounds.
//! Called by the row runner in `render.rs` and by the operations.

use std::sync::LazyLock;

/// One pixel, red green blue, in the space the caller asked for (linear light unless said otherwise).
pub(crate) type Rgb = [f32; 3];

/// How finely the encode table is cut; 8192 cells keep the error under one 16-bit step.
const ENCODE_CELLS: usize = 8192;

/// Linear light (0…1) of every 16-bit sRGB sample.
static DECODE_16: LazyLock<Vec<f32>> =
    LazyLock::new(|| (0..=65535u32).map(|v| decode_exactly(v as f32 / 65535.0)).collect());

/// Linear light (0…1) of every 8-bit sRGB sample.
static DECODE_8: LazyLock<[f32; 256]> = LazyLock::new(|| std::array::from_fn(|v| decode_exactly(v as f32 / 255.0)));

/// sRGB values at evenly spaced amounts of linear light, one cell more than needed so that 1.0 can look right.
static ENCODE: LazyLock<Vec<f32>> = LazyLock::new(|| {
    (0..=ENCODE_CELLS + 1)
        .map(|i| encode_exactly(i as f32 / ENCODE_CELLS as f32))
        .collect()
});

/// The tables, fetched once per row so that the inner loop has no lock to look at.
#[derive(Clone, Copy)]
pub(crate) struct Tables {
    /// Linear light by 8-bit sample.
    pub(crate) decode_8: &'static [f32; 256],
    /// Linear light by 16-bit sample (65536 entries).
    pub(crate) decode_16: &'static [f32],
    encode: &'static [f32],
}

/// The shared tables.
pub(crate) fn tables() -> Tables {
    Tables {
        decode_8: &DECODE_8,
        decode_16: &DECODE_16,
        encode: &ENCODE,
    }
}

impl Tables {
    /// sRGB value (0…1) of an amount of linear light; out of range is clamped.
    #[inline]
    pub(crate) fn encode(self, linear: f32) -> f32 {
        let at = linear.clamp(0.0, 1.0) * ENCODE_CELLS as f32;
        let cell = at as usize;
        let low = self.encode[cell];
        low + (self.encode[cell + 1] - low) * (at - cell as f32)
    }
}

/// Linear light of an sRGB value, by the standard's formula.
pub(crate) fn decode_exactly(encoded: f32) -> f32 {
    if encoded <= 0.040_45 {
        encoded / 12.92
    } else {
        ((encoded + 0.055) / 1.055).powf(2.4)
    }
}

/// sRGB value of an amount of linear light, by the standard's formula.
pub(crate) fn encode_exactly(linear: f32) -> f32 {
    if linear <= 0.003_130_8 {
        linear * 12.92
    } else {
        1.055 * linear.powf(1.0 / 2.4) - 0.055
    }
}

/// Relative luminance of a linear-light colour.
#[inline]
pub(crate) fn luminance(c: Rgb) -> f32 {
    0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2]
}

/// Cube root by a bit trick and two Newton steps: accurate to about 1e-6 and several times faster than the library's.
#[inline]
pub(crate) fn cube_root(x: f32) -> f32 {
    if x <= 1e-12 {
        return 0.0;
    }
    let mut y = f32::from_bits(x.to_bits() / 3 + 0x2a51_37a0);
    y = (2.0 * y + x / (y * y)) * (1.0 / 3.0);
    y = (2.0 * y + x / (y * y)) * (1.0 / 3.0);
    (2.0 * y + x / (y * y)) * (1.0 / 3.0)
}

/// OKLab (lightness 0…1, a, b) of a linear-light colour.
#[inline]
pub(crate) fn to_oklab(c: Rgb) -> Rgb {
    let l = cube_root(0.412_221_46 * c[0] + 0.536_332_55 * c[1] + 0.051_445_995 * c[2]);
    let m = cube_root(0.211_903_5 * c[0] + 0.680_699_5 * c[1] + 0.107_396_96 * c[2]);
    let s = cube_root(0.088_302_46 * c[0] + 0.281_718_85 * c[1] + 0.629_978_7 * c[2]);
    [
        0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
        1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
        0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s,
    ]
}

/// Linear light of an OKLab colour; may lie outside 0…1.
#[inline]
pub(crate) fn from_oklab(lab: Rgb) -> Rgb {
    let l = lab[0] + 0.396_337_78 * lab[1] + 0.215_803_76 * lab[2];
    let m = lab[0] - 0.105_561_346 * lab[1] - 0.063_854_17 * lab[2];
    let s = lab[0] - 0.089_484_18 * lab[1] - 1.291_485_5 * lab[2];
    let (l, m, s) = (l * l * l, m * m * m, s * s * s);
    [
        4.076_741_7 * l - 3.307_711_6 * m + 0.230_969_94 * s,
        -1.268_438 * l + 2.609_757_4 * m - 0.341_319_38 * s,
        -0.004_196_086_3 * l - 0.703_418_6 * m + 1.707_614_7 * s,
    ]
}

/// Brings a linear colour into 0…1 by moving it toward the grey of its own luminance: the hue stays, nothing clips hard.
#[inline]
pub(crate) fn into_range(c: Rgb) -> Rgb {
    let high = c[0].max(c[1]).max(c[2]);
    let low = c[0].min(c[1]).min(c[2]);
    if high <= 1.0 && low >= 0.0 {
        return c;
    }
    let grey = luminance(c);
    if grey >= 1.0 {
        return [1.0; 3];
    }
    if grey <= 0.0 {
        return [0.0; 3];
    }
    let mut keep: f32 = 1.0;
    if high > 1.0 {
        keep = keep.min((1.0 - grey) / (high - grey));
    }
    if low < 0.0 {
        keep = keep.min(grey / (grey - low));
    }
    c.map(|v| (grey + (v - grey) * keep).clamp(0.0, 1.0))
}

/// The next whole number at or below; for what fits into 32 bits. Older processors have no instruction for it, and the
/// library's call costs more than all of a row loop's other work.
#[inline]
pub(crate) fn floor(x: f32) -> f32 {
    let whole = x as i32 as f32;
    if whole > x { whole - 1.0 } else { whole }
}

/// A straight line from `a` to `b`.
#[inline]
pub(crate) fn mix(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

/// 0 below `low`, 1 above `high`, smooth between.
#[inline]
pub(crate) fn smoothstep(low: f32, high: f32, x: f32) -> f32 {
    let t = ((x - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// A curve over 0…1 kept as a table, so that the row loops pay a look-up and not a power.
pub(crate) struct Curve(Vec<f32>);

impl Curve {
    const CELLS: usize = 2048;

    /// Tabulates `f` over 0…1.
    pub(crate) fn new(f: impl Fn(f32) -> f32) -> Self {
        Self(
            (0..=Self::CELLS + 1)
                .map(|i| f((i as f32 / Self::CELLS as f32).min(1.0)))
                .collect(),
        )
    }

    /// The curve's value; `x` outside 0…1 is clamped.
    #[inline]
    pub(crate) fn at(&self, x: f32) -> f32 {
        let at = x.clamp(0.0, 1.0) * Self::CELLS as f32;
        let cell = at as usize;
        let low = self.0[cell];
        low + (self.0[cell + 1] - low) * (at - cell as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_survives_decoding_and_encoding() {
        let t = tables();
        for v in 0..=65535u32 {
            let back = (t.encode(t.decode_16[v as usize]) * 65535.0).round() as u32;
            assert!(back.abs_diff(v) <= 1, "{v} came back as {back}");
        }
        for v in 0..=255usize {
            assert_eq!((t.encode(t.decode_8[v]) * 255.0).round() as usize, v);
        }
    }

    #[test]
    fn oklab_goes_there_and_back() {
        for c in [
            [0.0, 0.0, 0.0],
            [1.0, 1.0, 1.0],
            [1.0, 0.0, 0.0],
            [0.02, 0.5, 0.9],
            [0.001, 0.002, 0.0005],
        ] {
            let back = from_oklab(to_oklab(c));
            for i in 0..3 {
                assert!((back[i] - c[i]).abs() < 2e-4, "{c:?} came back as {back:?}");
            }
        }
        assert!((to_oklab([1.0; 3])[0] - 1.0).abs() < 1e-4);
    }

    #[test]
    fn a_colour_out_of_range_keeps_its_luminance() {
        let wild = [1.4, 0.5, -0.1];
        let tame = into_range(wild);
        assert!(tame.iter().all(|v| (0.0..=1.0).contains(v)));
        assert!((luminance(tame) - luminance(wild)).abs() < 1e-4);
    }
}
