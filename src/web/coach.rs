//! The prompt coach: advice on words that are about to be sent.
//!
//! Rule: nothing is kept and no word is changed; with "take" the person puts in what was offered. The same form that
//! sends a turn asks here, so that without scripts the page comes back with everything that was typed.

use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse as _, Response},
};

use super::{
    error::{WebError, wants_fragment},
    fields::{Fields, Query},
    gather::{self, Wish},
    page::Page,
    views::{coach::CoachPanel, pages::SessionPage},
    visit::{Entered, Visit},
};
use crate::{
    app::App,
    backends::embedded::{
        Embedded,
        foresee::{foresee, subject_share},
    },
    domain::{
        access::Action,
        coach::{Draft, Foreseen, Look, Service, advise, source_line},
        ids::VersionId,
        instruction::Instruction,
        options::Options,
        version::{Origin, Version},
    },
};

/// The copy on which the main thing is looked for.
const SUBJECT_SIDE: u32 = 192;

/// `GET /s/{session}/coach?instruction=…`: the panel.
///
/// # Errors
/// Not found or forbidden.
pub async fn show(
    State(app): State<App>,
    visit: Visit,
    Path(session): Path<String>,
    Query(query): Query,
) -> Result<Response, WebError> {
    let entered = visit.enter(&app, &session, Action::Edit).await?;
    Ok(Page(panel(&app, &entered, &query).await?).into_response())
}

/// `POST /s/{session}/coach`: the panel for a script, else the page with the words that were typed and the panel open.
///
/// # Errors
/// Not found or forbidden.
pub async fn ask(
    State(app): State<App>,
    visit: Visit,
    Path(session): Path<String>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, WebError> {
    let entered = visit.enter(&app, &session, Action::Edit).await?;
    let panel = panel(&app, &entered, &fields).await?;
    if wants_fragment(&headers) {
        return Ok(Page(panel).into_response());
    }
    let wish = Wish {
        version: base(&app, &entered, &fields).await?.map(|version| version.id),
        references: fields.all("references").filter_map(|id| id.parse().ok()).collect(),
        text: Some(words_of(&fields)),
        chosen: Some((
            fields.get("backend").map(str::to_owned),
            Options::of_form(|name| fields.get(name)).unwrap_or_default(),
        )),
        ..Wish::default()
    };
    let state = gather::session_state(&app, entered, wish).await?;
    let page = SessionPage::new(&visit.site(&app), &state).with_coach(panel);
    Ok(Page(page).into_response())
}

/// What was typed, or what was offered and taken; never more than an instruction may have.
fn words_of(fields: &Fields) -> String {
    let words = fields
        .get("take")
        .or_else(|| fields.get("instruction"))
        .unwrap_or_default();
    words.chars().take(Instruction::MAX_CHARS).collect()
}

async fn base(app: &App, entered: &Entered, fields: &Fields) -> Result<Option<Version>, WebError> {
    let wanted = fields.get("base").and_then(|id| id.parse::<VersionId>().ok());
    let id = wanted.unwrap_or(entered.session.head);
    Ok(app.store.version(entered.session.id, id).await?)
}

async fn panel(app: &App, entered: &Entered, fields: &Fields) -> Result<CoachPanel, WebError> {
    let base = base(app, entered, fields).await?.ok_or_else(WebError::not_found)?;
    let text = words_of(fields);
    let attached = count(fields.all("references").count());
    let region = fields.get("region").is_some_and(|region| !region.is_empty());
    let infos = app.registry.infos();
    let chosen = fields.get("backend").unwrap_or_default();
    let info = infos.iter().find(|info| info.name == chosen).or_else(|| infos.first());
    let info = info.ok_or_else(|| WebError::internal("no backend at all"))?;
    let foreseen = match info.kind == Embedded::NAME && !text.trim().is_empty() {
        true => Some(foreseen(app, &base, &text, (attached, region)).await?),
        false => None,
    };
    let look = look(app, &base, &text).await;
    let draft = Draft {
        text: &text,
        attached,
        region,
        canvas: base.canvas,
        look,
        service: Service {
            title: &info.title,
            references: info.references,
            regions: info.regions,
            from_words: info.offers.from_words,
            foreseen,
        },
    };
    let would = draft.service.foreseen.as_ref().map(|foreseen| foreseen.done.clone());
    let source = look.and_then(|look| source_line(&look));
    Ok(CoachPanel::new(
        entered.session.id,
        &text,
        &advise(&draft),
        would,
        source,
    ))
}

fn count(pictures: usize) -> u32 {
    u32::try_from(pictures).unwrap_or(u32::MAX)
}

/// What the engine would do, knowing its last instruction on the way here ("stronger" speaks of that).
async fn foreseen(
    app: &App,
    base: &Version,
    text: &str,
    (attached, region): (u32, bool),
) -> Result<Foreseen, WebError> {
    let turn = match base.origin {
        Origin::Turn(turn) => app.store.turn(base.session, turn).await?,
        Origin::Upload => None,
    };
    let before = turn
        .iter()
        .filter(|turn| turn.backend == Embedded::NAME)
        .map(|turn| (turn.instruction.as_str(), count(turn.references.len())))
        .next();
    Ok(foresee(text, before, attached, region, &app.models))
}

/// What the picture is like. Advice is no reason to fail: what can't be measured now is left out.
async fn look(app: &App, base: &Version, text: &str) -> Option<Look> {
    if base.canvas {
        return None;
    }
    let measures = app.blobs.measure(&base.blob).await.ok()?;
    let subject = match crate::domain::coach::names_a_thing(text) {
        true => subject(app, base).await,
        false => None,
    };
    Some(Look {
        size: base.blob.dimensions,
        blur: measures.blur,
        middle: measures.middle,
        high: measures.high,
        subject,
    })
}

async fn subject(app: &App, base: &Version) -> Option<f32> {
    let pixels = app.blobs.decode_within(&base.blob, SUBJECT_SIDE).await.ok()?;
    let bytes = u64::from(SUBJECT_SIDE) * u64::from(SUBJECT_SIDE) * 64;
    let work = move |_| Ok(subject_share(pixels));
    let found = app.blobs.compute(bytes, crate::blobs::BlobStore::DEADLINE, work).await;
    found.ok().flatten()
}
