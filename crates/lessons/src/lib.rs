//! The lessons: what an example is ([`example_file`]), and how courses of Markdown become pages (feature `pages`).
//!
//! Content is folders of Markdown and TOML under `content/lessons/`, and knows no code; everything an author can get wrong
//! is a [`Fault`] with a file, a line and a stable code.
//!
//! What is *absent*: labs, and the running of anything. How an example looks is a function given by the caller.

pub mod example_file;
mod fault;

pub use fault::{Fault, Problem};
