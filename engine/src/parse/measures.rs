//! Numbers with their units: percentages, angles, pixels, ratios, places, compared sizes.
//!
//! The one rule: a number is used once, by the operation it fits; a number that fits nowhere stays left over and the
//! clause is declined. Called by `operations.rs`.

use super::grammar::Reading;
use super::items::Item;
use super::lexer::Kind;
use super::operations::size;
use super::shapes::{crop, flip, place, ratio, ratio_used, resize, rotate, side};
use super::vocabulary::{Role, Sense, Unit, Way};
use crate::plan::{Op, Params};

/// "make it square", "800 px wide", "half the size", "20 % larger": operations that go without their name.
pub(super) fn operation_without_name(r: &Reading<'_>) -> Option<(Way, Params)> {
    let found = |op| Some((Way { op, sign: 1.0 }, Params::default()));
    // "tint it blue"; one thing gets another colour instead (`things.rs`).
    let is_thing = |i: &Item| i.is_unknown() || matches!(i.target(), Some(crate::plan::Target::Object { .. }));
    if r.first().is_some_and(|i| r.items[i].text.starts_with("tint"))
        && color(r).is_some()
        && !r.items.iter().any(is_thing)
    {
        return found(Op::Tint);
    }
    if ratio(r).is_some() && !r.any(Role::Add) {
        return found(Op::Crop);
    }
    let has_side = r.items.iter().any(|i| side(i).is_some());
    let pixels = r.items.iter().any(|i| unit(i) == Some(Unit::Pixels));
    if r.items.iter().any(|i| matches!(i.mark, Some(Kind::Size(..)))) || (has_side && pixels) {
        return found(Op::Resize);
    }
    size(r)?;
    let of_picture = r
        .items
        .iter()
        .all(|i| i.target().is_none_or(|t| t == crate::plan::Target::Picture));
    found(
        if of_picture
            && r.leftover().iter().all(|&i| {
                size(r).is_some_and(|(s, _)| s == i)
                    || r.items[i].target().is_some()
                    || r.items[i].number().is_some()
                    || unit(&r.items[i]).is_some()
            })
        {
            Op::Resize
        } else {
            Op::Scale
        },
    )
}

/// Reads what `op` needs into `params`; may turn one operation into its sibling. `None` when what it needs is not said.
pub(super) fn read(r: &mut Reading<'_>, op: &mut Op, params: &mut Params) -> Option<()> {
    match op {
        Op::Rotate => rotate(r, op, params),
        Op::Straighten | Op::Hue => {
            params.degrees = degrees(r);
            (*op != Op::Hue || params.degrees.is_some()).then_some(())
        }
        Op::Flip => {
            flip(r, params);
            Some(())
        }
        Op::Crop => crop(r, params),
        Op::Resize | Op::Scale | Op::Upscale => resize(r, op, params),
        Op::Expand => {
            params.ratio = ratio_used(r);
            params.place = place(r);
            Some(())
        }
        Op::Blur | Op::Pixelate => {
            params.width = pixels(r).map(|v| v as u32);
            Some(())
        }
        Op::Tint => {
            if let Some(at) = color(r) {
                params.color = r.items[at].color();
                r.items[at].used = true;
                r.items
                    .iter_mut()
                    .filter(|i| i.text.starts_with("tint"))
                    .for_each(|i| i.used = true);
            }
            Some(())
        }
        Op::Style => {
            let named = r
                .items
                .iter()
                .filter(|i| i.command() == Some(Op::Style))
                // "a painting by van gogh" is a van gogh.
                .min_by_key(|i| super::looks::is_plain_painting(i))
                .map(super::looks::style_name);
            params.style = named;
            Some(())
        }
        _ => Some(()),
    }
}

fn color(r: &Reading<'_>) -> Option<usize> {
    r.items.iter().position(|i| !i.used && i.color().is_some())
}

pub(super) fn unit(i: &Item) -> Option<Unit> {
    i.find(|s| if let Sense::Unit(u) = s { Some(*u) } else { None })
}

/// The first unused number whose unit is one of `units` (or that has none, when `bare`), used up.
pub(super) fn number(r: &mut Reading<'_>, units: &[Unit], bare: bool) -> Option<(usize, f64)> {
    let at = (0..r.items.len()).find(|&i| {
        let item = &r.items[i];
        if item.used || item.number().is_none() {
            return false;
        }
        let following = r.items.get(i + 1).and_then(unit);
        // "one" and "second" are numbers only when a unit follows.
        let is_digits = matches!(item.mark, Some(Kind::Number { .. }));
        match following {
            Some(u) => units.contains(&u),
            None => bare && (is_digits || !item.has_any(&[Role::Filler, Role::Pick])),
        }
    })?;
    let value = r.items[at].number()?;
    r.items[at].used = true;
    if r.items.get(at + 1).and_then(unit).is_some() {
        r.items[at + 1].used = true;
    }
    Some((at, value))
}

/// A share: "30 %", "+20", "by 15": its value, whether it had a sign of its own, and whether it is where to arrive ("to 80 %").
pub(super) fn percentage(r: &mut Reading<'_>) -> Option<(f64, bool, bool)> {
    let (at, value) = number(r, &[Unit::Percent], true)?;
    let signed = matches!(r.items[at].mark, Some(Kind::Number { signed: true, .. }));
    let has_unit = r.items.get(at + 1).and_then(unit) == Some(Unit::Percent);
    // A bare fraction ("by 0.3") is a share already.
    let is_share = !has_unit && value.fract() != 0.0 && value.abs() <= 1.0;
    let reaches = at > 0 && r.items[at - 1].text == "to";
    Some((if is_share { value } else { value / 100.0 }, signed, reaches))
}

pub(super) fn degrees(r: &mut Reading<'_>) -> Option<f32> {
    number(r, &[Unit::Degrees], true).map(|(_, v)| v as f32)
}

fn pixels(r: &mut Reading<'_>) -> Option<f64> {
    number(r, &[Unit::Pixels], false).map(|(_, v)| v).filter(|v| *v >= 1.0)
}
