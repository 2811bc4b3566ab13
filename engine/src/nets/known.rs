//! Is a net what it should be? A drawn input goes in, and what comes out is held against numbers written down before.
//!
//! The one rule: a net that answers differently is refused, whatever its file's hash says: a runtime can be wrong too.
//! Asked by whoever takes weights in. The numbers were checked against a second runtime when they were written down.

use serde::Deserialize;

use super::{Net, NetError, Tensor};

/// From one place that is looked at to the next: no part of any usual size.
const STRIDE: u64 = 0x9E37_79B1;

/// How a net is tried and what it must answer.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownAnswer {
    /// The shape of the drawn input.
    pub shape: [usize; 4],
    /// The input's numbers run from this…
    pub low: f32,
    /// …to this.
    pub high: f32,
    /// More numbers for a second input: one 1 at the given place of so many.
    #[serde(default)]
    pub one_hot: Option<(usize, usize)>,
    /// Which output is looked at.
    pub output: usize,
    /// The mean of that output, and its values at eight places strewn over it.
    pub mean: f32,
    /// See `mean`.
    pub samples: [f32; 8],
    /// How far each may be off.
    pub tolerance: f32,
}

impl KnownAnswer {
    /// Runs the net on the drawn input.
    ///
    /// # Errors
    /// [`NetError::WrongAnswer`] when what comes out is too far off, else what the run fails with.
    pub fn check(&self, net: &dyn Net) -> Result<(), NetError> {
        let (mean, samples) = self.answer(net)?;
        // What is no number at all is far off, too.
        let far = |is: f32, should: f32| is.is_nan() || (is - should).abs() > self.tolerance;
        let wrong = far(mean, self.mean) || samples.iter().zip(self.samples).any(|(&is, should)| far(is, should));
        if wrong {
            return Err(NetError::WrongAnswer(format!(
                "a mean of {mean} and {samples:?} where {} and {:?} are known",
                self.mean, self.samples
            )));
        }
        Ok(())
    }

    /// What the net answers to the drawn input: the mean, and eight values.
    ///
    /// # Errors
    /// As the run.
    pub fn answer(&self, net: &dyn Net) -> Result<(f32, [f32; 8]), NetError> {
        let mut inputs = vec![self.input()?];
        if let Some((at, count)) = self.one_hot {
            let data = (0..count).map(|i| f32::from(u8::from(i == at))).collect();
            inputs.push(Tensor::new(&[count], data)?);
        }
        let answers = net.run(&inputs)?;
        let answer = answers.get(self.output).filter(|a| a.data().len() >= 8);
        let data = answer
            .ok_or_else(|| NetError::WrongAnswer("too little came out".to_owned()))?
            .data();
        let mean = data.iter().map(|&v| f64::from(v)).sum::<f64>() / data.len() as f64;
        let samples = std::array::from_fn(|i| data[((i as u64 + 1) * STRIDE % data.len() as u64) as usize]);
        Ok((mean as f32, samples))
    }

    /// The drawn input: a bright disc with soft edges on a slope of colours, and fine stripes in one corner.
    ///
    /// # Errors
    /// Never for a shape of four sides that fits memory.
    pub fn input(&self) -> Result<Tensor, NetError> {
        let [_, channels, height, width] = self.shape;
        let mut data = Vec::with_capacity(channels * height * width);
        for c in 0..channels {
            for y in 0..height {
                for x in 0..width {
                    let (u, v) = ((x as f32 + 0.5) / width as f32, (y as f32 + 0.5) / height as f32);
                    data.push(self.low + (self.high - self.low) * drawn(c, u, v, x + y));
                }
            }
        }
        Tensor::new(&self.shape, data)
    }
}

/// Of plain sums and products only, so that it is the same number on every machine.
fn drawn(channel: usize, u: f32, v: f32, diagonal: usize) -> f32 {
    let far = (u - 0.55) * (u - 0.55) + (v - 0.45) * (v - 0.45);
    let disc = ((0.075 - far) * 40.0).clamp(0.0, 1.0);
    let ground = [0.2 + 0.4 * u, 0.45 - 0.2 * v, 0.6 - 0.3 * u * v][channel % 3];
    let stripes = if u < 0.25 && v > 0.75 && diagonal.is_multiple_of(4) {
        0.25
    } else {
        0.0
    };
    let object = [0.95 - 0.2 * v, 0.35 + 0.3 * u, 0.15][channel % 3];
    ground + stripes + (object - ground - stripes) * disc
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Same;

    impl Net for Same {
        fn run(&self, inputs: &[Tensor]) -> Result<Vec<Tensor>, NetError> {
            Ok(inputs.to_vec())
        }
    }

    #[test]
    fn a_net_that_answers_otherwise_is_refused() {
        let mut known = KnownAnswer {
            shape: [1, 3, 16, 16],
            low: 0.0,
            high: 1.0,
            one_hot: None,
            output: 0,
            mean: 0.0,
            samples: [0.0; 8],
            tolerance: 1e-4,
        };
        assert!(matches!(known.check(&Same), Err(NetError::WrongAnswer(_))));
        (known.mean, known.samples) = known.answer(&Same).expect("runs");
        assert_eq!(known.check(&Same), Ok(()));
        known.output = 1;
        assert!(known.check(&Same).is_err());
    }
}
