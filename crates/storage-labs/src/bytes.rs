//! The lab *bytes*: what is really stored.
//!
//! The visitor has a few records written, sees the file as text and as hex, changes it by hand, cuts it, appends to it,
//! opens it as if it were of another format, and reads it back.

mod answers;
mod asking;
mod changes;
mod edit;
mod facts;
mod names;
mod pieces;
mod plan;
mod sentences;
mod state;
mod tables;
mod update;
mod view;
mod views;

pub(crate) use state::Bytes;
