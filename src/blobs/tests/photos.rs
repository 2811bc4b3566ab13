//! The gate with real photos, where they are at hand.

use std::{env, fs, path::PathBuf};

use super::*;

/// The folder named by `PLANTAIN_PHOTOS`, or `../shared/photos` beside the repository.
fn folder() -> Option<PathBuf> {
    let named = env::var_os("PLANTAIN_PHOTOS").map(PathBuf::from);
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/photos");
    named.into_iter().chain([beside]).find(|folder| folder.is_dir())
}

#[tokio::test]
async fn real_photos_pass_and_keep_their_pixels() {
    let Some(folder) = folder() else {
        eprintln!("not tried: there is no folder of photos (PLANTAIN_PHOTOS)");
        return;
    };
    let shop = Shop::open();
    let mut tried = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if !path
            .extension()
            .is_some_and(|ending| ending == "jpg" || ending == "png")
        {
            continue;
        }
        let file = fs::read(&path).unwrap();
        let (blob, _, pixels) = shop.taken(&file).await;
        let expected = image::load_from_memory(&file).unwrap();
        assert_eq!(
            (blob.dimensions.width, blob.dimensions.height),
            (expected.width(), expected.height())
        );
        if blob.format == Format::Jpeg {
            assert_eq!(eight(&pixels), expected.as_bytes(), "{}", path.display());
        }
        shop.store.warm(&blob).await.unwrap();
        for size in Size::ALL {
            let rendition = shop.store.rendition(&blob, size).await.unwrap();
            let small = image::load_from_memory(&rendition.bytes).unwrap();
            assert!(small.width().max(small.height()) <= size.side());
        }
        tried += 1;
    }
    assert!(tried > 0, "the folder of photos is empty");
}
