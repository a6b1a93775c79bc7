//! What a lab on storage hears of and asks for, and which labs there are.

use engines::sql::{SqlReply, SqlRequest};
use experiments::{Failure, Job, Outcome};
use protocol::{LabEvent, WriterOrder, WriterReport};
use widgets::{Heard, Lab};

use crate::bytes::Bytes;
use crate::durability::Durability;
use crate::formats_lab::Formats;
use crate::sql_or_files::SqlOrFiles;

/// A lab about storage.
pub type StorageLab = dyn Lab<Input = Input, Effect = Effect>;

/// What a lab about storage hears of.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// Where it runs. The first input.
    Machine(Machine),
    /// The visitor did something. Of files that were chosen the first can be worked on as [`experiments::Source::Own`].
    Visitor(LabEvent),
    /// The job of that number took so many milliseconds, from when it was sent to the workbench until its answer was here.
    /// Comes right before [`Input::Done`], if the job was sent.
    Took(u32, f64),
    /// A job is done, or was not: the lab's number for it, and what came of it. Jobs that were stopped are not heard of.
    Done(u32, Box<Result<Outcome, Failure>>),
    /// Something was heard of the lab's writer.
    Writer(WriterInput),
    /// SQLite has answered, or could not: the lab's number for what it asked, and what came of it. What was stopped is not
    /// heard of.
    Sql(u32, Box<Result<SqlAnswer, Failure>>),
}

impl Heard for Input {
    fn of_visitor(event: LabEvent) -> Self {
        Self::Visitor(event)
    }

    fn visitor(&self) -> Option<&LabEvent> {
        match self {
            Self::Visitor(event) => Some(event),
            _ => None,
        }
    }
}

/// What is heard of a lab's writer. After its end nothing more is heard of it.
#[derive(Clone, Debug, PartialEq)]
pub enum WriterInput {
    /// Whether the other tabs are kept out now; if not, one of them is at work.
    Held(bool),
    /// It said this, with these bytes.
    Said(WriterReport, Vec<Vec<u8>>),
    /// It is gone for this reason.
    Lost(String),
}

/// What is asked of the lab's SQLite: a database in memory, in a worker of its own.
///
/// The worker is started with the first question, with an empty database and connection 0, and keeps both until
/// [`Effect::Stop`] ends it; after that the next question starts another, which has nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SqlQuestion {
    /// The requests, served in their order; one that fails does not keep the next from being served.
    pub requests: Vec<SqlRequest>,
    /// The buffers that they name.
    pub buffers: Vec<Vec<u8>>,
}

/// What SQLite answered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SqlAnswer {
    /// A reply for each request.
    pub replies: Vec<SqlReply>,
    /// The buffers that they name.
    pub buffers: Vec<Vec<u8>>,
    /// From when the question was sent until its answer was here, in milliseconds; in the first one with the start of the
    /// worker.
    pub milliseconds: f64,
}

/// What a lab about storage asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Do this at the workbench, after what was asked for before. The number comes back.
    Work(u32, Box<Job>),
    /// Ask SQLite. The number comes back with [`Input::Sql`].
    Sql(u32, Box<SqlQuestion>),
    /// Forget all jobs that were asked for, and all that was asked of SQLite; what is being done is ended at once. SQLite's
    /// database is gone then, if it was doing something.
    Stop,
    /// Give the visitor a file to keep.
    Download {
        /// What it is called.
        name: String,
        /// What kind it is.
        media_type: String,
        /// Its content.
        bytes: Vec<u8>,
    },
    /// Do this with the lab's writer.
    Writer(WriterEffect),
}

/// What a lab does with its writer: a worker that writes files, and can be ended in the middle of it.
#[derive(Clone, Debug, PartialEq)]
pub enum WriterEffect {
    /// Keep the other tabs out, so that they do not touch the same files.
    Hold,
    /// Let the other tabs in again.
    Release,
    /// End the writer there is, if there is one, and start a new one.
    Start,
    /// Ask the writer for this, with these bytes.
    Order(WriterOrder, Vec<Vec<u8>>),
    /// End the writer at once, whatever it is doing.
    End,
}

/// Where the lab runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Machine {
    /// How many cores there are.
    pub cores: u32,
    /// The smallest step of the clock, in microseconds.
    pub timer_resolution_us: f64,
}

/// The names of the labs there are.
pub const NAMES: [&str; 4] = ["formats", "bytes", "sql-or-files", "durability"];

/// A new lab of that name.
pub fn create(name: &str) -> Option<Box<StorageLab>> {
    match name {
        "formats" => Some(Box::new(Formats::default())),
        "bytes" => Some(Box::new(Bytes::default())),
        "sql-or-files" => Some(Box::new(SqlOrFiles::default())),
        "durability" => Some(Box::new(Durability::default())),
        _ => None,
    }
}
