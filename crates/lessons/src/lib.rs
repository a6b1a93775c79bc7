//! The lessons: what an example is ([`example_file`]), how it works ([`example`]), and how courses of Markdown become pages
//! (feature `pages`).
//!
//! Content is folders of Markdown and TOML under `content/lessons/`, and knows no code; everything an author can get wrong
//! is a [`Fault`] with a file, a line and a stable code.
//!
//! What is *absent*: the labs themselves, and the running of anything.

pub mod example;
pub mod example_file;
mod fault;

pub use fault::{Fault, Problem};
