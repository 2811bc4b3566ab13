//! Nets in ncnn's form (a text file of layers and a binary file of weights) made into ONNX.
//!
//! The one rule: a layer or setting that is not known here is an error, never skipped: a net that is nearly right is wrong.
//! Called when weights are taken in. Understood are the layers of the SPAN nets; the format is described in ncnn's own
//! documentation ("param and model file structure").

use std::collections::HashMap;

use super::NetError;
use super::onnx::{Attribute, Graph};

/// What the first line of a layer file says.
const MAGIC: &str = "7767517";
/// Before weights of 16 bits.
const HALF: u32 = 0x0130_6B47;
/// More layers or numbers than any net that is meant for here.
const MOST_LAYERS: usize = 10_000;

/// Makes ONNX of a net that takes a picture (`1×3×H×W`, 0…1) of any size.
///
/// # Errors
/// [`NetError::Unreadable`] naming the layer that is not understood.
pub fn to_onnx(param: &str, bin: &[u8]) -> Result<Vec<u8>, NetError> {
    let mut lines = param.lines();
    if lines.next().map(str::trim) != Some(MAGIC) {
        return Err(bad("it does not begin as a layer file"));
    }
    lines.next();
    let mut net = Converter {
        graph: Graph::default(),
        channels: HashMap::new(),
        weights: Weights { bin, at: 0 },
        last: String::new(),
    };
    for line in lines.filter(|line| !line.trim().is_empty()).take(MOST_LAYERS) {
        net.layer(&Layer::parse(line)?)?;
    }
    if net.weights.at != bin.len() {
        return Err(bad("weights are left over"));
    }
    net.graph.output(&net.last);
    Ok(net.graph.finish())
}

fn bad(problem: impl Into<String>) -> NetError {
    NetError::Unreadable(problem.into())
}

/// One line: kind, name, inputs, outputs and numbered settings.
struct Layer<'a> {
    kind: &'a str,
    inputs: Vec<&'a str>,
    outputs: Vec<&'a str>,
    settings: HashMap<i32, &'a str>,
}

impl<'a> Layer<'a> {
    fn parse(line: &'a str) -> Result<Self, NetError> {
        let short = || bad(format!("the layer “{line}” is cut off"));
        let words: Vec<&str> = line.split_whitespace().collect();
        let count = |at: usize| words.get(at).and_then(|w| w.parse::<usize>().ok()).ok_or_else(short);
        let (ins, outs) = (count(2)?, count(3)?);
        if ins.saturating_add(outs) > words.len() {
            return Err(short());
        }
        let inputs = words.get(4..4 + ins).ok_or_else(short)?.to_vec();
        let outputs = words.get(4 + ins..4 + ins + outs).ok_or_else(short)?.to_vec();
        let settings = words[4 + ins + outs..]
            .iter()
            .map(|w| {
                w.split_once('=')
                    .and_then(|(k, v)| Some((k.parse().ok()?, v)))
                    .ok_or_else(short)
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            kind: words[0],
            inputs,
            outputs,
            settings,
        })
    }

    fn whole(&self, key: i32, otherwise: i64) -> Result<i64, NetError> {
        self.settings.get(&key).map_or(Ok(otherwise), |v| {
            v.parse()
                .map_err(|_| bad(format!("setting {key}={v} of a {}", self.kind)))
        })
    }

    /// A size: not negative, and small enough to be meant.
    fn size(&self, key: i32, otherwise: usize) -> Result<usize, NetError> {
        let value = self.whole(key, otherwise as i64)?;
        usize::try_from(value)
            .ok()
            .filter(|&v| v < 1 << 24)
            .ok_or_else(|| bad(format!("setting {key}={value} of a {}", self.kind)))
    }

    fn float(&self, key: i32) -> Result<f32, NetError> {
        self.settings.get(&key).map_or(Ok(0.0), |v| {
            v.parse()
                .map_err(|_| bad(format!("setting {key}={v} of a {}", self.kind)))
        })
    }

    fn input(&self, at: usize) -> Result<&'a str, NetError> {
        self.inputs
            .get(at)
            .copied()
            .ok_or_else(|| bad(format!("a {} without input", self.kind)))
    }

    fn output(&self) -> Result<&'a str, NetError> {
        self.outputs
            .first()
            .copied()
            .ok_or_else(|| bad(format!("a {} without output", self.kind)))
    }
}

struct Converter<'a> {
    graph: Graph,
    /// How many channels each value has, which the layer file leaves to be worked out.
    channels: HashMap<String, usize>,
    weights: Weights<'a>,
    /// The output of the last layer: the net's.
    last: String,
}

