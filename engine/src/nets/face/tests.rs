//! The builder with tiny weights whose sums can be done by hand.

use std::fmt::Write as _;

use super::*;
use crate::nets::{Tensor, load};

/// Weights in one list and their bytes, as the package has them.
#[derive(Default)]
struct Package {
    list: String,
    bin: Vec<u8>,
}

impl Package {
    fn add(&mut self, name: &str, shape: &[usize], value: impl Fn(usize) -> f32) {
        let count = shape.iter().product();
        let comma = if self.list.is_empty() { "" } else { "," };
        write!(
            self.list,
            r#"{comma}{{"name":"{name}","shape":{shape:?},"dtype":"float32"}}"#
        )
        .expect("a string");
        self.bin.extend((0..count).flat_map(|i| value(i).to_le_bytes()));
    }

    /// A convolution that hands on its channels as they are: 1 in the middle, 0 around it.
    fn hand_on(&mut self, name: &str, side: usize, ins: usize, outs: usize) {
        self.add(&format!("{name}/conv/filters"), &[side, side, ins, outs], |i| {
            let (place, pair) = (i / (ins * outs), i % (ins * outs));
            f32::from(u8::from(place == side * side / 2 && pair / outs == pair % outs))
        });
        // Taken away here and given back by the scale.
        self.add(&format!("{name}/conv/bias"), &[outs], |_| -1.0);
        self.add(&format!("{name}/scale/weights"), &[outs], |_| 1.0);
        self.add(&format!("{name}/scale/biases"), &[outs], |_| 1.0);
    }

    fn manifest(&self) -> Vec<u8> {
        format!(r#"[{{"paths":["a.bin"],"weights":[{}]}}]"#, self.list).into_bytes()
    }
}

/// One channel, which becomes two on the way.
fn tiny_identity() -> Package {
    let mut package = Package::default();
    package.hand_on("conv32_down", 7, 3, 1);
    for (name, more, ins, outs) in [("32", 3, 1, 1), ("64", 3, 1, 2), ("128", 2, 2, 2), ("256", 2, 2, 2)] {
        if name != "32" {
            package.hand_on(&format!("conv{name}_down/conv1"), 3, ins, outs);
            package.hand_on(&format!("conv{name}_down/conv2"), 3, outs, outs);
        }
        for n in 1..=more {
            package.hand_on(&format!("conv{name}_{n}/conv1"), 3, outs, outs);
            package.hand_on(&format!("conv{name}_{n}/conv2"), 3, outs, outs);
        }
    }
    package.hand_on("conv256_down_out/conv1", 3, 2, 2);
    package.hand_on("conv256_down_out/conv2", 3, 2, 2);
    package.add("fc", &[2, 2], |i| [1.0, 0.5, 3.0, 3.0][i]);
    package
}

#[test]
fn the_net_that_tells_people_apart_is_put_together_as_meant() {
    let package = tiny_identity();
    let net = load(identity(&package.manifest(), &package.bin).expect("converted")).expect("loaded");
    // 255 above the mean: every layer then sees ones.
    let data = vec![MEAN[0] + 255.0; 3 * IDENTITY * IDENTITY];
    let input = Tensor::new(&[1, 3, IDENTITY, IDENTITY], data).expect("fits");
    let answer = net.run(&[input]).expect("runs").remove(0);
    assert_eq!(answer.shape(), [1, 2, 1, 1]);
    // Each residual doubles: 3, then with every step down one more; the last two steps meet zeros below and to the right,
    // which leaves 16384, 6144, 6144 and 5120 in four cells. The second channel stays empty.
    let mean = (16384.0 + 6144.0 + 6144.0 + 5120.0) / 4.0;
    let off = |at: usize, should: f32| (answer.data()[at] / should - 1.0).abs();
    assert!(off(0, mean) < 1e-3 && off(1, mean * 0.5) < 1e-3, "{:?}", answer.data());
}

#[test]
fn points_are_the_sums_of_all_layers() {
    let mut package = Package::default();
    let one = |_| 1.0;
    package.add("dense0/conv0/filters", &[1, 1, 3, 1], |i| f32::from(u8::from(i == 0)));
    package.add("dense0/conv0/bias", &[1], |_| 0.0);
    for layer in 0..16 {
        let name = format!("dense{}/conv{}", layer / 4, layer % 4);
        if layer > 0 {
            package.add(&format!("{name}/depthwise_filter"), &[1, 1, 1, 1], one);
            package.add(&format!("{name}/pointwise_filter"), &[1, 1, 1, 1], one);
            package.add(&format!("{name}/bias"), &[1], |_| 0.0);
        }
    }
    package.add("fc/weights", &[1, 4], |i| i as f32);
    package.add("fc/bias", &[4], |_| 0.25);
    let net = load(landmarks(&package.manifest(), &package.bin).expect("converted")).expect("loaded");
    let data = vec![MEAN[0] + 255.0; 3 * LANDMARKS * LANDMARKS];
    let input = Tensor::new(&[1, 3, LANDMARKS, LANDMARKS], data).expect("fits");
    let answer = net.run(&[input]).expect("runs").remove(0);
    // In each block: 1, 1, 2 and 4 make 8.
    for (is, n) in answer.data().iter().zip(0..) {
        assert!((is - (4096.0 * n as f32 + 0.25)).abs() < 1.0, "{:?}", answer.data());
    }
    assert_eq!(answer.shape(), [1, 4, 1, 1]);
}

#[test]
fn what_is_missing_or_does_not_fit_is_refused() {
    let package = tiny_identity();
    let refused = |manifest: &[u8], bin: &[u8]| matches!(identity(manifest, bin), Err(NetError::Unreadable(_)));
    let manifest = package.manifest();
    assert!(!refused(&manifest, &package.bin));
    assert!(refused(&manifest, &package.bin[4..]));
    let text = String::from_utf8(manifest).expect("text");
    let renamed = text.replace("conv64_2/conv1/scale/weights", "elsewhere");
    assert!(refused(renamed.as_bytes(), &package.bin));
    assert!(refused(b"{}", &[]));
    assert!(detector(text.as_bytes(), &package.bin).is_err());
}

#[test]
fn a_scale_is_folded_into_its_convolution() {
    let kernel = Kernel {
        data: vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
        shape: [3, 2, 1, 1],
        bias: vec![1.0, 1.0, 2.0],
        groups: 1,
    };
    let folded = kernel.then(&[2.0, 1.0, -1.0], &[0.5, 0.0, 1.0]).expect("fits");
    assert_eq!(folded.data, [2.0, 4.0, 3.0, 4.0, -5.0, -6.0]);
    assert_eq!(folded.bias, [2.5, 1.0, -1.0]);
    let second = folded.every_third(1).expect("three kinds");
    assert_eq!((second.shape, second.bias), ([1, 2, 1, 1], vec![1.0]));
    assert_eq!(second.data, [3.0, 4.0]);
    assert!(folded.then(&[1.0], &[1.0]).is_err());
}
