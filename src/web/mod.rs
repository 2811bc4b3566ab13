//! HTTP: the only place that knows about requests and HTML.
//!
//! Rule: handlers speak to `turns`, `store` and `blobs` in domain values, and to people through `views`.

pub mod assets;
pub mod multipart;
pub mod proxy;
pub mod refusal;
pub mod security;
pub mod serve;
pub mod throttle;
pub mod views;
