//! The way back: what a picture that somebody holds proves about this house.
//!
//! Rule: cheap to dear, each finding with what it rests on; finding nothing proves nothing. Who may hear what is for the caller
//! to ask: a [`Link`] to an upload that never left is nobody's business but its session's. No address in a file is followed.
//! Called by `web` and by `plantain verify`.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use lattice_mark::{Effort, Found, Id, Key, Picture, detect_among_until};
use plantain_credentials::{Credentials, Error as CredentialsError, Standing};
use plantain_engine::{
    Channels, Raster, Unwatched,
    compare::{CompareOptions, Verdict, compare},
};
use tokio::{sync::OwnedSemaphorePermit, task::spawn_blocking};

use super::{Failed, Provenance, Tools, pdq};
use crate::{
    blobs::{Colours, VerifiedImage},
    domain::{
        making::Making,
        version::{Origin, Version},
    },
    store::provenance::Trace,
};

/// How long is looked for a mark.
const LOOKING: Duration = Duration::from_secs(10);
/// Pixels of the copy that is worked on: a mark is looked for in windows of 60 %, at 896 x 896.
const WORKED_ON: u32 = 1600 * 1600;
/// Ids that are tried one by one on a damaged mark.
const MOST_IDS: u32 = 1_000_000;
/// Versions that are told of one finding.
const MOST_LINKS: u32 = 20;
/// The longest side at which two pictures are compared.
const COMPARED_AT: u32 = 1600;

/// What leads from a picture to a version.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Seen {
    /// The file or its pixels.
    Exact(Trace),
    /// The file's own statement, signed here and unbroken, is about it.
    Signed,
    /// A statement below the file's own is about it.
    SignedBelow,
    /// Its id is in the mark, read with this certainty (12.5 and more by itself, some 9 among known ids; at most 21.2).
    Marked(f64),
}

/// A version that a picture leads to.
#[derive(Debug, Clone)]
pub struct Link {
    /// The version.
    pub version: Version,
    /// How it was made; none for an upload.
    pub making: Option<Making>,
    /// Whether a model made it from words alone.
    pub from_words: bool,
    /// By what, surest first.
    pub seen: Vec<Seen>,
}

impl Link {
    /// Whether somebody who only holds the picture may hear of it: it left this house, or was made here.
    #[must_use]
    pub fn is_for_everybody(&self) -> bool {
        let left = |seen: &Seen| !matches!(seen, Seen::Exact(Trace::Stored | Trace::StoredPixels));
        self.version.origin != Origin::Upload || self.seen.iter().any(left)
    }
}

/// A mark that was read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MarkFound {
    /// What it says.
    pub id: u64,
    /// How certain.
    pub z: f64,
    /// The number of the key.
    pub key: u32,
    /// Whether a version has this id; else it was deleted.
    pub known: bool,
}

/// A version that looks like the picture.
#[derive(Debug, Clone)]
pub struct Alike {
    /// The version.
    pub version: Version,
    /// Bits of 256 that differ; 31 and less is the same picture.
    pub bits: u32,
}

/// What a picture proves.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    /// Versions it leads to, surest first.
    pub links: Vec<Link>,
    /// Its credentials.
    pub credentials: Option<Credentials>,
    /// Why its credentials can't be read though there are some.
    pub unreadable: Option<&'static str>,
    /// Its mark.
    pub mark: Option<MarkFound>,
    /// Whether looking for a mark took too long.
    pub gave_up: bool,
    /// Versions it looks like, most alike first, without those it leads to.
    pub alike: Vec<Alike>,
}

/// A part of a picture, in per cent of its sides.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Part {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
    /// How wide.
    pub width: f64,
    /// How high.
    pub height: f64,
}

/// A picture laid over the stored version.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Laid {
    /// Whether they could be laid over each other.
    pub fits: bool,
    /// The part of the stored version that the picture shows, when it doesn't show all of it.
    pub shows: Option<Part>,
    /// The part within which it was changed, if it was.
    pub changed: Option<Part>,
    /// The share of the stored version that differs, in per cent.
    pub changed_percent: f64,
}

/// A place for asking about one picture; free again when it is dropped and what works in it has ended.
pub struct Asking {
    house: Provenance,
    place: Arc<OwnedSemaphorePermit>,
}

impl Provenance {
    /// A place for asking, if one is free: who asks is anybody, so nobody queues up with a decoded picture.
    ///
    /// # Errors
    /// [`Failed::ManyAsk`].
    pub fn asking(&self) -> Result<Asking, Failed> {
        let place = self.0.asking.clone().try_acquire_owned();
        Ok(Asking {
            house: self.clone(),
            place: Arc::new(place.map_err(|_| Failed::ManyAsk)?),
        })
    }
}

