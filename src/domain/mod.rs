//! What the product is about: sessions, turns, versions and who may touch them.
//!
//! Rule: values and rules only. Nothing here does I/O, knows the time or names a framework; times and
//! ids are handed in. Every other folder speaks in these types.
//!
//! Read `session`, `version` and `turn` first, then `access`.

pub mod access;
pub mod change;
pub mod coach;
pub mod comment;
pub mod cost;
pub mod drift;
pub mod ids;
pub mod instruction;
pub mod making;
pub mod options;
pub mod picture;
pub mod pins;
pub mod preset;
pub mod region;
pub mod search;
pub mod session;
pub mod share;
pub mod time;
pub mod token;
pub mod turn;
pub mod version;
pub mod visitor;
