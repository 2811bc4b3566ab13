//! What a step applies to: a target becomes a soft mask of the picture's full size.
//!
//! The one rule: a mask is 255 where the thing surely is and 0 where it surely is not, so that what lies inside can be
//! left alone to the bit; between, its edges are found on the picture itself and never on a small copy.
//! Called by `ops::Canvas`, which keeps the masks of a plan.
//!
//! Read `subject.rs` first, then `guided.rs` (edges at full size); `grabcut.rs` and its `mincut.rs` stand in for the net
//! and follow a rough brush; `objects.rs` finds named things, `faces.rs` faces, `pins.rs` what lies under a point, `sky.rs`
//! the sky; `desk.rs` is where nets are asked.

mod creatures;
mod desk;
pub(crate) mod faces;
mod grabcut;
mod guided;
mod mincut;
mod objects;
mod pins;
mod plane;
mod sky;
mod subject;

pub(crate) use self::desk::ask;
pub(crate) use self::objects::{Seen, shared};
pub(crate) use self::plane::{Part, Plane, Small};
use crate::nets::{NetError, Nets};
use crate::plan::{Target, pin_of};
use crate::raster::{Mask, Raster};
use crate::render::{RenderContext, RenderError};
use crate::watch::{Run, Watch};

/// The name of faces among the things that words may mean.
pub(crate) const FACE: &str = "face";

/// Finds what can be found without being drawn.
pub(crate) fn find(
    target: &Target,
    raster: &Raster,
    context: &RenderContext,
    run: &Run<'_>,
) -> Result<Mask, RenderError> {
    match target {
        Target::Subject => subject::find(raster, context, run),
        Target::Sky => sky::find(raster, run),
        Target::Object { object, pick } if object == FACE => faces::find(raster, *pick, context, run),
        Target::Object { object, .. } if pin_of(object).is_some() => {
            pins::find(pin_of(object).unwrap_or_default(), &context.pins, raster, run)
        }
        Target::Object { object, pick } => objects::find(raster, object, *pick, context, run),
        other => Err(RenderError::NoSuchTarget(other.clone())),
    }
}

/// Roughly where the subject is, cheaply; `None` when nobody can tell.
pub(crate) fn glimpse(raster: &Raster, context: &RenderContext, run: &Run<'_>) -> Result<Option<Plane>, RenderError> {
    subject::glimpse(raster, context, run)
}

/// Makes a rough brush or box follow the edges of what it was drawn around.
pub(crate) fn tighten(drawn: &Mask, raster: &Raster, run: &Run<'_>) -> Result<Mask, RenderError> {
    grabcut::tighten(drawn, raster, run)
}

/// Makes a rough drawing follow the edges of the thing it was drawn on: a brush or box around it is tightened, a tap or a
/// thin stroke on it finds the rest of it. `rough` may have any size; the mask comes at the picture's. What no thing is found
/// under stays as it was drawn. Fails only when the watcher cancels.
pub fn smart_select(rough: &Mask, picture: &Raster, watch: &dyn Watch) -> Result<Mask, RenderError> {
    let run = Run::new(watch, 1);
    run.begin_step(0, "Selecting");
    let found = grabcut::smart(rough, picture, &run)?;
    run.finish();
    Ok(found.at_size(picture.width(), picture.height()))
}

/// The subject of a picture as a soft mask of its size; with a net in `nets` by that, else the middle as far as its colours
/// differ from the rim. Fails when the watcher cancels, or the net does.
pub fn subject(picture: &Raster, nets: Nets, watch: &dyn Watch) -> Result<Mask, RenderError> {
    let run = Run::new(watch, 1);
    let context = RenderContext {
        nets,
        ..RenderContext::default()
    };
    subject::find(picture, &context, &run)
}

/// Whether the picture is a cut-out already: its own alpha then says what the subject is.
pub(crate) fn is_cut_out(raster: &Raster) -> bool {
    subject::is_cut_out(raster)
}

fn failed(error: NetError) -> RenderError {
    RenderError::Net(error)
}

/// Each person or animal that a mask holds, by itself; none where nobody can tell.
pub(crate) fn creatures(
    mask: &Mask,
    raster: &Raster,
    context: &RenderContext,
    run: &Run<'_>,
) -> Result<Vec<Mask>, RenderError> {
    creatures::creatures(mask, raster, context, run)
}

/// Whether a thing of that name could be found in any picture at all.
pub(crate) fn knows(object: &str) -> bool {
    objects::knows(object)
}
