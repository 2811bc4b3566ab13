//! What is signed about a version: made from which others, by whom, how.
//!
//! Rule: the statement about a version's stored picture is signed once and kept; its children name that file as their
//! parent, so that the whole history travels along. No person's name and no instruction is in it, unless the operator
//! asked for instructions. Called before a version leaves.

use std::{collections::HashMap, sync::Arc};

use bytes::Bytes;
use plantain_credentials::{Act, Agent, Ingredient, Relation, Signed, SoftBinding, Statement};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::{DOMAIN, Failed, Provenance};
use crate::{
    domain::{
        ids::VersionId,
        making::Deed,
        turn::Turn,
        version::{Origin, Version},
    },
    store::provenance::{Known, StatementRow},
};

/// Statements one below the other before a chain begins anew: some 100 kB.
const LONGEST_CHAIN: u32 = 20;
const SOURCE: &str = "http://cv.iptc.org/newscodes/digitalsourcetype/";
/// Where a model changed a picture.
const COMPOSITE: &str = "compositeWithTrainedAlgorithmicMedia";
const CREATED: &str = "c2pa.created";
/// The standard's own word for a canvas with nothing on it.
const EMPTY: &str = "http://c2pa.org/digitalsourcetype/empty";

/// A picture a version was made from, with all that is signed about it.
struct Source {
    title: String,
    relation: Relation,
    mime: String,
    bytes: Bytes,
}

/// All that is needed to say where a version comes from.
pub(super) struct Story {
    title: String,
    /// How it came to be, where there was no picture before it.
    created: Option<Act>,
    acts: Vec<Act>,
    sources: Vec<Source>,
    own: Value,
    /// Statements one below the other under this one.
    below: u32,
}

/// What else is done to a copy that leaves.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Copied {
    /// The id in its mark.
    pub(super) mark: Option<u64>,
    /// It was written anew, so it isn't the stored file any more.
    pub(super) anew: bool,
    /// It is smaller than the stored one.
    pub(super) resized: bool,
}

impl Story {
    /// Tells of what a model made that it made it, and from nothing but words.
    fn begin_with_words(&mut self) {
        let generated = format!("{SOURCE}{COMPOSITE}");
        let is_made = |act: &Act| act.source.as_deref() == Some(&generated);
        let made = self.acts.iter().find(|act| is_made(act)).cloned();
        self.created = Some(Act {
            source: Some(format!("{SOURCE}trainedAlgorithmicMedia")),
            ..made.unwrap_or_else(|| Act::new(CREATED))
        });
        self.acts.retain(|act| !is_made(act));
    }

    /// Signs it into a file of this media type.
    pub(super) fn sign(
        &self,
        notary: &plantain_credentials::Notary,
        mime: &str,
        bytes: &[u8],
        copied: Copied,
    ) -> Result<Signed, plantain_credentials::Error> {
        let mut acts = self.acts.clone();
        if copied.resized {
            acts.push(Act::new("c2pa.resized"));
        }
        let value = copied.mark.map(|mark| format!("{mark:016x}"));
        let alg = format!("{DOMAIN}.lattice.1");
        if value.is_some() {
            acts.push(Act::new("c2pa.watermarked.bound"));
        }
        let sources = self.sources.iter().map(|source| Ingredient {
            title: &source.title,
            relation: source.relation,
            mime: &source.mime,
            bytes: &source.bytes,
        });
        let sources: Vec<_> = sources.collect();
        let label = format!("{DOMAIN}.version");
        notary.sign(
            mime,
            bytes,
            &Statement {
                title: &self.title,
                acts: &acts,
                created: self.created.as_ref(),
                ingredients: &sources,
                binding: value.as_deref().map(|value| SoftBinding { alg: &alg, value }),
                own: Some((&label, self.own.clone())),
                ..Statement::by("Plantain", env!("CARGO_PKG_VERSION"))
            },
        )
    }
}

impl Provenance {
    /// Everything there is to say about a version, after all it was made from was signed.
    pub(super) async fn story(&self, version: &Version) -> Result<Story, Failed> {
        self.state_before(version).await?;
        let known = self.0.store.known(version.id).await?;
        self.told(version, &known).await
    }

