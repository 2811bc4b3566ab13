//! Reading a mark: the stages of the search, cheap to dear, and the decision.
//!
//! The one rule: what is found is an id whose statistic passes a bound that holds for every picture; there is no
//! "probably". Callers: everything outside the crate that wants to read.

use crate::Id;
use crate::canonical::{Region, frame_of};
use crate::decode::{MOST_DECODED, Soft, THRESHOLD, threshold_among};
use crate::front::listen;
use crate::geometry::{Family, Matrix, SAME, climbed, distance, search};
use crate::key::Key;
use crate::picture::{Picture, View};
use crate::plane::Plane;
use crate::readout::{Aligned, fold};
use crate::spectrum::SpectrumMap;
use crate::transform::Transforms;

/// How long to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effort {
    /// The whole picture, at any scale, angle, quarter turn and mirror.
    Quick,
    /// Also stretched.
    Whole,
    /// Also five parts of the picture: perspective, collages, large overlays. Six times as long if there is no mark.
    Thorough,
}

/// A mark.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// What it says.
    pub id: Id,
    /// The statistic; at least [`THRESHOLD`], or for a known id [`threshold_among`]. At most 21.2.
    pub z_d: f64,
    /// How clearly the pilots were seen.
    pub z_p: f64,
    /// The number of the key.
    pub key: u32,
    /// How the mark lies.
    pub geometry: Geometry,
}

/// How a mark lies in the picture it was found in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Geometry {
    /// From the marked picture's frame to this one's (both of 896 x 896 pixels' area), quarter turns and shift apart.
    pub matrix: [[f64; 2]; 2],
    /// Quarter turns.
    pub turns: usize,
    /// Mirrored after that.
    pub mirrored: bool,
    /// Where the first tile starts, in the frame's pixels.
    pub shift: (usize, usize),
    /// The part of the picture that was read.
    pub window: Window,
    /// The search that found it.
    pub stage: Stage,
}

/// A part of a picture, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub left: usize,
    pub top: usize,
    pub width: usize,
    pub height: usize,
}

/// Which search found a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// As it was made, or nearly.
    Near,
    /// Scaled or turned.
    Similar,
    /// Width and height scaled apart.
    Stretched,
}

/// What came of looking, mark or not.
#[derive(Clone, Debug, PartialEq)]
pub struct Examination {
    /// The mark.
    pub found: Option<Found>,
    /// The clearest pilots of all hypotheses. Around 4 where there is no mark; proves nothing by itself.
    pub pilot_z: f64,
}

/// The mark in a picture, read without knowing which ids there are.
pub fn detect<B: AsRef<[u8]>>(picture: &Picture<B>, key: &Key, effort: Effort) -> Option<Found> {
    examine(picture, key, effort).found
}

/// The same, and how clear the pilots were.
pub fn examine<B: AsRef<[u8]>>(picture: &Picture<B>, key: &Key, effort: Effort) -> Examination {
    let mut search = Search::new(key);
    let found = search.blind(picture.view(), effort);
    Examination {
        found,
        pilot_z: search.pilot_z,
    }
}

/// The mark in a picture; where it can't be read by itself, the id of `known` that fits, if one fits well enough.
/// Reads pictures that are damaged too badly for [`detect`]. Some 0.1 s per million ids, and 8 bytes each.
pub fn detect_among<B: AsRef<[u8]>>(picture: &Picture<B>, key: &Key, known: &[Id], effort: Effort) -> Option<Found> {
    detect_among_until(picture, key, known, effort, &|| false)
}

/// The same, and gives up soon after `stop` says so: it is asked before each search, which take tenths of a second.
pub fn detect_among_until<B: AsRef<[u8]>>(
    picture: &Picture<B>,
    key: &Key,
    known: &[Id],
    effort: Effort,
    stop: &dyn Fn() -> bool,
) -> Option<Found> {
    let mut search = Search {
        stop,
        ..Search::new(key)
    };
    let found = search.blind(picture.view(), effort);
    found.or_else(|| if stop() { None } else { search.among(known) })
}

/// Pilots below this aren't worth decoding.
const WORTH_DECODING: f64 = 4.6;
/// Pilots this clear are a mark's, so it is worth looking where exactly it lies.
const WORTH_CLIMBING: f64 = 6.0;
/// Hypotheses that are compared with the known ids.
const SECOND_LOOKS: usize = 4;
/// Of longer pictures only the middle is read, so that work and memory stay bounded.
const LONGEST: usize = 4;

struct Search<'a> {
    key: &'a Key,
    transforms: Transforms,
    pilot_z: f64,
    decoded: usize,
    /// What was read but not believed, with the clearest pilots first.
    doubtful: Vec<(Found, Soft)>,
    /// Whether to give up.
    stop: &'a dyn Fn() -> bool,
}

impl<'a> Search<'a> {
    fn new(key: &'a Key) -> Self {
        Self {
            key,
            transforms: Transforms::new(),
            pilot_z: 0.0,
            decoded: 0,
            doubtful: Vec::new(),
            stop: &|| false,
        }
    }

