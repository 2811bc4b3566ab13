//! What the words say about shape: angles, mirrors, crops and sizes.
//!
//! The one rule: a crop or a size that is not said is not guessed, except that a plain "crop" takes a little off every side.
//! Called by `measures.rs`.

use super::grammar::Reading;
use super::items::Item;
use super::lexer::Kind;
use super::measures::{degrees, number, percentage, unit};
use super::operations::size;
use super::vocabulary::{Role, Sense, Size, Unit};
use crate::plan::{Direction, Op, Params, Place, Target};

pub(super) fn side(i: &Item) -> Option<bool> {
    i.find(|s| if let Sense::Side(w) = s { Some(*w) } else { None })
}

pub(super) fn rotate(r: &mut Reading<'_>, op: &mut Op, params: &mut Params) -> Option<()> {
    let way = turn(r);
    let said = degrees(r);
    // "rotate to portrait" asks for a shape, not an angle.
    params.degrees = match (said, params.degrees) {
        (Some(d), None) => Some(d * way.unwrap_or(1.0)),
        (Some(d), Some(given)) => Some(d.abs() * given.signum()),
        (None, given) => Some(given.unwrap_or(usual_angle(r) * way.unwrap_or(1.0))),
    };
    if let Some(direction) = direction(r) {
        *op = Op::Flip;
        *params = Params {
            direction: Some(direction),
            ..Params::default()
        };
    }
    Some(())
}

/// How far "tilt it" and "rotate it a little" turn it.
fn usual_angle(r: &Reading<'_>) -> f32 {
    let strength = r
        .items
        .iter()
        .find_map(|i| i.find(|s| if let Sense::Strength(v) = s { Some(*v) } else { None }));
    let tilts = r.items.iter().any(|i| i.text.starts_with("tilt"));
    match strength {
        Some(v) if v <= 0.3 => 5.0,
        Some(v) if v >= 0.7 && tilts => 20.0,
        _ if tilts => 10.0,
        _ => 90.0,
    }
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

pub(super) fn flip(r: &mut Reading<'_>, params: &mut Params) {
    if let Some(said) = direction(r) {
        params.direction = Some(said);
    }
    for item in r.items.iter_mut().filter(|i| {
        i.find(|s| matches!(s, Sense::Command { way, .. } if way.op == Op::Rotate).then_some(()))
            .is_some()
    }) {
        // "flip the picture upside down"
        params.direction = Some(Direction::Vertical);
        item.used = true;
    }
}

pub(super) fn ratio(r: &Reading<'_>) -> Option<(usize, String)> {
    r.items.iter().enumerate().find_map(|(at, i)| match &i.mark {
        Some(Kind::Ratio(text)) => Some((at, text.clone())),
        _ => i.find(|s| {
            if let Sense::Ratio(t) = s {
                Some((at, t.clone()))
            } else {
                None
            }
        }),
    })
}

pub(super) fn ratio_used(r: &mut Reading<'_>) -> Option<String> {
    let (at, text) = ratio(r)?;
    r.items[at].used = true;
    Some(text)
}

pub(super) fn place(r: &mut Reading<'_>) -> Option<Place> {
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
        let near = (at + 1..(at + 5).min(r.items.len()))
            .chain((0..at).rev())
            .find(|&i| !r.items[i].used && side(&r.items[i]).is_some());
        let is_width = near.and_then(|i| side(&r.items[i])).unwrap_or(true);
        if let Some(i) = near {
            r.items[i].used = true;
        }
        if is_width {
            params.width = Some(value as u32)
        } else {
            params.height = Some(value as u32)
        }
        found = true;
    }
    found
}

pub(super) fn crop(r: &mut Reading<'_>, params: &mut Params) -> Option<()> {
    params.ratio = ratio_used(r);
    let half = r.items.iter().any(|i| i.text.contains("half"));
    let cuts_off = r.items.iter().any(|i| {
        matches!(
            i.text.as_str(),
            "off" | "crop off" | "crop out" | "cut off" | "trim off" | "cut out" | "remove" | "from"
        ) || i.text.contains("trim")
    });
    params.place = place(r);
    sides(r, params);
    if let Some((value, _, reaches)) = percentage(r) {
        params.scale = Some(if reaches || !(cuts_off || r.any(Role::By)) {
            value
        } else {
            1.0 - value
        } as f32);
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
    let aims = r
        .items
        .iter()
        .any(|i| !i.used && i.target().is_some_and(|t| t != Target::Picture))
        || r.context.region;
    // "crop out the person": what is cut off is named, not what is kept.
    let names_thing = r
        .items
        .iter()
        .any(|i| !i.used && (i.is_unknown() || i.target().is_some_and(|t| t != Target::Picture)));
    if cuts_off && names_thing {
        return None;
    }
    if says_nothing && !aims {
        let word = r
            .items
            .iter()
            .find_map(|i| i.find(|s| if let Sense::Strength(v) = s { Some(*v) } else { None }));
        params.scale = Some(match word {
            Some(v) if v < 0.3 => 0.9,
            Some(v) if v > 0.7 => 0.6,
            _ => 0.8,
        });
    } else if params.place.is_some()
        && params.ratio.is_none()
        && params.scale.is_none()
        && params.width.is_none()
        && params.height.is_none()
    {
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

pub(super) fn resize(r: &mut Reading<'_>, op: &mut Op, params: &mut Params) -> Option<()> {
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
    if !(scale.is_finite() && (0.01..=16.0).contains(&scale)) {
        return None;
    }
    params.scale = Some((scale * 100.0).round() as f32 / 100.0);
    Some(())
}

fn compared_scale(r: &Reading<'_>, compared: Option<Size>, shrinks: bool) -> Option<f64> {
    let word = r.items.iter().filter(|i| !i.used).find_map(|i| {
        i.find(|s| {
            if let Sense::Strength(v) = s {
                Some(f64::from(*v))
            } else {
                None
            }
        })
    });
    let half =
        word.is_some_and(|v| v < 0.0) || compared == Some(Size::Half) || r.items.iter().any(|i| i.text == "half");
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
