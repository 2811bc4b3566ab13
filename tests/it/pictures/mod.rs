//! The corpus of odd and hostile pictures through every door of the server, and what the server's memory does meanwhile.
//!
//! The corpus is the one that the gate is tested with.

#[path = "../../../src/blobs/tests/corpus.rs"]
mod corpus;
mod doors;
mod memory;
mod models;
