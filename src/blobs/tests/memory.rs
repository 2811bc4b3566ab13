//! Memory stays bounded whatever arrives, and goes back afterwards: measured in a process of its own.

use std::{env, fs, process::Command};

use image::{DynamicImage, ImageFormat};

use super::{corpus::*, *};

const MIB: u64 = 1024 * 1024;
/// Set for the process that is measured; says what to upload.
const ROLE: &str = "PLANTAIN_TEST_MEMORY";

/// Bytes from a line of `/proc/self/status`.
fn status(line: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let rest = status.lines().find_map(|text| text.strip_prefix(line))?;
    let kib: u64 = rest
        .trim_start_matches(':')
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .ok()?;
    Some(kib * 1024)
}

/// Runs the ignored test below in a process of its own and reads its numbers: growth at the peak, growth that stayed.
fn measured(role: &str) -> Option<(u64, u64)> {
    if status("VmHWM").is_none() {
        eprintln!("not tried: this system doesn't tell a process its memory");
        return None;
    }
    let run = Command::new(env::current_exe().unwrap())
        .args([
            "--exact",
            "blobs::tests::memory::uploads_in_a_process_of_their_own",
            "--ignored",
            "--nocapture",
        ])
        .env(ROLE, role)
        // As `main` starts the server: without it glibc raises its threshold with every large block that is freed,
        // and from then on keeps blocks of that size.
        .env("MALLOC_MMAP_THRESHOLD_", "262144")
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(run.status.success(), "{output}{}", String::from_utf8_lossy(&run.stderr));
    let number = |name: &str| {
        let line = output
            .lines()
            .find_map(|line| line.split_once(name))
            .unwrap_or_else(|| panic!("{output}"));
        line.1.trim().parse::<u64>().unwrap()
    };
    eprintln!(
        "{role}: {} MiB at the peak, {} MiB stayed",
        number("peak:") / MIB,
        number("stayed:") / MIB
    );
    Some((number("peak:"), number("stayed:")))
}

#[test]
fn sec_img_03_a_dozen_photos_of_12_megapixels_at_once_stay_under_200_mib_and_the_memory_goes_back() {
    let Some((peak, stayed)) = measured("photos") else {
        return;
    };
    assert!(peak < 200 * MIB, "{} MiB", peak / MIB);
    assert!(stayed < 40 * MIB, "{} MiB", stayed / MIB);
}

#[test]
fn sec_img_03_the_hungriest_files_at_once_stay_under_a_gigabyte() {
    let Some((peak, _)) = measured("hungry") else { return };
    assert!(peak < 1024 * MIB, "{} MiB", peak / MIB);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures its own process; run by the tests above"]
async fn uploads_in_a_process_of_their_own() {
    let Ok(role) = env::var(ROLE) else { return };
    let shop = Shop::with(Limits::default(), Duration::from_secs(120));
    let count = if role == "photos" { 12 } else { 4 };
    let folder = tempfile::tempdir().unwrap();
    make_files(&role, folder.path());
    let files = files_under(folder.path());
    // Not ours: what making the files took. It was freed; the peak starts again from here.
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = status("VmRSS").unwrap();
    let uploads = (0..count).map(|number| upload(&shop, &files[number % files.len()]));
    for outcome in futures_util::future::join_all(uploads).await {
        if let Err(error) = outcome {
            assert!(matches!(error.hint(), Hint::Unusable | Hint::Busy), "{error}");
        }
    }
    println!("peak:{}", status("VmHWM").unwrap().saturating_sub(before));
    println!("stayed:{}", status("VmRSS").unwrap().saturating_sub(before));
}

/// As a server does it: from a file, in parts, into a spool, through the gate, kept, shown.
async fn upload(shop: &Shop, file: &Path) -> Result<(), PictureError> {
    let mut from = tokio::fs::File::open(file).await?;
    let mut spool = shop.store.spool().await?;
    let mut part = vec![0; 64 * 1024];
    loop {
        let count = tokio::io::AsyncReadExt::read(&mut from, &mut part).await?;
        if count == 0 {
            break;
        }
        spool.write(&part[..count]).await.map_err(io::Error::other)?;
    }
    let image = shop.store.inspect(spool.finish().await?).await?;
    let blob = shop.store.put(image).await?;
    if blob.dimensions.pixels() > 20_000_000 {
        return Ok(());
    }
    shop.store.warm(&blob).await
}

fn make_files(role: &str, folder: &Path) {
    let write = |name: &str, file: &[u8]| fs::write(folder.join(name), file).unwrap();
    if role == "photos" {
        let photo = scene(4000, 3000);
        write(
            "1.jpg",
            &rgb_jpeg(&photo, |encoder| {
                encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_2)
            }),
        );
        write("2.jpg", &rgb_jpeg(&photo, |encoder| encoder.set_progressive(true)));
        let lying = with_segment(
            &rgb_jpeg(&photo, |_| {}),
            0xe1,
            &[b"Exif\0\0", &exif(6, true)[..]].concat(),
        );
        write("3.jpg", &lying);
        return;
    }
    let large = DynamicImage::new_rgba16(10_000, 5_000);
    write("1.png", &encoded(large, ImageFormat::Png));
    let glass = DynamicImage::new_rgba8(10_000, 5_000);
    write("2.webp", &encoded(glass, ImageFormat::WebP));
    let plain = image::RgbImage::new(10_000, 5_000);
    write(
        "3.jpg",
        &rgb_jpeg(&plain, |encoder| {
            encoder.set_progressive(true);
            encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_1_1);
        }),
    );
}

#[tokio::test]
#[ignore = "prints figures, holds no promise"]
async fn figures_of_a_photo_of_12_megapixels() {
    let shop = Shop::open();
    let photo = scene(4000, 3000);
    let sampled = |progressive| {
        rgb_jpeg(&photo, |encoder| {
            encoder.set_progressive(progressive);
            encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_2);
        })
    };
    let lying = with_segment(&sampled(false), 0xe1, &[b"Exif\0\0", &exif(6, true)[..]].concat());
    for (kind, file) in [
        ("JPEG", sampled(false)),
        ("progressive", sampled(true)),
        ("lying", lying),
    ] {
        let bytes = file.len();
        let start = std::time::Instant::now();
        let image = shop.store.inspect(file.into()).await.unwrap();
        let inspected = start.elapsed();
        let blob = shop.store.put(image).await.unwrap();
        let put = start.elapsed() - inspected;
        shop.store.warm(&blob).await.unwrap();
        let warmed = start.elapsed() - inspected - put;
        println!(
            "{kind}: {bytes} bytes, inspect {inspected:?}, put {put:?}, warm {warmed:?}, stored {}",
            blob.bytes
        );
    }
}
