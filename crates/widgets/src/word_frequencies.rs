//! The lab *word frequencies*: a collection of texts, worked through in parallel, and remembered.

mod facts;
#[cfg(feature = "recorded")]
mod recording;
mod state;
mod update;
mod view;

pub(crate) use state::WordFrequencies;

/// What the lab shows before anything has run.
#[cfg(feature = "recorded")]
pub(crate) fn recorded() -> Vec<(&'static str, maud::Markup)> {
    crate::Lab::view(&recording::recorded_lab(), crate::Detail::Full)
}
