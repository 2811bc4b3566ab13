//! Tries nets by hand: converts weights as their packages carry them, prints what they answer to the drawn input, and
//! writes the converted files.
//!
//! `cargo run -p plantain-engine --example nets -- OUT_FOLDER FILE…` with files `*.onnx`, `*.param` or `*.json`; the weights
//! of the latter two are looked for beside them under the same name with `.bin`.

use std::path::Path;
use std::time::Instant;

use plantain_engine::nets::known::KnownAnswer;
use plantain_engine::nets::{face, load, ncnn, tfjs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((out, files)) = arguments.split_first() else {
        return Err("name a folder to write to, then files".into());
    };
    std::fs::create_dir_all(out)?;
    for file in files {
        let path = Path::new(file);
        let bytes = std::fs::read(path)?;
        let bin = || std::fs::read(path.with_extension("bin"));
        let onnx = match path.extension().and_then(|e| e.to_str()) {
            Some("param") => ncnn::to_onnx(std::str::from_utf8(&bytes)?, &bin()?)?,
            Some("json") if file.contains("ssd_mobilenetv1") => face::detector(&bytes, &beside(path)?)?,
            Some("json") if file.contains("face_landmark_68") => face::landmarks(&bytes, &beside(path)?)?,
            Some("json") if file.contains("face_recognition") => face::identity(&bytes, &beside(path)?)?,
            Some("json") => tfjs::to_onnx(&bytes, &bin()?, &["tower_0/keypoints", "tower_0/wh"])?,
            _ => bytes,
        };
        let stem = path.file_stem().and_then(|s| s.to_str()).unwrap_or("net");
        let stem = stem.trim_end_matches("_model-weights_manifest");
        std::fs::write(Path::new(out).join(stem).with_extension("onnx"), &onnx)?;
        let begun = Instant::now();
        let net = load(onnx)?;
        println!("{stem}: loaded in {:?}", begun.elapsed());
        for output in 0..2 {
            let known = trial(stem, output);
            let begun = Instant::now();
            let Ok((mean, samples)) = known.answer(net.as_ref()) else {
                continue;
            };
            println!(
                "  output {output} in {:?}: mean {mean:?}, samples {samples:?}",
                begun.elapsed()
            );
        }
    }
    Ok(())
}

/// The weights that belong to a list of the face nets.
fn beside(list: &Path) -> std::io::Result<Vec<u8>> {
    let name = list.file_name().and_then(|n| n.to_str()).unwrap_or_default();
    std::fs::read(list.with_file_name(name.replace("-weights_manifest.json", ".bin")))
}

/// What the net is shown, by its name.
fn trial(stem: &str, output: usize) -> KnownAnswer {
    let (side, low, high, one_hot) = match stem {
        "u2netp" => (320, -2.0, 2.5, None),
        "centernet" | "ssd_mobilenetv1" => (512, 0.0, 255.0, None),
        "face_landmark_68" => (112, 0.0, 255.0, None),
        "face_recognition" => (150, 0.0, 255.0, None),
        "multistyle26" => (96, 0.0, 1.0, Some((7, 26))),
        _ => (48, 0.0, 1.0, None),
    };
    KnownAnswer {
        shape: [1, 3, side, side],
        low,
        high,
        one_hot,
        output,
        mean: 0.0,
        samples: [0.0; 8],
        tolerance: 0.0,
    }
}
