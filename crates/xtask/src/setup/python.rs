//! A Python with joblib: what our digests are compared with.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::{process, project};

/// The versions that the recordings in crates/values/tests/fixtures were made with.
const PACKAGES: [&str; 2] = ["joblib==1.6.0", "numpy==2.4.6"];

/// The one that `JOBLET_PYTHON` names; else one of ours, which stays in target/ for the next time.
///
/// # Errors
/// When there is no Python, or its packages cannot be had.
pub(super) fn joblib(root: &Path) -> Result<PathBuf> {
    if let Some(python) = env::var_os("JOBLET_PYTHON") {
        return Ok(python.into());
    }
    // Later ones sort NaN in another way, and pickle dtypes with another protocol.
    let version = process::output(process::command("python3").arg("--version"), "Python")?;
    if !["Python 3.11.", "Python 3.12."]
        .iter()
        .any(|known| version.starts_with(known))
    {
        bail!(
            "it is compared with in Python 3.11 or 3.12, and this is {}",
            version.trim()
        );
    }
    let folder = project::target(root)?
        .join("oracle")
        .join(PACKAGES.join("-"));
    let python = folder.join("bin/python");
    let ready = folder.join("ready");
    if !ready.exists() {
        println!("xtask: fetching {}", PACKAGES.join(" and "));
        process::quietly(
            process::command("python3")
                .args(["-m", "venv", "--clear"])
                .arg(&folder),
        )?;
        process::quietly(
            process::command(&python)
                .args([
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                ])
                .args(PACKAGES),
        )?;
        fs::write(&ready, "").context("target/ cannot be written")?;
    }
    Ok(python)
}
