//! `cargo xtask screenshots`: the pictures of the documents, from the built site in Chromium.

use std::path::Path;

use anyhow::Result;

use super::build::{self, Profile};
use crate::setup::{self, Choice};
use crate::{process, project};

/// What drives the site, and writes into docs/screenshots.
const SCRIPT: &str = "tests/screenshots/take.mjs";

/// Builds the site and takes the pictures.
///
/// # Errors
/// When the build fails, or the browser.
pub(crate) fn run(root: &Path) -> Result<()> {
    let browsers = setup::browsers()?;
    build::run(root, Choice::from_environment()?, Profile::Release)?;
    let mut node = process::command("node");
    node.arg(root.join(SCRIPT))
        .current_dir(root)
        .env("JOBLET_DIST", project::dist(root));
    browsers.tell(&mut node);
    process::run(&mut node, "taking screenshots")
}
