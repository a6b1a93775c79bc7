//! The TypeScript types made from the Rust types are those in the checkout.

use std::path::Path;

use anyhow::{Result, bail};

use crate::{generated, process};

/// Compares the file with what would be written now.
pub(super) fn run(root: &Path) -> Result<String> {
    let file = generated::types_file(root);
    if !file.is_file() {
        bail!("{} is missing: run `cargo xtask types`", generated::TYPES);
    }
    if process::read(&file)? != generated::types() {
        bail!("{} is stale: run `cargo xtask types`", generated::TYPES);
    }
    Ok(String::new())
}
