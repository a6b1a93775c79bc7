//! The files that people write.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Folders that are made, not written.
const MADE: [&str; 6] = [
    ".git",
    "target",
    "dist",
    "node_modules",
    "generated",
    "snapshots",
];

/// All written files below a folder that have one of these endings (without the dot), sorted.
pub(crate) fn with_endings(folder: &Path, endings: &[&str]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        let entries = std::fs::read_dir(&folder)
            .with_context(|| format!("{} cannot be read", folder.display()))?;
        for entry in entries {
            let entry = entry?;
            let path = entry.path();
            let kind = entry.file_type()?;
            if kind.is_dir() {
                if !MADE.iter().any(|made| entry.file_name() == *made) {
                    open.push(path);
                }
            } else if kind.is_file() && has_ending(&path, endings) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Whether the file's ending is one of these.
fn has_ending(path: &Path, endings: &[&str]) -> bool {
    path.extension()
        .and_then(|ending| ending.to_str())
        .is_some_and(|ending| endings.contains(&ending))
}

/// `file:line` from the root, for messages.
pub(super) fn place(root: &Path, file: &Path, index: usize) -> String {
    format!(
        "{}:{}",
        file.strip_prefix(root).unwrap_or(file).display(),
        index + 1
    )
}
