//! Whole pages: what holds for every one of them, and what each is for.

use std::collections::HashSet;

use super::*;

#[test]
fn sec_web_01_nothing_inline_and_nothing_from_elsewhere() {
    for (name, html) in everything() {
        let page = Html::parse_document(&html);
        assert!(select(&page, "[style], style").is_empty(), "{name}: inline style");
        for element in select(&page, "*") {
            for (attribute, value) in element.value().attrs() {
                assert!(!attribute.starts_with("on"), "{name}: {attribute}");
                let leads = matches!(attribute, "src" | "href" | "action" | "srcset" | "data-src");
                assert!(
                    !leads || value.starts_with(['/', '#']) && !value.starts_with("//"),
                    "{name}: {attribute}={value}"
                );
            }
        }
        for script in select(&page, "script") {
            assert!(
                script
                    .value()
                    .attr("src")
                    .is_some_and(|src| src.starts_with("/static/"))
                    && text(script).is_empty()
            );
        }
    }
}

#[test]
fn ids_are_unique_and_everything_they_are_named_by_exists() {
    for (name, html) in everything() {
        let page = Html::parse_document(&html);
        let mut seen = HashSet::new();
        for element in select(&page, "[id]") {
            let id = element.value().attr("id").unwrap();
            assert!(seen.insert(id), "{name}: {id} twice");
        }
        for attribute in ["aria-labelledby", "aria-describedby", "aria-controls", "for", "form"] {
            for element in select(&page, &format!("[{attribute}]")) {
                for id in element.value().attr(attribute).unwrap().split(' ') {
                    assert!(seen.contains(id), "{name}: {attribute}={id} leads nowhere");
                }
            }
        }
        for element in select(&page, "use") {
            let target = element.value().attr("href").unwrap().trim_start_matches('#');
            // A fragment's icons are on the page it goes into.
            assert!(
                seen.contains(target) || !html.contains("<!doctype"),
                "{name}: icon {target}"
            );
        }
    }
}

#[test]
fn every_control_has_a_name_and_every_picture_its_size() {
    for (name, html) in everything() {
        let page = Html::parse_document(&html);
        for control in select(&page, "input:not([type=hidden]), select, textarea") {
            let value = control.value();
            let labelled = value.attr("aria-label").is_some()
                || control
                    .ancestors()
                    .filter_map(ElementRef::wrap)
                    .any(|a| a.value().name() == "label" && !text(a).is_empty())
                || value
                    .attr("id")
                    .is_some_and(|id| !select(&page, &format!("label[for='{id}']")).is_empty());
            assert!(labelled, "{name}: {:?}", value.attrs().collect::<Vec<_>>());
        }
        for control in select(&page, "button, a[href], summary") {
            let named = control.value().attr("aria-label").is_some()
                || !text(control).is_empty()
                || control.value().attr("id") == Some("new-version")
                || control.select(&Selector::parse("img[alt]:not([alt=''])").unwrap()).next().is_some()
                // The base tile's words stand beside it, and its title names it.
                || control.value().attr("title").is_some();
            assert!(named, "{name}: a control without a name: {}", control.html());
        }
        for picture in select(&page, "img") {
            let value = picture.value();
            assert!(value.attr("alt").is_some(), "{name}: no alt");
            assert!(
                value.attr("width").is_some() && value.attr("height").is_some(),
                "{name}: no size"
            );
        }
    }
}

#[test]
fn every_form_works_without_scripts() {
    for (name, html) in everything() {
        let page = Html::parse_document(&html);
        for form in select(&page, "form") {
            let value = form.value();
            // Choosing what to look at changes nothing.
            let looks = value
                .attr("action")
                .is_some_and(|action| action.ends_with("/compare") || action.ends_with("/gallery"));
            assert_eq!(value.attr("method"), Some(if looks { "get" } else { "post" }), "{name}");
            assert!(
                value.attr("action").is_some_and(|action| action.starts_with('/')),
                "{name}"
            );
            let inside = form
                .select(&Selector::parse("button:not([type=button])").unwrap())
                .next()
                .is_some();
            let outside = value
                .attr("id")
                .is_some_and(|id| !select(&page, &format!("button[form='{id}']")).is_empty());
            assert!(inside || outside, "{name}: {:?} can't be sent", value.attr("action"));
            let has_file = form
                .select(&Selector::parse("input[type=file][name]:not([form])").unwrap())
                .next()
                .is_some();
            assert!(
                !has_file || value.attr("enctype") == Some("multipart/form-data"),
                "{name}"
            );
        }
    }
}

