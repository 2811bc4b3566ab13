//! A preset: a named starting point for an instruction, with blanks in square brackets.
//!
//! Rule: a preset is checked wherever it comes from (a form, an imported file, a row, our own library), and imported files are
//! bounded. Used by `store`, which keeps people's own, and `web`, which shows and exchanges them.

use serde::{Deserialize, Serialize};

use super::{
    instruction::{Instruction, InstructionError},
    options::Ratio,
    session::one_line,
};

/// A starting point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Preset {
    name: String,
    text: Instruction,
    pictures: Vec<String>,
    ratio: Option<Ratio>,
}

/// A preset as files have it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// What it is called.
    pub name: String,
    /// The words, with `[blanks]`.
    pub text: String,
    /// What the references are to show, "image 2" first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pictures: Vec<String>,
    /// The shape of the result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ratio: Option<Ratio>,
}

/// Why it is no preset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PresetError {
    /// No name, or too long a one.
    #[error("Give the preset a name of at most 60 characters.")]
    Name,
    /// No words, or too many.
    #[error("A preset’s text has 1 to 4,000 characters.")]
    Text,
    /// Too many pictures, or one without words.
    #[error("A preset asks for at most 13 pictures, each named in at most 60 characters.")]
    Pictures,
    /// Not a file of presets.
    #[error("This is not a file of presets. Use one that was exported here.")]
    File,
    /// Too many in one file.
    #[error("A file has at most 100 presets.")]
    TooMany,
}

impl Preset {
    /// The longest name, in characters.
    pub const NAME_CHARS: usize = 60;
    /// The most pictures it may ask for.
    pub const MOST_PICTURES: usize = 13;

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The words, with `[blanks]`.
    #[must_use]
    pub fn text(&self) -> &str {
        self.text.as_str()
    }

    /// What the references are to show, "image 2" first.
    #[must_use]
    pub fn pictures(&self) -> &[String] {
        &self.pictures
    }

    /// The shape of the result.
    #[must_use]
    pub const fn ratio(&self) -> Option<Ratio> {
        self.ratio
    }
}

impl TryFrom<Written> for Preset {
    type Error = PresetError;

    fn try_from(written: Written) -> Result<Self, PresetError> {
        let line = |text: &str, error| {
            let line = one_line(text);
            let fits = (1..=Self::NAME_CHARS).contains(&line.chars().count());
            fits.then_some(line).ok_or(error)
        };
        if written.pictures.len() > Self::MOST_PICTURES {
            return Err(PresetError::Pictures);
        }
        let pictures = written.pictures.iter().map(|name| line(name, PresetError::Pictures));
        Ok(Self {
            name: line(&written.name, PresetError::Name)?,
            text: Instruction::parse(&written.text).map_err(|_: InstructionError| PresetError::Text)?,
            pictures: pictures.collect::<Result<_, _>>()?,
            ratio: written.ratio,
        })
    }
}

impl From<Preset> for Written {
    fn from(preset: Preset) -> Self {
        Self {
            name: preset.name,
            text: preset.text.as_str().to_owned(),
            pictures: preset.pictures,
            ratio: preset.ratio,
        }
    }
}

/// The most presets in one file.
const MOST_IN_A_FILE: usize = 100;
/// What a file says of itself.
const KIND: &str = "plantain presets 1";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File<T> {
    kind: String,
    presets: Vec<T>,
}

/// The presets as a JSON file.
///
/// # Errors
/// Never in practice.
pub fn to_file(presets: &[Preset]) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&File {
        kind: KIND.to_owned(),
        presets: presets.to_vec(),
    })
}

/// The presets of a JSON file: all of them or none.
///
/// # Errors
/// The first [`PresetError`].
pub fn of_file(json: &str) -> Result<Vec<Preset>, PresetError> {
    let file: File<Written> = serde_json::from_str(json).map_err(|_| PresetError::File)?;
    if file.kind != KIND {
        return Err(PresetError::File);
    }
    if file.presets.len() > MOST_IN_A_FILE {
        return Err(PresetError::TooMany);
    }
    file.presets.into_iter().map(Preset::try_from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written() -> Written {
        Written {
            name: " Our\nlook ".to_owned(),
            text: "Put [what] on the cup".to_owned(),
            pictures: vec!["the pattern".to_owned()],
            ratio: "4:5".parse().ok(),
        }
    }

    #[test]
    fn ui_4_2_a_file_of_presets_comes_back_as_it_went() {
        let preset = Preset::try_from(written()).expect("a preset");
        assert_eq!(preset.name(), "Our look");
        let file = to_file(std::slice::from_ref(&preset)).expect("a file");
        assert_eq!(of_file(&file), Ok(vec![preset]));
    }

    #[test]
    fn what_is_no_preset_is_refused_with_words() {
        let refused = |change: fn(&mut Written)| {
            let mut written = written();
            change(&mut written);
            Preset::try_from(written).expect_err("not a preset")
        };
        assert_eq!(refused(|written| written.name = " ".to_owned()), PresetError::Name);
        assert_eq!(refused(|written| written.name = "x".repeat(61)), PresetError::Name);
        assert_eq!(refused(|written| written.text = "\r\n".to_owned()), PresetError::Text);
        assert_eq!(refused(|written| written.text = "x".repeat(4_001)), PresetError::Text);
        assert_eq!(
            refused(|written| written.pictures = vec!["x".to_owned(); 14]),
            PresetError::Pictures
        );
        for file in [
            "",
            "[]",
            "{}",
            r#"{"kind":"other","presets":[]}"#,
            r#"{"kind":"plantain presets 1","presets":[{"name":"a"}]}"#,
            r#"{"kind":"plantain presets 1","presets":[{"name":"a","text":"b","ratio":"0:1"}]}"#,
            r#"{"kind":"plantain presets 1","presets":[{"name":"a","text":"b","more":1}]}"#,
        ] {
            assert_eq!(of_file(file), Err(PresetError::File), "{file}");
        }
        let many = to_file(&vec![Preset::try_from(written()).expect("a preset"); 101]).expect("a file");
        assert_eq!(of_file(&many), Err(PresetError::TooMany));
    }
}