    /// The file of a version's stored picture with its statement in it, signed now if it wasn't yet.
    pub(super) async fn stated(&self, version: &Version) -> Result<Bytes, Failed> {
        if self.0.store.known(version.id).await?.statement.is_none() {
            self.state_before(version).await?;
            let lock = self.chain_of(version);
            let _one_at_a_time = lock.lock().await;
            self.state(version).await?;
        }
        Ok(self.with_statement(version).await?.0)
    }

    /// Signs what isn't yet of all that this version was made from; those have smaller numbers, so they are signed in the order of
    /// their numbers.
    async fn state_before(&self, version: &Version) -> Result<(), Failed> {
        let store = &self.0.store;
        if store.unsigned_before(version.id).await?.is_empty() {
            return Ok(());
        }
        let lock = self.chain_of(version);
        let _one_at_a_time = lock.lock().await;
        // Others may have signed some while this one waited.
        for ancestor in store.unsigned_before(version.id).await? {
            self.state(&ancestor).await?;
        }
        Ok(())
    }

    /// A session's chains grow one at a time, so that nothing is signed twice.
    fn chain_of(&self, version: &Version) -> Arc<Mutex<()>> {
        self.lock_of(&format!("chain-{}", version.session))
    }

    /// Signs the statement about a stored picture and keeps it, unless there is one.
    async fn state(&self, version: &Version) -> Result<(), Failed> {
        let known = self.0.store.known(version.id).await?;
        if known.statement.is_some() {
            return Ok(());
        }
        let story = self.told(version, &known).await?;
        let depth = story.below + 1;
        let bytes = self.0.blobs.read(&version.blob).await?;
        let mime = version.blob.format.mime();
        let signed = self
            .work(move |tools| story.sign(&tools.notary, mime, &bytes, Copied::default()))
            .await??;
        let file = self.0.blobs.put_private(Bytes::from(signed.manifests)).await?;
        let row = StatementRow {
            label: signed.label,
            depth,
            file,
        };
        Ok(self.0.store.insert_statement(version.id, &row).await?)
    }

    async fn told(&self, version: &Version, known: &Known) -> Result<Story, Failed> {
        let mut story = Story {
            title: format!("v{}", version.number),
            created: None,
            acts: Vec::new(),
            sources: Vec::new(),
            own: json!({"version": version.id}),
            below: 0,
        };
        let turn = match version.origin {
            Origin::Turn(turn) => self.0.store.turn(version.session, turn).await?,
            Origin::Upload => None,
        };
        match turn {
            Some(turn) => self.tell_turn(&mut story, version, &turn, known).await?,
            None if version.canvas => {
                story.created = Some(Act {
                    source: Some(EMPTY.to_owned()),
                    when: Some(version.created_at.rfc3339()),
                    ..Act::new(CREATED)
                });
            }
            None => story.sources.push(self.as_it_came(version, known).await?),
        }
        Ok(story)
    }

    /// What a turn did, and to which pictures.
    async fn tell_turn(&self, story: &mut Story, version: &Version, turn: &Turn, known: &Known) -> Result<(), Failed> {
        let store = &self.0.store;
        let parent = match version.parent {
            Some(parent) => store.version(version.session, parent).await?,
            None => None,
        };
        story.acts = self.acts(version, turn, known);
        let from_words = known
            .made(Some(turn))
            .is_some_and(|making| making.is_from_words(parent.as_ref()));
        match parent {
            // There was nothing on the canvas: nobody edited a picture.
            Some(_) if from_words => story.begin_with_words(),
            Some(parent) => self.add_source(story, &parent, Relation::Parent).await?,
            None => {}
        }
        let inputs: Vec<VersionId> = turn.references.iter().chain(&known.inputs).copied().collect();
        let inputs = store.versions_by_id(version.session, &inputs).await?;
        let by_id: HashMap<VersionId, &Version> = inputs.iter().map(|input| (input.id, input)).collect();
        for input in turn
            .references
            .iter()
            .chain(&known.inputs)
            .filter_map(|id| by_id.get(id))
        {
            self.add_source(story, input, Relation::Input).await?;
        }
        if let Some((file, mime)) = &known.original {
            story.sources.push(Source {
                title: "the model’s answer".to_owned(),
                relation: Relation::Input,
                mime: mime.clone(),
                bytes: self.0.blobs.read_private(*file).await?,
            });
        }
        Ok(())
    }

