//! HTTP: the only place that knows about requests and HTML.

pub mod multipart;
pub mod proxy;
pub mod refusal;
pub mod security;
pub mod serve;
pub mod throttle;
