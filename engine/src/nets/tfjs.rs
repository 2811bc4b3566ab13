//! Nets in the form of TensorFlow.js (a JSON graph and binary weights) made into ONNX.
//!
//! The one rule: an operation or setting that is not known here is an error, never skipped. The axes are turned from
//! rows-columns-channels to channels-rows-columns on the way, so inputs and outputs are `1×C×H×W` like every other net's.
//! Called when weights are taken in. Understood is what convolution nets for seeing use; the graph's forms are those of
//! TensorFlow's `GraphDef`.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use super::NetError;
use super::onnx::{Attribute, Graph};
use super::weights::{Weight, bad, turned, weights};

/// Makes ONNX of the part of a graph that leads to `outputs` (names of nodes).
///
/// # Errors
/// [`NetError::Unreadable`] naming the node that is not understood.
pub fn to_onnx(json: &[u8], bin: &[u8], outputs: &[&str]) -> Result<Vec<u8>, NetError> {
    let model: Value = serde_json::from_slice(json).map_err(|error| bad(error.to_string()))?;
    let nodes = model["modelTopology"]["node"]
        .as_array()
        .ok_or_else(|| bad("it has no nodes"))?;
    let by_name: HashMap<&str, &Value> = nodes.iter().filter_map(|n| Some((n["name"].as_str()?, n))).collect();
    let mut net = Converter {
        graph: Graph::default(),
        weights: weights(&model["weightsManifest"], bin)?,
        shapes: HashMap::new(),
    };
    for name in in_order(&by_name, outputs)? {
        net.node(&name, by_name[name.as_str()])
            .map_err(|error| bad(format!("at “{name}”: {error}")))?;
    }
    outputs.iter().for_each(|name| net.graph.output(name));
    Ok(net.graph.finish())
}

/// The nodes that lead to the outputs, each after what it needs.
fn in_order(nodes: &HashMap<&str, &Value>, outputs: &[&str]) -> Result<Vec<String>, NetError> {
    let (mut order, mut seen, mut open) = (Vec::new(), HashSet::new(), HashSet::new());
    let mut to_do: Vec<(String, bool)> = outputs.iter().map(|name| ((*name).to_owned(), false)).collect();
    while let Some((name, is_ready)) = to_do.pop() {
        if is_ready {
            open.remove(&name);
            if seen.insert(name.clone()) {
                order.push(name);
            }
            continue;
        }
        if seen.contains(&name) {
            continue;
        }
        if !open.insert(name.clone()) {
            return Err(bad(format!("“{name}” needs itself")));
        }
        let node = nodes
            .get(name.as_str())
            .ok_or_else(|| bad(format!("“{name}” is not there")))?;
        to_do.push((name, true));
        let needs = inputs(node).into_iter().filter(|need| !seen.contains(*need));
        to_do.extend(needs.map(|need| (need.to_owned(), false)));
    }
    Ok(order)
}

fn inputs(node: &Value) -> Vec<&str> {
    let names = node["input"].as_array().map(Vec::as_slice).unwrap_or_default();
    names.iter().filter_map(Value::as_str).collect()
}

/// Channels, rows, columns.
type Shape = [usize; 3];

struct Converter {
    graph: Graph,
    weights: HashMap<String, Weight>,
    shapes: HashMap<String, Shape>,
}

