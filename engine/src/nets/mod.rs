//! Small neural nets: numbers in, numbers out, handed in by the caller as bytes and kept behind one trait.
//!
//! The one rule: the engine fetches nothing; a net that is absent is `None` here, and whoever needs it says so in words.
//! Loaded by the server and the command line through [`load`], looked at by `select` and the operations that use nets.
//!
//! Read [`Net`] first, then `runtime.rs` (the library that runs them), `onnx.rs` (the form it reads), `ncnn.rs`,
//! `tfjs.rs` and `face.rs` (files in other forms made into it) and `known.rs` (is this net what it should be?).

use std::fmt;
use std::sync::Arc;

use thiserror::Error;

pub mod face;
pub mod known;
pub mod ncnn;
mod onnx;
mod runtime;
pub mod tfjs;
mod weights;

pub use runtime::load;

/// Numbers in a box of some shape, the last axis fastest.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    shape: Vec<usize>,
    data: Vec<f32>,
}

impl Tensor {
    /// Takes the numbers as they are. Fails when there are not as many as the shape says.
    pub fn new(shape: &[usize], data: Vec<f32>) -> Result<Self, NetError> {
        if shape.iter().product::<usize>() != data.len() {
            return Err(NetError::Shape(format!("{shape:?} for {} numbers", data.len())));
        }
        Ok(Self {
            shape: shape.to_vec(),
            data,
        })
    }

    /// How long each axis is.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The numbers.
    #[must_use]
    pub fn data(&self) -> &[f32] {
        &self.data
    }

    /// The numbers, without a copy.
    #[must_use]
    pub fn into_data(self) -> Vec<f32> {
        self.data
    }
}

/// A net that is ready to run.
pub trait Net: Send + Sync {
    /// Runs it once; inputs and outputs in the order that the net's file gives them.
    ///
    /// # Errors
    /// [`NetError`] when the inputs do not fit or the run fails.
    fn run(&self, inputs: &[Tensor]) -> Result<Vec<Tensor>, NetError>;
}

/// Why a net could not be read or run.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum NetError {
    /// The file is not what it should be.
    #[error("the file is no net that can be read: {0}")]
    Unreadable(String),
    /// Numbers and shape do not fit together.
    #[error("the numbers do not fit the shape: {0}")]
    Shape(String),
    /// The run itself failed.
    #[error("the net could not be run: {0}")]
    Failed(String),
    /// It runs, but not as the net that it should be.
    #[error("the net answers wrongly: {0}")]
    WrongAnswer(String),
}

/// The nets that are present. Cheap to clone.
#[derive(Clone, Default)]
pub struct Nets {
    /// Finds the main thing: `1×3×320×320` colours to `1×1×320×320` shares.
    pub subject: Option<Arc<dyn Net>>,
    /// Finds everyday things: `1×3×512×512` samples to a map per kind and a box per cell.
    pub objects: Option<Arc<dyn Net>>,
    /// Doubles a picture's sides.
    pub upscale_2: Option<Arc<dyn Net>>,
    /// Makes a picture's sides four times as long.
    pub upscale_4: Option<Arc<dyn Net>>,
    /// Paints in 26 styles.
    pub style: Option<Arc<dyn Net>>,
    /// Finds faces and tells them apart.
    pub faces: Option<FaceNets>,
}

/// The three nets for faces, which are of use only together. Cheap to clone. See `face.rs` for what each answers.
#[derive(Clone)]
pub struct FaceNets {
    /// Where faces are.
    pub detector: Arc<dyn Net>,
    /// 68 points on one.
    pub landmarks: Arc<dyn Net>,
    /// 128 numbers that are near each other for one person.
    pub identity: Arc<dyn Net>,
}

impl fmt::Debug for Nets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nets")
            .field("subject", &self.subject.is_some())
            .field("objects", &self.objects.is_some())
            .field("upscale_2", &self.upscale_2.is_some())
            .field("upscale_4", &self.upscale_4.is_some())
            .field("style", &self.style.is_some())
            .field("faces", &self.faces.is_some())
            .finish()
    }
}
