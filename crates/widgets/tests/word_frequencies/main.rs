//! The lab *word frequencies*, as a visitor works with it.
#![allow(clippy::unwrap_used, clippy::panic)]

mod visit;

use protocol::{ErrorInfo, EventInfo, Loose, ProgressInfo, RunEnd, TaskStatus};
use widgets::{Detail, Effect, Input};

use crate::visit::{Visit, outcome, ran, text};

#[test]
fn the_first_run_reads_the_collection_and_then_begins() {
    let mut visit = Visit::new();
    visit.press("run");
    assert_eq!(visit.effects, [Effect::LoadCollection]);
    assert_eq!(visit.status(), "Reading the bundled collection …");
    visit.collection(&["1900", "1901"]);
    let run = visit.run();
    assert_eq!(
        (
            &run.options.n_jobs,
            run.options.backend.as_deref(),
            run.memory
        ),
        (&Some(Loose::Text("-1".to_owned())), Some("loky"), true)
    );
    assert_eq!(visit.texts().len(), 2);
    assert!(
        visit
            .texts()
            .iter()
            .all(|text| text.bundled && text.changes == 0)
    );
}

#[test]
fn a_run_stopped_while_the_collection_is_read_does_not_begin_and_the_next_one_waits_for_the_same_reading()
 {
    let mut visit = Visit::new();
    visit.press("run");
    visit.press("stop");
    assert_eq!(visit.status(), "Stopped before anything was done.");
    visit.press("run");
    assert!(visit.effects.is_empty(), "it is being read already");
    visit.collection(&["1900"]);
    assert_eq!(visit.texts().len(), 1);

    let mut visit = Visit::new();
    visit.press("run");
    visit.press("stop");
    visit.collection(&["1900"]);
    assert!(visit.effects.is_empty());
    assert_eq!(visit.status(), "Stopped before anything was done.");
}

#[test]
fn a_collection_that_cannot_be_read_is_said_and_the_next_run_tries_again() {
    let mut visit = Visit::new();
    visit.press("run");
    visit.hear(Input::Collection(Err("The host answered 404.".to_owned())));
    assert!(visit.status().contains("The host answered 404."));
    visit.press("run");
    assert_eq!(visit.effects, [Effect::LoadCollection]);
}

#[test]
fn without_texts_there_is_a_sentence_and_no_run() {
    let mut visit = Visit::new();
    visit.change("source", "own");
    visit.press("run");
    assert!(visit.effects.is_empty());
    assert!(visit.status().contains("choose one or more files"));
}

#[test]
fn files_of_the_same_name_are_told_apart() {
    let mut visit = Visit::new();
    visit.choose(&["a.txt", "a.txt", "a.txt (2)", "a.txt"]);
    assert!(visit.html().contains("Two files are called “a.txt”"));
    visit.press("run");
    let names: Vec<_> = visit
        .texts()
        .iter()
        .map(|text| text.name.as_str())
        .collect();
    assert_eq!(names, ["a.txt", "a.txt (2)", "a.txt (2) (2)", "a.txt (3)"]);
}

#[test]
fn results_stand_in_the_order_of_the_texts_whoever_is_done_first() {
    let mut visit = ran();
    visit.done(1, 4000, TaskStatus::Ok);
    visit.done(0, 20, TaskStatus::Cached);
    visit.end(2, 1, 0);
    assert_eq!(
        visit.status(),
        "Done: 2 texts in 100 ms on 2 workers, 1 from the cache."
    );
    assert_eq!(visit.effects, [Effect::ReadMemory]);
    let html = visit.html();
    assert!(html.find("a.txt").unwrap() < html.find("b.txt").unwrap());
    assert!(html.contains("4,000") && html.contains("2,000"));
    assert!(html.contains("from the cache"));
}

#[test]
fn a_text_that_cannot_be_counted_says_why_and_the_others_are_unharmed() {
    let mut visit = ran();
    let why = "This is not UTF-8 text: a zero byte at byte 3, line 1.";
    visit.hear(Input::Outcomes(vec![(
        outcome(0, TaskStatus::Failed, Some(why)),
        None,
    )]));
    visit.done(1, 20, TaskStatus::Ok);
    visit.end(2, 0, 1);
    assert!(
        visit
            .status()
            .ends_with("1 text could not be counted, see the table.")
    );
    assert!(visit.html().contains(why));
}

