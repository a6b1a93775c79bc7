//! What the workbench does for the labs on storage: makes data, writes it, reads it, measures both.
//!
//! A [`Job`] is plain data and travels to the worker that does it; an [`Outcome`] travels back. [`Bench`] does jobs, one
//! after the other, and keeps the data sets between them. One file per job, in `jobs/`.
//!
//! What is *absent*: the browser, threads, and the clock, which is an argument.

mod bench;
mod failure;
mod jobs;
mod settings;
mod source;
mod to_value;

pub use bench::{Bench, Material, Now};
pub use failure::{Failure, Place};
pub use jobs::{
    Answered, Ask, BothVersions, Change, ComparePages, DecodeValue, Describe, Described,
    EncodeValue, Encoded, Inspect, Inspected, Job, Leftover, LeftoverFound, Look, Losses, Measure,
    Measured, Measurement, Outcome, PagesCompared, Remark, Rows, Shown, Step, Subject, Table,
    Timed, Timing, Torn, Verdict, Versions, Wanted,
};
pub use jobs::{
    Append, Appended, Cut, EXCERPT_BYTES, Excerpt, Field, File, Kept, Opened, Original, Read,
    Reading, Record, SHOWN_RECORDS, Span, Survival, Survive, WHOLE_BYTES, Write, Written,
};
pub use settings::Settings;
pub use source::Source;
