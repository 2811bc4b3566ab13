//! The drift guard: what a turn did not ask for is given back, bit for bit, and what a model did besides is measured.
//!
//! Rule: the picture that was paid for is never lost: whatever goes wrong here, the version is that picture, and says so.
//! Pixels are worked on where pictures are decoded, a bounded number at once and under a deadline. Called by `worker`.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use plantain_engine::{
    Mask, Raster, Unwatched, Watch,
    compare::{Affine, ColourMap, CompareOptions, Comparison, Figures, Verdict, compare, likeness, restore},
    nets::{FaceNets, Nets},
    subject,
};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::{Turns, regions::broken};
use crate::{
    backends::embedded::{Embedded, convert},
    blobs::{Late, PictureError, Pixels},
    domain::{
        drift::{Alike, Drift, Found, Kept},
        ids::VersionId,
        options::{Options, Ratio},
        picture::{Blob, Dimensions},
    },
    random,
    store::turns::Made,
};

/// How long one picture may be worked on.
const PATIENCE: Duration = Duration::from_secs(60);
/// The longest side of the copy that the subject is looked for on.
const LOOK: u32 = 256;
/// From this many pixels on a picture is worked on alone.
const LARGE: u64 = 16_000_000;
/// With less of the base's frame in a result, or a shape that is this far off (as a logarithm), it was framed anew.
const SHOWN: f32 = 0.6;
const SHAPE: f64 = 0.08;

/// Decoded pictures are held only by this many at once; a large one takes both places.
static AT_ONCE: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(2)));

/// What the results of a turn are compared with, and what is to be done about them.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    base: Blob,
    /// The branch's first picture, where that is another.
    first: Option<Blob>,
    region: Option<Blob>,
    /// Whether what did not change is given back.
    keeps: bool,
    /// Whether results lie where the base lay, in its colours, as our own engine's do.
    exact: bool,
    /// Whether another shape was asked for.
    reframes: bool,
}

/// What a turn says about it.
pub(super) struct Wanted<'a> {
    /// The picture the results were made from.
    pub base: Blob,
    /// Whether that is an empty canvas.
    pub canvas: bool,
    /// The branch's first picture.
    pub first: Blob,
    /// The drawn mask.
    pub region: Option<Blob>,
    /// What was chosen.
    pub options: &'a Options,
    /// The backend's kind.
    pub kind: &'a str,
}

impl Guard {
    /// The guard of a turn; none where there is nothing to look after.
    pub(super) fn of(wanted: Wanted<'_>) -> Option<Self> {
        let exact = wanted.kind == Embedded::NAME;
        let keeps = wanted.options.keep_rest.unwrap_or(!exact);
        let nothing_to_keep = wanted.canvas || (exact && !keeps && wanted.region.is_none());
        (!nothing_to_keep).then(|| Self {
            first: Some(wanted.first).filter(|first| first.id != wanted.base.id),
            reframes: wanted
                .options
                .ratio
                .is_some_and(|ratio| is_other(ratio, wanted.base.dimensions)),
            base: wanted.base,
            region: wanted.region,
            keeps,
            exact,
        })
    }

    /// What a picture of a backend becomes.
    pub(super) async fn look_after(&self, turns: &Turns, returned: Blob, cancel: &CancellationToken) -> Made {
        let id = VersionId::new(random::uuid(turns.0.clock.now()));
        // Our own engine makes another size only when the words ask for it.
        if self.exact && !self.keeps && returned.dimensions != self.base.dimensions {
            return Made {
                id,
                blob: returned,
                as_returned: None,
                drift: None,
            };
        }
        let guarded = tokio::select! {
            guarded = self.guarded(turns, &returned, cancel) => guarded,
            () = cancel.cancelled() => Err(PictureError::Busy),
        };
        match guarded {
            Ok((Some(blob), drift)) if blob.id != returned.id => Made {
                id,
                blob,
                // What our own engine drew beyond the region is nobody's wish.
                as_returned: (!self.exact).then_some(returned),
                drift: Some(drift),
            },
            Ok((_, drift)) => Made {
                id,
                blob: returned,
                as_returned: None,
                drift: Some(drift),
            },
            Err(error) => {
                tracing::warn!(%error, "a result could not be compared with its base; it stays as it came");
                let drift = Drift {
                    kept: Kept::Failed,
                    found: None,
                    likeness: None,
                    likeness_to_first: None,
                };
                Made {
                    id,
                    blob: returned,
                    as_returned: None,
                    drift: Some(drift),
                }
            }
        }
    }

