//! Stories about the gate and the store.
