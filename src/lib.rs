//! Plantain.
