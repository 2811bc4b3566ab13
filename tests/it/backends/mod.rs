//! The backends that go out, each against a fake of its service on this machine.
//!
//! Read `fake` (the services) and `desk` (a backend at work) first.

mod desk;
mod fake;
mod gemini;
mod openai;
mod openrouter;
