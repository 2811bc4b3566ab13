//! Instructions one after the other on files, as a session has them with versions.
//!
//! Rule: what words mean on the way so far is read by the backend's own `path`; here pictures are only kept in memory
//! under made-up names. Called by `edit`.

use std::collections::HashMap;

use plantain_engine::{Declined, Facts, Finds, Mask, Raster, RenderContext, Step, Watch, nets::Nets, render};
use uuid::Uuid;

use super::files;
use crate::{
    backends::{
        Area, EditRequest, PastStep, Pointed,
        embedded::{
            Embedded,
            path::{Plan, Planned, plan},
            words,
        },
    },
    domain::{
        ids::VersionId,
        instruction::Instruction,
        options::Options,
        picture::{Blob, BlobId, Dimensions, Format},
        pins::Pins,
    },
};

/// What comes with every instruction.
pub(super) struct Beside {
    /// "image 2", "image 3", …
    pub(super) references: Vec<Raster>,
    /// Where it may change.
    pub(super) region: Option<Mask>,
    /// Numbered points on the first picture, for the first instruction.
    pub(super) pins: Pins,
    /// Lets grain and the like fall differently.
    pub(super) seed: u64,
    /// The nets at hand, and what can be found with them.
    pub(super) nets: Nets,
    pub(super) finds: Finds,
}

/// A picture and what was asked of it so far.
pub(super) struct Conversation {
    beside: Beside,
    references: Vec<Blob>,
    area: Option<Area>,
    pictures: HashMap<BlobId, Raster>,
    /// The way to each version, its own step last.
    paths: HashMap<VersionId, Vec<PastStep>>,
    /// The newest version made from each.
    children: HashMap<VersionId, VersionId>,
    now: VersionId,
    names: u64,
}

/// What an instruction came to.
pub(super) struct Said {
    /// The steps that were taken up.
    pub(super) steps: Vec<Step>,
    /// The words that were not.
    pub(super) left_out: Vec<Declined>,
    /// Why the picture stays as it was, if it does.
    pub(super) problem: Option<String>,
}

impl Conversation {
    /// About this picture; nothing was asked yet.
    pub(super) fn about(picture: Raster, mut beside: Beside) -> Self {
        let mut names = 0;
        let mut pictures = HashMap::new();
        let mut keep = |picture: Raster| {
            names += 1;
            let blob = named(names, picture.width(), picture.height());
            pictures.insert(blob.id, picture);
            blob
        };
        let base = keep(picture);
        let references = std::mem::take(&mut beside.references).into_iter().map(keep).collect();
        let area = beside.region.as_ref().map(|mask| Area {
            mask: named(0, mask.width(), mask.height()),
            bounds: [0, 0, 100, 100],
        });
        let now = VersionId::new(Uuid::from_u128(1));
        let upload = PastStep {
            version: now,
            number: 1,
            blob: base,
            canvas: false,
            led_here: false,
            instruction: None,
            backend: None,
            region: None,
            references: Vec::new(),
            raw: None,
        };
        Self {
            beside,
            references,
            area,
            pictures,
            paths: HashMap::from([(now, vec![upload])]),
            children: HashMap::new(),
            now,
            names,
        }
    }

    /// The picture as it is now.
    pub(super) fn picture(mut self) -> Raster {
        let last = self.paths.remove(&self.now).and_then(|mut path| path.pop());
        let picture = last.and_then(|last| self.pictures.remove(&last.blob.id));
        picture.expect("every version was kept with its picture")
    }

    /// Carries out an instruction on the picture as it is now.
    pub(super) fn say(&mut self, instruction: Instruction, watch: &dyn Watch) -> Said {
        let request = self.request(instruction);
        let facts = self.pictures.get(&request.base.id).map(Facts::of);
        let Plan { what, told, left_out } = plan(&request, self.beside.finds, facts);
        let problem = match what {
            Planned::Nothing => Some(
                words::nothing_done(&left_out)
                    .for_the_user("The built-in engine")
                    .message,
            ),
            Planned::Select(version) => {
                self.now = version;
                None
            }
            Planned::Render { .. } => self.render(request, what, watch).err(),
        };
        Said {
            steps: told,
            left_out,
            problem,
        }
    }

    fn request(&self, instruction: Instruction) -> EditRequest {
        let history = self.paths.get(&self.now).cloned().unwrap_or_default();
        let pins = if history.len() == 1 {
            self.beside.pins.clone()
        } else {
            Pins::default()
        };
        EditRequest {
            base: history.last().map_or_else(|| named(0, 1, 1), |step| step.blob.clone()),
            canvas: false,
            references: self.references.clone(),
            pointed: Pointed::default(),
            instruction,
            region: self.area.clone(),
            options: Options {
                pins,
                ..Options::default()
            },
            history,
            redo: self.children.get(&self.now).copied(),
            seed: self.beside.seed,
        }
    }

    fn render(&mut self, request: EditRequest, what: Planned, watch: &dyn Watch) -> Result<(), String> {
        let Planned::Render {
            picture,
            steps,
            made_from,
            region,
            references,
        } = what
        else {
            return Ok(());
        };
        let of = |blob: &Blob| self.pictures.get(&blob.id).cloned();
        let context = RenderContext {
            pins: request.options.pins.shares(),
            region: self.beside.region.clone().filter(|_| region.is_some()),
            references: references.iter().filter_map(of).collect(),
            seed: self.beside.seed,
            max_pixels: files::LIMITS.pixels,
            nets: self.beside.nets.clone(),
        };
        let before = of(&picture).ok_or("The picture is gone.")?;
        let made = render(&steps, before, &context, watch).map_err(|error| words::cannot_render(&error))?;
        let parent = made_from.unwrap_or(self.now);
        self.keep(made, parent, made_from.is_some(), request);
        Ok(())
    }

    /// A new version, which is the one to go on from.
    fn keep(&mut self, made: Raster, parent: VersionId, led_here: bool, request: EditRequest) {
        self.names += 1;
        let version = VersionId::new(Uuid::from_u128(u128::from(self.names)));
        let blob = named(self.names, made.width(), made.height());
        self.pictures.insert(blob.id, made);
        let mut path = self.paths.get(&parent).cloned().unwrap_or_default();
        path.push(PastStep {
            version,
            number: u32::try_from(self.paths.len() + 1).unwrap_or(u32::MAX),
            blob,
            canvas: false,
            led_here,
            instruction: Some(request.instruction),
            backend: Some(Embedded::NAME.to_owned()),
            region: request.region.map(|area| area.mask),
            references: request.references,
            raw: None,
        });
        self.paths.insert(version, path);
        self.children.insert(parent, version);
        self.now = version;
    }
}

/// A name for a picture that is in no store.
fn named(name: u64, width: u32, height: u32) -> Blob {
    let mut id = [0; 32];
    id[..8].copy_from_slice(&name.to_be_bytes());
    Blob {
        id: BlobId::from_bytes(id),
        format: Format::Png,
        bytes: 0,
        dimensions: Dimensions { width, height },
    }
}
