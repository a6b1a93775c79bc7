//! The built site keeps to its budget, in bytes as a host sends them: brotli, or gzip where that is what is promised.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::none;
use crate::commands::build::{self, Profile};
use crate::setup::Choice;
use crate::{process, project};

/// One line of the budget.
struct Budget {
    /// What it is.
    what: &'static str,
    /// Which files count, as seen from `dist/`: a `*` stands for the hash in a name.
    files: &'static [&'static str],
    /// How they are compressed: a function of Node's `zlib`.
    how: &'static str,
    /// The most they may have together, in bytes.
    most: u64,
    /// Whether a site may be without it, for want of a compiler.
    may_lack: bool,
}

const BROTLI: &str = "brotliCompressSync";
const GZIP: &str = "gzipSync";

const KILOBYTE: u64 = 1000;

/// The whole budget.
const BUDGET: [Budget; 5] = [
    Budget {
        // With four labs about work, joblib's rules for batches, lines and backends, and all of its Memory (ADR 22).
        what: "engine",
        files: &["assets/engine-*.wasm"],
        how: BROTLI,
        most: 615 * KILOBYTE,
        may_lack: false,
    },
    Budget {
        what: "storage module",
        files: &["assets/storage-*.wasm"],
        how: BROTLI,
        most: 660 * KILOBYTE,
        may_lack: false,
    },
    Budget {
        what: "SQLite",
        files: &["assets/sqlite-*.wasm", "assets/sqlite-worker-*.js"],
        how: BROTLI,
        most: 350 * KILOBYTE,
        may_lack: false,
    },
    Budget {
        what: "threads",
        files: &["assets/threads-*.wasm", "assets/threads-worker-*.js"],
        how: BROTLI,
        most: 135 * KILOBYTE,
        may_lack: true,
    },
    Budget {
        what: "embed.js",
        files: &["embed.js"],
        how: GZIP,
        most: 8 * KILOBYTE,
        may_lack: false,
    },
];

/// The most that a page may have before its first run: itself, its scripts and its styles.
const PAGE: u64 = 150 * KILOBYTE;
/// The front page, and the folder whose largest page is measured too.
const FRONT: &str = "index.html";
const LESSONS: &str = "lessons";

/// Prints the size of each file after compression, as JSON; Node has brotli and gzip built in.
const MEASURE: &str =
    "const { readFileSync } = require('node:fs'); const [, how, ...files] = process.argv;
    const compress = require('node:zlib')[how];
    console.log(JSON.stringify(files.map((file) => compress(readFileSync(file)).length)));";

/// Builds the site as visitors get it, and measures.
pub(super) fn run(root: &Path) -> Result<String> {
    build::quietly(root, Choice::from_environment()?, Profile::Release)?;
    let dist = project::dist(root);
    let mut problems = Vec::new();
    let mut remarks = Vec::new();
    let mut judge = |what: &str, most: u64, sizes: &[u64]| {
        let (line, kept) = verdict(what, most, sizes);
        if kept { &mut remarks } else { &mut problems }.push(line);
    };
    for budget in &BUDGET {
        if budget.may_lack && matching(&dist, budget.files[0])?.is_empty() {
            continue;
        }
        let files = budget
            .files
            .iter()
            .map(|pattern| find(&dist, pattern))
            .collect::<Result<Vec<_>>>()?;
        judge(budget.what, budget.most, &measured(budget.how, &files)?);
    }
    for page in [dist.join(FRONT), largest(&dist.join(LESSONS))?] {
        let within = page.strip_prefix(&dist)?.display();
        let what = format!("{within} before the first run");
        judge(&what, PAGE, &measured(BROTLI, &loaded(&page)?)?);
    }
    none(&problems)?;
    Ok(remarks.join("; "))
}

/// The sizes of the files after compression.
fn measured(how: &str, files: &[PathBuf]) -> Result<Vec<u64>> {
    let mut node = process::command("node");
    node.args(["-e", MEASURE, how]).args(files);
    sizes_in(&process::output(&mut node, "measuring the site")?)
}

