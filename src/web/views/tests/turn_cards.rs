//! Turn cards: each state says what it is and what can be done next; what people typed stays text.

use super::*;

const HOSTILE: &str = "<script>alert(1)</script><img src=x onerror=alert(2)>\" onclick=\"alert(3)' &amp;";

fn card(view: &super::super::TurnView) -> Html {
    read(&TurnCard::new(view))
}

/// The words on what can be done: buttons of forms and links back to the composer.
fn offers(page: &Html) -> Vec<String> {
    select(page, ".turn-status button, .turn-ended .row button, .turn-ended .row a")
        .into_iter()
        .map(text)
        .collect()
}

#[test]
fn every_open_state_says_where_it_is_and_can_be_cancelled() {
    let mut queued = sample::turn(1, "Ana", "sharper", TurnState::Queued);
    for (place, words) in [
        (None, "Starts in a moment"),
        (Some(1), "Next in line"),
        (Some(2), "2nd in line"),
    ] {
        queued.queue_place = place;
        let page = card(&queued);
        assert_eq!(text(one(&page, ".turn-status-line")), format!("Queued {words}"));
        assert_eq!(one(&page, "article").value().attr("data-say"), Some("Queued"));
        assert_eq!(one(&page, "progress").value().attr("value"), Some("0"));
    }
    let running = card(&sample::turn(
        1,
        "Ana",
        "sharper",
        TurnState::Running {
            started_at: sample::NOW,
        },
    ));
    assert_eq!(text(one(&running, ".turn-status-line strong")), "Working");
    assert_eq!(
        one(&running, "progress").value().attr("value"),
        None,
        "nobody knows how far it is"
    );
    assert!(one(&running, "time[data-since]").value().attr("datetime").is_some());
    for page in [card(&queued), running] {
        let form = one(&page, "form");
        let action = format!("/s/{}/turns/{}/cancel", sample::session("x").id, sample::turn_id(1));
        assert_eq!(
            (form.value().attr("method"), form.value().attr("action")),
            (Some("post"), Some(action.as_str()))
        );
        assert_eq!(offers(&page), ["Cancel"]);
    }
}

#[test]
fn a_finished_turn_shows_its_pictures_and_what_made_them() {
    let mut done = sample::done(3, "Ana", "make it warmer", 2, &[4, 5]);
    done.references = vec![sample::version(7), sample::version(8)];
    if let TurnState::Done(outcome) = &mut done.turn.state {
        outcome.note = Some("Warmed by 10 %.".into());
        outcome.usage = Some(sample::usage());
    }
    let page = card(&done);
    let from: Vec<_> = select(&page, ".turn-from a").into_iter().map(text).collect();
    assert_eq!(from, ["v2", "image 2", "image 3"]);
    let results: Vec<_> = select(&page, ".result-picture").into_iter().map(text).collect();
    assert_eq!(results, ["v4", "v5"]);
    assert_eq!(
        one(&page, "article").value().attr("data-say"),
        Some("Finished, 2 pictures")
    );
    assert_eq!(text(one(&page, ".facts")), "Built-in engine840 ms2490 tokens$0.039");
    assert_eq!(text(one(&page, ".turn-note")), "Warmed by 10 %.");
    let first = select(&page, ".result")[0];
    let link = |selector: &str| {
        let found = first.select(&Selector::parse(selector).unwrap()).next().unwrap();
        found.value().attr("href").unwrap().to_owned()
    };
    let (session, version) = (sample::session("x").id, sample::version_id(4));
    assert_eq!(link("a[data-compose]"), format!("/s/{session}?v={version}"));
    assert_eq!(link("a[data-reference]"), format!("/s/{session}?ref={version}"));
    assert_eq!(
        link("a[download]"),
        format!("/s/{session}/versions/{version}/picture?download=1")
    );
}

#[test]
fn a_turn_that_only_moved_the_selection_says_where_to() {
    let mut undo = sample::done(3, "Ana", "undo", 4, &[]);
    undo.moved_to = Some(sample::version(3));
    let page = card(&undo);
    assert_eq!(text(one(&page, ".turn-moved")), "Moved to v3");
    assert_eq!(one(&page, "article").value().attr("data-say"), Some("Moved to v3"));
    assert!(select(&page, ".result").is_empty());
}

