//! The backends that go out, each against a fake of its service on this machine.

pub mod fake_gemini;
mod gemini;
