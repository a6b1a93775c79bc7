//! The service worker, with the list of what it keeps: made last, when all files are there.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::Site;
use super::scripts;
use crate::process;

/// Where pages expect it: at the root, so that the whole site is its scope.
const FILE: &str = "sw.js";
const ENTRY: &str = "www/service-worker/worker.ts";
/// The host's wish that the service worker isolates pages, said when the site is built.
const ISOLATE: &str = "JOBLET_ISOLATE";

/// Files that no page needs offline: what is for hosts, for search engines, for developers.
const LEFT_OUT: [&str; 7] = [
    "404.html",
    "_headers",
    "feed.xml",
    "joblet.d.ts",
    "robots.txt",
    "sitemap.xml",
    FILE,
];
/// The same, of whole folders; the copies of the site under a version (`v1/`, `v1.2.3/`) are left out too.
const LEFT_OUT_FOLDERS: [&str; 2] = ["types", "licences/texts"];

/// Prints the digest and size of each file, as JSON, in the form in which browsers check them.
const MEASURE: &str =
    "const { readFileSync } = require('node:fs'); const { createHash } = require('node:crypto');
    const files = JSON.parse(readFileSync(0, 'utf8'));
    console.log(JSON.stringify(files.map((file) => { const bytes = readFileSync(file);
    return ['sha256-' + createHash('sha256').update(bytes).digest('base64'), bytes.length]; })));";

/// Writes `sw.js`.
///
/// # Errors
/// When it cannot be bundled.
pub(super) fn write(site: &Site) -> Result<()> {
    let mut paths = Vec::new();
    collect(&site.staging, &site.staging, &mut paths)?;
    paths.retain(|path| is_kept(path));
    paths.sort_by_key(|path| (rank(path), path.clone()));
    let measured = measure(site, &paths)?;
    let files: Vec<Value> = paths
        .iter()
        .zip(&measured)
        .map(|(path, (digest, bytes))| json!([path, digest, bytes]))
        .collect();
    let files = Value::from(files);
    let build = blake3::hash(files.to_string().as_bytes()).to_hex();
    let isolate = std::env::var(ISOLATE).is_ok_and(|wish| wish == "1");
    let options = [
        scripts::define("__BUILD__", &build.as_str()[..12]),
        scripts::define_json("__FILES__", &files),
        scripts::define_json("__ISOLATE__", &isolate.into()),
    ];
    let worker = scripts::build(site, ENTRY, &options)?;
    process::write(&site.staging.join(FILE), worker)
}

/// All files below a folder, as paths from the root with slashes.
fn collect(root: &Path, folder: &Path, paths: &mut Vec<String>) -> Result<()> {
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("{} cannot be read", folder.display()))?;
    for entry in entries {
        let path: PathBuf = entry?.path();
        if path.is_dir() {
            collect(root, &path, paths)?;
        } else {
            let parts: Vec<_> = path
                .strip_prefix(root)?
                .iter()
                .map(|part| part.to_string_lossy().into_owned())
                .collect();
            paths.push(parts.join("/"));
        }
    }
    Ok(())
}

/// Whether a file is kept for offline use.
fn is_kept(path: &str) -> bool {
    let is_version = |folder: &str| {
        folder.strip_prefix('v').is_some_and(|rest| {
            !rest.is_empty()
                && rest
                    .chars()
                    .all(|letter| letter.is_ascii_digit() || letter == '.')
        })
    };
    let is_old = path
        .split_once('/')
        .is_some_and(|(folder, _)| is_version(folder));
    let in_folder = LEFT_OUT_FOLDERS.iter().any(|folder| {
        path.strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with('/'))
    });
    let is_hidden = path.starts_with('.') || path.contains("/.");
    !(LEFT_OUT.contains(&path) || is_old || in_folder || is_hidden || ending(path) == "map")
}

/// What is kept first: pages and what they look like, then what runs, then data.
fn rank(path: &str) -> u8 {
    match ending(path) {
        "css" => 0,
        "js" if !path.contains("worker") => 0,
        "html" => 1,
        _ if path.starts_with("assets/") => 2,
        _ => 3,
    }
}

/// What a name ends with, without the dot.
fn ending(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, ending)| ending)
}

/// Digest and size of each file.
fn measure(site: &Site, paths: &[String]) -> Result<Vec<(String, u64)>> {
    let list = site.staging.join("files.tmp");
    let files: Vec<_> = paths.iter().map(|path| site.staging.join(path)).collect();
    process::write(&list, serde_json::to_string(&files)?)?;
    let mut node = process::command("node");
    let input = std::fs::File::open(&list)?;
    node.args(["-e", MEASURE]).stdin(input);
    let printed = process::output_of(&mut node, "measuring the files for offline use");
    std::fs::remove_file(&list)?;
    serde_json::from_str(&printed?).context("digests are not a list")
}

#[cfg(test)]
mod tests {
    use super::{is_kept, rank};

    #[test]
    fn what_a_page_needs_is_kept_and_nothing_else() {
        for path in [
            "index.html",
            "formats/index.html",
            "assets/engine-1.wasm",
            "data/a/b.csv",
            "vocabulary/index.html",
            "joblet.js",
        ] {
            assert!(is_kept(path), "{path}");
        }
        for path in [
            "_headers",
            ".nojekyll",
            "types/joblet.d.ts",
            "v1/index.html",
            "v1.2.3/assets/a.js",
            "sw.js",
            "404.html",
        ] {
            assert!(!is_kept(path), "{path}");
        }
    }

    #[test]
    fn pages_come_before_modules_and_modules_before_data() {
        let order = [
            "assets/main-1.css",
            "a/index.html",
            "assets/engine-1.wasm",
            "data/a.csv",
        ];
        assert!(order.map(rank).is_sorted());
    }
}
