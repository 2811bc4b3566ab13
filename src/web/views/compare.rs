//! Two versions beside each other: the page, and the part of it that is laid over the stage.
//!
//! Rule: the first version gives the frame, and when sizes differ a line says so. Called by `web::compare`.

use askama::Template;

use super::{
    fragments::HeadView,
    picture::{self, Thumb},
    state::Site,
    words,
};
use crate::domain::{session::Session, version::Version};
use crate::web::languages::say;

/// The page, which works without scripts.
#[derive(Debug, Template)]
#[template(path = "pages/compare.html")]
pub struct ComparePage {
    site: Site,
    head: HeadView,
    compare: CompareView,
}

/// `<image-compare id="compare">` alone.
#[derive(Debug, Template)]
#[template(path = "fragments/compare.html")]
pub struct Compare {
    compare: CompareView,
}

/// What the comparison prints.
#[derive(Debug, Clone)]
pub struct CompareView {
    session: String,
    before: Side,
    after: Side,
    /// Said when their sizes differ.
    sizes: Option<String>,
    choices: Vec<Choice>,
}

/// One of the two.
#[derive(Debug, Clone)]
struct Side {
    thumb: Thumb,
    src: String,
    srcset: String,
    width: u32,
    height: u32,
}

/// A version to choose.
#[derive(Debug, Clone)]
struct Choice {
    version: String,
    number: u32,
}

impl CompareView {
    /// `before` and `after` out of `all` versions of the session.
    #[must_use]
    pub fn new(session: &Session, all: &[Version], before: &Version, after: &Version) -> Self {
        let choice = |version: &Version| Choice {
            version: version.id.to_string(),
            number: version.number,
        };
        Self {
            session: session.id.to_string(),
            sizes: sizes(before, after),
            before: Side::new(before),
            after: Side::new(after),
            choices: all.iter().map(choice).collect(),
        }
    }

    /// The part that is laid over the stage.
    #[must_use]
    pub const fn into_fragment(self) -> Compare {
        Compare { compare: self }
    }

    /// The page around it.
    #[must_use]
    pub fn into_page(self, site: &Site, session: &Session) -> ComparePage {
        ComparePage {
            site: site.clone(),
            head: HeadView::new(session),
            compare: self,
        }
    }
}

impl Side {
    fn new(version: &Version) -> Self {
        Self {
            thumb: Thumb::of(version),
            src: picture::rendition(version.session, version.id, picture::RENDITIONS[2]),
            srcset: picture::srcset(version),
            width: version.blob.dimensions.width,
            height: version.blob.dimensions.height,
        }
    }
}

fn sizes(before: &Version, after: &Version) -> Option<String> {
    let (a, b) = (before.blob.dimensions, after.blob.dimensions);
    (a != b).then(|| {
        let said = say("compare-sizes")
            .with("before", before.number)
            .with("size", words::size(a));
        said.with("after", after.number).with("other", words::size(b)).into()
    })
}
