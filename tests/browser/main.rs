//! Plantain in a real browser: what only a browser can show. Run by `cargo test --test browser`.
//!
//! Rule: a story is a person's afternoon, told with real keys, clicks and files; it never sleeps for luck and never
//! waits for the network to be idle, because pages hold a stream open. Without Chromium every story is reported as
//! ignored, with the reason. Two run at a time, unless `--test-threads` says otherwise.
//!
//! Every state that a story looks at is audited by axe-core (`axe.rs`). How long pages take is measured by `-- --ignored`.
//! `PLANTAIN_PHOTOS=DIR` takes a real photo from there instead of a drawn one, with `PLANTAIN_MODEL_DIR=DIR` the founding
//! stories are told too; `PLANTAIN_SHOTS=DIR` keeps screenshots.

mod axe;
mod comments;
mod company;
#[path = "../it/drifting.rs"]
mod drifting;
mod driver;
mod editing;
#[expect(
    dead_code,
    reason = "a fake shared with the backend's own tests; not all of it is needed here"
)]
#[path = "../it/backends/fake.rs"]
mod fake;
mod first_use;
mod founding;
mod guard;
#[expect(
    dead_code,
    reason = "a kit shared with the tests over HTTP; not all of it is needed here"
)]
#[path = "../it/house.rs"]
mod house;
mod keyboard;
mod kit;
mod languages;
mod library;
mod looks;
mod markup;
mod measures;
mod nets;
mod points;
#[expect(
    dead_code,
    reason = "a kit shared with the tests over HTTP; not all of it is needed here"
)]
#[path = "../it/program.rs"]
mod program;
mod regions;
mod restart;
#[expect(
    dead_code,
    reason = "a kit shared with the tests over HTTP; not all of it is needed here"
)]
#[path = "../it/reworking.rs"]
mod reworking;
#[path = "../it/scripted.rs"]
mod scripted;
mod services;
mod studio;
#[path = "../it/talked.rs"]
mod talked;
mod together;
mod troubles;
mod unscripted;
mod verify;

use std::{process::ExitCode, time::Duration};

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use tokio::{runtime, time::timeout};

/// No story takes longer, even on a busy machine.
const LONGEST: Duration = Duration::from_secs(240);
/// Measuring has the machine for itself.
const MEASURING: Duration = Duration::from_secs(900);

