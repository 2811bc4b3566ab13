//! What is signed about a version: made from which others, by whom, how.
//!
//! Rule: the statement about a version's stored picture is signed once and kept; its children name that file as their
//! parent, so that the whole history travels along. No person's name and no instruction is in it, unless the operator
//! asked for instructions. Called before a version leaves.

use std::collections::{BTreeMap, HashMap, HashSet};

use bytes::Bytes;
use plantain_credentials::{Act, Agent, Ingredient, Relation, Signed, SoftBinding, Statement};
use serde_json::{Value, json};

use super::{DOMAIN, Failed, Provenance};
use crate::{
    domain::{
        ids::{TurnId, VersionId},
        making::Deed,
        turn::Turn,
        version::{Origin, Version},
    },
    store::provenance::{Known, StatementRow},
};

/// Statements one below the other before a chain begins anew: some 100 kB.
const LONGEST_CHAIN: u32 = 20;
const SOURCE: &str = "http://cv.iptc.org/newscodes/digitalsourcetype/";

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
        let chain = self.chain_to(version).await?;
        self.told(version, &chain).await
    }

    /// The file of a version's stored picture with its statement in it, signed now if it wasn't yet.
    pub(super) async fn stated(&self, version: &Version) -> Result<Bytes, Failed> {
        let chain = self.chain_to(version).await?;
        if self.0.store.known(version.id).await?.statement.is_none() {
            let _one_at_a_time = self.0.chains.lock().await;
            self.state(version, &chain).await?;
        }
        Ok(self.with_statement(version).await?.0)
    }

    /// What is signed about the versions that this one was made from, all the way down; they have smaller numbers, so they are
    /// signed in the order of their numbers.
    async fn chain_to(&self, version: &Version) -> Result<Chain, Failed> {
        let chain = Chain::read(self, version).await?;
        let missing = chain.ancestors(version);
        if !missing.is_empty() {
            let _one_at_a_time = self.0.chains.lock().await;
            for ancestor in missing.values() {
                if self.0.store.known(ancestor.id).await?.statement.is_none() {
                    self.state(ancestor, &chain).await?;
                }
            }
        }
        Ok(chain)
    }

    /// Signs the statement about a stored picture and keeps it.
    async fn state(&self, version: &Version, chain: &Chain) -> Result<(), Failed> {
        let story = self.told(version, chain).await?;
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

    async fn told(&self, version: &Version, chain: &Chain) -> Result<Story, Failed> {
        let known = self.0.store.known(version.id).await?;
        let mut story = Story {
            title: format!("v{}", version.number),
            acts: Vec::new(),
            sources: Vec::new(),
            own: json!({"version": version.id}),
            below: 0,
        };
        match chain.turn_of(version) {
            Some(turn) => {
                story.acts = self.acts(version, turn, &known);
                if let Some(parent) = version.parent.and_then(|id| chain.versions.get(&id)) {
                    self.add_source(&mut story, parent, Relation::Parent).await?;
                }
                for reference in turn.references.iter().filter_map(|id| chain.versions.get(id)) {
                    self.add_source(&mut story, reference, Relation::Input).await?;
                }
                if let Some(original) = &known.original {
                    story.sources.push(Source {
                        title: "the model’s answer".to_owned(),
                        relation: Relation::Input,
                        mime: original.mime.clone(),
                        bytes: self.0.blobs.read_private(original.file).await?,
                    });
                }
            }
            None => story.sources.push(match &known.original {
                Some(original) => Source {
                    title: "the picture as it came".to_owned(),
                    relation: Relation::Parent,
                    mime: original.mime.clone(),
                    bytes: self.0.blobs.read_private(original.file).await?,
                },
                None => Source {
                    title: "the picture as it came".to_owned(),
                    relation: Relation::Parent,
                    mime: version.blob.format.mime().to_owned(),
                    bytes: self.0.blobs.read(&version.blob).await?,
                },
            }),
        }
        Ok(story)
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
        // Versions from before deeds were kept: a model's are called generated, the engine's edited and no more.
        let (agent, model, deeds) = match &known.making {
            Some(making) => (making.agent.as_str(), making.model.clone(), making.deeds.as_slice()),
            None if turn.backend == "embedded" => (turn.backend.as_str(), None, &[Deed::Composed][..]),
            None => (turn.backend.as_str(), None, &[Deed::Generated][..]),
        };
        let agent = Agent {
            name: agent.to_owned(),
            version: model,
        };
        let when = version.created_at.rfc3339();
        let words = self.0.settings.instruction.then(|| turn.instruction.to_string());
        let act = |deed: &Deed| {
            let (action, source) = standard(*deed);
            Act {
                source: source.map(|source| format!("{SOURCE}{source}")),
                agent: Some(agent.clone()),
                when: Some(when.clone()),
                description: words.clone(),
                ..Act::new(action)
            }
        };
        deeds.iter().map(act).collect()
    }
}

/// The standard's action and digital source type.
const fn standard(deed: Deed) -> (&'static str, Option<&'static str>) {
    match deed {
        Deed::Generated | Deed::Restyled => ("c2pa.edited", Some("compositeWithTrainedAlgorithmicMedia")),
        Deed::Enlarged => ("c2pa.resized", Some("algorithmicallyEnhanced")),
        Deed::Adjusted => ("c2pa.color_adjustments", None),
        Deed::Filtered => ("c2pa.filtered", None),
        Deed::Cropped => ("c2pa.cropped", None),
        Deed::Turned => ("c2pa.orientation", None),
        Deed::Resized => ("c2pa.resized", None),
        Deed::Composed => ("c2pa.edited", None),
    }
}

/// The versions of a session and the turns that made them.
struct Chain {
    versions: HashMap<VersionId, Version>,
    turns: HashMap<TurnId, Turn>,
}

impl Chain {
    async fn read(provenance: &Provenance, version: &Version) -> Result<Self, Failed> {
        let store = &provenance.0.store;
        let versions = store.versions(version.session).await?;
        let makers: Vec<TurnId> = versions
            .iter()
            .filter_map(|version| match version.origin {
                Origin::Turn(turn) => Some(turn),
                Origin::Upload => None,
            })
            .collect();
        let turns = store.turns_by_id(version.session, &makers).await?;
        Ok(Self {
            versions: versions.into_iter().map(|version| (version.id, version)).collect(),
            turns: turns.into_iter().map(|turn| (turn.id, turn)).collect(),
        })
    }

    fn turn_of(&self, version: &Version) -> Option<&Turn> {
        match version.origin {
            Origin::Turn(turn) => self.turns.get(&turn),
            Origin::Upload => None,
        }
    }

    /// All that a version was made from, without itself, by number.
    fn ancestors(&self, version: &Version) -> BTreeMap<u32, &Version> {
        let (mut found, mut seen, mut open) = (BTreeMap::new(), HashSet::new(), vec![version.id]);
        while let Some(id) = open.pop() {
            let Some(one) = self.versions.get(&id).filter(|one| seen.insert(one.id)) else {
                continue;
            };
            if one.id != version.id {
                found.insert(one.number, one);
            }
            open.extend(one.parent);
            open.extend(
                self.turn_of(one)
                    .into_iter()
                    .flat_map(|turn| turn.references.iter().copied()),
            );
        }
        found
    }
}
