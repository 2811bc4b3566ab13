//! Where one version comes from, for those who may see its session: the page, and the same as evidence.
//!
//! Rule: asks the same right as the picture itself; tells who asked for what, since the session's page does.

use std::collections::HashMap;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{
    error::WebError,
    page::Page,
    views::provenance::{Line, Origins, ProvenancePage, by, deeds},
    visit::{Visit, parse},
};
use crate::{
    app::App,
    domain::{
        access::{Action, Standing},
        ids::{TurnId, VersionId},
        turn::Turn,
        version::{Origin, Version},
    },
    store::provenance::Known,
};

/// Versions that the tree shows.
const MOST: usize = 40;

/// `GET /s/{session}/versions/{version}/provenance`
///
/// # Errors
/// Not found.
pub async fn show(
    State(app): State<App>,
    visit: Visit,
    Path((session, version)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let entered = visit.enter(&app, &session, Action::See).await?;
    let id: VersionId = parse(&version)?;
    let all = app.store.versions(entered.session.id).await?;
    let versions: HashMap<VersionId, Version> = all.into_iter().map(|version| (version.id, version)).collect();
    let version = versions.get(&id).ok_or_else(WebError::not_found)?;
    let (chain, turns) = tree(&app, version, &versions).await?;
    let known = app.store.known(id).await?;
    let mark = app.store.mark_if_any(id).await?;
    let turn = turn_of(version, &turns);
    let making = known.made(turn);
    let evidence = evidence(&app, version, turn, &known, mark);
    let came = app.store.found_with(id).await?;
    let origins = Origins {
        version,
        making: making.as_ref(),
        from_words: making
            .as_ref()
            .is_some_and(|making| making.is_from_words(parent_of(version, &versions))),
        author: turn.map(|turn| turn.author.name.as_str()),
        marked: mark.is_some(),
        chain,
        came: came.and_then(|found| serde_json::from_str(&found).ok()),
        evidence,
    };
    let may_edit = entered.standing >= Standing::Editor;
    let page = ProvenancePage::new(&visit.site(&app), &entered.session.title.to_string(), may_edit, origins);
    Ok(Page(page).into_response())
}

/// The versions that one was made from, itself first, each once, as lines; and the turns that made them.
async fn tree(
    app: &App,
    version: &Version,
    versions: &HashMap<VersionId, Version>,
) -> Result<(Vec<Line>, Vec<Turn>), WebError> {
    let makers: Vec<TurnId> = versions.values().filter_map(|version| version.origin.turn()).collect();
    let turns = app.store.turns_by_id(version.session, &makers).await?;
    let (mut lines, mut seen) = (Vec::new(), Vec::new());
    let mut open = vec![(version.id, 0, "")];
    while let Some((id, depth, role)) = open.pop() {
        let Some(one) = versions
            .get(&id)
            .filter(|one| !seen.contains(&one.id) && lines.len() < MOST)
        else {
            continue;
        };
        seen.push(one.id);
        let turn = turn_of(one, &turns);
        let known = app.store.known(one.id).await?;
        let from_words = known
            .made(turn)
            .is_some_and(|making| making.is_from_words(parent_of(one, versions)));
        lines.push(line(one, turn, &known, (depth, role), from_words));
        // The parent is looked at next, so references are put below it.
        let references = turn.into_iter().flat_map(|turn| turn.references.iter().rev());
        for reference in known.inputs.iter().rev().chain(references) {
            open.push((*reference, depth + 1, "made with"));
        }
        let role = if from_words {
            "made from words, on"
        } else {
            "edited from"
        };
        open.extend(one.parent.map(|parent| (parent, depth + 1, role)));
    }
    Ok((lines, turns))
}

fn parent_of<'v>(version: &Version, versions: &'v HashMap<VersionId, Version>) -> Option<&'v Version> {
    version.parent.and_then(|parent| versions.get(&parent))
}

fn line(
    version: &Version,
    turn: Option<&Turn>,
    known: &Known,
    (depth, role): (usize, &'static str),
    from_words: bool,
) -> Line {
    let mut acts: Vec<String> = Vec::new();
    if let Some(turn) = turn {
        acts.push(format!("“{}”, asked by {}", turn.instruction, turn.author.name));
        let making = known.made(Some(turn));
        let agent = making.as_ref().map_or_else(|| turn.backend.clone(), by);
        acts.push(format!("{}: {}", agent, deeds(making.as_ref(), from_words).join(", ")));
    }
    Line {
        depth: depth.min(8),
        title: format!("v{}", version.number),
        role,
        belief: if known.statement.is_some() { "trusted" } else { "bare" },
        standing: match (&known.statement, &known.original) {
            (_, Some(_)) => "came with credentials of its own".to_owned(),
            (Some(_), None) => "signed".to_owned(),
            (None, None) => "signed when it first leaves".to_owned(),
        },
        acts,
        href: Some(format!("/s/{}/versions/{}/provenance", version.session, version.id)),
    }
}

fn turn_of<'t>(version: &Version, turns: &'t [Turn]) -> Option<&'t Turn> {
    match version.origin {
        Origin::Turn(id) => turns.iter().find(|turn| turn.id == id),
        Origin::Upload => None,
    }
}

/// All that is known, for somebody who has to show it to others.
fn evidence(app: &App, version: &Version, turn: Option<&Turn>, known: &Known, mark: Option<u64>) -> String {
    let making = known.making.as_ref();
    let evidence = json!({
        "what": "where a picture comes from, as its Plantain server knows it",
        "told_at": app.clock.now(),
        "session": version.session,
        "version": version.id,
        "number": version.number,
        "made_at": version.created_at,
        "stored_sha256": version.blob.id.to_string(),
        "format": version.blob.format.as_str(),
        "width": version.blob.dimensions.width,
        "height": version.blob.dimensions.height,
        "origin": if turn.is_some() { "turn" } else { "upload" },
        "parent": version.parent,
        "references": turn.map(|turn| turn.references.clone()).unwrap_or_default(),
        "asked_by": turn.map(|turn| turn.author.name.clone()),
        "instruction": turn.map(|turn| turn.instruction.to_string()),
        "agent": making.map(|making| making.agent.clone()),
        "model": making.and_then(|making| making.model.clone()),
        "deeds": making.map(|making| making.deeds.clone()),
        "statement": known.statement.as_ref().map(|row| row.label.clone()),
        "mark": mark.map(|mark| format!("{mark:016x}")),
        "came_with_credentials": known.original.is_some(),
        "root_certificate": "/credentials/root.pem",
    });
    serde_json::to_string_pretty(&evidence).unwrap_or_default()
}
