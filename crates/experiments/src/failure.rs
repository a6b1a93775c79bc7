//! Why a job gave nothing.

use core::fmt;

use formats::FormatError;
use serde::{Deserialize, Serialize};

/// A place in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Bytes before it.
    pub offset: u64,
    /// Its line, from 1, where there are lines.
    pub line: Option<u64>,
    /// Its column in characters, from 1, where that is known.
    pub column: Option<u64>,
}

impl From<formats::Position> for Place {
    fn from(position: formats::Position) -> Self {
        Self {
            offset: position.offset,
            line: position.line,
            column: position.column,
        }
    }
}

/// Why a job gave nothing: a stable name, a sentence, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// A stable name.
    pub code: String,
    /// What is wrong, in a sentence.
    pub message: String,
    /// Where in the bytes.
    pub place: Option<Place>,
    /// The name of the format that the bytes look like, if it is another one.
    pub looks_like: Option<String>,
}

impl Failure {
    /// Without a place.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            message: message.into(),
            place: None,
            looks_like: None,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl core::error::Error for Failure {}

/// A name as the page knows names: with hyphens. The crate `formats` writes them with underscores, as Python would.
pub(crate) fn public_code(code: &str) -> String {
    code.replace('_', "-")
}

impl From<FormatError> for Failure {
    fn from(error: FormatError) -> Self {
        Self {
            code: public_code(error.code()),
            place: error.position.map(Place::from),
            looks_like: error.looks_like.map(str::to_owned),
            message: error.message,
        }
    }
}
