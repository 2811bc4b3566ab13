//! View models: domain values turned into the strings and flags that a template prints.
//!
//! Rule: templates compute nothing and these types know no request; whoever may do what has been decided before. A
//! fragment is written once and is the same for every viewer: what only editors see carries a class, and one attribute
//! of the page hides it. Called by the handlers of `web`.
//!
//! Read `state` (what handlers hand in), then `pages`, `fragments` and `turn_card`.

pub mod choices;
pub mod coach;
pub mod comments;
pub mod company;
pub mod compare;
pub mod drawing;
pub mod drift_note;
pub mod fragments;
pub mod gallery;
pub mod pages;
pub mod picture;
pub mod presets;
pub mod provenance;
pub mod state;
pub mod tree;
pub mod turn_card;
mod words;

pub use state::{
    BackendChoice, FreshLink, Mode, NetsLine, PathNode, SessionState, SessionSummary, Site, Spending, StageState,
    TurnView,
};

pub use words::month;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
