//! The colour map: which colours of the result stand for which colours of the base, where nothing was asked to change.
//!
//! Per channel an affine mix of the three and the channel's own square (five numbers), fitted by iteratively reweighted
//! least squares with Tukey's biweight (Beaton and Tukey 1974; Holland and Welsch 1977), so that a recoloured object
//! does not pull it. A small pull to the identity keeps mixes that the picture says nothing about at rest.
//! The one rule: samples at either end of the range say only "at least" or "at most", so they are never fitted.
//! Called by `changed`; applied by `restore`.

use rayon::prelude::*;

use super::solve::{Normal, solve};

/// How strongly a mix is held at the identity, in units of full range squared per sample.
const HOLD: f64 = 1e-4;
const ROUNDS: usize = 8;
/// Above and below these levels a sample counts as cut off.
pub(super) const CUT: (f32, f32) = (5.0, 250.0);

/// From the result's colours to the base's: per channel the weights of red, green, blue, the channel's own square and 1,
/// all in the range 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ColourMap(pub [[f32; 5]; 3]);

impl ColourMap {
    /// Every colour as it is.
    pub const IDENTITY: Self = Self([
        [1.0, 0.0, 0.0, 0.0, 0.0],
        [0.0, 1.0, 0.0, 0.0, 0.0],
        [0.0, 0.0, 1.0, 0.0, 0.0],
    ]);

    /// The base's colour for one of the result's; both 0 to 1, not clamped.
    #[must_use]
    pub fn apply(&self, c: [f32; 3]) -> [f32; 3] {
        std::array::from_fn(|n| {
            let k = &self.0[n];
            k[0] * c[0] + k[1] * c[1] + k[2] * c[2] + k[3] * c[n] * c[n] + k[4]
        })
    }

    /// [`ColourMap::apply`] for levels of 0 to 255.
    #[inline]
    pub(super) fn apply_levels(&self, c: [f32; 3]) -> [f32; 3] {
        self.apply(c.map(|v| v * (1.0 / 255.0))).map(|v| v * 255.0)
    }
}

/// One pixel of both pictures, 0 to 255.
#[derive(Clone, Copy)]
pub(super) struct Pair {
    pub(super) base: [f32; 3],
    pub(super) result: [f32; 3],
    /// Whether its structure says that it is unchanged; others only join once they agree.
    pub(super) sure: bool,
}

/// Fits the map; the identity when there is too little to go by.
pub(super) fn fit(pairs: &[Pair]) -> ColourMap {
    if pairs.iter().filter(|p| p.sure).count() < 64 {
        return ColourMap::IDENTITY;
    }
    let rows: Vec<[f32; 5]> = (0..3)
        .into_par_iter()
        .map(|channel| fit_channel(pairs, channel))
        .collect();
    ColourMap([rows[0], rows[1], rows[2]])
}

/// First the channel by itself (gain and offset), which a recoloured object cannot bend; then the whole mix, over the
/// pixels that the simple map has not found strange.
fn fit_channel(pairs: &[Pair], channel: usize) -> [f32; 5] {
    let inside = |v: f32| v > CUT.0 && v < CUT.1;
    let usable: Vec<&Pair> = pairs
        .iter()
        .filter(|p| inside(p.base[channel]) && p.result.iter().all(|&v| inside(v)))
        .collect();
    let simple = simple(&usable, channel);
    let limit = 2.0 * simple.limit;
    let calm: Vec<&Pair> = usable
        .iter()
        .copied()
        .filter(|p| residual(&simple.map, p, channel).abs() < limit)
        .collect();
    let full = reweighted(&calm, channel, Terms::All, Some(simple));
    full.map.map(|v| v as f32)
}

