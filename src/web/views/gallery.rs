//! The gallery: pictures in justified rows, a search with filters, and what can be done to those that are ticked.
//!
//! Rule: every picture's shape is one of [`SHAPES`], a class of the style sheet, because no page carries styles of its own.
//! Called by `web::gallery`.

use askama::Template;
use url::form_urlencoded::Serializer;

use super::{
    picture::Thumb,
    state::Site,
    words::{self, When},
};
use crate::web::languages::{say, told};
use crate::{
    domain::{
        access::{Action, Standing, authorize},
        ids::VersionId,
        session::Session,
    },
    store::gallery::Found,
};

/// Width to height in hundredths, as the style sheet knows them: `.w-133`.
pub const SHAPES: [u32; 18] = [
    42, 50, 56, 62, 67, 75, 80, 90, 100, 112, 125, 133, 150, 167, 178, 200, 240, 300,
];

/// What was looked for, as it was typed.
#[derive(Debug, Clone, Default)]
pub struct Searched {
    /// The words.
    pub words: Option<String>,
    /// Somebody's name.
    pub person: Option<String>,
    /// A backend's name.
    pub backend: Option<String>,
    /// Only starred ones.
    pub starred: bool,
    /// The first day.
    pub from: Option<String>,
    /// The last day.
    pub until: Option<String>,
}

/// What handlers hand in.
#[derive(Debug, Clone)]
pub struct GalleryState {
    /// What was looked for.
    pub searched: Searched,
    /// What was found, with what the visitor is to its session.
    pub found: Vec<(Found, Standing)>,
    /// The last of them, when there are more.
    pub next: Option<VersionId>,
    /// Whether this is the page of the newest.
    pub is_first: bool,
    /// Names to filter by.
    pub people: Vec<String>,
    /// Backends to filter by: name and title.
    pub backends: Vec<(String, String)>,
    /// Sessions that may take references.
    pub targets: Vec<Session>,
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "pages/gallery.html")]
pub struct GalleryPage {
    site: Site,
    words: String,
    people: Vec<Choice>,
    backends: Vec<Choice>,
    starred: bool,
    from: String,
    until: String,
    is_narrowed: bool,
    is_searched: bool,
    photos: Vec<Photo>,
    older: Option<String>,
    newest: Option<String>,
    targets: Vec<Choice>,
}

#[derive(Debug)]
struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

#[derive(Debug)]
struct Photo {
    thumb: Thumb,
    shape: u32,
    alt: String,
    title: String,
    words: String,
    by: Option<String>,
    when: When,
    pick: Option<String>,
}

impl Searched {
    /// Reads it with what gives the value of a name.
    #[must_use]
    pub fn of<'f>(field: impl Fn(&'static str) -> Option<&'f str>) -> Self {
        let text = |name| field(name).map(str::to_owned);
        Self {
            words: text("q"),
            person: text("by"),
            backend: text("backend"),
            starred: field("starred").is_some(),
            from: text("from"),
            until: text("until"),
        }
    }

    fn fields(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let texts = [
            ("q", &self.words),
            ("by", &self.person),
            ("backend", &self.backend),
            ("from", &self.from),
            ("until", &self.until),
        ];
        let texts = texts
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.as_deref()?)));
        texts.chain(self.starred.then_some(("starred", "1")))
    }

    /// The address of the page that looks for this.
    fn href(&self, before: Option<VersionId>) -> String {
        let mut query = Serializer::new(String::new());
        query.extend_pairs(self.fields());
        if let Some(before) = before {
            query.append_pair("before", &before.to_string());
        }
        let query = query.finish();
        format!("/gallery{}{query}", if query.is_empty() { "" } else { "?" })
    }
}

