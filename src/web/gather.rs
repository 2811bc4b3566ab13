//! What a page shows, gathered from the store.
//!
//! Rule: a page costs the same for a session of 20 turns and of 500: a page of turns, the ends of a long path, and the
//! versions those speak of. Called by the handlers of pages, fragments and events.

use std::collections::HashMap;

use super::{
    error::WebError,
    views::{BackendChoice, PathNode, SessionState, Spending, StageState, TurnView, month as month_in_words},
    visit::Entered,
};
use crate::{
    app::App,
    backends::BackendInfo,
    domain::{
        cost::Micros,
        ids::{ClientId, SessionId, TurnId, VersionId},
        options::Options,
        pins::Pins,
        preset::Preset,
        session::Session,
        turn::{Turn, TurnState},
        version::Version,
    },
    random,
    store::costs::Of,
};

/// Turns on one page.
const TURNS_PER_PAGE: u32 = 20;
/// Versions of the path shown beside the original.
const NEWEST_OF_PATH: u32 = 40;

/// What a person has in the composer, or wants to see.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// The version on the stage; the selected one unless said.
    pub version: Option<VersionId>,
    /// Turns before this place.
    pub before: Option<u32>,
    /// Reference tiles.
    pub references: Vec<VersionId>,
    /// Words in the composer.
    pub text: Option<String>,
    /// Who shall do it, and what was chosen beside the words; unless said, as in the session's last turn.
    pub chosen: Option<(Option<String>, Options)>,
    /// What the composer was filled in from.
    pub preset: Option<Preset>,
    /// Why they were not accepted.
    pub error: Option<String>,
}

/// Everything the session page shows.
///
/// # Errors
/// Not found when the session has no such version.
pub async fn session_state(app: &App, entered: Entered, wish: Wish) -> Result<SessionState, WebError> {
    let Entered { session, standing } = entered;
    let stage = stage(app, &session, wish.version).await?;
    let (turns, earlier) = turns_before(app, session.id, wish.before).await?;
    let kept = app.store.versions_by_id(session.id, &wish.references).await?;
    let references = wish
        .references
        .iter()
        .filter_map(|id| kept.iter().find(|version| version.id == *id).cloned())
        .collect();
    let (backend, mut options) = wish.chosen.unwrap_or_else(|| match turns.last() {
        // Points are about one picture and its words; they come back only with those.
        Some(last) => (
            Some(last.turn.backend.clone()),
            Options {
                pins: Pins::default(),
                ..last.turn.options.clone()
            },
        ),
        None => (None, Options::default()),
    });
    if let Some(preset) = &wish.preset {
        options.ratio = preset.ratio();
    }
    let backends = backends(app, backend.as_deref(), stage.selected.canvas).await?;
    Ok(SessionState {
        spending: spending(app, session.id, &backends).await?,
        options,
        revision: session.revision,
        stage,
        turns,
        earlier,
        references,
        backends,
        text: wish.text,
        preset: wish.preset,
        error: wish.error,
        fresh_client_id: ClientId::new(random::uuid(app.clock.now())),
        session,
        standing,
    })
}

/// The picture on the stage and the way to it.
///
/// # Errors
/// Not found when the session has no such version.
pub async fn stage(app: &App, session: &Session, version: Option<VersionId>) -> Result<StageState, WebError> {
    let tip = version.unwrap_or(session.head);
    let ends = app.store.ends_of_path(session.id, tip, NEWEST_OF_PATH).await?;
    let (steps, path_left_out) = ends.ok_or_else(WebError::not_found)?;
    let parent = steps.len().checked_sub(2).map(|at| steps[at].version.clone());
    let (Some(original), Some(selected)) = (steps.first(), steps.last()) else {
        return Err(WebError::not_found());
    };
    let (original, selected) = (original.version.id, selected.version.clone());
    let makers: Vec<TurnId> = steps.iter().filter_map(|step| step.version.origin.turn()).collect();
    let makers = app.store.turns_by_id(session.id, &makers).await?;
    let path = steps
        .into_iter()
        .map(|step| {
            let turn = step
                .version
                .origin
                .turn()
                .and_then(|id| makers.iter().find(|turn| turn.id == id));
            PathNode {
                asked: turn.map(|turn| turn.instruction.to_string()),
                author: turn.map(|turn| turn.author.name.clone()),
                version: step.version,
                children: step.children,
            }
        })
        .collect();
    Ok(StageState {
        redo: app.store.newest_child(session.id, tip).await?,
        newest_number: app.store.version_count(session.id).await?,
        selected,
        path,
        path_left_out,
        parent,
        original,
        likeness_mark: app.config.likeness_mark,
    })
}

