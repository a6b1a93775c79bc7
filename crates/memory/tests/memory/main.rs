//! The memory, as its callers meet it: what is found, what is written and when, and what happens when a store fails.
#![allow(clippy::unwrap_used, clippy::panic)]

mod faults;
mod flights;
mod keeping;
mod snapshot;
#[path = "../support/mod.rs"]
mod support;