    /// The picture that a person put in, in the file it came in where that is kept.
    async fn as_it_came(&self, version: &Version, known: &Known) -> Result<Source, Failed> {
        let (mime, bytes) = match &known.original {
            Some((file, mime)) => (mime.clone(), self.0.blobs.read_private(*file).await?),
            None => {
                let mime = version.blob.format.mime().to_owned();
                (mime, self.0.blobs.read(&version.blob).await?)
            }
        };
        Ok(Source {
            title: "the picture as it came".to_owned(),
            relation: Relation::Parent,
            mime,
            bytes,
        })
    }

    /// A version as a source: with its statement, unless the chain grew too long; then it begins anew and says where it went on from.
    async fn add_source(&self, story: &mut Story, version: &Version, relation: Relation) -> Result<(), Failed> {
        let (mut bytes, row) = self.with_statement(version).await?;
        if row.depth >= LONGEST_CHAIN {
            bytes = self.0.blobs.read(&version.blob).await?;
            if story.own.get("continues").is_none() {
                story.own["continues"] = json!([]);
            }
            if let Some(list) = story.own["continues"].as_array_mut() {
                list.push(json!(row.label));
            }
        } else {
            story.below = story.below.max(row.depth);
        }
        story.sources.push(Source {
            title: format!("v{}", version.number),
            relation,
            mime: version.blob.format.mime().to_owned(),
            bytes,
        });
        Ok(())
    }

    /// The stored picture with what is signed about it put back in.
    async fn with_statement(&self, version: &Version) -> Result<(Bytes, StatementRow), Failed> {
        let row = self.0.store.known(version.id).await?.statement.ok_or(Failed::GivenUp)?;
        let manifests = self.0.blobs.read_private(row.file).await?;
        let bytes = self.0.blobs.read(&version.blob).await?;
        let mime = version.blob.format.mime();
        let whole = self
            .work(move |tools| tools.notary.put_back(mime, &bytes, &manifests))
            .await??;
        Ok((whole.into(), row))
    }

    /// What was done, in the standard's words.
    fn acts(&self, version: &Version, turn: &Turn, known: &Known) -> Vec<Act> {
        let Some(making) = known.made(Some(turn)) else {
            return Vec::new();
        };
        let model = Agent {
            name: making.agent.clone(),
            version: making.model.clone(),
        };
        let ours = Agent {
            name: "Built-in engine".to_owned(),
            version: None,
        };
        let when = version.created_at.rfc3339();
        let words = self.0.settings.instruction.then(|| turn.instruction.to_string());
        let act = |deed: &Deed| {
            let (action, source) = standard(*deed);
            Act {
                source: source.map(|source| format!("{SOURCE}{source}")),
                // What a service's picture was put together with afterwards is not its doing.
                agent: Some(match deed {
                    Deed::Composed if turn.backend != "embedded" => ours.clone(),
                    _ => model.clone(),
                }),
                when: Some(when.clone()),
                description: words.clone(),
                ..Act::new(action)
            }
        };
        making.deeds.iter().map(act).collect()
    }
}

/// The standard's action and digital source type.
const fn standard(deed: Deed) -> (&'static str, Option<&'static str>) {
    match deed {
        Deed::Generated | Deed::Restyled => ("c2pa.edited", Some(COMPOSITE)),
        Deed::Enlarged => ("c2pa.resized", Some("algorithmicallyEnhanced")),
        Deed::Adjusted => ("c2pa.color_adjustments", None),
        Deed::Filtered => ("c2pa.filtered", None),
        Deed::Cropped => ("c2pa.cropped", None),
        Deed::Turned => ("c2pa.orientation", None),
        Deed::Resized => ("c2pa.resized", None),
        Deed::Composed => ("c2pa.edited", None),
    }
}
