//! What people say about a version: the list, the form, and the news of it.
//!
//! Rule: what is told to all who watch names the version, the count and who spoke, and shows no words: the list is asked for
//! by each reader, who sees what they may take back. Called by `web::comments` and by the live stream.

use askama::Template;

use super::{
    fragments::HeadView,
    pages::may,
    picture::{self, Thumb},
    state::Site,
    turn_card::{hue, initial},
    words::When,
};
use crate::web::languages::{say, told};
use crate::{
    domain::{
        access::Standing,
        comment::{Comment, Words},
        ids::{ClientId, SessionId, VersionId},
        session::Session,
        version::Version,
    },
    store::comments::CommentsOf,
};

/// What handlers hand in.
#[derive(Debug, Clone)]
pub struct CommentsState {
    /// What they are about.
    pub version: Version,
    /// Oldest first, each with whether the reader may take it back.
    pub comments: Vec<(Comment, bool)>,
    /// What the reader is to the session.
    pub standing: Standing,
    /// What their next comment will be called.
    pub fresh_client_id: ClientId,
    /// What they have typed.
    pub text: String,
    /// Why it was not accepted.
    pub error: Option<String>,
    /// What was just done, for the live region.
    pub say: Option<String>,
}

/// The page, which works without scripts.
#[derive(Debug, Template)]
#[template(path = "pages/comments.html")]
pub struct CommentsPage {
    site: Site,
    head: HeadView,
    may: &'static str,
    talk: Talk,
}

/// `<section id="comments">`.
#[derive(Debug, Template)]
#[template(path = "fragments/comments.html")]
pub struct Comments {
    talk: Talk,
}

/// `<div id="comments-list">` and a new `<form id="comments-form">`: the answer to one.
#[derive(Debug, Template)]
#[template(path = "fragments/comments_answer.html")]
pub struct CommentsAnswer {
    talk: Talk,
}

/// `<div id="comments-list">` alone.
#[derive(Debug, Template)]
#[template(path = "fragments/comments_list.html")]
pub struct CommentsList {
    talk: Talk,
}

/// What all of them print.
#[derive(Debug, Clone)]
pub struct Talk {
    thumb: Thumb,
    comments: Vec<Line>,
    may_comment: bool,
    client_id: String,
    max_chars: usize,
    text: String,
    error: Option<String>,
    say: Option<String>,
}

/// One comment.
#[derive(Debug, Clone)]
struct Line {
    id: String,
    author: String,
    initial: String,
    hue: u32,
    when: When,
    words: String,
    removable: bool,
}

impl Talk {
    /// What `state` looks like.
    #[must_use]
    pub fn new(state: &CommentsState) -> Self {
        let line = |(comment, removable): &(Comment, bool)| Line {
            id: comment.id.to_string(),
            author: comment.author.name.clone(),
            initial: initial(&comment.author.name),
            hue: hue(&comment.author.name),
            when: comment.created_at.into(),
            words: comment.words.to_string(),
            removable: *removable,
        };
        Self {
            thumb: Thumb::of(&state.version),
            comments: state.comments.iter().map(line).collect(),
            may_comment: state.standing >= Standing::Editor,
            client_id: state.fresh_client_id.to_string(),
            max_chars: Words::MAX_CHARS,
            text: state.text.clone(),
            error: state.error.as_deref().map(|error| told(error).into_owned()),
            say: state.say.clone(),
        }
    }

    /// The page around it.
    #[must_use]
    pub fn into_page(self, site: &Site, session: &Session, standing: Standing) -> CommentsPage {
        CommentsPage {
            site: site.clone(),
            head: HeadView::new(session),
            may: may(standing),
            talk: self,
        }
    }

    /// The section alone.
    #[must_use]
    pub const fn into_fragment(self) -> Comments {
        Comments { talk: self }
    }

    /// The list alone.
    #[must_use]
    pub const fn into_list(self) -> CommentsList {
        CommentsList { talk: self }
    }

    /// The list, and an empty form.
    #[must_use]
    pub const fn into_answer(self) -> CommentsAnswer {
        CommentsAnswer { talk: self }
    }
}

/// The way to the comments on a version, with their count.
#[derive(Debug, Clone)]
pub struct Said {
    /// `stage` or `card`: where it stands.
    pub(super) place: &'static str,
    pub(super) version: String,
    pub(super) number: u32,
    pub(super) href: String,
    pub(super) count: u32,
}

impl Thumb {
    /// The way to its comments, for one place of a page.
    #[must_use]
    pub fn said(&self, place: &'static str) -> Said {
        Said {
            place,
            version: self.version.clone(),
            number: self.number,
            href: self.discussion.clone(),
            count: self.comments,
        }
    }
}

/// What everybody who watches is told: the counts, and `<p id="comments-news">`.
#[derive(Debug, Template)]
#[template(path = "fragments/comments_news.html")]
pub struct CommentsNews {
    on_stage: Said,
    on_card: Said,
    /// The sender's name for the comment that came, and its author's name; none when one went.
    newest: Option<(String, String)>,
}

impl CommentsNews {
    /// Of a version whose comments changed.
    #[must_use]
    pub fn new(session: SessionId, of: &CommentsOf) -> Self {
        let newest = of.newest.as_ref();
        Self {
            on_stage: said(session, of.version, of, "stage"),
            on_card: said(session, of.version, of, "card"),
            newest: newest.map(|(client, author)| (client.to_string(), author.clone())),
        }
    }
}

fn said(session: SessionId, version: VersionId, of: &CommentsOf, place: &'static str) -> Said {
    Said {
        place,
        version: version.to_string(),
        number: of.number,
        href: picture::discussion(session, version),
        count: of.count,
    }
}
