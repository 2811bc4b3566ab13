//! A region: where in the picture a turn may change something.
//!
//! Rule: a region is a mask in the frame of the picture it was drawn on, an 8-bit grey PNG: white may change, black stays
//! bit for bit, grey is the soft edge between them. It belongs to its session, and turns name it. Made by `turns`, stored
//! by `store::regions`.

use super::{
    ids::{RegionId, SessionId},
    picture::Blob,
    time::Moment,
};

/// One drawn region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Its name in addresses.
    pub id: RegionId,
    /// The session it belongs to.
    pub session: SessionId,
    /// Its mask.
    pub blob: Blob,
    /// How much of the picture it is.
    pub share: Portion,
    /// When it was drawn.
    pub created_at: Moment,
}

/// The region of a turn, as its card shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marked {
    /// Which region.
    pub id: RegionId,
    /// How much of the picture it is.
    pub share: Portion,
}

/// A share of a picture, in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Portion(u32);

impl Portion {
    const WHOLE: u32 = 1_000_000;

    /// So many millionths, at most all of it.
    #[must_use]
    pub const fn from_ppm(ppm: u32) -> Self {
        Self(if ppm > Self::WHOLE { Self::WHOLE } else { ppm })
    }

    /// Of a mask: how much of it may change, a soft edge counting as far as it does.
    #[must_use]
    pub fn of_mask(mask: &[u8]) -> Self {
        let sum: u64 = mask.iter().map(|value| u64::from(*value)).sum();
        let whole = mask.len() as u64 * 255;
        let ppm = (sum * u64::from(Self::WHOLE)).checked_div(whole).unwrap_or(0);
        Self::from_ppm(u32::try_from(ppm).unwrap_or(Self::WHOLE))
    }

    /// In millionths.
    #[must_use]
    pub const fn ppm(self) -> u32 {
        self.0
    }

    /// 0 to 1.
    #[must_use]
    pub fn fraction(self) -> f64 {
        f64::from(self.0) / f64::from(Self::WHOLE)
    }

    /// For people: `12 %`, `0.4 %`, `less than 0.1 %`.
    #[must_use]
    pub fn in_words(self) -> String {
        match self.0 {
            0..1_000 => "less than 0.1 %".to_owned(),
            1_000..10_000 => format!("{:.1} %", f64::from(self.0) / 10_000.0),
            _ => format!("{:.0} %", f64::from(self.0) / 10_000.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_counts_a_soft_edge_as_far_as_it_goes() {
        assert_eq!(Portion::of_mask(&[255, 0, 0, 0]).ppm(), 250_000);
        assert_eq!(Portion::of_mask(&[255, 51, 0, 0]).ppm(), 300_000);
        assert_eq!(Portion::of_mask(&[]).ppm(), 0);
        assert_eq!(Portion::of_mask(&[255; 3]).fraction().to_bits(), 1.0_f64.to_bits());
    }

    #[test]
    fn a_share_is_told_as_people_say_it() {
        let told = [120_400, 4_400, 900].map(|ppm| Portion::from_ppm(ppm).in_words());
        assert_eq!(told, ["12 %", "0.4 %", "less than 0.1 %"]);
    }
}
