//! The lab *overheads*, as a visitor works with it.
#![allow(clippy::unwrap_used, clippy::panic)]

mod visit;

use protocol::{Loose, ProgressInfo};
use values::Value;
use widgets::{Detail, Effect, Input};

use crate::visit::{SPEED, Speed, Visit, words};

fn measured() -> Visit {
    let mut visit = Visit::new(false);
    visit.press("measure");
    visit.act();
    visit
}

#[test]
fn every_way_is_measured_five_times_in_turns_after_runs_that_do_not_count() {
    let visit = measured();
    assert_eq!(
        visit.status(),
        "Done: every way was measured 5 times, in turns."
    );
    let round = [
        ("sequential", 1),
        ("sequential", 200),
        ("sequential", 200),
        ("sequential", 200),
        ("loky", 200),
        ("loky", 200),
        ("loky", 200),
    ];
    let begin = [
        ("loky", 200),
        ("sequential", 1),
        ("sequential", 1),
        ("sequential", 1),
    ];
    let all: Vec<_> = begin.into_iter().chain(round.repeat(5)).collect();
    assert_eq!(visit.runs(), all);
    let is = |what: fn(&Effect) -> bool| visit.asked.iter().filter(|effect| what(effect)).count();
    assert_eq!(is(|effect| matches!(effect, Effect::Promises { .. })), 10);
    assert_eq!(is(|effect| *effect == Effect::EndWorkers), 10);
}

#[test]
fn the_table_has_a_row_for_each_way_with_median_spread_and_n() {
    let visit = measured();
    assert_eq!(
        visit.rows(),
        [
            "plain loop one call does everything 200 ms (200 ms to 200 ms) 5 – – –",
            "promises async functions, one thread 200 ms (200 ms to 200 ms) 5 – 1 µs (1 µs to 1 µs) 1.0 ×",
            "sequential, warm one worker, one task at a time 202 ms (202 ms to 202 ms) 5 – 10 µs (10 µs to 10 µs) 1.0 ×",
            "sequential, cold 252 ms (252 ms to 252 ms) 5 50 ms (50 ms to 50 ms) – 0.79 ×",
            "loky, warm workers, messages between them 102 ms (102 ms to 102 ms) 5 – 10 µs (10 µs to 10 µs) 2.0 ×",
            "loky, cold 152 ms (152 ms to 152 ms) 5 50 ms (50 ms to 50 ms) – 1.3 ×",
            "threading threads, one memory for all Not to be had here. This page is not isolated.",
        ]
    );
}

#[test]
fn all_ways_do_the_same_work_and_the_loop_does_it_in_one_call() {
    let mut visit = measured();
    let rounds = |effect: &Effect| match effect {
        Effect::Promises { count, rounds } => Some(u64::from(*count) * rounds),
        Effect::Run(request) => {
            let widgets::Items::Values(items) = &request.items else {
                return None;
            };
            let of = |item: &Value| item.int("rounds").unwrap() * item.int("times").unwrap_or(1);
            Some(items.iter().map(of).sum::<i64>().cast_unsigned())
        }
        _ => None,
    };
    // The last round, where after each way come its tasks that do nothing. A millisecond is as many rounds as it was found to be.
    let last: Vec<_> = visit.asked.split_off(visit.asked.len() - 11);
    let work: Vec<_> = last.iter().filter_map(rounds).collect();
    let all = 1_000_000;
    assert_eq!(work, [all, all, 0, all, all, 0, all, all, 0]);
}

#[test]
fn the_break_even_point_is_reckoned_from_what_was_measured_and_says_so() {
    let visit = measured();
    // 10 µs of overhead, won back by two workers on tasks of twice as long; 50 ms are 250 µs more for each of 200 tasks.
    let html = visit.html();
    let answer = words(
        html.split_once("oh-crossing\">")
            .unwrap()
            .1
            .split_once("</p>")
            .unwrap()
            .0,
    );
    assert_eq!(
        answer,
        "From about 20 µs a task on, 2 workers are faster than a plain loop. If they have to be started first, from about 520 µs on."
    );
    assert!(
        html.contains("For 200 tasks; reckoned by the model below,"),
        "{html}"
    );
    assert!((visit.number("overheads.break_even_ms") - 0.02).abs() < 1e-9);
    assert!((visit.number("overheads.cold_break_even_ms") - 0.52).abs() < 1e-9);
    assert!(html.contains(
        "With 200 tasks of 1 ms, loky was the fastest: 2.0 × as fast as the plain loop."
    ));
}