#[test]
fn every_kind_of_failure_has_its_words_and_next_steps() {
    use FailureKind::*;
    let rows = [
        (
            Declined,
            "refused",
            "The engine doesn’t do this",
            None,
            &["Edit the words"][..],
        ),
        (
            NeedsGenerative,
            "refused",
            "This needs a generative model",
            None,
            &["Edit the words"],
        ),
        (NotUnderstood, "refused", "Not understood", None, &["Edit the words"]),
        (
            Blocked,
            "refused",
            "The service declined this edit",
            None,
            &["Edit the words"],
        ),
        (
            RateLimited,
            "failed",
            "Too many requests just now",
            Some("On the service’s side"),
            &["Try again", "Edit and resend"],
        ),
        (
            Quota,
            "failed",
            "The allowance is used up",
            Some("On the service’s side"),
            &["Try again", "Edit and resend"],
        ),
        (
            Unavailable,
            "failed",
            "Out of reach",
            Some("On the service’s side"),
            &["Try again", "Edit and resend"],
        ),
        (
            Timeout,
            "failed",
            "No answer in time",
            Some("On the service’s side"),
            &["Try again", "Edit and resend"],
        ),
        (
            NoImage,
            "failed",
            "The model answered in words only",
            None,
            &["Ask for the picture", "Edit and resend"],
        ),
        (
            BadAnswer,
            "failed",
            "The answer held no picture",
            Some("On the service’s side"),
            &["Try again", "Edit and resend"],
        ),
        (
            Misconfigured,
            "failed",
            "Not set up right",
            Some("On this server’s side"),
            &["Try again", "Edit and resend"],
        ),
        (
            Interrupted,
            "failed",
            "Interrupted",
            Some("On this server’s side"),
            &["Try again", "Edit and resend"],
        ),
    ];
    assert_eq!(rows.map(|row| row.0), FailureKind::ALL, "a kind is missing here");
    for (kind, state, title, fault, next) in rows {
        let page = card(&sample::failed(7, kind));
        assert_eq!(
            one(&page, "article").value().attr("data-state"),
            Some(state),
            "{kind:?}"
        );
        assert_eq!(text(one(&page, ".turn-ended-title strong")), title);
        assert_eq!(
            select(&page, ".turn-ended-title .tag")
                .into_iter()
                .map(text)
                .next()
                .as_deref(),
            fault,
            "{kind:?}"
        );
        assert_eq!(offers(&page), next, "{kind:?}");
        assert!(text(one(&page, ".turn-ended")).contains(&format!("Sentence about {}.", kind.as_str())));
        let form = select(&page, "form")
            .first()
            .and_then(|form| form.value().attr("action").map(str::to_owned));
        assert_eq!(
            form.is_some_and(|action| action.ends_with("/retry")),
            state == "failed",
            "{kind:?}"
        );
        assert_eq!(
            select(&page, ".report").len(),
            usize::from(state == "failed"),
            "a refusal needs no report"
        );
    }
}

#[test]
fn a_failure_says_how_long_to_wait_and_what_the_service_said() {
    let page = card(&sample::failed(7, FailureKind::RateLimited));
    assert!(text(one(&page, ".turn-ended")).contains("Worth another try after 45 s."));
    let page = card(&sample::failed(7, FailureKind::NoImage));
    assert_eq!(text(one(&page, ".turn-note")), "I can describe it instead.");
}

#[test]
fn a_cancelled_turn_keeps_its_words_and_can_be_sent_again() {
    let page = card(&sample::turn(1, "Ana", "sharper", TurnState::Cancelled));
    assert_eq!(text(one(&page, ".turn-text")), "sharper");
    assert_eq!(offers(&page), ["Send again", "Edit and resend"]);
}

