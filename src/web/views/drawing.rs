//! The tools that draw a region over a version and set points on it, and the pages that do with numbers.
//!
//! Rule: what a tool is called is written here in HTML, what it does in `mask-brush.js` and `pin-board.js`. Called by
//! `web::drawing`.

use askama::Template;

use super::{
    fragments::HeadView,
    picture::{self, Thumb},
    state::Site,
};
use crate::domain::{ids::ClientId, instruction::Instruction, session::Session, version::Version};
use crate::web::languages::say;

/// The page, which works without scripts.
#[derive(Debug, Template)]
#[template(path = "pages/region.html")]
pub struct DrawingPage {
    site: Site,
    head: HeadView,
    drawing: DrawingView,
}

/// `<mask-brush id="mask-brush">`.
#[derive(Debug, Template)]
#[template(path = "fragments/mask_brush.html")]
pub struct Drawing {
    drawing: DrawingView,
}

/// The page with points in numbers, which works without scripts.
#[derive(Debug, Template)]
#[template(path = "pages/pins.html")]
pub struct PinsPage {
    site: Site,
    head: HeadView,
    drawing: DrawingView,
}

/// `<pin-board id="pin-board">`.
#[derive(Debug, Template)]
#[template(path = "fragments/pin_board.html")]
pub struct PinBoard {
    drawing: DrawingView,
}

/// What all of them print.
#[derive(Debug, Clone)]
pub struct DrawingView {
    session: String,
    thumb: Thumb,
    src: String,
    srcset: String,
    width: u32,
    height: u32,
    client_id: String,
    max_chars: usize,
}

impl DrawingView {
    /// Over `version`; `client_id` is what a turn sent from the page is called.
    #[must_use]
    pub fn new(version: &Version, client_id: ClientId) -> Self {
        Self {
            session: version.session.to_string(),
            thumb: Thumb::of(version),
            src: picture::rendition(version.session, version.id, picture::RENDITIONS[2]),
            srcset: picture::srcset(version),
            width: version.blob.dimensions.width,
            height: version.blob.dimensions.height,
            client_id: client_id.to_string(),
            max_chars: Instruction::MAX_CHARS,
        }
    }

    /// The tools alone.
    #[must_use]
    pub const fn into_fragment(self) -> Drawing {
        Drawing { drawing: self }
    }

    /// The page with a rectangle in numbers.
    #[must_use]
    pub fn into_page(self, site: &Site, session: &Session) -> DrawingPage {
        DrawingPage {
            site: site.clone(),
            head: HeadView::new(session),
            drawing: self,
        }
    }

    /// The board for points alone.
    #[must_use]
    pub const fn into_pin_board(self) -> PinBoard {
        PinBoard { drawing: self }
    }

    /// The page with points in numbers.
    #[must_use]
    pub fn into_pins_page(self, site: &Site, session: &Session) -> PinsPage {
        PinsPage {
            site: site.clone(),
            head: HeadView::new(session),
            drawing: self,
        }
    }
}