impl Converter {
    fn node(&mut self, name: &str, node: &Value) -> Result<(), NetError> {
        let kind = node["op"].as_str().unwrap_or_default();
        let given = inputs(node);
        let input = |at: usize| given.get(at).copied().ok_or_else(|| bad("an input is missing"));
        let shape = match kind {
            // Numbers are taken where they are used.
            "Const" => return Ok(()),
            "Placeholder" => self.placeholder(name, node)?,
            "Identity" | "Relu" | "Sigmoid" => {
                self.graph.node(kind, &[input(0)?], &[name], &[]);
                self.shape(input(0)?)?
            }
            "Relu6" => {
                let (low, high) = (self.graph.number(0.0), self.graph.number(6.0));
                self.graph.node("Clip", &[input(0)?, &low, &high], &[name], &[]);
                self.shape(input(0)?)?
            }
            "Add" | "AddV2" | "Mul" | "Sub" => {
                let (a, b) = (self.operand(input(0)?)?, self.operand(input(1)?)?);
                self.graph
                    .node(kind.trim_end_matches("V2"), &[&a.0, &b.0], &[name], &[]);
                widest(a.1, b.1)?
            }
            "Mean" => {
                let axes = &self.weight(input(1)?)?.data;
                if axes != &[1.0, 2.0] || node["attr"]["keep_dims"]["b"].as_bool() != Some(true) {
                    return Err(bad("a mean over other axes"));
                }
                self.graph.node("GlobalAveragePool", &[input(0)?], &[name], &[]);
                [self.shape(input(0)?)?[0], 1, 1]
            }
            "ConcatV2" => self.concat(name, &given)?,
            "ResizeBilinear" => self.resize(name, node, &given)?,
            "Conv2D" | "_FusedConv2D" => self.convolution(name, node, &given, false)?,
            "DepthwiseConv2dNative" | "FusedDepthwiseConv2dNative" => self.convolution(name, node, &given, true)?,
            other => return Err(bad(format!("operations of the kind “{other}” are not known"))),
        };
        self.shapes.insert(name.to_owned(), shape);
        Ok(())
    }

    fn shape(&self, name: &str) -> Result<Shape, NetError> {
        self.shapes
            .get(name)
            .copied()
            .ok_or_else(|| bad(format!("“{name}” is no picture")))
    }

    fn weight(&self, name: &str) -> Result<&Weight, NetError> {
        self.weights
            .get(name)
            .ok_or_else(|| bad(format!("“{name}” has no numbers")))
    }

    fn placeholder(&mut self, name: &str, node: &Value) -> Result<Shape, NetError> {
        let sides = node["attr"]["shape"]["shape"]["dim"]
            .as_array()
            .ok_or_else(|| bad("no shape"))?;
        let side = |at: usize| sides.get(at).and_then(|d| d["size"].as_str()?.parse::<usize>().ok());
        let (Some(1), Some(h), Some(w), Some(c)) = (side(0), side(1), side(2), side(3)) else {
            return Err(bad("the input is not one picture of a fixed size"));
        };
        self.graph
            .input(name, &[Some(1), Some(c as u64), Some(h as u64), Some(w as u64)]);
        Ok([c, h, w])
    }

    /// A picture, or fixed numbers: one, or one per channel.
    fn operand(&mut self, name: &str) -> Result<(String, Shape), NetError> {
        let Some(weight) = self.weights.get(name) else {
            return Ok((name.to_owned(), self.shape(name)?));
        };
        let channels = weight.data.len();
        if weight.shape.iter().any(|&s| s != 1 && s != channels) || weight.shape.last().is_some_and(|&s| s != channels)
        {
            return Err(bad(format!("numbers of the shape {:?}", weight.shape)));
        }
        let name = format!("{name} turned");
        self.graph.floats(&name, &[1, channels, 1, 1], &weight.data);
        Ok((name, [channels, 1, 1]))
    }

    fn concat(&mut self, name: &str, given: &[&str]) -> Result<Shape, NetError> {
        let (axis, parts) = given.split_last().ok_or_else(|| bad("nothing to join"))?;
        if self.weight(axis)?.data != [3.0] {
            return Err(bad("a join along another axis"));
        }
        self.graph
            .node("Concat", parts, &[name], &[("axis", Attribute::Int(1))]);
        let mut shape = self.shape(parts.first().ok_or_else(|| bad("nothing to join"))?)?;
        for part in &parts[1..] {
            shape[0] += self.shape(part)?[0];
        }
        Ok(shape)
    }

    fn resize(&mut self, name: &str, node: &Value, given: &[&str]) -> Result<Shape, NetError> {
        let set = |key: &str| node["attr"][key]["b"].as_bool().unwrap_or(false);
        let [from, size] = given else {
            return Err(bad("a change of size without a size"));
        };
        let [c, ..] = self.shape(from)?;
        let &[h, w] = self.weight(size)?.data.as_slice() else {
            return Err(bad("a size that is not rows and columns"));
        };
        if set("align_corners") {
            return Err(bad("a change of size with aligned corners"));
        }
        let how = if set("half_pixel_centers") {
            "half_pixel"
        } else {
            "asymmetric"
        };
        let sizes = self.graph.indices(&[1, c as i64, h as i64, w as i64]);
        let attributes = [
            ("mode", Attribute::Text("linear")),
            ("coordinate_transformation_mode", Attribute::Text(how)),
        ];
        self.graph.node("Resize", &[from, "", "", &sizes], &[name], &attributes);
        Ok([c, h as usize, w as usize])
    }

