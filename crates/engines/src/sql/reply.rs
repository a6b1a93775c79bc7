//! What the SQLite worker says.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::SqlValue;

/// Where a fault is in an SQL text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SqlPosition {
    /// In bytes of UTF-8 from the start.
    pub offset: u32,
    /// From 1.
    pub line: u32,
    /// In characters, from 1.
    pub column: u32,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SqlError {
    /// SQLite's own name of the error (<https://www.sqlite.org/rescode.html>), such as `SQLITE_CONSTRAINT`; or, for what is
    /// not SQLite's: `parameter`, `several-statements`, `no-statement`, `closed`, `storage-full`, `storage-failed`,
    /// `not-persistent`, `open-elsewhere`, `rows-json`, `engine-start`.
    pub code: String,
    /// SQLite's name of the extended code, such as `SQLITE_CONSTRAINT_UNIQUE`; else the same as `code`.
    pub extended_code: String,
    /// SQLite's own message.
    pub message: String,
    /// Where in the SQL text, if SQLite says so.
    pub position: Option<SqlPosition>,
}

/// Where the database is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum PersistenceKind {
    /// In the browser's IndexedDB.
    Indexeddb,
    /// In memory only.
    Memory,
    /// In the browser's IndexedDB, but this is a copy that cannot be changed, because the database is open elsewhere.
    ReadOnly,
}

/// Where the database is kept, and why there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Persistence {
    /// Where.
    pub kind: PersistenceKind,
    /// Why there, in a sentence.
    pub why: String,
}

/// Rows of one query.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ResultSet {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The values of all rows, end to end.
    #[ts(type = "Array<SqlValue>")]
    pub values: Vec<SqlValue>,
}

/// An execution that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExecutionError {
    /// Which, by its place among the parameter sets.
    pub execution: u32,
    /// Why.
    pub error: SqlError,
}

/// The answer to a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
#[non_exhaustive]
pub enum SqlReply {
    /// To `open`.
    Opened {
        /// SQLite's version.
        version: String,
        /// Where the database is kept.
        persistence: Persistence,
    },
    /// To `prepare`.
    Prepared {
        /// How many parameters it has.
        parameters: u32,
        /// The names of its columns; empty if it gives no rows.
        columns: Vec<String>,
    },
    /// It was done.
    Done {
        /// Whether the connection is in a transaction now.
        in_transaction: bool,
        /// Time in SQLite, in milliseconds.
        elapsed_ms: f64,
    },
    /// To `execute`, `query` and `rows-json`.
    Executed {
        /// The names of the columns; empty if there are none, or no rows were wanted.
        columns: Vec<String>,
        /// How many rows each execution gave; empty if no rows were wanted.
        counts: Vec<u32>,
        /// The values of all rows of all executions, end to end.
        #[ts(type = "Array<SqlValue>")]
        values: Vec<SqlValue>,
        /// How many rows each execution changed, or their sum if they are one deed; empty if rows were wanted.
        changes: Vec<f64>,
        /// The row id of the newest row that was inserted by this connection.
        #[ts(type = "number | bigint")]
        last_insert_rowid: SqlValue,
        /// The executions that failed, in their order.
        errors: Vec<ExecutionError>,
        /// Whether the connection is in a transaction now.
        in_transaction: bool,
        /// Time in SQLite with its values made JavaScript's, in milliseconds.
        elapsed_ms: f64,
    },
    /// To `script`.
    Script {
        /// One for each statement that gives rows.
        results: Vec<ResultSet>,
        /// Why the script was left early, if it was.
        error: Option<SqlError>,
        /// Whether the connection is in a transaction now.
        in_transaction: bool,
        /// Time in SQLite with its values made JavaScript's, in milliseconds.
        elapsed_ms: f64,
    },
    /// To `export`.
    File {
        /// The buffer with the file.
        buffer: u32,
        /// Time in SQLite, in milliseconds.
        elapsed_ms: f64,
    },
    /// It was not done.
    Failed {
        /// Why.
        error: SqlError,
        /// Whether the connection is in a transaction now.
        in_transaction: bool,
    },
}

/// What the worker says unasked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
#[non_exhaustive]
pub enum SqlNotice {
    /// It listens.
    Listening,
    /// Everything up to this commit is stored.
    Saved {
        /// The number of the commit.
        version: u32,
    },
    /// What was committed could not be stored. It is tried again with the next commit.
    SaveFailed {
        /// Why.
        error: SqlError,
    },
}
