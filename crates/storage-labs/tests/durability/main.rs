//! The lab *durability*, as a visitor works with it. The writer is acted here; the workbench is the real one.
#![allow(clippy::unwrap_used, clippy::panic)]

mod visit;

use protocol::{LabEvent, Way, WriterOrder};
use storage_labs::{Effect, Input, WriterEffect, WriterInput};

use crate::visit::Visit;

#[test]
fn killed_half_way_the_plain_file_is_torn_and_the_others_are_old() {
    for format in ["csv", "json"] {
        for percent in ["30", "70"] {
            let mut visit = Visit::new();
            visit.change("records", "1000");
            visit.change("format", format);
            visit.change("percent", percent);
            visit.press("run");
            let status = visit.status();
            assert!(
                status.starts_with("Done. Written over in place: "),
                "{status}"
            );
            assert!(
                status.contains("place: a mixture") || status.contains("place: unreadable"),
                "{status}"
            );
            assert!(
                status.contains("renamed: all old; SQLite transaction: all old."),
                "{status}"
            );
            assert!(!visit.writer && !visit.held, "nothing goes on");
            let text = visit.text();
            assert!(text.contains(&format!("It was to be killed at {percent} %")));
            assert!(text.contains("The torn place, after byte"));
            assert!(text.contains("Left lying about: the other file"));
            assert!(text.contains("rollback journal"));
        }
    }
}

#[test]
fn the_finished_view() {
    let mut visit = Visit::new();
    visit.change("records", "1000");
    visit.change("percent", "40");
    visit.change("plain", "unreadable");
    visit.change("rename", "old");
    visit.late = 3;
    visit.press("run");
    insta::assert_snapshot!(visit.text().replace("><", ">\n<"));
}

#[test]
fn a_writer_that_goes_on_after_its_end_is_reported_as_it_was() {
    let mut visit = Visit::new();
    visit.change("percent", "99");
    visit.late = 10;
    visit.press("run");
    let status = visit.status();
    assert_eq!(
        status,
        "Done. Written over in place: all new; Written beside, then renamed: all new; SQLite transaction: all new."
    );
    assert!(visit.text().contains("It was to be killed at 99 %"));
}

#[test]
fn let_finish_everything_is_new() {
    let mut visit = Visit::new();
    visit.change("end", "finished");
    visit.change("plain", "new");
    visit.change("rename", "old");
    visit.press("run");
    assert_eq!(
        visit.status(),
        "Done. Written over in place: all new; Written beside, then renamed: all new; SQLite transaction: all new."
    );
    let text = visit.text();
    assert!(text.contains("It was not killed."));
    assert_eq!(text.matches("✓ yes").count(), 1);
    assert_eq!(text.matches("✗ no").count(), 1);
}

#[test]
fn killed_at_the_very_start_everything_is_old() {
    let mut visit = Visit::new();
    visit.change("percent", "0");
    visit.press("run");
    assert_eq!(
        visit.status(),
        "Done. Written over in place: all old; Written beside, then renamed: all old; SQLite transaction: all old."
    );
}

#[test]
fn many_kills_are_counted() {
    let mut visit = Visit::new();
    visit.change("records", "1000");
    visit.change("end", "random");
    visit.change("rounds", "10");
    visit.chances = vec![0.02, 0.4, 0.6, 0.9, 0.97];
    visit.press("run");
    let status = visit.status();
    assert!(
        status.contains("renamed: all old (10 of 10); SQLite transaction: all old (10 of 10)"),
        "{status}"
    );
    let text = visit.text();
    assert!(text.contains("10 all old, 0 all new, 0 torn"), "{text}");
    assert!(text.contains("0 all old, 0 all new, 10 torn"), "{text}");
    assert!(text.contains("n = 10 kills of each way"));
}

#[test]
fn the_prediction_is_locked_while_it_is_tried() {
    let mut visit = Visit::new();
    visit.change("plain", "old");
    visit.hear(Input::Visitor(LabEvent::Press {
        control: "run".to_owned(),
    }));
    visit.change("plain", "mixture");
    visit.change("records", "9000");
    visit.go_on();
    let text = visit.text();
    assert!(text.contains("<td>all old</td>"), "{text}");
    assert!(text.contains("value=\"1000\""));
}

