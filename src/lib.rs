//! Plantain.
pub mod domain;
