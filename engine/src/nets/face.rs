//! The nets for faces, made into ONNX: one finds them, one finds 68 points on them, one tells people apart.
//!
//! The package carries only named weights; how they are put together is written here. The finder is a single-shot detector on
//! MobileNet (Howard et al. 2017; Liu et al., "SSD", 2016), the points come from depthwise blocks with sums (after Huang et
//! al., "DenseNet", 2017), and the third is a residual net of 29 layers (King's dlib, 2017; He et al. 2016).
//! The one rule: every net takes colours of 0 to 255 at its own fixed size. Called when weights are taken in.

use std::collections::HashMap;

use serde_json::Value;

use super::NetError;
use super::onnx::{Attribute, Graph};
use super::weights::{Weight, bad, turned, weights};

/// The side of the picture that each net looks at.
pub const DETECTOR: usize = 512;
/// See [`DETECTOR`].
pub const LANDMARKS: usize = 112;
/// See [`DETECTOR`].
pub const IDENTITY: usize = 150;
/// What the two nets that look at one face take for the middle of all colours.
const MEAN: [f32; 3] = [122.782, 117.001, 104.298];
/// Added to variances, as when the net was taught.
const EPSILON: f32 = 0.001;

/// Where faces are: outputs `1×N×4` (top, left, bottom, right in shares of the square) and `1×N`, how sure each is.
///
/// # Errors
/// [`NetError::Unreadable`] naming the weight that is missing or does not fit.
pub fn detector(manifest: &[u8], bin: &[u8]) -> Result<Vec<u8>, NetError> {
    let mut net = Builder::new(manifest, bin, DETECTOR)?;
    let x = net.scaled("picture", &[127.5; 3], 127.5);
    let mut x = net.pointwise("MobilenetV1/Conv2d_0_pointwise", &x, 2)?;
    let mut levels = Vec::new();
    for layer in 1..=13 {
        let stride = if matches!(layer, 2 | 4 | 6 | 12) { 2 } else { 1 };
        x = net.depthwise(&format!("MobilenetV1/Conv2d_{layer}_depthwise"), &x, stride)?;
        x = net.pointwise(&format!("MobilenetV1/Conv2d_{layer}_pointwise"), &x, 1)?;
        if matches!(layer, 11 | 13) {
            levels.push(x.clone());
        }
    }
    for layer in 0..8 {
        x = net.pointwise(&format!("Prediction/Conv2d_{layer}_pointwise"), &x, 1 + layer % 2)?;
        if layer % 2 == 1 {
            levels.push(x.clone());
        }
    }
    let (mut boxes, mut scores) = (Vec::new(), Vec::new());
    for (n, level) in levels.iter().enumerate() {
        let place = net.kernel(&format!("Prediction/BoxPredictor_{n}/BoxEncodingPredictor"), false)?;
        let place = net.convolved(level, &place, 1, true);
        boxes.push(net.listed(&place, &[1, -1, 4]));
        let kinds = net.kernel(&format!("Prediction/BoxPredictor_{n}/ClassPredictor"), false)?;
        // Of nothing, a face and a third that was never taught, only the second is asked for.
        let score = net.convolved(level, &kinds.every_third(1)?, 1, true);
        scores.push(net.listed(&score, &[1, -1]));
    }
    let (boxes, scores) = (net.joined(&boxes), net.joined(&scores));
    net.decoded(&boxes)?;
    net.graph.node("Sigmoid", &[&scores], &["scores"], &[]);
    Ok(net.finish(&["boxes", "scores"]))
}

/// Points of one face: `1×136×1×1`, x and y of each in shares of the square.
///
/// # Errors
/// As [`detector`].
pub fn landmarks(manifest: &[u8], bin: &[u8]) -> Result<Vec<u8>, NetError> {
    let mut net = Builder::new(manifest, bin, LANDMARKS)?;
    let mut x = net.scaled("picture", &MEAN, 255.0);
    for block in 0..4 {
        x = net.block(&format!("dense{block}"), &x, block == 0)?;
    }
    x = net.averaged(&x);
    let points = net.full("fc/weights", Some("fc/bias"))?;
    let x = net.convolved(&x, &points, 1, false);
    Ok(net.finish(&[&x]))
}

