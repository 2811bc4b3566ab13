//! A plan told in a sentence for the chat.
//!
//! The one rule: `understand(explain(plan)) == plan`; so the sentence names target and strength wherever they are not the
//! default. Called by the embedded backend and the command line; the sentences' frames stand with the operations.

use crate::plan::{Direction, Op, Params, Pick, Place, Side, Step, Target, VersionName, pin_of};
use crate::{ops, parse};

/// "Blurred the background strongly; made the picture slightly brighter; cropped the picture to a square".
/// An empty plan is an empty string.
pub fn explain(steps: &[Step]) -> String {
    let told: Vec<String> = steps.iter().map(tell).collect();
    let all = told.join("; ");
    let mut letters = all.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

fn tell(step: &Step) -> String {
    match step.op {
        Op::Undo => return "undid the last change".into(),
        Op::Redo => return "redid the last change".into(),
        Op::Revert => {
            return match step.params.version {
                Some(VersionName::Number(n)) => format!("went back to version {n}"),
                _ => "went back to the original".into(),
            };
        }
        _ => {}
    }
    let Some(operation) = ops::find(step.op) else {
        return format!("{} on {}", step.op.name().replace('_', " "), target_words(&step.target));
    };
    match (step.op, &step.target) {
        (Op::Caption, _) => return caption_words(&step.params),
        (Op::Insert, _) => return insert_words(step),
        (Op::BackgroundReplace, _) if step.strength.is_some() && step.target != Target::Sky => {
            let link = if step.params.scene.as_deref() == Some("beach") {
                "on"
            } else {
                "in"
            };
            return format!("placed the subject {link} {}", ground_words(&step.params));
        }
        // What is named is what is kept, not what goes.
        (Op::Cutout, Target::Subject) => return "cut out the main subject".into(),
        (Op::Cutout, Target::Picture) => return "cut out the subject".into(),
        (Op::Cutout, Target::Background) => return "removed the backdrop".into(),
        _ => {}
    }
    let falls = step.strength.is_some_and(|s| s < 0.0) && operation.info.is_two_way;
    let frame = match &step.params.color {
        // The one operation that is told differently when it has a colour.
        Some(_) if step.op == Op::Tint => "tinted {t} {v}",
        _ if falls => operation.tell_less,
        _ => operation.tell,
    };
    let how_much = strength_words(step.strength, operation.info.default_strength, frame.contains("{s}"));
    let mut told = frame.replace("{t}", &target_words(&step.target));
    told = told.replace("{r}", &step.params.reference.unwrap_or(2).to_string());
    told = if told.contains("{s}") {
        told.replace("{s}", &how_much)
    } else {
        told.replace(" {v}", &how_much)
    };
    told + &params_words(step.op, &step.params)
}

/// `before` an adjective ("slightly ") or after a verb (" slightly"); nothing when it is the default.
fn strength_words(strength: Option<f32>, default: Option<f32>, before: bool) -> String {
    let Some(s) = strength.map(f32::abs).filter(|s| Some(*s) != default) else {
        return String::new();
    };
    let hundredths = (s * 100.0).round() as i32;
    match (hundredths, before) {
        (25, true) => "slightly ".into(),
        (75, true) => "much ".into(),
        (100, true) => "extremely ".into(),
        (n, true) => format!("{n} % "),
        (25, false) => " slightly".into(),
        (75, false) => " strongly".into(),
        (100, false) => " as much as possible".into(),
        (n, false) => format!(" by {n} %"),
    }
}

fn params_words(op: Op, params: &Params) -> String {
    match op {
        Op::Rotate => turn_words(params.degrees.unwrap_or(90.0)),
        Op::Straighten => params.degrees.map(|d| format!(" by {d} degrees")).unwrap_or_default(),
        Op::Hue => params.degrees.map(|d| format!(" by {d} degrees")).unwrap_or_default(),
        Op::Flip => match params.direction {
            Some(Direction::Vertical) => " vertically".into(),
            _ => " horizontally".into(),
        },
        Op::Crop => crop_words(params),
        Op::Resize | Op::Upscale => size_words(params),
        Op::Blur => params
            .width
            .map(|w| format!(" with a radius of {w} px"))
            .unwrap_or_default(),
        Op::Pixelate => params
            .width
            .map(|w| format!(" in blocks of {w} px"))
            .unwrap_or_default(),
        Op::BackgroundColor => color_words(" to ", params),
        Op::BackgroundReplace => {
            format!(" to {}", ground_words(params))
        }
        Op::Style => params
            .style
            .as_ref()
            .map(|s| format!(" {}", s.replace('_', " ")))
            .unwrap_or_default(),
        Op::Recolor => color_words(" to ", params),
        Op::Move | Op::Duplicate => whereto_words(params),
        Op::Scale => size_words(params),
        Op::Pattern if params.scale.is_some() => " in tiles".into(),
        Op::Expand => expand_words(params),
        Op::Tint => color_words(" with ", params),
        _ => String::new(),
    }
}

/// A colour by its everyday name, where it has one.
fn color_words(link: &str, params: &Params) -> String {
    let Some(color) = params.color.as_deref() else {
        return String::new();
    };
    let name = parse::color_name(color);
    format!("{link}{}", name.as_deref().unwrap_or(color))
}

fn whereto_words(params: &Params) -> String {
    let along = |share: Option<f32>, back: &str, on: &str| {
        let share = share.filter(|s| *s != 0.0)?;
        let way = if share < 0.0 { back } else { on };
        Some(format!(" {way} by {} %", (share.abs() * 100.0).round()))
    };
    let place = match params.place {
        Some(Place::Left) => Some(" to the left side".to_owned()),
        Some(Place::Right) => Some(" to the right side".to_owned()),
        Some(place) => Some(format!(" to the {}", place_words(place))),
        None => None,
    };
    let told: Vec<String> = [place, along(params.dx, "left", "right"), along(params.dy, "up", "down")]
        .into_iter()
        .flatten()
        .collect();
    told.join(" and")
}

fn expand_words(params: &Params) -> String {
    let mut told = String::new();
    match params.direction {
        Some(Direction::Horizontal) => told += " horizontally",
        Some(Direction::Vertical) => told += " vertically",
        None => {}
    }
    if let Some(place) = params.place {
        told += &format!(" at the {}", place_words(place));
    }
    match params.ratio.as_deref() {
        Some("1:1") => told += " to a square",
        Some(ratio) => told += &format!(" to {ratio}"),
        None => {}
    }
    if let Some(times) = params.scale {
        told += &format!(" by {} %", ((times - 1.0) * 100.0).round());
    }
    match params.style.as_deref() {
        Some("mirrored") => told += " with mirrored edges",
        Some("blurred") => told += " with blurred edges",
        _ => {}
    }
    told
}

/// "a beach at sunset", "picture 2", "a forest, the nearest to “jungle”".
fn ground_words(params: &Params) -> String {
    if let Some(n) = params.reference {
        return format!("picture {n}");
    }
    let name = params.scene.as_deref().unwrap_or("gradient").replace('_', " ");
    let scene = match name.as_str() {
        "enchanted forest" => "an enchanted forest",
        "mountains" => "mountains",
        "snow mountains" => "snowy mountains",
        "ocean" => "the ocean",
        "underwater" => "an underwater scene",
        "space" => "outer space",
        "city day" => "a city by day",
        "city night" => "a city at night",
        _ => "",
    };
    let scene = if scene.is_empty() {
        format!("a {name}")
    } else {
        scene.to_owned()
    };
    let light = match params.light.as_deref() {
        Some("sunset") => " at sunset",
        Some("dawn") => " at dawn",
        Some("night") => " at night",
        Some("overcast") => " on an overcast day",
        Some("day") => " on a sunny day",
        _ => "",
    };
    let nearest = params.text.as_ref().map(|asked| format!(", the nearest to “{asked}”"));
    scene + light + &nearest.unwrap_or_default()
}

fn caption_words(params: &Params) -> String {
    let mut told = format!("wrote “{}”", params.text.as_deref().unwrap_or_default());
    if let Some(place) = params.place {
        told += &format!(" at the {}", place_words(place));
    }
    told += &color_words(" in ", params);
    if let Some(scale) = params.scale {
        told += &format!(" at {} % size", (scale * 100.0).round());
    }
    if params.style.is_some() {
        told += " on a plate";
    }
    told
}

fn insert_words(step: &Step) -> String {
    let params = &step.params;
    let mut told = match &params.text {
        Some(name) => format!("inserted the {name} from picture {}", params.reference.unwrap_or(2)),
        None => format!("inserted picture {}", params.reference.unwrap_or(2)),
    };
    if step.target != Target::Picture {
        told += &format!(" on {}", target_words(&step.target));
    }
    if let Some(place) = params.place {
        told += &format!(" at the {}", place_words(place));
    }
    if let Some(scale) = params.scale {
        told += &format!(" at {} % size", (scale * 100.0).round());
    }
    if params.dx.is_some() || params.dy.is_some() {
        let way = Params {
            place: None,
            ..params.clone()
        };
        told += &format!(", moved{}", whereto_words(&way));
    }
    told
}

fn turn_words(degrees: f32) -> String {
    if degrees < 0.0 {
        format!(" by {} degrees counterclockwise", -degrees)
    } else {
        format!(" by {degrees} degrees clockwise")
    }
}

fn crop_words(params: &Params) -> String {
    let mut told = String::new();
    if let Some(share) = params.scale {
        told += &format!(" to {} %", (share * 100.0).round());
    }
    match params.ratio.as_deref() {
        Some("1:1") => told += " to a square",
        Some(ratio) => told += &format!(" to {ratio}"),
        None => {}
    }
    told += &size_words(&Params {
        scale: None,
        ..params.clone()
    });
    if let Some(place) = params.place {
        told += &format!(" at the {}", place_words(place));
    }
    told
}

fn size_words(params: &Params) -> String {
    match (params.width, params.height, params.scale) {
        (Some(w), Some(h), _) => format!(" to {w}x{h} px"),
        (Some(w), None, _) => format!(" to {w} px wide"),
        (None, Some(h), _) => format!(" to {h} px high"),
        (None, None, Some(s)) => format!(" to {} %", (s * 100.0).round()),
        _ => String::new(),
    }
}

fn place_words(place: Place) -> &'static str {
    match place {
        Place::TopLeft => "top left",
        Place::Top => "top",
        Place::TopRight => "top right",
        Place::Left => "left",
        Place::Center => "center",
        Place::Right => "right",
        Place::BottomLeft => "bottom left",
        Place::Bottom => "bottom",
        Place::BottomRight => "bottom right",
    }
}