/// Gain and offset, begun from several ends, since a recoloured object that has the brightest colours for itself would bend
/// a single least-squares start; the one that leaves most pixels where they should be wins, the plainest at a tie.
fn simple(pairs: &[&Pair], channel: usize) -> Fitted {
    let mut same = [0.0; 5];
    same[channel] = 1.0;
    let mut offsets: Vec<f64> = sure(pairs).map(|p| residual(&same, p, channel)).collect();
    let mut shifted = same;
    shifted[4] = median(&mut offsets).unwrap_or(0.0);
    let starts = [same, shifted].map(|map| {
        let limit = limit(pairs, &map, channel).unwrap_or(f64::INFINITY);
        Some(Fitted { map, limit })
    });
    let [same, shifted] = starts;
    let mut best: Option<(usize, Fitted)> = None;
    for start in [same, shifted, None] {
        let fitted = reweighted(pairs, channel, Terms::Own, start);
        let agreeing = sure(pairs).filter(|p| residual(&fitted.map, p, channel).abs() < 2.0 / 255.0);
        let agreeing = agreeing.count();
        if best.as_ref().is_none_or(|b| agreeing > b.0 + b.0 / 50) {
            best = Some((agreeing, fitted));
        }
    }
    best.map_or_else(|| Fitted::at_rest(channel), |b| b.1)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Terms {
    /// Gain and offset of the channel alone.
    Own,
    /// All five.
    All,
}

struct Fitted {
    map: [f64; 5],
    /// Where Tukey's weight reaches 0.
    limit: f64,
}

impl Fitted {
    fn at_rest(channel: usize) -> Self {
        let mut map = [0.0; 5];
        map[channel] = 1.0;
        Self {
            map,
            limit: f64::INFINITY,
        }
    }
}

fn reweighted(pairs: &[&Pair], channel: usize, which: Terms, start: Option<Fitted>) -> Fitted {
    let at_rest = Fitted::at_rest(channel).map;
    let mut best = start.unwrap_or_else(|| Fitted::at_rest(channel));
    for round in 0..ROUNDS {
        let mut normal = Normal::<5>::new();
        let mut total = 0.0;
        for p in pairs.iter().filter(|p| p.sure || round > 2) {
            let r = residual(&best.map, p, channel) / best.limit;
            if r.abs() >= 1.0 {
                continue;
            }
            let weight = (1.0 - r * r).powi(2);
            normal.add(&terms(p, channel), f64::from(p.base[channel]) / 255.0, weight);
            total += weight;
        }
        for (i, &at_rest) in at_rest.iter().enumerate() {
            let free = i == channel || i == 4;
            // The offset is free; the picture always says something about it.
            let hold = match (i, which) {
                (4, _) => 1e-9,
                (_, Terms::Own) if !free => 1e6,
                _ => HOLD,
            };
            normal.matrix[i][i] += hold * total.max(1.0);
            normal.side[i] += hold * total.max(1.0) * at_rest;
        }
        let Some(found) = solve(&normal) else { break };
        best.map = found;
        let Some(limit) = limit(pairs, &best.map, channel) else {
            break;
        };
        best.limit = limit;
    }
    best
}

/// Tukey's limit for the residuals of a map; `None` when there are too few to say.
fn limit(pairs: &[&Pair], map: &[f64; 5], channel: usize) -> Option<f64> {
    let mut sizes: Vec<f64> = sure(pairs).map(|p| residual(map, p, channel).abs()).collect();
    Some(4.685 * (1.4826 * median(&mut sizes)?).max(0.4 / 255.0))
}

fn sure<'a>(pairs: &'a [&'a Pair]) -> impl Iterator<Item = &'a Pair> {
    pairs.iter().copied().filter(|p| p.sure)
}

fn median(values: &mut [f64]) -> Option<f64> {
    if values.len() < 16 {
        return None;
    }
    let middle = values.len() / 2;
    Some(*values.select_nth_unstable_by(middle, f64::total_cmp).1)
}

fn residual(map: &[f64; 5], p: &Pair, channel: usize) -> f64 {
    let terms = terms(p, channel);
    let told: f64 = (0..5).map(|i| map[i] * terms[i]).sum();
    f64::from(p.base[channel]) / 255.0 - told
}

fn terms(p: &Pair, channel: usize) -> [f64; 5] {
    let [r, g, b] = p.result.map(|v| f64::from(v) / 255.0);
    let own = f64::from(p.result[channel]) / 255.0;
    [r, g, b, own * own, 1.0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_cast_is_found_although_a_third_was_recoloured() {
        let pairs: Vec<Pair> = (0..3000u32)
            .map(|i| {
                let base = [20 + i * 7 % 200, 20 + i * 13 % 190, 20 + i * 29 % 210].map(|v| v as f32);
                let mut result = [base[0] * 1.07 + 3.0, base[1] * 0.98 - 2.0, base[2] * 0.93 + 1.0];
                if i % 3 == 0 {
                    result.rotate_left(1);
                }
                Pair {
                    base,
                    result,
                    sure: true,
                }
            })
            .collect();
        let map = fit(&pairs);
        for base in [[100.0, 100.0, 100.0], [220.0, 40.0, 90.0]] {
            let [r, g, b]: [f32; 3] = base;
            let back = map.apply_levels([r * 1.07 + 3.0, g * 0.98 - 2.0, b * 0.93 + 1.0]);
            for n in 0..3 {
                assert!((back[n] - base[n]).abs() < 1.0, "{back:?} for {base:?}");
            }
        }
    }

    #[test]
    fn with_nothing_to_go_by_colours_stay() {
        assert_eq!(fit(&[]), ColourMap::IDENTITY);
    }
}