impl Converter<'_> {
    fn layer(&mut self, layer: &Layer<'_>) -> Result<(), NetError> {
        let output = layer.output()?;
        let channels = match layer.kind {
            "Input" => {
                self.graph.input(output, &[Some(1), Some(3), None, None]);
                3
            }
            "MemoryData" => self.constant(layer, output)?,
            "Split" => {
                let from = layer.input(0)?;
                for to in &layer.outputs {
                    self.graph.node("Identity", &[from], &[to], &[]);
                    self.channels.insert((*to).to_owned(), self.channels_of(from)?);
                }
                self.channels_of(from)?
            }
            "Convolution" => self.convolution(layer, output)?,
            "BinaryOp" => self.arithmetic(layer, output)?,
            "Sigmoid" => {
                self.graph.node("Sigmoid", &[layer.input(0)?], &[output], &[]);
                self.channels_of(layer.input(0)?)?
            }
            "Swish" => {
                let (from, gate) = (layer.input(0)?, format!("{output} gate"));
                self.graph.node("Sigmoid", &[from], &[&gate], &[]);
                self.graph.node("Mul", &[from, &gate], &[output], &[]);
                self.channels_of(from)?
            }
            "Concat" => {
                self.graph
                    .node("Concat", &layer.inputs, &[output], &[("axis", Attribute::Int(1))]);
                layer
                    .inputs
                    .iter()
                    .map(|name| self.channels_of(name))
                    .sum::<Result<_, _>>()?
            }
            "PixelShuffle" => self.shuffle(layer, output)?,
            other => return Err(bad(format!("layers of the kind “{other}” are not known"))),
        };
        self.channels.insert(output.to_owned(), channels);
        self.last = output.to_owned();
        Ok(())
    }

    fn channels_of(&self, name: &str) -> Result<usize, NetError> {
        self.channels
            .get(name)
            .copied()
            .ok_or_else(|| bad(format!("“{name}” is used before it is made")))
    }

    fn constant(&mut self, layer: &Layer<'_>, output: &str) -> Result<usize, NetError> {
        let (w, h, c) = (
            layer.size(0, 1)?.max(1),
            layer.size(1, 1)?.max(1),
            layer.size(2, 1)?.max(1),
        );
        let data = self.weights.floats(w * h * c)?;
        self.graph.floats(output, &[1, c, h, w], &data);
        Ok(c)
    }

    fn convolution(&mut self, layer: &Layer<'_>, output: &str) -> Result<usize, NetError> {
        let (to, side, pad, count) = (
            layer.size(0, 0)?,
            layer.size(1, 0)?,
            layer.size(4, 0)?,
            layer.size(6, 0)?,
        );
        let plain = layer.settings.keys().all(|k| matches!(k, 0 | 1 | 4 | 5 | 6));
        let from = self.channels_of(layer.input(0)?)?;
        if !plain || to * from * side * side != count || count == 0 {
            return Err(bad(format!("a convolution with settings {:?}", layer.settings)));
        }
        let weights = self.weights.tagged(count)?;
        let weight_name = format!("{output} weight");
        self.graph.floats(&weight_name, &[to, from, side, side], &weights);
        let mut inputs = vec![layer.input(0)?, &weight_name];
        let bias_name = format!("{output} bias");
        if layer.whole(5, 0)? == 1 {
            let bias = self.weights.floats(to)?;
            self.graph.floats(&bias_name, &[to], &bias);
            inputs.push(&bias_name);
        }
        let (side, pad) = (side as i64, pad as i64);
        let attributes = [
            ("kernel_shape", Attribute::Ints(vec![side, side])),
            ("pads", Attribute::Ints(vec![pad; 4])),
        ];
        self.graph.node("Conv", &inputs, &[output], &attributes);
        Ok(to)
    }

    fn arithmetic(&mut self, layer: &Layer<'_>, output: &str) -> Result<usize, NetError> {
        let kind = match layer.whole(0, 0)? {
            0 => "Add",
            1 => "Sub",
            2 => "Mul",
            3 => "Div",
            other => return Err(bad(format!("arithmetic number {other} is not known"))),
        };
        let first = layer.input(0)?;
        let number;
        let second = if layer.whole(1, 0)? == 1 {
            number = self.graph.number(layer.float(2)?);
            &number
        } else {
            layer.input(1)?
        };
        self.graph.node(kind, &[first, second], &[output], &[]);
        self.channels_of(first)
    }

    fn shuffle(&mut self, layer: &Layer<'_>, output: &str) -> Result<usize, NetError> {
        let (by, from) = (layer.size(0, 1)?.max(1), self.channels_of(layer.input(0)?)?);
        let attributes = [
            ("blocksize", Attribute::Int(by as i64)),
            ("mode", Attribute::Text("CRD")),
        ];
        self.graph
            .node("DepthToSpace", &[layer.input(0)?], &[output], &attributes);
        Ok(from / (by * by))
    }
}

