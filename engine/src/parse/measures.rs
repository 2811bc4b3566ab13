//! Numbers with their units: percentages, angles, pixels, ratios, places, compared sizes.
//!
//! The one rule: a number is used once, by the operation it fits; a number that fits nowhere stays left over and the
//! clause is declined. Called by `operations.rs`.

use super::grammar::Reading;
use super::items::Item;
use super::lexer::Kind;
use super::operations::size;
use super::vocabulary::{Role, Sense, Size, Unit, Way};
use crate::plan::{Direction, Op, Params, Place};

/// "make it square", "800 px wide", "half the size", "20 % larger": operations that go without their name.
pub(super) fn operation_without_name(r: &Reading<'_>) -> Option<(Way, Params)> {
    let found = |op| Some((Way { op, sign: 1.0 }, Params::default()));
    // "tint it blue"; one thing gets another colour instead (`things.rs`).
    let is_thing = |i: &Item| i.is_unknown() || matches!(i.target(), Some(crate::plan::Target::Object { .. }));
    if r.first().is_some_and(|i| r.items[i].text.starts_with("tint")) && color(r).is_some() && !r.items.iter().any(is_thing) {
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
    let of_picture = r.items.iter().all(|i| i.target().is_none_or(|t| t == crate::plan::Target::Picture));
    found(if of_picture && r.leftover().iter().all(|&i| size(r).is_some_and(|(s, _)| s == i) || r.items[i].target().is_some() || r.items[i].number().is_some() || unit(&r.items[i]).is_some()) { Op::Resize } else { Op::Scale })
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
                r.items.iter_mut().filter(|i| i.text.starts_with("tint")).for_each(|i| i.used = true);
            }
            Some(())
        }
        Op::Style => {
            let named = r.items.iter().find(|i| i.command() == Some(Op::Style)).map(|i| i.text.replace(' ', "_"));
            params.style = named;
            Some(())
        }
        _ => Some(()),
    }
}

fn color(r: &Reading<'_>) -> Option<usize> {
    r.items.iter().position(|i| !i.used && i.color().is_some())
}

fn unit(i: &Item) -> Option<Unit> {
    i.find(|s| if let Sense::Unit(u) = s { Some(*u) } else { None })
}

fn side(i: &Item) -> Option<bool> {
    i.find(|s| if let Sense::Side(w) = s { Some(*w) } else { None })
}

