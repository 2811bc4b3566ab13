//! The commands that need no server.

pub mod edit;
mod files;
pub mod plan;