#[test]
fn edit_and_resend_brings_base_references_and_words_back() {
    let mut failed = sample::failed(7, FailureKind::Blocked);
    failed.turn.references = vec![sample::version_id(8), sample::version_id(9)];
    let page = card(&failed);
    let link = one(&page, "a[data-again]");
    let [base, second, third] = [1, 8, 9].map(sample::version_id);
    let expected = format!(
        "/s/{}?v={base}&ref={second}&ref={third}&again={}",
        sample::session("x").id,
        sample::turn_id(7)
    );
    assert_eq!(link.value().attr("href"), Some(expected.as_str()));
    assert_eq!(link.value().attr("data-again"), Some("embedded"));
}

#[test]
fn sec_web_05_what_people_type_stays_text() {
    let mut failed = sample::failed(7, FailureKind::NoImage);
    failed.turn.author.name = HOSTILE.into();
    failed.turn.instruction = crate::domain::instruction::Instruction::parse(HOSTILE).unwrap();
    failed.turn.backend = HOSTILE.into();
    failed.backend_title = HOSTILE.into();
    if let TurnState::Failed(failure) = &mut failed.turn.state {
        failure.note = Some(HOSTILE.into());
        failure.message = HOSTILE.into();
    }
    let mut done = sample::done(8, HOSTILE, HOSTILE, 1, &[2]);
    done.backend_title = HOSTILE.into();
    if let TurnState::Done(outcome) = &mut done.turn.state {
        outcome.note = Some(HOSTILE.into());
    }
    let mut site = sample::site();
    site.visitor_name = Some(HOSTILE.into());
    let mut state = sample::state(Standing::Owner, vec![failed, done]);
    state.session = sample::session(HOSTILE);
    state.text = Some(format!("</textarea>{HOSTILE}"));
    state.error = Some(HOSTILE.into());
    state.stage.path[3].asked = Some(HOSTILE.into());
    state.stage.path[3].author = Some(HOSTILE.into());
    state.backends[0].name = HOSTILE.into();
    state.backends[0].title = HOSTILE.into();
    let sessions = [super::super::SessionSummary {
        session: state.session.clone(),
        standing: Standing::Owner,
    }];
    let pages = [
        read(&SessionPage::new(&site, &state)),
        read(&Home::new(&site, &sessions, &sessions)),
        read(&ErrorPage::new(&site, 422, Some(HOSTILE), Some(HOSTILE))),
        read(&SignIn::new(&site, Some(HOSTILE))),
        read(&SharePage::new(
            &site,
            &state.session,
            SharePanel::new(&state.session, &[], None, Some(HOSTILE), sample::NOW),
        )),
        read(&SessionHead::new(&state.session)),
    ];
    for page in &pages {
        assert!(
            select(page, "script").iter().all(|s| s.value().attr("src").is_some()),
            "only our own"
        );
        assert!(select(page, "[onclick], [onerror], img[src=x]").is_empty());
    }
    assert_eq!(
        one(&pages[0], "#turn-00000000-0000-0000-0000-000000000207 .turn-text")
            .text()
            .collect::<String>(),
        HOSTILE
    );
    assert_eq!(
        one(&pages[0], "textarea").text().collect::<String>(),
        format!("</textarea>{HOSTILE}")
    );
    assert_eq!(
        one(&pages[0], "#stage .picture:not(.before)").value().attr("alt"),
        Some(HOSTILE)
    );
}

#[test]
fn the_page_the_answer_and_the_stream_have_the_same_card() {
    let turns = turns();
    let page = html(&SessionPage::new(
        &sample::site(),
        &sample::state(Standing::Owner, turns.clone()),
    ));
    let watched = html(&SessionPage::new(
        &sample::site(),
        &sample::state(Standing::Viewer, turns.clone()),
    ));
    let earlier = html(&EarlierTurns::new(&sample::session("x"), &turns, None));
    for turn in &turns {
        let card = html(&TurnCard::new(turn));
        assert!(page.contains(card.trim()) && watched.contains(card.trim()) && earlier.contains(card.trim()));
        assert!(
            card.trim().starts_with("<article") && card.trim().ends_with("</article>"),
            "one root"
        );
    }
}
