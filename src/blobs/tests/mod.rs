//! Stories about the gate and the store: real files in a folder of their own, pictures made by `corpus`.

mod colours;
mod corpus;
mod gate;
mod hostile;
mod memory;
mod photos;
mod store;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use tempfile::TempDir;

use super::*;
use crate::domain::picture::Dimensions;

/// A store in a folder that goes away with it.
struct Shop {
    store: BlobStore,
    folder: TempDir,
}

impl Shop {
    fn open() -> Self {
        Self::with(Limits::default(), Duration::from_secs(60))
    }

    fn with(limits: Limits, deadline: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = BlobStore::open(folder.path(), limits, Some(2), deadline).unwrap();
        Self { store, folder }
    }

    /// Takes a picture through the gate and keeps it.
    async fn take(&self, file: &[u8]) -> Result<Blob, PictureError> {
        let image = self.store.inspect(file.to_vec().into()).await?;
        Ok(self.store.put(image).await?)
    }

    /// Takes a picture that must pass, and gives back what it became.
    async fn taken(&self, file: &[u8]) -> (Blob, Vec<u8>, Pixels) {
        let blob = self.take(file).await.unwrap();
        let bytes = self.store.read(&blob).await.unwrap().to_vec();
        assert_eq!(bytes.len() as u64, blob.bytes);
        let pixels = self.store.decode(&blob).await.unwrap();
        assert_eq!(pixels.dimensions, blob.dimensions);
        (blob, bytes, pixels)
    }

    /// Every file under the store.
    fn files(&self) -> Vec<PathBuf> {
        files_under(self.folder.path())
    }
}

fn files_under(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_under(&path));
        } else {
            files.push(path);
        }
    }
    files
}

/// The samples of a picture with 8 bits.
fn eight(pixels: &Pixels) -> &[u8] {
    match &pixels.samples {
        Samples::Eight(samples) => samples,
        Samples::Sixteen(_) => panic!("16 bits"),
    }
}

/// The first three samples of a pixel.
fn at(pixels: &Pixels, x: u32, y: u32) -> [u8; 3] {
    let channels = pixels.layout.channels();
    let start = (y * pixels.dimensions.width + x) as usize * channels;
    match eight(pixels)[start..start + channels] {
        [grey] | [grey, _] => [grey; 3],
        [red, green, blue, ..] => [red, green, blue],
        _ => unreachable!(),
    }
}

/// Whether two colours are the same but for so many steps.
fn near(a: [u8; 3], b: [u8; 3], steps: u8) -> bool {
    a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= steps)
}