    async fn guarded(
        &self,
        turns: &Turns,
        returned: &Blob,
        cancel: &CancellationToken,
    ) -> Result<(Option<Blob>, Drift), PictureError> {
        let blobs = &turns.0.blobs;
        let (base, its) = (self.base.dimensions, returned.dimensions);
        let places = if base.pixels().max(its.pixels()) > LARGE { 2 } else { 1 };
        let _place = AT_ONCE
            .clone()
            .acquire_many_owned(places)
            .await
            .map_err(|_| PictureError::Busy)?;
        let pictures = Pictures {
            base: blobs.decode(&self.base).await?,
            returned: blobs.decode(returned).await?,
            region: decoded(turns, self.region.as_ref()).await?,
            first: match &self.first {
                // In another frame there is nothing to lay side by side.
                Some(first) if first.dimensions == base => Some(blobs.decode(first).await?),
                _ => None,
            },
            small: blobs.decode_within(&self.base, LOOK).await?,
        };
        let bytes = base.pixels() * 8 + its.pixels();
        let (guard, cancel) = (self.clone(), cancel.clone());
        let registry = turns.0.registry.clone();
        let faces = move || registry.faces();
        let work = move |late: Late| guard.work(pictures, faces, &Line { late, cancel });
        let (pixels, drift) = blobs.compute(bytes, PATIENCE, work).await?;
        let Some(pixels) = pixels else { return Ok((None, drift)) };
        let verified = blobs.inspect(blobs.encode_png(pixels).await?).await?;
        Ok((Some(blobs.put(verified).await?), drift))
    }

    /// The guarded picture, where it is another than the one that came; `faces` hands out nets for likeness. Blocks.
    fn work(
        &self,
        pictures: Pictures,
        faces: impl FnOnce() -> Option<FaceNets>,
        line: &Line,
    ) -> Result<(Option<Pixels>, Drift), PictureError> {
        let raster = |pixels| convert::to_raster(pixels).map_err(broken);
        let (base, returned) = (raster(pictures.base)?, raster(pictures.returned)?);
        let region = pictures.region.map(convert::to_mask).transpose().map_err(broken)?;
        let found = self.compared(&base, &returned, region.clone(), line)?;
        let kept = self.kept(&base, &returned, &found);
        let gives_back = matches!(kept, Kept::Region | Kept::Rest);
        let restored = if gives_back && !(found.figures.exact && kept == Kept::Rest) {
            let restored = restore(&base, &returned, &found, line).map_err(broken)?;
            Some(restored).filter(|restored| *restored != returned)
        } else {
            None
        };
        let result = restored.as_ref().unwrap_or(&returned);
        let placed = if gives_back { in_place()? } else { found.clone() };
        let measures = !self.exact && kept != Kept::Unrelated;
        let subject = match region {
            None if measures => Some(subject(&raster(pictures.small)?, Nets::default(), line).map_err(broken)?),
            region => region,
        };
        let nets = if measures { faces() } else { None };
        let alike = |to: &Raster, how: &Comparison| -> Result<Option<Alike>, PictureError> {
            Ok(likeness(to, result, subject.as_ref(), how, nets.as_ref(), line)
                .map_err(broken)?
                .map(told))
        };
        let likeness = if measures { alike(&base, &placed)? } else { None };
        let to_first = match pictures.first {
            Some(first) if measures && (result.width(), result.height()) == (base.width(), base.height()) => {
                alike(&raster(first)?, &in_place()?)?
            }
            _ => None,
        };
        let drift = Drift {
            kept,
            found: Some(figures(&base, &returned, &found, gives_back)),
            likeness,
            likeness_to_first: to_first,
        };
        Ok((restored.map(convert::to_pixels), drift))
    }

