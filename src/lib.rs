//! Plantain.
pub mod backends;
pub mod blobs;
pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
pub mod random;
pub mod store;
pub mod web;
