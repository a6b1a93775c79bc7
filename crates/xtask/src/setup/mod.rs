//! Finding or installing what the other commands need. Silent when nothing is missing.

mod apt;
mod browsers;
mod npm;
mod python;
mod toolchain;
mod tools;

pub(crate) use browsers::Browsers;
pub(crate) use toolchain::{Choice, Toolchain, WASM};

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::process;

/// What a build of the site needs, found.
pub(crate) struct Ready {
    /// The compiler of the wasm.
    pub(crate) toolchain: Toolchain,
    /// Folders of trunk and wasm-bindgen.
    tools: Vec<PathBuf>,
    /// Whether cargo keeps to itself what it compiles.
    pub(crate) quiet: bool,
}

impl Ready {
    /// A command for anything that compiles wasm: our compiler and tools come first on its `PATH`.
    ///
    /// # Errors
    /// When a folder cannot be put on `PATH`.
    pub(crate) fn command(&self, program: &str) -> Result<Command> {
        let mut command = process::command(program);
        self.toolchain.prepare(&mut command, &self.tools)?;
        if self.quiet {
            command.env("CARGO_TERM_QUIET", "true");
        }
        Ok(command)
    }
}

/// Everything a build of the site needs: compiler, tools, npm packages.
///
/// # Errors
/// Says what cannot be had and what to do.
pub(crate) fn site(root: &Path, choice: Choice) -> Result<Ready> {
    let toolchain = toolchain::find(root, choice)?;
    npm::packages(root)?;
    let tools = tools::find(root)?;
    Ok(Ready {
        toolchain,
        tools,
        quiet: false,
    })
}

/// What a build of the threads' module needs: the library's source beside compiler and tools.
///
/// # Errors
/// Says what cannot be had and what to do.
pub(crate) fn threads(root: &Path, choice: Choice) -> Result<Ready> {
    let toolchain = toolchain::find(root, choice)?;
    toolchain.add_source()?;
    Ok(Ready {
        toolchain,
        tools: tools::find(root)?,
        quiet: false,
    })
}

/// A Python with joblib and NumPy, from `JOBLET_PYTHON` or made here.
///
/// # Errors
/// When there is no Python, or its packages cannot be had.
pub(crate) fn joblib(root: &Path) -> Result<PathBuf> {
    python::joblib(root)
}

/// The npm packages alone.
///
/// # Errors
/// Says what to do when npm cannot be had.
pub(crate) fn npm_packages(root: &Path) -> Result<()> {
    npm::packages(root)
}

/// The browsers that tests and benches drive.
///
/// # Errors
/// Says what to do when they cannot be had.
pub(crate) fn browsers() -> Result<Browsers> {
    browsers::find()
}

/// Says what is being installed and why.
fn tell(what: &str) {
    eprintln!("set-up: {what}");
}
