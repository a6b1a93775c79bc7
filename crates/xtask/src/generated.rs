//! What is made from other crates: the TypeScript types of the protocol and the recorded views of the labs.
//!
//! The only file here that calls those crates.

use std::path::{Path, PathBuf};

/// Where the generated types are, from the root.
pub(crate) const TYPES: &str = "www/generated/protocol.d.ts";

/// The TypeScript types of the protocol.
pub(crate) fn types() -> String {
    protocol::typescript()
}

/// The recorded view of a lab as HTML, or none when no lab has this name.
pub(crate) fn recorded(lab: &str) -> Option<String> {
    widgets::recorded(lab).or_else(|| storage_labs::recorded(lab))
}

/// The names of the labs that the storage module runs.
pub(crate) fn storage_labs() -> Vec<&'static str> {
    storage_labs::NAMES.to_vec()
}

/// The file of the generated types.
pub(crate) fn types_file(root: &Path) -> PathBuf {
    root.join(TYPES)
}
