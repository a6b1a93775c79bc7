//! The lab *formats*: what each format costs, keeps and loses.

mod charts;
mod data;
mod facts;
mod fields;
mod findings;
mod guess;
mod losses;
#[cfg(feature = "recorded")]
mod recording;
mod run;
mod scatter;
mod settings;
mod sqlite;
mod state;
mod table;
mod told;
mod transport;
mod update;
mod view;
mod words;

#[cfg(feature = "recorded")]
pub(crate) use recording::recorded;
pub(crate) use state::Formats;
