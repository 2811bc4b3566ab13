//! The light of a scene by the time of day: the sky's colours, the sun's, what falls into shadows.

use super::noise::Dice;
use super::sheet::{hex, mixed, plus, scaled, times};

/// Linear light.
pub(crate) type Rgb3 = [f32; 3];

/// When a scene is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Daytime {
    Day,
    Sunset,
    Dawn,
    Overcast,
    Night,
}

impl Daytime {
    /// The time that a light's name stands for.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "day" => Self::Day,
            "sunset" => Self::Sunset,
            "dawn" => Self::Dawn,
            "overcast" => Self::Overcast,
            "night" => Self::Night,
            _ => return None,
        })
    }
}

/// What things are lit by.
#[derive(Debug, Clone)]
pub(crate) struct Palette {
    pub(crate) zenith: Rgb3,
    pub(crate) middle: Rgb3,
    pub(crate) low: Rgb3,
    /// What far things fade into.
    pub(crate) haze: Rgb3,
    pub(crate) sun: Rgb3,
    pub(crate) shade: Rgb3,
    /// Toward the sun: right, up, away.
    pub(crate) toward: Rgb3,
    /// Where the sun stands in the picture, as a share of its width and of the way from the top to the horizon, if it is seen.
    pub(crate) sun_at: Option<(f32, f32)>,
    /// How many stars are out, 0…1.
    pub(crate) stars: f32,
}

impl Palette {
    pub(crate) fn of(time: Daytime, dice: &mut Dice) -> Self {
        let side = dice.side();
        let at = 0.5 + side * dice.within(0.12, 0.3);
        let mut made = match time {
            Daytime::Day => Self {
                zenith: hex(0x2b66b4),
                middle: hex(0x6aa6df),
                low: hex(0xd3e6f1),
                haze: hex(0xb4cfe4),
                sun: [1.0, 0.93, 0.78],
                shade: [0.27, 0.35, 0.47],
                toward: [0.62 * side, 0.62, -0.35],
                sun_at: None,
                stars: 0.0,
            },
            Daytime::Sunset => Self {
                zenith: hex(0x343a72),
                middle: hex(0xc4667c),
                low: hex(0xffb566),
                haze: hex(0xe79672),
                sun: [1.5, 0.68, 0.26],
                shade: [0.24, 0.19, 0.3],
                toward: [0.75 * side, 0.3, 0.42],
                sun_at: Some((at, 0.86)),
                stars: 0.12,
            },
            Daytime::Dawn => Self {
                zenith: hex(0x5b7fc2),
                middle: hex(0xd3b0c8),
                low: hex(0xffdcb8),
                haze: hex(0xe3c6cb),
                sun: [1.15, 0.78, 0.58],
                shade: [0.3, 0.31, 0.42],
                toward: [0.75 * side, 0.38, 0.3],
                sun_at: Some((at, 0.9)),
                stars: 0.0,
            },
            Daytime::Overcast => Self {
                zenith: hex(0x8d99a6),
                middle: hex(0xaeb8c2),
                low: hex(0xd3d9dd),
                haze: hex(0xc0c8ce),
                sun: [0.26, 0.27, 0.28],
                shade: [0.47, 0.5, 0.54],
                toward: [0.2 * side, 0.9, -0.2],
                sun_at: None,
                stars: 0.0,
            },
            Daytime::Night => Self {
                zenith: hex(0x070c22),
                middle: hex(0x14244e),
                low: hex(0x35517f),
                haze: hex(0x253c66),
                sun: [0.2, 0.27, 0.42],
                shade: [0.035, 0.055, 0.11],
                toward: [0.6 * side, 0.62, 0.1],
                sun_at: None,
                stars: 1.0,
            },
        };
        let length = made.toward.iter().map(|v| v * v).sum::<f32>().sqrt();
        made.toward = made.toward.map(|v| v / length);
        made
    }

    /// The light that a surface facing `normal` (right, up, away) sends back.
    pub(crate) fn lit(&self, colour: Rgb3, normal: Rgb3) -> Rgb3 {
        let facing: f32 = (0..3).map(|i| normal[i] * self.toward[i]).sum();
        let open = 0.65 + 0.35 * normal[1];
        times(
            colour,
            plus(scaled(self.sun, facing.max(0.0)), scaled(self.shade, open)),
        )
    }

    /// The same with the share of sunlight given.
    pub(crate) fn lit_by(&self, colour: Rgb3, sun: f32) -> Rgb3 {
        times(colour, plus(scaled(self.sun, sun), self.shade))
    }

    /// What is left of a colour behind so much air, 0…1.
    pub(crate) fn veiled(&self, colour: Rgb3, air: f32) -> Rgb3 {
        mixed(colour, self.haze, air.clamp(0.0, 1.0))
    }

    /// The empty sky at a height over the horizon (0 horizon, 1 top).
    pub(crate) fn air(&self, up: f32) -> Rgb3 {
        let up = up.clamp(0.0, 1.0);
        if up < 0.42 {
            let t = up / 0.42;
            mixed(self.low, self.middle, t * (1.6 - 0.6 * t))
        } else {
            let t = (up - 0.42) / 0.58;
            mixed(self.middle, self.zenith, t * (1.4 - 0.4 * t))
        }
    }
}
