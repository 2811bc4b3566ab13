//! What light and weather promise, on a landscape drawn here: the sky turns, the ground stays readable, night is dark.

use plantain_engine::{Channels, Op, Raster, RenderContext, Samples, Step, Unwatched, render};

const WIDTH: u32 = 320;
const HEIGHT: u32 = 240;
const HORIZON: u32 = 110;

/// Blue sky over a green, textured meadow with a dark tree.
fn landscape() -> Raster {
    let samples = (0..WIDTH * HEIGHT)
        .flat_map(|i| {
            let (x, y) = (i % WIDTH, i / WIDTH);
            let texture = ((x * 37 + y * 91) % 40) as u8;
            let is_tree = (200..230).contains(&x) && (70..170).contains(&y);
            match y {
                _ if is_tree => [30 + texture / 2, 45 + texture / 2, 25],
                y if y < HORIZON => [110, 160, 225],
                _ => [90 + texture, 130 + texture, 50 + texture / 2],
            }
        })
        .collect();
    Raster::from_u8(WIDTH, HEIGHT, Channels::Rgb, samples).expect("it fits")
}

fn lit(op: Op, seed: u64) -> Vec<[f32; 3]> {
    let step = Step::new(op).with_strength(0.5);
    let context = RenderContext {
        seed,
        ..RenderContext::default()
    };
    pixels(render(&[step], landscape(), &context, &Unwatched).expect("a sound step"))
}

fn pixels(raster: Raster) -> Vec<[f32; 3]> {
    let Samples::U8(samples) = raster.into_samples() else {
        panic!("8 bits went in")
    };
    samples
        .chunks_exact(3)
        .map(|p| [0, 1, 2].map(|n| f32::from(p[n])))
        .collect()
}

/// The mean colour of a rectangle.
fn mean(pixels: &[[f32; 3]], (x, y, w, h): (u32, u32, u32, u32)) -> [f32; 3] {
    let mut sum = [0.0; 3];
    for row in y..y + h {
        for column in x..x + w {
            let p = pixels[(row * WIDTH + column) as usize];
            (0..3).for_each(|n| sum[n] += p[n] / (w * h) as f32);
        }
    }
    sum
}

const SKY: (u32, u32, u32, u32) = (20, 10, 150, 70);
const GROUND: (u32, u32, u32, u32) = (20, 180, 280, 50);
const FAR_GROUND: (u32, u32, u32, u32) = (20, 120, 150, 12);

fn light([r, g, b]: [f32; 3]) -> f32 {
    0.3 * r + 0.59 * g + 0.11 * b
}

fn colourful([r, g, b]: [f32; 3]) -> f32 {
    r.max(g).max(b) - r.min(g).min(b)
}

#[test]
fn clouds_take_the_blue_out_of_the_sky_and_leave_the_ground_its_forms() {
    for op in [Op::Overcast, Op::Rain, Op::Snow, Op::Fog] {
        let sky = mean(&lit(op, 1), SKY);
        assert!(colourful(sky) < 40.0, "{op:?} leaves the sky {sky:?}");
    }
    let ground = mean(&lit(Op::Overcast, 1), GROUND);
    assert!(ground[1] > ground[2] + 15.0, "the meadow stays green, not {ground:?}");
}

#[test]
fn night_is_dark_and_blue_and_evening_is_warm() {
    let (day, night, evening) = (pixels(landscape()), lit(Op::Night, 1), lit(Op::GoldenHour, 1));
    assert!(light(mean(&night, SKY)) < 70.0 && light(mean(&night, GROUND)) < 0.5 * light(mean(&day, GROUND)));
    let [r, _, b] = mean(&night, SKY);
    assert!(b > r + 15.0, "the night sky is blue");
    let ([r, _, b], [r0, _, b0]) = (mean(&evening, GROUND), mean(&day, GROUND));
    assert!(r - b > r0 - b0 + 10.0, "the evening ground is warmer");
    assert!(
        mean(&evening, SKY)[0] > mean(&day, SKY)[0] + 20.0,
        "the evening sky glows"
    );
}

#[test]
fn fog_hides_the_distance_more_than_what_is_near() {
    let (day, fog) = (pixels(landscape()), lit(Op::Fog, 1));
    let kept = |part| colourful(mean(&fog, part)) / colourful(mean(&day, part));
    assert!(
        kept(FAR_GROUND) < 0.5 * kept(GROUND),
        "{} {}",
        kept(FAR_GROUND),
        kept(GROUND)
    );
}

#[test]
fn another_seed_lets_other_drops_and_flakes_fall_and_the_same_seed_the_same() {
    for op in [Op::Rain, Op::Snow] {
        assert_eq!(lit(op, 5), lit(op, 5), "{op:?}");
        assert_ne!(lit(op, 5), lit(op, 6), "{op:?}");
    }
}

#[test]
fn snow_lies_on_the_ground_and_the_sun_does_not_burn_it_out() {
    let day = pixels(landscape());
    let snow = lit(Op::Snow, 1);
    assert!(light(mean(&snow, GROUND)) > light(mean(&day, GROUND)) + 30.0 && colourful(mean(&snow, GROUND)) < 40.0);
    let sunny = lit(Op::Sunny, 1);
    let white = sunny.iter().filter(|p| p.iter().all(|&v| v > 253.0)).count();
    assert!(white * 100 < sunny.len(), "{white} pixels burnt out");
    assert!(light(mean(&sunny, GROUND)) > light(mean(&day, GROUND)));
}
