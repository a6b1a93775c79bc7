//! Chromium and Firefox, for tests and benches.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use super::apt;
use crate::process;

/// Where the browsers are.
pub(crate) struct Browsers {
    chromium: PathBuf,
    firefox: PathBuf,
}

impl Browsers {
    /// Tells a script where the browsers are.
    pub(crate) fn tell(&self, command: &mut Command) {
        command
            .env("CHROMIUM", &self.chromium)
            .env("FIREFOX", &self.firefox);
    }
}

/// One browser: its variable, its names on `PATH`, Debian's package.
struct Browser {
    variable: &'static str,
    names: &'static [&'static str],
    package: &'static str,
}

const CHROMIUM: Browser = Browser {
    variable: "CHROMIUM",
    names: &[
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ],
    package: "chromium",
};
const FIREFOX: Browser = Browser {
    variable: "FIREFOX",
    names: &["firefox-esr", "firefox"],
    package: "firefox-esr",
};

impl Browser {
    /// By variable, else on `PATH`.
    fn find(&self) -> Result<Option<PathBuf>> {
        match std::env::var_os(self.variable).filter(|value| !value.is_empty()) {
            Some(path) => {
                let path = PathBuf::from(path);
                anyhow::ensure!(
                    path.is_file(),
                    "{} names {}, which is no file",
                    self.variable,
                    path.display()
                );
                Ok(Some(path))
            }
            None => Ok(process::find(self.names)),
        }
    }
}

/// Both browsers; those that are missing are installed.
///
/// # Errors
/// Says what to install by hand or which variable to set.
pub(super) fn find() -> Result<Browsers> {
    let mut missing = Vec::new();
    for browser in [&CHROMIUM, &FIREFOX] {
        if browser.find()?.is_none() {
            missing.push(browser.package);
        }
    }
    if !missing.is_empty() {
        apt::install(&missing, "browsers for the tests").context(
            "the tests want browsers: set CHROMIUM and FIREFOX to their paths, or install them",
        )?;
    }
    let found = |browser: &Browser| {
        browser.find()?.with_context(|| {
            format!(
                "{} was installed and is not on PATH: set {}",
                browser.package, browser.variable
            )
        })
    };
    Ok(Browsers {
        chromium: found(&CHROMIUM)?,
        firefox: found(&FIREFOX)?,
    })
}