/// Who it is: `1×128×1×1`, near for the same face and far for others.
///
/// # Errors
/// As [`detector`].
pub fn identity(manifest: &[u8], bin: &[u8]) -> Result<Vec<u8>, NetError> {
    let mut net = Builder::new(manifest, bin, IDENTITY)?;
    let x = net.scaled("picture", &MEAN, 255.0);
    let first = net.normalised("conv32_down")?;
    let x = net.convolved(&x, &first, 2, false);
    let x = net.simple("Relu", &x);
    let mut x = net.pooled("MaxPool", &x, 3);
    // Pooled to 35; each step down halves that without its rest.
    let mut side = (IDENTITY - 7) / 2 + 1;
    side = (side - 3) / 2 + 1;
    for (name, more) in [("32", 3), ("64", 3), ("128", 2), ("256", 2)] {
        if name != "32" {
            x = net.step_down(&format!("conv{name}_down"), &x, &mut side)?;
        }
        for n in 1..=more {
            x = net.residual(&format!("conv{name}_{n}"), &x)?;
        }
    }
    x = net.step_down("conv256_down_out", &x, &mut side)?;
    x = net.averaged(&x);
    let told = net.full("fc", None)?;
    let x = net.convolved(&x, &told, 1, false);
    Ok(net.finish(&[&x]))
}

/// A convolution's numbers: out, in, rows, columns; and what is added to each channel.
#[derive(Debug, Clone)]
struct Kernel {
    data: Vec<f32>,
    shape: [usize; 4],
    bias: Vec<f32>,
    groups: usize,
}

impl Kernel {
    /// The same followed by a factor and a sum per channel.
    fn then(mut self, factors: &[f32], sums: &[f32]) -> Result<Self, NetError> {
        let [outs, ins, rows, columns] = self.shape;
        if factors.len() != outs || sums.len() != outs {
            return Err(bad("a scale that does not fit its convolution"));
        }
        for (own, factor) in self.data.chunks_exact_mut(ins * rows * columns).zip(factors) {
            own.iter_mut().for_each(|v| *v *= factor);
        }
        for ((bias, factor), sum) in self.bias.iter_mut().zip(factors).zip(sums) {
            *bias = *bias * factor + sum;
        }
        Ok(self)
    }

    /// Only every third channel, from the given one on.
    fn every_third(&self, from: usize) -> Result<Self, NetError> {
        let [outs, ins, rows, columns] = self.shape;
        if !outs.is_multiple_of(3) {
            return Err(bad("kinds that are not three"));
        }
        let own = |channel: usize| &self.data[channel * ins * rows * columns..(channel + 1) * ins * rows * columns];
        let chosen = (from..outs).step_by(3);
        Ok(Self {
            data: chosen.clone().flat_map(own).copied().collect(),
            shape: [outs / 3, ins, rows, columns],
            bias: chosen.map(|channel| self.bias[channel]).collect(),
            groups: 1,
        })
    }
}

struct Builder {
    graph: Graph,
    weights: HashMap<String, Weight>,
    values: usize,
}

impl Builder {
    fn new(manifest: &[u8], bin: &[u8], side: usize) -> Result<Self, NetError> {
        let list: Value = serde_json::from_slice(manifest).map_err(|error| bad(error.to_string()))?;
        let mut graph = Graph::default();
        let side = Some(side as u64);
        graph.input("picture", &[Some(1), Some(3), side, side]);
        Ok(Self {
            graph,
            weights: weights(&list, bin)?,
            values: 0,
        })
    }

    fn finish(mut self, outputs: &[&str]) -> Vec<u8> {
        outputs.iter().for_each(|name| self.graph.output(name));
        self.graph.finish()
    }

    fn fresh(&mut self) -> String {
        self.values += 1;
        format!("value {}", self.values)
    }

    fn simple(&mut self, kind: &str, from: &str) -> String {
        let to = self.fresh();
        self.graph.node(kind, &[from], &[&to], &[]);
        to
    }

    fn sum(&mut self, a: &str, b: &str) -> String {
        let to = self.fresh();
        self.graph.node("Add", &[a, b], &[&to], &[]);
        to
    }

