//! What is made from other crates: the TypeScript types of the protocols and the recorded views of the labs.
//!
//! The only file here that calls those crates.

use std::path::Path;

use anyhow::Result;

use crate::process;

/// The folder of the generated types, from the root.
pub(crate) const FOLDER: &str = "www/generated";

/// A file of generated types: its name, and what makes its content.
type Types = (&'static str, fn() -> String);

/// All files of generated types.
pub(crate) const TYPES: [Types; 2] = [
    ("protocol.d.ts", protocol::typescript),
    ("sql.d.ts", engines::sql::typescript),
];

/// Writes all generated types into a folder.
///
/// # Errors
/// When a file cannot be written.
pub(crate) fn write_types(folder: &Path) -> Result<()> {
    for (name, content) in TYPES {
        process::write(&folder.join(name), content())?;
    }
    Ok(())
}

/// The recorded view of a lab as HTML, or none when no lab has this name.
pub(crate) fn recorded(lab: &str) -> Option<String> {
    widgets::recorded(lab).or_else(|| storage_labs::recorded(lab))
}

/// The names of the labs that the storage module runs.
pub(crate) fn storage_labs() -> Vec<&'static str> {
    storage_labs::NAMES.to_vec()
}

/// The names of all labs.
pub(crate) fn labs() -> Vec<&'static str> {
    let mut labs = widgets::NAMES.to_vec();
    labs.extend(storage_labs::NAMES);
    labs
}
