//! Values for the tests of the views: a small session with a turn in every state.

use uuid::Uuid;

use super::{
    BackendChoice, Mode, NetsLine, PathNode, SessionState, SessionSummary, Site, StageState, TurnView,
    comments::CommentsState,
};
use crate::domain::{
    access::Standing,
    comment::{Comment, Words},
    ids::{ClientId, CommentId, SessionId, ShareId, TurnId, VersionId, VisitorId},
    instruction::Instruction,
    picture::{Blob, Dimensions, Format},
    session::{Owner, Session, Title},
    share::{Access, Share},
    time::Moment,
    turn::{Author, Failure, FailureKind, Outcome, Turn, TurnState, Usage},
    version::{Origin, Version},
};
use crate::store::comments::CommentsOf;

pub const NOW: Moment = Moment::from_millis(1_795_426_800_000);

pub fn site() -> Site {
    Site {
        visitor_name: Some("Ana".into()),
        mode: Mode::Open,
        signed_in: false,
        exposed_open: false,
        now: NOW,
        engine_only: true,
        nets: NetsLine::default(),
    }
}

pub fn session(title: &str) -> Session {
    Session {
        id: SessionId::new(Uuid::from_u128(0xa)),
        title: Title::parse(title).unwrap(),
        owner: Owner::Visitor(VisitorId::new(Uuid::from_u128(1))),
        head: version_id(4),
        revision: 17,
        created_at: NOW.plus_millis(-3_600_000),
        updated_at: NOW.plus_millis(-60_000),
        deleted_at: None,
    }
}

pub fn summary(title: &str, standing: Standing) -> SessionSummary {
    SessionSummary {
        session: session(title),
        standing,
    }
}

pub fn version_id(number: u32) -> VersionId {
    VersionId::new(Uuid::from_u128(0x100 + u128::from(number)))
}

pub fn version(number: u32) -> Version {
    Version {
        id: version_id(number),
        session: session("x").id,
        number,
        parent: (number > 1).then(|| version_id(number - 1)),
        origin: if number == 1 {
            Origin::Upload
        } else {
            Origin::Turn(turn_id(number))
        },
        blob: Blob {
            id: "ab".repeat(32).parse().unwrap(),
            format: Format::Jpeg,
            bytes: 123_456,
            dimensions: Dimensions {
                width: 1600,
                height: 1067,
            },
        },
        canvas: false,
        as_returned: None,
        drift: None,
        created_at: NOW.plus_millis(-120_000),
        starred: number == 3,
        comments: if number == 4 { 2 } else { 0 },
    }
}

pub fn turn_id(place: u32) -> TurnId {
    TurnId::new(Uuid::from_u128(0x200 + u128::from(place)))
}

pub fn turn(place: u32, author: &str, words: &str, state: TurnState) -> TurnView {
    let turn = Turn {
        id: turn_id(place),
        session: session("x").id,
        client_id: ClientId::new(Uuid::from_u128(0x300 + u128::from(place))),
        place,
        base: version_id(1),
        references: vec![],
        instruction: Instruction::parse(words).unwrap(),
        region: None,
        options: Default::default(),
        backend: "embedded".into(),
        prompt: None,
        author: Author {
            visitor: None,
            name: author.into(),
        },
        created_at: NOW.plus_millis(-600_000 + i64::from(place) * 30_000),
        revision: place.into(),
        state,
    };
    TurnView {
        turn,
        base: version(1),
        references: vec![],
        results: vec![],
        moved_to: None,
        backend_title: "Built-in engine".into(),
        queue_place: None,
        likeness_mark: 80,
    }
}

pub fn done(place: u32, author: &str, words: &str, base: u32, made: &[u32]) -> TurnView {
    let outcome = Outcome {
        versions: made.iter().copied().map(version_id).collect(),
        selected: version_id(*made.last().unwrap_or(&base)),
        note: None,
        took_ms: 840,
        usage: None,
    };
    let mut view = turn(place, author, words, TurnState::Done(outcome));
    view.turn.base = version_id(base);
    view.base = version(base);
    view.results = made.iter().copied().map(version).collect();
    view
}

pub fn failed(place: u32, kind: FailureKind) -> TurnView {
    let failure = Failure {
        kind,
        message: format!("Sentence about {}.", kind.as_str()),
        note: (kind == FailureKind::NoImage).then(|| "I can describe it instead.".into()),
        retry_after_s: (kind == FailureKind::RateLimited).then_some(45),
    };
    turn(place, "Ben", "put the dog in snow", TurnState::Failed(failure))
}

pub fn usage() -> Usage {
    Usage {
        input_tokens: 1_200,
        output_tokens: 1_290,
        cost_micros: Some(38_700),
    }
}

pub fn stage(selected: u32) -> StageState {
    let words = [
        "",
        "make it warmer",
        "a little more contrast, and darken the corners",
        "crop to 3:2",
    ];
    StageState {
        selected: version(selected),
        path: (1..=selected)
            .map(|number| PathNode {
                version: version(number),
                children: if number == 2 { 2 } else { 1 },
                asked: (number > 1).then(|| words[number as usize - 1].to_owned()),
                author: (number > 1).then(|| "Ana".into()),
            })
            .collect(),
        path_left_out: 0,
        parent: (selected > 1).then(|| version(selected - 1)),
        redo: None,
        original: version_id(1),
        newest_number: 5,
        likeness_mark: 80,
    }
}

pub fn state(standing: Standing, turns: Vec<TurnView>) -> SessionState {
    SessionState {
        session: session("Harbour at dusk"),
        standing,
        stage: stage(4),
        turns,
        earlier: None,
        references: vec![],
        backends: vec![BackendChoice {
            name: "embedded".into(),
            title: "Built-in engine".into(),
            model: None,
            references: 0,
            candidates: 1,
            offers: Default::default(),
            lately: Default::default(),
            free: true,
            default: true,
        }],
        options: Default::default(),
        spending: None,
        text: None,
        preset: None,
        error: None,
        revision: 17,
        fresh_client_id: ClientId::new(Uuid::from_u128(0x999)),
    }
}

pub fn share(number: u128, access: Access) -> Share {
    Share {
        id: ShareId::new(Uuid::from_u128(0x400 + number)),
        session: session("x").id,
        access,
        created_at: NOW.plus_days(-2),
        expires_at: Some(NOW.plus_days(28)),
        revoked_at: None,
        last_used_at: None,
        uses: 0,
    }
}

pub fn comments(standing: Standing) -> CommentsState {
    let comment = |number: u128, name: &str, words: &str| Comment {
        id: CommentId::new(Uuid::from_u128(0x500 + number)),
        session: session("x").id,
        version: version_id(4),
        client_id: ClientId::new(Uuid::from_u128(0x600 + number)),
        author: Author {
            visitor: None,
            name: name.into(),
        },
        words: Words::parse(words).unwrap(),
        created_at: NOW.plus_millis(-60_000),
    };
    CommentsState {
        version: version(4),
        comments: vec![
            (comment(1, "Ana", "Too warm?\nThe sky was <b>blue</b>."), true),
            (comment(2, "Ben", "Fine by me"), false),
        ],
        standing,
        fresh_client_id: ClientId::new(Uuid::from_u128(0x99)),
        text: String::new(),
        error: None,
        say: None,
    }
}

pub fn comments_news() -> CommentsOf {
    CommentsOf {
        version: version_id(4),
        number: 4,
        count: 2,
        revision: 18,
        newest: Some((ClientId::new(Uuid::from_u128(0x602)), "Ben".into())),
    }
}