#[test]
fn what_an_earlier_visit_left_can_be_looked_at_restored_and_removed() {
    let mut visit = Visit::new();
    visit.change("records", "1000");
    visit.press("run");
    visit.reload();
    let text = visit.text();
    assert!(
        text.contains("Files of an earlier run are still here (1,000 records, CSV)"),
        "{text}"
    );
    visit.press("look");
    let status = visit.status();
    assert!(
        status.starts_with("Done. Written over in place: ") && !status.contains("place: all old"),
        "{status}"
    );
    visit.press("restore");
    assert_eq!(
        visit.status(),
        "Version 1 is back. Written over in place: all old; Written beside, then renamed: all old; SQLite transaction: all old."
    );
    assert!(
        !visit
            .files
            .contains_key(&(Way::Rename, "people.new".to_owned()))
    );
    visit.press("clean");
    assert_eq!(
        visit.status(),
        "Cleaned up: all files of this lab are removed."
    );
    assert!(visit.files.is_empty());
    visit.press("look");
    assert_eq!(
        visit.status(),
        "Cleaned up: all files of this lab are removed.",
        "there is nothing to look at"
    );
}

#[test]
fn a_new_run_begins_with_no_files() {
    let mut visit = Visit::new();
    visit.put(Way::Rename, "something", vec![1]);
    visit.press("run");
    assert!(
        !visit
            .files
            .contains_key(&(Way::Rename, "something".to_owned()))
    );
}

#[test]
fn where_there_is_no_place_for_files_the_lab_says_so_and_does_nothing() {
    for code in ["no-storage", "refused"] {
        let mut visit = Visit::new();
        visit.faults.insert("look", (code, "SecurityError: no"));
        visit.reload();
        assert!(
            visit.status().starts_with("Not possible here. "),
            "{}",
            visit.status()
        );
        assert!(visit.status().contains("SecurityError: no"));
        let started = visit.started;
        for control in ["run", "look", "restore", "clean", "stop"] {
            visit.press(control);
        }
        assert_eq!(visit.started, started);
    }
}

#[test]
fn while_another_tab_works_nothing_is_begun() {
    let mut visit = Visit::new();
    visit.other_tab = true;
    visit.press("run");
    assert!(
        visit.status().starts_with("Not done. Another tab"),
        "{}",
        visit.status()
    );
    visit.other_tab = false;
    visit.press("run");
    assert!(visit.status().starts_with("Done."), "{}", visit.status());
}

#[test]
fn faults_are_said_and_the_lab_can_be_used_again() {
    for (order, code, words) in [
        ("prepare", "quota", "no room"),
        ("write", "quota", "no room"),
        ("write", "no-move", "cannot rename"),
        ("inspect", "in-use", "open elsewhere"),
        ("clean", "failed", "The writer failed"),
        ("recover", "no-sqlite", "SQLite could not be loaded"),
    ] {
        let mut visit = Visit::new();
        visit.faults.insert(order, (code, "because"));
        visit.press("run");
        let status = visit.status();
        assert!(
            status.starts_with("Not done. ")
                && status.contains(words)
                && status.contains("because"),
            "{status}"
        );
        assert!(!visit.writer && !visit.held);
        visit.faults.clear();
        visit.press("run");
        assert!(visit.status().starts_with("Done."), "{}", visit.status());
    }
}

#[test]
fn a_writer_that_is_lost_is_said() {
    let mut visit = Visit::new();
    visit.hear(Input::Visitor(LabEvent::Press {
        control: "run".to_owned(),
    }));
    visit.hear(Input::Writer(WriterInput::Lost("no script".to_owned())));
    assert!(
        visit
            .status()
            .starts_with("Not done. The worker that writes"),
        "{}",
        visit.status()
    );
}

#[test]
fn a_database_that_cannot_be_opened_is_what_is_left() {
    let mut visit = Visit::new();
    visit.faults.insert("recover", ("failed", "malformed"));
    visit.press("run");
    assert!(
        visit.status().contains("SQLite transaction: unreadable"),
        "{}",
        visit.status()
    );
    assert!(
        visit
            .text()
            .contains("SQLite could not open it: “malformed”")
    );
}

#[test]
fn stopped_the_files_stay_and_can_be_looked_at() {
    let mut visit = Visit::new();
    visit.hear(Input::Visitor(LabEvent::Press {
        control: "run".to_owned(),
    }));
    // Until the first way is being written.
    while let Some(effect) = visit.wanted.pop_front() {
        if matches!(
            &effect,
            Effect::Writer(WriterEffect::Order(WriterOrder::Write { .. }, _))
        ) {
            break;
        }
        visit.one(effect);
    }
    assert_eq!(visit.status(), "Written over in place: writing version 2 …");
    visit.wanted.clear();
    visit.press("stop");
    assert_eq!(
        visit.status(),
        "Stopped. The files are as the writer left them."
    );
    assert!(!visit.writer && !visit.held);
    visit.press("look");
    assert_eq!(visit.status(), "Done. Written over in place: all old.");
}
