//! What files cost: what is read, what is written, and that both formats hold the same afterwards.
#![allow(clippy::unwrap_used, clippy::panic)]

use engines::adapters::sqlite;
use engines::questions::{Asked, Question, registry};
use engines::{FileEngine, Files, Step, Touched, answer, find};
use formats::{Datum, DecodeOptions};
use proptest::prelude::*;

fn files(engine: &dyn FileEngine, people: u32) -> Files {
    let tables = registry(people).generate();
    Files {
        people: engine.store(&tables.people).unwrap(),
        cities: engine.store(&tables.cities).unwrap(),
    }
}

/// What is touched, and the files before and after.
fn touched(name: &str, question: Question, people: u32) -> (Touched, Vec<Step>, Files, Files) {
    let engine = find(name).unwrap();
    let before = files(engine, people);
    let mut after = before.clone();
    let Datum::List(new) = sqlite::added(people) else {
        panic!("a list")
    };
    let told = engine
        .ask(&mut after, Asked { question, people }, &new)
        .unwrap();
    (told.touched, told.steps, before, after)
}

#[test]
fn csv_stops_where_the_record_is_and_json_reads_everything() {
    let (csv, steps, before, after) = touched("csv", Question::Find, 10_000);
    let all = before.people.len() as u64;
    assert_eq!(before, after);
    assert!(
        (4 * all / 10..6 * all / 10).contains(&csv.read),
        "{csv:?} of {all}"
    );
    assert_eq!(
        steps,
        [Step::ReadUntil {
            table: "people".to_owned(),
            bytes: csv.read,
            of: all
        }]
    );
    let (json, _, before, _) = touched("json", Question::Find, 10_000);
    assert_eq!(json.read, before.people.len() as u64);
    assert_eq!((csv.written, json.written), (0, 0));
}

#[test]
fn a_join_reads_both_files() {
    for name in ["csv", "json"] {
        let (join, _, files, _) = touched(name, Question::Join, 500);
        assert_eq!(
            join.read,
            (files.people.len() + files.cities.len()) as u64,
            "{name}"
        );
    }
}

#[test]
fn an_update_rewrites_both_and_adding_only_json() {
    for name in ["csv", "json"] {
        let (update, _, before, after) = touched(name, Question::Update, 500);
        assert_eq!(update.read, before.people.len() as u64);
        assert_eq!(update.written, after.people.len() as u64);
        assert_ne!(before.people, after.people);
    }
    let (csv, _, before, after) = touched("csv", Question::Add, 500);
    assert!(after.people.starts_with(&before.people));
    let more = (after.people.len() - before.people.len()) as u64;
    assert_eq!((csv.read, csv.written), (0, more));
    let (json, _, before, after) = touched("json", Question::Add, 500);
    assert_eq!(
        (json.read, json.written),
        (before.people.len() as u64, after.people.len() as u64)
    );
}

#[test]
fn a_file_that_is_damaged_gives_an_error_with_its_place() {
    for name in ["csv", "json"] {
        let engine = find(name).unwrap();
        let asked = Asked {
            question: Question::Group,
            people: 100,
        };
        let mut cut = files(engine, 100);
        let half = cut.people.len() / 2;
        cut.people[half..half + 3].copy_from_slice(b"\n\"\x01");
        let error = answer(engine, &mut cut, asked, &[]).unwrap_err();
        assert!(error.position.is_some(), "{name}: {error}");
        let mut other = files(engine, 100);
        other.people = other.cities.clone();
        assert!(answer(engine, &mut other, asked, &[]).is_err(), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn both_formats_answer_alike_and_hold_the_same_people_afterwards(people in 1..400_u32) {
        let Datum::List(new) = sqlite::added(people) else { panic!("a list") };
        for question in Question::ALL {
            let asked = Asked { question, people };
            let held = ["csv", "json"].map(|name| {
                let engine = find(name).unwrap();
                let mut files = files(engine, people);
                let (answer, _) = answer(engine, &mut files, asked, &new).unwrap();
                let format = formats::find(name).unwrap();
                let held = format.decode(&files.people, &DecodeOptions::default()).unwrap().datum;
                // JSON has no days.
                let json = formats::find("json").unwrap();
                (answer, json.encode(&held, &formats::EncodeOptions::default()).unwrap().bytes)
            });
            prop_assert!(held[0] == held[1], "{:?}", asked);
        }
    }
}
