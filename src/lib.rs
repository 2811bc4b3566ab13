//! Plantain: drop a photo, talk, get versions, share the session.
//!
//! `domain` says what the product is about; `store` keeps rows and `blobs` keeps pictures; `backends` edit pictures;
//! `models` fetches and keeps the weights of the engine's nets;
//! `provenance` signs and marks what leaves, and reads what comes back;
//! `turns` are the use cases, from a submitted instruction to a stored version; `web` is pages and JSON over them;
//! `app` puts the parts together and `cli` starts it.
//!
//! | folder | may use |
//! | --- | --- |
//! | domain, clock, random | nothing of the house but domain |
//! | store, blobs | domain, clock, random |
//! | models | nothing of the house (and the engine's nets) |
//! | backends | domain, blobs, config, models (and the engine) |
//! | provenance | domain, store, blobs, clock, random (and the engine's comparison) |
//! | turns | domain, store, blobs, backends, provenance, clock, random |
//! | web | domain, store, blobs, backends (what they can do), provenance, turns, app, config |
//! | app, cli | all |

pub mod app;
pub mod backends;
pub mod blobs;
pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
pub mod folder;
pub mod memory;
pub mod models;
pub mod provenance;
pub mod random;
pub mod store;
pub mod turns;
pub mod web;