#[test]
fn stop_stops_the_run_and_says_how_far_it_came() {
    let mut visit = ran();
    visit.done(0, 20, TaskStatus::Ok);
    visit.press("stop");
    assert_eq!(visit.effects, [Effect::Stop]);
    assert_eq!(visit.status(), "Stopping …");
    visit.hear(Input::Ended(RunEnd {
        error: Some(ErrorInfo {
            code: "cancelled".to_owned(),
            message: "The run was stopped.".to_owned(),
            task: None,
            position: None,
        }),
        warnings: Vec::new(),
        progress: ProgressInfo {
            elapsed_ms: 50.0,
            ..ProgressInfo::default()
        },
    }));
    assert_eq!(
        visit.status(),
        "Stopped after 50.0 ms: 1 of 2 texts are done."
    );
    assert!(visit.html().contains("stopped</td>"));
    visit.press("run");
    assert_eq!(visit.texts().len(), 2);
}

#[test]
fn while_a_run_goes_on_nothing_else_begins() {
    let mut visit = ran();
    for control in ["run", "compare", "clear", "change-text"] {
        visit.press(control);
        assert!(visit.effects.is_empty(), "{control}");
    }
    visit.choose(&["c.txt"]);
    assert!(visit.html().contains("when the run has ended"));
    assert!(!visit.html().contains("c.txt"));
}

#[test]
fn a_line_added_to_a_text_travels_with_the_next_run() {
    let mut visit = ran();
    visit.end(2, 0, 0);
    visit.change("text", "1");
    visit.press("change-text");
    assert!(visit.status().contains("“b.txt”"));
    visit.press("run");
    let changes: Vec<_> = visit.texts().iter().map(|text| text.changes).collect();
    assert_eq!(changes, [0, 1]);
}

#[test]
fn options_that_cannot_be_are_said_as_they_came() {
    let mut visit = Visit::new();
    visit.choose(&["a.txt"]);
    visit.change("workers", " 0 ");
    visit.press("run");
    assert_eq!(
        visit.run().options.n_jobs,
        Some(Loose::Text("0".to_owned()))
    );
    visit.hear(Input::Ended(RunEnd {
        error: Some(ErrorInfo {
            code: "n-jobs-zero".to_owned(),
            message: "n_jobs is 0.".to_owned(),
            task: None,
            position: None,
        }),
        warnings: Vec::new(),
        progress: ProgressInfo::default(),
    }));
    assert_eq!(visit.status(), "Not done. n_jobs is 0.");
}

#[test]
fn the_comparison_measures_each_way_five_times_in_turn() {
    let mut visit = Visit::new();
    visit.choose(&["a.txt"]);
    visit.press("compare");
    let mut ways = Vec::new();
    while let [Effect::Run(request)] = &visit.effects[..] {
        let backend = request.options.backend.clone().unwrap_or_default();
        ways.push((backend, request.memory));
        visit.hear(Input::Begun { workers: 2 });
        visit.end(1, 0, 0);
    }
    let remembered = ("loky".to_owned(), true);
    let round = [
        ("sequential".to_owned(), false),
        ("loky".to_owned(), false),
        remembered.clone(),
    ];
    assert_eq!(ways[0], remembered, "the cache is filled first");
    assert_eq!(ways.len(), 16);
    assert!(ways[1..].chunks(3).all(|ways| ways == round));
    let html = text(&visit.html());
    assert!(
        html.contains("n = 5 each, measured here, on this machine (2 cores, clock steps of 5 µs)"),
        "{html}"
    );
    assert_eq!(visit.status(), "The comparison is done.");
}

#[test]
fn stopping_a_comparison_ends_all_of_it() {
    let mut visit = Visit::new();
    visit.choose(&["a.txt"]);
    visit.press("compare");
    visit.press("stop");
    visit.end(1, 0, 0);
    assert!(
        !visit
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Run(_)))
    );
}