    fn convolution(&mut self, name: &str, node: &Value, given: &[&str], by_channel: bool) -> Result<Shape, NetError> {
        let settings = Settings::of(node)?;
        let from = *given.first().ok_or_else(|| bad("no input"))?;
        let [channels, rows, columns] = self.shape(from)?;
        let weight = self.weight(given.get(1).ok_or_else(|| bad("no weights"))?)?;
        let &[kh, kw, ins, last] = weight.shape.as_slice() else {
            return Err(bad("weights of another shape"));
        };
        let outs = if by_channel { ins * last } else { last };
        if ins != channels || settings.fused.len() > 2 {
            return Err(bad("weights that do not fit the picture"));
        }
        let (turned, shape) = turned(weight, by_channel)?;
        let weight_name = format!("{name} weights");
        self.graph.floats(&weight_name, &shape, &turned);
        let mut inputs = vec![from, &weight_name];
        let bias_name = format!("{name} bias");
        let has_bias = settings.fused.first().is_some_and(|f| f == "BiasAdd");
        if has_bias {
            let bias = &self.weight(given.get(2).ok_or_else(|| bad("no bias"))?)?.data;
            let bias = bias.clone();
            self.graph.floats(&bias_name, &[outs], &bias);
            inputs.push(&bias_name);
        }
        let ends_in_relu = match settings.fused.get(usize::from(has_bias)).map(String::as_str) {
            None => false,
            Some("Relu") => true,
            Some(other) => return Err(bad(format!("a convolution that ends in {other}"))),
        };
        let attributes = [
            ("kernel_shape", Attribute::Ints(vec![kh as i64, kw as i64])),
            ("strides", Attribute::Ints(settings.strides.map(|s| s as i64).to_vec())),
            (
                "auto_pad",
                Attribute::Text(if settings.same { "SAME_UPPER" } else { "VALID" }),
            ),
            ("group", Attribute::Int(if by_channel { ins as i64 } else { 1 })),
        ];
        let before = format!("{name} before");
        let out = if ends_in_relu { before.as_str() } else { name };
        self.graph.node("Conv", &inputs, &[out], &attributes);
        if ends_in_relu {
            self.graph.node("Relu", &[&before], &[name], &[]);
        }
        let side = |len: usize, kernel: usize, stride: usize| {
            if settings.same {
                len.div_ceil(stride)
            } else {
                (len + 1).saturating_sub(kernel).div_ceil(stride)
            }
        };
        Ok([
            outs,
            side(rows, kh, settings.strides[0]),
            side(columns, kw, settings.strides[1]),
        ])
    }
}

fn widest(a: Shape, b: Shape) -> Result<Shape, NetError> {
    let fits = (0..3).all(|i| a[i] == b[i] || a[i] == 1 || b[i] == 1);
    fits.then(|| std::array::from_fn(|i| a[i].max(b[i])))
        .ok_or_else(|| bad("pictures that do not fit each other"))
}

/// How a convolution is done.
struct Settings {
    strides: [usize; 2],
    /// Whether the edges are padded so that the size stays.
    same: bool,
    /// What follows at once.
    fused: Vec<String>,
}

impl Settings {
    fn of(node: &Value) -> Result<Self, NetError> {
        let attributes: BTreeMap<&str, &Value> = node["attr"]
            .as_object()
            .map(|o| o.iter().map(|(k, v)| (k.as_str(), v)).collect())
            .unwrap_or_default();
        let numbers = |key: &str| -> Vec<usize> {
            let list = attributes.get(key).and_then(|v| v["list"]["i"].as_array());
            list.map(|l| l.iter().filter_map(|v| v.as_str()?.parse().ok()).collect())
                .unwrap_or_default()
        };
        let word = |value: &Value| value.as_str().and_then(decoded).unwrap_or_default();
        let format = attributes.get("data_format").map(|v| word(&v["s"])).unwrap_or_default();
        if format != "NHWC" || numbers("dilations").iter().any(|&d| d != 1) {
            return Err(bad("a convolution over other axes or with holes"));
        }
        let &[1, down, right, 1] = numbers("strides").as_slice() else {
            return Err(bad("strides that are not rows and columns"));
        };
        let same = match attributes.get("padding").map(|v| word(&v["s"])).as_deref() {
            Some("SAME") => true,
            Some("VALID") => false,
            _ => return Err(bad("a padding that is not known")),
        };
        let fused = attributes.get("fused_ops").and_then(|v| v["list"]["s"].as_array());
        Ok(Self {
            strides: [down.max(1), right.max(1)],
            same,
            fused: fused.map(|l| l.iter().map(word).collect()).unwrap_or_default(),
        })
    }
}

