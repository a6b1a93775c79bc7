//! The lab *cache inspector*: a function that is remembered, what is remembered of it, and what can happen to that.

mod action;
mod calls;
mod facts;
mod fields;
#[cfg(feature = "recorded")]
pub(crate) mod recording;
mod sentences;
mod series;
mod state;
mod update;
mod view;

pub(crate) use state::CacheInspector;
