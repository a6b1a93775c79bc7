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
    Answered, Ask, Decode, DecodeValue, Decoded, Describe, Described, Encode, EncodeValue, Encoded,
    Inspect, Inspected, Job, Measure, Measured, Measurement, Outcome, Remark, Shown, Table, Wanted,
};
pub use settings::Settings;
pub use source::Source;