/// What a target is called in a sentence.
pub(crate) fn target_words(target: &Target) -> String {
    match target {
        Target::Picture => "the picture".into(),
        Target::Subject => "the subject".into(),
        Target::Background => "the background".into(),
        Target::Region => "the selected area".into(),
        Target::Sky => "the sky".into(),
        Target::Object { object, pick } => object_words(object, *pick),
        Target::Reference { reference } => format!("picture {reference}"),
        Target::Not { not } => format!("everything except {}", target_words(not)),
    }
}

fn object_words(object: &str, pick: Option<Pick>) -> String {
    if pin_of(object).is_some() {
        return object.to_owned();
    }
    // Names taken from the person's words may bring their article along.
    let name = ["the ", "a ", "an ", "my "]
        .iter()
        .find_map(|a| object.strip_prefix(a))
        .unwrap_or(object);
    // What the net calls "remote" is no word of its own.
    let name = if name == "remote" { "remote control" } else { name };
    match pick {
        None => format!("the {name}"),
        Some(Pick::Nth(1)) => format!("the first {name}"),
        Some(Pick::Nth(2)) => format!("the second {name}"),
        Some(Pick::Nth(3)) => format!("the third {name}"),
        Some(Pick::Nth(4)) => format!("the fourth {name}"),
        Some(Pick::Nth(n)) => format!("the {name} number {n}"),
        Some(Pick::Side(Side::All)) => format!("every {name}"),
        Some(Pick::Side(side)) => {
            let side = match side {
                Side::Left => "leftmost",
                Side::Right => "rightmost",
                Side::Top => "top",
                Side::Bottom => "bottom",
                Side::Biggest => "biggest",
                Side::Smallest => "smallest",
                Side::All => "every",
            };
            format!("the {side} {name}")
        }
    }
}