/// The largest page in a folder and all below it.
fn largest(folder: &Path) -> Result<PathBuf> {
    let mut pages = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else if entry.file_name() == FRONT {
                pages.push((entry.metadata()?.len(), entry.path()));
            }
        }
    }
    let page = pages.into_iter().max().context("there are no lessons")?;
    Ok(page.1)
}

/// A page, and the scripts and styles that it names in its head; none of them loads others before something is touched.
fn loaded(page: &Path) -> Result<Vec<PathBuf>> {
    let folder = page.parent().context("a page is in a folder")?;
    let text = process::read(page)?;
    let mut files = vec![page.to_path_buf()];
    files.extend(named(&text).map(|name| folder.join(name)));
    anyhow::ensure!(
        files.len() > 2,
        "{} names no script or no style",
        page.display()
    );
    Ok(files)
}

/// The addresses of a page's scripts and styles.
fn named(page: &str) -> impl Iterator<Item = &str> {
    ["src=\"", "href=\""]
        .into_iter()
        .flat_map(move |attribute| {
            let values = page.split(attribute).skip(1);
            values
                .filter_map(|rest| rest.split_once('"'))
                .map(|(address, _)| address)
                .filter(|address| address.contains("assets/"))
                .filter(|address| {
                    let end = Path::new(address).extension();
                    end.is_some_and(|end| end == "js" || end == "css")
                })
        })
}

/// The sum of the sizes beside the budget, and whether it is kept.
fn verdict(what: &str, most: u64, sizes: &[u64]) -> (String, bool) {
    let sum: u64 = sizes.iter().sum();
    let tenth = |bytes: u64| bytes as f64 / KILOBYTE as f64;
    (
        format!("{what} {:.1} of {:.0} KB", tenth(sum), tenth(most)),
        sum <= most,
    )
}

/// The sizes that Node printed.
fn sizes_in(text: &str) -> Result<Vec<u64>> {
    let value: serde_json::Value = serde_json::from_str(text)?;
    let sizes = value.as_array().context("sizes are not a list")?;
    sizes
        .iter()
        .map(|size| size.as_u64().context("a size is not a number"))
        .collect()
}

/// The files that a pattern names.
fn matching(dist: &Path, pattern: &str) -> Result<Vec<PathBuf>> {
    let Some((stem, ending)) = pattern.split_once('*') else {
        return Ok(vec![dist.join(pattern)]);
    };
    let start = dist.join(stem);
    let folder = start.parent().unwrap_or(dist);
    let start = start.to_string_lossy();
    let mut found = process::files(folder, ending)?;
    found.retain(|file| file.to_string_lossy().starts_with(start.as_ref()));
    Ok(found)
}

/// The one file that a pattern names.
fn find(dist: &Path, pattern: &str) -> Result<PathBuf> {
    let mut found = matching(dist, pattern)?;
    anyhow::ensure!(
        found.len() == 1,
        "dist/ has {} files {pattern}, and should have one",
        found.len()
    );
    found.pop().context("no file")
}

#[cfg(test)]
mod tests {
    use super::{named, sizes_in, verdict};

    #[test]
    fn sizes_are_summed_against_the_budget() {
        assert_eq!(
            verdict("page", 2000, &[1200, 800]),
            ("page 2.0 of 2 KB".to_owned(), true)
        );
        assert!(!verdict("page", 2000, &[1200, 801]).1);
    }

    #[test]
    fn sizes_are_read() -> anyhow::Result<()> {
        assert_eq!(sizes_in("[1, 20]")?, [1, 20]);
        assert!(sizes_in("{}").is_err());
        Ok(())
    }

    #[test]
    fn scripts_and_styles_of_a_page_are_found() {
        let page = "<link href=\"../favicon.ico\"><script src=\"../assets/page-1.js\"></script>\
            <link rel=\"stylesheet\" href=\"../assets/main-1.css\"><a href=\"../joblet.js\">";
        let found: Vec<&str> = named(page).collect();
        assert_eq!(found, ["../assets/page-1.js", "../assets/main-1.css"]);
    }
}
