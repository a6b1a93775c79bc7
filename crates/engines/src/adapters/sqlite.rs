//! SQLite, without its engine: the statements that are to be executed, and what their results mean.
//!
//! **Invariant:** nothing here executes anything. Who does takes the statements, and brings back rows and the file.

pub mod pages;
pub mod plan;

use formats::{Datum, FormatError};

use super::reckoning::missing;
use crate::questions::{
    ADDED, Asked, BORN_FROM, BORN_TO, CITY, Column, Kind, NEW_HEIGHT, PEOPLE, Question,
};
use crate::sql::SqlValue;

/// A statement with its parameters, by position.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// Its text.
    pub sql: &'static str,
    /// Its parameters.
    pub parameters: Vec<SqlValue>,
}

/// Makes the tables, without rows. What was there of that name goes, and the file keeps no empty pages of it.
pub const TABLES: &str = "DROP TABLE IF EXISTS people;
DROP TABLE IF EXISTS cities;
VACUUM;
CREATE TABLE cities (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  country TEXT NOT NULL,
  population INTEGER NOT NULL
);
CREATE TABLE people (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  city_id INTEGER NOT NULL REFERENCES cities (id),
  born TEXT NOT NULL,
  height REAL NOT NULL,
  active INTEGER NOT NULL
);";

/// Makes the indexes.
pub const INDEXES: &str = "CREATE INDEX people_born ON people (born);
CREATE INDEX people_city ON people (city_id);";

/// Adds one of the people.
pub const INSERT_PERSON: &str = "INSERT INTO people VALUES (?, ?, ?, ?, ?, ?)";

/// Adds a city.
pub const INSERT_CITY: &str = "INSERT INTO cities VALUES (?, ?, ?, ?)";

/// The statement for a question. The rows that are added are the parameters of many executions: [`rows_json`].
pub fn statement(asked: Asked) -> Statement {
    let text = |text: &str| SqlValue::Text(text.to_owned());
    let (sql, parameters) = match asked.question {
        Question::Find => (
            "SELECT id, name, city_id, born, height, active FROM people WHERE id = ?1",
            vec![SqlValue::Integer(asked.id())],
        ),
        Question::Filter => (
            "SELECT id, name, born FROM people WHERE born BETWEEN ?1 AND ?2",
            vec![text(BORN_FROM), text(BORN_TO)],
        ),
        // Whole centimetres have a sum that does not depend on the order of adding.
        Question::Group => (
            "SELECT city_id, COUNT(*), AVG(CAST(ROUND(height * 100) AS INTEGER)) FROM people GROUP BY city_id",
            Vec::new(),
        ),
        Question::Join => (
            "SELECT cities.country, COUNT(*) FROM people JOIN cities ON cities.id = people.city_id \
             GROUP BY cities.country",
            Vec::new(),
        ),
        Question::Update => (
            "UPDATE people SET height = ?1 WHERE id = ?2",
            vec![SqlValue::Real(NEW_HEIGHT), SqlValue::Integer(asked.id())],
        ),
        Question::Add => (INSERT_PERSON, Vec::new()),
    };
    Statement { sql, parameters }
}

/// What reads back what a question has written.
pub fn read_back(asked: Asked) -> Option<Statement> {
    match asked.question {
        Question::Update => Some(statement(Asked {
            question: Question::Find,
            ..asked
        })),
        Question::Add => Some(Statement {
            sql: "SELECT COUNT(*), MAX(id), SUM(city_id) FROM people",
            parameters: Vec::new(),
        }),
        _ => None,
    }
}

/// What takes back what was added, so that it can be asked again. Who was updated stays as he is: to write the same value
/// again is the same work.
pub fn undo(asked: Asked) -> Option<Statement> {
    (asked.question == Question::Add).then(|| Statement {
        sql: "DELETE FROM people WHERE id > ?1",
        parameters: vec![SqlValue::Integer(i64::from(asked.people))],
    })
}

/// What asks for the plan of a question's statement, and its parameters.
pub fn explain(asked: Asked) -> (String, Vec<SqlValue>) {
    let Statement { sql, parameters } = statement(asked);
    let parameters = if asked.question == Question::Add {
        vec![SqlValue::Null; PEOPLE.len()]
    } else {
        parameters
    };
    (plan_of(sql), parameters)
}

/// The statement that asks for the plan of another.
pub fn plan_of(sql: &str) -> String {
    format!("EXPLAIN QUERY PLAN {sql}")
}

/// The people that are added to so many: those that the registry would have had next.
pub fn added(people: u32) -> Datum {
    let tables = crate::questions::registry(people + ADDED).generate();
    match tables.people {
        Datum::List(mut all) => Datum::List(all.split_off((people as usize).min(all.len()))),
        other => other,
    }
}

/// Rows of a table as a JSON text, an array of arrays of what SQLite stores: days as text, true and false as 1 and 0.
///
/// # Errors
/// If a column is missing in a record.
pub fn rows_json(table: &Datum, columns: &[Column]) -> Result<Vec<u8>, FormatError> {
    let Datum::List(records) = table else {
        return Err(missing("the list"));
    };
    let rows: Result<Vec<Datum>, FormatError> = records
        .iter()
        .map(|record| {
            let cells = columns.iter().map(|column| {
                let cell = record.get(column.0).ok_or_else(|| missing(column.0))?;
                Ok(match (column.1, cell) {
                    (Kind::Bool, Datum::Bool(value)) => Datum::Int(i64::from(*value)),
                    (Kind::Date, Datum::Date(date)) => Datum::from(date.to_string()),
                    (_, cell) => cell.clone(),
                })
            });
            Ok(Datum::List(cells.collect::<Result<_, FormatError>>()?))
        })
        .collect();
    super::encoded("json", &Datum::List(rows?))
}

/// The rows of people.
///
/// # Errors
/// As [`rows_json`].
pub fn people_json(table: &Datum) -> Result<Vec<u8>, FormatError> {
    rows_json(table, &PEOPLE)
}

/// The rows of cities.
///
/// # Errors
/// As [`rows_json`].
pub fn cities_json(table: &Datum) -> Result<Vec<u8>, FormatError> {
    rows_json(table, &CITY)
}
