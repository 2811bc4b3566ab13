//! What a backend is asked: the pictures, the words and the path through the tree that a turn builds on.
//!
//! Rule: everything is looked up anew from rows and files; nothing is remembered between attempts. Called by the worker.

use std::collections::HashMap;

use tokio_util::sync::CancellationToken;

use super::{super::Turns, Unfinished, when_free};
use crate::{
    backends::{Area, BackendError, BackendInfo, EditRequest, PastStep, Pointed, embedded::Embedded},
    domain::{
        ids::{SessionId, TurnId, VersionId},
        picture::Blob,
        version::Origin,
    },
    store::{StoreError, turns::Claimed, versions::PathStep},
};

/// Gathers what this backend needs: pictures, words and the path through the tree.
pub(super) async fn prepare(
    turns: &Turns,
    claimed: &Claimed,
    info: &BackendInfo,
    cancel: &CancellationToken,
) -> Result<EditRequest, Unfinished> {
    let store = &turns.0.store;
    let turn = &claimed.turn;
    let path = store.path_to(turn.session, turn.base).await?;
    let history = past(turns, turn.session, &path).await?;
    let base = path
        .into_iter()
        .next_back()
        .map(|step| step.version)
        .ok_or_else(|| missing("base"))?;
    let region = match turn.region {
        Some(marked) => match store.region(turn.session, marked.id).await? {
            Some(region) => Some(area(turns, region.blob, cancel).await?),
            None => None,
        },
        None => None,
    };
    let mut request = EditRequest {
        canvas: base.canvas,
        base: base.blob,
        references: references(turns, turn.session, &turn.references).await?,
        pointed: Pointed::default(),
        instruction: turn.instruction.clone(),
        region,
        options: turn.options.clone(),
        history,
        redo: store.newest_child(turn.session, turn.base).await?,
        seed: u64::from(claimed.attempt),
    };
    point(turns, info, &mut request, cancel).await;
    Ok(request)
}

/// The path to the base, as backends are told of it.
async fn past(turns: &Turns, session: SessionId, path: &[PathStep]) -> Result<Vec<PastStep>, StoreError> {
    let store = &turns.0.store;
    let makers: Vec<TurnId> = path.iter().filter_map(|step| step.version.origin.turn()).collect();
    let makers = store.turns_by_id(session, &makers).await?;
    let maker = |origin| match origin {
        Origin::Upload => None,
        Origin::Turn(id) => makers.iter().find(|turn| turn.id == id),
    };
    let versions: Vec<VersionId> = path.iter().map(|step| step.version.id).collect();
    let mut raw: HashMap<_, _> = store.raw_parts(session, &versions).await?.into_iter().collect();
    let mut history = Vec::with_capacity(path.len());
    for step in path {
        let maker = maker(step.version.origin);
        history.push(PastStep {
            version: step.version.id,
            number: step.version.number,
            blob: step.version.blob.clone(),
            canvas: step.version.canvas,
            led_here: maker.is_some_and(|turn| Some(turn.base) != step.version.parent),
            instruction: maker.map(|turn| turn.instruction.clone()),
            backend: maker.map(|turn| turn.backend.clone()),
            region: match maker.and_then(|turn| turn.region) {
                Some(marked) => store.region(session, marked.id).await?.map(|region| region.blob),
                None => None,
            },
            references: match maker {
                Some(maker) => references(turns, session, &maker.references).await?,
                None => Vec::new(),
            },
            raw: raw.remove(&step.version.id),
        });
    }
    Ok(history)
}

/// Shows the points: as a layer over the picture where a model takes one, else on a copy beside it where it takes one more
/// picture. The words tell of them in any case.
async fn point(turns: &Turns, info: &BackendInfo, request: &mut EditRequest, cancel: &CancellationToken) {
    let pins = &request.options.pins;
    let has_room = u32::try_from(request.references.len()).is_ok_and(|taken| taken < info.references);
    if pins.is_empty() || request.canvas || info.kind == Embedded::NAME {
        return;
    }
    if info.markup && request.region.is_none() {
        request.pointed = Pointed::AsMarkup;
        return;
    }
    if !has_room {
        return;
    }
    match when_free(cancel, || turns.0.blobs.with_points(&request.base, pins)).await {
        Ok(copy) => {
            request.references.push(copy);
            request.pointed = Pointed::OnACopy;
        }
        Err(error) => tracing::warn!(%error, "points go out in words only"),
    }
}

/// A region as backends are told of it.
async fn area(turns: &Turns, mask: Blob, cancel: &CancellationToken) -> Result<Area, Unfinished> {
    let bounds = when_free(cancel, || turns.0.blobs.bounds_of_mask(&mask)).await;
    let bounds = bounds.map_err(|error| {
        tracing::error!(%error, "a region could not be read");
        Unfinished::Failed(BackendError::Own(std::io::Error::other("region")).for_the_user(""))
    })?;
    Ok(Area {
        mask,
        // A mask that is nowhere half on is a breath over the whole.
        bounds: bounds.unwrap_or([0, 0, 100, 100]),
    })
}

async fn references(turns: &Turns, session: SessionId, ids: &[VersionId]) -> Result<Vec<Blob>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let versions = turns.0.store.versions_by_id(session, ids).await?;
    ids.iter()
        .map(|id| {
            versions
                .iter()
                .find(|version| version.id == *id)
                .map(|version| version.blob.clone())
                .ok_or_else(|| missing("reference"))
        })
        .collect()
}

fn missing(what: &str) -> StoreError {
    StoreError::Damaged {
        table: "versions",
        what: format!("the {what} of a turn is missing"),
    }
}
