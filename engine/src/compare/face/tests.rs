//! Frames, pairs and distances on made-up faces; nets are played by stand-ins.

use super::*;
use crate::raster::Channels;
use crate::watch::Unwatched;

const SIZE: u32 = 256;

/// A grey picture with bright squares where faces are.
fn picture(faces: &[(u32, u32, u8)]) -> Raster {
    let inside = |x: u32, y: u32| {
        let face = faces
            .iter()
            .find(|(l, t, _)| (*l..l + 64).contains(&x) && (*t..t + 64).contains(&y));
        face.map_or(40, |(_, _, value)| *value)
    };
    let samples = (0..SIZE).flat_map(|y| (0..SIZE).map(move |x| inside(x, y))).collect();
    Raster::from_u8(SIZE, SIZE, Channels::Gray, samples).expect("it fits")
}

/// Takes bright squares of 64 for faces, wherever the square that it is shown has them.
struct Finder;

impl Net for Finder {
    fn run(&self, inputs: &[Tensor]) -> Result<Vec<Tensor>, NetError> {
        let side = inputs[0].shape()[3];
        let data = &inputs[0].data()[..side * side];
        let bright = |i: usize| data[i] > 100.0;
        let mut boxes = Vec::new();
        // A corner that is brighter than its neighbours to the left and above begins a face.
        for i in side + 1..data.len() {
            if bright(i) && !bright(i - 1) && !bright(i - side) {
                let far = |step: usize| (1..side).find(|n| !data.get(i + n * step).is_some_and(|v| *v > 100.0));
                let (across, down) = (far(1).unwrap_or(side), far(side).unwrap_or(side));
                let share = |v: usize| v as f32 / side as f32;
                let (x, y) = (i % side, i / side);
                boxes.extend([share(y), share(x), share(y + down), share(x + across)]);
            }
        }
        let count = boxes.len() / 4;
        Ok(vec![
            Tensor::new(&[1, count, 4], boxes)?,
            Tensor::new(&[1, count], vec![0.9; count])?,
        ])
    }
}

/// Eyes and a mouth at the same place of every face.
struct Points;

impl Net for Points {
    fn run(&self, _inputs: &[Tensor]) -> Result<Vec<Tensor>, NetError> {
        let place = |point: usize| match point {
            36..42 => [0.3, 0.4],
            42..48 => [0.7, 0.4],
            _ => [0.5, 0.8],
        };
        Tensor::new(&[1, POINTS, 1, 1], (0..68).flat_map(place).collect()).map(|t| vec![t])
    }
}

/// Knows people by how bright they are in their middle.
struct Teller;

impl Net for Teller {
    fn run(&self, inputs: &[Tensor]) -> Result<Vec<Tensor>, NetError> {
        let middle = inputs[0].data()[IDENTITY * IDENTITY / 2 + IDENTITY / 2];
        let mut numbers = vec![0.0; NUMBERS];
        numbers[0] = middle / 100.0;
        Tensor::new(&[1, NUMBERS, 1, 1], numbers).map(|t| vec![t])
    }
}

fn nets() -> FaceNets {
    FaceNets {
        detector: Arc::new(Finder),
        landmarks: Arc::new(Points),
        identity: Arc::new(Teller),
    }
}

fn far(base: &Raster, result: &Raster, matrix: &Affine) -> Option<f32> {
    let whole = (0, 0, SIZE, SIZE);
    distance(base, result, whole, matrix, &nets(), &Unwatched).expect("not cancelled")
}

fn near(is: Option<f32>, should: f32) -> bool {
    is.is_some_and(|is| (is - should).abs() < 0.02)
}

#[test]
fn the_face_that_changed_most_counts() {
    let base = picture(&[(20, 30, 120), (150, 100, 200)]);
    assert_eq!(far(&base, &base, &Affine::IDENTITY), Some(0.0), "no net is asked");
    let other = picture(&[(20, 30, 130), (150, 100, 140)]);
    assert!(near(far(&base, &other, &Affine::IDENTITY), 0.6));
    let one = picture(&[(20, 30, 130), (150, 100, 200)]);
    assert!(near(far(&base, &one, &Affine::IDENTITY), 0.1));
}

