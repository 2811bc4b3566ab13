//! What `scale` gives back, and what it refuses.

use plantain_scale::scale;

#[test]
fn a_flat_picture_stays_flat_in_every_layout() {
    for channels in 1..=4 {
        let pixel = &[200, 90, 30, 255][4 - channels..];
        let small = scale(&pixel.repeat(60 * 40), channels, (60, 40), (30, 20)).unwrap();
        assert_eq!(small, pixel.repeat(30 * 20), "{channels} channels");
    }
}

#[test]
fn what_does_not_fit_together_is_refused() {
    assert_eq!(scale(&[0; 11], 3, (2, 2), (1, 1)), None);
    assert_eq!(scale(&[0; 20], 5, (2, 2), (1, 1)), None);
    assert_eq!(scale(&[0; 12], 3, (2, 2), (0, 1)), None);
}
