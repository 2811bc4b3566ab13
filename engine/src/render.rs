//! Runs a plan over a picture.
//!
//! The one rule: [`render`] is a pure function of plan, picture, region and seed; it does no I/O and keeps nothing.
//! Called by the server's embedded backend and the command line, on a thread of their own choosing.

use thiserror::Error;

use crate::nets::{NetError, Nets};
use crate::ops::{self, Canvas};
use crate::plan::{Op, Step, Target, is_pin};
use crate::raster::{Mask, Raster};
use crate::watch::{Run, Watch};

/// What a render needs beside plan and picture.
#[derive(Debug, Clone)]
pub struct RenderContext {
    /// What the user has drawn, at any size; it is scaled to the picture. Needed by steps with the target `region`.
    pub region: Option<Mask>,
    /// The points that somebody set, in their order: shares of the picture's width and height. Needed by steps on `pin 1`,
    /// `pin 2` and so on.
    pub pins: Vec<[f32; 2]>,
    /// The attached pictures in their order: the first is picture 2.
    pub references: Vec<Raster>,
    /// What makes grain fall differently; the same seed gives the same bytes.
    pub seed: u64,
    /// The most pixels a step may make (`resize`, `upscale`, `expand`).
    pub max_pixels: u64,
    /// What finds things and paints; without them the simple ways are taken, or the step fails with
    /// [`RenderError::NoSuchTarget`].
    pub nets: Nets,
}

impl RenderContext {
    /// The attached picture with that number, counted from 2.
    pub(crate) fn reference(&self, number: u32) -> Result<&Raster, RenderError> {
        let at = (number as usize).checked_sub(2);
        at.and_then(|at| self.references.get(at))
            .ok_or(RenderError::NoReference(number))
    }
}

impl Default for RenderContext {
    fn default() -> Self {
        Self {
            region: None,
            pins: Vec::new(),
            references: Vec::new(),
            seed: 0,
            max_pixels: 100_000_000,
            nets: Nets::default(),
        }
    }
}

/// Why a plan could not be run. The picture is dropped.
#[derive(Debug, Error, Clone, PartialEq)]
pub enum RenderError {
    /// The watcher said so.
    #[error("the edit was cancelled")]
    Cancelled,
    /// The operation is not one of [`crate::operations`].
    #[error("{} is not something that this engine can do to pixels", .0.name())]
    NotAnOperation(Op),
    /// A step uses an attached picture that was not handed over.
    #[error("picture {0} is not attached")]
    NoReference(u32),
    /// The target cannot be found here.
    #[error("the part of the picture that the step is about cannot be found: {0:?}")]
    NoSuchTarget(Target),
    /// The step is about the region and there is none.
    #[error("the step is about a region and none is drawn")]
    NoRegion,
    /// A parameter is missing or makes no sense.
    #[error("{} cannot be done like that: {problem}", op.name())]
    BadStep {
        /// The step's operation.
        op: Op,
        /// What is wrong, as the end of a sentence.
        problem: &'static str,
    },
    /// A net could not be run.
    #[error("{0}")]
    Net(NetError),
    /// The result would be larger than allowed.
    #[error("the picture would get {width}x{height} pixels, more than the {max_pixels} that are allowed")]
    TooLarge {
        /// Its width.
        width: u64,
        /// Its height.
        height: u64,
        /// The limit.
        max_pixels: u64,
    },
}

/// Does the steps in order and hands back the picture.
///
/// Rows run on rayon's threads; memory stays within about 6 bytes per channel and pixel over the input (the result of
/// `resize` and its like counted as input). Fails as [`RenderError`] says; history steps are the caller's, not ours.
pub fn render(
    steps: &[Step],
    picture: Raster,
    context: &RenderContext,
    watch: &dyn Watch,
) -> Result<Raster, RenderError> {
    let run = Run::new(watch, steps.len());
    run.check()?;
    let mut canvas = Canvas::new(picture, context, &run);
    // Points are where they were set, on the picture as it came: their things are found before anything moves.
    for step in steps.iter().filter(|step| is_pin(&step.target)) {
        canvas.select(&step.target)?;
    }
    for (at, step) in steps.iter().enumerate() {
        let operation = ops::find(step.op).ok_or(RenderError::NotAnOperation(step.op))?;
        run.begin_step(at, operation.info.doing);
        if step.strength == Some(0.0) {
            continue;
        }
        canvas.aim(&step.target)?;
        (operation.apply)(step, &mut canvas)?;
    }
    run.finish();
    Ok(canvas.raster)
}
