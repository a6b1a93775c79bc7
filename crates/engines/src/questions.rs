//! The questions that are asked of every engine, and what an answer is.

use core::cmp::Ordering;

use datasets::Registry;
use formats::{Date, Datum};
use serde::{Deserialize, Serialize};
use values::{Digest, Digester};

use crate::sql::SqlValue;

/// Cities, whatever the number of people: so that the first people of two registries are the same.
pub const CITIES: usize = 100;
/// The seed of the registries that are asked.
pub const SEED: u64 = 7;
/// The first day of the range that is asked for.
pub const BORN_FROM: &str = "1990-01-01";
/// The last day of that range.
pub const BORN_TO: &str = "1990-12-31";
/// The height that is written, in metres; nobody has it before.
pub const NEW_HEIGHT: f64 = 2.05;
/// As many records are added.
pub const ADDED: u32 = 10_000;

/// The columns of people.
pub const PEOPLE: [Column; 6] = [
    Column("id", Kind::Int),
    Column("name", Kind::Text),
    Column("city_id", Kind::Int),
    Column("born", Kind::Date),
    Column("height", Kind::Real),
    Column("active", Kind::Bool),
];

/// The columns of cities.
pub const CITY: [Column; 4] = [
    Column("id", Kind::Int),
    Column("name", Kind::Text),
    Column("country", Kind::Text),
    Column("population", Kind::Int),
];

/// A column's name, and what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column(pub &'static str, pub Kind);

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Whole numbers.
    Int,
    /// Numbers.
    Real,
    /// Text.
    Text,
    /// Days; text in SQLite.
    Date,
    /// True or false; 1 or 0 in SQLite.
    Bool,
}

/// A question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Question {
    /// One record by its number.
    #[default]
    Find,
    /// The records within a range.
    Filter,
    /// A count and an average for each value of a column.
    Group,
    /// Two tables brought together.
    Join,
    /// One record changed.
    Update,
    /// Many records added.
    Add,
}

impl Question {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 6] = [
        Self::Find,
        Self::Filter,
        Self::Group,
        Self::Join,
        Self::Update,
        Self::Add,
    ];

    /// A stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Find => "find",
            Self::Filter => "filter",
            Self::Group => "group",
            Self::Join => "join",
            Self::Update => "update",
            Self::Add => "add",
        }
    }

    /// The question of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|question| question.name() == name)
    }

    /// A few words for a list.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Find => "Find one person",
            Self::Filter => "Filter: who was born in 1990",
            Self::Group => "Group: how many people in each city, and how tall",
            Self::Join => "Join: how many people in each country",
            Self::Update => "Update one person",
            Self::Add => "Add 10,000 people",
        }
    }

    /// Whether it changes what is stored.
    pub const fn writes(self) -> bool {
        matches!(self, Self::Update | Self::Add)
    }

    /// Whether SQLite's indexes, other than the primary key, make a difference to it.
    pub const fn index_matters(self) -> bool {
        !matches!(self, Self::Find | Self::Update)
    }

    /// The columns of its answer. Of a question that writes: of what is read back afterwards.
    pub const fn columns(self) -> &'static [Column] {
        match self {
            Self::Find | Self::Update => &PEOPLE,
            Self::Filter => &[
                Column("id", Kind::Int),
                Column("name", Kind::Text),
                Column("born", Kind::Date),
            ],
            Self::Group => &[
                Column("city_id", Kind::Int),
                Column("people", Kind::Int),
                Column("centimetres", Kind::Real),
            ],
            Self::Join => &[Column("country", Kind::Text), Column("people", Kind::Int)],
            Self::Add => &[
                Column("people", Kind::Int),
                Column("last_id", Kind::Int),
                Column("sum_of_city_ids", Kind::Int),
            ],
        }
    }
}

/// A question about so many people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Which.
    pub question: Question,
    /// How many people there are.
    pub people: u32,
}

impl Asked {
    /// The number of the person it is about, where it is about one: the one in the middle.
    pub fn id(self) -> i64 {
        i64::from(self.people.div_ceil(2))
    }

    /// The data it is asked of.
    pub const fn registry(self) -> Registry {
        registry(self.people)
    }

    /// The question in a sentence.
    pub fn sentence(self) -> String {
        match self.question {
            Question::Find => format!("Who has the number {}?", self.id()),
            Question::Filter => {
                format!("Who was born between {BORN_FROM} and {BORN_TO}?")
            }
            Question::Group => "How many people live in each city, and how tall are they on average?".to_owned(),
            Question::Join => {
                "How many people live in each country? (A person has a city; the city has a country.)".to_owned()
            }
            Question::Update => format!(
                "Change the height of person {} to {NEW_HEIGHT} m.",
                self.id()
            ),
            Question::Add => format!(
                "Add {ADDED} people, with the numbers from {} on.",
                self.people + 1
            ),
        }
    }
}

/// The registry of so many people.
pub const fn registry(people: u32) -> Registry {
    Registry {
        people: people as usize,
        cities: CITIES,
        seed: SEED,
    }
}

/// The days of the range that is asked for.
pub fn range() -> (Option<Date>, Option<Date>) {
    (Date::parse(BORN_FROM), Date::parse(BORN_TO))
}

/// An answer: rows in an order that does not depend on who gave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows, by their first columns.
    pub rows: Vec<Vec<Datum>>,
}

