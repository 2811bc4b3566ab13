//! Domain values as the JSON interface shows them.
//!
//! Rule: exactly the fields of `docs/api.md`; fields may be added, none is renamed.

use serde_json::{Value, json};

use crate::{
    app::App,
    backends::BackendInfo,
    domain::{
        comment::Comment,
        drift::{Alike, Drift},
        session::Session,
        share::Share,
        turn::{Turn, TurnState},
        version::{Origin, Version},
    },
};

/// A session with its versions.
#[must_use]
pub fn session(session: &Session, versions: &[Version]) -> Value {
    json!({
        "id": session.id,
        "title": session.title.as_str(),
        "head": session.head,
        "revision": session.revision,
        "created_at": session.created_at,
        "updated_at": session.updated_at,
        "versions": versions.iter().map(version).collect::<Vec<_>>(),
    })
}

/// A version.
#[must_use]
pub fn version(version: &Version) -> Value {
    let origin = match version.origin {
        Origin::Upload if version.canvas => json!({"kind": "canvas"}),
        Origin::Upload => json!({"kind": "upload"}),
        Origin::Turn(turn) => json!({"kind": "turn", "turn": turn}),
    };
    json!({
        "id": version.id,
        "number": version.number,
        "parent": version.parent,
        "origin": origin,
        "width": version.blob.dimensions.width,
        "height": version.blob.dimensions.height,
        "format": version.blob.format.as_str(),
        "bytes": version.blob.bytes,
        "sha256": version.blob.id.to_string(),
        "picture_url": format!("/api/v1/sessions/{}/versions/{}/picture", version.session, version.id),
        "as_returned_url": version
            .as_returned
            .map(|_| format!("/api/v1/sessions/{}/versions/{}/as-returned", version.session, version.id)),
        "starred": version.starred,
        "drift": version.drift.as_ref().map(drift),
        "created_at": version.created_at,
    })
}

/// What was measured of a version, in numbers and words.
fn drift(drift: &Drift) -> Value {
    let alike = |alike: Option<Alike>| {
        alike.map(|alike| {
            json!({"percent": alike.percent(), "word": alike.word(), "shape": alike.shape, "detail": alike.detail, "colour": alike.colour, "face": alike.face})
        })
    };
    json!({
        "kept": drift.kept,
        "words": drift.in_words(),
        "found": drift.found,
        "undone": drift.found.map(|found| found.undone()),
        "likeness": alike(drift.likeness),
        "likeness_to_first": alike(drift.likeness_to_first),
    })
}

/// A turn; `place` is its place in the queue while it waits.
#[must_use]
pub fn turn(app: &App, turn: &Turn, place: Option<u32>) -> Value {
    let mut shape = json!({
        "id": turn.id,
        "session": turn.session,
        "base": turn.base,
        "references": turn.references,
        "instruction": turn.instruction.as_str(),
        "region": turn.region.map(|region| json!({"id": region.id, "share": region.share.fraction()})),
        "options": turn.options,
        "backend": turn.backend,
        "prompt": turn.prompt,
        "author": turn.author.name,
        "state": turn.state.as_str(),
        "place": place,
        "fraction": app.live.progress(turn.id).and_then(|progress| progress.fraction),
        "versions": [],
        "note": null,
        "failure": null,
        "took_ms": null,
        "usage": null,
        "created_at": turn.created_at,
    });
    match &turn.state {
        TurnState::Done(outcome) => {
            shape["versions"] = json!(outcome.versions);
            shape["note"] = json!(outcome.note);
            shape["took_ms"] = json!(outcome.took_ms);
            shape["usage"] = json!(outcome.usage);
        }
        TurnState::Failed(failure) => {
            shape["note"] = json!(failure.note);
            shape["failure"] =
                json!({"kind": failure.kind, "message": failure.message, "retry_after_s": failure.retry_after_s});
        }
        _ => {}
    }
    shape
}

/// A comment.
#[must_use]
pub fn comment(comment: &Comment) -> Value {
    json!({
        "id": comment.id,
        "version": comment.version,
        "author": comment.author.name,
        "text": comment.words.as_str(),
        "created_at": comment.created_at,
    })
}

/// A share.
#[must_use]
pub fn share(share: &Share) -> Value {
    json!({
        "id": share.id,
        "access": share.access,
        "expires_at": share.expires_at,
        "created_at": share.created_at,
        "last_used_at": share.last_used_at,
        "revoked_at": share.revoked_at,
        "uses": share.uses,
    })
}

/// A backend.
#[must_use]
pub fn backend(info: &BackendInfo, default: bool) -> Value {
    json!({
        "name": info.name,
        "kind": info.kind,
        "model": info.model,
        "default": default,
        "picture_micros": info.offers.price(None),
        "can": {
            "regions": info.regions,
            "references": info.references,
            "history": info.history,
            "candidates": info.candidates,
            "streaming": info.streaming,
            "free_to_repeat": info.free_to_repeat,
            "from_words": info.offers.from_words,
            "ratios": info.offers.ratios,
            "qualities": info.offers.qualities,
            "workflows": info.offers.workflows,
        },
    })
}
