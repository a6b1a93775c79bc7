//! `cargo xtask test`: the native tests, and the browser tests against the built site.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, bail};

use super::build::{self, Profile};
use super::module;
use crate::setup::{self, Choice};
use crate::{check, process, project};

/// Which tests are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// Native and browser.
    All,
    /// Those that need no browser.
    Native,
    /// Those that run the built site in browsers.
    Browser,
}

impl Which {
    /// From the word on the command line.
    ///
    /// # Errors
    /// Names the words that are allowed.
    pub(crate) fn parse(word: Option<&str>) -> Result<Self> {
        match word {
            None => Ok(Self::All),
            Some("native") => Ok(Self::Native),
            Some("browser") => Ok(Self::Browser),
            Some(other) => bail!("the tests are native or browser, not `{other}`"),
        }
    }
}

/// A part of the tests: gives back a remark for the summary.
type Part = fn(&Path) -> Result<String>;

/// Runs the tests and sums up; the second part runs even when the first fails.
pub(crate) fn run(root: &Path, which: Which) -> ExitCode {
    let mut parts: Vec<(&str, Part)> = Vec::new();
    if which != Which::Browser {
        parts.push(("native", native));
    }
    if which != Which::Native {
        parts.push(("browser", browser));
    }
    let mut summary = Vec::new();
    let mut failed = false;
    for (name, part) in parts {
        let start = Instant::now();
        let outcome = part(root);
        let seconds = start.elapsed().as_secs_f64();
        match outcome {
            Ok(note) => summary.push(format!("{name}: ok{note} ({seconds:.0} s)")),
            Err(error) => {
                failed = true;
                eprintln!("xtask: {error:#}");
                summary.push(format!("{name}: FAILED ({seconds:.0} s)"));
            }
        }
    }
    println!("\ntests: {}", summary.join(", "));
    if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

/// Everything that runs without a browser.
fn native(root: &Path) -> Result<String> {
    let mut cargo = process::command("cargo");
    cargo
        .args([
            "test",
            "--workspace",
            "--exclude",
            "browser",
            "--exclude",
            "site",
            "--exclude",
            "threads",
        ])
        .current_dir(root);
    process::run(&mut cargo, "native tests")?;
    // Of the crates for the browser only the library of `site` has parts that are pure.
    let mut cargo = process::command("cargo");
    cargo
        .args(["test", "--package", "site", "--lib"])
        .current_dir(root);
    process::run(&mut cargo, "native tests of the kernel's pure parts")?;
    joblib(root)
}

/// 100,000 random objects, hashed by joblib and by us. Without joblib, which comes from PyPI, the recorded ones have to do.
fn joblib(root: &Path) -> Result<String> {
    let python = match setup::joblib(root) {
        Ok(python) => python,
        Err(error) => return Ok(format!(", without joblib: {error:#}")),
    };
    let mut cargo = process::command("cargo");
    cargo
        .args(["test", "--quiet", "--package", "values"])
        .args(["--test", "joblib_live", "--", "--ignored"])
        .env("JOBLET_PYTHON", python)
        .current_dir(root);
    process::run(&mut cargo, "digests beside joblib's")?;
    Ok(String::new())
}

/// The built site, in Chromium and Firefox.
fn browser(root: &Path) -> Result<String> {
    let browsers = setup::browsers()?;
    let ready = build::run(root, Choice::from_environment()?, Profile::Release)?;
    check::type_check(root)?;
    bundled(root)?;
    let contracts = module::compile(root, &ready, "contracts", false)?;
    let mut tests = files(root, "tests/browser")?;
    let remark = match tests.len() {
        0 => ", but tests/browser holds no *.test.mjs yet".to_owned(),
        count => format!(", {count} files"),
    };
    tests.extend(files(root, "tools")?);
    let mut node = process::command("node");
    node.args(["--test", "--test-reporter=spec", "--test-concurrency=1"])
        .args(&tests)
        .current_dir(root);
    node.env("JOBLET_DIST", project::dist(root));
    browsers.tell(&mut node);
    if let Some(contracts) = contracts {
        node.env("JOBLET_CONTRACTS", contracts);
    }
    process::run(&mut node, "browser tests")?;
    Ok(remark)
}

/// The bundled data, as the build has put it into the site.
fn bundled(root: &Path) -> Result<()> {
    let mut cargo = process::command("cargo");
    cargo
        .args(["test", "--quiet", "--package", "datasets"])
        .args(["--test", "bundled", "--", "--ignored"])
        .env("JOBLET_DIST", project::dist(root))
        .current_dir(root);
    process::run(&mut cargo, "the bundled data")
}

/// The tests in a folder, which may be missing.
fn files(root: &Path, folder: &str) -> Result<Vec<PathBuf>> {
    let folder = root.join(folder);
    if folder.is_dir() {
        process::files(&folder, ".test.mjs")
    } else {
        Ok(Vec::new())
    }
}
