//! A workflow with blanks: ComfyUI's own graph (the "API format"), with placeholders where an instruction goes in.
//!
//! Rule: blanks are filled in the parsed tree, in one pass, so that no words of a person can break the graph or be
//! taken for a blank; a picture that isn't there takes its node with it. Read by [`super::ComfyUi`] at the start.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::domain::picture::Dimensions;

/// The templates that come with the program, by name.
const SHIPPED: [(&str, &str); 4] = [
    ("qwen-image-edit", include_str!("workflows/qwen-image-edit.json")),
    ("flux-kontext", include_str!("workflows/flux-kontext.json")),
    ("qwen-image", include_str!("workflows/qwen-image.json")),
    ("invert", include_str!("workflows/invert.json")),
];

/// The blank of the drawn mask: a picture that is white, and can be seen through, where to edit.
const MASK: &str = "MASK";

/// A graph larger than this is no workflow.
const MOST_NODES: usize = 1000;

/// A workflow, looked over.
#[derive(Debug, Clone)]
pub struct Template {
    graph: Map<String, Value>,
    /// The node that saves the result.
    pub output: String,
    /// Whether it edits a picture; else it makes one of words.
    pub edits: bool,
    /// How many pictures beyond the first it has room for.
    pub references: u32,
    /// Whether it has a place for a drawn mask.
    pub masks: bool,
}

/// What goes into the blanks.
#[derive(Debug, Clone)]
pub struct Filling {
    /// What to do.
    pub prompt: String,
    /// What the server calls the uploaded pictures, the base first.
    pub pictures: Vec<String>,
    /// What it calls the uploaded mask, if one was drawn.
    pub mask: Option<String>,
    /// A fresh number, since a graph that was run before is answered from a cache.
    pub seed: u64,
    /// About the size of the base.
    pub size: Dimensions,
    /// How the saved file begins.
    pub prefix: String,
}

impl Template {
    /// The template of this name that comes with the program.
    #[must_use]
    pub fn shipped(name: &str) -> Option<&'static str> {
        SHIPPED.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
    }

    /// The names of [`shipped`](Self::shipped) templates.
    pub fn names() -> impl Iterator<Item = &'static str> {
        SHIPPED.iter().map(|(name, _)| *name)
    }

    /// Reads a workflow.
    ///
    /// # Errors
    /// What is wrong with it, for the operator.
    pub fn parse(text: &str) -> Result<Self, String> {
        let graph: Map<String, Value> = serde_json::from_str(text).map_err(|error| {
            format!(
                "it is not a JSON object (line {}, column {})",
                error.line(),
                error.column()
            )
        })?;
        if graph.contains_key("nodes") && graph.contains_key("links") {
            return Err("it is in the editor's format; export it again with “Export (API)”".to_owned());
        }
        if graph.is_empty() || graph.len() > MOST_NODES {
            return Err(format!("it has {} nodes", graph.len()));
        }
        for (id, node) in &graph {
            if !node["class_type"].is_string() || !node["inputs"].is_object() {
                return Err(format!("node {id} has no class_type or no inputs"));
            }
            if let Some(lost) = links(node).find(|to| !graph.contains_key(*to)) {
                return Err(format!("node {id} is linked to node {lost}, which is not there"));
            }
        }
        let masks = graph.values().flat_map(blanks).any(|blank| blank == MASK);
        let pictures: BTreeSet<u32> = graph
            .values()
            .flat_map(blanks)
            .filter_map(|blank| picture_of(&blank))
            .collect();
        let most = pictures.last().copied().unwrap_or(0);
        let has_words = graph.values().flat_map(blanks).any(|blank| blank == "PROMPT");
        if !pictures.contains(&1) && (most > 0 || !has_words) {
            return Err("no node loads %IMAGE_1%, so it would not edit the picture".to_owned());
        }
        let output = output(&graph)?;
        Ok(Self {
            graph,
            output,
            edits: most > 0,
            references: most.saturating_sub(1),
            masks,
        })
    }

    /// The classes of its nodes.
    #[must_use]
    pub fn classes(&self) -> BTreeSet<&str> {
        self.graph
            .values()
            .filter_map(|node| node["class_type"].as_str())
            .collect()
    }

    /// What a person may be told while a node works: its title, else its class.
    #[must_use]
    pub fn title(&self, node: &str) -> Option<&str> {
        let node = self.graph.get(node)?;
        node["_meta"]["title"].as_str().or_else(|| node["class_type"].as_str())
    }

    /// How many nodes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.graph.len()
    }

    /// The graph with every blank filled.
    #[must_use]
    pub fn fill(&self, filling: &Filling) -> Value {
        let mut graph = self.graph.clone();
        let gone = self.without_picture(filling.pictures.len(), filling.mask.is_some());
        graph.retain(|id, _| !gone.contains(id));
        let left: BTreeSet<String> = graph.keys().cloned().collect();
        for node in graph.values_mut() {
            if let Some(inputs) = node["inputs"].as_object_mut() {
                inputs.retain(|_, input| link(input).is_none_or(|to| left.contains(to)));
                inputs.values_mut().for_each(|input| fill(input, filling));
            }
        }
        Value::Object(graph)
    }

    /// The nodes that go because their picture isn't there: those that load it, and those that only lived off them.
    fn without_picture(&self, pictures: usize, masked: bool) -> BTreeSet<String> {
        let missing = |blank: &String| {
            picture_of(blank).is_some_and(|n| usize::try_from(n).is_ok_and(|n| n > pictures))
                || (blank == MASK && !masked)
        };
        let mut gone: BTreeSet<String> = self
            .graph
            .iter()
            .filter(|(_, node)| blanks(node).iter().any(missing))
            .map(|(id, _)| id.clone())
            .collect();
        loop {
            let orphaned: Vec<String> = self
                .graph
                .iter()
                .filter(|(id, node)| {
                    !gone.contains(*id) && links(node).next().is_some() && links(node).all(|to| gone.contains(to))
                })
                .map(|(id, _)| id.clone())
                .collect();
            if orphaned.is_empty() {
                return gone;
            }
            gone.extend(orphaned);
        }
    }
}

