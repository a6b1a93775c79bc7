//! The labs: pure state machines whose view is HTML.
//!
//! A [`Lab`] hears of everything as an [`Input`], asks for what it wants as [`Effect`]s, and shows itself as regions of
//! HTML. It runs in the kernel, in the page's build (on a recorded state), and in native tests, and is the same in each.
//!
//! What is *absent*: the browser, the clock, and any running of tasks.

mod bars;
mod format;
mod lab;
mod measure;
mod timeline;
mod word_frequencies;

pub use lab::{
    CollectionText, Detail, Effect, Input, Lab, Machine, RunRequest, TextRef, create, page,
};
#[cfg(feature = "recorded")]
pub use word_frequencies::recorded;
