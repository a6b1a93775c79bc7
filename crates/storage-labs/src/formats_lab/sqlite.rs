//! SQLite as one more way to store the records: what it is asked, and what its answers say.

use engines::sql::{Parameters, Rows as Wanted, SqlReply, SqlRequest, SqlValue};
use experiments::{Failure, Rows, Step};
use formats::Datum;
use language::t;

use super::run::Kind;
use crate::lab::{SqlAnswer, SqlQuestion};

/// How it is called among the formats.
pub(super) const SQLITE: &str = "sqlite";
/// More values are not brought over from its worker.
const MOST_VALUES: u64 = 1_000_000;
/// Statements are numbered by who asks.
const STATEMENT: u32 = 1;
/// It is not known by name where the table stands: there is only this one.
const CONNECTION: u32 = 0;

/// Why its bar is longer than one would think.
pub(super) fn note() -> String {
    t!(
        "SQLite is given the values as JavaScript’s, and gives them back as such: that is timed. A nested value is stored as a JSON text."
    )
}

/// What is known of the table and its file.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    rows: Rows,
    file: Vec<u8>,
    values: Vec<SqlValue>,
}

/// How long something took in SQLite, and the values or the file that came of it.
pub(super) struct Answered {
    /// Milliseconds of one run.
    pub(super) milliseconds: f64,
    values: Vec<SqlValue>,
    file: Option<Vec<u8>>,
}

impl Table {
    /// Takes over the rows that are to be stored.
    ///
    /// # Errors
    /// If there are too many values.
    pub(super) fn fill(&mut self, rows: Rows) -> Result<(), Failure> {
        if rows.count.saturating_mul(rows.columns.len() as u64) > MOST_VALUES {
            let message = t!(
                "There are more than a million values: too many to bring over from SQLite’s worker here."
            );
            return Err(Failure::new("too-many", message));
        }
        self.rows = rows;
        Ok(())
    }

    /// Keeps what came of it the first time; the file's size, if that was it.
    pub(super) fn keep(&mut self, kind: Kind, answered: Answered) -> Option<u64> {
        if kind == Kind::Read {
            self.values = answered.values;
        }
        self.file = answered.file?;
        Some(self.file.len() as u64)
    }

    /// What the workbench does for it.
    pub(super) fn step(&mut self, kind: Kind) -> Option<Step> {
        match kind {
            Kind::Rows => Some(Step::Rows),
            Kind::Compress => Some(Step::CompressFile(core::mem::take(&mut self.file))),
            Kind::Compare => Some(Step::CompareRows {
                columns: self
                    .rows
                    .columns
                    .iter()
                    .map(|(name, _)| name.clone())
                    .collect(),
                values: core::mem::take(&mut self.values)
                    .into_iter()
                    .map(datum)
                    .collect(),
            }),
            _ => None,
        }
    }

    /// What SQLite is asked, so many times in one message.
    pub(super) fn question(&self, kind: Kind, runs: u32) -> SqlQuestion {
        let prepare = |sql: String| SqlRequest::Prepare {
            connection: CONNECTION,
            statement: STATEMENT,
            sql,
        };
        let script = |sql: String| SqlRequest::Script {
            connection: CONNECTION,
            sql,
        };
        let execute = |wanted, values: &[SqlValue]| SqlRequest::Execute {
            statement: STATEMENT,
            rows: wanted,
            together: false,
            parameters: Parameters {
                count: runs,
                names: Vec::new(),
                values: (0..runs).flat_map(|_| values.iter().cloned()).collect(),
                packed: None,
            },
        };
        let finalize = SqlRequest::Finalize {
            statement: STATEMENT,
        };
        let mut buffers = Vec::new();
        let requests = match kind {
            Kind::Write => {
                buffers.push(self.rows.json.clone());
                let once = [
                    // What was there before is not timed: see `answered`.
                    SqlRequest::Query {
                        connection: CONNECTION,
                        sql: "DROP TABLE IF EXISTS records".to_owned(),
                        rows: Wanted::None,
                        parameters: Parameters::none(),
                    },
                    script(self.create()),
                    prepare(self.insert()),
                    SqlRequest::RowsJson {
                        statement: STATEMENT,
                        buffer: 0,
                    },
                    finalize,
                ];
                (0..runs).flat_map(|_| once.clone()).collect()
            }
            Kind::ReadOne => {
                // Rows are numbered from 1; the one in the middle, as of the other formats.
                let middle = SqlValue::Integer((self.rows.count / 2 + 1).cast_signed());
                vec![
                    prepare("SELECT * FROM records WHERE rowid = ?".to_owned()),
                    execute(Wanted::First, &[middle]),
                    finalize,
                ]
            }
            Kind::Export => vec![SqlRequest::Export],
            _ => vec![
                prepare("SELECT * FROM records".to_owned()),
                execute(Wanted::All, &[]),
                finalize,
            ],
        };
        SqlQuestion { requests, buffers }
    }

    fn create(&self) -> String {
        let columns = self.rows.columns.iter();
        let columns: Vec<_> = columns
            .map(|(name, of)| format!("\"{}\" {of}", name.replace('"', "\"\"")))
            .collect();
        format!("CREATE TABLE records ({})", columns.join(", "))
    }

    fn insert(&self) -> String {
        let places = vec!["?"; self.rows.columns.len()].join(", ");
        format!("INSERT INTO records VALUES ({places})")
    }
}

/// What the answers say: how long one of so many runs took.
///
/// # Errors
/// The first that failed.
pub(super) fn answered(kind: Kind, runs: u32, answer: SqlAnswer) -> Result<Answered, Failure> {
    let (mut total, mut values, mut place) = (0.0, Vec::new(), None);
    // Dropping the former table is the first of five.
    let is_timed = |at: usize| kind != Kind::Write || !at.is_multiple_of(5);
    for (at, reply) in answer.replies.into_iter().enumerate() {
        let elapsed = match reply {
            SqlReply::Failed { error, .. }
            | SqlReply::Script {
                error: Some(error), ..
            } => {
                let message = t!("SQLite says: {message}.", message = error.message);
                return Err(Failure::new(&error.code, message));
            }
            SqlReply::Executed {
                values: found,
                errors,
                elapsed_ms,
                ..
            } => {
                if let Some(failed) = errors.into_iter().next() {
                    let message = t!("SQLite says: {message}.", message = failed.error.message);
                    return Err(Failure::new(&failed.error.code, message));
                }
                values = found;
                elapsed_ms
            }
            SqlReply::Script { elapsed_ms, .. } => elapsed_ms,
            SqlReply::File { buffer, elapsed_ms } => {
                place = Some(buffer as usize);
                elapsed_ms
            }
            _ => 0.0,
        };
        if is_timed(at) {
            total += elapsed;
        }
    }
    let mut buffers = answer.buffers;
    let file = place.and_then(|place| (place < buffers.len()).then(|| buffers.swap_remove(place)));
    Ok(Answered {
        milliseconds: total / f64::from(runs),
        values,
        file,
    })
}

fn datum(value: SqlValue) -> Datum {
    match value {
        SqlValue::Null => Datum::Null,
        SqlValue::Integer(number) => Datum::Int(number),
        SqlValue::Real(number) => Datum::Float(number),
        SqlValue::Text(text) => Datum::from(text),
        SqlValue::Blob(bytes) => Datum::Bytes(bytes),
    }
}
