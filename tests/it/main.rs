//! The house's tests from outside, one binary; a module per subject.

mod backends;