    fn compared(
        &self,
        base: &Raster,
        returned: &Raster,
        region: Option<Mask>,
        line: &Line,
    ) -> Result<Comparison, PictureError> {
        let same_size = (base.width(), base.height()) == (returned.width(), returned.height());
        match region {
            // Our own engine moves nothing by accident; where the words asked for another shape, that is what came.
            Some(region) if self.exact && same_size => {
                let mask = region.at_size(base.width(), base.height());
                Ok(laid_over(mask))
            }
            region => {
                let region = region.filter(|_| !self.exact);
                let options = CompareOptions {
                    region,
                    ..CompareOptions::default()
                };
                compare(base, returned, &options, line).map_err(broken)
            }
        }
    }

    fn kept(&self, base: &Raster, returned: &Raster, found: &Comparison) -> Kept {
        let shape = |raster: &Raster| (f64::from(raster.width()) / f64::from(raster.height())).ln();
        let reshaped = (shape(base) - shape(returned)).abs() > SHAPE;
        let same_size = (base.width(), base.height()) == (returned.width(), returned.height());
        match found.verdict {
            _ if self.region.is_some() && (!self.exact || same_size) => Kept::Region,
            _ if self.region.is_some() || self.reframes => Kept::Reframed,
            _ if !self.keeps => Kept::Off,
            Verdict::Local => Kept::Rest,
            Verdict::Whole if reshaped || found.figures.trusted > 0.0 && found.figures.shown < SHOWN => Kept::Reframed,
            Verdict::Whole => Kept::Whole,
            Verdict::Unrelated => Kept::Unrelated,
        }
    }
}

/// The pictures of one piece of work, decoded.
struct Pictures {
    base: Pixels,
    returned: Pixels,
    region: Option<Pixels>,
    first: Option<Pixels>,
    small: Pixels,
}

async fn decoded(turns: &Turns, blob: Option<&Blob>) -> Result<Option<Pixels>, PictureError> {
    match blob {
        Some(blob) => turns.0.blobs.decode(blob).await.map(Some),
        None => Ok(None),
    }
}

/// Whether this ratio is another than the picture's.
fn is_other(ratio: Ratio, base: Dimensions) -> bool {
    let own = f64::from(base.width) / f64::from(base.height);
    (ratio.value() / own).ln().abs() > SHAPE
}

/// The comparison of two pictures that lie on each other, of which the second counts in the mask.
pub(super) fn laid_over(mask: Mask) -> Comparison {
    let touched = mask.data().iter().filter(|value| **value > 0).count();
    #[expect(clippy::cast_precision_loss, reason = "a share for people")]
    let changed = touched as f32 / mask.data().len().max(1) as f32;
    Comparison {
        verdict: Verdict::Local,
        matrix: Affine::IDENTITY,
        colour: ColourMap::IDENTITY,
        mask,
        changed,
        figures: Figures {
            exact: true,
            ..Figures::default()
        },
    }
}

/// The same for likeness, which asks for no mask.
fn in_place() -> Result<Comparison, PictureError> {
    Mask::rectangle((1, 1), (0, 0, 1, 1)).map(laid_over).map_err(broken)
}

#[expect(clippy::cast_possible_truncation, reason = "figures for people")]
fn figures(base: &Raster, returned: &Raster, found: &Comparison, gives_back: bool) -> Found {
    let figures = &found.figures;
    let size = [returned.width(), returned.height()];
    Found {
        changed: if gives_back || found.verdict == Verdict::Local {
            found.changed
        } else {
            1.0
        },
        exact: figures.exact,
        shift: [figures.shift.0 as f32, figures.shift.1 as f32],
        zoom: figures.zoom as f32,
        degrees: figures.degrees as f32,
        cast: figures.cast,
        noise: figures.noise,
        size: Some(size).filter(|size| *size != [base.width(), base.height()]),
    }
}

pub(super) fn told(likeness: plantain_engine::compare::Likeness) -> Alike {
    Alike {
        shape: likeness.shape_drift,
        detail: likeness.detail_drift,
        colour: likeness.colour_change,
        face: likeness.face,
    }
}

/// Stops the work when its time is up or nobody wants it any more.
struct Line {
    late: Late,
    cancel: CancellationToken,
}

impl Watch for Line {
    fn progress(&self, fraction: f32, step: &str) {
        Unwatched.progress(fraction, step);
    }

    fn is_cancelled(&self) -> bool {
        self.late.is_up() || self.cancel.is_cancelled()
    }
}
