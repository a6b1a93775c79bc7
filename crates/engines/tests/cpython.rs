//! All engines give the same answers, and CPython's `sqlite3` is the judge. Needs `python3`, 3.11 or later, and fails
//! without it.
#![allow(clippy::unwrap_used, clippy::panic)]

mod double;

use double::Double;
use engines::adapters::sqlite::{self, pages, plan};
use engines::questions::{Answer, Asked, CITIES, Question, registry};
use engines::sql::{Parameters, Rows, SqlReply, SqlRequest, SqlValue};
use engines::{FileEngine, Files};
use formats::Datum;
use serde_json::json;

fn query(sql: &str, parameters: Vec<SqlValue>) -> SqlRequest {
    SqlRequest::Query {
        connection: 0,
        sql: sql.to_owned(),
        rows: Rows::All,
        parameters: Parameters::once(parameters),
    }
}

fn values(reply: &SqlReply) -> &[SqlValue] {
    match reply {
        SqlReply::Executed { values, .. } => values,
        other => panic!("{other:?}"),
    }
}

fn script(sql: &str) -> SqlRequest {
    SqlRequest::Script {
        connection: 0,
        sql: sql.to_owned(),
    }
}

fn insert(sql: &str, statement: u32, buffer: u32) -> [SqlRequest; 2] {
    [
        SqlRequest::Prepare {
            connection: 0,
            statement,
            sql: sql.to_owned(),
        },
        SqlRequest::RowsJson { statement, buffer },
    ]
}

/// A database with so many people.
fn database(people: u32) -> Double {
    let mut double = Double::start();
    let tables = registry(people).generate();
    let buffers = [
        sqlite::cities_json(&tables.cities).unwrap(),
        sqlite::people_json(&tables.people).unwrap(),
    ];
    let mut requests = vec![script(sqlite::TABLES)];
    requests.extend(insert(sqlite::INSERT_CITY, 1, 0));
    requests.extend(insert(sqlite::INSERT_PERSON, 2, 1));
    double.ask(&requests, &buffers);
    double
}

fn files(engine: &dyn FileEngine, people: u32) -> Files {
    let tables = registry(people).generate();
    Files {
        people: engine.store(&tables.people).unwrap(),
        cities: engine.store(&tables.cities).unwrap(),
    }
}

fn by_file(engine: &dyn FileEngine, asked: Asked) -> Answer {
    let Datum::List(new) = sqlite::added(asked.people) else {
        panic!("a list")
    };
    let mut files = files(engine, asked.people);
    engines::answer(engine, &mut files, asked, &new).unwrap().0
}

fn by_sql(double: &mut Double, asked: Asked) -> Answer {
    let sqlite::Statement { sql, parameters } = sqlite::statement(asked);
    let (read, parameters) = if asked.question == Question::Add {
        let new = sqlite::people_json(&sqlite::added(asked.people)).unwrap();
        double.ask(&insert(sql, 9, 0), &[new]);
        (sqlite::read_back(asked).unwrap().sql, Vec::new())
    } else if let Some(back) = sqlite::read_back(asked) {
        double.ask(&[query(sql, parameters)], &[]);
        (back.sql, back.parameters)
    } else {
        (sql, parameters)
    };
    let (replies, _) = double.ask(&[query(read, parameters)], &[]);
    let answer = Answer::from_sql(asked.question, values(&replies[0])).unwrap();
    if let Some(undo) = sqlite::undo(asked) {
        double.ask(&[query(undo.sql, undo.parameters)], &[]);
    }
    answer
}

#[test]
fn csv_json_and_sqlite_with_and_without_indexes_give_the_same_answers() {
    for people in [1, 100, 3_000] {
        let mut double = database(people);
        for indexed in [false, true] {
            if indexed {
                // Who was updated is to be as before.
                double = database(people);
                double.ask(&[script(sqlite::INDEXES)], &[]);
            }
            for question in Question::ALL {
                let asked = Asked { question, people };
                let said = by_sql(&mut double, asked);
                for engine in engines::all() {
                    let answer = by_file(*engine, asked);
                    assert_eq!(
                        answer,
                        said,
                        "{}, {asked:?}, indexed: {indexed}",
                        engine.name()
                    );
                    assert_eq!(answer.digest(), said.digest());
                }
            }
        }
        // What was added is gone again.
        let (replies, _) = double.ask(&[query("SELECT COUNT(*) FROM people", Vec::new())], &[]);
        assert_eq!(values(&replies[0]), [SqlValue::Integer(i64::from(people))]);
    }
}

#[test]
fn the_answers_are_not_empty() {
    let people = 3_000;
    let mut double = database(people);
    let mut rows = |question| by_sql(&mut double, Asked { question, people }).rows.len();
    assert_eq!(rows(Question::Find), 1);
    assert!((20..60).contains(&rows(Question::Filter)));
    assert_eq!(rows(Question::Group), CITIES);
    assert!(rows(Question::Join) > 10);
    assert_eq!(rows(Question::Update), 1);
    assert_eq!(rows(Question::Add), 1);
}

