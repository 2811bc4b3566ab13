//! The list of models that OpenAI's interface, and all that speak it, give at `models`.
//!
//! Rule: a list that is empty or unreadable proves nothing against a model. Called by the backends' checks.

use serde::Deserialize;

use super::{BackendError, wire::misconfigured};

#[derive(Deserialize)]
struct List {
    #[serde(default)]
    data: Vec<Model>,
}

#[derive(Deserialize)]
struct Model {
    #[serde(default)]
    id: String,
}

/// Whether `model` is in the list; `setting` is where its name comes from. What was found, in a few words.
///
/// # Errors
/// [`BackendError::Misconfigured`] when the list has others and not this one.
pub fn check(body: &[u8], model: &str, setting: &str) -> Result<String, BackendError> {
    let list = serde_json::from_slice(body).unwrap_or(List { data: Vec::new() });
    if list.data.is_empty() || model.is_empty() {
        return Ok("somebody is there and the key is good".to_owned());
    }
    if list.data.iter().any(|known| known.id == model) {
        return Ok(format!("the key is good and the model “{model}” is there"));
    }
    let drawing = list.data.iter().filter(|known| known.id.contains("image")).take(8);
    let names: Vec<&str> = drawing.map(|known| known.id.as_str()).collect();
    let hint = if names.is_empty() {
        String::new()
    } else {
        format!(" It has {}.", names.join(", "))
    };
    Err(misconfigured(format!(
        "the model “{model}” is not there; check {setting}.{hint}"
    )))
}
