//! The lab *formats*, as a visitor works with it; the jobs are real, the clock is not.
#![allow(clippy::unwrap_used, clippy::panic)]

use core::cell::Cell;
use std::collections::{BTreeMap, VecDeque};

use engines::sql::{SqlError, SqlReply, SqlRequest, SqlValue};
use experiments::{Bench, Failure, Job, Material, Source};
use protocol::LabEvent;
use storage_labs::{Effect, Input, Machine, SqlAnswer, SqlQuestion, StorageLab, create};
use widgets::{Detail, Shown};

struct Visit {
    lab: Box<StorageLab>,
    bench: Bench,
    asked: VecDeque<(u32, Job)>,
    asked_sql: VecDeque<(u32, SqlQuestion)>,
    sqlite: FakeSqlite,
    downloads: Vec<(String, Vec<u8>)>,
    /// What the visitor's file holds.
    file: Vec<u8>,
    /// How many jobs are done before the worker is lost, if it is.
    until_lost: Option<usize>,
    shown: Shown,
    page: BTreeMap<String, String>,
    clock: Cell<(f64, u32)>,
    /// As many times slower than usual is everything.
    slowness: f64,
}

impl Visit {
    fn new() -> Self {
        let mut visit = Self {
            lab: create("formats").unwrap(),
            bench: Bench::default(),
            asked: VecDeque::new(),
            asked_sql: VecDeque::new(),
            sqlite: FakeSqlite::default(),
            downloads: Vec::new(),
            file: Vec::new(),
            until_lost: None,
            shown: Shown::default(),
            page: BTreeMap::new(),
            clock: Cell::new((0.0, 1)),
            slowness: 1.0,
        };
        visit.hear(Input::Machine(Machine {
            cores: 2,
            timer_resolution_us: 100.0,
        }));
        visit
    }

    fn hear(&mut self, input: Input) {
        for effect in self.lab.update(input) {
            match effect {
                Effect::Work(number, job) => self.asked.push_back((number, *job)),
                Effect::Sql(number, question) => self.asked_sql.push_back((number, *question)),
                Effect::Stop => {
                    self.asked.clear();
                    self.asked_sql.clear();
                }
                Effect::Download { name, bytes, .. } => self.downloads.push((name, bytes)),
                Effect::Writer(_) => panic!("not of this lab"),
            }
        }
        // As the kernel does it: only what changed is shown anew.
        for region in self.shown.changed(self.lab.view(Detail::Full)) {
            self.page.insert(region.name, region.html);
        }
    }

    fn press(&mut self, control: &str) {
        let control = control.to_owned();
        self.hear(Input::Visitor(LabEvent::Press { control }));
    }

    fn change(&mut self, control: &str, value: &str) {
        self.hear(Input::Visitor(LabEvent::Change {
            control: control.to_owned(),
            value: value.to_owned(),
        }));
    }

    fn choose(&mut self, name: &str, bytes: &[u8]) {
        self.file = bytes.to_vec();
        self.hear(Input::Visitor(LabEvent::Files {
            names: vec![name.to_owned()],
            sizes: vec![bytes.len() as u32],
        }));
    }

    /// Does the next job; whether there was one.
    fn work(&mut self) -> bool {
        if let Some((number, question)) = self.asked_sql.pop_front() {
            let answer = self.sqlite.answer(&question);
            self.hear(Input::Sql(number, Box::new(Ok(answer))));
            return true;
        }
        let Some((number, job)) = self.asked.pop_front() else {
            return false;
        };
        let material = Material {
            bytes: matches!(job.source(), Some(Source::Own { .. })).then(|| self.file.clone()),
            value: None,
        };
        // Each look at the clock is from 2 to 9.9 ms later than the one before, as chance has it that is always the same.
        let now = || {
            let (time, chance) = self.clock.get();
            let next = chance.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let step = 2.0 + f64::from(next >> 25) / 16.0;
            self.clock.set((time + self.slowness * step, next));
            time
        };
        let outcome = match &mut self.until_lost {
            Some(0) => {
                self.bench = Bench::default();
                self.until_lost = None;
                Err(Failure::new("worker-lost", "The worker is gone."))
            }
            left => {
                if let Some(left) = left {
                    *left -= 1;
                }
                let done = self.bench.run(1, job, material, &now);
                done.map(|(outcome, _)| outcome)
            }
        };
        self.hear(Input::Done(number, Box::new(outcome)));
        true
    }

    fn work_all(&mut self) {
        let mut jobs = 0;
        while self.work() {
            jobs += 1;
            assert!(jobs < 10_000, "it never ends");
        }
    }

    fn region(&self, name: &str) -> &str {
        self.page.get(name).map_or("", String::as_str)
    }

    fn status(&self) -> String {
        text(self.region("status"))
    }
}

/// Answers as SQLite would, of one table; every request that is timed takes a millisecond.
#[derive(Default)]
struct FakeSqlite {
    statement: String,
    scripts: Vec<String>,
    rows: Vec<Vec<SqlValue>>,
    /// Answers all executions with this error.
    error: Option<SqlError>,
}

impl FakeSqlite {
    fn answer(&mut self, question: &SqlQuestion) -> SqlAnswer {
        let replies = question.requests.iter();
        let replies = replies.map(|request| self.reply(request, &question.buffers));
        SqlAnswer {
            replies: replies.collect(),
            buffers: vec![vec![7; 4096]],
            milliseconds: 5.0,
        }
    }

