//! Keeping, finding, showing and forgetting pictures.

use std::{
    collections::HashSet,
    fs::{self, FileTimes},
    sync::atomic::Ordering,
    time::{SystemTime, UNIX_EPOCH},
};

use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};
use proptest::prelude::*;

use super::{corpus::*, *};
use crate::domain::time::Moment;

#[tokio::test]
async fn rel_store_01_a_kept_picture_lies_under_the_name_of_its_content() {
    use sha2::{Digest, Sha256};
    let shop = Shop::open();
    let image = shop.store.inspect(rgb_jpeg(&corners(), |_| {}).into()).await.unwrap();
    assert!(
        files_under(&shop.folder.path().join("blobs")).is_empty(),
        "a name before put"
    );
    let (id, bytes) = (image.id(), image.bytes());
    let blob = shop.store.put(image).await.unwrap();
    assert_eq!((blob.id, blob.bytes), (id, bytes));
    let hex = blob.id.to_string();
    let name = shop
        .folder
        .path()
        .join("blobs")
        .join(&hex[..2])
        .join(format!("{}.jpg", &hex[2..]));
    assert_eq!(shop.files(), std::slice::from_ref(&name), "something else stayed");
    let content = fs::read(name).unwrap();
    assert_eq!(<[u8; 32]>::from(Sha256::digest(&content)), *blob.id.as_bytes());
    assert_eq!(shop.store.read(&blob).await.unwrap(), content);
    let length = shop
        .store
        .open_file(&blob)
        .await
        .unwrap()
        .metadata()
        .await
        .unwrap()
        .len();
    assert_eq!(length, blob.bytes);
}

#[tokio::test]
async fn rel_store_01_the_same_content_at_the_same_time_is_one_file() {
    let shop = Shop::open();
    let file = encoded(corners(), ImageFormat::Png);
    let takes = (0..12).map(|_| shop.take(&file));
    let blobs: HashSet<BlobId> = futures_util::future::join_all(takes)
        .await
        .into_iter()
        .map(|blob| blob.unwrap().id)
        .collect();
    assert_eq!((blobs.len(), shop.files().len()), (1, 1));
}

#[tokio::test]
async fn a_picture_that_is_not_kept_leaves_nothing() {
    let shop = Shop::open();
    let image = shop
        .store
        .inspect(encoded(corners(), ImageFormat::Png).into())
        .await
        .unwrap();
    assert_eq!(shop.files().len(), 1);
    drop(image);
    drop(shop.store.spool().await.unwrap());
    assert_eq!(shop.files(), [] as [PathBuf; 0]);
}

#[tokio::test]
async fn rel_store_04_a_disk_that_refuses_fails_the_request_and_recovers_without_a_restart() {
    let shop = Shop::open();
    let file = encoded(corners(), ImageFormat::Png);
    let (blob, ..) = shop.taken(&file).await;
    let (folder, away) = (shop.folder.path().join("tmp"), shop.folder.path().join("away"));
    fs::rename(&folder, &away).unwrap();
    fs::write(&folder, "not a folder").unwrap();
    let other = encoded(scene(30, 30), ImageFormat::Png);
    let error = shop.take(&other).await.unwrap_err();
    assert_eq!(error.hint(), Hint::Internal);
    assert!(error.for_the_user().contains("couldn't be stored"));
    assert!(shop.store.spool().await.is_err());
    assert!(shop.store.read(&blob).await.is_ok(), "readers go on");
    fs::remove_file(&folder).unwrap();
    fs::rename(&away, &folder).unwrap();
    assert!(shop.take(&other).await.is_ok());
}

#[tokio::test]
async fn a_changed_file_is_noticed_when_it_is_read_as_a_picture() {
    let shop = Shop::open();
    let (blob, ..) = shop.taken(&encoded(corners(), ImageFormat::Png)).await;
    let path = shop.files().remove(0);
    let content = fs::read(&path).unwrap();
    fs::write(&path, &content[..content.len() / 2]).unwrap();
    assert!(matches!(
        shop.store.decode(&blob).await,
        Err(PictureError::Damaged { .. })
    ));
    fs::remove_file(&path).unwrap();
    let error = shop.store.read(&blob).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::NotFound);
}

