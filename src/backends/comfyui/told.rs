//! What ComfyUI tells over its line while it works.
//!
//! Rule: only what is about our own run counts, and it is never more than progress: how a run ended is asked for
//! separately. Called by [`super::ComfyUi`].

use std::collections::HashSet;

use serde_json::Value;

use super::template::Template;
use crate::backends::http::Message;

/// How far a run is, from what was told.
pub struct Course<'a> {
    template: &'a Template,
    run: String,
    finished: HashSet<String>,
    working: Option<String>,
    /// Of the working node, 0 to 1.
    within: f32,
}

/// What a message means.
#[derive(Debug, PartialEq)]
pub enum Told {
    /// It got further.
    Further,
    /// A picture on its way.
    Preview(Vec<u8>),
    /// It has ended, one way or the other: look.
    Ended,
    /// Nothing for us.
    Nothing,
}

impl<'a> Course<'a> {
    pub fn new(template: &'a Template, run: &str) -> Self {
        Self {
            template,
            run: run.to_owned(),
            finished: HashSet::new(),
            working: None,
            within: 0.0,
        }
    }

    /// Takes in one message.
    pub fn take(&mut self, message: Message) -> Told {
        match message {
            Message::Text(text) => serde_json::from_slice(&text).map_or(Told::Nothing, |told| self.hear(&told)),
            // Pictures don't say whose they are; while a node of ours works, they are ours.
            Message::Binary(bytes) if self.working.is_some() => preview(&bytes).map_or(Told::Nothing, Told::Preview),
            Message::Binary(_) => Told::Nothing,
        }
    }

    /// 0 to 1: the finished nodes, and how far the working one is.
    #[expect(clippy::cast_precision_loss, reason = "a bar of a few hundred pixels")]
    pub fn fraction(&self) -> f32 {
        let all = self.template.len().max(1) as f32;
        ((self.finished.len() as f32 + self.within) / all).clamp(0.0, 1.0)
    }

    /// What it does just now.
    pub fn step(&self) -> Option<&str> {
        self.template.title(self.working.as_deref()?)
    }

    fn hear(&mut self, told: &Value) -> Told {
        let (kind, data) = (told["type"].as_str().unwrap_or_default(), &told["data"]);
        if data["prompt_id"] != self.run.as_str() {
            return Told::Nothing;
        }
        match kind {
            "execution_cached" => {
                let nodes = data["nodes"].as_array().into_iter().flatten();
                self.finished.extend(nodes.filter_map(Value::as_str).map(str::to_owned));
            }
            "executing" => {
                self.finished.extend(self.working.take());
                self.within = 0.0;
                match data["node"].as_str() {
                    Some(node) => self.working = Some(node.to_owned()),
                    None => return Told::Ended,
                }
            }
            "progress" => self.within = share(&data["value"], &data["max"]),
            "progress_state" => self.state(&data["nodes"]),
            "execution_success" | "execution_error" | "execution_interrupted" => return Told::Ended,
            _ => return Told::Nothing,
        }
        Told::Further
    }

    fn state(&mut self, nodes: &Value) {
        for (id, node) in nodes.as_object().into_iter().flatten() {
            match node["state"].as_str() {
                Some("finished") => {
                    self.finished.insert(id.clone());
                }
                Some("running") => {
                    self.working = Some(id.clone());
                    self.within = share(&node["value"], &node["max"]);
                }
                _ => {}
            }
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a share of 1")]
fn share(value: &Value, max: &Value) -> f32 {
    let (value, max) = (value.as_f64().unwrap_or(0.0), max.as_f64().unwrap_or(0.0));
    if max > 0.0 {
        (value / max).clamp(0.0, 1.0) as f32
    } else {
        0.0
    }
}

/// The picture of a binary message: plain (kind 1), or behind a JSON text (kind 4).
fn preview(bytes: &[u8]) -> Option<Vec<u8>> {
    let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let from = match number(0)? {
        1 => 8,
        4 => 8_usize.checked_add(usize::try_from(number(4)?).ok()?)?,
        _ => return None,
    };
    bytes
        .get(from..)
        .filter(|picture| !picture.is_empty())
        .map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn progress_is_counted_in_nodes_and_within_the_working_one() {
        let template = Template::parse(Template::shipped("invert").expect("shipped")).expect("a workflow");
        let mut course = Course::new(&template, "ours");
        let tell = |course: &mut Course<'_>, kind: &str, data: Value| {
            let mut data = data;
            data["prompt_id"] = json!("ours");
            course.take(Message::Text(
                json!({"type": kind, "data": data}).to_string().into_bytes(),
            ))
        };
        assert_eq!(
            course.take(Message::Binary(vec![0, 0, 0, 1, 0, 0, 0, 2, 9])),
            Told::Nothing,
            "whose is it?"
        );
        assert_eq!(
            tell(&mut course, "execution_cached", json!({"nodes": ["1"]})),
            Told::Further
        );
        assert_eq!(tell(&mut course, "executing", json!({"node": "2"})), Told::Further);
        assert_eq!(course.step(), Some("ImageInvert"));
        tell(&mut course, "progress", json!({"value": 1, "max": 2}));
        assert!((course.fraction() - 0.5).abs() < 0.01, "{}", course.fraction());
        assert_eq!(
            course.take(Message::Binary(vec![0, 0, 0, 1, 0, 0, 0, 2, 9])),
            Told::Preview(vec![9])
        );
        let with_words = [&[0, 0, 0, 4, 0, 0, 0, 2][..], b"{}", &[7, 7]].concat();
        assert_eq!(course.take(Message::Binary(with_words)), Told::Preview(vec![7, 7]));
        for odd in [
            &[][..],
            &[0, 0, 0, 4, 255, 255, 255, 255],
            &[0, 0, 0, 3, 0, 0, 0, 0, 1],
            &[0, 0, 0, 1],
        ] {
            assert_eq!(course.take(Message::Binary(odd.to_vec())), Told::Nothing, "{odd:?}");
        }
        let theirs = json!({"type": "executing", "data": {"prompt_id": "theirs", "node": null}});
        assert_eq!(
            course.take(Message::Text(theirs.to_string().into_bytes())),
            Told::Nothing
        );
        let state = json!({"nodes": {"2": {"state": "finished"}, "9": {"state": "running", "value": 0, "max": 1}}});
        tell(&mut course, "progress_state", state);
        assert_eq!(course.step(), Some("output"));
        assert_eq!(tell(&mut course, "executing", json!({"node": null})), Told::Ended);
        assert!((course.fraction() - 1.0).abs() < 0.01);
    }
}
