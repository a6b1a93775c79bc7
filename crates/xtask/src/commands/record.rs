//! `cargo xtask record`: runs of the built site in Chromium, kept to be shown before anything runs on a page.

use std::path::Path;
use std::process::Stdio;

use anyhow::Result;

use super::build::{self, Profile};
use crate::setup::{self, Choice};
use crate::{process, project};

/// What drives the site, and where what it prints is kept: a file that the lab's `recording.rs` reads.
const RECORDINGS: [(&str, &str); 5] = [
    (
        "tests/bench/recording/record.mjs",
        "crates/widgets/recorded/word-frequencies.json",
    ),
    (
        "tests/bench/recording/timeline.mjs",
        "crates/widgets/recorded/timeline.json",
    ),
    (
        "tests/bench/recording/formats.mjs",
        "crates/storage-labs/recorded/formats.json",
    ),
    (
        "tests/bench/recording/overheads.mjs",
        "crates/widgets/recorded/overheads.json",
    ),
    (
        "tests/bench/recording/cache-inspector.mjs",
        "crates/widgets/recorded/cache-inspector.json",
    ),
];

/// Builds the site, records, and writes the recordings. The next build shows them.
///
/// # Errors
/// When the build fails, or the run in the browser.
pub(crate) fn run(root: &Path) -> Result<()> {
    let browsers = setup::browsers()?;
    build::run(root, Choice::from_environment()?, Profile::Release)?;
    for (script, recording) in RECORDINGS {
        let mut node = process::command("node");
        node.arg(root.join(script))
            .current_dir(root)
            .env("JOBLET_DIST", project::dist(root))
            .stderr(Stdio::inherit());
        browsers.tell(&mut node);
        let printed = process::output(&mut node, "recording")?;
        process::write(&root.join(recording), printed)?;
        println!("wrote {recording}; `cargo xtask build` shows it");
    }
    Ok(())
}
