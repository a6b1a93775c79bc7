//! The lab *formats*, as a visitor works with it; the jobs are real, the clock is not.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../german/mod.rs"]
mod german;
mod sqlite;
mod visit;

use language::choose;
use widgets::{Detail, page};

use crate::german::{choose_silence, words};
use crate::visit::{Visit, lines, small, text};

#[test]
fn a_measurement_shows_everything() {
    let mut visit = Visit::new();
    visit.change("rows", "2");
    visit.change("nesting", "1");
    visit.change("rounds", "3");
    visit.change("guess-smallest", "csv");
    visit.change("guess-fastest", "postcard");
    visit.press("measure");
    visit.work_all();
    assert_eq!(visit.status(), "Done: 10 formats measured.");
    let regions = visit.page.iter();
    let regions: Vec<_> = regions
        .map(|(name, html)| format!("== {name}\n{}\n", lines(html)))
        .collect();
    insta::assert_snapshot!(regions.concat());
}

#[test]
fn the_data_is_described_without_being_made() {
    let mut visit = Visit::new();
    visit.work_all();
    assert!(
        text(visit.region("preview"))
            .starts_with("The data: 5,000 records with 8 values each, flat.")
    );
    visit.change("rows", "12");
    visit.change("columns", "50");
    visit.change("nesting", "2");
    // Moved quickly: what is in between is not looked at.
    assert_eq!(visit.asked.len(), 1);
    visit.work_all();
    let preview = text(visit.region("preview"));
    assert!(
        preview
            .starts_with("The data: 100,000 records with 50 values each, nested, 2 levels deep."),
        "{preview}"
    );
    visit.change("length", "8");
    visit.work_all();
    assert!(text(visit.region("preview")).contains("(as many as fit into a tab)"));
}

#[test]
fn a_guess_is_locked_while_it_is_measured_and_answered_afterwards() {
    let mut visit = small();
    visit.change("guess-smallest", "json");
    visit.press("measure");
    visit.change("guess-smallest", "csv");
    assert!(visit.region("guess").contains("disabled"));
    visit.work_all();
    let verdict = text(visit.region("verdict"));
    assert!(
        verdict.contains("You said JSON, but CSV is the smallest"),
        "{verdict}"
    );
    assert!(
        verdict.contains("JSON came 3rd of 3") || verdict.contains("JSON came 2nd of 3"),
        "{verdict}"
    );
    assert!(verdict.contains("No guess. "), "{verdict}");

    visit.change("guess-smallest", "csv");
    visit.press("measure");
    visit.work_all();
    let verdict = text(visit.region("verdict"));
    assert!(verdict.contains("Right! CSV is the smallest"), "{verdict}");
}

#[test]
fn what_a_format_loses_is_said_and_what_it_refuses_takes_the_place_of_its_bar() {
    let mut visit = small();
    visit.change("format-toml", "true");
    visit.change("format-messagepack", "true");
    visit.choose(
        "a.json",
        br#"{"items": [{"a": null, "b": [null]}, {"a": "007", "b": []}]}"#,
    );
    visit.press("measure");
    visit.work_all();
    assert!(
        visit
            .status()
            .starts_with("Done: 4 formats measured. One could not be"),
        "{}",
        visit.status()
    );
    let sizes = visit.region("sizes");
    assert!(
        sizes.contains("fm-failed") && text(sizes).contains("TOMLCannot. TOML"),
        "{sizes}"
    );
    let losses = text(visit.region("losses"));
    assert!(losses.contains("CSV: 2 of 4 values changed"), "{losses}");
    assert!(
        losses.contains("2 × a list → a text first in record 1, b: [null] → “[null]”"),
        "{losses}"
    );
    assert!(
        losses.contains("MessagePack: nothing lost, all 3 values came back"),
        "{losses}"
    );
    assert!(losses.contains("TOML: refused."), "{losses}");
}

