//! Presets: the library that is part of the program, and what people save, exchange and delete themselves.
//!
//! Rule: what somebody saved is theirs, with a shared password the team's; for everybody else it doesn't exist. A preset only
//! fills the composer: nothing is sent before its person sends it.

use std::sync::LazyLock;

use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    error::{WebError, wants_fragment},
    fields::{Fields, Query},
    page::Page,
    views::presets::{PresetPage, PresetState},
    visit::{Visit, cookie_header},
};
use crate::{
    app::App,
    domain::{
        ids::{PresetId, SessionId},
        preset::{self, Preset, PresetError, Written},
        session::Owner,
    },
    random,
    store::presets::MOST,
};

/// The largest file of presets, as a form sends it, in bytes.
pub const FILE_BYTES: usize = 1024 * 1024;

/// A preset of our own.
#[derive(Debug, Clone, Deserialize)]
pub struct Ours {
    /// What addresses call it.
    pub id: String,
    /// The preset.
    #[serde(flatten)]
    pub preset: Preset,
}

/// The library, in the order it is shown.
pub static LIBRARY: LazyLock<Vec<Ours>> =
    LazyLock::new(|| serde_json::from_str(include_str!("presets.json")).expect("our own file, read by a test"));

/// `GET /presets?s=…`: the list; with a session to come from, each leads back to its composer.
///
/// # Errors
/// When the store fails.
pub async fn show(
    State(app): State<App>,
    visit: Visit,
    headers: HeaderMap,
    Query(query): Query,
) -> Result<Response, WebError> {
    panel(&app, &visit, &headers, session(&query)).await
}

/// `POST /presets`: saves one's own.
///
/// # Errors
/// In words about what is missing.
pub async fn save(
    State(app): State<App>,
    mut visit: Visit,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, WebError> {
    let text = |name| fields.get(name).unwrap_or_default().to_owned();
    let ratio = fields.get("ratio").filter(|ratio| !ratio.is_empty());
    let ratio = ratio.map(str::parse).transpose();
    let pictures = text("pictures");
    let pictures = pictures.split(',').map(str::trim).filter(|name| !name.is_empty());
    let written = Written {
        name: text("name"),
        text: text("text"),
        pictures: pictures.map(str::to_owned).collect(),
        ratio: ratio.map_err(|_| WebError::invalid("ratio", "A ratio is two numbers, like 16:9."))?,
    };
    let preset = Preset::try_from(written).map_err(refused)?;
    let cookie = keep(&app, &mut visit, vec![preset]).await?;
    let answer = changed(&app, &visit, &headers, session(&fields)).await?;
    Ok((cookie_header(cookie), answer).into_response())
}

/// `POST /presets/import`: adds those of a file, all or none.
///
/// # Errors
/// In words about the file.
pub async fn import(
    State(app): State<App>,
    mut visit: Visit,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, WebError> {
    let presets = preset::of_file(fields.get("json").unwrap_or_default()).map_err(refused)?;
    let cookie = keep(&app, &mut visit, presets).await?;
    let answer = changed(&app, &visit, &headers, session(&fields)).await?;
    Ok((cookie_header(cookie), answer).into_response())
}

/// `GET /presets/export`: one's own as a file.
///
/// # Errors
/// When the store fails.
pub async fn export(State(app): State<App>, visit: Visit) -> Result<Response, WebError> {
    let own: Vec<Preset> = own(&app, &visit).await?.into_iter().map(|(_, preset)| preset).collect();
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"plantain-presets.json\""),
        ),
    ];
    Ok((headers, preset::to_file(&own).map_err(WebError::internal)?).into_response())
}

