//! The house's tests from outside, one binary; a module per subject.
//!
//! Read `house` first: the kit that starts a whole server and speaks HTTP to it.

mod backends;
mod house;
mod house_rules;
mod models;
mod sharing;
mod turns;
mod web;