/// A page of turns, oldest first, and the place before which there are more.
///
/// # Errors
/// When the store fails.
pub async fn turns_before(
    app: &App,
    session: SessionId,
    before: Option<u32>,
) -> Result<(Vec<TurnView>, Option<u32>), WebError> {
    let turns = app.store.turns_before(session, before, TURNS_PER_PAGE).await?;
    let earlier = turns.first().map(|turn| turn.place).filter(|place| *place > 1);
    Ok((turn_views(app, session, turns).await?, earlier))
}

/// Turns with the versions they speak of.
///
/// # Errors
/// When the store fails.
pub async fn turn_views(app: &App, session: SessionId, turns: Vec<Turn>) -> Result<Vec<TurnView>, WebError> {
    let ids: Vec<VersionId> = turns.iter().flat_map(versions_of).collect();
    let versions: HashMap<VersionId, Version> = app
        .store
        .versions_by_id(session, &ids)
        .await?
        .into_iter()
        .map(|version| (version.id, version))
        .collect();
    let mut views = Vec::with_capacity(turns.len());
    for turn in turns {
        let base = versions
            .get(&turn.base)
            .cloned()
            .ok_or_else(|| WebError::internal("a turn without its base"))?;
        let named = |ids: &[VersionId]| {
            ids.iter()
                .filter_map(|id| versions.get(id).cloned())
                .collect::<Vec<_>>()
        };
        let (results, moved_to) = match &turn.state {
            TurnState::Done(outcome) if outcome.versions.is_empty() => {
                (Vec::new(), versions.get(&outcome.selected).cloned())
            }
            TurnState::Done(outcome) => (named(&outcome.versions), None),
            _ => (Vec::new(), None),
        };
        let queue_place = match turn.state {
            TurnState::Queued => app.store.queue_place(turn.id).await?,
            _ => None,
        };
        let references = named(&turn.references);
        views.push(TurnView {
            backend_title: app.registry.title(&turn.backend),
            base,
            references,
            results,
            moved_to,
            queue_place,
            likeness_mark: app.config.likeness_mark,
            turn,
        });
    }
    Ok(views)
}

/// One turn with the versions it speaks of.
///
/// # Errors
/// When the store fails.
pub async fn turn_view(app: &App, turn: Turn) -> Result<TurnView, WebError> {
    let session = turn.session;
    turn_views(app, session, vec![turn])
        .await?
        .pop()
        .ok_or_else(|| WebError::internal("a turn that went away"))
}

fn versions_of(turn: &Turn) -> Vec<VersionId> {
    let mut ids = vec![turn.base];
    ids.extend(&turn.references);
    if let TurnState::Done(outcome) = &turn.state {
        ids.extend(&outcome.versions);
        ids.push(outcome.selected);
    }
    ids
}

/// Who can edit; chosen is the one of that name, else the default, or on a canvas the first that makes pictures of words.
async fn backends(app: &App, chosen: Option<&str>, canvas: bool) -> Result<Vec<BackendChoice>, WebError> {
    let infos = app.registry.infos();
    let at = |wanted: &dyn Fn(&BackendInfo) -> bool| infos.iter().position(|info| wanted(info));
    let chosen = at(&|info| Some(info.name.as_str()) == chosen)
        .or_else(|| at(&|info| canvas && info.offers.from_words))
        .unwrap_or(0);
    let mut choices = Vec::with_capacity(infos.len());
    for (place, info) in infos.iter().enumerate() {
        choices.push(BackendChoice {
            name: info.name.clone(),
            title: match app.registry.resting(&info.name) {
                Some(wait) => format!("{} (resting, {} s)", info.title, wait.as_secs() + 1),
                None => info.title.clone(),
            },
            model: info.model.clone(),
            references: info.references,
            candidates: info.candidates,
            offers: info.offers.clone(),
            lately: app.store.lately(&info.name).await?,
            free: info.free_to_repeat,
            default: place == chosen,
        });
    }
    Ok(choices)
}

/// What was spent, where anything costs something.
async fn spending(app: &App, session: SessionId, backends: &[BackendChoice]) -> Result<Option<Spending>, WebError> {
    if backends.iter().all(|backend| backend.free) {
        return Ok(None);
    }
    let month = app.clock.now().start_of_month();
    Ok(Some(Spending {
        session: Micros(app.store.spent(Of::Session(session)).await?),
        month: Micros(app.store.spent(Of::House(month)).await?),
        name: month_in_words(month),
        ceiling: app.config.cost_ceiling_month,
    }))
}