/// The plan, and the file.
fn plan_and_file(double: &mut Double, asked: Asked) -> (Vec<plan::Line>, Vec<u8>) {
    let (sql, parameters) = sqlite::explain(asked);
    let (replies, mut buffers) = double.ask(&[query(&sql, parameters), SqlRequest::Export], &[]);
    (plan::lines(values(&replies[0])), buffers.remove(0))
}

#[test]
fn the_pages_that_are_counted_are_those_that_sqlite_reads() {
    for people in [100, 10_000] {
        let mut double = database(people);
        for indexed in [false, true] {
            if indexed {
                double.ask(&[script(sqlite::INDEXES)], &[]);
            }
            for question in [
                Question::Find,
                Question::Filter,
                Question::Group,
                Question::Join,
            ] {
                let asked = Asked { question, people };
                let (lines, file) = plan_and_file(&mut double, asked);
                let touched = pages::touched(&lines, asked, &file, None).unwrap();
                let sqlite::Statement { sql, parameters } = sqlite::statement(asked);
                let cold = json!([{"type": "cold", "sql": sql, "parameters": parameters}]);
                let read = double.say(&cold, &[]).0[0]["bytes"].as_u64().unwrap();
                // Every connection reads the first page for the schema; a few bytes of the header are read apart.
                assert_eq!(
                    read / 4096,
                    touched.read / 4096 + 1,
                    "{asked:?}, indexed: {indexed}, {lines:?}"
                );
                assert_eq!(touched.written, 0);
            }
        }
    }
}

#[test]
fn every_page_of_a_tree_is_found() {
    let mut double = database(10_000);
    double.ask(&[script(sqlite::INDEXES)], &[]);
    let (_, mut buffers) = double.ask(&[SqlRequest::Export], &[]);
    let file = buffers.remove(0);
    let pages = pages::Pages::open(&file).unwrap();
    let stat = double.say(&json!([{"type": "dbstat"}]), &[]).0.remove(0);
    for name in ["people", "cities", "people_born", "people_city"] {
        assert_eq!(
            pages.of(name).len() as u64,
            stat["pages"][name].as_u64().unwrap(),
            "{name}"
        );
    }
    assert_eq!(pages.path("people", 5_000).len(), 2);
    assert!(pages.path("people", 5_000).is_subset(&pages.of("people")));
    assert!(pages.of("nothing").is_empty());
    assert!(pages::Pages::open(&file[1..]).is_none());
}

#[test]
fn a_page_that_is_written_is_one_that_is_another_afterwards() {
    let people = 10_000;
    let mut double = database(people);
    let touch = |double: &mut Double, question| {
        let asked = Asked { question, people };
        let (lines, before) = plan_and_file(double, asked);
        let sqlite::Statement { sql, parameters } = sqlite::statement(asked);
        if question == Question::Add {
            let new = sqlite::people_json(&sqlite::added(people)).unwrap();
            double.ask(&insert(sql, 9, 0), &[new]);
        } else {
            double.ask(&[query(sql, parameters)], &[]);
        }
        let (_, mut buffers) = double.ask(&[SqlRequest::Export], &[]);
        if let Some(undo) = sqlite::undo(asked) {
            double.ask(&[query(undo.sql, undo.parameters)], &[]);
        }
        let after = buffers.remove(0);
        pages::touched(&lines, asked, &before, Some(&after)).unwrap()
    };
    // The leaf with the record, and the first page, whose counter of changes goes up.
    let update = touch(&mut double, Question::Update);
    assert_eq!(update.written / 4096, 2);
    assert_eq!(update.read / 4096, 3);
    let plain = touch(&mut double, Question::Add);
    double.ask(&[script(sqlite::INDEXES)], &[]);
    let indexed = touch(&mut double, Question::Add);
    assert!(
        indexed.written > plain.written && indexed.read > plain.read,
        "{plain:?} {indexed:?}"
    );
}

#[test]
fn damaged_files_are_read_without_a_panic() {
    let mut double = database(1_000);
    double.ask(&[script(sqlite::INDEXES)], &[]);
    let asked = Asked {
        question: Question::Filter,
        people: 1_000,
    };
    let (lines, file) = plan_and_file(&mut double, asked);
    // A generator of Knuth's (MMIX), so that the same damage is done each time.
    let mut state = 1_u64;
    let mut next = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    for _ in 0..300 {
        let mut damaged = file.clone();
        for _ in 0..20 {
            let at = next() % damaged.len();
            damaged[at] = next() as u8;
        }
        damaged.truncate(next() % damaged.len() + 1);
        let _ = pages::touched(&lines, asked, &damaged, Some(&file));
    }
}
