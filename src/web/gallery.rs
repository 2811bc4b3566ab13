//! The gallery: every picture that a visitor may see, newest first, with a search; and what is done to several at once.
//!
//! Rule: a picture is shown when `authorize` lets its session be seen, and a chosen one is asked for by the right that the deed
//! needs, each by itself. Versions aren't deleted one by one: deleting puts whole sessions in the trash, and asks first.

use std::collections::{HashMap, hash_map::Entry};

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};

use super::{
    audit::Event,
    error::WebError,
    export,
    fields::{Fields, Query},
    page::Page,
    views::{
        gallery::{DeletePage, GalleryPage, GalleryState, Searched},
        pages::MAX_REFERENCES,
    },
    visit::{Entered, Visit, parse},
};
use crate::{
    app::App,
    blobs::SPACE_FLOOR,
    domain::{
        access::{Action, Standing, authorize},
        ids::{SessionId, VersionId},
        search::Words,
        session::{Owner, Session},
        time::Moment,
        version::Version,
    },
    store::{
        gallery::{Filter, Scope},
        sessions::Shelf,
    },
};

/// Pictures on one page.
const PER_PAGE: usize = 48;
/// Sessions offered to take a reference.
const TARGETS: usize = 50;

/// `GET /gallery?q=…&by=…&backend=…&starred=1&from=…&until=…&before=…`
///
/// # Errors
/// When the store fails.
pub async fn show(State(app): State<App>, visit: Visit, Query(query): Query) -> Result<Response, WebError> {
    if app.password.is_some() && !visit.visitor.as_ref().is_some_and(|visitor| visitor.member) {
        return Ok(Redirect::to("/sign-in").into_response());
    }
    let scope = scope(&app, &visit).await?;
    let searched = Searched::of(|name| query.get(name).map(str::trim).filter(|value| !value.is_empty()));
    let before: Option<VersionId> = query.get("before").map(parse).transpose()?;
    let filter = filter(&searched);
    // Signs alone are no words, and nothing has none.
    let nothing = searched.words.is_some() && filter.words.is_none();
    let limit = u32::try_from(PER_PAGE + 1).unwrap_or(u32::MAX);
    let mut found = match nothing {
        true => Vec::new(),
        false => app.store.gallery(&scope, &filter, before, limit).await?,
    };
    let more = found.len() > PER_PAGE;
    found.truncate(PER_PAGE);
    let next = found.last().filter(|_| more).map(|last| last.version.id);
    let standings = standings(&app, &visit, found.iter().map(|found| found.version.session)).await?;
    let seen = found.into_iter().filter_map(|found| {
        let standing = *standings.get(&found.version.session)?;
        authorize(standing, Action::See).is_ok().then_some((found, standing))
    });
    let state = GalleryState {
        found: seen.collect(),
        next,
        is_first: before.is_none(),
        people: app.store.gallery_people(&scope).await?,
        backends: app
            .registry
            .infos()
            .iter()
            .map(|info| (info.name.clone(), info.title.clone()))
            .collect(),
        targets: targets(&app, &visit).await?,
        searched,
    };
    Ok(Page(GalleryPage::new(&visit.site(&app), &state)).into_response())
}

/// Whose pictures somebody looks for: their own, the team's, and those of sessions they were sent links to.
async fn scope(app: &App, visit: &Visit) -> Result<Scope, WebError> {
    let Some(visitor) = &visit.visitor else {
        return Ok(Scope::default());
    };
    let mut owners = vec![Owner::Visitor(visitor.id)];
    if visitor.member {
        owners.push(Owner::Team);
    }
    let shared = app
        .store
        .shared_with(visitor.id, visitor.member, app.clock.now())
        .await?;
    Ok(Scope { owners, shared })
}

fn filter(searched: &Searched) -> Filter {
    let day = |text: &Option<String>| text.as_deref().and_then(Moment::of_date);
    Filter {
        words: searched.words.as_deref().and_then(Words::parse),
        person: searched.person.clone(),
        backend: searched.backend.clone(),
        starred: searched.starred,
        from: day(&searched.from),
        until: day(&searched.until).map(|day| day.plus_days(1)),
    }
}

async fn standings(
    app: &App,
    visit: &Visit,
    sessions: impl Iterator<Item = SessionId>,
) -> Result<HashMap<SessionId, Standing>, WebError> {
    let mut standings = HashMap::new();
    for session in sessions {
        if let Entry::Vacant(unknown) = standings.entry(session) {
            unknown.insert(visit.standing(app, session).await?);
        }
    }
    Ok(standings)
}

async fn targets(app: &App, visit: &Visit) -> Result<Vec<Session>, WebError> {
    let Some(visitor) = &visit.visitor else {
        return Ok(Vec::new());
    };
    let now = app.clock.now();
    let sessions = app
        .store
        .sessions_of(visitor.id, visitor.member, Shelf::Current, now)
        .await?;
    let editable = sessions
        .into_iter()
        .filter(|(_, standing)| authorize(*standing, Action::Edit).is_ok());
    Ok(editable.map(|(session, _)| session).take(TARGETS).collect())
}

