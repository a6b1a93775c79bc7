//! The TypeScript types made from the Rust types are those in the checkout.

use std::path::Path;

use anyhow::{Result, bail};

use crate::{generated, process};

/// Compares the files with what would be written now.
pub(super) fn run(root: &Path) -> Result<String> {
    for (name, content) in generated::TYPES {
        let place = format!("{}/{name}", generated::FOLDER);
        let file = root.join(&place);
        if !file.is_file() {
            bail!("{place} is missing: run `cargo xtask types`");
        }
        if process::read(&file)? != content() {
            bail!("{place} is stale: run `cargo xtask types`");
        }
    }
    Ok(String::new())
}