#[test]
fn rounds_end_early_for_a_format_that_is_slow() {
    let mut visit = small();
    visit.change("rounds", "50");
    visit.change("budget", "1");
    visit.slowness = 4.0;
    visit.press("measure");
    visit.work_all();
    assert_eq!(visit.status(), "Done: 3 formats measured.");
    let table = text(visit.region("table"));
    let n: Vec<u32> = table
        .split("n = ")
        .skip(1)
        .filter_map(|rest| {
            rest.split(|c: char| !c.is_ascii_digit())
                .next()?
                .parse()
                .ok()
        })
        .collect();
    assert_eq!(n.len(), 9, "{table}");
    assert!(n.iter().all(|n| (5..50).contains(n)), "{n:?}");
}

#[test]
fn what_was_measured_stays_when_it_is_stopped() {
    let mut visit = small();
    visit.press("measure");
    for _ in 0..18 {
        visit.work();
    }
    assert!(
        visit.status().starts_with("Round 1 of 2: "),
        "{}",
        visit.status()
    );
    assert!(visit.region("progress").contains("<progress"));
    visit.press("stop");
    assert_eq!(visit.status(), "Stopped. What was measured so far stays.");
    assert_eq!(visit.region("progress"), "");
    assert!(text(visit.region("sizes")).contains("CSV"));
    assert!(visit.asked.is_empty());
    visit.press("measure");
    visit.work_all();
    assert_eq!(visit.status(), "Done: 3 formats measured.");
    assert!(text(visit.region("table")).contains("worker already warm"));
}

#[test]
fn a_format_that_costs_the_worker_its_life_does_not_end_the_others() {
    let mut visit = small();
    visit.press("measure");
    // The data, then all of CSV, then writing JSON.
    visit.until_lost = Some(6);
    visit.work_all();
    assert!(
        visit.status().starts_with("Done: 2 formats measured."),
        "{}",
        visit.status()
    );
    assert!(text(visit.region("sizes")).contains("JSONCannot. Writing ended the worker"));
}

#[test]
fn a_file_that_cannot_be_read_says_where_and_what_it_looks_like() {
    let mut visit = small();
    visit.change("origin", "own");
    visit.press("measure");
    assert_eq!(visit.status(), "Not done. No file is chosen yet.");
    visit.choose("a.json", b"name: x\nage: 3\n");
    visit.work_all();
    let status = visit.status();
    assert!(status.starts_with("Not done. Line 1, column "), "{status}");
    assert!(status.ends_with("It looks like YAML."), "{status}");
    visit.press("measure");
    visit.work_all();
    assert!(visit.status().starts_with("Not done. Line 1, column "));
    assert!(
        !visit
            .region("actions")
            .contains("data-press=\"measure\" aria-disabled")
    );
    // A better file of the same name is another file.
    visit.choose("a.json", b"[{\"a\": 1}]");
    visit.work_all();
    assert_eq!(visit.status(), "");
    visit.press("measure");
    visit.work_all();
    assert_eq!(visit.status(), "Done: 3 formats measured.");
}

#[test]
fn a_new_file_ends_what_is_measured_of_the_old_one() {
    let mut visit = small();
    visit.press("measure");
    visit.work();
    visit.choose("b.csv", b"a,b\n1,2\n");
    visit.work_all();
    assert!(text(visit.region("preview")).contains("1 record with 2 fields, flat."));
    visit.press("measure");
    visit.work_all();
    assert_eq!(visit.status(), "Done: 3 formats measured.");
}

#[test]
fn a_file_without_records_is_measured_as_a_whole() {
    let mut visit = small();
    visit.change("format-toml", "true");
    visit.choose("app.toml", b"title = \"x\"\n[server]\nport = 80\n");
    visit.press("measure");
    visit.work_all();
    assert!(
        visit.status().starts_with("Done: 3 formats measured. One"),
        "{}",
        visit.status()
    );
    let times = text(visit.region("times"));
    assert!(!times.contains("Reading one record"), "{times}");
}

