//! A template as an answer.
//!
//! Rule: a template that can't be rendered is our own fault and becomes our own error page.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};

use super::error::WebError;

/// Renders a page or fragment.
#[derive(Debug)]
pub struct Page<T>(pub T);

impl<T: Template> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        match self.0.render() {
            Ok(html) => Html(html).into_response(),
            Err(error) => WebError::internal(error).into_response(),
        }
    }
}