/// The first unused number whose unit is one of `units` (or that has none, when `bare`), used up.
fn number(r: &mut Reading<'_>, units: &[Unit], bare: bool) -> Option<(usize, f64)> {
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

fn degrees(r: &mut Reading<'_>) -> Option<f32> {
    number(r, &[Unit::Degrees], true).map(|(_, v)| v as f32)
}

fn pixels(r: &mut Reading<'_>) -> Option<f64> {
    number(r, &[Unit::Pixels], false).map(|(_, v)| v).filter(|v| *v >= 1.0)
}

fn rotate(r: &mut Reading<'_>, op: &mut Op, params: &mut Params) -> Option<()> {
    let way = turn(r);
    let said = degrees(r);
    // "rotate to portrait" asks for a shape, not an angle.
    params.degrees = match (said, params.degrees) {
        (Some(d), None) => Some(d * way.unwrap_or(1.0)),
        (Some(d), Some(given)) => Some(d.abs() * given.signum()),
        (None, given) => Some(given.unwrap_or(90.0 * way.unwrap_or(1.0))),
    };
    if let Some(direction) = direction(r) {
        *op = Op::Flip;
        *params = Params { direction: Some(direction), ..Params::default() };
    }
    Some(())
}

fn turn(r: &mut Reading<'_>) -> Option<f32> {
    let at = (0..r.items.len()).find(|&i| !r.items[i].used && turn_of(&r.items[i]).is_some())?;
    r.items[at].used = true;
    turn_of(&r.items[at])
}

fn turn_of(i: &Item) -> Option<f32> {
    i.find(|s| if let Sense::Turn(t) = s { Some(*t) } else { None })
}

fn direction(r: &mut Reading<'_>) -> Option<Direction> {
    let of = |i: &Item| i.find(|s| if let Sense::Direction(d) = s { Some(*d) } else { None });
    let at = (0..r.items.len()).find(|&i| !r.items[i].used && of(&r.items[i]).is_some())?;
    r.items[at].used = true;
    of(&r.items[at])
}

fn flip(r: &mut Reading<'_>, params: &mut Params) {
    if let Some(said) = direction(r) {
        params.direction = Some(said);
    }
    for item in r.items.iter_mut().filter(|i| i.find(|s| matches!(s, Sense::Command { way, .. } if way.op == Op::Rotate).then_some(())).is_some()) {
        // "flip the picture upside down"
        params.direction = Some(Direction::Vertical);
        item.used = true;
    }
}

fn ratio(r: &Reading<'_>) -> Option<(usize, String)> {
    r.items.iter().enumerate().find_map(|(at, i)| match &i.mark {
        Some(Kind::Ratio(text)) => Some((at, text.clone())),
        _ => i.find(|s| if let Sense::Ratio(t) = s { Some((at, t.clone())) } else { None }),
    })
}

fn ratio_used(r: &mut Reading<'_>) -> Option<String> {
    let (at, text) = ratio(r)?;
    r.items[at].used = true;
    Some(text)
}

fn place(r: &mut Reading<'_>) -> Option<Place> {
    let of = |i: &Item| i.find(|s| if let Sense::Place(p) = s { Some(*p) } else { None });
    let at = (0..r.items.len()).find(|&i| !r.items[i].used && of(&r.items[i]).is_some())?;
    r.items[at].used = true;
    of(&r.items[at])
}

fn sides(r: &mut Reading<'_>, params: &mut Params) -> bool {
    if let Some(at) = r.items.iter().position(|i| matches!(i.mark, Some(Kind::Size(..)))) {
        if let Some(Kind::Size(w, h)) = r.items[at].mark {
            (params.width, params.height) = (Some(w), Some(h));
        }
        r.items[at].used = true;
        if r.items.get(at + 1).and_then(unit) == Some(Unit::Pixels) {
            r.items[at + 1].used = true;
        }
        return true;
    }
    let mut found = false;
    while let Some((at, value)) = number(r, &[Unit::Pixels], r.items.iter().any(|i| side(i).is_some())) {
        let near = (at + 1..(at + 5).min(r.items.len())).chain((0..at).rev()).find(|&i| !r.items[i].used && side(&r.items[i]).is_some());
        let is_width = near.and_then(|i| side(&r.items[i])).unwrap_or(true);
        if let Some(i) = near {
            r.items[i].used = true;
        }
        if is_width { params.width = Some(value as u32) } else { params.height = Some(value as u32) }
        found = true;
    }
    found
}

fn crop(r: &mut Reading<'_>, params: &mut Params) -> Option<()> {
    params.ratio = ratio_used(r);
    let half = r.items.iter().any(|i| i.text.contains("half"));
    let cuts_off = r.items.iter().any(|i| matches!(i.text.as_str(), "off" | "crop off" | "crop out" | "cut off" | "trim off" | "cut out" | "remove" | "from") || i.text.contains("trim"));
    params.place = place(r);
    sides(r, params);
    if let Some((value, _, reaches)) = percentage(r) {
        params.scale = Some(if reaches || !(cuts_off || r.any(Role::By)) { value } else { 1.0 - value } as f32);
    }
    if half && params.place.is_some() {
        params.scale = params.scale.or(Some(0.5));
    }
    if cuts_off {
        params.place = params.place.map(opposite);
        if params.place.is_some() && params.scale.is_none() {
            params.scale = Some(0.85);
        }
    }
    params.scale = params.scale.map(|s| (s * 100.0).round() / 100.0);
    if params.scale.is_some_and(|s| s <= 0.0 || s > 1.0) {
        return None;
    }
    // "crop it a bit", "tighter", or just "crop": a little off every side, unless it says to what.
    let says_nothing = *params == Params::default();
    let aims = r.items.iter().any(|i| !i.used && i.target().is_some_and(|t| t != crate::plan::Target::Picture)) || r.context.region;
    if says_nothing && !aims {
        let word = r.items.iter().find_map(|i| i.find(|s| if let Sense::Strength(v) = s { Some(*v) } else { None }));
        params.scale = Some(match word {
            Some(v) if v < 0.3 => 0.9,
            Some(v) if v > 0.7 => 0.6,
            _ => 0.8,
        });
    } else if params.place.is_some() && params.ratio.is_none() && params.scale.is_none() && params.width.is_none() && params.height.is_none() {
        params.scale = Some(0.5);
    }
    Some(())
}

fn opposite(place: Place) -> Place {
    match place {
        Place::TopLeft => Place::BottomRight,
        Place::Top => Place::Bottom,
        Place::TopRight => Place::BottomLeft,
        Place::Left => Place::Right,
        Place::Center => Place::Center,
        Place::Right => Place::Left,
        Place::BottomLeft => Place::TopRight,
        Place::Bottom => Place::Top,
        Place::BottomRight => Place::TopLeft,
    }
}

fn resize(r: &mut Reading<'_>, op: &mut Op, params: &mut Params) -> Option<()> {
    if *op == Op::Resize && sides(r, params) {
        return Some(());
    }
    let compared = size(r);
    if let Some((at, _)) = compared {
        r.items[at].used = true;
    }
    let shrinks = compared.is_some_and(|(_, s)| s == Size::Smaller);
    let times = number(r, &[Unit::Times], *op == Op::Upscale).map(|(_, v)| v);
    let scale = if let Some(times) = times {
        times
    } else if let Some((value, _, reaches)) = percentage(r) {
        match compared {
            Some((_, Size::Smaller)) if !reaches => 1.0 - value,
            Some((_, Size::Larger)) if !reaches => 1.0 + value,
            _ => value,
        }
    } else {
        compared_scale(r, compared.map(|(_, s)| s), shrinks).or(params.scale.map(f64::from))?
    };
    if !(scale.is_finite() && scale > 0.01 && scale <= 16.0) {
        return None;
    }
    params.scale = Some((scale * 100.0).round() as f32 / 100.0);
    Some(())
}

fn compared_scale(r: &Reading<'_>, compared: Option<Size>, shrinks: bool) -> Option<f64> {
    let word = r.items.iter().filter(|i| !i.used).find_map(|i| i.find(|s| if let Sense::Strength(v) = s { Some(f64::from(*v)) } else { None }));
    let half = word.is_some_and(|v| v < 0.0) || compared == Some(Size::Half) || r.items.iter().any(|i| i.text == "half");
    if half {
        return Some(0.5);
    }
    if compared == Some(Size::Double) || word == Some(1.0) {
        return Some(if shrinks { 0.5 } else { 2.0 });
    }
    match compared? {
        Size::Smaller => Some(1.0 - word.unwrap_or(0.5).min(0.9)),
        _ => Some(1.0 + word.unwrap_or(0.5)),
    }
}
