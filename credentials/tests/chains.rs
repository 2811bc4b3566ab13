//! Chains of statements over six turns in every format, what a changed bit does, and what a strange parent does.

use std::{
    io::Cursor,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use image::{ImageFormat, Rgb, RgbImage};
use plantain_credentials::{
    Act, Agent, Credentials, Error, Identity, Ingredient, LEAF_DAYS, Notary, Relation, Signed, SoftBinding, Standing,
    Statement, is_due,
};

const FORMATS: [(&str, ImageFormat); 3] = [
    ("image/jpeg", ImageFormat::Jpeg),
    ("image/png", ImageFormat::Png),
    ("image/webp", ImageFormat::WebP),
];

#[expect(
    clippy::disallowed_methods,
    reason = "certificates are checked against the system's clock"
)]
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    i64::try_from(since.as_secs()).expect("a time")
}

struct Signers {
    notary: Notary,
    root: Identity,
}

fn house(name: &str) -> Signers {
    let root = Identity::new_root(name, now()).expect("a root");
    let leaf = root.new_leaf(name, now()).expect("a leaf");
    let notary = Notary::new(&leaf.chain, &leaf.key, std::slice::from_ref(&root.chain)).expect("fits");
    Signers { notary, root }
}

fn picture(format: ImageFormat, shade: u8) -> Vec<u8> {
    let drawn = RgbImage::from_fn(96, 64, |x, y| {
        Rgb([
            shade,
            u8::try_from(x * 2).expect("small"),
            u8::try_from(y * 3).expect("small"),
        ])
    });
    let mut bytes = Cursor::new(Vec::new());
    drawn.write_to(&mut bytes, format).expect("written");
    bytes.into_inner()
}

fn edited() -> [Act; 1] {
    let agent = Agent {
        name: "Example model".to_owned(),
        version: Some("7".to_owned()),
    };
    [Act {
        source: Some("http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia".to_owned()),
        agent: Some(agent),
        when: Some("2026-01-02T03:04:05Z".to_owned()),
        ..Act::new("c2pa.edited")
    }]
}

fn turn(notary: &Notary, mime: &str, bytes: &[u8], parent: &[u8]) -> Signed {
    let ingredient = Ingredient {
        title: "before",
        relation: Relation::Parent,
        mime,
        bytes: parent,
    };
    let statement = Statement {
        title: "after",
        acts: &edited(),
        ingredients: &[ingredient],
        binding: Some(SoftBinding {
            alg: "org.example.mark",
            value: "00ff",
        }),
        ..Statement::by("Example", "1")
    };
    notary.sign(mime, bytes, &statement).expect("signed")
}

fn read(notary: &Notary, mime: &str, bytes: &[u8]) -> Credentials {
    notary.read(mime, bytes).expect("readable").expect("credentials")
}

#[test]
fn six_turns_are_trusted_by_those_who_know_the_root_and_valid_for_others() {
    let (ours, strangers) = (house("Ours"), house("Strangers"));
    for (mime, format) in FORMATS {
        let mut before = picture(format, 0);
        let mut sizes = vec![before.len()];
        for shade in 1..=6 {
            let bare = picture(format, shade * 30);
            before = turn(&ours.notary, mime, &bare, &before).bytes;
            sizes.push(before.len() - bare.len());
        }
        let seen = read(&ours.notary, mime, &before);
        let all = seen.node.walk();
        assert_eq!(all.len(), 7, "{mime}: six statements and the bare original");
        assert!(
            all[..6].iter().all(|node| node.standing == Standing::Trusted),
            "{mime}: {all:#?}"
        );
        assert_eq!(all[6].standing, Standing::Bare);
        let acts: Vec<_> = seen.node.acts.iter().map(|act| act.action.as_str()).collect();
        assert_eq!(acts, ["c2pa.opened", "c2pa.edited"]);
        assert_eq!(
            seen.node.acts[1].source.as_deref(),
            Some("compositeWithTrainedAlgorithmicMedia")
        );
        assert_eq!(seen.node.acts[1].agent.as_deref(), Some("Example model 7"));
        assert_eq!(seen.node.bindings, [("org.example.mark".to_owned(), "00ff".to_owned())]);
        assert_eq!(seen.node.signer.as_deref(), Some("Ours"));
        let elsewhere = read(&strangers.notary, mime, &before).node;
        assert_eq!(
            (elsewhere.standing, elsewhere.failures.as_slice()),
            (Standing::Unknown, &["signingCredential.untrusted".to_owned()][..])
        );
        let grown = sizes.windows(2).skip(1).map(|pair| pair[1] - pair[0]);
        assert!(
            grown.clone().all(|bytes| bytes < 6_500),
            "{mime}: {:?} bytes a turn",
            grown.collect::<Vec<_>>()
        );
    }
}

#[test]
fn one_changed_bit_breaks_it() {
    let ours = house("Ours");
    for (mime, format) in FORMATS {
        let signed = turn(&ours.notary, mime, &picture(format, 9), &picture(format, 8));
        let mut bytes = signed.bytes;
        // Among the pixels: in a WebP they come first, in the others last.
        let at = if mime == "image/webp" { 70 } else { bytes.len() - 40 };
        bytes[at] ^= 1;
        let seen = read(&ours.notary, mime, &bytes);
        assert_eq!(seen.node.standing, Standing::Broken, "{mime}");
        assert!(
            seen.node
                .failures
                .iter()
                .any(|code| code == "assertion.dataHash.mismatch"),
            "{:?}",
            seen.node.failures
        );
    }
}

