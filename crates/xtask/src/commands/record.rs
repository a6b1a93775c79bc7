//! `cargo xtask record`: a run of the built site in Chromium, kept to be shown before anything runs on a page.

use std::path::Path;
use std::process::Stdio;

use anyhow::Result;

use super::build::{self, Profile};
use crate::setup::{self, Choice};
use crate::{process, project};

/// What drives the site.
const SCRIPT: &str = "tests/bench/recording/record.mjs";
/// What it prints is kept here; crates/widgets/src/word_frequencies/recording.rs reads it.
const RECORDING: &str = "crates/widgets/recorded/word-frequencies.json";

/// Builds the site, records, and writes the recording. The next build shows it.
///
/// # Errors
/// When the build fails, or the run in the browser.
pub(crate) fn run(root: &Path) -> Result<()> {
    let browsers = setup::browsers()?;
    build::run(root, Choice::from_environment()?, Profile::Release)?;
    let mut node = process::command("node");
    node.arg(root.join(SCRIPT))
        .current_dir(root)
        .env("JOBLET_DIST", project::dist(root))
        .stderr(Stdio::inherit());
    browsers.tell(&mut node);
    let recording = process::output(&mut node, "recording")?;
    process::write(&root.join(RECORDING), recording)?;
    println!("wrote {RECORDING}; `cargo xtask build` shows it");
    Ok(())
}
