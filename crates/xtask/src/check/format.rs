//! Rust is formatted.

use std::path::Path;

use anyhow::Result;

use crate::process;

/// `cargo fmt --check`, which shows the differences.
pub(super) fn run(root: &Path) -> Result<String> {
    let mut cargo = process::command("cargo");
    process::quietly(cargo.args(["fmt", "--all", "--check"]).current_dir(root))?;
    Ok(String::new())
}