impl Asking {
    /// Looks at a picture that passed the gate; what it proves, and a smaller copy of it for [`Asking::lay`].
    ///
    /// # Errors
    /// [`Failed`], also when everybody is busy.
    pub async fn examine(&self, image: &mut VerifiedImage) -> Result<(Findings, Arc<Colours>), Failed> {
        let place = self.place.clone();
        let look = move |colours: Colours| {
            let looked = (colours.hash(), colours.shrunk_to(WORKED_ON));
            drop(place);
            looked
        };
        let (pixels, colours) = self.house.0.blobs.with_colours_of(image, look).await?;
        let colours = Arc::new(colours);
        let mut findings = Findings::default();
        for (trace, version) in self.house.0.store.traces(*image.came_as(), pixels, MOST_LINKS).await? {
            self.add(&mut findings, version, Seen::Exact(trace)).await?;
        }
        self.read_credentials(image, &mut findings).await?;
        self.read_mark(&colours, &mut findings).await?;
        self.look_alike(&colours, &mut findings).await?;
        Ok((findings, colours))
    }

    /// Lays a picture over the stored version.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn lay(&self, version: &Version, picture: Arc<Colours>) -> Result<Laid, Failed> {
        let place = self.place.clone();
        let look = move |colours: Colours| {
            let small = colours.shrunk(COMPARED_AT);
            drop(place);
            small
        };
        let stored = self.house.0.blobs.with_colours(&version.blob, look).await?;
        self.work(move |_| laid(stored, &picture)).await
    }

    async fn add(&self, findings: &mut Findings, version: Version, seen: Seen) -> Result<(), Failed> {
        if let Some(link) = findings.links.iter_mut().find(|link| link.version.id == version.id) {
            if !link.seen.contains(&seen) {
                link.seen.push(seen);
            }
            return Ok(());
        }
        let store = &self.house.0.store;
        let turn = match version.origin {
            Origin::Turn(turn) => store.turn(version.session, turn).await?,
            Origin::Upload => None,
        };
        let parent = match version.parent {
            Some(parent) => store.version(version.session, parent).await?,
            None => None,
        };
        let making = store.known(version.id).await?.made(turn.as_ref());
        findings.links.push(Link {
            from_words: making
                .as_ref()
                .is_some_and(|making| making.is_from_words(parent.as_ref())),
            version,
            making,
            seen: vec![seen],
        });
        Ok(())
    }

    async fn read_credentials(&self, image: &mut VerifiedImage, findings: &mut Findings) -> Result<(), Failed> {
        let Some(came) = image.take_original() else {
            return Ok(());
        };
        let read = self
            .work(move |tools| tools.notary.read(came.mime, &came.bytes))
            .await?;
        let credentials = match read {
            Ok(Some(credentials)) => credentials,
            Ok(None) => return Ok(()),
            Err(error) => {
                tracing::debug!(%error, "somebody asked about credentials that can't be read");
                findings.unreadable = Some(why_unreadable(&error));
                return Ok(());
            }
        };
        for (at, node) in credentials.node.walk().into_iter().enumerate() {
            let Some(label) = node.label.as_deref().filter(|_| node.standing == Standing::Trusted) else {
                continue;
            };
            // Below a statement that isn't ours, "trusted" is what somebody else wrote.
            if at > 0 && credentials.node.standing != Standing::Trusted {
                break;
            }
            if let Some(version) = self.house.0.store.version_of_label(label).await? {
                self.add(
                    findings,
                    version,
                    if at == 0 { Seen::Signed } else { Seen::SignedBelow },
                )
                .await?;
            }
        }
        findings.credentials = Some(credentials);
        Ok(())
    }

    async fn read_mark(&self, colours: &Arc<Colours>, findings: &mut Findings) -> Result<(), Failed> {
        let known: Vec<Id> = self.house.0.store.marks(MOST_IDS).await?.into_iter().map(Id).collect();
        let picture = colours.clone();
        let ends = Instant::now() + LOOKING;
        let found = self
            .work(move |tools| {
                let late = || Instant::now() > ends;
                let mut keys = tools.marks.iter().rev();
                let found = keys.find_map(|key| mark_in(&picture, key, &known, &late));
                found.ok_or_else(late)
            })
            .await?;
        let found = match found {
            Ok(found) => found,
            Err(late) => {
                findings.gave_up = late;
                return Ok(());
            }
        };
        let version = self.house.0.store.version_of_mark(found.id.0).await?;
        findings.mark = Some(MarkFound {
            id: found.id.0,
            z: found.z_d,
            key: found.key,
            known: version.is_some(),
        });
        match version {
            Some(version) => self.add(findings, version, Seen::Marked(found.z_d)).await,
            None => Ok(()),
        }
    }

    async fn look_alike(&self, colours: &Arc<Colours>, findings: &mut Findings) -> Result<(), Failed> {
        let looks = self.house.0.store.looks().await?;
        let picture = colours.clone();
        let near = self
            .work(move |_| {
                let small = Colours::clone(&picture).shrunk(pdq::WORKING_SIDE * 2);
                let mut ways = pdq::Sketch::of(&pdq::trimmed(&small).shrunk(pdq::WORKING_SIDE)).all_ways();
                ways.extend(pdq::Sketch::of(&small.shrunk(pdq::WORKING_SIDE)).all_ways());
                let nearest = |look: &pdq::Hash| ways.iter().map(|way| pdq::distance(way, look)).min();
                let mut near: Vec<_> = looks
                    .iter()
                    .filter_map(|(id, look)| Some((nearest(look).filter(|bits| *bits <= pdq::ALIKE)?, *id)))
                    .collect();
                near.sort_unstable();
                near.truncate(MOST_LINKS as usize);
                near
            })
            .await?;
        for (bits, id) in near {
            if findings.links.iter().any(|link| link.version.id == id) {
                continue;
            }
            if let Some(version) = self.house.0.store.version_anywhere(id).await? {
                findings.alike.push(Alike { version, bits });
            }
        }
        Ok(())
    }

    /// Computes on a blocking thread; the place goes with the work, since who stops waiting doesn't make it end.
    async fn work<T, F>(&self, work: F) -> Result<T, Failed>
    where
        T: Send + 'static,
        F: FnOnce(&Tools) -> T + Send + 'static,
    {
        let (tools, place) = (self.house.tools(), self.place.clone());
        let job = spawn_blocking(move || {
            let done = work(&tools);
            drop(place);
            done
        });
        job.await.map_err(|_| Failed::GivenUp)
    }
}

