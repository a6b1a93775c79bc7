//! Measuring a format, step by step.
#![allow(clippy::unwrap_used, clippy::panic)]

use core::cell::Cell;

use datasets::Shape;
use experiments::{
    Bench, Failure, Job, Losses, Material, Measure, Measured, Outcome, Settings, Source, Step,
    Subject, Timed, Timing,
};

/// A bench, and a clock that shows one millisecond more each time it is looked at.
#[derive(Default)]
struct Desk {
    bench: Bench,
    time: Cell<f64>,
}

impl Desk {
    fn step_with(
        &mut self,
        source: &Source,
        step: Step,
        bytes: Option<&[u8]>,
    ) -> Result<Measured, Failure> {
        let job = Job::Measure(Measure {
            source: source.clone(),
            step,
        });
        let material = Material {
            bytes: bytes.map(<[u8]>::to_vec),
            value: None,
        };
        let now = || {
            self.time.set(self.time.get() + 1.0);
            self.time.get()
        };
        match self.bench.run(1, job, material, &now)?.0 {
            Outcome::Measured(measured) => Ok(measured),
            other => panic!("{other:?}"),
        }
    }

    fn step(&mut self, source: &Source, step: Step) -> Result<Measured, Failure> {
        self.step_with(source, step, None)
    }

    fn timed(&mut self, source: &Source, step: Step) -> (Timed, u64) {
        match self.step(source, step).unwrap() {
            Measured::Timed { timed, bytes } => (timed, bytes),
            other => panic!("{other:?}"),
        }
    }

    fn losses(&mut self, source: &Source, format: &str) -> Losses {
        match self.step(source, Step::Compare(subject(format))).unwrap() {
            Measured::Compared(losses) => losses,
            other => panic!("{other:?}"),
        }
    }
}

fn subject(format: &str) -> Subject {
    Subject {
        format: format.to_owned(),
        settings: Settings::default(),
    }
}

fn shape(nesting: usize, missing: f64) -> Source {
    Source::Generated(Shape {
        rows: 50,
        nesting,
        missing,
        ..Shape::default()
    })
}

/// `60 × a date → a text`, the most frequent first.
fn told(losses: &Losses) -> Vec<String> {
    let line = |change: &experiments::Change| {
        format!("{} × {} → {}", change.count, change.from, change.to)
    };
    losses.changes.iter().map(line).collect()
}