    /// Less `mean` in each channel, then divided.
    fn scaled(&mut self, from: &str, mean: &[f32; 3], by: f32) -> String {
        let (less, to) = (self.fresh(), self.fresh());
        self.graph.floats("mean", &[1, 3, 1, 1], mean);
        self.graph.node("Sub", &[from, "mean"], &[&less], &[]);
        let share = self.graph.number(1.0 / by);
        self.graph.node("Mul", &[&less, &share], &[&to], &[]);
        to
    }

    fn averaged(&mut self, from: &str) -> String {
        self.simple("GlobalAveragePool", from)
    }

    fn pooled(&mut self, kind: &str, from: &str, side: i64) -> String {
        let to = self.fresh();
        let attributes = [
            ("kernel_shape", Attribute::Ints(vec![side; 2])),
            ("strides", Attribute::Ints(vec![2; 2])),
        ];
        self.graph.node(kind, &[from], &[&to], &attributes);
        to
    }

    fn convolved(&mut self, from: &str, kernel: &Kernel, stride: usize, same: bool) -> String {
        let to = self.fresh();
        let (numbers, bias) = (format!("{to} weights"), format!("{to} bias"));
        self.graph.floats(&numbers, &kernel.shape, &kernel.data);
        self.graph.floats(&bias, &[kernel.bias.len()], &kernel.bias);
        let [_, _, rows, columns] = kernel.shape.map(|side| side as i64);
        let attributes = [
            ("kernel_shape", Attribute::Ints(vec![rows, columns])),
            ("strides", Attribute::Ints(vec![stride as i64; 2])),
            ("auto_pad", Attribute::Text(if same { "SAME_UPPER" } else { "VALID" })),
            ("group", Attribute::Int(kernel.groups as i64)),
        ];
        self.graph.node("Conv", &[from, &numbers, &bias], &[&to], &attributes);
        to
    }

    fn weight(&self, name: &str) -> Result<&Weight, NetError> {
        self.weights
            .get(name)
            .ok_or_else(|| bad(format!("“{name}” is not there")))
    }

    fn numbers(&self, name: &str) -> Result<&[f32], NetError> {
        Ok(&self.weight(name)?.data)
    }

    /// A convolution without a sum.
    fn bare(&self, name: &str, by_channel: bool) -> Result<Kernel, NetError> {
        let (data, shape) = turned(self.weight(name)?, by_channel)?;
        Ok(Kernel {
            data,
            shape,
            bias: vec![0.0; shape[0]],
            groups: if by_channel { shape[0] } else { 1 },
        })
    }

    /// A convolution with its sum, as `name/weights` and `name/biases`.
    fn kernel(&self, name: &str, by_channel: bool) -> Result<Kernel, NetError> {
        let bare = self.bare(&format!("{name}/weights"), by_channel)?;
        let ones = vec![1.0; bare.shape[0]];
        bare.then(&ones, self.numbers(&format!("{name}/biases"))?)
    }

    /// A layer that joins everything, as a convolution of one pixel.
    fn full(&self, name: &str, bias: Option<&str>) -> Result<Kernel, NetError> {
        let weight = self.weight(name)?;
        let &[ins, outs] = weight.shape.as_slice() else {
            return Err(bad(format!("the shape of “{name}”")));
        };
        let across = Weight {
            shape: vec![1, 1, ins, outs],
            data: weight.data.clone(),
        };
        let (data, shape) = turned(&across, false)?;
        let sums = bias.map_or_else(|| Ok(vec![0.0; outs]), |bias| self.numbers(bias).map(<[f32]>::to_vec))?;
        let kernel = Kernel {
            data,
            shape,
            bias: vec![0.0; outs],
            groups: 1,
        };
        kernel.then(&vec![1.0; outs], &sums)
    }

    fn up_to_six(&mut self, from: &str) -> String {
        let (low, high, to) = (self.graph.number(0.0), self.graph.number(6.0), self.fresh());
        self.graph.node("Clip", &[from, &low, &high], &[&to], &[]);
        to
    }