#[test]
fn the_curve_measures_six_lengths_and_its_crossing_is_read_off_between_them() {
    let mut visit = Visit::new(false);
    visit.press("curve");
    visit.act();
    assert_eq!(
        visit.status(),
        "Done: every way was measured 3 times, in turns."
    );
    let html = visit.html();
    assert!(
        html.contains("read off between the lengths that were measured"),
        "{html}"
    );
    assert!(html.contains("at 6 lengths from 1 µs to 2 ms."), "{html}");
    assert_eq!(visit.fact("overheads.lengths"), Some(Value::Int(6)));
    let length = visit.number("overheads.break_even_ms");
    assert!((0.005..=0.025).contains(&length), "{length}");
    // The chosen length is among them.
    assert!((visit.number("overheads.length_ms") - 1.0).abs() < 1e-9);
    let marks = html.matches("class=\"mark curve-").count();
    assert_eq!(marks, 2);
    // Every time stands in the list: six lengths and the tasks that do nothing, three times each.
    let lines = html.matches("\nloky,warm,run,").count();
    assert_eq!(lines, 7 * 3);
}

#[test]
fn another_length_joins_what_was_measured_and_another_setting_begins_anew() {
    let mut visit = measured();
    visit.change("length", "6");
    visit.press("measure");
    visit.act();
    assert_eq!(visit.fact("overheads.lengths"), Some(Value::Int(2)));
    assert!((visit.number("overheads.length_ms") - 0.1).abs() < 1e-9);
    visit.change("tasks", "3");
    visit.press("measure");
    visit.act();
    assert_eq!(visit.fact("overheads.lengths"), Some(Value::Int(1)));
    assert_eq!(visit.fact("overheads.tasks"), Some(Value::Int(100)));
}

#[test]
fn a_way_that_never_gains_is_told_as_that() {
    let mut visit = Visit::new(false);
    visit.workers = 1;
    visit.change("workers", "1");
    visit.press("measure");
    assert_eq!(visit.n_jobs(), &Loose::Text("1".to_owned()));
    visit.act();
    let html = visit.html();
    assert!(
        html.contains("One worker is never faster than a plain loop"),
        "{html}"
    );
    assert!(!html.contains("class=\"mark"), "{html}");
    assert_eq!(visit.fact("overheads.crosses"), Some(Value::Bool(false)));
    assert_eq!(visit.fact("overheads.break_even_ms"), None);

    let slow = Speed {
        task: 100.0,
        ..SPEED
    };
    let mut visit = Visit::with(false, slow);
    visit.change("tasks", "0");
    visit.press("curve");
    visit.act();
    let html = visit.html();
    assert!(
        html.contains("At no length that was measured were 2 workers faster"),
        "{html}"
    );
}

#[test]
fn threads_take_part_where_they_can_be_had() {
    let mut visit = Visit::new(true);
    visit.press("measure");
    visit.act();
    let rows = visit.rows();
    assert_eq!(rows.len(), 8);
    assert!(
        rows[6].starts_with("threading, warm threads, one memory for all 102 ms"),
        "{rows:?}"
    );
    assert!(rows[7].starts_with("threading, cold 152 ms"), "{rows:?}");
    assert!(visit.fact("overheads.threading.overhead_us").is_some());
    assert!(measured().fact("overheads.threading.ms").is_none());
}

#[test]
fn each_way_has_its_facts() {
    let visit = measured();
    for (name, wanted) in [
        ("overheads.loop.ms", 200.0),
        ("overheads.promises.overhead_us", 1.0),
        ("overheads.sequential.cold_ms", 252.0),
        ("overheads.sequential.start_ms", 50.0),
        ("overheads.loky.ms", 102.0),
        ("overheads.loky.overhead_us", 10.0),
        ("overheads.loky.start_ms", 50.0),
        ("overheads.loky.speed_up", 200.0 / 102.0),
        ("overheads.loky.cold_speed_up", 200.0 / 152.0),
        ("overheads.length_ms", 1.0),
    ] {
        assert!(
            (visit.number(name) - wanted).abs() < 1e-6,
            "{name}: {}",
            visit.number(name)
        );
    }
    assert_eq!(visit.fact("overheads.fastest"), Some(Value::from("loky")));
    assert_eq!(
        visit.fact("overheads.fastest_cold"),
        Some(Value::from("loky"))
    );
    assert_eq!(visit.fact("overheads.workers"), Some(Value::Int(2)));
    assert_eq!(visit.fact("overheads.crosses"), Some(Value::Bool(true)));
}

#[test]
fn too_much_work_is_refused_in_a_sentence() {
    let mut visit = Visit::new(false);
    visit.change("length", "15");
    visit.press("measure");
    assert!(visit.effects.is_empty());
    let said = "Not done. 200 tasks of 100 ms are 20 s of work, and all of it is done many times";
    assert!(visit.status().starts_with(said), "{}", visit.status());
}

