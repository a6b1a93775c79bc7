//! The crates that are linked into the modules.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::{Part, texts_in};
use crate::process;

const TARGET: &str = "wasm32-unknown-unknown";
/// The crates whose binaries the modules are.
const CRATES: [&str; 2] = ["site", "threads"];

/// All crates of others in the modules, and Rust's own library.
pub(super) fn linked(root: &Path) -> Result<Vec<Part>> {
    let names = names(root)?;
    let mut cargo = process::command("cargo");
    cargo
        .args(["metadata", "--format-version", "1", "--locked"])
        .args(["--filter-platform", TARGET])
        .current_dir(root);
    let metadata: Value = serde_json::from_str(&process::output(
        &mut cargo,
        "reading the crates' licences",
    )?)?;
    let packages = metadata["packages"]
        .as_array()
        .context("`cargo metadata` names no packages")?;
    let mut parts = vec![library()?];
    for package in packages {
        let text = |key: &str| package[key].as_str().unwrap_or_default().to_owned();
        let is_ours = package["source"].is_null();
        if is_ours || !names.contains(&(text("name"), text("version"))) {
            continue;
        }
        let manifest = text("manifest_path");
        let folder = Path::new(&manifest).parent().unwrap_or(root);
        parts.push(Part {
            name: text("name"),
            version: text("version"),
            licence: text("license").replace('/', " OR "),
            texts: texts_in(folder)?,
        });
    }
    Ok(parts)
}

/// Name and version of each crate that is linked: cargo knows the features that the modules really have.
fn names(root: &Path) -> Result<BTreeSet<(String, String)>> {
    let mut cargo = process::command("cargo");
    cargo
        .args(["tree", "--target", TARGET, "--locked"])
        .args(CRATES.map(|name| format!("--package={name}")))
        .args(["--edges", "normal,no-proc-macro"])
        .args(["--prefix", "none", "--format", "{p}"])
        .current_dir(root);
    let printed = process::output(&mut cargo, "listing the crates of the modules")?;
    Ok(printed.lines().filter_map(name_and_version).collect())
}

/// From a line like `serde v1.0.0 (*)`.
fn name_and_version(line: &str) -> Option<(String, String)> {
    let mut words = line.split_whitespace();
    let name = words.next()?;
    let version = words.next()?.strip_prefix('v')?;
    Some((name.to_owned(), version.to_owned()))
}

/// Rust's own library, of the compiler that made the modules.
fn library() -> Result<Part> {
    let printed = process::output(
        process::command("rustc").arg("--version"),
        "asking the compiler for its version",
    )?;
    let version = printed.split_whitespace().nth(1).unwrap_or_default();
    Ok(Part {
        name: "Rust’s standard library".to_owned(),
        version: version.to_owned(),
        licence: "MIT OR Apache-2.0".to_owned(),
        texts: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::name_and_version;

    #[test]
    fn lines_of_the_tree_are_read() {
        let read = |line| name_and_version(line);
        let serde = Some(("serde".to_owned(), "1.0.229".to_owned()));
        assert_eq!(read("serde v1.0.229"), serde);
        assert_eq!(read("serde v1.0.229 (*)"), serde);
        assert_eq!(read(""), None);
    }
}
