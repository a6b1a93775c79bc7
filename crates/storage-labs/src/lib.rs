//! The labs on where data should live: pure state machines whose view is HTML.
//!
//! They are [`widgets::Lab`]s of another module than those about work, with inputs and effects of their own: what they ask
//! for are jobs at the workbench (crate `experiments`). One folder per lab.
//!
//! What is *absent*: the browser, the clock, and any reading or writing of formats.

mod bytes;
mod durability;
mod formats_lab;
mod lab;
mod message;
#[cfg(feature = "recorded")]
mod recording;
mod sql_or_files;

pub use lab::{
    Effect, Input, Machine, NAMES, SqlAnswer, SqlQuestion, StorageLab, WriterEffect, WriterInput,
    create,
};
#[cfg(feature = "recorded")]
pub use recording::recorded;
