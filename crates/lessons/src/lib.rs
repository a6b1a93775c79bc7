//! The lessons: what an example is ([`example_file`]), how it works ([`example`]), what is kept of it ([`kept`]), and how courses of Markdown become pages
//! (feature `pages`).
//!
//! Content is folders of Markdown and TOML under `content/lessons/`, and knows no code; everything an author can get wrong
//! is a [`Fault`] with a file, a line and a stable code. docs/writing-lessons.md is for authors.
//!
//! What is *absent*: the labs themselves, files, and the running of anything. How an example looks on a page is a function
//! given by the caller.

#[cfg(feature = "pages")]
pub mod address;
#[cfg(feature = "pages")]
pub mod content;
#[cfg(feature = "pages")]
pub mod document;
pub mod example;
pub mod example_file;
#[cfg(feature = "pages")]
mod fault;
#[cfg(feature = "pages")]
pub mod feed;
#[cfg(feature = "pages")]
pub mod fold;
#[cfg(feature = "pages")]
mod front_matter;
pub mod kept;
#[cfg(feature = "pages")]
pub mod markdown;
#[cfg(feature = "pages")]
pub mod render;
#[cfg(feature = "pages")]
pub mod sitemap;
#[cfg(feature = "pages")]
mod source;

#[cfg(feature = "pages")]
pub use fault::{Fault, Problem};