    fn pointwise(&mut self, name: &str, from: &str, stride: usize) -> Result<String, NetError> {
        let bare = self.bare(&format!("{name}/weights"), false)?;
        let ones = vec![1.0; bare.shape[0]];
        let kernel = bare.then(&ones, self.numbers(&format!("{name}/convolution_bn_offset"))?)?;
        let x = self.convolved(from, &kernel, stride, true);
        Ok(self.up_to_six(&x))
    }

    fn depthwise(&mut self, name: &str, from: &str, stride: usize) -> Result<String, NetError> {
        let of = |what: &str| self.numbers(&format!("{name}/BatchNorm/{what}"));
        let (gamma, beta) = (of("gamma")?, of("beta")?);
        let (mean, variance) = (of("moving_mean")?, of("moving_variance")?);
        let factors: Vec<f32> = gamma
            .iter()
            .zip(variance)
            .map(|(g, v)| g / (v + EPSILON).sqrt())
            .collect();
        let less = mean.iter().zip(&factors).map(|(m, f)| m * f);
        let sums: Vec<f32> = beta.iter().zip(less).map(|(b, less)| b - less).collect();
        let bare = self.bare(&format!("{name}/depthwise_weights"), true)?;
        let kernel = bare.then(&factors, &sums)?;
        let x = self.convolved(from, &kernel, stride, true);
        Ok(self.up_to_six(&x))
    }

    /// Channels last, then in the given shape.
    fn listed(&mut self, from: &str, shape: &[i64]) -> String {
        let (turned, to) = (self.fresh(), self.fresh());
        let order = [("perm", Attribute::Ints(vec![0, 2, 3, 1]))];
        self.graph.node("Transpose", &[from], &[&turned], &order);
        let shape = self.graph.indices(shape);
        self.graph.node("Reshape", &[&turned, &shape], &[&to], &[]);
        to
    }

    fn joined(&mut self, parts: &[String]) -> String {
        let to = self.fresh();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        self.graph
            .node("Concat", &parts, &[&to], &[("axis", Attribute::Int(1))]);
        to
    }

    /// The list of boxes: what the net says of each is how far it is off the one that it was laid out with.
    fn decoded(&mut self, told: &str) -> Result<(), NetError> {
        let laid = self.numbers("Output/extra_dim")?;
        if !laid.len().is_multiple_of(4) {
            return Err(bad("boxes without four sides"));
        }
        let sides = |of: fn([f32; 4]) -> [f32; 2]| -> Vec<f32> {
            laid.chunks_exact(4)
                .flat_map(|b| of([b[0], b[1], b[2], b[3]]))
                .collect()
        };
        let shape = [1, laid.len() / 4, 2];
        let middles = sides(|[t, l, b, r]| [0.5 * (t + b), 0.5 * (l + r)]);
        let tenths = sides(|[t, l, b, r]| [0.1 * (b - t), 0.1 * (r - l)]);
        let halves = sides(|[t, l, b, r]| [0.5 * (b - t), 0.5 * (r - l)]);
        self.graph.floats("middles", &shape, &middles);
        self.graph.floats("tenths", &shape, &tenths);
        self.graph.floats("halves", &shape, &halves);
        let fifth = self.graph.number(0.2);
        let axis = self.graph.indices(&[2]);
        for (name, from, to) in [("off", 0, 2), ("size", 2, 4)] {
            let (from, to) = (self.graph.indices(&[from]), self.graph.indices(&[to]));
            self.graph.node("Slice", &[told, &from, &to, &axis], &[name], &[]);
        }
        let graph = &mut self.graph;
        graph.node("Mul", &["off", "tenths"], &["moved"], &[]);
        graph.node("Add", &["moved", "middles"], &["middle"], &[]);
        graph.node("Mul", &["size", &fifth], &["growth"], &[]);
        graph.node("Exp", &["growth"], &["grown"], &[]);
        graph.node("Mul", &["grown", "halves"], &["half"], &[]);
        graph.node("Sub", &["middle", "half"], &["first"], &[]);
        graph.node("Add", &["middle", "half"], &["last"], &[]);
        graph.node("Concat", &["first", "last"], &["boxes"], &[("axis", Attribute::Int(2))]);
        Ok(())
    }

