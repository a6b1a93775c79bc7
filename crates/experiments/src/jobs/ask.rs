//! Asking questions of files, and what SQLite needs for the same questions.

use std::collections::BTreeMap;

use datasets::Registry;
use engines::adapters::sqlite::{self, pages, plan};
use engines::questions::{ADDED, Answer, Asked, Question, registry};
use engines::{FileEngine, Files, Step, Touched};
use formats::Datum;
use serde::{Deserialize, Serialize};

use crate::bench::Now;
use crate::{Bench, Failure, Outcome, Source};

/// No measurement asks more often than this.
const MOST_TIMES: u32 = 1000;
/// So many rows of an answer are shown.
const SHOWN: usize = 8;

/// Asks a question about people, who are the data set: a [`Source::People`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// The people.
    pub source: Source,
    /// What is wanted.
    pub wanted: Wanted,
}

/// What is wanted of the people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wanted {
    /// One measurement: the question is asked of a file, again and again until the time is long enough to be measured.
    File {
        /// The name of the engine that works on the file.
        engine: String,
        /// The question.
        question: Question,
        /// As long is asked, in microseconds.
        least_us: u32,
    },
    /// The rows of a table for SQLite, as JSON.
    Rows(Table),
    /// What a plan of SQLite's touches.
    Pages {
        /// The plan.
        plan: Vec<plan::Line>,
        /// The question.
        question: Question,
        /// The database file.
        before: Vec<u8>,
        /// The file after a question that writes.
        after: Option<Vec<u8>>,
    },
}

/// A table of the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Table {
    /// The people.
    People,
    /// Their cities.
    Cities,
    /// The people that are added.
    Added,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Answered {
    /// Of [`Wanted::File`].
    File(Box<Measurement>),
    /// Of [`Wanted::Rows`].
    Rows(Vec<u8>),
    /// Of [`Wanted::Pages`]; none if the file is no database.
    Pages(Option<Touched>),
}

/// One measurement of a question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// The time of one asking, in milliseconds: all of them, divided by their number.
    pub milliseconds: f64,
    /// How often it was asked.
    pub times: u32,
    /// The time of the whole job, in milliseconds, with all that is not measured.
    pub job_milliseconds: f64,
    /// What one asking touches.
    pub touched: Touched,
    /// How it went about it.
    pub steps: Vec<Step>,
    /// The sizes of the files of both tables, in bytes.
    pub stored: u64,
    /// The answer.
    pub shown: Shown,
}

/// An answer, as far as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The first rows.
    pub rows: Vec<Vec<String>>,
    /// How many rows there are.
    pub total: u64,
    /// What equal answers have in common.
    pub digest: String,
}

impl From<&Answer> for Shown {
    fn from(answer: &Answer) -> Self {
        let rows = answer.rows.iter().take(SHOWN);
        Self {
            columns: answer.columns.clone(),
            rows: rows.map(|row| row.iter().map(cell).collect()).collect(),
            total: answer.rows.len() as u64,
            digest: answer.digest().to_string(),
        }
    }
}

fn cell(datum: &Datum) -> String {
    match datum {
        Datum::Null => String::new(),
        Datum::Bool(true) => "yes".to_owned(),
        Datum::Bool(false) => "no".to_owned(),
        Datum::Int(number) => number.to_string(),
        Datum::Float(number) => number.to_string(),
        Datum::Str(text) => text.to_string(),
        Datum::Date(date) => date.to_string(),
        other => other.kind().to_owned(),
    }
}

/// The files of the registry that was asked last.
#[derive(Debug)]
pub(crate) struct Kept {
    registry: Registry,
    files: BTreeMap<&'static str, Files>,
    added: Vec<Datum>,
}

impl Kept {
    fn make(registry: Registry) -> Result<Self, Failure> {
        let tables = registry.generate();
        let mut files = BTreeMap::new();
        for engine in engines::all() {
            let of = Files {
                people: engine.store(&tables.people)?,
                cities: engine.store(&tables.cities)?,
            };
            files.insert(engine.name(), of);
        }
        Ok(Self {
            registry,
            files,
            added: match added(registry) {
                Datum::List(rows) => rows,
                _ => Vec::new(),
            },
        })
    }
}

fn added(before: Registry) -> Datum {
    sqlite::added(before.people as u32)
}

