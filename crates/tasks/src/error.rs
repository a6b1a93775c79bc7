//! Why a task did not give a result.

use core::fmt;

use formula::FormulaError;
use values::AccessError;

/// Why a task did not give a result.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TaskError {
    /// An argument is missing or of the wrong kind.
    Argument(AccessError),
    /// An argument is of the right kind, but outside what is allowed.
    OutOfRange {
        /// The name of the argument.
        name: &'static str,
        /// What is allowed, in words.
        allowed: &'static str,
    },
    /// The bytes are not text.
    NotText {
        /// The offset of the first byte that is not text.
        offset: usize,
        /// The line it is on, from 1.
        line: usize,
        /// What gave it away, in words.
        reason: &'static str,
    },
    /// A program could not be read or computed.
    Formula(FormulaError),
    /// The task was asked to fail.
    Asked(String),
    /// A parallel call within the task could not be made.
    Call {
        /// The stable name of the error.
        code: &'static str,
        /// Why, in a sentence.
        message: String,
    },
}

impl TaskError {
    /// The stable name of this error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Argument(_) => "task-argument",
            Self::OutOfRange { .. } => "task-out-of-range",
            Self::NotText { .. } => "not-text",
            Self::Formula(error) => error.code(),
            Self::Asked(_) => "task-failed",
            Self::Call { code, .. } => code,
        }
    }

    /// Where in the input the fault is: its offset in bytes and its line from 1.
    pub const fn position(&self) -> Option<(usize, usize)> {
        match self {
            Self::NotText { offset, line, .. } => Some((*offset, *line)),
            Self::Formula(error) => match error.place {
                Some(place) => Some((place.offset, place.line as usize)),
                None => None,
            },
            _ => None,
        }
    }
}

impl fmt::Display for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Argument(error) => error.fmt(f),
            Self::OutOfRange { name, allowed } => write!(f, "`{name}` must be {allowed}."),
            Self::NotText {
                offset,
                line,
                reason,
            } => write!(
                f,
                "This is not UTF-8 text: {reason} at byte {offset}, line {line}."
            ),
            Self::Formula(error) => error.fmt(f),
            Self::Asked(message) | Self::Call { message, .. } => f.write_str(message),
        }
    }
}

impl core::error::Error for TaskError {}

impl From<AccessError> for TaskError {
    fn from(error: AccessError) -> Self {
        Self::Argument(error)
    }
}

impl From<FormulaError> for TaskError {
    fn from(error: FormulaError) -> Self {
        Self::Formula(error)
    }
}
