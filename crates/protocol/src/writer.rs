//! What the storage kernel and the writer of the lab *durability* say to each other.
//!
//! The writer is a worker that writes files and is ended in the middle of it; another one looks at what is left. A message
//! is `[message, values]`, where `values` are bytes.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How a file is replaced by a new version of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// The new version is written over the old one.
    Plain,
    /// The new version is written to another file, which then takes the old one's name.
    Rename,
    /// `SQLite` changes every record in one transaction.
    Transaction,
}

/// What is in the files of a run; kept beside them, so that a page that was reloaded knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WriterRun {
    /// How many records.
    pub records: u32,
    /// The format of the two files.
    pub format: String,
}

/// What the kernel asks of a writer. It does one after the other, and answers each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum WriterOrder {
    /// Say which files of an earlier run there are.
    Look,
    /// Put the old version in place: the bytes of the file, or for `SQLite` the records as JSON.
    Prepare {
        /// Of which way.
        way: Way,
        /// What it is.
        run: WriterRun,
    },
    /// Replace the old version by the new one, given as for `prepare`, and say how far it is.
    Write {
        /// In which way.
        way: Way,
        /// In so many pieces, each flushed.
        pieces: u32,
        /// Rest after each piece, in milliseconds.
        pause_ms: u32,
    },
    /// Give the bytes of all files of a way as they are. `SQLite` is not asked.
    Inspect {
        /// Of which way.
        way: Way,
    },
    /// Open the database as any program would, and say what is in it.
    Recover,
    /// Remove all files.
    Clean,
}

/// What a writer says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum WriterReport {
    /// It has started.
    Ready {
        /// A number by chance, from 0 to 1.
        chance: f64,
    },
    /// What there is of an earlier run.
    Found {
        /// Nothing if there was none.
        run: Option<WriterRun>,
        /// The ways of which there are files.
        ways: Vec<Way>,
    },
    /// The old version is in place.
    Prepared,
    /// So many pieces are written.
    Progress {
        /// Pieces.
        done: u32,
        /// Of so many.
        of: u32,
    },
    /// The new version is in place.
    Written,
    /// The bytes of these files come beside the message, in this order.
    Files {
        /// Their names.
        names: Vec<String>,
    },
    /// What is in the database, after `SQLite` has opened it.
    Recovered {
        /// What `PRAGMA integrity_check` says.
        integrity: String,
        /// Records of version 1.
        old: u32,
        /// Records of version 2.
        new: u32,
        /// Whether a journal is still there.
        journal: bool,
    },
    /// All files are removed.
    Cleaned,
    /// It could not be done.
    Failed {
        /// The error's stable name: `no-storage`, `refused`, `in-use`, `quota`, `no-move`, `no-sqlite` or `failed`.
        code: String,
        /// The browser's words.
        why: String,
    },
}