impl Ask {
    pub(super) fn run(self, bench: &mut Bench, now: Now<'_>) -> Result<Outcome, Failure> {
        let Source::People(people) = self.source else {
            return Err(Failure::new("no-people", "Only people can be asked about."));
        };
        // The added ones come from the registry the questions know.
        let known = registry(people.people as u32);
        if people != known || people.people > datasets::MAX_ROWS - ADDED as usize {
            return Err(Failure::new(
                "no-people",
                "These are not the people that the questions are about.",
            ));
        }
        let answered = match self.wanted {
            Wanted::File {
                engine,
                question,
                least_us,
            } => {
                let asked = Asked {
                    question,
                    people: people.people as u32,
                };
                let least = f64::from(least_us) / 1e3;
                Answered::File(Box::new(measure(bench, &engine, asked, least, now)?))
            }
            Wanted::Rows(table) => Answered::Rows(match table {
                Table::People => sqlite::people_json(&people.generate().people)?,
                Table::Cities => sqlite::cities_json(&people.generate().cities)?,
                Table::Added => sqlite::people_json(&added(people))?,
            }),
            Wanted::Pages {
                plan,
                question,
                before,
                after,
            } => {
                let asked = Asked {
                    question,
                    people: people.people as u32,
                };
                Answered::Pages(pages::touched(&plan, asked, &before, after.as_deref()))
            }
        };
        Ok(Outcome::Answered(answered))
    }
}

fn measure(
    bench: &mut Bench,
    name: &str,
    asked: Asked,
    least: f64,
    now: Now<'_>,
) -> Result<Measurement, Failure> {
    let begun = now();
    let unknown = || {
        let message = format!("There is no engine `{name}` that works on files.");
        Failure::new("unknown-engine", message)
    };
    let engine = engines::find(name).ok_or_else(unknown)?;
    let registry = asked.registry();
    if bench
        .kept
        .as_ref()
        .is_none_or(|kept| kept.registry != registry)
    {
        // The former first: two of them may not fit.
        bench.kept = None;
        bench.kept = Some(Kept::make(registry)?);
    }
    let kept = bench.kept.as_mut().ok_or_else(unknown)?;
    let stored = kept.files.get_mut(name).ok_or_else(unknown)?;
    let (elapsed, times) = if asked.question.writes() {
        time_writing(engine, stored, asked, &kept.added, least, now)?
    } else {
        time_reading(engine, stored, asked, least, now)?
    };
    let mut files = stored.clone();
    let (answer, told) = engines::answer(engine, &mut files, asked, &kept.added)?;
    Ok(Measurement {
        milliseconds: elapsed / f64::from(times),
        times,
        touched: told.touched,
        steps: told.steps,
        stored: (stored.people.len() + stored.cities.len()) as u64,
        shown: Shown::from(&answer),
        job_milliseconds: now() - begun,
    })
}

/// Asks until the time is over: what is written is nothing, so the file stays as it is.
fn time_reading(
    engine: &dyn FileEngine,
    files: &mut Files,
    asked: Asked,
    least: f64,
    now: Now<'_>,
) -> Result<(f64, u32), Failure> {
    let (start, mut times) = (now(), 0);
    loop {
        core::hint::black_box(engine.ask(files, asked, &[])?);
        times += 1;
        let elapsed = now() - start;
        if elapsed >= least || times >= MOST_TIMES {
            return Ok((elapsed, times));
        }
    }
}

/// Asks until the time is over, each time of a fresh copy, which is not counted.
fn time_writing(
    engine: &dyn FileEngine,
    files: &Files,
    asked: Asked,
    added: &[Datum],
    least: f64,
    now: Now<'_>,
) -> Result<(f64, u32), Failure> {
    let (mut elapsed, mut times) = (0.0, 0);
    // What is appended to a file does not move the file; with room at the end it does not here either.
    let room = if asked.question == Question::Add {
        added.len() * 100
    } else {
        0
    };
    loop {
        let mut people = Vec::with_capacity(files.people.len() + room);
        people.extend_from_slice(&files.people);
        let mut copy = Files {
            people,
            cities: files.cities.clone(),
        };
        let start = now();
        core::hint::black_box(engine.ask(&mut copy, asked, added)?);
        elapsed += now() - start;
        times += 1;
        if elapsed >= least || times >= MOST_TIMES {
            return Ok((elapsed, times));
        }
    }
}
