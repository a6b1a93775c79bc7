//! Benches in scripts: `tests/bench/NAME.mjs` drives a browser and prints its samples as one JSON object on standard
//! output (see `Report::read`); what it says meanwhile goes to standard error. Its first line, a comment, says what it
//! measures. It finds in its environment:
//!
//! - `JOBLET_DIST`: the built site; `CHROMIUM`, `FIREFOX`: the browsers;
//! - `JOBLET_NATIVE_BENCH`: the native program to compare with, when the workspace has a crate `bench`;
//! - `JOBLET_CODECS`: for the bench `formats`, the storage formats compiled for the browser;
//! - `JOBLET_CONTRACTS`: for the benches of the memory, the memory compiled for the browser.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result};

use super::report::Report;
use crate::commands::build::{self, Profile};
use crate::commands::module;
use crate::setup::{self, Browsers, Choice};
use crate::{process, project};

/// The folder of the scripts.
const FOLDER: &str = "tests/bench";
/// The binaries of `site` that are measured by themselves: the variable that names each, and its benches.
const MODULES: [(&str, &str, &[&str]); 2] = [
    ("codecs", "JOBLET_CODECS", &["formats"]),
    (
        "contracts",
        "JOBLET_CONTRACTS",
        &["digest", "many-entries", "memory", "storing"],
    ),
];
/// The crate, and its program, that does natively what the browser does.
const NATIVE: &str = "bench";

/// One script.
pub(super) struct Script {
    /// Its name without the ending.
    pub(super) name: String,
    /// What it measures.
    pub(super) about: String,
    file: PathBuf,
}

/// What the scripts need.
pub(super) struct Ready {
    browsers: Browsers,
    site: setup::Ready,
    native: Option<PathBuf>,
}

/// All scripts.
pub(super) fn all(root: &Path) -> Result<Vec<Script>> {
    let folder = root.join(FOLDER);
    let files = if folder.is_dir() {
        process::files(&folder, ".mjs")?
    } else {
        Vec::new()
    };
    files
        .into_iter()
        .map(|file| {
            let name = file
                .file_stem()
                .and_then(|name| name.to_str())
                .context("a bench has no name")?
                .to_owned();
            let text = process::read(&file)?;
            let about = text
                .lines()
                .next()
                .and_then(|line| line.strip_prefix("// "));
            let about = about.with_context(|| {
                format!("{FOLDER}/{name}.mjs: begin with a line `// …` that says what it measures")
            })?;
            Ok(Script {
                about: about.to_owned(),
                name,
                file,
            })
        })
        .collect()
}

impl Ready {
    /// Builds the site and the native program, and finds the browsers.
    pub(super) fn new(root: &Path) -> Result<Self> {
        let browsers = setup::browsers()?;
        let site = build::run(root, Choice::from_environment()?, Profile::Release)?;
        Ok(Self {
            browsers,
            site,
            native: native(root)?,
        })
    }
}

/// The native program; none while there is no such crate.
fn native(root: &Path) -> Result<Option<PathBuf>> {
    if !project::has_binary(&project::metadata(root)?, NATIVE, NATIVE) {
        return Ok(None);
    }
    let mut cargo = process::command("cargo");
    cargo
        .args(["build", "--quiet", "--release", "--package", NATIVE])
        .current_dir(root);
    process::run(&mut cargo, "compiling the native bench")?;
    Ok(Some(project::target(root)?.join("release").join(NATIVE)))
}

impl Script {
    /// Runs it.
    pub(super) fn run(&self, root: &Path, ready: &Ready) -> Result<Report> {
        let mut node = process::command("node");
        node.arg(&self.file)
            .current_dir(root)
            .env("JOBLET_DIST", project::dist(root))
            .stderr(Stdio::inherit());
        ready.browsers.tell(&mut node);
        if let Some(native) = &ready.native {
            node.env("JOBLET_NATIVE_BENCH", native);
        }
        for (binary, variable, benches) in MODULES {
            if benches.contains(&self.name.as_str())
                && let Some(folder) = module::compile(root, &ready.site, binary, true)?
            {
                node.env(variable, folder);
            }
        }
        Report::read(&process::output(&mut node, "the bench")?)
    }
}