    /// By channel, then across channels.
    fn separable(&mut self, name: &str, from: &str, stride: usize) -> Result<String, NetError> {
        let along = self.bare(&format!("{name}/depthwise_filter"), true)?;
        let bare = self.bare(&format!("{name}/pointwise_filter"), false)?;
        let ones = vec![1.0; bare.shape[0]];
        let across = bare.then(&ones, self.numbers(&format!("{name}/bias"))?)?;
        let x = self.convolved(from, &along, stride, true);
        Ok(self.convolved(&x, &across, 1, true))
    }

    /// Four layers, of which each sees the sum of those before.
    fn block(&mut self, name: &str, from: &str, is_first: bool) -> Result<String, NetError> {
        let begin = format!("{name}/conv0");
        let first = if is_first {
            let bare = self.bare(&format!("{begin}/filters"), false)?;
            let ones = vec![1.0; bare.shape[0]];
            let kernel = bare.then(&ones, self.numbers(&format!("{begin}/bias"))?)?;
            self.convolved(from, &kernel, 2, true)
        } else {
            self.separable(&begin, from, 2)?
        };
        let mut seen = self.simple("Relu", &first);
        let mut sum = seen.clone();
        for layer in 1..4 {
            let more = self.separable(&format!("{name}/conv{layer}"), &seen, 1)?;
            sum = self.sum(&sum, &more);
            seen = self.simple("Relu", &sum);
        }
        Ok(seen)
    }

    /// A convolution with its own scale, as dlib's nets have it.
    fn normalised(&self, name: &str) -> Result<Kernel, NetError> {
        let bare = self.bare(&format!("{name}/conv/filters"), false)?;
        let ones = vec![1.0; bare.shape[0]];
        let plain = bare.then(&ones, self.numbers(&format!("{name}/conv/bias"))?)?;
        plain.then(
            self.numbers(&format!("{name}/scale/weights"))?,
            self.numbers(&format!("{name}/scale/biases"))?,
        )
    }

    /// Two convolutions beside nothing.
    fn residual(&mut self, name: &str, from: &str) -> Result<String, NetError> {
        let (one, two) = (
            self.normalised(&format!("{name}/conv1"))?,
            self.normalised(&format!("{name}/conv2"))?,
        );
        let x = self.convolved(from, &one, 1, true);
        let x = self.simple("Relu", &x);
        let x = self.convolved(&x, &two, 1, true);
        let x = self.sum(&x, from);
        Ok(self.simple("Relu", &x))
    }

    /// Two convolutions to half the side beside the average; what is missing of either, below, to the right or in channels,
    /// is nothing.
    fn step_down(&mut self, name: &str, from: &str, side: &mut usize) -> Result<String, NetError> {
        let (one, two) = (
            self.normalised(&format!("{name}/conv1"))?,
            self.normalised(&format!("{name}/conv2"))?,
        );
        let (ins, outs) = (one.shape[1], two.shape[0]);
        let (reached, pooled) = ((*side - 3) / 2 + 1, *side / 2);
        let x = self.convolved(from, &one, 2, false);
        let x = self.simple("Relu", &x);
        let mut x = self.convolved(&x, &two, 1, true);
        let mut beside = self.pooled("AveragePool", from, 2);
        if reached < pooled {
            x = self.filled(&x, 2, [1, outs, pooled - reached, reached]);
            x = self.filled(&x, 3, [1, outs, pooled, pooled - reached]);
        }
        if ins < outs {
            beside = self.filled(&beside, 1, [1, outs - ins, pooled, pooled]);
        }
        *side = pooled;
        let x = self.sum(&x, &beside);
        Ok(self.simple("Relu", &x))
    }

    /// With zeros after it along an axis.
    fn filled(&mut self, from: &str, axis: i64, shape: [usize; 4]) -> String {
        let to = self.fresh();
        let zeros = format!("{to} zeros");
        self.graph
            .floats(&zeros, &shape, &vec![0.0; shape.iter().product::<usize>()]);
        self.graph
            .node("Concat", &[from, &zeros], &[&to], &[("axis", Attribute::Int(axis))]);
        to
    }
}

#[cfg(test)]
mod tests;