/// A trial for each story, named after it; `$missing` says what it would need and is not here.
macro_rules! stories {
    ($missing:path; $($module:ident :: $story:ident),* $(,)?) => {
        vec![$(Trial::ignorable_test(stringify!($story), || play($missing(), $module::$story, LONGEST))),*]
    };
}

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(4);
    let mut stories = stories![
        driver::missing;
        editing::ui_4_1_three_edits_appear_live_one_after_the_other,
        editing::ui_4_3_references_come_by_drop_and_paste_and_can_be_moved,
        editing::ui_4_13_a_first_load_stays_within_its_budget,
        together::a3_an_edit_by_one_shows_in_the_others_page_within_a_second,
        together::a3_two_at_once_each_branch_from_their_own_base,
        together::sec_share_03_the_address_bar_does_not_keep_the_token,
        together::sec_share_06_a_viewer_watches_until_the_link_is_revoked,
        comments::ui_4_11_a_comment_reaches_the_other_without_losing_their_place,
        comments::ui_4_11_comments_by_keyboard_alone,
        comments::ui_5_comments_by_forms_and_links,
        comments::ui_4_11_comments_look_right_at_a_desk,
        comments::ui_4_11_comments_look_right_in_a_hand,
        company::ui_4_11_who_is_here_and_who_types,
        company::ui_4_11_ones_own_turn_is_no_news_on_a_slow_line,
        company::ui_4_2_the_coach_advises_and_never_rewrites,
        company::ui_4_2_quick_chips_follow_a_result,
        nets::ui_3_an_open_page_follows_the_fetching_of_the_nets,
        restart::rel_sse_04_a_page_outlives_its_server_and_shows_each_turn_once,
        markup::sec_web_05_instructions_and_answers_are_text,
        markup::sec_web_05_titles_and_names_are_text,
        markup::sec_web_05_file_names_are_text,
        unscripted::ui_5_everything_needed_works_by_forms_and_links,
        troubles::ui_4_2_a_refused_instruction_keeps_words_picture_and_selection,
        troubles::ui_4_3_a_file_that_is_no_picture_is_refused_beside_its_name,
        troubles::ui_4_3_an_upload_can_be_stopped,
        troubles::ui_4_3_a_file_chosen_before_the_page_is_ready_is_taken,
        troubles::ui_4_2_words_survive_a_lost_connection,
        troubles::rel_turn_04_an_answer_that_got_lost_is_brought_by_the_stream,
        troubles::rel_turn_04_the_same_words_sent_again_make_no_second_turn,
        languages::ui_4_12_german_looks_right_at_a_desk,
        languages::ui_4_12_arabic_looks_right_at_a_desk,
        languages::ui_4_12_german_looks_right_in_a_hand,
        languages::ui_4_12_arabic_looks_right_in_a_hand,
        languages::ui_4_12_a_language_is_chosen_in_the_menu_and_live_words_follow_it,
        keyboard::ui_4_12_every_control_is_reached_by_tab_and_has_a_name,
        keyboard::ui_4_7_a_whole_edit_without_a_mouse,
        keyboard::ui_4_12_a_turn_is_announced_once_and_in_words,
        services::ui_4_2_the_composer_offers_what_the_chosen_service_can_do,
        services::ui_4_2_what_services_offer_fits_into_a_hand,
        services::ui_4_6_a_preview_is_seen_on_the_stage_while_it_is_drawn,
        services::ui_4_6_each_failure_of_a_service_has_its_own_card,
        studio::ui_4_7_two_versions_are_compared_in_four_ways,
        studio::ui_4_7_comparing_in_a_hand_needs_no_dragging,
        studio::ui_4_7_comparing_by_keyboard_alone,
        studio::ui_4_7_pages_of_their_own_without_scripts,
        studio::ui_4_4_candidates_are_a_grid_at_a_desk,
        studio::ui_4_4_candidates_are_a_grid_in_a_hand,
        studio::ui_4_5_the_tree_is_walked_by_keyboard,
        studio::ui_4_5_many_instructions_are_applied_in_one_go,
        studio::ui_4_1_the_sheet_has_three_stops,
        regions::ui_4_8_a_region_is_drawn_with_every_tool,
        regions::ui_4_8_one_finger_paints_and_two_look_nearer,
        regions::ui_4_8_a_region_by_keyboard_alone,
        regions::ui_4_8_a_mask_goes_out_and_comes_in_as_png,
        regions::ui_4_8_a_turn_takes_its_region_along,
        regions::ui_4_8_smart_select_makes_a_rough_stroke_exact,
        regions::ui_4_8_a_stroke_over_a_large_mask_is_quick,
        guard::e5_the_card_of_a_guarded_turn_says_what_was_kept_and_each_offer_helps,
        points::ui_4_8_points_are_set_and_named_at_a_desk,
        points::ui_4_8_points_are_set_and_named_in_a_hand,
        points::ui_4_8_points_by_keyboard_alone,
        verify::f4_a_stranger_is_told_where_a_picture_comes_from,
        library::ui_4_10_pictures_are_found_ticked_and_reused_at_a_desk,
        library::ui_4_10_pictures_are_found_ticked_and_reused_in_a_hand,
        library::ui_4_2_a_preset_fills_the_composer_at_a_desk,
        library::ui_4_2_a_preset_fills_the_composer_in_a_hand,
        first_use::ui_4_10_a_first_walk_at_a_desk,
        first_use::ui_4_10_a_first_walk_in_a_hand,
        looks::ui_4_12_pages_of_their_own_look_right_at_a_desk,
        looks::ui_4_12_pages_of_their_own_look_right_in_a_hand,
        looks::ui_4_12_shut_doors_look_right_at_a_desk,
        looks::ui_4_12_shut_doors_look_right_in_a_hand,
        looks::ui_4_12_home_and_doors_look_right_at_a_desk,
        looks::ui_4_12_home_and_doors_look_right_in_a_hand,
        looks::ui_4_12_the_session_page_looks_right_at_a_desk,
        looks::ui_4_12_the_session_page_looks_right_in_a_hand,
        looks::ui_4_6_the_states_of_a_turn_look_right_at_a_desk,
        looks::ui_4_6_the_states_of_a_turn_look_right_in_a_hand,
    ];
    stories.extend(stories![axe::missing; axe::ui_4_12_the_audit_sees_what_is_wrong]);
    stories.extend(stories![
        founding::missing;
        founding::c8_a_person_is_placed_in_a_cyberpunk_city_at_sunset,
        founding::c8_a_dog_is_put_in_a_magical_forest,
        founding::c8_a_landscape_then_its_weather,
        founding::c8_a_thing_is_removed_and_nothing_else,
        founding::c8_a_pattern_goes_onto_the_mug,
        founding::c8_a_clock_is_blended_in_then_made_smaller_and_moved_up,
    ]);
    // Only when asked for: figures of a busy machine say nothing.
    let measures = || play(driver::missing(), measures::ui_4_13_how_long_a_person_waits, MEASURING);
    stories.push(Trial::ignorable_test("ui_4_13_how_long_a_person_waits", measures).with_ignored_flag(true));
    let ended = libtest_mimic::run(&arguments, stories);
    axe::report();
    ended.exit_code()
}

fn play<Story, Told>(missing: Option<String>, story: Story, longest: Duration) -> Result<Completion, Failed>
where
    Story: FnOnce() -> Told,
    Told: Future<Output = ()>,
{
    if let Some(reason) = missing {
        return Ok(Completion::ignored_with(reason));
    }
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let ended = runtime.block_on(async { timeout(longest, story()).await });
    runtime.shutdown_background();
    ended
        .map(|()| Completion::Completed)
        .map_err(|_| Failed::from("took too long"))
}