#[tokio::test]
async fn renditions_fit_their_square_and_are_never_larger_than_the_picture() {
    let shop = Shop::open();
    for (width, height, small, middle) in [(2000, 500, (320, 80), (1024, 256)), (400, 700, (183, 320), (400, 700))] {
        let (blob, ..) = shop.taken(&encoded(scene(width, height), ImageFormat::Png)).await;
        for (size, wanted) in [(Size::S320, small), (Size::S1024, middle)] {
            let rendition = shop.store.rendition(&blob, size).await.unwrap();
            assert!(rendition.bytes.starts_with(b"RIFF") && Rendition::FORMAT.mime() == "image/webp");
            let picture = image::load_from_memory(&rendition.bytes).unwrap();
            assert_eq!((picture.width(), picture.height()), wanted);
        }
    }
}

#[tokio::test]
async fn a_rendition_looks_like_its_picture_and_keeps_what_is_see_through() {
    let shop = Shop::open();
    // Black where nothing is seen: without weighing by alpha it would darken the edge.
    let picture = RgbaImage::from_fn(1000, 600, |x, _| {
        if x < 500 {
            Rgba([250, 200, 10, 255])
        } else {
            Rgba([0, 0, 0, 0])
        }
    });
    let grey = DynamicImage::from(picture.clone()).to_luma_alpha8();
    for (file, colour) in [
        (encoded(picture, ImageFormat::Png), [250, 200, 10]),
        (encoded(grey, ImageFormat::Png), [201; 3]),
    ] {
        let (blob, ..) = shop.taken(&file).await;
        let small = shop.store.rendition(&blob, Size::S320).await.unwrap();
        let small = image::load_from_memory(&small.bytes).unwrap().to_rgba8();
        let (inside, edge, outside) = (
            small.get_pixel(20, 90),
            small.get_pixel(159, 90),
            small.get_pixel(300, 90),
        );
        assert!(
            near([inside[0], inside[1], inside[2]], colour, 12) && inside[3] == 255,
            "{inside:?}"
        );
        assert!(
            edge[3] < 30 || near([edge[0], edge[1], edge[2]], colour, 40),
            "a dark edge: {edge:?}"
        );
        assert_eq!(outside[3], 0);
    }
}

#[tokio::test]
async fn many_who_ask_for_a_rendition_at_once_wait_for_one_decode() {
    let shop = Shop::open();
    let (blob, ..) = shop.taken(&rgb_jpeg(&scene(1700, 900), |_| {})).await;
    let asks = (0..24).map(|_| shop.store.rendition(&blob, Size::S320));
    let answers = futures_util::future::join_all(asks).await;
    let first = answers[0].as_ref().unwrap();
    assert!(answers.iter().all(|answer| answer.as_ref().unwrap() == first));
    let decodes = || shop.store.0.renditions.decodes.load(Ordering::Relaxed);
    assert_eq!(decodes(), 1);
    shop.store.warm(&blob).await.unwrap();
    assert_eq!(decodes(), 2, "both other sizes from one decode");
    for size in Size::ALL {
        shop.store.rendition(&blob, size).await.unwrap();
    }
    shop.store.warm(&blob).await.unwrap();
    assert_eq!(decodes(), 2);
}

#[tokio::test]
async fn a_lost_or_empty_rendition_is_made_again_and_one_on_disk_is_used() {
    let shop = Shop::open();
    let (blob, ..) = shop.taken(&rgb_jpeg(&scene(500, 300), |_| {})).await;
    let made = shop.store.rendition(&blob, Size::S320).await.unwrap();
    let path = files_under(&shop.folder.path().join("renditions")).remove(0);
    let reopened = || BlobStore::open(shop.folder.path(), Limits::default(), Some(1), BlobStore::DEADLINE * 6).unwrap();
    let again = reopened();
    assert_eq!(again.rendition(&blob, Size::S320).await.unwrap(), made);
    assert_eq!(again.0.renditions.decodes.load(Ordering::Relaxed), 0, "it was on disk");
    fs::write(&path, "").unwrap();
    assert_eq!(reopened().rendition(&blob, Size::S320).await.unwrap(), made);
    fs::remove_file(&path).unwrap();
    assert_eq!(reopened().rendition(&blob, Size::S320).await.unwrap(), made);
}

#[test]
fn free_space_is_known() {
    let shop = Shop::open();
    let free = shop.store.free_bytes().unwrap();
    assert!(free > 0);
    assert!(shop.store.check_space(1).unwrap() && !shop.store.check_space(u64::MAX).unwrap());
}

