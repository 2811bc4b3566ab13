//! The numbers of TensorFlow.js's nets: a list of names, shapes and kinds, and the bytes that belong to it.
//!
//! The one rule: a kind of number that is not known here is an error, and no byte may be left over. Numbers kept in 8 or 16
//! bits come out as the floats that the net was meant to run with. Called by `tfjs.rs` and `face.rs`.

use std::collections::HashMap;

use serde_json::Value;

use super::NetError;
use super::ncnn::half;

/// Fixed numbers of a net, axes as they were.
#[derive(Debug)]
pub(super) struct Weight {
    pub(super) shape: Vec<usize>,
    pub(super) data: Vec<f32>,
}

pub(super) fn bad(problem: impl Into<String>) -> NetError {
    NetError::Unreadable(problem.into())
}

/// Every weight of a manifest's groups, which lie in `bin` one after the other.
pub(super) fn weights(groups: &Value, bin: &[u8]) -> Result<HashMap<String, Weight>, NetError> {
    let groups = groups.as_array().ok_or_else(|| bad("it has no list of weights"))?;
    let mut found = HashMap::new();
    let mut at = 0usize;
    for entry in groups.iter().filter_map(|g| g["weights"].as_array()).flatten() {
        let name = entry["name"].as_str().ok_or_else(|| bad("a weight has no name"))?;
        let shape = sizes(&entry["shape"]).ok_or_else(|| bad(format!("the shape of “{name}”")))?;
        let count = shape
            .iter()
            .try_fold(1usize, |a, &b| a.checked_mul(b))
            .filter(|&c| c < 1 << 28);
        let count = count.ok_or_else(|| bad(format!("the size of “{name}”")))?;
        let kind = Kind::of(entry)?;
        let raw = bin
            .get(at..at + count * kind.width())
            .ok_or_else(|| bad("the weights end too early"))?;
        at += count * kind.width();
        let data = kind.floats(raw);
        found.insert(name.to_owned(), Weight { shape, data });
    }
    if at != bin.len() {
        return Err(bad("weights are left over"));
    }
    Ok(found)
}

fn sizes(value: &Value) -> Option<Vec<usize>> {
    value
        .as_array()?
        .iter()
        .map(|v| usize::try_from(v.as_u64()?).ok())
        .collect()
}

/// How numbers are kept.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Float,
    Whole,
    Half,
    /// One byte each: so many steps of a size above the least.
    Steps {
        step: f64,
        least: f64,
    },
}

impl Kind {
    fn of(entry: &Value) -> Result<Self, NetError> {
        let kept = &entry["quantization"];
        let number = |key: &str| kept[key].as_f64().ok_or_else(|| bad("steps without a size"));
        match (entry["dtype"].as_str(), kept["dtype"].as_str()) {
            (Some("float32"), None) => Ok(Self::Float),
            (Some("int32"), None) => Ok(Self::Whole),
            (Some("float32"), Some("float16")) => Ok(Self::Half),
            (Some("float32" | "int32"), Some("uint8")) => Ok(Self::Steps {
                step: number("scale")?,
                least: number("min")?,
            }),
            kind => Err(bad(format!("weights of the kind {kind:?} are not known"))),
        }
    }

    fn width(self) -> usize {
        match self {
            Self::Float | Self::Whole => 4,
            Self::Half => 2,
            Self::Steps { .. } => 1,
        }
    }

    fn floats(self, raw: &[u8]) -> Vec<f32> {
        let four = |b: &[u8]| [b[0], b[1], b[2], b[3]];
        match self {
            Self::Float => raw.chunks_exact(4).map(|b| f32::from_le_bytes(four(b))).collect(),
            Self::Whole => raw
                .chunks_exact(4)
                .map(|b| i32::from_le_bytes(four(b)) as f32)
                .collect(),
            Self::Half => raw
                .chunks_exact(2)
                .map(|b| half(u16::from_le_bytes([b[0], b[1]])))
                .collect(),
            Self::Steps { step, least } => raw.iter().map(|&b| (f64::from(b) * step + least) as f32).collect(),
        }
    }
}

/// Rows, columns, in, out becomes out, in, rows, columns; by channel: in × several, 1, rows, columns.
pub(super) fn turned(weight: &Weight, by_channel: bool) -> Result<(Vec<f32>, [usize; 4]), NetError> {
    let &[kh, kw, ins, last] = weight.shape.as_slice() else {
        return Err(bad("weights of another shape"));
    };
    let at = |y: usize, x: usize, i: usize, o: usize| weight.data[((y * kw + x) * ins + i) * last + o];
    let mut turned = Vec::with_capacity(weight.data.len());
    let pairs: Vec<(usize, usize)> = if by_channel {
        (0..ins).flat_map(|i| (0..last).map(move |o| (i, o))).collect()
    } else {
        (0..last).flat_map(|o| (0..ins).map(move |i| (i, o))).collect()
    };
    for (i, o) in pairs {
        for y in 0..kh {
            turned.extend((0..kw).map(|x| at(y, x, i, o)));
        }
    }
    let shape = if by_channel {
        [ins * last, 1, kh, kw]
    } else {
        [last, ins, kh, kw]
    };
    Ok((turned, shape))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_kept_in_one_byte_come_out_as_they_were_meant() {
        let list = serde_json::json!([{"weights": [
            {"name": "a", "shape": [3], "dtype": "float32", "quantization": {"dtype": "uint8", "scale": 0.5, "min": -1.0}},
            {"name": "b", "shape": [], "dtype": "int32", "quantization": {"dtype": "uint8", "scale": 1, "min": 512}},
            {"name": "c", "shape": [1], "dtype": "float32"}
        ]}]);
        let bin = [&[0u8, 2, 255, 0][..], &1.5f32.to_le_bytes()].concat();
        let found = weights(&list, &bin).expect("known kinds");
        assert_eq!(found["a"].data, [-1.0, 0.0, 126.5]);
        assert_eq!(found["b"].data, [512.0]);
        assert_eq!(found["c"].data, [1.5]);
        assert!(weights(&list, &bin[1..]).is_err(), "cut off");
        assert!(weights(&list, &[&bin[..], &[0]].concat()).is_err(), "left over");
        let odd = serde_json::json!([{"weights": [
            {"name": "a", "shape": [1], "dtype": "float32", "quantization": {"dtype": "uint4", "scale": 1, "min": 0}}
        ]}]);
        assert!(weights(&odd, &[0]).is_err());
    }
}
