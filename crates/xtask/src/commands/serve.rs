//! `cargo xtask serve`: builds the site and serves it on this machine.

use std::path::Path;

use anyhow::Result;

use super::build::{self, Profile};
use crate::setup::{self, Choice};
use crate::{process, project};

/// What to serve, and how.
#[derive(Debug)]
pub(crate) struct Options {
    /// The port; 0 lets the system choose.
    pub(crate) port: u16,
    /// Whether pages are cross-origin isolated.
    pub(crate) isolation: bool,
    /// The path under which the site appears.
    pub(crate) prefix: String,
    /// How the site is built.
    pub(crate) profile: Profile,
    /// Whether the site is built at all.
    pub(crate) build: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 8080,
            isolation: true,
            prefix: "/".to_owned(),
            profile: Profile::Release,
            build: true,
        }
    }
}

/// Builds and serves until it is interrupted.
///
/// # Errors
/// When the build fails or the port is taken.
pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    if options.build {
        build::run(root, Choice::from_environment()?, options.profile)?;
    } else {
        setup::npm_packages(root)?;
    }
    let dist = project::dist(root);
    anyhow::ensure!(
        dist.join("index.html").is_file(),
        "dist/ holds no site: leave out --no-build"
    );
    let mut node = process::command("node");
    node.arg(root.join("tools/static-server.mjs"))
        .arg("--root")
        .arg(dist);
    node.args([
        "--port",
        &options.port.to_string(),
        "--prefix",
        &options.prefix,
    ]);
    if !options.isolation {
        node.arg("--no-isolation");
    }
    process::run(&mut node, "serving the site")
}