/// A file in the store, last changed so many seconds after some moment.
#[derive(Debug, Clone)]
struct Old {
    place: u8,
    known: bool,
    changed: i64,
}

fn any_file() -> impl Strategy<Value = Old> {
    (0..4u8, any::<bool>(), -20_000..20_000i64).prop_map(|(place, known, changed)| Old { place, known, changed })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rel_store_03_only_old_files_without_a_row_go_whatever_the_clock_says(
        files in prop::collection::vec(any_file(), 0..12),
        grace in 0..10_000u64,
        clock in -15_000..15_000i64,
    ) {
        let epoch = 1_700_000_000;
        let shop = Shop::open();
        let mut known = Vec::new();
        let mut stays = Vec::new();
        let mut goes = 0;
        for (number, file) in files.iter().enumerate() {
            let id = BlobId::from_bytes([u8::try_from(number).unwrap(); 32]).to_string();
            let (folder, name) = (&id[..2], &id[2..]);
            let path = shop.folder.path().join(match file.place {
                0 => format!("blobs/{folder}/{name}.png"),
                1 => format!("renditions/{folder}/{name}-320.webp"),
                2 => format!("tmp/spool-{number}"),
                _ => format!("blobs/{folder}/README"),
            });
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let changed = UNIX_EPOCH + Duration::from_secs(u64::try_from(epoch + file.changed).unwrap());
            fs::File::create(&path).unwrap().set_times(FileTimes::new().set_modified(changed)).unwrap();
            if file.known {
                known.push(id.parse::<BlobId>().unwrap());
            }
            let is_old = epoch + file.changed < epoch + clock - i64::try_from(grace).unwrap();
            let is_needed = match file.place { 0 | 1 => file.known, 2 => false, _ => true };
            if is_old && !is_needed { goes += 1 } else { stays.push(path) }
        }
        let now = Moment::from_millis((epoch + clock) * 1000);
        let answer = |ids: Vec<BlobId>| {
            let rows = ids.into_iter().filter(|id| known.contains(id)).collect();
            async { Ok(rows) }
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let swept = runtime.block_on(shop.store.sweep(answer, Duration::from_secs(grace), now)).unwrap();
        let mut left = shop.files();
        left.sort();
        stays.sort();
        prop_assert_eq!(left, stays);
        prop_assert_eq!(swept.pictures + swept.temporary, goes);
    }
}

#[tokio::test]
async fn rel_store_03_a_picture_that_is_put_again_while_the_sweeper_asks_stays() {
    let shop = Shop::open();
    let file = encoded(corners(), ImageFormat::Png);
    let (blob, ..) = shop.taken(&file).await;
    let path = shop.files().remove(0);
    let old = FileTimes::new().set_modified(UNIX_EPOCH);
    fs::File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_times(old)
        .unwrap();
    let image = std::cell::Cell::new(Some(shop.store.inspect(file.into()).await.unwrap()));
    let put_meanwhile = |_| {
        let (store, image) = (shop.store.clone(), image.take().unwrap());
        async move { store.put(image).await.map(|_| Vec::new()) }
    };
    let since = fs::metadata(shop.folder.path()).unwrap().modified().unwrap();
    let now = Moment::from_millis(millis(since));
    let swept = shop
        .store
        .sweep(put_meanwhile, Duration::from_secs(60), now)
        .await
        .unwrap();
    assert_eq!(swept, Swept::default());
    assert!(shop.store.read(&blob).await.is_ok());
    // Without a row it goes once it is old.
    let much_later = now.plus_days(1);
    let none = |_| async { Ok(Vec::new()) };
    let swept = shop
        .store
        .sweep(none, Duration::from_secs(60), much_later)
        .await
        .unwrap();
    assert_eq!(swept.pictures, 1);
}

#[tokio::test]
async fn rel_store_03_nothing_goes_when_the_rows_cannot_be_asked() {
    let shop = Shop::open();
    shop.taken(&encoded(corners(), ImageFormat::Png)).await;
    let refuse = |_| async { Err(io::Error::other("locked")) };
    let far = Moment::from_millis(i64::MAX);
    assert!(shop.store.sweep(refuse, Duration::ZERO, far).await.is_err());
    assert_eq!(shop.files().len(), 1);
}

fn millis(time: SystemTime) -> i64 {
    i64::try_from(time.duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}
