//! The lab *timeline*, as a visitor works with it.
#![allow(clippy::unwrap_used, clippy::panic)]

use protocol::{
    BackendInfo, ErrorInfo, EventInfo, LabEvent, Loose, ProgressInfo, RunEnd, TaskOutcome,
    TaskStatus,
};
use values::Value;
use widgets::{Detail, Effect, Input, Items, Machine, RunRequest, WorkLab, create, page};

struct Visit {
    lab: Box<WorkLab>,
    effects: Vec<Effect>,
}

impl Visit {
    fn new() -> Self {
        let lab = create("timeline").unwrap();
        let mut visit = Self {
            lab,
            effects: Vec::new(),
        };
        let backend = |name: &str, available, why: &str| BackendInfo {
            name: name.to_owned(),
            available,
            why: why.to_owned(),
        };
        visit.hear(Input::Machine(Machine {
            cores: 2,
            timer_resolution_us: 5.0,
            backends: vec![
                backend("loky", true, "Workers."),
                backend("threading", false, "No shared memory here."),
            ],
            ..Machine::default()
        }));
        visit
    }

    fn hear(&mut self, input: Input) {
        self.effects = self.lab.update(input);
    }

    fn press(&mut self, control: &str) {
        self.hear(Input::Visitor(LabEvent::Press {
            control: control.to_owned(),
        }));
    }

    fn change(&mut self, control: &str, value: &str) {
        self.hear(Input::Visitor(LabEvent::Change {
            control: control.to_owned(),
            value: value.to_owned(),
        }));
    }

    fn run(&self) -> &RunRequest {
        match &self.effects[..] {
            [Effect::Run(request)] => request,
            other => panic!("{other:?}"),
        }
    }

    fn rounds(&self) -> Vec<f64> {
        let Items::Values(values) = &self.run().items else {
            panic!("texts");
        };
        let rounds = values.iter().map(|value| value.number("rounds").unwrap());
        rounds.collect()
    }

    fn thens(&self) -> Vec<String> {
        let Items::Values(values) = &self.run().items else {
            panic!("texts");
        };
        let then = |value: &Value| value.text("then").unwrap().to_owned();
        values.iter().map(then).collect()
    }

    fn outcome(&mut self, task: u32, duration_ms: f64) {
        let outcome = TaskOutcome {
            task,
            status: TaskStatus::Ok,
            duration_ms,
            error: None,
        };
        self.hear(Input::Outcomes(vec![(outcome, None)]));
    }

    fn end(&mut self, elapsed_ms: f64, error: Option<(&str, &str)>) {
        let progress = ProgressInfo {
            elapsed_ms,
            ..ProgressInfo::default()
        };
        self.hear(Input::Ended(RunEnd {
            error: error.map(|(code, message)| ErrorInfo {
                code: code.to_owned(),
                message: message.to_owned(),
                task: None,
                position: None,
            }),
            warnings: Vec::new(),
            progress,
        }));
    }

    /// Lets the lab find out that the machine computes 1,000 rounds in a millisecond.
    fn rate(&mut self) {
        assert_eq!(self.run().options.backend.as_deref(), Some("sequential"));
        let rounds = self.rounds();
        self.outcome(0, rounds[0] / 500.0);
        self.outcome(1, rounds[1] / 1000.0);
        self.end(100.0, None);
    }

    /// What happened: time, kind, task, worker; tasks are batches of their own.
    fn events(&mut self, events: &[(f64, &str, i32, i32)]) {
        let number = |number: i32| u32::try_from(number).ok();
        let event = |(at, kind, task, worker): &(f64, &str, i32, i32)| EventInfo {
            at: *at,
            kind: (*kind).to_owned(),
            task: number(*task),
            worker: number(*worker),
            batch: number(*task),
            size: None,
            why: None,
        };
        self.hear(Input::Events(
            events.iter().map(event).collect(),
            ProgressInfo::default(),
        ));
    }

    fn html(&self) -> String {
        page(&self.lab.view(Detail::Full))
    }

    fn status(&self) -> String {
        let html = self.html();
        let status = html.split("role=\"status\">").nth(1).unwrap();
        text(status.split("</p>").next().unwrap())
    }

    fn count(&self, name: &str) -> i64 {
        match self.lab.facts().get(name) {
            Some(Value::Int(count)) => *count,
            other => panic!("{name}: {other:?}"),
        }
    }

