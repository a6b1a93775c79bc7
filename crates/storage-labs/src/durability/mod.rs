//! The lab *durability*: what is left of a write that was killed.
//!
//! A writer (a worker) puts version 1 of a file in place and replaces it by version 2, in each of three ways, and is ended
//! in the middle. Another writer then looks at what is left, and the workbench says what that is.

mod chart;
mod choices;
mod facts;
mod state;
mod update;
mod view;
mod words;

pub(crate) use state::Durability;
