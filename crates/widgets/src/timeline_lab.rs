//! The lab *timeline*: how work is scheduled on workers, and what goes wrong with it.

mod curve;
mod facts;
mod fields;
#[cfg(feature = "recorded")]
pub(crate) mod recording;
mod state;
mod update;
mod view;
mod work;

pub(crate) use state::TimelineLab;