#[test]
fn a_viewer_has_no_composer_and_every_other_control_is_marked() {
    let page = read(&SessionPage::new(
        &sample::site(),
        &sample::state(Standing::Viewer, turns()),
    ));
    assert_eq!(one(&page, "body").value().attr("data-may"), Some("view"));
    assert!(
        select(
            &page,
            "#composer, #reference-form, turn-composer, drop-zone, #sending-card"
        )
        .is_empty()
    );
    for control in select(
        &page,
        "form, a[download], a[data-again], a[data-reference], a[data-dialog]",
    ) {
        let marked = std::iter::successors(Some(control), |e| e.parent().and_then(ElementRef::wrap)).any(|e| {
            e.value()
                .classes()
                .any(|class| class == "needs-edit" || class == "needs-own")
        });
        assert!(
            marked || control.value().attr("action") == Some("/name"),
            "{}",
            control.html()
        );
    }
    let may = |standing| {
        let page = read(&SessionPage::new(&sample::site(), &sample::state(standing, vec![])));
        one(&page, "body").value().attr("data-may").map(str::to_owned)
    };
    assert_eq!(
        [may(Standing::Editor), may(Standing::Owner)],
        [Some("edit".into()), Some("own".into())]
    );
}

#[test]
fn what_only_the_owner_may_do_is_marked_so() {
    let page = read(&SessionHead::new(&sample::session("Harbour")));
    for ending in ["/rename", "/delete"] {
        let form = one(&page, &format!("form[action$='{ending}']"));
        assert!(form.value().classes().any(|class| class == "needs-own"), "{ending}");
    }
    assert!(
        one(&page, "a[data-dialog]")
            .value()
            .classes()
            .any(|class| class == "needs-own")
    );
}

#[test]
fn the_composer_sends_base_references_in_order_backend_and_its_own_id() {
    let mut state = sample::state(Standing::Editor, vec![]);
    state.references = vec![sample::version(9), sample::version(2)];
    let page = read(&SessionPage::new(&sample::site(), &state));
    let form = one(&page, "#composer");
    assert_eq!(
        form.value().attr("action"),
        Some(format!("/s/{}/turns", state.session.id).as_str())
    );
    let value = |selector: &str| one(&page, selector).value().attr("value").map(str::to_owned).unwrap();
    assert_eq!(
        value("#composer #base-tile input[name=base]"),
        sample::version_id(4).to_string()
    );
    assert_eq!(
        value("#composer input[name=client_id]"),
        state.fresh_client_id.to_string()
    );
    assert_eq!(value("#composer input[name=backend]"), "embedded");
    let references: Vec<_> = select(&page, "#composer #references li [name=references][checked]")
        .into_iter()
        .map(|input| input.value().attr("value").unwrap().to_owned())
        .collect();
    assert_eq!(references, [9, 2].map(|number| sample::version_id(number).to_string()));
    assert_eq!(
        one(&page, "textarea").value().attr("placeholder"),
        Some("Describe the change to v4")
    );
    let kept: Vec<_> = select(&page, "#reference-form [name=ref]")
        .into_iter()
        .filter_map(|i| i.value().attr("value"))
        .collect();
    assert_eq!(kept, references, "adding one by a plain form keeps the others");
}