#[test]
fn clearing_says_what_it_freed_and_asks_what_is_left() {
    let mut visit = Visit::new();
    visit.press("clear");
    assert_eq!(visit.effects, [Effect::ClearMemory]);
    visit.hear(Input::Cleared(Ok((123, 19_400))));
    assert_eq!(
        visit.status(),
        "The cache is empty: 123 results and 19.4 kB were freed."
    );
    assert_eq!(visit.effects, [Effect::ReadMemory]);
    visit.hear(Input::Stored(Ok((0, 0))));
    assert!(
        visit
            .html()
            .contains("The cache is empty. Results are kept in this browser.")
    );
}

#[test]
fn warnings_are_shown() {
    let mut visit = ran();
    visit.hear(Input::Ended(RunEnd {
        error: None,
        warnings: vec!["The browser's storage is full.".to_owned()],
        progress: ProgressInfo::default(),
    }));
    assert!(visit.html().contains("storage is full"));
}

#[test]
fn names_from_outside_are_text_and_never_markup() {
    let mut visit = Visit::new();
    visit.choose(&["<img src=x onerror=alert(1)>\"'.txt"]);
    visit.press("run");
    let event = |kind: &str| EventInfo {
        at: 1.0,
        kind: kind.to_owned(),
        task: Some(0),
        worker: Some(0),
        batch: None,
        size: None,
        why: None,
    };
    visit.hear(Input::Events(
        vec![event("dispatched"), event("finished")],
        ProgressInfo::default(),
    ));
    visit.done(0, 10, TaskStatus::Ok);
    visit.end(1, 0, 0);
    let html = visit.html();
    assert!(html.contains("&lt;img"));
    assert!(!html.contains("<img"), "{html}");
}

#[test]
fn a_brief_view_leaves_out_what_is_large() {
    let visit = ran();
    let names: Vec<_> = visit
        .lab
        .view(Detail::Brief)
        .iter()
        .map(|region| region.0)
        .collect();
    assert!(names.contains(&"progress") && !names.contains(&"results"));
}

#[test]
fn no_style_attribute_is_ever_written_since_the_policy_forbids_it() {
    let mut visit = ran();
    visit.done(0, 10, TaskStatus::Ok);
    visit.end(2, 0, 0);
    assert!(!visit.html().contains(" style="));
}

#[test]
fn what_was_recorded_stays_until_a_run_begins() {
    let names = |visit: &Visit| -> Vec<_> {
        visit
            .lab
            .view(Detail::Full)
            .iter()
            .map(|region| region.0)
            .collect()
    };
    let mut visit = Visit::new();
    visit.change("source", "own");
    visit.press("run");
    assert!(!names(&visit).contains(&"results") && !names(&visit).contains(&"recorded"));
    visit.choose(&["a.txt"]);
    visit.press("run");
    assert!(names(&visit).contains(&"results") && names(&visit).contains(&"recorded"));
    assert!(!visit.html().contains("was recorded"));
}

#[test]
fn a_new_lab_looks_like_this() {
    insta::assert_snapshot!(Visit::new().html().replace('>', ">\n"));
}

#[test]
fn a_finished_run_looks_like_this() {
    let mut visit = ran();
    let event = |at, kind: &str, task, worker| EventInfo {
        at,
        kind: kind.to_owned(),
        task: Some(task),
        worker,
        batch: None,
        size: None,
        why: None,
    };
    visit.hear(Input::Events(
        vec![
            event(0.0, "submitted", 0, None),
            event(0.0, "submitted", 1, None),
            event(10.0, "dispatched", 0, Some(4)),
            event(50.0, "finished", 0, Some(4)),
            event(10.0, "from-cache", 1, None),
        ],
        ProgressInfo::default(),
    ));
    visit.done(0, 3000, TaskStatus::Ok);
    visit.done(1, 20, TaskStatus::Cached);
    visit.end(2, 1, 0);
    insta::assert_snapshot!(visit.html().replace('>', ">\n"));
}
