//! The lab *word frequencies*: a collection of texts, worked through in parallel, and remembered.

mod facts;
#[cfg(feature = "recorded")]
mod recording;
mod state;
mod update;
mod view;

#[cfg(feature = "recorded")]
pub(crate) use recording::recorded_lab;
pub(crate) use state::WordFrequencies;
