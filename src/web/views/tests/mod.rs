//! What every page and fragment must hold, asked of the HTML by selector.
//!
//! Rule: a test reads the rendered HTML as a browser would, never the view models.

mod pages;
mod static_files;
mod turn_cards;

use askama::Template;
use scraper::{ElementRef, Html, Selector};

use super::{
    FreshLink, Mode, comments::*, compare::CompareView, drawing::DrawingView, fragments::*, gallery::*, pages::*,
    presets::*, sample, tree::*, turn_card::Card,
};
use crate::{
    domain::{access::Standing, ids::PresetId, share::Access, turn::FailureKind, turn::TurnState},
    store::gallery::Found,
};

fn html(template: &impl Template) -> String {
    template.render().unwrap()
}

fn read(template: &impl Template) -> Html {
    Html::parse_document(&html(template))
}

fn select<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    page.select(&Selector::parse(selector).unwrap()).collect()
}

fn one<'a>(page: &'a Html, selector: &str) -> ElementRef<'a> {
    let found = select(page, selector);
    assert_eq!(found.len(), 1, "{selector}");
    found[0]
}

fn text(element: ElementRef<'_>) -> String {
    element
        .text()
        .collect::<String>()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// One turn in every state and of every kind of failure.
fn turns() -> Vec<super::TurnView> {
    let mut turns = vec![
        sample::done(1, "Ana", "make it warmer", 1, &[2]),
        sample::turn(2, "Ben", "sharper", TurnState::Queued),
        sample::turn(
            3,
            "Ben",
            "sharper",
            TurnState::Running {
                started_at: sample::NOW,
            },
        ),
        sample::turn(4, "Ben", "sharper", TurnState::Cancelled),
        sample::done(5, "Ana", "undo", 2, &[]),
    ];
    turns[4].moved_to = Some(sample::version(1));
    turns.extend(
        (6..)
            .zip(FailureKind::ALL)
            .map(|(place, kind)| sample::failed(place, kind)),
    );
    turns
}

/// Every page, and every fragment as if it were one, each with a name for messages.
fn everything() -> Vec<(&'static str, String)> {
    let site = sample::site();
    let mut locked = site.clone();
    locked.mode = Mode::Password;
    locked.exposed_open = true;
    let mut state = sample::state(Standing::Owner, turns());
    state.references = vec![sample::version(2), sample::version(3)];
    state.earlier = Some(1);
    state.stage.redo = Some(sample::version_id(5));
    state.stage.path_left_out = 12;
    let mut watched = state.clone();
    watched.standing = Standing::Viewer;
    let session = &state.session;
    let sessions = [
        sample::summary("Harbour", Standing::Owner),
        sample::summary("Dogs", Standing::Viewer),
    ];
    let fresh = FreshLink {
        url: "http://192.0.2.1/join/secret".into(),
        access: Access::View,
        expires_at: None,
    };
    let panel = || {
        let shares = [sample::share(1, Access::View), sample::share(2, Access::Edit)];
        SharePanel::new(
            session,
            &shares,
            Some(&fresh),
            Some("Choose what it allows."),
            sample::NOW,
        )
    };
    let versions: Vec<_> = (1..=5).map(sample::version).collect();
    let compare = CompareView::new(session, &versions, &versions[0], &versions[3]);
    let drawing = DrawingView::new(&versions[2], state.fresh_client_id);
    let tree = TreeState {
        asked: [(versions[1].id, "make it warmer".to_owned())].into(),
        versions,
        selected: sample::version_id(4),
        squash: Some(3),
        fresh_client_id: state.fresh_client_id,
    };
    let tree = TreeView::new(session, &tree).unwrap();
    let found = |number: u32, asked: &str| Found {
        version: sample::version(number),
        title: "Harbour".to_owned(),
        asked: asked.to_owned(),
        person: if asked.is_empty() {
            String::new()
        } else {
            "Ana".to_owned()
        },
    };
    let mut gallery = GalleryState {
        searched: Searched::default(),
        found: vec![
            (found(3, "make it warmer"), Standing::Owner),
            (found(1, ""), Standing::Viewer),
        ],
        next: Some(sample::version_id(1)),
        is_first: false,
        people: vec!["Ana".to_owned()],
        backends: vec![("embedded".to_owned(), "Built-in engine".to_owned())],
        targets: vec![session.clone()],
    };
    let full = html(&GalleryPage::new(&site, &gallery));
    gallery.found.clear();
    gallery.searched.person = Some("Ana".to_owned());
    let doomed = [(session.clone(), 3)];
    let own = crate::web::presets::LIBRARY[2].preset.clone();
    let mut presets = PresetState {
        session: Some(session.id),
        own: vec![(PresetId::new(uuid::Uuid::from_u128(9)), own)],
        is_shared: true,
    };
    let preset_panel = html(&PresetPage::new(&site, &presets).into_fragment());
    presets.session = None;
    let talk = Talk::new(&sample::comments(Standing::Owner));
    let news = CommentsNews::new(session.id, &sample::comments_news());
    vec![
        (
            "comments",
            html(&talk.clone().into_page(&site, session, Standing::Owner)),
        ),
        ("comments alone", html(&talk.clone().into_fragment())),
        ("comments answered", html(&talk.into_answer())),
        ("news of a comment", html(&news)),
        ("presets", html(&PresetPage::new(&site, &presets))),
        ("presets alone", preset_panel),
        ("gallery", full),
        ("gallery without finds", html(&GalleryPage::new(&site, &gallery))),
        ("sessions to delete", html(&DeletePage::new(&site, &doomed, &doomed))),
        ("sessions of others", html(&DeletePage::new(&site, &[], &doomed))),
        ("compare", html(&compare.clone().into_page(&site, session))),
        ("compare alone", html(&compare.into_fragment())),
        ("region", html(&drawing.clone().into_page(&site, session))),
        ("points", html(&drawing.clone().into_pins_page(&site, session))),
        ("points alone", html(&drawing.clone().into_pin_board())),
        ("region tools", html(&drawing.into_fragment())),
        ("tree", html(&tree.clone().into_page(&site, session))),
        ("tree alone", html(&tree.into_fragment())),
        ("home", html(&Home::new(&site, &sessions[..1], &sessions[1..]))),
        ("empty home", html(&Home::new(&locked, &[], &[]))),
        ("session", html(&SessionPage::new(&site, &state))),
        ("watched session", html(&SessionPage::new(&site, &watched))),
        ("share", html(&SharePage::new(&site, session, panel()))),
        (
            "sign-in",
            html(&SignIn::new(&locked, Some("That is not the password."))),
        ),
        ("error", html(&ErrorPage::new(&locked, 404, None, Some("0199")))),
        ("share panel", html(&panel())),
        ("stage", html(&Stage::new(session, &state.stage))),
        ("head", html(&SessionHead::new(session))),
        ("turn", html(&TurnCard::new(&state.turns[0]))),
        ("earlier", html(&EarlierTurns::new(session, &turns(), Some(3)))),
        ("reference", html(&ReferenceTile::new(&sample::version(2)))),
        ("notice", html(&Notice::new("No."))),
        ("composer error", html(&ComposerError::new("No."))),
    ]
}

/// The blank card is the turn's own template.
#[test]
fn the_card_being_sent_is_the_same_template_as_any_other() {
    let blank = Card::sending(sample::session("x").id, "Ana");
    assert_eq!((blank.state, blank.results.len()), ("sending", 0));
    let page = html(&SessionPage::new(
        &sample::site(),
        &sample::state(Standing::Editor, vec![]),
    ));
    let (_, template) = page.split_once("<template id=\"sending-card\">").unwrap();
    let card = Html::parse_fragment(template.split_once("</template>").unwrap().0);
    assert_eq!(one(&card, "article").value().attr("id"), Some("turn-sending"));
    assert_eq!(one(&card, "article").value().attr("data-state"), Some("sending"));
    assert_eq!(select(&card, "button[data-abort]").len(), 1);
    assert!(select(&card, "form").is_empty(), "the server doesn't know it yet");
}