#[test]
fn a_parent_that_was_tampered_with_is_told_though_the_file_itself_is_fine() {
    let (ours, strangers) = (house("Ours"), house("Strangers"));
    let (mime, format) = FORMATS[1];
    let theirs = turn(&strangers.notary, mime, &picture(format, 1), &picture(format, 2));
    let plain = turn(&ours.notary, mime, &picture(format, 3), &theirs.bytes);
    let node = read(&ours.notary, mime, &plain.bytes).node;
    assert_eq!(
        (node.standing, node.ingredients[0].standing),
        (Standing::Trusted, Standing::Unknown)
    );
    assert_eq!(node.ingredients[0].signer.as_deref(), Some("Strangers"));
    let mut tampered = theirs.bytes;
    let at = tampered.len() - 40;
    tampered[at] ^= 1;
    let child = turn(&ours.notary, mime, &picture(format, 3), &tampered);
    let node = read(&ours.notary, mime, &child.bytes).node;
    assert_eq!(
        (node.standing, node.ingredients[0].standing),
        (Standing::Trusted, Standing::Broken)
    );
    assert!(
        node.ingredients[0]
            .failures
            .iter()
            .any(|code| code == "assertion.dataHash.mismatch")
    );
}

#[test]
fn credentials_go_back_into_the_file_they_were_signed_into() {
    let ours = house("Ours");
    for (mime, format) in FORMATS {
        let bare = picture(format, 9);
        let signed = turn(&ours.notary, mime, &bare, &picture(format, 8));
        let again = ours.notary.put_back(mime, &bare, &signed.manifests).expect("put back");
        let node = read(&ours.notary, mime, &again).node;
        assert_eq!(
            (node.standing, node.label),
            (Standing::Trusted, Some(signed.label)),
            "{mime}"
        );
    }
}

#[test]
fn a_picture_without_credentials_has_none_and_rubbish_ends_in_words() {
    let ours = house("Ours");
    for (mime, format) in FORMATS {
        assert!(ours.notary.read(mime, &picture(format, 1)).expect("readable").is_none());
        let signed = turn(&ours.notary, mime, &picture(format, 9), &picture(format, 8)).bytes;
        let whole = read(&ours.notary, mime, &signed);
        // Cut and bent at many places: any answer is fine, as long as there is one, and "trusted" only where nothing that is said
        // was changed (a signature is followed by some unused room).
        for part in 1..40 {
            let cut = &signed[..signed.len() * part / 40];
            let seen = ours.notary.read(mime, cut);
            assert!(
                !matches!(&seen, Ok(Some(seen)) if seen.node.standing == Standing::Trusted),
                "{mime} {part}"
            );
            let mut bent = signed.clone();
            let at = signed.len() * part / 40;
            bent[at] ^= 0x5a;
            if let Ok(Some(seen)) = ours.notary.read(mime, &bent) {
                assert!(
                    seen.node.standing != Standing::Trusted || seen == whole,
                    "{mime} {part}"
                );
            }
        }
    }
}

#[test]
fn a_wide_and_deep_web_of_statements_is_read_in_bounds() {
    let ours = house("Ours");
    let (mime, format) = FORMATS[1];
    // Each is made from the one before in three roles: without bounds the tree has 3^12 leaves.
    let mut before = picture(format, 0);
    for shade in 1..=12 {
        let ingredient = |relation| Ingredient {
            title: "before",
            relation,
            mime,
            bytes: &before,
        };
        let ingredients = [
            ingredient(Relation::Parent),
            ingredient(Relation::Input),
            ingredient(Relation::Input),
        ];
        let statement = Statement {
            title: "web",
            acts: &edited(),
            ingredients: &ingredients,
            ..Statement::by("Example", "1")
        };
        before = ours
            .notary
            .sign(mime, &picture(format, shade * 20), &statement)
            .expect("signed")
            .bytes;
    }
    let began = Instant::now();
    match ours.notary.read(mime, &before) {
        Ok(Some(seen)) => assert!(seen.cut && seen.node.walk().len() <= 200, "{}", seen.node.walk().len()),
        Ok(None) => panic!("it has credentials"),
        Err(error) => assert!(matches!(error, Error::TooSlow | Error::TooLarge | Error::Library(_))),
    }
    assert!(began.elapsed() < Duration::from_secs(12));
}

#[test]
fn a_key_that_does_not_fit_its_chain_is_refused() {
    let (one, other) = (
        house("One").root.new_leaf("One", now()).expect("a leaf"),
        house("Two").root,
    );
    assert!(matches!(Notary::new(&one.chain, "no key", &[]), Err(Error::Unfit(_))));
    // A root is a certificate authority, and those must not sign pictures.
    let notary = Notary::new(&other.chain, &other.key, &[]);
    let signed =
        notary.and_then(|notary| notary.sign("image/png", &picture(ImageFormat::Png, 1), &Statement::by("x", "1")));
    assert!(signed.is_err());
}

#[test]
fn a_leaf_is_due_thirty_days_before_its_end() {
    let day = 86_400;
    assert!(!is_due(0, (LEAF_DAYS - 31) * day) && is_due(0, (LEAF_DAYS - 30) * day));
}