    fn number(&self, name: &str) -> f64 {
        match self.lab.facts().get(name) {
            Some(Value::Float(number)) => *number,
            other => panic!("{name}: {other:?}"),
        }
    }
}

/// HTML without its tags.
fn text(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text
}

/// A visit in which a run of four tasks of 10 ms has begun on two workers.
fn begun() -> Visit {
    let mut visit = Visit::new();
    for (control, value) in [("tasks", "4"), ("milliseconds", "10"), ("spread", "equal")] {
        visit.change(control, value);
    }
    visit.press("run");
    visit.rate();
    visit.hear(Input::Begun { workers: 2 });
    visit
}

#[test]
fn how_fast_the_machine_is_is_measured_first_and_once() {
    let mut visit = begun();
    assert_eq!(visit.effects, []);
    visit.end(20.0, None);
    visit.press("run");
    assert_eq!(visit.rounds(), [10_000.0; 4], "the fastest counts");
    assert_eq!(visit.run().options.task, "work");
}

#[test]
fn options_go_to_the_engine_as_they_were_written() {
    let mut visit = begun();
    visit.end(20.0, None);
    for (control, value) in [
        ("workers", "3"),
        ("batch-size", "2"),
        ("pre-dispatch", "all"),
        ("timeout", "0.5"),
        ("on-timeout", "skip"),
        ("on-error", "collect"),
    ] {
        visit.change(control, value);
    }
    visit.press("run");
    let options = &visit.run().options;
    let text = |text: &str| Some(Loose::Text(text.to_owned()));
    assert_eq!(options.n_jobs, text("3"));
    assert_eq!(options.batch_size, text("2"));
    assert_eq!(options.pre_dispatch, text("all"));
    assert_eq!(options.timeout_seconds, text("0.5"));
    assert_eq!(options.on_timeout.as_deref(), Some("skip"));
    assert_eq!(options.on_error.as_deref(), Some("collect"));
    assert_eq!(options.backend.as_deref(), Some("loky"));
}

#[test]
fn what_the_engine_refuses_is_said() {
    let mut visit = begun();
    visit.end(0.0, Some(("n-jobs-zero", "n_jobs must not be 0.")));
    assert_eq!(visit.status(), "Not done. n_jobs must not be 0.");
}

#[test]
fn fields_that_cannot_be_are_said_and_nothing_runs() {
    for (control, value) in [
        ("tasks", "0"),
        ("tasks", "many"),
        ("tasks", "1e9"),
        ("milliseconds", "-1"),
        ("milliseconds", "NaN"),
        ("seed", ""),
    ] {
        let mut visit = Visit::new();
        visit.change(control, value);
        visit.press("run");
        assert!(visit.effects.is_empty(), "{control}: {value}");
        assert!(
            visit.status().contains("a number from"),
            "{control}: {value}"
        );
    }
    let mut visit = Visit::new();
    visit.change("fault", "fail");
    visit.change("fault-task", "25");
    visit.press("run");
    assert_eq!(
        visit.status(),
        "Not done. Which task: a number from 1 to 24."
    );
    visit.change("spread", "<script>");
    visit.change("serial", "500");
    visit.change("fault-task", "24");
    visit.press("run");
    assert_eq!(
        visit.effects.len(),
        1,
        "what cannot be chosen is not chosen"
    );
}

#[test]
fn one_task_is_made_to_fail() {
    for how in ["fail", "trap", "end", "hang"] {
        let mut visit = Visit::new();
        visit.change("tasks", "3");
        visit.change("fault", how);
        visit.change("fault-task", "2");
        visit.press("run");
        visit.rate();
        assert_eq!(visit.thens(), ["finish", how, "finish"]);
        assert_eq!(visit.html().contains("until you press Stop"), how == "hang");
    }
}