    fn reply(&mut self, request: &SqlRequest, buffers: &[Vec<u8>]) -> SqlReply {
        if let Some(error) = self.error.clone() {
            return SqlReply::Failed {
                error,
                in_transaction: false,
            };
        }
        let executed = |values| SqlReply::Executed {
            columns: Vec::new(),
            counts: Vec::new(),
            values,
            changes: Vec::new(),
            last_insert_rowid: SqlValue::Null,
            errors: Vec::new(),
            in_transaction: false,
            elapsed_ms: 1.0,
        };
        match request {
            SqlRequest::Script { sql, .. } => {
                self.scripts.push(sql.clone());
                SqlReply::Script {
                    results: Vec::new(),
                    error: None,
                    in_transaction: false,
                    elapsed_ms: 1.0,
                }
            }
            SqlRequest::Prepare { sql, .. } => {
                self.statement.clone_from(sql);
                SqlReply::Prepared {
                    parameters: 0,
                    columns: Vec::new(),
                }
            }
            SqlRequest::RowsJson { buffer, .. } => {
                let rows: Vec<Vec<serde_json::Value>> =
                    serde_json::from_slice(&buffers[*buffer as usize]).unwrap();
                self.rows = rows
                    .into_iter()
                    .map(|row| row.into_iter().map(sql_value).collect())
                    .collect();
                executed(Vec::new())
            }
            SqlRequest::Execute { parameters, .. } if self.statement.contains("WHERE") => {
                let Some(SqlValue::Integer(rowid)) = parameters.values.first() else {
                    panic!("{parameters:?}")
                };
                executed(self.rows[*rowid as usize - 1].clone())
            }
            SqlRequest::Execute { .. } => executed(self.rows.concat()),
            SqlRequest::Query { .. } => executed(Vec::new()),
            SqlRequest::Export => SqlReply::File {
                buffer: 0,
                elapsed_ms: 1.0,
            },
            SqlRequest::Finalize { .. } => SqlReply::Done {
                in_transaction: false,
                elapsed_ms: 0.0,
            },
            other => panic!("{other:?}"),
        }
    }
}

fn sql_value(value: serde_json::Value) -> SqlValue {
    match value {
        serde_json::Value::Null => SqlValue::Null,
        serde_json::Value::Bool(value) => SqlValue::Integer(value.into()),
        serde_json::Value::Number(number) => number.as_i64().map_or_else(
            || SqlValue::Real(number.as_f64().unwrap()),
            SqlValue::Integer,
        ),
        serde_json::Value::String(text) => SqlValue::Text(text),
        other => panic!("{other}"),
    }
}

/// HTML without its tags.
fn text(html: &str) -> String {
    let (mut text, mut inside) = (String::new(), false);
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

/// A line for each element, so that a change in one is a change of few lines.
fn lines(html: &str) -> String {
    html.replace("><", ">\n<")
}

/// 20 flat records in three formats, two rounds.
fn small() -> Visit {
    let mut visit = Visit::new();
    visit.change("rows", "1");
    visit.change("rounds", "2");
    for format in [
        "json_lines",
        "ini",
        "toml",
        "yaml",
        "messagepack",
        "postcard",
        "sqlite",
    ] {
        visit.change(&format!("format-{format}"), "false");
    }
    visit.work_all();
    visit
}

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

/// Only SQLite takes part.
fn only_sqlite() -> Visit {
    let mut visit = small();
    for format in ["csv", "json", "pickle"] {
        visit.change(&format!("format-{format}"), "false");
    }
    visit.change("format-sqlite", "true");
    visit
}

#[test]
fn sqlite_stores_the_same_records_in_a_table() {
    let mut visit = only_sqlite();
    visit.change("nesting", "1");
    visit.press("measure");
    visit.work_all();
    assert_eq!(visit.status(), "Done: 1 format measured.");
    assert_eq!(
        visit.sqlite.scripts[0],
        "CREATE TABLE records (\"id\" INTEGER, \"name\" TEXT, \"quantity\" INTEGER, \"price\" REAL, \"details\" TEXT)"
    );
    assert_eq!(visit.sqlite.rows.len(), 20);
    let losses = text(visit.region("losses"));
    assert!(
        losses.contains("SQLite: 20 of 100 values changed"),
        "{losses}"
    );
    assert!(losses.contains("20 × a map → a text"), "{losses}");
    assert!(text(visit.region("sizes")).contains("4.1 kB"));
    // Creating and filling, a millisecond each; dropping the former table is not counted.
    let table = text(visit.region("table"));
    assert!(
        table.contains("2.00 ms2.00 ms to 2.00 msn = 2first 2.00 ms"),
        "{table}"
    );
    assert!(!table.contains("worker already warm"), "{table}");
    visit.press("measure");
    visit.work_all();
    assert!(text(visit.region("table")).contains("worker already warm"));
}

#[test]
fn what_sqlite_refuses_is_said_in_its_words() {
    let mut visit = only_sqlite();
    visit.sqlite.error = Some(SqlError {
        code: "SQLITE_ERROR".to_owned(),
        extended_code: "SQLITE_ERROR".to_owned(),
        message: "duplicate column name: A".to_owned(),
        position: None,
    });
    visit.press("measure");
    visit.work_all();
    let sizes = text(visit.region("sizes"));
    assert!(
        sizes.contains("SQLiteCannot. SQLite says: duplicate column name: A."),
        "{sizes}"
    );

    visit.choose("app.toml", b"port = 80\n");
    visit.press("measure");
    visit.work_all();
    let sizes = text(visit.region("sizes"));
    assert!(
        sizes.contains("SQLite holds tables, and this is not a list of records."),
        "{sizes}"
    );
}

#[test]
fn sqlite_is_cold_again_when_it_was_stopped_in_its_work() {
    let mut visit = only_sqlite();
    visit.press("measure");
    while visit.asked_sql.is_empty() {
        visit.work();
    }
    visit.press("stop");
    assert!(visit.asked_sql.is_empty());
    visit.press("measure");
    visit.work_all();
    assert!(!text(visit.region("table")).contains("worker already warm"));
}
