//! SQL of the visitor's own, on the same tables.

use engines::adapters::sqlite::{self, plan};
use engines::questions::registry;
use engines::sql::{Parameters, Rows, SqlError, SqlReply, SqlRequest, SqlValue};
use experiments::{Answered, Ask, Job, Source, Table, Wanted};
use language::t;

use super::run::{fault, loading, version};
use super::state::SqlOrFiles;
use crate::lab::{Effect, SqlAnswer, SqlQuestion};

/// So many rows are shown.
pub(super) const SHOWN: usize = 50;
/// So many characters of a cell are shown.
const CELL: usize = 200;
/// The statement's number in SQLite.
const OWN: u32 = 4;

/// What stands in the box at first.
pub(super) const EXAMPLE: &str = "SELECT cities.name, COUNT(*) AS people
FROM people JOIN cities ON cities.id = people.city_id
WHERE people.born < '1950-01-01'
GROUP BY cities.id
ORDER BY people DESC";

/// The visitor's own SQL.
#[derive(Clone, Debug, Default)]
pub(super) struct Own {
    /// As it was typed; none if it is still the example.
    pub(super) text: Option<String>,
    /// How many people are to be there.
    pub(super) people: Option<u32>,
    /// How many are there, in tables of the visitor's own.
    pub(super) loaded: Option<u32>,
    pub(super) doing: Doing,
    pub(super) shown: Option<Result<Rowset, SqlError>>,
    cities_json: Vec<u8>,
    /// The plan of the statement that is being executed.
    plan: Vec<plan::Line>,
}

/// What is being done; each with the number of its job or question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Doing {
    #[default]
    Nothing,
    Cities(u32),
    People(u32),
    Loading(u32),
    Asking(u32, String),
}

/// What came of a statement.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Rowset {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
    /// Whether there are more rows than are shown.
    pub(super) more: bool,
    /// How many rows were changed, if no rows came.
    pub(super) changed: Option<f64>,
    pub(super) plan: Vec<plan::Line>,
    pub(super) milliseconds: f64,
}

impl Own {
    pub(super) fn is_busy(&self) -> bool {
        self.doing != Doing::Nothing
    }

    pub(super) fn text(&self) -> &str {
        self.text.as_deref().unwrap_or(EXAMPLE)
    }

    pub(super) fn people(&self) -> u32 {
        self.people.unwrap_or(10_000)
    }

    /// The number of what is being done.
    pub(super) const fn number(&self) -> Option<u32> {
        match self.doing {
            Doing::Nothing => None,
            Doing::Cities(number)
            | Doing::People(number)
            | Doing::Loading(number)
            | Doing::Asking(number, _) => Some(number),
        }
    }
}

impl SqlOrFiles {
    /// Executes what is in the box; before that the tables are loaded if they are not there.
    pub(super) fn run_own(&mut self) -> Vec<Effect> {
        if self.own.text().trim().is_empty() {
            self.say_fault(t!("There is no statement in the box."));
            return Vec::new();
        }
        self.own.shown = None;
        if self.own.loaded == Some(self.own.people()) {
            return self.ask_own();
        }
        let number = self.next_number();
        self.own.loaded = None;
        self.own.doing = Doing::Cities(number);
        self.say(t!("Loading the tables …"));
        vec![self.rows(number, Table::Cities)]
    }

    fn rows(&self, number: u32, table: Table) -> Effect {
        Effect::Work(
            number,
            Box::new(Job::Ask(Ask {
                source: Source::People(registry(self.own.people())),
                wanted: Wanted::Rows(table),
            })),
        )
    }

    /// Rows for the tables are here.
    pub(super) fn own_rows(&mut self, answered: Answered) -> Vec<Effect> {
        let Answered::Rows(rows) = answered else {
            return Vec::new();
        };
        let number = self.next_number();
        if matches!(self.own.doing, Doing::Cities(_)) {
            self.own.cities_json = rows;
            self.own.doing = Doing::People(number);
            return vec![self.rows(number, Table::People)];
        }
        let cities = core::mem::take(&mut self.own.cities_json);
        self.own.doing = Doing::Loading(number);
        let question = SqlQuestion {
            requests: loading(),
            buffers: vec![cities, rows],
        };
        vec![Effect::Sql(number, Box::new(question))]
    }

    /// Asks for the plan, for what the statement is, and for as many rows as are shown: a statement that gives rows is asked
    /// for no more, so that one without an end gives its first rows and one with many does not fill the memory.
    fn ask_own(&mut self) -> Vec<Effect> {
        let number = self.next_number();
        let text = self.own.text().to_owned();
        self.say(t!("Asking SQLite …"));
        let bare = text.trim_end_matches(|c: char| c.is_whitespace() || c == ';');
        let limited = format!("SELECT * FROM (\n{bare}\n) LIMIT {}", SHOWN + 1);
        let requests = vec![
            query(&sqlite::plan_of(&text)),
            SqlRequest::Prepare {
                connection: 0,
                statement: OWN,
                sql: text.clone(),
            },
            SqlRequest::Finalize { statement: OWN },
            query(&limited),
        ];
        self.own.doing = Doing::Asking(number, text);
        vec![sql(number, requests)]
    }

    /// SQLite has answered.
    pub(super) fn own_said(&mut self, answer: SqlAnswer) -> Vec<Effect> {
        match core::mem::take(&mut self.own.doing) {
            Doing::Loading(_) => {
                if let Some(why) = fault(&answer.replies) {
                    self.say_fault(t!("SQLite says: {message}.", message = why));
                    return Vec::new();
                }
                self.version = version(&answer.replies);
                self.own.loaded = Some(self.own.people());
                self.ask_own()
            }
            Doing::Asking(_, text) => self.own_answered(&text, answer.replies),
            _ => Vec::new(),
        }
    }