    fn blind(&mut self, picture: View<'_>, effort: Effort) -> Option<Found> {
        let whole = middle(picture.width, picture.height);
        let families: &[Family] = match effort {
            Effort::Quick => &[Family::Near, Family::Upright, Family::Similar],
            Effort::Whole | Effort::Thorough => &[Family::Near, Family::Upright, Family::Similar, Family::Stretched],
        };
        let found = self.region(picture, whole, families);
        if found.is_some() || effort < Effort::Thorough {
            return found;
        }
        let mut parts = parts(whole).into_iter();
        parts.find_map(|part| self.region(picture, part, &[Family::Near, Family::Similar]))
    }

    fn among(&mut self, known: &[Id]) -> Option<Found> {
        let least = threshold_among(known.len());
        self.doubtful.iter().find_map(|(found, soft)| {
            let (id, z_d) = soft.best_among(known)?;
            (z_d >= least).then(|| Found {
                id,
                z_d,
                ..found.clone()
            })
        })
    }

    fn region(&mut self, picture: View<'_>, region: Region, families: &[Family]) -> Option<Found> {
        if (self.stop)() {
            return None;
        }
        let heard = listen(&frame_of(picture, region));
        let map = SpectrumMap::new(&heard, &mut self.transforms);
        let mut seen: Vec<Matrix> = Vec::new();
        for &family in families {
            if (self.stop)() {
                return None;
            }
            for matrix in search(&map, family) {
                if seen.iter().any(|s| distance(*s, matrix) < SAME) {
                    continue;
                }
                seen.push(matrix);
                let (found, pilot_z) = self.read(&heard, matrix, region, family);
                if found.is_some() {
                    return found;
                }
                if pilot_z > WORTH_CLIMBING && !(self.stop)() {
                    let matrix = self.sharpened(&heard, matrix, pilot_z);
                    let (found, _) = self.read(&heard, matrix, region, family);
                    if found.is_some() {
                        return found;
                    }
                }
            }
        }
        None
    }

    fn read(&mut self, heard: &Plane, matrix: Matrix, region: Region, family: Family) -> (Option<Found>, f64) {
        let Some(aligned) = self.aligned(heard, matrix) else {
            return (None, 0.0);
        };
        self.pilot_z = self.pilot_z.max(aligned.pilot_z);
        let soft = Soft::new(&aligned, &self.key.lattice);
        let mut found = Found {
            id: Id(0),
            z_d: 0.0,
            z_p: aligned.pilot_z,
            key: self.key.number(),
            geometry: Geometry {
                matrix,
                turns: aligned.turns,
                mirrored: aligned.mirrored,
                shift: aligned.shift,
                window: region.into(),
                stage: family.into(),
            },
        };
        if aligned.pilot_z > WORTH_DECODING && self.decoded < MOST_DECODED {
            self.decoded += 1;
            let (id, checked, z_d) = soft.decoded();
            if checked && z_d >= THRESHOLD {
                (found.id, found.z_d) = (id, z_d);
                return (Some(found), aligned.pilot_z);
            }
        }
        self.doubt(found, soft);
        (None, aligned.pilot_z)
    }

    /// The matrix near this one with which the pilots agree best. The spectrum's peaks are wide in a damaged picture, and
    /// phases tell a pixel at its rim that they don't. The pilots know nothing of the data: the bound stays what it is.
    fn sharpened(&mut self, heard: &Plane, matrix: Matrix, pilot_z: f64) -> Matrix {
        climbed(matrix, pilot_z, 0.002, |matrix| {
            self.aligned(heard, matrix).map_or(0.0, |aligned| aligned.pilot_z)
        })
        .1
    }

    fn aligned(&mut self, heard: &Plane, matrix: Matrix) -> Option<Aligned> {
        let folded = fold(heard, matrix, &mut self.transforms)?;
        Some(folded.aligned(&self.key.lattice, &self.transforms))
    }

    fn doubt(&mut self, found: Found, soft: Soft) {
        let place = self.doubtful.partition_point(|(f, _)| f.z_p >= found.z_p);
        self.doubtful.insert(place, (found, soft));
        self.doubtful.truncate(SECOND_LOOKS);
    }
}

/// The picture, or of a very long one the part in the middle.
fn middle(width: usize, height: usize) -> Region {
    let (w, h) = (width.min(LONGEST * height), height.min(LONGEST * width));
    Region {
        left: (width - w) / 2,
        top: (height - h) / 2,
        width: w,
        height: h,
    }
}

/// Centre and corners, 60 % of each side.
fn parts(whole: Region) -> [Region; 5] {
    [(2, 2), (0, 0), (4, 0), (0, 4), (4, 4)].map(|(x, y)| Region {
        left: whole.left + whole.width * x / 10,
        top: whole.top + whole.height * y / 10,
        width: (whole.width * 6 / 10).max(1),
        height: (whole.height * 6 / 10).max(1),
    })
}

impl From<Region> for Window {
    fn from(region: Region) -> Self {
        Self {
            left: region.left,
            top: region.top,
            width: region.width,
            height: region.height,
        }
    }
}

impl From<Family> for Stage {
    fn from(family: Family) -> Self {
        match family {
            Family::Near => Self::Near,
            Family::Upright | Family::Similar => Self::Similar,
            Family::Stretched => Self::Stretched,
        }
    }
}
