//! Where things are in this checkout.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::process;

/// The root of the checkout: cargo tells where this crate is, two folders below it.
///
/// # Errors
/// When not run through cargo and the current folder is not the root either.
pub(crate) fn root() -> Result<PathBuf> {
    let crate_folder = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let root = match crate_folder
        .as_deref()
        .and_then(|folder| folder.ancestors().nth(2))
    {
        Some(root) => root.to_path_buf(),
        None => std::env::current_dir()?,
    };
    anyhow::ensure!(
        root.join("Trunk.toml").is_file(),
        "run this as `cargo xtask …` inside the project"
    );
    Ok(root)
}

/// The folder of the built site.
pub(crate) fn dist(root: &Path) -> PathBuf {
    root.join("dist")
}

/// A program that npm installed.
pub(crate) fn npm_program(root: &Path, name: &str) -> PathBuf {
    root.join("node_modules/.bin").join(name)
}

/// What `cargo metadata` says of the workspace, without its dependencies' own metadata.
///
/// # Errors
/// When cargo refuses the manifests.
pub(crate) fn metadata(root: &Path) -> Result<Value> {
    let mut cargo = process::command("cargo");
    cargo
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(root);
    let text = process::output(&mut cargo, "reading the workspace")?;
    serde_json::from_str(&text).context("`cargo metadata` printed something that is not JSON")
}

/// Cargo's target folder.
///
/// # Errors
/// When cargo refuses the manifests.
pub(crate) fn target(root: &Path) -> Result<PathBuf> {
    let metadata = metadata(root)?;
    let folder = metadata["target_directory"]
        .as_str()
        .context("`cargo metadata` names no target folder")?;
    Ok(PathBuf::from(folder))
}

/// The crates of the workspace: name and metadata.
pub(crate) fn packages(metadata: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let packages = metadata["packages"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    packages
        .iter()
        .filter_map(|package| Some((package["name"].as_str()?, package)))
}

/// Whether a crate of the workspace has a binary of this name.
pub(crate) fn has_binary(metadata: &Value, package: &str, binary: &str) -> bool {
    let mut packages = packages(metadata).filter(|(name, _)| *name == package);
    let targets = packages
        .next()
        .and_then(|(_, package)| package["targets"].as_array());
    targets.into_iter().flatten().any(|target| {
        let kinds = target["kind"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        target["name"] == binary && kinds.iter().any(|kind| kind == "bin")
    })
}
