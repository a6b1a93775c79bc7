//! The search over all lessons: its index, made now, and its script.

use std::io::Write as _;
use std::process::Stdio;

use anyhow::{Context, Result};
use lessons::content::Content;
use serde_json::json;

use super::Site;
use super::scripts;
use crate::process;

const INDEXER: &str = "tools/search-index.mjs";
const SCRIPT: &str = "www/search.ts";

/// Makes the index and bundles the script; gives back the script's name.
///
/// # Errors
/// When Node or the bundler fails.
pub(super) fn place(site: &Site, content: &Content) -> Result<String> {
    let index = site.place("search-index", "json", &index(site, content)?)?;
    let script = scripts::build(site, SCRIPT, &[scripts::define("__SEARCH_INDEX__", &index)])?;
    site.place("search", "js", &script)
}

/// The index: the library's own form, made by the library from the words of each lesson.
fn index(site: &Site, content: &Content) -> Result<Vec<u8>> {
    let documents: Vec<serde_json::Value> = content
        .lessons()
        .map(|(course, lesson)| {
            let headings: Vec<&str> = lesson
                .outline
                .iter()
                .map(|heading| heading.text.as_str())
                .collect();
            json!({
                "id": lesson.address,
                "title": lesson.title,
                "course": course.title,
                "summary": lesson.summary,
                "headings": headings.join(" "),
                "words": lesson.words,
            })
        })
        .collect();
    let mut node = process::command("node");
    node.arg(INDEXER)
        .current_dir(&site.root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = node
        .spawn()
        .context("making the search index: `node` cannot be started")?;
    let mut input = child.stdin.take().context("node takes no input")?;
    input.write_all(serde_json::to_string(&documents)?.as_bytes())?;
    drop(input);
    let output = child.wait_with_output()?;
    anyhow::ensure!(
        output.status.success(),
        "making the search index failed ({})",
        output.status
    );
    Ok(output.stdout)
}