/// The binary file, read from front to back.
struct Weights<'a> {
    bin: &'a [u8],
    at: usize,
}

impl<'a> Weights<'a> {
    fn take(&mut self, len: usize) -> Result<&'a [u8], NetError> {
        let part = self.at.checked_add(len).and_then(|end| self.bin.get(self.at..end));
        self.at += len;
        part.ok_or_else(|| bad("the weights end too early"))
    }

    fn floats(&mut self, count: usize) -> Result<Vec<f32>, NetError> {
        let raw = self.take(count * 4)?;
        Ok(raw
            .chunks_exact(4)
            .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
            .collect())
    }

    /// Weights that say themselves how they are kept.
    fn tagged(&mut self, count: usize) -> Result<Vec<f32>, NetError> {
        let tag = self.take(4)?;
        match u32::from_le_bytes([tag[0], tag[1], tag[2], tag[3]]) {
            0 => self.floats(count),
            HALF => {
                // Each block of weights begins at a multiple of four bytes.
                let raw = self.take((count * 2).next_multiple_of(4))?;
                Ok(raw
                    .chunks_exact(2)
                    .take(count)
                    .map(|b| half(u16::from_le_bytes([b[0], b[1]])))
                    .collect())
            }
            other => Err(bad(format!("weights of the kind {other:#x} are not known"))),
        }
    }
}

/// The number that 16 bits stand for.
pub(super) fn half(bits: u16) -> f32 {
    let (sign, exponent, fraction) = (
        u32::from(bits >> 15),
        u32::from(bits >> 10 & 31),
        u32::from(bits & 1023),
    );
    let magnitude = match exponent {
        0 => fraction as f32 / 16_777_216.0,
        31 if fraction == 0 => f32::INFINITY,
        31 => f32::NAN,
        _ => f32::from_bits(((exponent + 112) << 23) | (fraction << 13)),
    };
    if sign == 1 { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nets::{Tensor, load};

    #[test]
    fn sixteen_bits_are_read_as_the_numbers_they_are() {
        for (bits, value) in [
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x0001, 5.960_464_5e-8),
            (0x3555, 0.333_251_95),
        ] {
            assert_eq!(half(bits), value, "{bits:#x}");
        }
    }

    #[test]
    fn a_small_net_means_the_same_after_conversion() {
        // One 1×1 convolution that doubles each channel and adds 1, then half of it, then swish.
        let param = "7767517\n3 3\nInput in 0 1 a\nConvolution c 1 1 a b 0=3 1=1 4=0 5=1 6=9\nBinaryOp m 1 1 b c 0=2 1=1 2=0.5\nSwish s 1 1 c d\n";
        let mut bin = HALF.to_le_bytes().to_vec();
        for at in 0..9u16 {
            bin.extend(if at % 4 == 0 { 0x4000u16 } else { 0 }.to_le_bytes());
        }
        bin.extend([0, 0]);
        (0..3).for_each(|_| bin.extend(1f32.to_le_bytes()));
        let net = load(to_onnx(param, &bin).expect("converted")).expect("loaded");
        let input = Tensor::new(&[1, 3, 1, 2], vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0]).expect("fits");
        let answer = net.run(&[input]).expect("runs").remove(0);
        assert_eq!(answer.shape(), [1, 3, 1, 2]);
        for (x, &y) in answer.data().iter().enumerate() {
            let half = x as f32 + 0.5;
            assert!((y - half / (1.0 + (-half).exp())).abs() < 1e-5, "{x} gave {y}");
        }
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for (param, bin) in [
            ("7767517\n1 1\nSoftmax s 1 1 a b\n", &[][..]),
            (
                "7767517\n1 1\nInput in 0 1 a\nConvolution c 1 1 a b 0=3 1=1 6=9\n",
                &[0, 0, 0][..],
            ),
            ("7767517\n1 1\nInput in 0 99999999999 a\n", &[]),
            ("nothing", &[]),
        ] {
            assert!(matches!(to_onnx(param, bin), Err(NetError::Unreadable(_))), "{param}");
        }
    }
}