/// The node that is called "output", or the only one that saves a picture.
fn output(graph: &Map<String, Value>) -> Result<String, String> {
    let titled: Vec<&String> = graph
        .iter()
        .filter(|(_, node)| {
            node["_meta"]["title"]
                .as_str()
                .is_some_and(|title| title.eq_ignore_ascii_case("output"))
        })
        .map(|(id, _)| id)
        .collect();
    let saving = graph
        .iter()
        .filter(|(_, node)| node["class_type"] == "SaveImage")
        .map(|(id, _)| id);
    let found = if titled.is_empty() { saving.collect() } else { titled };
    match found.as_slice() {
        [one] => Ok((*one).clone()),
        [] => Err("no node saves a picture; it needs one SaveImage".to_owned()),
        _ => Err("several nodes save a picture; call the one with the result “output”".to_owned()),
    }
}

/// The node an input is linked to.
fn link(input: &Value) -> Option<&str> {
    match input.as_array()?.as_slice() {
        [Value::String(to), Value::Number(_)] => Some(to),
        _ => None,
    }
}

fn links(node: &Value) -> impl Iterator<Item = &str> {
    node["inputs"]
        .as_object()
        .into_iter()
        .flat_map(Map::values)
        .filter_map(link)
}

/// The names of the blanks in a node's inputs.
fn blanks(node: &Value) -> Vec<String> {
    let inputs = node["inputs"].as_object().into_iter().flat_map(Map::values);
    inputs
        .filter_map(Value::as_str)
        .flat_map(|text| {
            pieces(text)
                .into_iter()
                .filter_map(|(_, blank)| blank.map(str::to_owned))
        })
        .collect()
}

fn picture_of(blank: &str) -> Option<u32> {
    blank.strip_prefix("IMAGE_")?.parse().ok().filter(|n| *n > 0)
}