#[test]
fn what_is_too_short_for_the_clock_is_timed_many_at_once_and_the_page_says_so() {
    let coarse = Speed {
        clock_us: 100.0,
        ..SPEED
    };
    let mut visit = Visit::with(false, coarse);
    visit.change("length", "0");
    visit.press("measure");
    visit.act();
    let promises: Vec<_> = visit
        .asked
        .iter()
        .filter_map(|effect| match effect {
            Effect::Promises { count, rounds } => Some((*count, *rounds > 0)),
            _ => None,
        })
        .collect();
    // As many as take fifty steps of the clock.
    assert_eq!(promises[..2], [(4546, true), (50_000, false)]);
    let rows = visit.rows();
    assert!(rows[0].contains("200 µs (200 µs to 200 µs) 5"), "{rows:?}");
    assert!(
        visit
            .html()
            .contains("The clock of this page goes in steps of 100 µs.")
    );
    assert!(!measured().html().contains("The clock of this page"));
}

#[test]
fn stop_ends_a_run_and_keeps_what_was_measured() {
    let mut visit = Visit::new(false);
    visit.press("measure");
    for _ in 0..20 {
        assert!(visit.step());
    }
    visit.press("stop");
    assert_eq!(visit.effects, [Effect::Stop]);
    assert_eq!(visit.status(), "Stopping …");
    visit.end(ProgressInfo::default(), Some("cancelled"));
    assert!(visit.effects.is_empty());
    assert_eq!(
        visit.status(),
        "Stopped after one round: what was measured stays."
    );
    assert_eq!(visit.rows().len(), 7);
    assert_eq!(visit.lab.facts().runs(), 0);
    visit.press("stop");
    assert!(visit.effects.is_empty());
}

#[test]
fn stop_ends_promises_at_once_and_what_they_say_later_is_not_heard() {
    let mut visit = Visit::new(false);
    visit.press("measure");
    while !matches!(visit.effects[..], [Effect::Promises { .. }]) {
        visit.step();
    }
    visit.press("stop");
    assert_eq!(visit.effects, [Effect::Stop]);
    assert_eq!(visit.status(), "Stopped before every way was measured.");
    visit.hear(Input::Promises(Ok(1.0)));
    assert!(visit.effects.is_empty());
    visit.press("measure");
    assert!(matches!(visit.effects[..], [Effect::Run(_)]));
}

#[test]
fn a_run_that_cannot_begin_and_promises_that_fail_are_said() {
    let mut visit = Visit::new(false);
    visit.change("workers", "many");
    visit.press("measure");
    visit.end(ProgressInfo::default(), Some("n-jobs-not-whole"));
    assert_eq!(visit.status(), "Not done. It went wrong.");
    visit.press("measure");
    while !matches!(visit.effects[..], [Effect::Promises { .. }]) {
        visit.step();
    }
    visit.hear(Input::Promises(Err("The script is not there.".to_owned())));
    assert_eq!(
        visit.status(),
        "Not done. The promises could not be measured. The script is not there."
    );
    assert!(visit.effects.is_empty());
}

#[test]
fn while_it_measures_nothing_can_be_changed_and_nothing_large_is_shown() {
    let mut visit = Visit::new(false);
    visit.press("measure");
    visit.change("tasks", "0");
    let html = visit.html();
    assert!(html.contains("disabled"), "{html}");
    assert!(!html.contains("<table") && !html.contains("svg"), "{html}");
    assert!(html.contains("Measuring, round 1 …"), "{html}");
    visit.press("measure");
    assert!(visit.effects.is_empty(), "it is being measured already");
    assert_eq!(visit.runs(), [("loky", 200)]);
}

#[test]
fn before_anything_is_measured_what_was_recorded_is_left_alone() {
    let visit = Visit::new(false);
    let regions = visit.lab.view(Detail::Full);
    let names: Vec<_> = regions.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["settings", "actions", "status"]);
}

#[test]
fn batch_and_numbers_reach_the_runs() {
    let mut visit = Visit::new(false);
    visit.change("batch", "1");
    visit.change("tasks", "2");
    visit.change("workers", " 3 ");
    visit.press("measure");
    let options = &visit.last().options;
    assert_eq!(options.batch_size, Some(Loose::Text("1".to_owned())));
    assert_eq!(visit.n_jobs(), &Loose::Text("3".to_owned()));
    assert_eq!(visit.last().items.len(), 50);
    for (control, value) in [("tasks", "99"), ("length", "no number")] {
        let mut visit = Visit::new(false);
        visit.change(control, value);
        visit.press("measure");
        assert!(visit.effects.len() <= 1);
    }
}
