//! Questions about people, at the bench.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::cell::Cell;

use engines::questions::{Question, registry};
use experiments::{
    Answered, Ask, Bench, Failure, Job, Material, Measurement, Outcome, Source, Table, Wanted,
};

/// Every look at the clock takes a quarter of a millisecond.
struct Clock(Cell<f64>);

impl Clock {
    fn now(&self) -> f64 {
        self.0.set(self.0.get() + 0.25);
        self.0.get()
    }
}

fn ask(bench: &mut Bench, people: u32, wanted: Wanted) -> Result<Answered, Failure> {
    let clock = Clock(Cell::new(0.0));
    let job = Job::Ask(Ask {
        source: Source::People(registry(people)),
        wanted,
    });
    match bench.run(1, job, Material::default(), &|| clock.now())?.0 {
        Outcome::Answered(answered) => Ok(answered),
        other => panic!("{other:?}"),
    }
}

fn file(bench: &mut Bench, engine: &str, question: Question, least_us: u32) -> Measurement {
    let wanted = Wanted::File {
        engine: engine.to_owned(),
        question,
        least_us,
    };
    match ask(bench, 200, wanted).unwrap() {
        Answered::File(measurement) => *measurement,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_question_is_asked_until_the_time_is_long_enough() {
    let mut bench = Bench::default();
    let reading = file(&mut bench, "csv", Question::Group, 2_000);
    assert_eq!((reading.times, reading.milliseconds), (8, 0.25));
    let writing = file(&mut bench, "csv", Question::Update, 1_000);
    assert_eq!((writing.times, writing.milliseconds), (4, 0.25));
    assert!(reading.job_milliseconds > 2.0);
    let once = file(&mut bench, "json", Question::Add, 0);
    assert_eq!(once.times, 1);
    // A clock that stands still does not keep it for ever.
    let many = file(&mut bench, "csv", Question::Find, u32::MAX);
    assert_eq!(many.times, 1000);
}

#[test]
fn a_question_that_writes_leaves_the_files_as_they_were() {
    let mut bench = Bench::default();
    for question in [Question::Update, Question::Add] {
        for engine in ["csv", "json"] {
            let before = file(&mut bench, engine, Question::Group, 0);
            let first = file(&mut bench, engine, question, 1_000);
            let second = file(&mut bench, engine, question, 1_000);
            assert_eq!(first.shown, second.shown);
            assert_eq!(first.touched, second.touched);
            let after = file(&mut bench, engine, Question::Group, 0);
            assert_eq!(before.shown, after.shown);
        }
    }
}

#[test]
fn the_answer_is_the_same_from_both_files() {
    let mut bench = Bench::default();
    for question in Question::ALL {
        let [csv, json] = ["csv", "json"].map(|engine| file(&mut bench, engine, question, 0).shown);
        assert_eq!(csv, json);
        assert!(!csv.rows.is_empty(), "{question:?}");
        assert_eq!(csv.columns.len(), csv.rows[0].len());
    }
    let added = file(&mut bench, "csv", Question::Add, 0).shown.rows;
    assert_eq!(added[0][..2], ["10200", "10200"]);
}

#[test]
fn rows_for_sqlite_are_json() {
    let mut bench = Bench::default();
    let mut rows = |table| match ask(&mut bench, 200, Wanted::Rows(table)).unwrap() {
        Answered::Rows(bytes) => {
            let rows: Vec<Vec<serde_json::Value>> = serde_json::from_slice(&bytes).unwrap();
            rows
        }
        other => panic!("{other:?}"),
    };
    let people = rows(Table::People);
    assert_eq!((people.len(), people[0].len()), (200, 6));
    assert!(people[0][3].is_string() && people[0][5].is_u64());
    assert_eq!(rows(Table::Cities).len(), 100);
    let added = rows(Table::Added);
    assert_eq!((added.len(), added[0][0].as_u64()), (10_000, Some(201)));
}

#[test]
fn what_cannot_be_asked_is_refused_with_a_reason() {
    let mut bench = Bench::default();
    let wanted = |engine: &str| Wanted::File {
        engine: engine.to_owned(),
        question: Question::Find,
        least_us: 0,
    };
    let error = ask(&mut bench, 10, wanted("yaml")).unwrap_err();
    assert_eq!(error.code, "unknown-engine");
    let job = Job::Ask(Ask {
        source: Source::Bundled("bird-strikes".to_owned()),
        wanted: wanted("csv"),
    });
    let error = bench.run(1, job, Material::default(), &|| 0.0).unwrap_err();
    assert_eq!(error.code, "no-people");
    let pages = Wanted::Pages {
        plan: Vec::new(),
        question: Question::Find,
        before: b"no database".to_vec(),
        after: None,
    };
    assert_eq!(ask(&mut bench, 10, pages), Ok(Answered::Pages(None)));
}