/// Why credentials can't be read, in our own words: the library's are about its insides.
const fn why_unreadable(error: &CredentialsError) -> &'static str {
    match error {
        CredentialsError::TooLarge => "they are larger than is looked at",
        CredentialsError::TooSlow => "they take too long to read",
        _ => "they are damaged, or of a kind that is not known here",
    }
}

/// The mark of this key in a picture, unless `stop` says that it takes too long.
fn mark_in(picture: &Colours, key: &Key, known: &[Id], stop: &dyn Fn() -> bool) -> Option<Found> {
    let samples = picture.samples.as_slice();
    let view = if picture.channels == 4 {
        Picture::rgba(picture.width, picture.height, samples)
    } else {
        Picture::rgb(picture.width, picture.height, samples)
    };
    detect_among_until(&view.ok()?, key, known, Effort::Thorough, stop)
}

/// Blocks for as long as a comparison takes.
fn laid(stored: Colours, picture: &Colours) -> Laid {
    let nothing = Laid {
        fits: false,
        shows: None,
        changed: None,
        changed_percent: 100.0,
    };
    let (Some(base), Some(result)) = (raster(stored), raster(picture.clone().shrunk(COMPARED_AT))) else {
        return nothing;
    };
    let Ok(found) = compare(&base, &result, &CompareOptions::default(), &Unwatched) else {
        return nothing;
    };
    if found.verdict == Verdict::Unrelated {
        return nothing;
    }
    let size = (f64::from(base.width()), f64::from(base.height()));
    let corners = found.matrix.inverse().map(|back| {
        let (width, height) = (f64::from(result.width()), f64::from(result.height()));
        [(0.0, 0.0), (width, 0.0), (0.0, height), (width, height)].map(|(x, y)| back.apply(x, y))
    });
    let shows = corners.map(|corners| bounding(&corners, size));
    let width = base.width() as usize;
    let touched = found.mask.data().iter().enumerate().filter(|(_, value)| **value > 127);
    let points: Vec<(f64, f64)> = touched
        .map(|(at, _)| ((at % width) as f64, (at / width) as f64))
        .collect();
    let whole = found.verdict == Verdict::Whole;
    Laid {
        fits: true,
        shows: shows.filter(|part| part.width * part.height < 9_700.0),
        changed: (!whole && !points.is_empty()).then(|| bounding(&points, size)),
        changed_percent: f64::from(found.changed) * 100.0,
    }
}

fn raster(colours: Colours) -> Option<Raster> {
    let channels = if colours.channels == 4 {
        Channels::Rgba
    } else {
        Channels::Rgb
    };
    let (width, height) = (u32::try_from(colours.width).ok()?, u32::try_from(colours.height).ok()?);
    Raster::from_u8(width, height, channels, colours.samples).ok()
}

/// What encloses these points, in per cent of `size`, cut to it.
fn bounding(points: &[(f64, f64)], size: (f64, f64)) -> Part {
    let low = |pick: fn(&(f64, f64)) -> f64, all: f64| {
        points.iter().map(pick).fold(all, f64::min).clamp(0.0, all) / all * 100.0
    };
    let high = |pick: fn(&(f64, f64)) -> f64, all: f64| {
        points.iter().map(pick).fold(0.0, f64::max).clamp(0.0, all) / all * 100.0
    };
    let (x, y) = (low(|p| p.0, size.0), low(|p| p.1, size.1));
    Part {
        x,
        y,
        width: high(|p| p.0, size.0) - x,
        height: high(|p| p.1, size.1) - y,
    }
}
