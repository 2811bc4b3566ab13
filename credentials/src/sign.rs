//! What is said about a picture, signed into its file.
//!
//! The one rule: the file's bytes are final after this; whoever changes them breaks the signature. A signature takes as
//! little room as it needs. Called by the server when a picture gets its record, and when it leaves.

use std::io::Cursor;

use c2pa::{BoxedSigner, Builder, BuilderIntent, Signer, SigningAlg};
use serde_json::{Value, json};

use crate::{Error, Notary};

/// What was done to make a picture, and from what.
#[derive(Debug, Clone)]
pub struct Statement<'a> {
    /// The program that speaks, and its version.
    pub generator: (&'a str, &'a str),
    /// What the picture is called.
    pub title: &'a str,
    /// What was done, in order; "created" or "opened" is put before it.
    pub acts: &'a [Act],
    /// What it was made from; at most one parent. Without a parent the picture was created.
    pub ingredients: &'a [Ingredient<'a>],
    /// How a picture without a parent came to be; its action is "created", whatever it says.
    pub created: Option<&'a Act>,
    /// The invisible mark in the pixels.
    pub binding: Option<SoftBinding<'a>>,
    /// A further assertion of the house: label and content.
    pub own: Option<(&'a str, Value)>,
}

impl<'a> Statement<'a> {
    /// An empty statement by this program.
    #[must_use]
    pub const fn by(name: &'a str, version: &'a str) -> Self {
        Self {
            generator: (name, version),
            title: "",
            acts: &[],
            ingredients: &[],
            created: None,
            binding: None,
            own: None,
        }
    }
}

/// One thing that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// The standard's name for it: `c2pa.cropped`.
    pub action: String,
    /// The digital source type of what it brought in, as an address; none for plain adjustments.
    pub source: Option<String>,
    /// What did it.
    pub agent: Option<Agent>,
    /// When, RFC 3339.
    pub when: Option<String>,
    /// In words.
    pub description: Option<String>,
}

impl Act {
    /// The action by its name alone.
    #[must_use]
    pub fn new(action: &str) -> Self {
        Self {
            action: action.to_owned(),
            source: None,
            agent: None,
            when: None,
            description: None,
        }
    }

    fn json(&self) -> Value {
        let mut act = json!({"action": self.action});
        if let Some(source) = &self.source {
            act["digitalSourceType"] = json!(source);
        }
        if let Some(agent) = &self.agent {
            act["softwareAgent"] = json!({"name": agent.name});
            if let Some(version) = &agent.version {
                act["softwareAgent"]["version"] = json!(version);
            }
        }
        if let Some(when) = &self.when {
            act["when"] = json!(when);
        }
        if let Some(description) = &self.description {
            act["description"] = json!(description);
        }
        act
    }
}

/// What did something: a model, an engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// Its name.
    pub name: String,
    /// Its version or the model's name.
    pub version: Option<String>,
}

/// A file that a picture was made from.
#[derive(Debug, Clone)]
pub struct Ingredient<'a> {
    /// What it is called.
    pub title: &'a str,
    /// How it was used.
    pub relation: Relation,
    /// Its media type.
    pub mime: &'a str,
    /// The file, with the credentials it has.
    pub bytes: &'a [u8],
}

/// How an ingredient was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// It was edited.
    Parent,
    /// It was given to a model beside.
    Input,
}

impl Relation {
    const fn name(self) -> &'static str {
        match self {
            Self::Parent => "parentOf",
            Self::Input => "inputTo",
        }
    }
}

/// A mark in the pixels that leads back to the statement.
#[derive(Debug, Clone, Copy)]
pub struct SoftBinding<'a> {
    /// The method.
    pub alg: &'a str,
    /// What it says.
    pub value: &'a str,
}

/// A signed file.
#[derive(Debug, Clone)]
pub struct Signed {
    /// The whole file.
    pub bytes: Vec<u8>,
    /// The credentials alone, as they stand in it.
    pub manifests: Vec<u8>,
    /// What this statement is called everywhere.
    pub label: String,
}

