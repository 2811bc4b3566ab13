//! The backends that go out, each against a fake of its service on this machine.
//!
//! Read `fake` (the services) and `desk` (a backend at work) first.

mod comfyui;
mod contract;
mod desk;
pub mod fake;
mod fake_comfy;
mod gemini;
mod gemini_history;
mod memory;
mod openai;
mod openrouter;
mod promises;
mod spending;
