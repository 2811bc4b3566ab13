//! The house's tests from outside, one binary; a module per subject.
//!
//! Read `house` first: the kit that starts a whole server and speaks HTTP to it.

mod backends;
mod comments;
mod counting_gemini;
mod crash;
mod drift;
mod drifting;
#[cfg(target_os = "linux")]
mod faults;
mod house;
mod house_rules;
mod languages;
mod library;
mod live;
mod long_sessions;
mod models;
mod pictures;
mod pins;
mod program;
mod provenance;
mod regions;
mod restarts;
mod reworking;
mod scripted;
mod security;
mod sharing;
mod stopping;
mod talked;
mod turns;
mod web;