impl Notary {
    /// Signs a statement into a file. Blocks for some milliseconds.
    ///
    /// # Errors
    /// When the library refuses, say a file it can't write into.
    pub fn sign(&self, mime: &str, bytes: &[u8], statement: &Statement<'_>) -> Result<Signed, Error> {
        let mut builder = Builder::from_shared_context(&self.context).with_definition(definition(mime, statement))?;
        let has_parent = statement.ingredients.iter().any(|i| i.relation == Relation::Parent);
        for (at, ingredient) in statement.ingredients.iter().enumerate() {
            let about = json!({
                "title": ingredient.title,
                "relationship": ingredient.relation.name(),
                "label": label(at),
            });
            builder.add_ingredient_from_stream(
                about.to_string(),
                ingredient.mime,
                &mut Cursor::new(ingredient.bytes),
            )?;
        }
        if has_parent {
            builder.set_intent(BuilderIntent::Edit);
        }
        let mut out = Cursor::new(Vec::with_capacity(bytes.len() + 64 * 1024));
        let manifests = builder.sign(&self.signer, mime, &mut Cursor::new(bytes), &mut out)?;
        let bytes = out.into_inner();
        let label = self.label_of(mime, &bytes)?;
        Ok(Signed {
            bytes,
            manifests,
            label,
        })
    }

    /// Puts credentials back into the file they were signed into.
    ///
    /// # Errors
    /// When the library refuses.
    pub fn put_back(&self, mime: &str, bytes: &[u8], manifests: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(c2pa::jumbf_io::save_jumbf_to_memory(mime, bytes, manifests)?)
    }
}

fn definition(mime: &str, statement: &Statement<'_>) -> Value {
    let (name, version) = statement.generator;
    let parent = statement
        .ingredients
        .iter()
        .position(|i| i.relation == Relation::Parent);
    let inputs: Vec<String> = (0..statement.ingredients.len())
        .filter(|at| Some(*at) != parent)
        .map(label)
        .collect();
    let mut acts = vec![match (parent, statement.created) {
        (Some(at), _) => json!({"action": "c2pa.opened", "parameters": {"ingredientIds": [label(at)]}}),
        (None, Some(act)) => Act {
            action: "c2pa.created".to_owned(),
            ..act.clone()
        }
        .json(),
        (None, None) => json!({"action": "c2pa.created"}),
    }];
    acts.extend(statement.acts.iter().map(Act::json));
    // Further pictures belong to the act that used them: the first.
    if let (false, Some(used)) = (inputs.is_empty(), acts.get_mut(1)) {
        used["parameters"] = json!({"ingredientIds": inputs});
    }
    let mut assertions = vec![json!({"label": "c2pa.actions.v2", "data": {"actions": acts}})];
    if let Some(binding) = &statement.binding {
        let blocks = json!([{"scope": {}, "value": binding.value}]);
        assertions.push(json!({"label": "c2pa.soft-binding", "data": {"alg": binding.alg, "blocks": blocks}}));
    }
    if let Some((label, content)) = &statement.own {
        assertions.push(json!({"label": label, "data": content}));
    }
    json!({
        "claim_generator_info": [{"name": name, "version": version}],
        "title": statement.title,
        "format": mime,
        "assertions": assertions,
    })
}

fn label(at: usize) -> String {
    format!("ingredient_{at}")
}

/// A signer that reserves what its certificates and one signature need, and not the twelve kilobytes of the stock one.
pub struct Small {
    inner: BoxedSigner,
    reserve: usize,
}

impl Small {
    pub(crate) fn new(inner: BoxedSigner) -> Result<Self, Error> {
        let certificates: usize = inner.certs()?.iter().map(Vec::len).sum();
        Ok(Self {
            inner,
            // A signature has at most 512 bytes (RSA with 4,096 bits), the rest is its wrapping.
            reserve: certificates + 1_100,
        })
    }
}

impl Signer for Small {
    fn sign(&self, data: &[u8]) -> c2pa::Result<Vec<u8>> {
        self.inner.sign(data)
    }

    fn alg(&self) -> SigningAlg {
        self.inner.alg()
    }

    fn certs(&self) -> c2pa::Result<Vec<Vec<u8>>> {
        self.inner.certs()
    }

    fn reserve_size(&self) -> usize {
        self.reserve
    }
}
