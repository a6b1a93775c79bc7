//! The lab *overheads*: the same work done in a plain loop, as promises, and handed to workers; and when that is worth it.

mod csv;
mod facts;
mod measured;
mod plan;
#[cfg(feature = "recorded")]
mod recording;
mod sentences;
mod state;
mod update;
mod view;

#[cfg(feature = "recorded")]
pub(crate) use recording::recorded_lab;
pub(crate) use state::Overheads;