#[test]
fn a_part_that_must_be_done_first_is_a_run_of_its_own_and_bounds_the_speed_up() {
    let mut visit = Visit::new();
    for (control, value) in [
        ("tasks", "4"),
        ("milliseconds", "10"),
        ("spread", "equal"),
        ("serial", "50"),
    ] {
        visit.change(control, value);
    }
    visit.press("run");
    visit.rate();
    assert_eq!(visit.rounds(), [20_000.0]);
    visit.hear(Input::Begun { workers: 1 });
    visit.events(&[
        (0.0, "submitted", 0, -1),
        (0.0, "dispatched", 0, 1),
        (0.0, "started", 0, 1),
        (20.0, "finished", 0, 1),
    ]);
    visit.end(20.0, None);
    assert_eq!(visit.rounds(), [5_000.0; 4]);
    visit.hear(Input::Begun { workers: 2 });
    for (task, worker, at) in [(0, 1, 0.0), (1, 2, 0.0), (2, 1, 5.0), (3, 2, 5.0)] {
        visit.events(&[
            (at, "submitted", task, -1),
            (at, "dispatched", task, worker),
            (at, "started", task, worker),
            (at + 5.0, "finished", task, worker),
        ]);
    }
    visit.end(10.0, None);
    assert_eq!(visit.status(), "Done: 4 tasks in 30.0 ms on 2 workers.");
    let near = |name: &str, wanted: f64| {
        let found = visit.number(name);
        assert!((found - wanted).abs() < 1e-6, "{name}: {found}");
    };
    near("timeline.wall_ms", 30.0);
    near("timeline.tasks_ms", 40.0);
    near("timeline.speed_up", 4.0 / 3.0);
    near("timeline.amdahl", 4.0 / 3.0);
    near("timeline.bound", 4.0 / 3.0);
    near("timeline.overhead_ms", 20.0);
    near("timeline.utilisation", 66.7);
    assert_eq!(visit.count("timeline.tasks"), 5);
    assert_eq!(visit.count("timeline.tasks_not_run"), 0);
    let html = visit.html();
    assert!(html.contains("The part that must be done first: finished, 20.0 ms from 0.00 ms"));
    assert!(
        html.contains("Task 4: finished, 5.00 ms from 25.0 ms"),
        "{html}"
    );
}

#[test]
fn a_lost_worker_is_marked_and_the_one_that_takes_its_place_has_the_same_lane() {
    let mut visit = begun();
    visit.events(&[
        (0.0, "worker-ready", -1, 1),
        (0.0, "submitted", 0, -1),
        (0.0, "dispatched", 0, 1),
        (10.0, "worker-lost", -1, 1),
        (10.0, "failed", 0, 1),
        (40.0, "worker-ready", -1, 2),
        (40.0, "submitted", 1, -1),
        (41.0, "dispatched", 1, 2),
        (42.0, "started", 1, 2),
        (52.0, "finished", 1, 2),
    ]);
    visit.end(60.0, None);
    let html = visit.html();
    assert!(
        html.contains("Task 1: lost with its worker, 10.0 ms from 0.00 ms"),
        "{html}"
    );
    assert!(html.contains("the worker is lost"));
    assert!(html.contains("a worker starts: 30.0 ms"));
    assert!(!html.contains("Worker 2</span>"), "one lane");
    assert_eq!(visit.count("timeline.lost_workers"), 1);
    assert_eq!(visit.count("timeline.started_workers"), 1);
    assert_eq!(visit.count("timeline.tasks_not_run"), 2);
    assert!((visit.number("timeline.lost_ms") - 10.0).abs() < 1e-6);
}

#[test]
fn a_task_that_was_given_up_or_lost_takes_no_result_from_the_others() {
    let mut visit = begun();
    visit.events(&[
        (0.0, "worker-ready", -1, 1),
        (0.0, "submitted", 0, -1),
        (0.0, "dispatched", 0, 1),
        (0.0, "started", 0, 1),
        (10.0, "finished", 0, 1),
        (10.0, "submitted", 1, -1),
        (10.0, "dispatched", 1, 1),
        (50.0, "timed-out", 1, 1),
        (50.0, "worker-ended", -1, 1),
        (80.0, "worker-ready", -1, 2),
        (80.0, "submitted", 2, -1),
        (80.0, "dispatched", 2, 2),
        (90.0, "worker-lost", -1, 2),
        (90.0, "failed", 2, 2),
    ]);
    visit.hear(Input::Ended(RunEnd {
        error: None,
        warnings: Vec::new(),
        progress: ProgressInfo {
            elapsed_ms: 90.0,
            failed: 2,
            ..ProgressInfo::default()
        },
    }));
    assert_eq!(visit.count("timeline.done_tasks"), 1);
    assert_eq!(visit.count("timeline.failed_tasks"), 2);
    assert_eq!(visit.count("timeline.timed_out_tasks"), 1);
    assert!((visit.number("timeline.longest_percent") - 25.0).abs() < 1e-6);
}

