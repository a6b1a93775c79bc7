//! Where in an object something is, in Python's way of writing.

use core::fmt::Write as _;

use super::{Look, Node};

/// An element of a set, or a key.
pub(super) const ELEMENT: &str = "[*]";

/// So many bytes of a key are told.
const MOST_BYTES: usize = 40;

pub(super) fn index(path: &mut String, at: usize) {
    // Writing to a text cannot fail.
    let _ = write!(path, "[{at}]");
}

/// The key of a dict; other keys than short texts and numbers are not told.
pub(super) fn key<N: Node>(path: &mut String, key: &N) {
    let _ = match key.look() {
        Look::None => write!(path, "[None]"),
        Look::Bool(true) => write!(path, "[True]"),
        Look::Bool(false) => write!(path, "[False]"),
        Look::Int(number) => write!(path, "[{number}]"),
        Look::Float(number) => write!(path, "[{number:?}]"),
        Look::Str(text) if text.byte_length() <= MOST_BYTES => {
            write!(path, "['{}']", String::from_utf8_lossy(&text.whole()))
        }
        _ => write!(path, "{ELEMENT}"),
    };
}