#[test]
fn nonsense_in_the_fields_is_told_and_no_format_is_no_measurement() {
    let mut visit = small();
    for nonsense in ["0", "51", "seven", ""] {
        visit.change("rounds", nonsense);
        visit.press("measure");
        assert_eq!(
            visit.status(),
            format!("Not done. Rounds are a whole number from 1 to 50, not “{nonsense}”.")
        );
    }
    visit.change("rounds", "1");
    for format in ["csv", "json", "pickle"] {
        visit.change(&format!("format-{format}"), "false");
    }
    visit.press("measure");
    assert_eq!(
        visit.status(),
        "Not done. No format takes part: choose at least one."
    );
    assert!(visit.asked.is_empty());
}

#[test]
fn a_format_that_takes_no_part_is_no_guess() {
    let mut visit = small();
    visit.change("guess-smallest", "csv");
    visit.change("format-csv", "false");
    visit.press("measure");
    visit.work_all();
    assert!(text(visit.region("verdict")).starts_with("Guess and truthNo guess. "));
}

#[test]
fn the_table_is_sorted_by_the_heading_that_is_pressed() {
    let mut visit = small();
    visit.press("measure");
    visit.work_all();
    let order = |visit: &Visit| {
        let table = visit.region("table").to_owned();
        let rows = table.split("<th scope=\"row\">").skip(1);
        rows.map(|row| row.split('<').next().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(order(&visit), ["CSV", "JSON", "pickle 5"]);
    visit.press("sort-size");
    let by_size = order(&visit);
    assert_eq!(by_size[0], "CSV");
    assert!(visit.region("table").contains("aria-sort=\"ascending\""));
    visit.press("sort-size");
    assert_eq!(order(&visit), by_size.into_iter().rev().collect::<Vec<_>>());
    assert!(visit.region("table").contains("aria-sort=\"descending\""));
}

#[test]
fn the_bottleneck_depends_on_where_the_bytes_come_from() {
    let mut visit = small();
    visit.press("measure");
    visit.work_all();
    visit.change("medium", "memory");
    let memory = text(visit.region("transport"));
    assert!(
        memory.contains("For every format reading takes longer than moving"),
        "{memory}"
    );
    visit.change("medium", "mobile");
    let mobile = text(visit.region("transport"));
    assert!(
        mobile.contains("Over a slow mobile network of 0.5 MB/s, "),
        "{mobile}"
    );
    assert_ne!(memory, mobile);
    assert!(mobile.contains("a model"));
}

#[test]
fn the_numbers_can_be_saved() {
    let mut visit = small();
    visit.press("measure");
    visit.work_all();
    visit.press("save");
    let (name, bytes) = visit.downloads.pop().unwrap();
    assert_eq!(name, "formats-measured.json");
    let saved: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(saved["formats"][0]["name"], "csv");
    assert_eq!(
        saved["formats"][0]["read"]["samples"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn every_text_of_a_measurement_goes_through_the_catalogue() {
    choose_silence();
    let mut visit = small();
    let words_of = |visit: &Visit| words(&page(&visit.lab.view(Detail::Full)));
    visit.change("format-messagepack", "true");
    visit.change("format-sqlite", "true");
    visit.change("indent", "true");
    visit.change("guess-smallest", "sqlite");
    visit.change("guess-fastest", "json");
    visit.change("nesting", "2");
    visit.press("measure");
    let mut texts = Vec::new();
    while visit.work() {
        texts.extend(words_of(&visit));
    }
    visit.change("medium", "mobile");
    texts.extend(words_of(&visit));
    visit.choose("a.json", br#"{"people": [{"name": null, "born": ["x"]}]}"#);
    visit.work_all();
    texts.extend(words_of(&visit));
    visit.press("measure");
    visit.work();
    visit.press("stop");
    texts.extend(words_of(&visit));
    for (rounds, format) in [("0", "true"), ("1", "false")] {
        for name in ["csv", "json", "pickle", "messagepack", "sqlite"] {
            visit.change(&format!("format-{name}"), format);
        }
        visit.change("rounds", rounds);
        visit.press("measure");
        texts.extend(words_of(&visit));
    }
    choose(None);
    assert_eq!(texts, [""; 0]);
}
