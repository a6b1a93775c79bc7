//! Each Rust file starts by saying what it is.

use std::path::Path;

use anyhow::Result;

use super::{none, sources};
use crate::process;

/// The first line of each file is `//! …`.
pub(super) fn run(root: &Path) -> Result<String> {
    let mut problems = Vec::new();
    for file in sources::with_endings(&root.join("crates"), &["rs"])? {
        let text = process::read(&file)?;
        if !text
            .lines()
            .next()
            .is_some_and(|line| line.starts_with("//! "))
        {
            problems.push(format!(
                "{}: begin with a line `//! …` that says what this file is",
                sources::place(root, &file, 0)
            ));
        }
    }
    none(&problems)
}
