//! The lab *word frequencies*: a collection of texts, worked through in parallel, and remembered.

mod facts;
#[cfg(feature = "recorded")]
mod recording;
mod state;
mod update;
mod view;

pub(crate) use state::WordFrequencies;

/// What the lab of that name shows before anything has run: the recorded state of a real run.
#[cfg(feature = "recorded")]
pub fn recorded(name: &str) -> Option<String> {
    (name == "word-frequencies").then(|| {
        crate::page(&crate::Lab::view(
            &recording::recorded_lab(),
            crate::Detail::Full,
        ))
    })
}