#[test]
fn more_workers_than_cores_do_not_count_the_time_they_wait_for_each_other() {
    let mut visit = begun();
    visit.hear(Input::Begun { workers: 4 });
    for task in 0..4 {
        visit.events(&[
            (0.0, "dispatched", task, task),
            (0.0, "started", task, task),
            (20.0, "finished", task, task),
        ]);
    }
    visit.end(20.0, None);
    assert!((visit.number("timeline.speed_up") - 2.0).abs() < 1e-6);
    assert!(visit.html().contains("There are more workers than cores"));
}

#[test]
fn stop_stops_at_any_moment() {
    let mut visit = Visit::new();
    visit.press("stop");
    assert!(visit.effects.is_empty());
    visit.press("run");
    visit.press("stop");
    assert_eq!(visit.effects, [Effect::Stop]);
    assert_eq!(visit.status(), "Stopping …");
    visit.end(3.0, Some(("cancelled", "Stopped.")));
    assert!(visit.status().starts_with("Stopped after"));
    assert!(visit.effects.is_empty(), "nothing of the plan is left");
    let mut visit = begun();
    visit.press("stop");
    visit.end(30.0, Some(("cancelled", "Stopped.")));
    assert_eq!(
        visit.lab.facts().get("timeline.status"),
        Some(&Value::from("stopped"))
    );
    visit.press("run");
    assert_eq!(visit.rounds().len(), 4);
}

#[test]
fn an_end_of_the_workers_is_asked_for() {
    let mut visit = Visit::new();
    visit.press("cold");
    assert_eq!(visit.effects, [Effect::EndWorkers]);
}

#[test]
fn the_curve_measures_one_to_four_workers_three_times_without_faults() {
    let mut visit = begun();
    visit.end(20.0, None);
    visit.change("fault", "fail");
    visit.change("fault-task", "2");
    visit.press("curve");
    let mut asked = Vec::new();
    for _ in 0..13 {
        let workers = match visit.run().options.n_jobs {
            Some(Loose::Number(workers)) => workers,
            ref other => panic!("{other:?}"),
        };
        assert!(visit.thens().iter().all(|then| then == "finish"));
        asked.push(workers as u32);
        visit.end(40.0 / workers.min(2.0), None);
    }
    assert_eq!(asked, [2, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4]);
    assert!(visit.effects.is_empty());
    assert_eq!(visit.status(), "Done: the curve is measured.");
    assert!((visit.number("curve.speed_up_2") - 2.0).abs() < 1e-6);
    assert!((visit.number("curve.speed_up_4") - 2.0).abs() < 1e-6);
    assert_eq!(visit.count("curve.best_workers"), 2);
    assert!(visit.number("curve.fitted_serial").abs() < 1e-6);
    assert!(visit.html().contains("more workers than cores"));
}

#[test]
fn a_curve_that_is_stopped_is_not_shown() {
    let mut visit = begun();
    visit.end(20.0, None);
    visit.press("curve");
    visit.end(20.0, None);
    visit.press("stop");
    visit.end(5.0, Some(("cancelled", "Stopped.")));
    assert!(!visit.html().contains("class=\"curve\""));
}

#[test]
fn a_backend_that_cannot_be_had_is_listed_with_the_reason_and_cannot_be_chosen() {
    let html = Visit::new().html();
    assert!(
        html.contains("<option value=\"threading\" disabled>threading – not here</option>"),
        "{html}"
    );
    assert!(html.contains("No shared memory here."));
}

#[test]
fn thousands_of_tasks_draw_no_more_than_can_be_told_apart() {
    let mut visit = begun();
    let mut events = vec![(0.0, "worker-ready", -1, 1)];
    for task in 0..2000 {
        let at = f64::from(task);
        events.extend([
            (at, "dispatched", task, 1),
            (at, "started", task, 1),
            (at + 1.0, "finished", task, 1),
        ]);
    }
    visit.events(&events);
    visit.end(2000.0, None);
    let html = visit.html();
    assert!(
        html.matches("<rect").count() < 300,
        "{}",
        html.matches("<rect").count()
    );
    assert!(html.contains("2,000 tasks: finished, 2000 ms from 0.00 ms"));
    assert!(html.contains("The first 200."));
}
