//! The two example pictures, so that the first try needs no photo.
//!
//! Rule: they are drawn by our own code when asked for and pass the gate like any picture.

use bytes::Bytes;
use plantain_engine::{Raster, drawings};
use tokio::sync::OnceCell;

use super::error::WebError;
use crate::{
    app::App,
    backends::embedded::convert::to_pixels,
    blobs::{Size, VerifiedImage},
};

/// One example picture.
pub struct Example {
    name: &'static str,
    /// What its session is called.
    pub title: &'static str,
    paint: fn() -> Raster,
    preview: OnceCell<Bytes>,
}

static EXAMPLES: [Example; 2] = [
    Example {
        name: "harbour",
        title: "Harbour",
        paint: drawings::harbour,
        preview: OnceCell::const_new(),
    },
    Example {
        name: "still-life",
        title: "Still life",
        paint: drawings::still_life,
        preview: OnceCell::const_new(),
    },
];

/// The example of this name.
///
/// # Errors
/// Not found.
pub fn find(name: &str) -> Result<&'static Example, WebError> {
    EXAMPLES
        .iter()
        .find(|example| example.name == name)
        .ok_or_else(WebError::not_found)
}

/// Draws an example.
///
/// # Errors
/// When the disk or the gate is full.
pub async fn draw(app: &App, example: &'static Example) -> Result<VerifiedImage, WebError> {
    let raster = tokio::task::spawn_blocking(example.paint)
        .await
        .map_err(WebError::internal)?;
    let raw = app.blobs.encode_png(to_pixels(raster)).await?;
    Ok(app.blobs.inspect(raw).await?)
}

/// A small WebP of an example, made once.
///
/// # Errors
/// As [`draw`].
pub async fn preview(app: &App, example: &'static Example) -> Result<Bytes, WebError> {
    let make = || async {
        let picture = draw(app, example).await?;
        // No row will name it: the sweep takes it away later.
        let blob = app.blobs.put(picture).await?;
        Ok::<_, WebError>(app.blobs.rendition(&blob, Size::S320).await?.bytes)
    };
    example.preview.get_or_try_init(make).await.cloned()
}