#[test]
fn a_turn_that_was_not_accepted_keeps_everything() {
    let mut state = sample::state(Standing::Editor, vec![]);
    state.text = Some("two\nlines".into());
    state.error = Some("An instruction has at most 4,000 characters.".into());
    let page = read(&SessionPage::new(&sample::site(), &state));
    assert_eq!(one(&page, "textarea").text().collect::<String>(), "two\nlines");
    assert_eq!(
        text(one(&page, "#composer-error[role=alert]")),
        "An instruction has at most 4,000 characters."
    );
    let fragment = read(&ComposerError::new("Say what to change."));
    assert_eq!(
        text(one(&fragment, "#composer-error[role=alert]")),
        "Say what to change."
    );
}

#[test]
fn with_several_backends_one_is_chosen() {
    let mut state = sample::state(Standing::Editor, vec![]);
    let mut gemini = state.backends[0].clone();
    gemini.name = "gemini".into();
    gemini.title = "Gemini".into();
    gemini.model = Some("flash".into());
    state.backends[0].default = false;
    state.backends.push(gemini);
    let page = read(&SessionPage::new(&sample::site(), &state));
    assert_eq!(select(&page, "select[name=backend] option").len(), 2);
    assert_eq!(
        text(one(&page, "select[name=backend] option[selected]")),
        "Gemini · flash"
    );
    assert!(select(&page, "input[name=backend]").is_empty());
}

#[test]
fn the_stage_moves_the_selection_only_where_there_is_somewhere_to_go() {
    let value = |page: &Html, selector: &str| one(page, selector).value().attr("value").map(str::to_owned).unwrap();
    let mut state = sample::stage(4);
    state.redo = Some(sample::version_id(5));
    let page = read(&Stage::new(&sample::session("x"), &state));
    assert_eq!(
        value(&page, "form[data-key=undo] input"),
        sample::version_id(3).to_string()
    );
    assert_eq!(
        value(&page, "form[data-key=redo] input"),
        sample::version_id(5).to_string()
    );
    assert!(select(&page, ".elsewhere, button[disabled]").is_empty());
    assert_eq!(
        text(one(&page, ".caption")),
        "v4of 51600 × 1067by Ana23 Nov 2026, 09:38 UTCEdited here"
    );

    let page = read(&Stage::new(&sample::session("x"), &sample::stage(1)));
    assert_eq!(
        select(&page, ".stage-tools button[disabled]").len(),
        3,
        "nothing before the original"
    );
    assert!(select(&page, "[data-hold], .before").is_empty());
    assert_eq!(
        value(&page, ".elsewhere form input"),
        sample::version_id(1).to_string(),
        "revert to here"
    );
}

#[test]
fn the_filmstrip_shows_the_path_its_forks_and_what_was_left_out() {
    let mut state = sample::stage(4);
    state.path_left_out = 12;
    let page = read(&Stage::new(&sample::session("x"), &state));
    let items: Vec<_> = select(&page, "#filmstrip li").into_iter().map(text).collect();
    assert_eq!(items, ["v1", "12 more", "v22, 2 versions grow from here", "v3", "v4"]);
    assert_eq!(text(one(&page, "#filmstrip [aria-current=true]")), "v4");
    let roots: Vec<_> = select(&page, "body > *")
        .into_iter()
        .filter_map(|e| e.value().attr("id"))
        .collect();
    assert_eq!(roots, ["stage", "filmstrip", "base-tile", "chips"]);
}

#[test]
fn a_version_before_of_another_size_says_so() {
    let mut state = sample::stage(4);
    let same = read(&Stage::new(&sample::session("x"), &state));
    assert_eq!(text(one(&same, ".before-label")), "v3, before");
    if let Some(parent) = &mut state.parent {
        parent.blob.dimensions.width = 800;
    }
    let other = read(&Stage::new(&sample::session("x"), &state));
    assert_eq!(text(one(&other, ".before-label")), "v3, before · v3 is 800 × 1067");
}