/// `POST /gallery/zip`: the chosen pictures.
///
/// # Errors
/// Not found or forbidden, if any of them is.
pub async fn zip(State(app): State<App>, visit: Visit, fields: Fields) -> Result<Response, WebError> {
    let chosen = chosen(&app, &visit, &fields, Action::Download).await?;
    let mut noted = Vec::new();
    for (entered, _) in &chosen {
        let session = entered.session.id;
        if !noted.contains(&session) {
            app.audit.note(app.clock.now(), &visit, Event::Exported { session });
            noted.push(session);
        }
    }
    let files = chosen
        .into_iter()
        .map(|(entered, version)| (entered.session.title, version));
    Ok(export::chosen(&app, files))
}

/// `POST /gallery/reference`: the chosen pictures become references in a session.
///
/// # Errors
/// Not found or forbidden, if that session or any of the pictures is; in words when there are too many.
pub async fn reuse(State(app): State<App>, visit: Visit, fields: Fields) -> Result<Redirect, WebError> {
    let to = fields.get("to").filter(|to| !to.is_empty());
    let to = to.ok_or_else(|| WebError::invalid("to", "Choose the session that shall have them."))?;
    let to = visit.enter(&app, to, Action::Edit).await?.session.id;
    let chosen = chosen(&app, &visit, &fields, Action::Download).await?;
    if chosen.len() > MAX_REFERENCES as usize {
        let words = format!("A turn takes at most {MAX_REFERENCES} references. Choose fewer.");
        return Err(WebError::invalid("pick", words));
    }
    if !app.blobs.check_space(SPACE_FLOOR)? {
        return Err(WebError::no_space());
    }
    let mut page = format!("/s/{to}");
    for (at, (entered, version)) in chosen.iter().enumerate() {
        // What is there already need not come again.
        let id = match entered.session.id == to {
            true => version.id,
            false => app.turns.reuse(to, version).await?.id,
        };
        page.push_str(&format!("{}ref={id}", if at == 0 { '?' } else { '&' }));
    }
    Ok(Redirect::to(&page))
}

/// `POST /gallery/delete`: asks which sessions shall go (`pick`), or puts them in the trash (`session`, with `sure`).
///
/// # Errors
/// Not found or forbidden, if any of them is.
pub async fn delete(State(app): State<App>, visit: Visit, fields: Fields) -> Result<Response, WebError> {
    if fields.get("sure").is_none() {
        return ask_first(&app, &visit, &fields).await;
    }
    let mut sessions = Vec::new();
    for session in fields.all("session").take(PER_PAGE) {
        sessions.push(visit.enter(&app, session, Action::Manage).await?.session.id);
    }
    for session in sessions {
        app.turns.trash(session).await?;
        app.audit.note(app.clock.now(), &visit, Event::Deleted { session });
    }
    Ok(Redirect::to("/gallery").into_response())
}

async fn ask_first(app: &App, visit: &Visit, fields: &Fields) -> Result<Response, WebError> {
    let chosen = chosen(app, visit, fields, Action::See).await?;
    let (mut own, mut others) = (Vec::new(), Vec::new());
    for (entered, _) in chosen {
        let Entered { session, standing } = entered;
        let list = match authorize(standing, Action::Manage) {
            Ok(()) => &mut own,
            Err(_) => &mut others,
        };
        if list.iter().all(|(known, _): &(Session, u32)| known.id != session.id) {
            let versions = app.store.version_count(session.id).await?;
            list.push((session, versions));
        }
    }
    Ok(Page(DeletePage::new(&visit.site(app), &own, &others)).into_response())
}

/// The pictures that a form names as `pick=session.version`, each with its session, if the visitor may do this with all of them.
async fn chosen(
    app: &App,
    visit: &Visit,
    fields: &Fields,
    action: Action,
) -> Result<Vec<(Entered, Version)>, WebError> {
    let mut chosen: Vec<(Entered, Version)> = Vec::new();
    for pick in fields.all("pick") {
        if chosen.len() == PER_PAGE {
            return Err(WebError::invalid(
                "pick",
                format!("Choose at most {PER_PAGE} pictures at once."),
            ));
        }
        let (session, version) = pick.split_once('.').ok_or_else(WebError::not_found)?;
        let entered = visit.enter(app, session, action).await?;
        let version = app.store.version(entered.session.id, parse(version)?).await?;
        chosen.push((entered, version.ok_or_else(WebError::not_found)?));
    }
    if chosen.is_empty() {
        return Err(WebError::invalid("pick", "Choose at least one picture first."));
    }
    Ok(chosen)
}