    fn own_answered(&mut self, text: &str, replies: Vec<SqlReply>) -> Vec<Effect> {
        let mut replies = replies.into_iter();
        let (first, second, last) = (replies.next(), replies.next(), replies.next_back());
        // The answer to a statement that was asked as it stands: there is nothing else.
        if second.is_none() {
            let plan = core::mem::take(&mut self.own.plan);
            self.show_own(plan, Vec::new(), first);
            return Vec::new();
        }
        let plan = match first {
            Some(SqlReply::Executed { values, .. }) => plan::lines(&values),
            _ => Vec::new(),
        };
        match second {
            Some(SqlReply::Prepared { columns, .. }) if is_query(text) && !columns.is_empty() => {
                self.show_own(plan, columns, last);
                Vec::new()
            }
            // It changes something, or is one of SQLite's own statements: no more than once, and as it stands.
            Some(SqlReply::Prepared { .. }) => {
                let number = self.next_number();
                self.own.plan = plan;
                self.own.doing = Doing::Asking(number, text.to_owned());
                vec![sql(number, vec![query(text)])]
            }
            other => {
                self.show_own(plan, Vec::new(), other);
                Vec::new()
            }
        }
    }

    /// Shows rows, or what went wrong. `columns` are the statement's own, where rows come from within another.
    fn show_own(&mut self, plan: Vec<plan::Line>, columns: Vec<String>, reply: Option<SqlReply>) {
        let shown = match reply {
            Some(SqlReply::Executed {
                columns: found,
                values,
                changes,
                elapsed_ms,
                ..
            }) => {
                let columns = if columns.is_empty() { found } else { columns };
                let rows: Vec<Vec<String>> = values
                    .chunks(columns.len().max(1))
                    .map(|row| row.iter().map(cell).collect())
                    .collect();
                Ok(Rowset {
                    more: rows.len() > SHOWN,
                    rows: rows.into_iter().take(SHOWN).collect(),
                    changed: columns
                        .is_empty()
                        .then(|| changes.first().copied().unwrap_or_default()),
                    columns,
                    plan,
                    milliseconds: elapsed_ms,
                })
            }
            Some(SqlReply::Failed { mut error, .. }) => {
                if error.code == "several-statements" {
                    error.message =
                        t!("There is more than one statement; here one is executed at a time");
                }
                Err(error)
            }
            _ => Err(SqlError {
                code: "no-answer".to_owned(),
                extended_code: "no-answer".to_owned(),
                message: t!("There was no answer"),
                position: None,
            }),
        };
        match &shown {
            Ok(_) => self.say(t!("Done.")),
            Err(error) => {
                let message = &error.message;
                self.say_fault(match error.position {
                    Some(at) => t!(
                        "SQLite says: {message} (line {line}, column {column}).",
                        message,
                        line = at.line,
                        column = at.column
                    ),
                    None => t!("SQLite says: {message}.", message),
                });
            }
        }
        self.found_own(&shown);
        self.own.shown = Some(shown);
    }
}

/// Whether a statement may be asked as part of another; of others SQLite would say that there is a syntax error.
fn is_query(text: &str) -> bool {
    let mut text = text.trim_start();
    loop {
        text = if let Some(comment) = text.strip_prefix("--") {
            comment.split_once('\n').map_or("", |(_, rest)| rest)
        } else if let Some(comment) = text.strip_prefix("/*") {
            comment.split_once("*/").map_or("", |(_, rest)| rest)
        } else {
            break;
        }
        .trim_start();
    }
    let word: String = text
        .chars()
        .take_while(char::is_ascii_alphabetic)
        .collect::<String>()
        .to_ascii_lowercase();
    match word.as_str() {
        "select" | "values" => true,
        // What comes after the common tables may be a change, but not in a query.
        "with" => !["insert", "update", "delete", "replace"]
            .iter()
            .any(|change| words(text).any(|word| word.eq_ignore_ascii_case(change))),
        _ => false,
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
}

fn query(text: &str) -> SqlRequest {
    SqlRequest::Query {
        connection: 0,
        sql: text.to_owned(),
        rows: Rows::All,
        parameters: Parameters::none(),
    }
}

fn sql(number: u32, requests: Vec<SqlRequest>) -> Effect {
    Effect::Sql(
        number,
        Box::new(SqlQuestion {
            requests,
            buffers: Vec::new(),
        }),
    )
}

fn cell(value: &SqlValue) -> String {
    let text = match value {
        SqlValue::Null => "NULL".to_owned(),
        SqlValue::Integer(number) => number.to_string(),
        SqlValue::Real(number) => number.to_string(),
        SqlValue::Text(text) => text.clone(),
        SqlValue::Blob(bytes) => t!("{count} bytes", count = bytes.len()),
    };
    match text.char_indices().nth(CELL) {
        Some((end, _)) => format!("{} …", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_told_from_what_changes_something() {
        for text in [
            "SELECT 1",
            " -- one\n/* two */ select 1",
            "VALUES (1)",
            "WITH a AS (SELECT 1) SELECT * FROM a",
        ] {
            assert!(is_query(text), "{text}");
        }
        for text in [
            "DELETE FROM people",
            "PRAGMA table_info(people)",
            "WITH a AS (SELECT 1) DELETE FROM people",
            "EXPLAIN SELECT 1",
            "-- nothing",
            "",
        ] {
            assert!(!is_query(text), "{text}");
        }
    }
}
