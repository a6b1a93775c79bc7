//! `cargo xtask build`: the static site in `dist/`.
//!
//! Trunk compiles the engine and calls its hook, `cargo xtask finish`, which makes the rest (see `finish`).

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::setup::{self, Choice, Ready};
use crate::{process, project};

/// How the site is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Profile {
    /// Small and fast, slow to build: what visitors get.
    #[default]
    Release,
    /// Fast to build, with source maps.
    Dev,
}

/// Builds the site.
///
/// # Errors
/// Says which step failed.
pub(crate) fn run(root: &Path, choice: Choice, profile: Profile) -> Result<Ready> {
    let ready = setup::site(root, choice)?;
    let start = Instant::now();
    trunk(root, &ready, profile, None)?;
    println!("dist/ is built ({:.1} s)", start.elapsed().as_secs_f64());
    Ok(ready)
}

/// Builds the site without a word when all is well.
///
/// # Errors
/// Says which step failed.
pub(crate) fn quietly(root: &Path, choice: Choice, profile: Profile) -> Result<()> {
    let mut ready = setup::site(root, choice)?;
    ready.quiet = true;
    trunk(root, &ready, profile, None)
}

/// Runs Trunk; `target` is cargo's target folder when it is not to be the usual one.
///
/// # Errors
/// When Trunk or its hook fails; both have then said why.
pub(crate) fn trunk(
    root: &Path,
    ready: &Ready,
    profile: Profile,
    target: Option<&Path>,
) -> Result<()> {
    for entry in [
        "index.html",
        "crates/site/src/bin/engine.rs",
        "crates/site/src/bin/storage.rs",
    ] {
        anyhow::ensure!(
            root.join(entry).is_file(),
            "{entry} is missing: the site cannot be built without it"
        );
    }
    let this = std::env::current_exe().context("the path of this program is not known")?;
    let mut trunk = ready.command("trunk")?;
    trunk
        .arg("build")
        .current_dir(root)
        .env("JOBLET_XTASK", this);
    // A variable NO_COLOR=1 is an error to Trunk, which wants true or false.
    trunk
        .env_remove("NO_COLOR")
        .args(["--log", "off", "--skip-version-check"]);
    // Its errors are said by cargo or by our hook; where in Trunk they passed through helps nobody.
    trunk.env("RUST_BACKTRACE", "0");
    if profile == Profile::Release {
        trunk.arg("--release");
    }
    if let Some(target) = target {
        trunk.env("CARGO_TARGET_DIR", target);
    }
    process::run(&mut trunk, "building the site")?;
    let index = project::dist(root).join("index.html");
    anyhow::ensure!(
        index.is_file(),
        "Trunk ended well and left no {}",
        index.display()
    );
    Ok(())
}
