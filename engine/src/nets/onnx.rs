//! Writes nets in ONNX form: the few messages of that format that the converters need, encoded by hand.
//!
//! The one rule: what is written here is read back by the runtime in the same process, so nothing optional is written.
//! Called by `ncnn.rs` and `tfjs.rs`. The format: protocol buffers, message `ModelProto` of the ONNX specification.

/// A value of a node's attribute.
#[derive(Debug, Clone)]
pub(super) enum Attribute {
    Int(i64),
    Ints(Vec<i64>),
    Text(&'static str),
    Float(f32),
}

/// A net under construction.
#[derive(Debug, Default)]
pub(super) struct Graph {
    nodes: Vec<u8>,
    constants: Vec<u8>,
    inputs: Vec<u8>,
    outputs: Vec<u8>,
    /// How many constants without a name of their own there are.
    unnamed: usize,
}

const FLOAT: u64 = 1;
const INT64: u64 = 7;
/// Of the operator set; 13 has everything used here in its plainest form.
const OPERATORS: u64 = 13;

impl Graph {
    /// Adds an operation.
    pub(super) fn node(&mut self, kind: &str, inputs: &[&str], outputs: &[&str], attributes: &[(&str, Attribute)]) {
        let mut node = Vec::new();
        inputs.iter().for_each(|name| text(&mut node, 1, name));
        outputs.iter().for_each(|name| text(&mut node, 2, name));
        text(&mut node, 3, outputs.first().copied().unwrap_or_default());
        text(&mut node, 4, kind);
        for (name, value) in attributes {
            bytes(&mut node, 5, &attribute(name, value));
        }
        bytes(&mut self.nodes, 1, &node);
    }

    /// Adds fixed numbers.
    pub(super) fn floats(&mut self, name: &str, shape: &[usize], data: &[f32]) {
        let raw: Vec<u8> = data.iter().flat_map(|v| v.to_le_bytes()).collect();
        self.constant(name, shape, FLOAT, &raw);
    }

    /// Adds fixed whole numbers under a name of their own, and tells the name.
    pub(super) fn indices(&mut self, data: &[i64]) -> String {
        let raw: Vec<u8> = data.iter().flat_map(|v| v.to_le_bytes()).collect();
        let name = self.fresh();
        self.constant(&name, &[data.len()], INT64, &raw);
        name
    }

    /// Adds one fixed number under a name of its own, and tells the name.
    pub(super) fn number(&mut self, value: f32) -> String {
        let name = self.fresh();
        self.floats(&name, &[], &[value]);
        name
    }

    fn fresh(&mut self) -> String {
        self.unnamed += 1;
        format!("constant {}", self.unnamed)
    }

    fn constant(&mut self, name: &str, shape: &[usize], kind: u64, raw: &[u8]) {
        let mut tensor = Vec::new();
        shape.iter().for_each(|&side| number(&mut tensor, 1, side as u64));
        number(&mut tensor, 2, kind);
        text(&mut tensor, 8, name);
        bytes(&mut tensor, 9, raw);
        bytes(&mut self.constants, 5, &tensor);
    }

    /// Names an input; a side of `None` may be of any length.
    pub(super) fn input(&mut self, name: &str, shape: &[Option<u64>]) {
        let value = value_info(name, Some(shape));
        bytes(&mut self.inputs, 11, &value);
    }

    /// Names an output.
    pub(super) fn output(&mut self, name: &str) {
        let value = value_info(name, None);
        bytes(&mut self.outputs, 12, &value);
    }

    /// The whole file.
    pub(super) fn finish(self) -> Vec<u8> {
        let mut graph = self.nodes;
        text(&mut graph, 2, "net");
        graph.extend(self.constants);
        graph.extend(self.inputs);
        graph.extend(self.outputs);
        let mut operators = Vec::new();
        text(&mut operators, 1, "");
        number(&mut operators, 2, OPERATORS);
        let mut model = Vec::with_capacity(graph.len() + 64);
        number(&mut model, 1, 8);
        text(&mut model, 2, "plantain");
        bytes(&mut model, 7, &graph);
        bytes(&mut model, 8, &operators);
        model
    }
}

fn attribute(name: &str, value: &Attribute) -> Vec<u8> {
    let mut out = Vec::new();
    text(&mut out, 1, name);
    match value {
        Attribute::Float(v) => {
            varint(&mut out, 2 << 3 | 5);
            out.extend(v.to_le_bytes());
            number(&mut out, 20, 1);
        }
        Attribute::Int(v) => {
            number(&mut out, 3, *v as u64);
            number(&mut out, 20, 2);
        }
        Attribute::Text(v) => {
            text(&mut out, 4, v);
            number(&mut out, 20, 3);
        }
        Attribute::Ints(v) => {
            v.iter().for_each(|v| number(&mut out, 8, *v as u64));
            number(&mut out, 20, 7);
        }
    }
    out
}

fn value_info(name: &str, shape: Option<&[Option<u64>]>) -> Vec<u8> {
    let mut tensor = Vec::new();
    number(&mut tensor, 1, FLOAT);
    if let Some(sides) = shape {
        let mut shape = Vec::new();
        for (at, side) in sides.iter().enumerate() {
            let mut dimension = Vec::new();
            match side {
                Some(side) => number(&mut dimension, 1, *side),
                None => text(&mut dimension, 2, &format!("side {at}")),
            }
            bytes(&mut shape, 1, &dimension);
        }
        bytes(&mut tensor, 2, &shape);
    }
    let mut kind = Vec::new();
    bytes(&mut kind, 1, &tensor);
    let mut value = Vec::new();
    text(&mut value, 1, name);
    bytes(&mut value, 2, &kind);
    value
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn number(out: &mut Vec<u8>, field: u64, value: u64) {
    varint(out, field << 3);
    varint(out, value);
}

fn text(out: &mut Vec<u8>, field: u64, value: &str) {
    bytes(out, field, value.as_bytes());
}

fn bytes(out: &mut Vec<u8>, field: u64, value: &[u8]) {
    varint(out, field << 3 | 2);
    varint(out, value.len() as u64);
    out.extend_from_slice(value);
}
