//! A way of several turns made into one: their instructions, applied to the first picture in one go.
//!
//! Rule: offered only where the joined words mean what the turns meant one by one. Called by `web::tree`.

use super::{Submission, Turns};
use crate::{
    domain::{
        ids::{ClientId, SessionId, TurnId, VersionId},
        instruction::Instruction,
        options::Options,
        turn::{Author, Turn},
    },
    store::StoreError,
};

/// One turn is no way of several.
const LEAST: usize = 2;

/// The turns on the way to a version, as one.
#[derive(Debug, Clone)]
pub struct Squash {
    /// How many instructions it holds.
    pub count: usize,
    base: VersionId,
    references: Vec<VersionId>,
    instruction: Instruction,
    backend: String,
}

impl Squash {
    /// The turn that does it.
    #[must_use]
    pub fn into_submission(self, session: SessionId, client_id: ClientId, author: Author) -> Submission {
        Submission {
            session,
            client_id,
            base: self.base,
            references: self.references,
            region: None,
            options: Options::default(),
            instruction: self.instruction,
            backend: Some(self.backend),
            author,
        }
    }
}

impl Turns {
    /// The way to `version` as one turn; none when it is one turn, has pictures that were numbered turn by turn, is made of words
    /// that led to another picture than they were said about, or makes more words than an instruction takes.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn squash_of(&self, session: SessionId, version: VersionId) -> Result<Option<Squash>, StoreError> {
        let path = self.0.store.path_to(session, version).await?;
        let makers: Vec<_> = path.iter().filter_map(|step| step.version.origin.turn()).collect();
        if makers.len() < LEAST {
            return Ok(None);
        }
        let known = self.0.store.turns_by_id(session, &makers).await?;
        let find = |id: TurnId| known.iter().find(|turn| turn.id == id);
        // "Undo that and …" was said about another picture than the one it led to.
        let led_elsewhere = path.iter().any(|step| {
            let made = step.version.origin.turn().and_then(find);
            made.is_some_and(|turn| step.version.parent != Some(turn.base))
        });
        if led_elsewhere {
            return Ok(None);
        }
        let turns: Vec<&Turn> = makers.iter().copied().filter_map(find).collect();
        let squash = path.first().and_then(|first| joined(first.version.id, &turns));
        // The service that did the last of them may be gone by now.
        Ok(squash.filter(|squash| self.0.registry.choose(Some(&squash.backend)).is_some()))
    }
}

fn joined(base: VersionId, turns: &[&Turn]) -> Option<Squash> {
    // "Image 2" of one turn is not "image 2" of another.
    let mut with_references = turns.iter().filter(|turn| !turn.references.is_empty());
    let references = with_references
        .next()
        .map(|turn| turn.references.clone())
        .unwrap_or_default();
    if with_references.next().is_some() {
        return None;
    }
    // A region and points are one turn's, and words have no way to say them.
    if turns
        .iter()
        .any(|turn| turn.region.is_some() || !turn.options.pins.is_empty())
    {
        return None;
    }
    let sentences: Vec<String> = turns.iter().map(|turn| sentence(turn.instruction.as_str())).collect();
    Some(Squash {
        count: turns.len(),
        base,
        references,
        instruction: Instruction::parse(&sentences.join(" ")).ok()?,
        backend: turns.last()?.backend.clone(),
    })
}

fn sentence(words: &str) -> String {
    let words = words.trim();
    let end = if words.ends_with(['.', '!', '?', ';']) { "" } else { "." };
    format!("{words}{end}")
}
