//! What is asked of the SQLite worker.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Changes, Parameters};

/// Which rows of an execution are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Rows {
    /// All.
    All,
    /// The first, if there is one.
    First,
    /// None: only what was changed is told.
    None,
}

/// What is asked of the SQLite worker. Each worker serves one database.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
#[non_exhaustive]
pub enum SqlRequest {
    /// The first request: which database. Connection 0 is opened with it. Answered by `opened`.
    Open {
        /// Its name.
        name: String,
        /// Whether it is kept in the browser's storage.
        persistent: bool,
        /// Whether answers carry the blocks that a commit changed, so that the asker can open the database again after it
        /// ended this worker.
        mirror: bool,
        /// Blocks that were changed since what is stored, from an asker that ended the worker before this one.
        restore: Option<Changes>,
    },
    /// Opens a further connection. Answered by `done`.
    Connect {
        /// Its number.
        connection: u32,
    },
    /// Closes a connection; what it has not committed is rolled back. Answered by `done`.
    Disconnect {
        /// Its number.
        connection: u32,
    },
    /// Prepares a statement. Answered by `prepared`.
    Prepare {
        /// For which connection.
        connection: u32,
        /// Its number.
        statement: u32,
        /// Its text.
        sql: String,
    },
    /// Forgets a statement. Answered by `done`.
    Finalize {
        /// Its number.
        statement: u32,
    },
    /// Executes a prepared statement, once per parameter set. Answered by `executed`.
    Execute {
        /// The statement.
        statement: u32,
        /// Which rows are wanted.
        rows: Rows,
        /// Whether all executions are one deed: they all happen, or none; the changes are told as sums. If not, each
        /// stands for itself, and one that fails does not concern the others.
        together: bool,
        /// The parameters.
        parameters: Parameters,
    },
    /// Prepares one statement, executes it once and forgets it. Answered by `executed`.
    Query {
        /// By which connection.
        connection: u32,
        /// Its text.
        sql: String,
        /// Which rows are wanted.
        rows: Rows,
        /// The parameters, of one execution.
        parameters: Parameters,
    },
    /// Executes a prepared statement once per row of a JSON text: an array of arrays of values. One deed, as with
    /// `together`. Answered by `executed`.
    RowsJson {
        /// The statement.
        statement: u32,
        /// The buffer with the text, in UTF-8.
        buffer: u32,
    },
    /// Executes a script of statements, up to the first that fails. Answered by `script`.
    Script {
        /// By which connection.
        connection: u32,
        /// Its text.
        sql: String,
    },
    /// Begins a transaction. Answered by `done`.
    Begin {
        /// By which connection.
        connection: u32,
    },
    /// Commits. Answered by `done`.
    Commit {
        /// By which connection.
        connection: u32,
    },
    /// Rolls back; nothing happens when there is no transaction. Answered by `done`.
    Rollback {
        /// By which connection.
        connection: u32,
    },
    /// The database file as last committed. Answered by `file`.
    Export,
    /// Replaces the content of the database by that of a file. Answered by `done`.
    Import {
        /// The buffer with the file.
        buffer: u32,
    },
    /// Waits until everything that was committed before is stored. Answered by `done`.
    Save,
    /// Saves, and closes all connections. Answered by `done`.
    Close,
    /// Closes all connections, and removes the database from the storage. Answered by `done`.
    Delete,
}
