//! The engines that work on the bytes of a file as a program would.

use formats::{Datum, FormatError};
use serde::{Deserialize, Serialize};

use crate::adapters::{csv, json};
use crate::questions::{Answer, Asked};

/// An engine without an engine: a program that reads and writes a file.
pub trait FileEngine: Sync {
    /// A stable name; also that of the format.
    fn name(&self) -> &'static str;

    /// What a person calls it.
    fn title(&self) -> &'static str;

    /// The bytes of a table: a list of maps.
    ///
    /// # Errors
    /// If the format cannot hold it.
    fn store(&self, table: &Datum) -> Result<Vec<u8>, FormatError>;

    /// Answers a question; one that writes changes the file of people. `new` are the people that are added.
    ///
    /// # Errors
    /// If the bytes cannot be read.
    fn ask(&self, files: &mut Files, asked: Asked, new: &[Datum]) -> Result<Told, FormatError>;
}

/// The files of both tables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// The people.
    pub people: Vec<u8>,
    /// The cities.
    pub cities: Vec<u8>,
}

/// What an engine did for a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The answer; none to a question that writes.
    pub rows: Vec<Vec<Datum>>,
    /// How much it had to touch.
    pub touched: Touched,
    /// How it went about it.
    pub steps: Vec<Step>,
}

/// Bytes that had to be touched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touched {
    /// Bytes that were read.
    pub read: u64,
    /// Bytes that were written.
    pub written: u64,
}

/// A step of a program that works on a file. Sizes are in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// A whole file was read.
    ReadAll {
        /// Of which table.
        table: String,
        /// Its size.
        bytes: u64,
    },
    /// A file was read from its start until the record was there.
    ReadUntil {
        /// Of which table.
        table: String,
        /// How far.
        bytes: u64,
        /// Its size.
        of: u64,
    },
    /// Records were kept in a map in memory, by their number.
    Kept {
        /// Of which table.
        table: String,
        /// How many.
        records: u64,
    },
    /// The whole file was written anew.
    Rewritten {
        /// Its size now.
        bytes: u64,
    },
    /// Something was written after the end of the file.
    Appended {
        /// How much.
        bytes: u64,
    },
}

/// The engines that work on files.
pub fn all() -> &'static [&'static dyn FileEngine] {
    &[&csv::Csv, &json::Json]
}

/// The one of that name.
pub fn find(name: &str) -> Option<&'static dyn FileEngine> {
    all().iter().copied().find(|engine| engine.name() == name)
}

/// The answer, and what it took. Of a question that writes the answer is what is read back afterwards.
///
/// # Errors
/// If the bytes cannot be read.
pub fn answer(
    engine: &dyn FileEngine,
    files: &mut Files,
    asked: Asked,
    new: &[Datum],
) -> Result<(Answer, Told), FormatError> {
    let told = engine.ask(files, asked, new)?;
    let rows = if asked.question.writes() {
        crate::adapters::read_back(engine, files, asked)?
    } else {
        told.rows.clone()
    };
    Ok((Answer::new(asked.question, rows), told))
}
