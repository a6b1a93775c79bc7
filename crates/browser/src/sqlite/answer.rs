//! What comes back from SQLite's worker.

use engines::sql::{SqlError, SqlReply, SqlValue};

/// Why a request was not served.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SqliteFailure {
    /// SQLite's error, or the bridge's about the request.
    Refused(SqlError),
    /// The worker could not be started, stopped, or was ended.
    Lost(String),
    /// The worker answered what is no answer to this request.
    Unexpected(String),
}

impl SqliteFailure {
    /// The stable name of the error; SQLite's own where it is SQLite's.
    pub fn code(&self) -> &str {
        match self {
            Self::Refused(error) => &error.code,
            Self::Lost(_) => "engine-lost",
            Self::Unexpected(_) => "engine-answer",
        }
    }
}

impl core::fmt::Display for SqliteFailure {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Refused(error) => f.write_str(&error.message),
            Self::Lost(why) => write!(f, "SQLite stopped: {why}"),
            Self::Unexpected(what) => write!(f, "SQLite's worker gave no answer to this: {what}"),
        }
    }
}

impl core::error::Error for SqliteFailure {}

/// What was changed by executions.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    /// How many rows.
    pub changes: f64,
    /// The row id of the newest row that was inserted.
    pub last_insert_rowid: SqlValue,
    /// Time in SQLite, in milliseconds.
    pub elapsed_ms: f64,
}

/// Rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Rowset {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The values of all rows, end to end.
    pub values: Vec<SqlValue>,
    /// Time in SQLite with its values made JavaScript's, in milliseconds.
    pub elapsed_ms: f64,
}

/// A reply of another kind than the request has.
pub(super) fn unexpected(reply: &SqlReply) -> SqliteFailure {
    match reply {
        SqlReply::Failed { error, .. } => SqliteFailure::Refused(error.clone()),
        other => SqliteFailure::Unexpected(format!("{other:?}")),
    }
}

/// What was changed, from the reply to executions.
pub(super) fn changed(reply: SqlReply) -> Result<Changed, SqliteFailure> {
    match reply {
        SqlReply::Executed {
            changes,
            last_insert_rowid,
            elapsed_ms,
            ..
        } => Ok(Changed {
            changes: changes.iter().sum(),
            last_insert_rowid,
            elapsed_ms,
        }),
        other => Err(unexpected(&other)),
    }
}
