//! The npm packages, exactly as locked.

use std::path::Path;

use anyhow::{Context, Result};

use super::tell;
use crate::process;

/// Remembers in `node_modules` which lock file it was made from.
const STAMP: &str = "node_modules/.joblet-lock";

/// Installs the locked packages when they are missing or from another lock file.
///
/// # Errors
/// Says what to do when node or npm is missing or a package cannot be had.
pub(super) fn packages(root: &Path) -> Result<()> {
    let lock = std::fs::read(root.join("package-lock.json"))
        .context("package-lock.json cannot be read")?;
    let digest = blake3::hash(&lock).to_hex();
    let stamp = root.join(STAMP);
    let seen = std::fs::read_to_string(&stamp).ok();
    if seen.as_deref() == Some(digest.as_str()) {
        return Ok(());
    }
    if process::find(&["node"]).is_none() || process::find(&["npm"]).is_none() {
        anyhow::bail!("node and npm are not on PATH: install Node.js 20 or later");
    }
    if seen.is_none() && newer_than_lock(root) {
        return process::write(&stamp, digest.as_str());
    }
    tell("installing npm packages (bundler, optimizer, type checker, texts) with `npm ci`");
    let mut npm = process::command("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(root)
        .stdout(std::io::stderr());
    process::run(&mut npm, "installing npm packages")
        .context("npm packages cannot be had: check that npm reaches its registry (`npm ping`)")?;
    process::write(&stamp, digest.as_str())
}

/// Whether npm itself, called by hand, installed after the lock file was last written.
fn newer_than_lock(root: &Path) -> bool {
    let time = |name: &str| {
        root.join(name)
            .metadata()
            .and_then(|metadata| metadata.modified())
            .ok()
    };
    match (
        time("node_modules/.package-lock.json"),
        time("package-lock.json"),
    ) {
        (Some(installed), Some(locked)) => installed >= locked,
        _ => false,
    }
}
