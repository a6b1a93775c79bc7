//! The labs: pure state machines whose view is HTML.
//!
//! A [`Lab`] hears of everything as an input, asks for what it wants as effects, and shows itself as regions of HTML. It
//! runs in the kernel, in the page's build (on a recorded state), and in native tests, and is the same in each. Here are
//! what all labs are made of (charts, numbers in words, repeated measurements) and those about work in parallel; those
//! about storage are in the crate `storage-labs`.
//!
//! What is *absent*: the browser, the clock, and any running of tasks.

pub mod bars;
mod cache_inspector;
pub mod curve;
mod facts;
pub mod format;
mod lab;
pub mod measure;
mod overheads;
mod status;
mod timeline;
mod timeline_lab;
mod word_frequencies;

pub use facts::{Facts, Found, is_time};
pub use lab::{
    Called, CollectionText, Detail, Effect, Faulted, Heard, Input, Items, Lab, LabCall, Machine,
    MemoryFault, NAMES, RunRequest, Shown, TextRef, WorkLab, create, page,
};
pub use status::Status;

/// What the lab of that name shows before anything has run: the recorded state of a real run.
#[cfg(feature = "recorded")]
pub fn recorded(name: &str) -> Option<String> {
    let regions = match name {
        "word-frequencies" => word_frequencies::recorded(),
        "timeline" => timeline_lab::recording::recorded_lab().view(Detail::Full),
        "cache-inspector" => cache_inspector::recording::recorded_lab().view(Detail::Full),
        "overheads" => overheads::recording::recorded_lab().view(Detail::Full),
        _ => return None,
    };
    Some(page(&regions))
}