impl GalleryPage {
    /// The page as `state` has it.
    #[must_use]
    pub fn new(site: &Site, state: &GalleryState) -> Self {
        let searched = &state.searched;
        let choices = |all: Vec<(String, String)>, chosen: Option<&String>| -> Vec<Choice> {
            let choice = |(value, label): (String, String)| Choice {
                chosen: chosen == Some(&value),
                value,
                label,
            };
            all.into_iter().map(choice).collect()
        };
        let twice = |name: &String| (name.clone(), name.clone());
        let targets = state
            .targets
            .iter()
            .map(|session| (session.id.to_string(), session.title.to_string()));
        let others = |field: &(&str, &str)| field.0 != "q";
        let in_words = |(name, title): &(String, String)| (name.clone(), told(title).into_owned());
        Self {
            site: site.clone(),
            words: searched.words.clone().unwrap_or_default(),
            people: choices(state.people.iter().map(twice).collect(), searched.person.as_ref()),
            backends: choices(state.backends.iter().map(in_words).collect(), searched.backend.as_ref()),
            starred: searched.starred,
            from: searched.from.clone().unwrap_or_default(),
            until: searched.until.clone().unwrap_or_default(),
            is_narrowed: searched.fields().any(|field| others(&field)),
            is_searched: searched.fields().next().is_some(),
            photos: state
                .found
                .iter()
                .map(|(found, standing)| Photo::new(found, *standing))
                .collect(),
            older: state.next.map(|next| searched.href(Some(next))),
            newest: (!state.is_first).then(|| searched.href(None)),
            targets: choices(targets.collect(), None),
        }
    }
}

impl Photo {
    fn new(found: &Found, standing: Standing) -> Self {
        let version = &found.version;
        let (alt, words) = match found.asked.as_str() {
            "" => {
                let alt = say("gallery-alt-came").with("title", found.title.to_string());
                (alt.into(), say("gallery-came").into())
            }
            asked => {
                let (alt, words) = (words::brief(asked, 200), words::brief(asked, 80));
                // What stands below the picture needn't be heard twice.
                (if alt == words { String::new() } else { alt }, words)
            }
        };
        let thumb = Thumb::of(version);
        Self {
            shape: shape(thumb.width, thumb.height),
            alt,
            title: found.title.clone(),
            words,
            by: Some(found.person.clone()).filter(|name| !name.is_empty()),
            when: version.created_at.into(),
            pick: authorize(standing, Action::Download)
                .is_ok()
                .then(|| format!("{}.{}", version.session, version.id)),
            thumb,
        }
    }
}

/// The one of [`SHAPES`] that fits best.
fn shape(width: u32, height: u32) -> u32 {
    let own = f64::from(width.max(1)) / f64::from(height.max(1));
    let off = |shape: u32| (f64::from(shape) / 100.0 / own).ln().abs();
    let best = SHAPES
        .into_iter()
        .min_by(|one, other| off(*one).total_cmp(&off(*other)));
    best.unwrap_or(100)
}

/// Asks whether whole sessions shall go.
#[derive(Debug, Template)]
#[template(path = "pages/gallery_delete.html")]
pub struct DeletePage {
    site: Site,
    own: Vec<Doomed>,
    others: Vec<Doomed>,
}

#[derive(Debug)]
struct Doomed {
    id: String,
    title: String,
    versions: String,
}

impl DeletePage {
    /// The visitor's own sessions, and those that aren't theirs to delete, each with how many versions it has.
    #[must_use]
    pub fn new(site: &Site, own: &[(Session, u32)], others: &[(Session, u32)]) -> Self {
        let doomed = |(session, versions): &(Session, u32)| Doomed {
            id: session.id.to_string(),
            title: session.title.to_string(),
            versions: say("gallery-versions").with("count", versions).into(),
        };
        Self {
            site: site.clone(),
            own: own.iter().map(doomed).collect(),
            others: others.iter().map(doomed).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_is_in_the_style_sheet_and_the_nearest_is_taken() {
        let sheet = include_str!("../../../static/css/gallery.css");
        for of in SHAPES {
            let (whole, part) = (of / 100, of % 100);
            let rule = match whole {
                0 => format!(".w-{of} {{ --w: .{part:02}; }}"),
                _ => format!(".w-{of} {{ --w: {whole}.{part:02}; }}"),
            };
            assert!(sheet.contains(&rule), "{rule}");
        }
        assert_eq!(
            [shape(320, 213), shape(213, 320), shape(320, 1), shape(1, 320)],
            [150, 67, 300, 42]
        );
    }

    #[test]
    fn a_page_further_on_looks_for_the_same() {
        let searched = Searched {
            words: Some("a&b \"c\"".to_owned()),
            starred: true,
            ..Searched::default()
        };
        assert_eq!(searched.href(None), "/gallery?q=a%26b+%22c%22&starred=1");
        assert_eq!(Searched::default().href(None), "/gallery");
    }
}