#[test]
fn links_are_listed_and_only_live_ones_can_be_revoked() {
    let mut shares = [
        sample::share(1, Access::View),
        sample::share(2, Access::Edit),
        sample::share(3, Access::View),
    ];
    shares[1].revoked_at = Some(sample::NOW);
    shares[2].expires_at = Some(sample::NOW);
    let page = read(&SharePanel::new(
        &sample::session("x"),
        &shares,
        None,
        None,
        sample::NOW,
    ));
    let names: Vec<_> = select(&page, ".link p:first-child").into_iter().map(text).collect();
    assert_eq!(names, ["Can view", "Can editrevoked", "Can viewexpired"]);
    let forms: Vec<_> = select(&page, ".link form")
        .into_iter()
        .filter_map(|f| f.value().attr("action"))
        .collect();
    assert_eq!(
        forms,
        [format!("/s/{}/shares/{}/revoke", sample::session("x").id, shares[0].id)]
    );
    assert_eq!(
        one(&page, "option[selected]").value().attr("value"),
        Some("30"),
        "30 days unless asked otherwise"
    );
    assert!(select(&page, ".fresh-link").is_empty());
}

#[test]
fn a_fresh_link_is_shown_with_what_it_allows() {
    let fresh = FreshLink {
        url: "http://x/join/t".into(),
        access: Access::Edit,
        expires_at: None,
    };
    let page = read(&SharePanel::new(
        &sample::session("x"),
        &[],
        Some(&fresh),
        None,
        sample::NOW,
    ));
    assert_eq!(one(&page, "#fresh-url").value().attr("value"), Some("http://x/join/t"));
    assert!(text(one(&page, ".fresh-link")).contains("Can edit, until you revoke it"));
}

#[test]
fn home_lists_sessions_and_the_trash_and_explains_itself_when_empty() {
    let sessions = [
        sample::summary("Harbour", Standing::Owner),
        sample::summary("Dogs", Standing::Editor),
    ];
    let mut gone = sample::summary("Old", Standing::Owner);
    gone.session.deleted_at = Some(sample::NOW);
    let page = read(&Home::new(&sample::site(), &sessions, &[gone]));
    let names: Vec<_> = select(&page, ".session-name").into_iter().map(text).collect();
    assert_eq!(names, ["Harbour", "Dogs"]);
    assert_eq!(select(&page, "form[action$='/rename']").len(), 1, "only the owner's");
    assert_eq!(text(one(&page, ".tag")), "Shared with you to edit");
    assert_eq!(select(&page, "form[action$='/restore']").len(), 1);
    let empty = read(&Home::new(&sample::site(), &[], &[]));
    assert_eq!(select(&empty, ".how li").len(), 3);
    let examples: Vec<_> = select(&empty, "button[name=example]")
        .into_iter()
        .filter_map(|b| b.value().attr("value"))
        .collect();
    assert_eq!(examples, ["harbour", "still-life"]);
}

#[test]
fn an_open_server_that_others_can_reach_says_so_on_every_page() {
    let mut site = sample::site();
    for (exposed, banners) in [(false, 0), (true, 1)] {
        site.exposed_open = exposed;
        for page in [
            read(&Home::new(&site, &[], &[])),
            read(&SessionPage::new(&site, &sample::state(Standing::Viewer, vec![]))),
            read(&ErrorPage::new(&site, 500, None, None)),
        ] {
            assert_eq!(select(&page, ".banner").len(), banners);
        }
    }
}

#[test]
fn every_error_has_words_and_never_a_cause() {
    let mut titles = HashSet::new();
    for status in [400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503] {
        let page = read(&ErrorPage::new(&sample::site(), status, None, Some("0199-f00")));
        assert!(text(one(&page, "[data-words]")).len() > 20, "{status}");
        assert_eq!(text(one(&page, "code")), "0199-f00");
        titles.insert(text(one(&page, "h1")));
    }
    assert_eq!(titles.len(), 10, "400 and 422 share one");
    let page = read(&ErrorPage::new(&sample::site(), 413, Some("At most 20 MB."), None));
    assert_eq!(text(one(&page, "[data-words]")), "At most 20 MB.");
}
