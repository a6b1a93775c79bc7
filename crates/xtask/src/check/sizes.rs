//! The built site keeps to its budget, in bytes as a host sends them: brotli, or gzip where that is what is promised.

use std::path::Path;

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
}

const BROTLI: &str = "brotliCompressSync";
const GZIP: &str = "gzipSync";

const KILOBYTE: u64 = 1000;

/// The whole budget.
const BUDGET: [Budget; 5] = [
    Budget {
        what: "engine",
        files: &["assets/engine-*.wasm"],
        how: BROTLI,
        most: 300 * KILOBYTE,
    },
    Budget {
        what: "storage module",
        files: &["assets/storage-*.wasm"],
        how: BROTLI,
        most: 630 * KILOBYTE,
    },
    Budget {
        what: "SQLite",
        files: &["assets/sqlite-*.wasm", "assets/sqlite-worker-*.js"],
        how: BROTLI,
        most: 350 * KILOBYTE,
    },
    Budget {
        what: "before the first run",
        files: &["index.html", "assets/shell-*.js", "assets/main-*.css"],
        how: BROTLI,
        most: 150 * KILOBYTE,
    },
    Budget {
        what: "embed.js",
        files: &["embed.js"],
        how: GZIP,
        most: 8 * KILOBYTE,
    },
];

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
    for budget in &BUDGET {
        let files = budget
            .files
            .iter()
            .map(|pattern| find(&dist, pattern))
            .collect::<Result<Vec<_>>>()?;
        let mut node = process::command("node");
        node.args(["-e", MEASURE, budget.how]).args(files);
        let sizes: Vec<u64> = sizes_in(&process::output(&mut node, "measuring the site")?)?;
        let (line, kept) = verdict(budget, &sizes);
        if kept { &mut remarks } else { &mut problems }.push(line);
    }
    none(&problems)?;
    Ok(remarks.join("; "))
}

/// The sum of the sizes beside the budget, and whether it is kept.
fn verdict(budget: &Budget, sizes: &[u64]) -> (String, bool) {
    let sum: u64 = sizes.iter().sum();
    let tenth = |bytes: u64| bytes as f64 / KILOBYTE as f64;
    (
        format!(
            "{} {:.1} of {:.0} KB",
            budget.what,
            tenth(sum),
            tenth(budget.most)
        ),
        sum <= budget.most,
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

/// The one file that a pattern names.
fn find(dist: &Path, pattern: &str) -> Result<std::path::PathBuf> {
    let Some((stem, ending)) = pattern.split_once('*') else {
        return Ok(dist.join(pattern));
    };
    let start = dist.join(stem);
    let folder = start.parent().unwrap_or(dist);
    let start = start.to_string_lossy();
    let mut found = process::files(folder, ending)?;
    found.retain(|file| file.to_string_lossy().starts_with(start.as_ref()));
    anyhow::ensure!(
        found.len() == 1,
        "dist/ has {} files {pattern}, and should have one",
        found.len()
    );
    found.pop().context("no file")
}

#[cfg(test)]
mod tests {
    use super::{BROTLI, Budget, sizes_in, verdict};

    const BUDGET: Budget = Budget {
        what: "page",
        files: &[],
        how: BROTLI,
        most: 2000,
    };

    #[test]
    fn sizes_are_summed_against_the_budget() {
        assert_eq!(
            verdict(&BUDGET, &[1200, 800]),
            ("page 2.0 of 2 KB".to_owned(), true)
        );
        assert!(!verdict(&BUDGET, &[1200, 801]).1);
    }

    #[test]
    fn sizes_are_read() -> anyhow::Result<()> {
        assert_eq!(sizes_in("[1, 20]")?, [1, 20]);
        assert!(sizes_in("{}").is_err());
        Ok(())
    }
}
