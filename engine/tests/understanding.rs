//! What instructions come to: stories in the words that people use, each with the steps or the reason expected.

use plantain_engine::{
    Context, Direction, Finds, Op, Params, Pick, Place, Reason, Side, Step, Target, VersionName, VersionWord, explain,
    operations, understand,
};
use proptest::prelude::*;

/// `op strength; op strength` of what is understood, the target in front where it is not the picture.
fn told(text: &str, context: &Context) -> String {
    let understood = understand(text, context);
    let told: Vec<String> = understood
        .steps
        .iter()
        .map(|s| {
            let target = if s.target == Target::Picture {
                String::new()
            } else {
                format!("{:?} ", s.target).to_lowercase()
            };
            let strength = s.strength.map(|v| format!(" {v}")).unwrap_or_default();
            format!("{target}{}{strength}", s.op.name())
        })
        .chain(understood.declined.iter().map(|d| format!("!{:?}", d.reason)))
        .collect();
    told.join("; ")
}

fn check(table: &[(&str, &str)], context: &Context) {
    let wrong: Vec<String> = table
        .iter()
        .filter_map(|(text, expected)| {
            let told = told(text, context);
            (told != *expected).then(|| format!("“{text}”\n   is {told}\n   not {expected}"))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn everyday_wishes_become_steps() {
    check(
        &[
            ("make it a bit brighter", "brightness 0.25"),
            (
                "Could you make it a bit warmer and much sharper?",
                "temperature 0.25; sharpen 0.75",
            ),
            (
                "increase the contrast by 20%, then make it black and white",
                "contrast 0.2; grayscale 1",
            ),
            ("add a bit of grain and a subtle vignette", "grain 0.25; vignette 0.25"),
            ("reduce noise", "denoise 0.5"),
            ("saturation +15, contrast -10", "saturation 0.15; contrast -0.1"),
            ("twice as bright", "brightness 1"),
            ("make it half as bright", "brightness -0.5"),
            ("set brightness to 120%", "brightness 0.2"),
            (
                "lift the shadows and bring the highlights down",
                "shadows 0.5; highlights -0.5",
            ),
            ("recover the highlights", "highlights -0.5"),
            ("give it a vintage look", "vintage 0.5"),
            ("sepia 50%", "sepia 0.5"),
            ("cool it down", "temperature -0.5"),
            ("make it softer", "sharpen -0.5"),
            ("Enhance clarity by eliminating haze.", "dehaze 0.5"),
            ("black and white with more contrast", "grayscale 1; contrast 0.5"),
            ("brighten it so that my grandmother can see the faces", "brightness 0.5"),
            ("invert the colours", "invert"),
        ],
        &Context::default(),
    );
}

#[test]
fn complaints_are_wishes_for_the_opposite() {
    check(
        &[
            ("it's too dark", "brightness 0.5"),
            ("way too bright", "brightness -0.5"),
            ("it looks washed out", "contrast 0.5"),
            ("too noisy", "denoise 0.5"),
            ("the photo is blurry", "sharpen 0.5"),
            ("it's not sharp enough", "sharpen 0.5"),
            ("colors are too strong", "saturation -0.5"),
            ("it is too yellow", "temperature -0.5"),
            ("I'd like it darker but not too dark", "brightness -0.5"),
        ],
        &Context::default(),
    );
}

#[test]
fn the_sky_is_no_part_of_a_colour() {
    check(
        &[
            ("make the sky blue", "sky recolor"),
            ("tint the picture sky blue", "tint 0.5"),
        ],
        &Context {
            finds: Finds::everything(),
            ..Context::default()
        },
    );
}

#[test]
fn a_number_of_a_picture_is_no_strength() {
    check(
        &[
            ("use the colours of image 2", "!MissingReference"),
            ("make the second picture brighter", "!MissingReference"),
            ("put the pattern of photo #3 on the mug", "!MissingReference"),
            ("make the picture 10 % brighter", "brightness 0.1"),
            ("make image 1 brighter", "brightness 0.5"),
        ],
        &Context::default(),
    );
}

#[test]
fn a_wish_that_is_taken_back_is_not_done() {
    check(
        &[
            ("brighter, no wait, darker", "brightness -0.5"),
            ("add grain. Scratch that, add a vignette", "vignette 0.5"),
            ("sharpen it. crop it square, or rather 4:3", "sharpen 0.5; crop"),
            ("make it sepia, never mind", "!NotAnEdit"),
        ],
        &Context::default(),
    );
}

#[test]
fn typing_mistakes_are_forgiven() {
    check(
        &[
            ("make it brigther", "brightness 0.5"),
            ("more contarst", "contrast 0.5"),
            ("rotat it left", "rotate"),
            ("shrapen the pciture", "sharpen 0.5"),
            ("grayscle", "grayscale 1"),
        ],
        &Context::default(),
    );
}

#[test]
fn what_is_to_stay_is_left_alone() {
    check(
        &[
            ("don't crop it, just make it black and white", "grayscale 1"),
            ("keep the colors but make it sharper", "sharpen 0.5"),
            ("don't make it too dark", "!NotAnEdit"),
            // The whole picture would include what is to stay, and it cannot be found.
            ("brighten it but keep the sky as it is", "!CannotFind"),
            ("blur it but not the dog", "!CannotFind"),
        ],
        &Context::default(),
    );
}

#[test]
fn what_cannot_be_done_is_declined_with_its_reason() {
    check(
        &[
            ("add a rabbit", "!NeedsGenerative"),
            ("Replace the cat with a loyal dog", "!NeedsGenerative"),
            ("make me look younger", "!NeedsGenerative"),
            ("remove the person on the left", "!CannotFind"),
            ("Transform the color of the apple to blue", "!CannotFind"),
            (
                "Change the background to forest, remain the fur brown bear unchanged",
                "!CannotFind",
            ),
            ("make it a watercolor painting", "!NeedsGenerative"),
            ("blur the background", "!CannotFind"),
            ("blur the license plate", "!CannotFind"),
            ("blur the background and darken it", "!CannotFind; !CannotFind"),
            ("put the logo from image 2 in the corner", "!MissingReference"),
            ("make it nice", "!TooVague"),
            ("adjust the contrast", "!TooVague"),
            ("stronger", "!TooVague"),
            ("what is this?", "!NotAnEdit"),
            ("thank you!", "!NotAnEdit"),
            ("", "!NotAnEdit"),
            ("undress her", "!UnsafeRequest"),
            ("Darken the boy's hair to black", "!CannotFind"),
            ("Remove the snowman's left mitten to reveal a twig hand", "!CannotFind"),
        ],
        &Context::default(),
    );
}

#[test]
fn what_is_half_understood_is_not_half_done() {
    check(
        &[
            ("blur the edges", "!CannotFind"),
            ("turn the lights on", "!TooVague"),
            ("increase contrast in the shadows", "!TooVague"),
            ("crop out the person on the right", "!TooVague"),
            ("brighten the left side", "!TooVague"),
            ("remove the dark spots", "!CannotFind"),
            ("more red", "!TooVague"),
            ("the picture is bright", "!TooVague"),
        ],
        &Context::default(),
    );
}

#[test]
fn what_works_is_done_and_what_does_not_is_told_with_its_words() {
    let understood = understand(
        "Make it brighter, add a rabbit and crop it to a square",
        &Context::default(),
    );
    let ops: Vec<Op> = understood.steps.iter().map(|s| s.op).collect();
    assert_eq!(ops, [Op::Brightness, Op::Crop]);
    assert_eq!(understood.declined.len(), 1);
    assert_eq!(understood.declined[0].text, "add a rabbit");
    assert!(understood.declined[0].message.ends_with('.'));
}

#[test]
fn a_vague_wish_is_answered_with_three_proposals_that_work() {
    let message = &understand("make it nice", &Context::default()).declined[0].message;
    let proposals: Vec<&str> = message.split('“').skip(1).filter_map(|p| p.split('”').next()).collect();
    assert_eq!(proposals.len(), 3);
    for proposal in proposals {
        assert_eq!(understand(proposal, &Context::default()).steps.len(), 1, "{proposal}");
    }
}

#[test]
fn shapes_are_measured() {
    let params = |text: &str| {
        understand(text, &Context::default())
            .steps
            .pop()
            .unwrap_or_else(|| panic!("no step: {text}"))
            .params
    };
    assert_eq!(params("rotate 90 degrees left").degrees, Some(-90.0));
    assert_eq!(params("rotate by 15° clockwise").degrees, Some(15.0));
    assert_eq!(params("turn it upside down").degrees, Some(180.0));
    assert_eq!(params("flip it upside down").direction, Some(Direction::Vertical));
    assert_eq!(params("crop to a square").ratio.as_deref(), Some("1:1"));
    assert_eq!(params("change the aspect ratio to 4:3").ratio.as_deref(), Some("4:3"));
    assert_eq!(params("crop to the left half").place, Some(Place::Left));
    let bottom = params("crop 10% off the bottom");
    assert_eq!((bottom.place, bottom.scale), (Some(Place::Top), Some(0.9)));
    assert_eq!(params("resize to 800 px wide").width, Some(800));
    let full_hd = params("resize to 1920 x 1080");
    assert_eq!((full_hd.width, full_hd.height), (Some(1920), Some(1080)));
    assert_eq!(params("make it half the size").scale, Some(0.5));
    assert_eq!(params("make it 20% larger").scale, Some(1.2));
    assert_eq!(params("reduce the size by 30%").scale, Some(0.7));
}

#[test]
fn a_drawn_region_is_what_is_meant_unless_the_words_say_otherwise() {
    let context = Context {
        region: true,
        ..Context::default()
    };
    check(
        &[
            ("make it brighter", "region brightness 0.5"),
            ("blur this part strongly", "region blur 0.75"),
            ("make the whole picture brighter", "brightness 0.5"),
            ("blur the license plate", "region blur 0.5"),
            (
                "make everything except the selection black and white",
                "not { not: region } grayscale 1",
            ),
            ("rotate it left", "rotate"),
            ("crop", "region crop"),
            ("blur the background", "!CannotFind"),
        ],
        &context,
    );
    assert_eq!(told("blur the selection", &Context::default()), "!CannotFind");
}

#[test]
fn with_nets_the_targets_are_aimed_at() {
    let context = Context {
        finds: Finds::everything(),
        ..Context::default()
    };
    check(
        &[
            (
                "blur the background and darken it",
                "background blur 0.5; background brightness -0.5",
            ),
            (
                "blur everything except the flower",
                "not { not: object { object: \"flower\", pick: none } } blur 0.5",
            ),
            ("blur everything apart from the unicorn", "!CannotFind"),
            (
                "make the sky darker and more saturated",
                "sky brightness -0.5; sky saturation -0.5",
            ),
        ]
        .map(|(t, e)| {
            (
                t,
                if t.contains("sky") {
                    "sky brightness -0.5; sky saturation 0.5"
                } else {
                    e
                },
            )
        }),
        &context,
    );
    let step = &understand("brighten the left cup", &context).steps[0];
    assert_eq!(
        serde_json::to_string(&step.target).expect("plain"),
        r#"{"object":"cup","pick":"left"}"#
    );
    let all_but = &understand("make everything except my dog black and white", &context).steps[0];
    assert_eq!(
        all_but.target,
        Target::Not {
            not: Box::new(Target::Subject)
        }
    );
}

/// As if every net were here.
fn with_nets() -> Context {
    Context {
        finds: Finds::everything(),
        ..Context::default()
    }
}

#[test]
fn a_face_is_meant_where_faces_can_be_found_and_the_person_elsewhere() {
    let sentences = ["blur her face", "pixelate the faces", "brighten the face on the left"];
    let target = |text: &str, context: &Context| serde_json::to_value(&understand(text, context).steps[0].target);
    let targets = |context: &Context| sentences.map(|text| target(text, context).expect("JSON"));
    assert_eq!(
        targets(&with_nets()),
        [
            serde_json::json!({"object": "face"}),
            serde_json::json!({"object": "face", "pick": "all"}),
            serde_json::json!({"object": "face", "pick": "left"}),
        ]
    );
    let mut without = with_nets();
    without.finds.faces = false;
    assert_eq!(target("blur her face", &without).expect("JSON"), "subject");
    for text in sentences {
        let steps = understand(text, &with_nets()).steps;
        assert_eq!(understand(&explain(&steps), &with_nets()).steps, steps, "{text}");
    }
}

#[test]
fn a_colour_on_either_side_of_the_background_is_its_own() {
    check(
        &[
            ("make it a white background", "background background_color"),
            ("change it to a blue background", "background background_color"),
            ("put her on a white background", "background background_color"),
            ("add a white background", "background background_color"),
            ("give it a plain white background", "background background_color"),
            ("put a black background behind her", "background background_color"),
            ("change the background to white", "background background_color"),
            ("blur the white background", "background blur 0.5"),
            ("give me a blurred background", "background blur 0.5"),
            ("give me a light blue background", "background background_color"),
            ("make the white background darker", "background brightness -0.5"),
            ("make the white background", "!TooVague"),
            ("add a dog on a white background", "!NeedsGenerative"),
            ("put a hat on her, white background", "!NeedsGenerative"),
        ],
        &with_nets(),
    );
    let color = |text: &str| understand(text, &with_nets()).steps[0].params.color.clone();
    assert_eq!(color("make it a white background").as_deref(), Some("#ffffff"));
    assert_eq!(color("change the white background to blue").as_deref(), Some("#0000ff"));
    assert_eq!(
        color("change the background from white to blue").as_deref(),
        Some("#0000ff")
    );
}

#[test]
fn a_new_thing_is_no_look() {
    check(
        &[
            ("add a poster behind him", "!NeedsGenerative"),
            ("add a cartoon dog next to her", "!NeedsGenerative"),
            ("give him a pencil", "!NeedsGenerative"),
            ("add a cartoon look", "cartoon 0.5"),
            ("add a vintage effect", "vintage 0.5"),
            ("put a comic book filter on it", "cartoon 0.5"),
            ("give me a cartoon of this", "cartoon 0.5"),
            ("give me a hat", "!NeedsGenerative"),
            ("make it a pencil drawing", "sketch 0.5"),
        ],
        &with_nets(),
    );
}

#[test]
fn what_the_picture_shows_is_no_wish() {
    check(
        &[
            ("Shot at night, please denoise", "denoise 0.5"),
            ("It was a cloudy day, brighten it up", "brightness 0.5"),
            ("it's dark and rainy, brighten it", "brightness 0.5"),
            ("This is a sunset photo, make the colors pop", "vibrance 0.5"),
            ("Enhance this night photo", "auto_enhance 0.5"),
            ("restore this old photo", "!TooVague"),
            ("restore this faded old photo", "contrast 0.5"),
            ("Here is my pencil drawing, make it darker", "brightness -0.5"),
            ("it looks misty", "dehaze 0.5"),
            ("Low light photo, brighten it", "brightness 0.5"),
            ("it's raining, make it sunny", "sunny 0.5"),
            ("enhance this dark photo", "brightness 0.5"),
            ("it's noisy and dark", "denoise 0.5; brightness 0.5"),
            ("it looks like winter, make it warmer", "temperature 0.5"),
            ("cartoon my dog", "subject cartoon 0.5"),
            ("sketch this photo", "sketch 0.5"),
            ("fix this dark photo", "brightness 0.5"),
            ("like an old photo", "vintage 0.5"),
            ("make this winter photo warmer", "temperature 0.5"),
            ("it's a painting, sharpen it", "sharpen 0.5"),
            ("this was shot at sunset", "!NotAnEdit"),
            ("make it night", "night 0.5"),
            ("make it look like it was shot at night", "night 0.5"),
            ("i want it at night", "night 0.5"),
            ("golden hour", "golden_hour 0.5"),
            ("a snowy version", "snow 0.5"),
            ("apply a cartoon filter", "cartoon 0.5"),
            ("give the picture the vintage look", "vintage 0.5"),
        ],
        &with_nets(),
    );
}

#[test]
fn a_picture_made_in_a_style_is_the_whole_picture() {
    check(
        &[
            ("make it a black and white pencil sketch", "grayscale 1; sketch 0.5"),
            ("turn my sketch into an oil painting", "oil 0.5"),
            ("turn my sketch into a painting", "style"),
            ("make an oil painting of my dog", "oil 0.5"),
            ("pop art poster of her", "poster 0.5"),
        ],
        &with_nets(),
    );
    let region = Context {
        region: true,
        ..with_nets()
    };
    check(
        &[(
            "make it a black and white pencil sketch",
            "region grayscale 1; region sketch 0.5",
        )],
        &region,
    );
}

#[test]
fn another_background_is_not_the_old_one_in_other_light() {
    check(
        &[
            ("change the background to a sunset", "background background_replace"),
            ("add a sunset in the background", "background background_replace"),
            ("change the background to a night sky", "background background_replace"),
            ("put a night sky behind her", "background background_replace"),
            ("make the background snowy", "background snow 0.5"),
            ("give the background a golden hour look", "background golden_hour 0.5"),
        ],
        &with_nets(),
    );
}

#[test]
fn a_correction_needs_something_to_correct() {
    check(
        &[
            ("scratch that", "undo"),
            ("never mind the noise, just brighten it", "brightness 0.5"),
            ("brighten it, never mind", "!NotAnEdit"),
            ("brighter, no wait, darker", "brightness -0.5"),
        ],
        &with_nets(),
    );
}

#[test]
fn only_what_the_net_was_taught_is_looked_for() {
    let region = Context {
        region: true,
        ..with_nets()
    };
    check(
        &[
            ("blur the license plate", "!CannotFind"),
            ("blur the snowman", "!CannotFind"),
        ],
        &with_nets(),
    );
    check(&[("blur the license plate", "region blur 0.5")], &region);
}

#[test]
fn bits_are_pixels_and_no_numbers() {
    check(
        &[
            ("make it 8-bit", "pixel_art 0.5"),
            ("8 bit", "pixel_art 0.5"),
            ("16 bit", "pixel_art 0.5"),
            ("make it look like a 16-bit game", "pixel_art 0.5"),
            ("make it a bit brighter by 8", "brightness 0.08"),
        ],
        &with_nets(),
    );
}

#[test]
fn history_is_resolved_into_the_earlier_step() {
    let blur = Step::new(Op::Blur).with_strength(0.5).on(Target::Region);
    let context = Context {
        region: true,
        earlier: vec![Step::new(Op::Sepia).with_strength(1.0), blur.clone()],
        ..Context::default()
    };
    for (text, strength) in [
        ("stronger", 0.75),
        ("a bit less", 0.35),
        ("much more", 0.9),
        ("20% stronger", 0.7),
        ("less blur", 0.25),
    ] {
        let understood = understand(text, &context);
        assert_eq!(understood.steps, [blur.clone().with_strength(strength)], "{text}");
        assert_eq!(understood.replaces, 1, "{text}");
    }
    let again = understand("do that again", &context);
    assert_eq!((again.steps, again.replaces), (vec![blur.clone()], 0));
    assert_eq!(understand("undo the blur", &context).steps[0].op, Op::Undo);
    assert_eq!(
        understand("undo the sepia", &context).declined[0].reason,
        Reason::TooVague
    );
    let whole = understand("same but on the whole picture", &context);
    assert_eq!(whole.steps, [blur.on(Target::Picture)]);
}

#[test]
fn undo_redo_and_versions_are_for_the_caller() {
    let version = |text: &str| understand(text, &Context::default()).steps[0].params.version;
    assert_eq!(version("go back to version 3"), Some(VersionName::Number(3)));
    assert_eq!(
        version("back to the original"),
        Some(VersionName::Word(VersionWord::Original))
    );
    check(
        &[
            ("undo", "undo"),
            ("undo twice", "undo; undo"),
            ("redo that", "redo"),
            ("go back", "undo"),
        ],
        &Context::default(),
    );
}

#[test]
fn every_example_on_the_help_page_is_understood() {
    let context = Context {
        references: 1,
        finds: Finds::everything(),
        ..Context::default()
    };
    for info in operations() {
        let understood = understand(info.example, &context);
        // A blur of the background is told as a blur with that target.
        let op = if info.op == Op::BackgroundBlur {
            Op::Blur
        } else {
            info.op
        };
        assert_eq!(
            understood.steps.iter().map(|s| s.op).collect::<Vec<_>>(),
            [op],
            "{}",
            info.example
        );
        assert!(understood.declined.is_empty() && info.description.ends_with('.'));
    }
}

/// Any colour; some of them have an everyday name.
fn any_color() -> impl Strategy<Value = String> {
    let named = include_str!("../src/parse/vocabulary/en.txt").lines();
    let named: Vec<String> = named
        .filter(|line| line.starts_with('#') && line.get(7..10) == Some(" : "))
        .map(|line| line[..7].to_owned())
        .collect();
    assert!(named.len() > 40);
    prop_oneof![
        any::<[u8; 3]>().prop_map(|[r, g, b]| format!("#{r:02x}{g:02x}{b:02x}")),
        prop::sample::select(named),
    ]
}

fn any_target() -> impl Strategy<Value = Target> {
    let simple = prop_oneof![
        Just(Target::Picture),
        Just(Target::Region),
        Just(Target::Subject),
        Just(Target::Background),
        Just(Target::Sky)
    ];
    prop_oneof![
        4 => simple,
        1 => prop_oneof![Just(Target::Region), Just(Target::Subject), Just(Target::Sky)].prop_map(|t| Target::Not { not: Box::new(t) }),
    ]
}

fn any_place() -> impl Strategy<Value = Option<Place>> {
    prop::option::of(prop_oneof![
        Just(Place::TopLeft),
        Just(Place::Left),
        Just(Place::Bottom),
        Just(Place::Center),
        Just(Place::BottomRight)
    ])
}

fn any_ratio() -> impl Strategy<Value = String> {
    (1u32..22, 1u32..22).prop_map(|(w, h)| format!("{w}:{h}"))
}

/// A step on a thing in the picture, or a larger canvas.
fn any_retouch() -> impl Strategy<Value = Step> {
    let object = |name: &str, pick| Target::Object {
        object: name.into(),
        pick,
    };
    let things = vec![
        Target::Subject,
        Target::Region,
        object("cup", None),
        object("traffic light", None),
        object("dog", Some(Pick::Side(Side::Left))),
        object("clock", Some(Pick::Nth(2))),
        object("person", Some(Pick::Side(Side::Biggest))),
    ];
    let thing = prop::sample::select(things);
    let whereto = prop_oneof![
        any_place().prop_map(|place| Params {
            place: Some(place.unwrap_or(Place::Right)),
            ..Params::default()
        }),
        (-100i32..=100, -100i32..=100, any::<bool>()).prop_map(|(x, y, one)| Params {
            dx: Some(x as f32 / 100.0).filter(|v| *v != 0.0 && !one),
            dy: Some(if y == 0 { 0.07 } else { y as f32 / 100.0 }),
            ..Params::default()
        }),
    ];
    let color = any_color().prop_map(|color| Params {
        color: Some(color),
        ..Params::default()
    });
    let size = (5u32..=1000).prop_map(|n| Params {
        scale: Some(n as f32 / 100.0),
        ..Params::default()
    });
    let pattern = any::<bool>().prop_map(|tiles| Params {
        reference: Some(2),
        scale: tiles.then_some(0.33),
        ..Params::default()
    });
    let on_thing = prop_oneof![
        Just((Op::Remove, Params::default())),
        Just((Op::Duplicate, Params::default())),
        whereto.clone().prop_map(|p| (Op::Move, p)),
        whereto.prop_map(|p| (Op::Duplicate, p)),
        color.prop_map(|p| (Op::Recolor, p)),
        size.prop_map(|p| (Op::Scale, p)),
        pattern.prop_map(|p| (Op::Pattern, p)),
    ];
    let on_thing = (on_thing, thing).prop_map(|((op, params), target)| Step {
        params,
        ..Step::new(op).on(target)
    });
    let share = (1u32..=300).prop_map(|n| Some((100 + n) as f32 / 100.0));
    let way = prop::option::of(any::<bool>().prop_map(|v| if v { Direction::Vertical } else { Direction::Horizontal }));
    let style = prop::sample::select(vec![None, Some("mirrored".to_owned()), Some("blurred".to_owned())]);
    let expand = (
        prop_oneof![Just(None), share],
        way,
        any_place(),
        prop::option::of(any_ratio()),
        style,
    );
    let expand = expand.prop_map(|(scale, direction, place, ratio, style)| {
        let mut step = Step::new(Op::Expand);
        step.params.style = style;
        step.params.place = place.filter(|p| *p != Place::Center && direction.is_none());
        match ratio {
            Some(_) => step.params.ratio = ratio,
            None => (step.params.scale, step.params.direction) = (scale, direction),
        }
        step
    });
    prop_oneof![3 => on_thing, 1 => expand]
}

/// Any step that `understand` could make.
fn any_step() -> impl Strategy<Value = Step> {
    let ops: Vec<_> = operations()
        .filter(|o| o.default_strength.is_some() && o.op != Op::BackgroundBlur)
        .map(|o| (o.op, o.is_two_way))
        .collect();
    let strengths = (prop::sample::select(ops), 1..=100i32, any::<bool>(), any_target());
    let tone = strengths.prop_map(|((op, two_way), hundredths, falls, target)| {
        let sign = if two_way && falls { -1.0 } else { 1.0 };
        Step::new(op).with_strength(sign * hundredths as f32 / 100.0).on(target)
    });
    let with = |op: Op, change: fn(&mut Step, (u32, u32))| {
        (1u32..4000, 1u32..4000).prop_map(move |values| {
            let mut step = Step::new(op);
            change(&mut step, values);
            step
        })
    };
    prop_oneof![
        12 => tone,
        1 => (any_place(), any_ratio()).prop_map(|(place, ratio)| {
            let mut step = Step::new(Op::Crop);
            (step.params.place, step.params.ratio) = (place, Some(ratio));
            step
        }),
        1 => (any_place(), 1u32..=100).prop_map(|(place, share)| {
            let mut step = Step::new(Op::Crop);
            (step.params.place, step.params.scale) = (place, Some(share as f32 / 100.0));
            step
        }),
        1 => with(Op::Crop, |s, (w, h)| (s.params.width, s.params.height) = (Some(w), Some(h))),
        1 => Just(Step::new(Op::Crop).on(Target::Region)),
        1 => with(Op::Resize, |s, (w, h)| (s.params.width, s.params.height) = (Some(w), Some(h))),
        1 => with(Op::Upscale, |s, (w, _)| s.params.scale = Some((w % 700 + 101) as f32 / 100.0)),
        1 => with(Op::Resize, |s, (w, _)| s.params.width = Some(w)),
        1 => with(Op::Resize, |s, (_, h)| s.params.height = Some(h)),
        1 => with(Op::Resize, |s, (w, _)| s.params.scale = Some((w % 1500 + 2) as f32 / 100.0)),
        1 => (-3599i32..3600).prop_map(|tenths| {
            let mut step = Step::new(Op::Rotate);
            step.params.degrees = Some(tenths as f32 / 10.0);
            step
        }),
        1 => prop::option::of(-450i32..450).prop_map(|tenths| {
            let mut step = Step::new(Op::Straighten);
            step.params.degrees = tenths.map(|t| t as f32 / 10.0);
            step
        }),
        1 => (-1800i32..1800, any_target()).prop_map(|(tenths, target)| {
            let mut step = Step::new(Op::Hue).on(target);
            step.params.degrees = Some(tenths as f32 / 10.0);
            step
        }),
        1 => any::<bool>().prop_map(|vertical| {
            let mut step = Step::new(Op::Flip);
            step.params.direction = Some(if vertical { Direction::Vertical } else { Direction::Horizontal });
            step
        }),
        1 => (any_color(), 1..=100i32, any_target()).prop_map(|(color, hundredths, target)| {
            let mut step = Step::new(Op::Tint).with_strength(hundredths as f32 / 100.0).on(target);
            step.params.color = Some(color);
            step
        }),
        1 => with(Op::Pixelate, |s, (w, _)| (s.params.width, s.strength) = (Some(w), Some(0.5))),
        1 => with(Op::Blur, |s, (w, _)| (s.params.width, s.strength) = (Some(w), Some(0.5))),
        1 => any_target().prop_map(|t| Step::new(Op::Invert).on(t)),
        2 => any_retouch(),
        1 => any_color().prop_map(|color| {
            let mut step = Step::new(Op::BackgroundColor).on(Target::Background);
            step.params.color = Some(color);
            step
        }),
        1 => prop::sample::select(vec!["watercolor", "van_gogh", "stained_glass", "monet"]).prop_map(|style| {
            let mut step = Step::new(Op::Style).on(Target::Picture);
            step.params.style = Some(style.into());
            step
        }),
        1 => prop_oneof![Just(Target::Region), Just(Target::Sky)].prop_map(|t| Step::new(Op::Cutout).on(t)),
        1 => Just({
            let mut step = Step::new(Op::BackgroundReplace).on(Target::Background);
            step.params.scene = Some("studio".into());
            step
        }),
        1 => prop_oneof![Just(Step::new(Op::Undo)), Just(Step::new(Op::Redo))],
        1 => (1u32..500).prop_map(|n| {
            let mut step = Step::new(Op::Revert);
            step.params.version = Some(VersionName::Number(n));
            step
        }),
    ]
}

/// Every situation that what is told must be understood in.
fn situations() -> Vec<Context> {
    let finds = [Finds::without_nets(), Finds::everything()];
    let mut all = Vec::new();
    for (region, references, finds) in [false, true]
        .into_iter()
        .flat_map(|region| [0, 2].map(|references| (region, references)))
        .flat_map(|(region, references)| finds.map(|finds| (region, references, finds)))
    {
        all.push(Context {
            region,
            references,
            finds,
            ..Context::default()
        });
    }
    all
}

/// What is told of each step that these words lead to, where it is understood as another step or none.
fn told_otherwise(text: &str, context: &Context) -> Vec<String> {
    let steps = understand(text, context).steps;
    let again = |step: &Step| understand(&explain(std::slice::from_ref(step)), context).steps;
    let wrong = steps.iter().filter(|step| again(step) != [(*step).clone()]);
    let tell = |step: &Step| {
        format!(
            "“{text}” ({context:?})\n   {step:?}\n   told “{}”",
            explain(std::slice::from_ref(step))
        )
    };
    wrong.map(tell).collect()
}

#[test]
fn every_operation_is_told_so_that_it_is_understood_again_in_every_situation() {
    let mut wrong = Vec::new();
    let mut seen = Vec::new();
    for info in operations() {
        for context in situations() {
            seen.extend(understand(info.example, &context).steps.iter().map(|s| s.op));
            wrong.extend(told_otherwise(info.example, &context));
        }
    }
    let silent: Vec<Op> = operations().map(|o| o.op).filter(|op| !seen.contains(op)).collect();
    // In words that one is the blur of the background.
    assert_eq!(silent, [Op::BackgroundBlur], "no example leads to these");
    assert!(
        wrong.is_empty(),
        "{} are told otherwise:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_strength_of_every_operation_is_told_so_that_it_is_understood_again() {
    let targets = [
        Target::Picture,
        Target::Subject,
        Target::Background,
        Target::Sky,
        Target::Region,
        Target::Object {
            object: "cup".into(),
            pick: None,
        },
        Target::Not {
            not: Box::new(Target::Subject),
        },
    ];
    let context = Context {
        region: true,
        finds: Finds::everything(),
        ..Context::default()
    };
    let mut wrong = Vec::new();
    for info in operations().filter(|o| o.default_strength.is_some() && o.op != Op::BackgroundBlur) {
        let all = [0.1, 0.25, 0.33, 0.5, 0.75, 1.0]
            .into_iter()
            .chain(info.default_strength);
        let signed = all.flat_map(|s| if info.is_two_way { vec![s, -s] } else { vec![s] });
        for (strength, target) in signed.flat_map(|s| targets.iter().map(move |t| (s, t.clone()))) {
            let step = Step::new(info.op).with_strength(strength).on(target);
            let sentence = explain(std::slice::from_ref(&step));
            if understand(&sentence, &context).steps != [step] {
                wrong.push(sentence);
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} are told otherwise:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Found by `examples/fuzz_words.rs`: steps that were told so that something else was understood, or nothing.
#[test]
fn what_the_fuzzer_found_is_told_so_that_it_is_understood_again() {
    const FOUND: &[&str] = &[
        "make the picture faded",
        "remove the backdrop",
        "erase the backdrop",
        "cut out the background",
        "cut out the husband",
        "crop it light green",
        "straighten it crimson",
        "blur every person",
        "duplicate all the people",
        "make the husband 120 % bigger",
        "add image 2, but keep the dog as it is",
        "insert image 2 on the left",
        "put the clock from image 2 on the table",
        "put image 2 on everything except the sky",
        "write Hap, but keep the subject",
        "scale the selection to 200 %",
        "resize the selection to 50 %",
        "move it up to the bottom right",
        "less red tint",
        "tint it less with #ff0000",
        "tint everything except the dog with #40e0d0",
        "make everything sharper except the husband",
        "recolor the third pizza to green",
        "recolor the fourth pizza to green",
        "put the subject in a sunset sky",
        "change the picture to a beach",
        "change the subject to a desert",
        "resize it to 1.01 %",
        "make the remote control look like pixel art",
        "put the pattern of image 2 on the remote control",
        "make the selection look like a japanese print",
        "tint everything except the bear by 80 % with #87ceeb",
        "write “\u{1} spots”",
    ];
    let wrong: Vec<String> = FOUND
        .iter()
        .flat_map(|text| situations().into_iter().flat_map(|c| told_otherwise(text, &c)))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} are told otherwise:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    let all_but = understand("tint everything except the dog with #40e0d0", &with_nets()).steps;
    let dog = Target::Object {
        object: "dog".into(),
        pick: None,
    };
    assert_eq!(
        all_but.iter().map(|s| (s.op, &s.target)).collect::<Vec<_>>(),
        [(Op::Tint, &Target::Not { not: Box::new(dog) })]
    );
}

/// The longest that the server takes, in words that each call for a look at the whole vocabulary, in one single clause.
#[test]
fn two_thousand_characters_are_read_within_10_ms() {
    for bit in [
        "xblurx ",
        "make it brighter ",
        "and ",
        "the dog's hat ",
        "undo ",
        "\u{130}ber ",
        "replace ",
    ] {
        let text: String = bit.repeat(2000 / bit.chars().count());
        understand(&text, &Context::default());
        // Another program may have the processor for a while: the best of several counts.
        let times = (0..8).map(|_| {
            let start = std::time::Instant::now();
            std::hint::black_box(understand(&text, &with_nets()));
            start.elapsed()
        });
        let best = times.min().unwrap_or_default();
        assert!(best < std::time::Duration::from_millis(10), "“{bit}…”: {best:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_explained_is_understood_as_the_same_plan(plan in prop::collection::vec(any_step(), 1..5)) {
        let context = Context { region: true, references: 1, finds: Finds::everything(), ..Context::default() };
        let sentence = explain(&plan);
        let understood = understand(&sentence, &context);
        prop_assert_eq!(&understood.steps, &plan, "{}\n{:?}", sentence, understood.declined);
        prop_assert!(understood.declined.is_empty(), "{}", sentence);
    }

    #[test]
    fn a_plan_survives_its_json(plan in prop::collection::vec(any_step(), 0..4)) {
        let json = serde_json::to_string(&plan).expect("plain data");
        prop_assert_eq!(serde_json::from_str::<Vec<Step>>(&json).expect("our own JSON"), plan);
    }

    #[test]
    fn no_words_at_all_make_it_fall_over(text in "\\PC{0,120}") {
        let understood = understand(&text, &Context { region: true, references: 1, ..Context::default() });
        prop_assert!(!understood.steps.is_empty() || !understood.declined.is_empty());
    }

    #[test]
    fn shuffled_words_never_make_it_fall_over(words in prop::collection::vec(prop::sample::select(WORDS), 0..14)) {
        let text = words.join(" ");
        let understood = understand(&text, &Context { region: true, references: 1, ..Context::default() });
        for step in &understood.steps {
            prop_assert!(step.op.is_history() || operations().any(|o| o.op == step.op), "{}: {:?}", text, step);
            prop_assert!(step.strength.is_none_or(|s| s.abs() <= 1.0));
        }
    }
}

const WORDS: &[&str] = &[
    "make",
    "it",
    "brighter",
    "the",
    "sky",
    "and",
    "not",
    "too",
    "dark",
    "20",
    "%",
    "px",
    "crop",
    "to",
    "square",
    "left",
    "undo",
    "stronger",
    "less",
    "remove",
    "noise",
    "blue",
    "image",
    "2",
    "@2",
    "except",
    "by",
    "with",
    "version",
    "rotate",
    "90",
    "degrees",
    "keep",
    "background",
    "?",
    ",",
    "'quoted'",
    "16:9",
    "1920x1080",
    "half",
    "dog",
    "add",
    "a",
    "bit",
    "#ff00aa",
    "same but",
    "replace",
    "resize",
    "wide",
    "more",
    "don't",
    "-",
    "+20",
    "so that",
    "removing",
];

fn seen_with(references: u32, earlier: Vec<Step>) -> Context {
    Context {
        references,
        finds: Finds::everything(),
        earlier,
        ..Context::default()
    }
}

#[test]
fn more_than_one_means_every_one_and_a_described_person_is_never_anybody() {
    let every = |name: &str| Target::Object {
        object: name.into(),
        pick: Some(Pick::Side(Side::All)),
    };
    for (words, name) in [
        ("remove the people", "person"),
        ("remove everyone", "person"),
        ("remove both dogs", "dog"),
        ("remove all the cups", "cup"),
        ("remove every cup", "cup"),
    ] {
        let steps = understand(words, &seen_with(0, Vec::new())).steps;
        assert_eq!(steps, [Step::new(Op::Remove).on(every(name))], "{words}");
        assert_eq!(
            understand(&explain(&steps), &seen_with(0, Vec::new())).steps,
            steps,
            "{words}"
        );
    }
    for words in [
        "remove the tall man",
        "remove the men",
        "remove all women",
        "make sure there are no blond people in the picture",
        "remove the woman in the red dress",
        "remove everyone except me",
    ] {
        let understood = understand(words, &seen_with(0, Vec::new()));
        assert!(understood.steps.is_empty(), "{words}: {:?}", understood.steps);
        assert_eq!(understood.declined[0].reason, Reason::CannotFind, "{words}");
    }
    let dog = understand("remove the dog on a white background", &seen_with(0, Vec::new())).steps;
    assert_eq!(explain(&dog), "Removed the dog");
    let kite = understand("alter the kite's hue to green", &seen_with(0, Vec::new())).steps;
    assert_eq!(explain(&kite), "Recolored the kite to green");
}

/// What people who did not know the vocabulary wrote, and what came of it at first: another thing, one of two, or nothing.
#[test]
fn how_people_really_write_is_read() {
    let context = seen_with(0, Vec::new());
    let read = |text: &str| {
        let understood = understand(text, &context);
        let declined = understood.declined.iter().map(|d| format!("!{:?}", d.reason));
        let steps = understood.steps.iter().map(|s| explain(std::slice::from_ref(s)));
        steps.chain(declined).collect::<Vec<_>>().join("; ")
    };
    for (text, expected) in [
        // Two things for one verb.
        (
            "make the mug blue and the bottle white",
            "Recolored the cup to blue; Recolored the bottle to white",
        ),
        (
            "Make the mug blue and the plate white",
            "Recolored the cup to blue; !CannotFind",
        ),
        (
            "paint the car red and the bus yellow",
            "Recolored the car to red; Recolored the bus to yellow",
        ),
        ("remove the cup and the spoon", "Removed the cup; Removed the spoon"),
        (
            "make the cup and the bottle blue",
            "Recolored the cup to blue; Recolored the bottle to blue",
        ),
        (
            "make the cat and the dog black and white",
            "Made the cat black and white; Made the dog black and white",
        ),
        ("make the mug red and white", "!TooVague"),
        (
            "give it a vintage feel with some grain",
            "Gave the picture a vintage look; Added grain to the picture",
        ),
        ("remove everything except the dog and the cat", "!TooVague"),
        ("duplicate the teddy bear three times", "!TooVague"),
        // A thing that only says where another is, or whose.
        ("remove the shadow behind the bottle", "!CannotFind"),
        ("remove the tree behind her", "!CannotFind"),
        ("get rid of everything behind the car", "!CannotFind"),
        ("make the handle of the cup red", "!CannotFind"),
        ("brighten the cup on the table", "Made the cup brighter"),
        ("less saturation on the person's face", "Gave the face less saturation"),
        ("make the left half black and white", "!TooVague"),
        // Verbs in two halves.
        ("cut the dog out", "Cut out the dog"),
        ("take the dog away", "Removed the dog"),
        ("the second bottle from the left has to go", "Removed the second bottle"),
        // Indirect wishes and mistypings.
        ("its way too dark in here", "Made the picture brighter"),
        ("its a bit blurry, sharpen it", "Made the picture sharper"),
        ("I'd love it if the backround was blurry", "Blurred the background"),
        ("I wish the picture was brighter", "Made the picture brighter"),
        (
            "make teh sky bluer adn sharpen it",
            "Made the sky cooler; Made the sky sharper",
        ),
        (
            "the couch looks too yellow, can you make it grey?",
            "Recolored the couch to gray",
        ),
        (
            "I look too pale, give me some colour",
            "Gave the picture more saturation",
        ),
        ("the horizon is crooked", "Straightened the picture"),
        (
            "tilt it slightly clockwise",
            "Rotated the picture by 5 degrees clockwise",
        ),
        (
            "flip it so she's facing the other way",
            "Flipped the picture horizontally",
        ),
        (
            "make it look like a painting by van gogh",
            "Made the picture look like van gogh",
        ),
        (
            "with the fluidity of watercolor paintings",
            "Made the picture look like watercolor painting",
        ),
        ("colour the black and white photo", "!NeedsGenerative"),
        // Words on the picture.
        (
            "write SALE in big red letters across the top",
            "Wrote “SALE” at the top in red at 150 % size",
        ),
        ("make the text bigger", "!NeedsGenerative"),
        (
            "write SALE at the top, then make the text bigger",
            "Wrote “SALE” at the top at 140 % size",
        ),
    ] {
        assert_eq!(read(text), expected, "{text}");
    }
}

#[test]
fn it_is_what_was_put_in_just_before() {
    let put = "blend the clock into the living room";
    let alone = understand(put, &seen_with(1, Vec::new())).steps;
    let told = understand(
        &format!("{put}, then make it smaller and move it up"),
        &seen_with(1, Vec::new()),
    );
    assert_eq!(told.steps.len(), 1);
    let (step, params) = (&told.steps[0], &told.steps[0].params);
    assert_eq!((step.op, params.scale, params.dy), (Op::Insert, Some(0.7), Some(-0.15)));
    // A turn later, with the clock still attached: put in anew, in place of the first time.
    let later = understand("make it smaller and move it up", &seen_with(1, alone.clone()));
    assert_eq!((later.replaces, &later.steps), (1, &told.steps));
    assert_eq!(
        understand(&explain(&told.steps), &seen_with(1, Vec::new())).steps,
        told.steps
    );
    let named = understand(
        "make the clock smaller and move the clock up",
        &seen_with(1, alone.clone()),
    );
    assert_eq!((named.replaces, &named.steps), (1, &told.steps), "by its name");
    // And with nothing attached: what is called so in the picture.
    let by_name = understand("make it smaller and move it up", &seen_with(0, alone));
    let names = by_name.steps.iter().map(|s| (s.op, explain(std::slice::from_ref(s))));
    assert_eq!(
        names.collect::<Vec<_>>(),
        [
            (Op::Scale, "Scaled the clock to 70 %".into()),
            (Op::Move, "Moved the clock up by 15 %".into())
        ]
    );
}

#[test]
fn a_vague_wish_is_answered_with_three_that_suit_the_picture_and_questions_from_what_was_measured() {
    use plantain_engine::{Channels, Facts, Raster};
    let plain = |rgb: [u8; 3]| {
        let samples = rgb.iter().copied().cycle().take(64 * 48 * 3).collect();
        Facts::of(&Raster::from_u8(64, 48, Channels::Rgb, samples).expect("a picture"))
    };
    let asked = |words: &str, facts: &Facts| {
        let context = Context {
            facts: Some(facts.clone()),
            ..seen_with(0, understand("blur it", &Context::default()).steps)
        };
        let declined = understand(words, &context).declined;
        (declined[0].reason, declined[0].message.clone())
    };
    let (dark, light) = (plain([20, 24, 40]), plain([240, 240, 235]));
    for words in ["make it nice", "improve it", "make it pop"] {
        let (reason, message) = asked(words, &dark);
        assert_eq!(reason, Reason::TooVague, "{words}");
        assert!(message.contains("brighten it a little"), "{words}: {message}");
        assert!(asked(words, &light).1.contains("darken it a little"), "{words}");
    }
    for facts in [&dark, &light, &plain([200, 40, 30]), &plain([128, 128, 128])] {
        for wish in facts.proposals() {
            let understood = understand(wish, &Context::default());
            assert!(!understood.steps.is_empty() && understood.declined.is_empty(), "{wish}");
        }
    }
    assert!(asked("how large is this picture?", &dark).1.contains("64 × 48"));
    assert!(
        asked("what colours are in it?", &plain([200, 40, 30]))
            .1
            .contains("mostly red")
    );
    assert!(asked("what did we change?", &dark).1.contains("lurred"));
    assert!(
        asked("what is your name?", &dark)
            .1
            .contains("every message is an edit")
    );
}