/// Text that the JSON keeps in base 64.
fn decoded(text: &str) -> Option<String> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bits, mut count, mut out) = (0u32, 0, Vec::new());
    for byte in text.bytes().filter(|&b| b != b'=') {
        let value = LETTERS.iter().position(|&l| l == byte)?;
        bits = bits << 6 | value as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count & 255) as u8);
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nets::{Tensor, load};

    /// A graph of a 3×3 convolution by channel with stride 2, a bias and a rest at 0, times two.
    fn graph(kind: &str) -> Vec<u8> {
        let s = |text: &str| serde_json::json!({"s": text});
        serde_json::json!({
            "modelTopology": {"node": [
                {"name": "two", "op": "Const"}, {"name": "w", "op": "Const"}, {"name": "b", "op": "Const"},
                {"name": "in", "op": "Placeholder", "attr": {"shape": {"shape": {"dim": [{"size": "1"}, {"size": "4"}, {"size": "4"}, {"size": "2"}]}}}},
                {"name": "c", "op": kind, "input": ["in", "w", "b"], "attr": {
                    "data_format": s("TkhXQw=="), "padding": s("U0FNRQ=="),
                    "dilations": {"list": {"i": ["1", "1", "1", "1"]}}, "strides": {"list": {"i": ["1", "2", "2", "1"]}},
                    "fused_ops": {"list": {"s": ["Qmlhc0FkZA==", "UmVsdQ=="]}}}},
                {"name": "out", "op": "Mul", "input": ["two", "c"]}
            ]},
            "weightsManifest": [{"paths": ["w.bin"], "weights": [
                {"name": "two", "shape": [], "dtype": "float32"},
                {"name": "w", "shape": [3, 3, 2, 1], "dtype": "float32"},
                {"name": "b", "shape": [2], "dtype": "float32"}
            ]}]
        })
        .to_string()
        .into_bytes()
    }

    fn bin() -> Vec<u8> {
        let weights = (0..18).map(|i| if i % 2 == 0 { 1.0 } else { -1.0 });
        [2.0f32]
            .into_iter()
            .chain(weights)
            .chain([0.5, 100.0])
            .flat_map(f32::to_le_bytes)
            .collect()
    }

    #[test]
    fn a_small_graph_means_the_same_after_conversion() {
        let net =
            load(to_onnx(&graph("FusedDepthwiseConv2dNative"), &bin(), &["out"]).expect("converted")).expect("loaded");
        let input = Tensor::new(&[1, 2, 4, 4], vec![1.0; 32]).expect("fits");
        let answer = net.run(&[input]).expect("runs").remove(0);
        // TensorFlow pads an even side below and to the right only, so the first window lies wholly inside.
        assert_eq!(answer.shape(), [1, 2, 2, 2]);
        assert_eq!(answer.data(), [19.0, 13.0, 13.0, 9.0, 182.0, 188.0, 188.0, 192.0]);
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        let refused =
            |json: &[u8], bin: &[u8], out: &str| matches!(to_onnx(json, bin, &[out]), Err(NetError::Unreadable(_)));
        assert!(refused(&graph("Conv3D"), &bin(), "out"));
        assert!(refused(&graph("FusedDepthwiseConv2dNative"), &bin()[4..], "out"));
        assert!(refused(&graph("FusedDepthwiseConv2dNative"), &bin(), "elsewhere"));
        assert!(refused(b"{}", &[], "out"));
        let circle = br#"{"modelTopology":{"node":[{"name":"a","op":"Relu","input":["a"]}]},"weightsManifest":[]}"#;
        assert!(refused(circle, &[], "a"));
    }
}
