//! Plantain's embedded image engine: words to a plan, a plan to pixels. No I/O, no async, nothing kept between calls.
//!
//! ```
//! use plantain_engine::{Channels, Context, Raster, RenderContext, Unwatched, explain, render, understand};
//!
//! let understood = understand("make it a bit brighter, then crop it to a square. And add a rabbit!", &Context::default());
//! assert_eq!(explain(&understood.steps), "Made the picture slightly brighter; cropped the picture to a square");
//! assert_eq!(understood.declined[0].text, "And add a rabbit");
//!
//! let grey = Raster::from_u8(4, 2, Channels::Rgb, vec![100; 4 * 2 * 3])?;
//! let edited = render(&understood.steps, grey, &RenderContext::default(), &Unwatched)?;
//! assert_eq!((edited.width(), edited.height()), (2, 2));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Read in this order: `plan.rs` (the language between the halves), `parse/mod.rs` (words), `explain.rs`, then
//! `raster.rs`, `render.rs`, `ops/mod.rs` (the table of operations) and any operation.
//!
//! | folder | may use |
//! | --- | --- |
//! | plan, raster, color, context | nothing (context: facts) |
//! | parse, explain | plan, context, the table in ops |
//! | rows, field, watch, facts | raster, color, rows |
//! | fill | raster, rows, field, watch |
//! | nets | nothing |
//! | select | nets, rows, field, watch |
//! | ops, render | all but parse |
//! | compare | raster, rows, watch |

mod color;
pub mod compare;
mod context;
pub mod drawings;
mod explain;
mod facts;
mod field;
mod fill;
pub mod nets;
mod ops;
mod parse;
mod plan;
mod raster;
mod render;
mod rows;
mod scenes;
mod select;
mod watch;

pub use context::{Context, Finds};
pub use explain::explain;
pub use facts::Facts;
pub use ops::{Group, OperationInfo};
pub use parse::understand;
pub use plan::{
    Declined, Direction, Op, Params, Pick, Place, Reason, Side, Step, Target, Understanding, VersionName, VersionWord,
};
pub use raster::{Channels, Mask, Raster, RasterError, Samples};
pub use render::{RenderContext, RenderError, render};
pub use scenes::NAMES as SCENES;
pub use select::{smart_select, subject};
pub use watch::{Unwatched, Watch};

/// Every operation that can be done, in the order of a help page.
pub fn operations() -> impl Iterator<Item = &'static OperationInfo> {
    ops::infos()
}