/// A text as pieces, each with the blank that follows it: `a %SEED% b` is `("a ", SEED)`, `(" b", none)`.
fn pieces(text: &str) -> Vec<(&str, Option<&str>)> {
    let mut pieces = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(open) = text[at..].find('%').map(|n| at + n) {
        let Some(close) = text[open + 1..].find('%').map(|n| open + 1 + n) else {
            break;
        };
        let name = &text[open + 1..close];
        if is_blank(name) {
            pieces.push((&text[from..open], Some(name)));
            (from, at) = (close + 1, close + 1);
        } else {
            at = close;
        }
    }
    pieces.push((&text[from..], None));
    pieces
}

fn is_blank(name: &str) -> bool {
    matches!(
        name,
        "PROMPT" | "NEGATIVE" | MASK | "SEED" | "WIDTH" | "HEIGHT" | "OUTPUT_PREFIX"
    ) || picture_of(name).is_some()
}

/// Fills an input's blanks; one that is nothing but a number's blank becomes the number.
fn fill(input: &mut Value, filling: &Filling) {
    let Value::String(text) = input else { return };
    let numbers = BTreeMap::from([
        ("SEED", filling.seed),
        ("WIDTH", filling.size.width.into()),
        ("HEIGHT", filling.size.height.into()),
    ]);
    let filled = match pieces(text).as_slice() {
        [("", Some(name)), ("", None)] if numbers.contains_key(name) => Value::from(numbers[name]),
        pieces => {
            let words = |blank: &str| match blank {
                "PROMPT" => filling.prompt.clone(),
                "NEGATIVE" => String::new(),
                MASK => filling.mask.clone().unwrap_or_default(),
                "OUTPUT_PREFIX" => filling.prefix.clone(),
                name => numbers.get(name).map(ToString::to_string).unwrap_or_else(|| {
                    let place = picture_of(name).and_then(|n| usize::try_from(n - 1).ok());
                    place
                        .and_then(|place| filling.pictures.get(place))
                        .cloned()
                        .unwrap_or_default()
                }),
            };
            let filled = pieces
                .iter()
                .map(|(text, blank)| format!("{text}{}", blank.map(words).unwrap_or_default()));
            Value::String(filled.collect())
        }
    };
    *input = filled;
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn filling(prompt: &str, pictures: &[&str]) -> Filling {
        Filling {
            prompt: prompt.to_owned(),
            pictures: pictures.iter().map(|name| (*name).to_owned()).collect(),
            seed: 7,
            size: Dimensions {
                width: 640,
                height: 480,
            },
            mask: None,
            prefix: "plantain-x".to_owned(),
        }
    }

    #[test]
    fn a_mask_goes_where_the_workflow_has_a_place_for_it_and_takes_its_nodes_with_it_when_none_is_drawn() {
        let template = Template::parse(
            r#"{"1": {"class_type": "LoadImage", "inputs": {"image": "%IMAGE_1%"}},
                "2": {"class_type": "LoadImageMask", "inputs": {"image": "%MASK%", "channel": "red"}},
                "3": {"class_type": "SetLatentNoiseMask", "inputs": {"samples": ["1", 0], "mask": ["2", 0]}},
                "4": {"class_type": "SaveImage", "inputs": {"images": ["3", 0]}}}"#,
        )
        .expect("a workflow");
        assert!(template.masks);
        let graph = template.fill(&Filling {
            mask: Some("m.png".to_owned()),
            ..filling("x", &["a.png"])
        });
        assert_eq!(graph["2"]["inputs"]["image"], "m.png");
        assert_eq!(graph["3"]["inputs"]["mask"], json!(["2", 0]));
        let graph = template.fill(&filling("x", &["a.png"]));
        assert_eq!(graph.as_object().map(Map::len), Some(3));
        assert_eq!(graph["3"]["inputs"], json!({"samples": ["1", 0]}));
    }

    #[test]
    fn every_shipped_template_can_be_read_and_filled_with_one_picture_or_all() {
        for name in Template::names() {
            let template = Template::parse(Template::shipped(name).expect("shipped")).expect(name);
            for count in [1, 1 + template.references as usize] {
                let graph = template.fill(&filling("make it pink", &["a.png", "b.png", "c.png"][..count]));
                let text = graph.to_string();
                assert!(!text.contains('%'), "{name}: {text}");
                assert_eq!(text.contains("c.png"), count == 3, "{name}: {text}");
                let nodes = graph.as_object().expect("a graph");
                for (id, node) in nodes {
                    assert!(
                        links(node).all(|to| nodes.contains_key(to)),
                        "{name}: node {id} of {text}"
                    );
                }
            }
        }
        assert_eq!(
            Template::parse(Template::shipped("qwen-image-edit").expect("shipped")).map(|t| t.references),
            Ok(2)
        );
    }

    #[test]
    fn words_of_a_person_stay_words() {
        let template = Template::parse(
            r#"{"1": {"class_type": "LoadImage", "inputs": {"image": "%IMAGE_1%"}},
                "2": {"class_type": "X", "inputs": {"text": "100% %PROMPT%, %ODD% 5%", "seed": "%SEED%", "n": "%SEED%-%WIDTH%", "k": 3, "from": ["1", 0]}},
                "3": {"class_type": "SaveImage", "inputs": {"images": ["2", 0]}}}"#,
        )
        .expect("a workflow");
        let graph = template.fill(&filling("say \"%SEED%\", {} and %IMAGE_1%\n", &["a.png"]));
        assert_eq!(
            graph["2"]["inputs"],
            json!({"text": "100% say \"%SEED%\", {} and %IMAGE_1%\n, %ODD% 5%", "seed": 7, "n": "7-640", "k": 3, "from": ["1", 0]})
        );
    }

    #[test]
    fn a_picture_that_is_not_there_takes_what_lived_off_it() {
        let template = Template::parse(
            r#"{"1": {"class_type": "LoadImage", "inputs": {"image": "%IMAGE_1%"}},
                "2": {"class_type": "LoadImage", "inputs": {"image": "%IMAGE_2%"}},
                "3": {"class_type": "Scale", "inputs": {"image": ["2", 0], "by": 2}},
                "4": {"class_type": "Edit", "inputs": {"image1": ["1", 0], "image2": ["3", 0]}},
                "9": {"class_type": "SaveImage", "inputs": {"images": ["4", 0]}}}"#,
        )
        .expect("a workflow");
        let graph = template.fill(&filling("x", &["a.png"]));
        let ids: Vec<&String> = graph.as_object().expect("a graph").keys().collect();
        assert_eq!(ids, ["1", "4", "9"]);
        assert_eq!(graph["4"]["inputs"], json!({"image1": ["1", 0]}));
        let graph = template.fill(&filling("x", &["a.png", "b.png"]));
        assert_eq!(
            (graph["2"]["inputs"]["image"].as_str(), graph.as_object().map(Map::len)),
            (Some("b.png"), Some(5))
        );
    }

    #[test]
    fn what_is_wrong_with_a_workflow_is_said_in_words() {
        let load = r#""1": {"class_type": "LoadImage", "inputs": {"image": "%IMAGE_1%"}}"#;
        let save = r#"{"class_type": "SaveImage", "inputs": {"images": ["1", 0]}}"#;
        for (text, words) in [
            ("[]".to_owned(), "not a JSON object"),
            ("{".to_owned(), "not a JSON object"),
            ("{}".to_owned(), "0 nodes"),
            (r#"{"nodes": [], "links": []}"#.to_owned(), "Export (API)"),
            (r#"{"1": {"inputs": {}}}"#.to_owned(), "node 1 has no class_type"),
            (format!("{{{load}}}"), "no node saves"),
            (
                format!("{{{load}, \"2\": {save}, \"3\": {save}}}"),
                "several nodes save",
            ),
            (format!("{{\"2\": {save}}}"), "node 1, which is not there"),
            (
                r#"{"2": {"class_type": "SaveImage", "inputs": {}}}"#.to_owned(),
                "%IMAGE_1%",
            ),
        ] {
            let error = Template::parse(&text).expect_err(words);
            assert!(error.contains(words), "{text}: {error}");
        }
        let titled = r#"{"class_type": "Other", "inputs": {"images": ["1", 0]}, "_meta": {"title": "Output"}}"#;
        let template = Template::parse(&format!("{{{load}, \"2\": {save}, \"3\": {save}, \"4\": {titled}}}"));
        assert_eq!(template.map(|template| template.output), Ok("4".to_owned()));
    }
}
