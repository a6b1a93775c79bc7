//! The lab *overheads*: the same work done in a plain loop, as promises, and handed to workers; and when that is worth it.

mod csv;
mod facts;
mod measured;
mod plan;
#[cfg(feature = "recorded")]
pub(crate) mod recording;
mod sentences;
mod state;
mod update;
mod view;

pub(crate) use state::Overheads;
