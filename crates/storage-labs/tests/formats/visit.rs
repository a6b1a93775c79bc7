//! A visit to the lab: the jobs are real; the clock, and SQLite, are not.

use core::cell::Cell;
use engines::sql::{SqlError, SqlReply, SqlRequest, SqlValue};
use experiments::{Bench, Failure, Job, Material, Source};
use protocol::LabEvent;
use std::collections::{BTreeMap, VecDeque};
use storage_labs::{Effect, Input, Machine, SqlAnswer, SqlQuestion, StorageLab, create};
use widgets::{Detail, Shown};

pub(crate) struct Visit {
    pub(crate) lab: Box<StorageLab>,
    pub(crate) bench: Bench,
    pub(crate) asked: VecDeque<(u32, Job)>,
    pub(crate) asked_sql: VecDeque<(u32, SqlQuestion)>,
    pub(crate) sqlite: FakeSqlite,
    pub(crate) downloads: Vec<(String, Vec<u8>)>,
    /// What the visitor's file holds.
    pub(crate) file: Vec<u8>,
    /// How many jobs are done before the worker is lost, if it is.
    pub(crate) until_lost: Option<usize>,
    pub(crate) shown: Shown,
    pub(crate) page: BTreeMap<String, String>,
    pub(crate) clock: Cell<(f64, u32)>,
    /// As many times slower than usual is everything.
    pub(crate) slowness: f64,
}

impl Visit {
    pub(crate) fn new() -> Self {
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

    pub(crate) fn hear(&mut self, input: Input) {
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

    pub(crate) fn press(&mut self, control: &str) {
        let control = control.to_owned();
        self.hear(Input::Visitor(LabEvent::Press { control }));
    }

    pub(crate) fn change(&mut self, control: &str, value: &str) {
        self.hear(Input::Visitor(LabEvent::Change {
            control: control.to_owned(),
            value: value.to_owned(),
        }));
    }

    pub(crate) fn choose(&mut self, name: &str, bytes: &[u8]) {
        self.file = bytes.to_vec();
        self.hear(Input::Visitor(LabEvent::Files {
            names: vec![name.to_owned()],
            sizes: vec![bytes.len() as u32],
        }));
    }

    /// Does the next job; whether there was one.
    pub(crate) fn work(&mut self) -> bool {
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

    pub(crate) fn work_all(&mut self) {
        let mut jobs = 0;
        while self.work() {
            jobs += 1;
            assert!(jobs < 10_000, "it never ends");
        }
    }

    pub(crate) fn region(&self, name: &str) -> &str {
        self.page.get(name).map_or("", String::as_str)
    }

    pub(crate) fn status(&self) -> String {
        text(self.region("status"))
    }
}

/// Answers as SQLite would, of one table; every request that is timed takes a millisecond.
#[derive(Default)]
pub(crate) struct FakeSqlite {
    pub(crate) statement: String,
    pub(crate) scripts: Vec<String>,
    pub(crate) rows: Vec<Vec<SqlValue>>,
    /// Answers all executions with this error.
    pub(crate) error: Option<SqlError>,
}

impl FakeSqlite {
    pub(crate) fn answer(&mut self, question: &SqlQuestion) -> SqlAnswer {
        let replies = question.requests.iter();
        let replies = replies.map(|request| self.reply(request, &question.buffers));
        SqlAnswer {
            replies: replies.collect(),
            buffers: vec![vec![7; 4096]],
            milliseconds: 5.0,
        }
    }

    pub(crate) fn reply(&mut self, request: &SqlRequest, buffers: &[Vec<u8>]) -> SqlReply {
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

pub(crate) fn sql_value(value: serde_json::Value) -> SqlValue {
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
pub(crate) fn text(html: &str) -> String {
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
pub(crate) fn lines(html: &str) -> String {
    html.replace("><", ">\n<")
}

/// 20 flat records in three formats, two rounds.
pub(crate) fn small() -> Visit {
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
