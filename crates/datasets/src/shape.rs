//! A table made from a seed.

use formats::{Date, Datum, Map};
use serde::{Deserialize, Serialize};

use crate::random::Random;
use crate::words;

/// Rows at most.
pub const MAX_ROWS: usize = 1_000_000;
/// Columns at most.
pub const MAX_COLUMNS: usize = 1000;
/// Characters of a text at most, on average.
pub const MAX_TEXT_LENGTH: usize = 10_000;
/// Levels of maps within a record at most.
pub const MAX_NESTING: usize = 4;
/// Values at most: rows by columns. There are as many rows as fit.
pub const MAX_CELLS: usize = 5_000_000;
/// Characters of all texts together at most. There are as many rows as fit.
pub const MAX_TEXT: usize = 100_000_000;

/// What a table that is made from a seed is like.
///
/// The columns are in turn: a running number, then text, whole number, float, true or false, day, and again from text on.
/// The same shape makes the same table on every machine. What a cell holds depends on its row, its column and the seed, so
/// the first rows stay as they are when more are asked for; so do the first columns, and a shorter text is not the start
/// of a longer one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shape {
    /// Rows, at most [`MAX_ROWS`].
    pub rows: usize,
    /// Values in a row, at whatever level, from 1 to [`MAX_COLUMNS`].
    pub columns: usize,
    /// Characters of a text on average, at most [`MAX_TEXT_LENGTH`]: each is from half to one and a half times as long.
    pub text_length: usize,
    /// How often a text is that of an earlier row of its column, from 0 to 1.
    pub repetition: f64,
    /// Maps within maps, from 0 (flat) to [`MAX_NESTING`]; the values are shared out among the levels, none is added.
    pub nesting: usize,
    /// How often a value is [`Datum::Null`], from 0 to 1; the first column never is.
    pub missing: f64,
    /// Makes another table of the same shape.
    pub seed: u64,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            rows: 1000,
            columns: 8,
            text_length: 16,
            repetition: 0.5,
            nesting: 0,
            missing: 0.05,
            seed: 1,
        }
    }
}

/// What a column holds.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Whole,
    Float,
    Bool,
    Day,
}

const KINDS: [Kind; 5] = [Kind::Text, Kind::Whole, Kind::Float, Kind::Bool, Kind::Day];

/// The names of the first columns after the running number, in the order of [`KINDS`]; later ones get a number.
const NAMES: [&str; 20] = [
    "name", "quantity", "price", "active", "created", "city", "age", "weight", "paid", "updated",
    "comment", "visits", "score", "public", "due", "category", "stock", "distance", "checked",
    "shipped",
];

/// What the whole numbers of the first columns stay below: quantities, ages, visits, stocks.
const BELOW: [u64; 4] = [1000, 100, 1_000_000, 10_000];

/// The names of the maps within a record, from the outside in.
const LEVELS: [&str; MAX_NESTING] = ["details", "origin", "place", "position"];

/// The streams of chance of a cell's text, apart from the one that says whether the cell is missing.
const REPEATED: u64 = 1 << 32;
const TEXT: u64 = 1 << 33;

impl Shape {
    /// The nearest shape within the limits.
    #[must_use]
    pub fn within_limits(&self) -> Self {
        let columns = self.columns.clamp(1, MAX_COLUMNS);
        let text_length = self.text_length.min(MAX_TEXT_LENGTH);
        let texts = (0..columns).filter(|&at| matches!(kind(at), Some(Kind::Text)));
        let of_a_row = texts.count() * text_length;
        let rows = self.rows.min(MAX_ROWS).min(MAX_CELLS / columns);
        Self {
            rows: rows.min(MAX_TEXT / of_a_row.max(1)),
            columns,
            text_length,
            repetition: share(self.repetition),
            nesting: self.nesting.min(MAX_NESTING),
            missing: share(self.missing),
            seed: self.seed,
        }
    }

    /// Makes the table, of [`Shape::within_limits`]: a list of maps.
    pub fn generate(&self) -> Datum {
        let shape = self.within_limits();
        let levels = shape.levels();
        let rows = (0..shape.rows as u64).map(|row| shape.record(row, &levels));
        Datum::List(rows.collect())
    }

    /// The maps of a record from the outside in, without their values: each keeps its part of them, and has the next one.
    fn levels(&self) -> Vec<Map> {
        let part = |level: usize| {
            let end = |level: usize| self.columns * level / (self.nesting + 1);
            let names = (end(level)..end(level + 1)).map(name);
            let inner = LEVELS.get(level).filter(|_| level < self.nesting);
            let all = names.chain(inner.map(|name| (*name).to_owned()));
            all.map(|name| (Datum::from(name), Datum::Null)).collect()
        };
        (0..=self.nesting).map(part).collect()
    }

    fn record(&self, row: u64, levels: &[Map]) -> Datum {
        let mut column = self.columns;
        let mut inner = None;
        for level in levels.iter().rev() {
            // A copy, and not a map of its own: so all records share their keys.
            let mut map = level.clone();
            for place in map.values_mut().iter_mut().rev() {
                *place = inner.take().unwrap_or_else(|| {
                    column -= 1;
                    self.cell(row, column)
                });
            }
            inner = Some(Datum::Map(map));
        }
        inner.unwrap_or(Datum::Null)
    }

    fn cell(&self, row: u64, column: usize) -> Datum {
        let Some(kind) = kind(column) else {
            return Datum::Int(row.cast_signed() + 1);
        };
        let mut random = Random::at(self.seed, row, column as u64);
        if random.chance(self.missing) {
            return Datum::Null;
        }
        match kind {
            Kind::Text => self.text(row, column),
            Kind::Whole => Datum::Int(
                random
                    .below(BELOW[column / KINDS.len() % BELOW.len()])
                    .cast_signed(),
            ),
            Kind::Float => Datum::Float(random.below(100_000) as f64 / 100.0),
            Kind::Bool => Datum::Bool(random.chance(0.5)),
            // From 2000-01-01 on, for 25 years.
            Kind::Day => Date::from_days(10_957 + random.below(9132).cast_signed())
                .map_or(Datum::Null, Datum::Date),
        }
    }

    /// The text of a cell: its own, or that of an earlier row.
    fn text(&self, row: u64, column: usize) -> Datum {
        let mut from = row;
        loop {
            let mut random = Random::at(self.seed, from, column as u64 | REPEATED);
            if from > 0 && random.chance(self.repetition) {
                from = random.below(from);
                continue;
            }
            let mut random = Random::at(self.seed, from, column as u64 | TEXT);
            let shortest = self.text_length / 2;
            let spread = 2 * (self.text_length - shortest);
            let length = shortest + random.below(spread as u64 + 1) as usize;
            return words::text(&mut random, length).into();
        }
    }
}

fn kind(column: usize) -> Option<Kind> {
    (column > 0).then(|| KINDS[(column - 1) % KINDS.len()])
}

fn name(column: usize) -> String {
    if column == 0 {
        return "id".to_owned();
    }
    let at = column - 1;
    match at / NAMES.len() {
        0 => NAMES[at].to_owned(),
        round => format!("{}_{}", NAMES[at % NAMES.len()], round + 1),
    }
}

fn share(number: f64) -> f64 {
    // What is not a number is none.
    if number > 0.0 { number.min(1.0) } else { 0.0 }
}
