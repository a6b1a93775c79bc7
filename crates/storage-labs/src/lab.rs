//! What a lab on storage hears of and asks for, and which labs there are.

use experiments::{Failure, Job, Outcome};
use protocol::LabEvent;
use widgets::Lab;

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
    /// A job is done, or was not: the lab's number for it, and what came of it. Jobs that were stopped are not heard of.
    Done(u32, Box<Result<Outcome, Failure>>),
}

/// What a lab about storage asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Do this at the workbench, after what was asked for before. The number comes back.
    Work(u32, Box<Job>),
    /// Forget all jobs that were asked for; what is being done is ended at once.
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

/// What the lab of that name shows before anything has run.
#[cfg(feature = "recorded")]
pub fn recorded(name: &str) -> Option<String> {
    let lab: Box<StorageLab> = match name {
        "formats" => Box::new(crate::formats_lab::recorded()),
        _ => create(name)?,
    };
    Some(widgets::page(&lab.view(widgets::Detail::Full)))
}