/// `POST /presets/{preset}/delete`
///
/// # Errors
/// Not found, also for somebody else's.
pub async fn delete(
    State(app): State<App>,
    visit: Visit,
    Path(id): Path<String>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, WebError> {
    let id: PresetId = super::visit::parse(&id)?;
    let owner = owner(&visit).ok_or_else(WebError::not_found)?;
    if !app.store.delete_preset(owner, id).await? {
        return Err(WebError::not_found());
    }
    changed(&app, &visit, &headers, session(&fields)).await
}

/// The preset of this name, from the library or the visitor's own.
///
/// # Errors
/// When the store fails.
pub async fn find(app: &App, visit: &Visit, id: &str) -> Result<Option<Preset>, WebError> {
    if let Some(ours) = LIBRARY.iter().find(|ours| ours.id == id) {
        return Ok(Some(ours.preset.clone()));
    }
    let own = own(app, visit).await?;
    Ok(own
        .into_iter()
        .find(|(own, _)| own.to_string() == id)
        .map(|(_, preset)| preset))
}

async fn own(app: &App, visit: &Visit) -> Result<Vec<(PresetId, Preset)>, WebError> {
    match owner(visit) {
        Some(owner) => Ok(app.store.presets(owner).await?),
        None => Ok(Vec::new()),
    }
}

/// Whose presets a visitor has: the team's when they know its password, else their own.
fn owner(visit: &Visit) -> Option<Owner> {
    let visitor = visit.visitor.as_ref()?;
    Some(if visitor.member {
        Owner::Team
    } else {
        Owner::Visitor(visitor.id)
    })
}

/// Keeps them for the visitor, who in open mode may be somebody new.
async fn keep(app: &App, visit: &mut Visit, presets: Vec<Preset>) -> Result<Option<HeaderValue>, WebError> {
    if visit.visitor.is_none() {
        visit.may_begin(app)?;
    }
    let (visitor, cookie) = visit.as_visitor(app).await?;
    let now = app.clock.now();
    let presets = presets
        .into_iter()
        .map(|preset| (PresetId::new(random::uuid(now)), preset));
    let owner = owner(visit).unwrap_or(Owner::Visitor(visitor));
    if app
        .store
        .insert_presets(owner, &presets.collect::<Vec<_>>(), now)
        .await?
    {
        return Ok(cookie);
    }
    let words = format!("There is room for {MOST} presets. Delete some first.");
    Err(WebError::invalid("name", words))
}

fn refused(error: PresetError) -> WebError {
    let field = match error {
        PresetError::Name => "name",
        PresetError::Text => "text",
        PresetError::Pictures => "pictures",
        PresetError::File | PresetError::TooMany => "json",
    };
    WebError::invalid(field, error.to_string())
}

fn session(fields: &Fields) -> Option<SessionId> {
    fields.get("s").and_then(|id| id.parse().ok())
}

async fn changed(
    app: &App,
    visit: &Visit,
    headers: &HeaderMap,
    session: Option<SessionId>,
) -> Result<Response, WebError> {
    if wants_fragment(headers) {
        return panel(app, visit, headers, session).await;
    }
    let back = session.map_or_else(|| "/presets".to_owned(), |session| format!("/presets?s={session}"));
    Ok(Redirect::to(&back).into_response())
}

async fn panel(
    app: &App,
    visit: &Visit,
    headers: &HeaderMap,
    session: Option<SessionId>,
) -> Result<Response, WebError> {
    let state = PresetState {
        session,
        own: own(app, visit).await?,
        is_shared: owner(visit) == Some(Owner::Team),
    };
    let page = PresetPage::new(&visit.site(app), &state);
    if wants_fragment(headers) {
        return Ok(Page(page.into_fragment()).into_response());
    }
    Ok(Page(page).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ui_4_2_every_preset_of_ours_has_a_blank_and_says_which_pictures_it_speaks_of() {
        assert_eq!(LIBRARY.len(), 8);
        for ours in LIBRARY.iter() {
            let (text, pictures) = (ours.preset.text(), ours.preset.pictures());
            assert!(
                text.contains('[') && text.matches('[').count() == text.matches(']').count(),
                "{text}"
            );
            assert!(
                ours.id.parse::<PresetId>().is_err(),
                "{} is never taken for somebody's",
                ours.id
            );
            for number in 2..=9 {
                assert_eq!(
                    text.contains(&format!("image {number}")),
                    pictures.len() + 2 > number,
                    "{text}"
                );
            }
        }
    }
}