impl Answer {
    /// From the rows of an engine that reads records itself.
    pub fn new(question: Question, mut rows: Vec<Vec<Datum>>) -> Self {
        rows.sort_by(|a, b| by_columns(a, b));
        Self {
            columns: question
                .columns()
                .iter()
                .map(|column| column.0.to_owned())
                .collect(),
            rows,
        }
    }

    /// From the values of an engine that answers in SQL: those of all rows, end to end.
    ///
    /// # Errors
    /// A sentence, if they are not what the question's columns hold.
    pub fn from_sql(question: Question, values: &[SqlValue]) -> Result<Self, String> {
        let columns = question.columns();
        if !values.len().is_multiple_of(columns.len()) {
            return Err(format!(
                "{} values do not make rows of {}.",
                values.len(),
                columns.len()
            ));
        }
        let rows: Result<Vec<Vec<Datum>>, String> = values
            .chunks(columns.len())
            .map(|row| {
                let cells = row.iter().zip(columns);
                cells
                    .map(|(value, column)| {
                        from_sql(column.1, value)
                            .ok_or_else(|| format!("`{}` holds {value:?}.", column.0))
                    })
                    .collect()
            })
            .collect();
        Ok(Self::new(question, rows?))
    }

    /// What equal answers have in common, and no others.
    pub fn digest(&self) -> Digest {
        let mut digester = Digester::new();
        for row in &self.rows {
            digester.begin_part(row.len() as u64);
            for cell in row {
                digester.part(&bytes(cell));
            }
        }
        digester.finish()
    }
}

/// A value of SQLite's, as what the column holds. SQLite knows neither days nor true and false, and a real without a
/// fraction may have come as an integer.
fn from_sql(kind: Kind, value: &SqlValue) -> Option<Datum> {
    match (kind, value) {
        (_, SqlValue::Null) => Some(Datum::Null),
        (Kind::Int, SqlValue::Integer(number)) => Some(Datum::Int(*number)),
        (Kind::Bool, SqlValue::Integer(number @ (0 | 1))) => Some(Datum::Bool(*number == 1)),
        (Kind::Real, SqlValue::Integer(number)) => Some(Datum::Float(*number as f64)),
        (Kind::Real, SqlValue::Real(number)) => Some(Datum::Float(*number)),
        (Kind::Text, SqlValue::Text(text)) => Some(Datum::from(text.as_str())),
        (Kind::Date, SqlValue::Text(text)) => Date::parse(text).map(Datum::Date),
        _ => None,
    }
}

/// The bytes of a cell, by which it is told apart.
fn bytes(cell: &Datum) -> Vec<u8> {
    let (tag, mut bytes) = match cell {
        Datum::Null => (0, Vec::new()),
        Datum::Bool(value) => (1, vec![u8::from(*value)]),
        Datum::Int(number) => (2, number.to_le_bytes().to_vec()),
        Datum::Float(number) => (3, number.to_bits().to_le_bytes().to_vec()),
        Datum::Str(text) => (4, text.as_bytes().to_vec()),
        Datum::Date(date) => (5, date.days().to_le_bytes().to_vec()),
        // No answer holds anything else.
        other => (6, format!("{other:?}").into_bytes()),
    };
    bytes.push(tag);
    bytes
}

fn by_columns(a: &[Datum], b: &[Datum]) -> Ordering {
    let cells = a.iter().zip(b);
    cells
        .map(|(a, b)| match (a, b) {
            (Datum::Int(a), Datum::Int(b)) => a.cmp(b),
            (Datum::Str(a), Datum::Str(b)) => a.as_str().cmp(b.as_str()),
            (a, b) => bytes(a).cmp(&bytes(b)),
        })
        .find(|order| order.is_ne())
        .unwrap_or_else(|| a.len().cmp(&b.len()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_order_in_which_rows_came_does_not_count_and_what_is_in_them_does() {
        let row = |id, people| vec![Datum::Int(id), Datum::Int(people), Datum::Float(1.5)];
        let one = Answer::new(Question::Group, vec![row(10, 1), row(9, 2)]);
        let other = Answer::new(Question::Group, vec![row(9, 2), row(10, 1)]);
        assert_eq!(one, other);
        assert_eq!(one.rows[0][0], Datum::Int(9));
        assert_eq!(one.digest(), other.digest());
        let third = Answer::new(Question::Group, vec![row(9, 2), row(10, 2)]);
        assert_ne!(one.digest(), third.digest());
    }

    #[test]
    fn what_sql_says_becomes_what_the_columns_hold() {
        let text = |text: &str| SqlValue::Text(text.to_owned());
        let person = [
            SqlValue::Integer(3),
            text("Ada"),
            SqlValue::Integer(1),
            text("1990-02-03"),
            SqlValue::Integer(2),
            SqlValue::Integer(1),
        ];
        let answer = Answer::from_sql(Question::Find, &person).unwrap();
        assert_eq!(
            answer.rows,
            [vec![
                Datum::Int(3),
                Datum::from("Ada"),
                Datum::Int(1),
                Datum::Date(Date::new(1990, 2, 3).unwrap()),
                Datum::Float(2.0),
                Datum::Bool(true),
            ]]
        );
        assert!(Answer::from_sql(Question::Find, &person[..5]).is_err());
        assert!(Answer::from_sql(Question::Join, &person[..2]).is_err());
    }

    #[test]
    fn each_question_has_a_name_of_its_own() {
        for question in Question::ALL {
            assert_eq!(Question::named(question.name()), Some(question));
        }
        assert_eq!(Question::named("none"), None);
    }
}
