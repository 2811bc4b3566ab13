//! Runs nets with rten, a runtime in Rust.
//!
//! The one rule: nothing outside this file names the runtime, so that another can take its place.
//! Only float models are let in: with whole-number ones this version of the runtime can be silently wrong.

use std::sync::Arc;

use rten::{Model, ModelOptions, Value};
use rten_tensor::prelude::*;

use super::{Net, NetError, Tensor};

/// Reads a net in ONNX form.
///
/// # Errors
/// [`NetError::Unreadable`] when the bytes are no such net, or use what the runtime lacks.
pub fn load(onnx: Vec<u8>) -> Result<Arc<dyn Net>, NetError> {
    let model = ModelOptions::with_all_ops()
        .prepack_weights(true)
        .load(onnx)
        .map_err(|error| NetError::Unreadable(error.to_string()))?;
    Ok(Arc::new(Loaded(model)))
}

struct Loaded(Model);

impl Net for Loaded {
    fn run(&self, inputs: &[Tensor]) -> Result<Vec<Tensor>, NetError> {
        let ids = self.0.input_ids();
        if ids.len() != inputs.len() {
            return Err(NetError::Shape(format!(
                "{} inputs where {} are needed",
                inputs.len(),
                ids.len()
            )));
        }
        let mut given = Vec::with_capacity(inputs.len());
        for (&id, input) in ids.iter().zip(inputs) {
            let value = Value::from_shape(input.shape(), input.data().to_vec())
                .map_err(|error| NetError::Shape(error.to_string()))?;
            given.push((id, value.into()));
        }
        let answers = self
            .0
            .run(given, self.0.output_ids(), None)
            .map_err(|error| NetError::Failed(error.to_string()))?;
        answers.into_iter().map(tensor).collect()
    }
}

fn tensor(value: Value) -> Result<Tensor, NetError> {
    let tensor = value
        .into_tensor::<f32>()
        .ok_or_else(|| NetError::Failed("an answer is not made of floats".to_owned()))?;
    let shape = tensor.shape().to_vec();
    Tensor::new(&shape, tensor.into_data())
}