#[test]
fn a_face_is_looked_for_where_the_picture_was_moved_to() {
    let base = picture(&[(40, 40, 120), (140, 40, 200)]);
    // Moved by exactly the distance of the two: without the matrix they would be taken for each other.
    let moved = picture(&[(140, 40, 120), (190, 150, 220)]);
    let by = Affine::shift(100.0, 0.0);
    assert!(near(far(&base, &moved, &by), 0.0));
}

#[test]
fn nothing_is_said_without_a_face_in_both() {
    let (none, one) = (picture(&[]), picture(&[(90, 90, 150)]));
    assert_eq!(far(&none, &one, &Affine::IDENTITY), None);
    assert_eq!(far(&one, &none, &Affine::IDENTITY), None);
    // A single face that went elsewhere is still compared with a single one.
    let away = picture(&[(10, 180, 170)]);
    assert!(near(far(&one, &away, &Affine::IDENTITY), 0.2));
}

#[test]
fn a_net_that_fails_costs_the_face_and_not_the_likeness() {
    struct Broken;
    impl Net for Broken {
        fn run(&self, _inputs: &[Tensor]) -> Result<Vec<Tensor>, NetError> {
            Err(NetError::Failed("on purpose".to_owned()))
        }
    }
    let (base, result) = (picture(&[(90, 90, 150)]), picture(&[(90, 90, 160)]));
    for spoiled in 0..3 {
        let mut nets = nets();
        *[&mut nets.detector, &mut nets.landmarks, &mut nets.identity][spoiled] = Arc::new(Broken);
        let found = distance(&base, &result, (0, 0, SIZE, SIZE), &Affine::IDENTITY, &nets, &Unwatched);
        assert_eq!(found, Ok(None));
        assert!(portraits(&base, &nets, &Unwatched).expect("not cancelled").is_empty());
    }
}

#[test]
fn a_cancel_ends_it() {
    struct Stop;
    impl Watch for Stop {
        fn progress(&self, _: f32, _: &str) {}
        fn is_cancelled(&self) -> bool {
            true
        }
    }
    let base = picture(&[(90, 90, 150)]);
    let found = distance(&base, &base, (0, 0, SIZE, SIZE), &Affine::IDENTITY, &nets(), &Stop);
    assert_eq!(found, Err(CompareError::Cancelled));
}

#[test]
fn portraits_lie_level_with_eyes_and_mouth_at_their_places() {
    // A head turned by 30 degrees about the picture's middle.
    let turned = Affine::turn(1.4, 30.0, (100.0, 80.0));
    let [one, other, mouth] = [(80.0, 70.0), (120.0, 70.0), (100.0, 110.0)].map(|(x, y)| turned.apply(x, y));
    let map = frame(one, other, mouth).inverse().expect("it turns");
    let [one, other, mouth] = [one, other, mouth].map(|(x, y)| map.apply(x, y));
    assert!((one.1 - other.1).abs() < 1e-6, "{one:?} {other:?}");
    let side = IDENTITY as f64;
    assert!((middle(&[one, other, mouth]).0 - (0.5 * side - 0.5)).abs() < 1e-6);
    assert!((middle(&[one, other, mouth]).1 - (0.43 * side - 0.5)).abs() < 1e-6);
    let down = (one.0 - mouth.0).hypot(one.1 - mouth.1);
    assert!((down - 0.45 * side).abs() < 1e-6, "{down}");
}

#[test]
fn every_portrait_is_itself_and_far_from_others() {
    let seen = portraits(&picture(&[(20, 30, 120), (150, 100, 200)]), &nets(), &Unwatched).expect("not cancelled");
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0].distance(&seen[0]), 0.0);
    assert!(near(Some(seen[0].distance(&seen[1])), 0.8));
}