#[test]
fn every_format_is_written_read_and_one_record_of_it_is_read() {
    let mut desk = Desk::default();
    for source in [shape(0, 0.0), shape(2, 0.1)] {
        for format in formats::all() {
            let subject = subject(format.name());
            let timing = Timing::default();
            let (written, size) = desk.timed(&source, Step::Write(subject.clone(), timing));
            assert_eq!((written.milliseconds, written.runs), (1.0, 1));
            for step in [Step::Read, Step::ReadOne] {
                let (_, from) = desk.timed(&source, step(subject.clone(), timing));
                assert_eq!(from, size, "{}", format.name());
            }
            match desk.step(&source, Step::Compress(subject)).unwrap() {
                Measured::Compressed(bytes) => assert!(bytes < size, "{}", format.name()),
                other => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn the_first_time_in_a_worker_is_told_from_the_others() {
    let mut desk = Desk::default();
    let write = || Step::Write(subject("json"), Timing::default());
    assert!(desk.timed(&shape(0, 0.0), write()).0.is_first);
    assert!(!desk.timed(&shape(0, 0.0), write()).0.is_first);
    // Other data in the same worker is not the first time either.
    assert!(!desk.timed(&shape(1, 0.0), write()).0.is_first);
    assert!(
        desk.timed(
            &shape(1, 0.0),
            Step::Read(subject("json"), Timing::default())
        )
        .0
        .is_first
    );
}

#[test]
fn short_runs_are_timed_together() {
    let mut desk = Desk::default();
    let timing = Timing {
        runs: 1,
        at_least_ms: 20.0,
    };
    // The clock moves only when it is looked at: no number of runs is ever enough but the most.
    let source = Source::Generated(Shape {
        rows: 1,
        columns: 1,
        ..Shape::default()
    });
    let (timed, _) = desk.timed(&source, Step::Write(subject("postcard"), timing));
    assert_eq!(timed.runs, 100_000);
}

#[test]
fn what_was_lost_is_found_by_comparing() {
    let mut desk = Desk::default();
    let flat = shape(0, 0.0);
    for format in ["csv", "pickle", "yaml", "postcard", "toml"] {
        assert_eq!(desk.losses(&flat, format).changes, [], "{format}");
    }
    for format in ["json", "json_lines", "messagepack"] {
        assert_eq!(
            told(&desk.losses(&flat, format)),
            ["50 × a date → a text"],
            "{format}"
        );
    }
    let ini = desk.losses(&flat, "ini");
    assert_eq!((ini.values, ini.changed), (400, 300));
    assert!(told(&ini).contains(&"50 × true or false → a text".to_owned()));

    let nested = shape(1, 0.0);
    assert_eq!(told(&desk.losses(&nested, "csv")), ["50 × a map → a text"]);
    let missing = desk.losses(&shape(0, 0.5), "toml");
    let [change] = &missing.changes[..] else {
        panic!("{missing:?}")
    };
    assert_eq!(
        (change.from.as_str(), change.to.as_str()),
        ("nothing", "not there")
    );
    assert!(change.place.starts_with("record "), "{change:?}");
}

#[test]
fn a_file_without_records_is_one_value() {
    let mut desk = Desk::default();
    let source = Source::Own {
        serial: 1,
        name: "app.toml".to_owned(),
    };
    let bytes = b"title = \"x\"\n[server]\nport = 80\n";
    let look = desk.step_with(&source, Step::Look { first: 5 }, Some(bytes));
    let Ok(Measured::Looked(look)) = look else {
        panic!("{look:?}")
    };
    assert_eq!(look.records, None);
    assert_eq!(look.sentence, "A map, not a list of records.");
    assert_eq!(desk.losses(&source, "toml").changes, []);
    assert_eq!(desk.losses(&source, "json").changes, []);
    let timing = Timing::default();
    let one = desk.step(&source, Step::ReadOne(subject("json"), timing));
    assert_eq!(one.unwrap_err().code, "no-records");
    let csv = desk.step(&source, Step::Write(subject("csv"), timing));
    assert!(csv.unwrap_err().message.contains("CSV holds a table"));
}

#[test]
fn a_look_shows_the_first_records_and_what_is_not_there() {
    let mut desk = Desk::default();
    let source = Source::Own {
        serial: 1,
        name: "a.json".to_owned(),
    };
    let bytes = br#"{"rows": [{"a": 1, "b": "two"}, {"a": null}, {"b": [3]}]}"#;
    let look = desk.step_with(&source, Step::Look { first: 2 }, Some(bytes));
    let Ok(Measured::Looked(look)) = look else {
        panic!("{look:?}")
    };
    assert_eq!((look.records, look.depth), (Some(3), 1));
    assert_eq!(look.columns, ["a", "b"]);
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(
        look.first,
        [
            [text("1"), text("“two”")].to_vec(),
            [text("nothing"), None].to_vec()
        ]
    );
}

#[test]
fn a_file_that_cannot_be_read_says_where_and_what_it_looks_like() {
    let mut desk = Desk::default();
    let source = Source::Own {
        serial: 1,
        name: "a.json".to_owned(),
    };
    let error = desk
        .step_with(&source, Step::Look { first: 1 }, Some(b"name: x\nage: 3\n"))
        .unwrap_err();
    assert_eq!(error.looks_like.as_deref(), Some("YAML"));
    assert_eq!(error.place.and_then(|place| place.line), Some(1));
}
