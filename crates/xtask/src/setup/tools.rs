//! Trunk and wasm-bindgen at exactly the versions that fit, from `PATH` or from our own cache.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};

use super::tell;
use crate::{lockfile, process};

/// The last Trunk that builds with this workspace's oldest compiler.
const TRUNK: &str = "0.21.14";

/// Compile the tools fast: they run for seconds, so optimizing them for minutes is a loss.
const PROFILE: [(&str, &str); 5] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "0"),
    ("CARGO_PROFILE_RELEASE_STRIP", "true"),
];

/// A program on the crates' registry.
struct Tool<'a> {
    /// The program.
    name: &'a str,
    /// The crate that has it.
    package: &'a str,
    /// The one version that will do.
    version: &'a str,
    /// What it is for, in a few words.
    purpose: &'a str,
}

/// The folders of the tools that are not on `PATH`; missing ones are installed first.
///
/// # Errors
/// Says what to do when one cannot be had.
pub(super) fn find(root: &Path) -> Result<Vec<PathBuf>> {
    let bindgen = lockfile::locked_version(root, "wasm-bindgen")?;
    let tools = [
        Tool {
            name: "trunk",
            package: "trunk",
            version: TRUNK,
            purpose: "builds the site",
        },
        Tool {
            name: "wasm-bindgen",
            package: "wasm-bindgen-cli",
            version: &bindgen,
            purpose: "joins wasm and JavaScript",
        },
    ];
    let mut folders = Vec::new();
    for tool in &tools {
        if let Some(folder) = tool.folder()? {
            folders.push(folder);
        }
    }
    Ok(folders)
}

impl Tool<'_> {
    /// None when `PATH` has it, else the folder in the cache.
    fn folder(&self) -> Result<Option<PathBuf>> {
        if process::find(&[self.name]).is_some_and(|path| self.is(&path)) {
            return Ok(None);
        }
        let home = cache()?.join(format!("{}-{}", self.name, self.version));
        let program = home.join("bin").join(self.name);
        if !program.is_file() {
            self.install(&home)?;
        }
        anyhow::ensure!(
            self.is(&program),
            "{} is not {} {}: delete {} and try again",
            program.display(),
            self.name,
            self.version,
            home.display()
        );
        Ok(Some(home.join("bin")))
    }

    /// Whether this program is of the right version.
    fn is(&self, program: &Path) -> bool {
        let said = process::output(
            process::command(program).arg("--version"),
            "asking for a version",
        );
        said.is_ok_and(|said| said.split_whitespace().nth(1) == Some(self.version))
    }

    /// Compiles the tool into the cache.
    fn install(&self, home: &Path) -> Result<()> {
        tell(&format!(
            "compiling {} {} into {} ({}; a few minutes, once)",
            self.name,
            self.version,
            home.display(),
            self.purpose
        ));
        std::fs::create_dir_all(home)
            .with_context(|| format!("{} cannot be made", home.display()))?;
        let start = Instant::now();
        // A registry may lack a version of the tool's own lock file (some mirrors are behind): then others must do.
        if let Err(error) = process::quietly(self.cargo(home).arg("--locked")) {
            let reason = process::reason(&error);
            tell(&format!(
                "not with the versions that {} was released with ({reason}); trying others",
                self.name
            ));
            process::run(&mut self.cargo(home), &format!("installing {}", self.name)).with_context(|| {
                format!(
                    "{0} {1} cannot be had: check that cargo reaches its registry, or put {0} {1} on PATH",
                    self.name, self.version
                )
            })?;
        }
        tell(&format!(
            "{} is ready after {:.0} s",
            self.name,
            start.elapsed().as_secs_f64()
        ));
        Ok(())
    }

    /// Cargo's command that compiles it.
    fn cargo(&self, home: &Path) -> Command {
        let mut cargo = process::command("cargo");
        // Not in the checkout, whose settings are for wasm; and not into its target folder, which stays.
        cargo
            .current_dir(home)
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("RUSTFLAGS")
            .envs(PROFILE);
        cargo.args([
            "install",
            "--quiet",
            self.package,
            "--version",
            self.version,
            "--no-default-features",
        ]);
        cargo.args(["--bin", self.name, "--root"]).arg(home);
        cargo
    }
}

/// The per-user folder of tools.
fn cache() -> Result<PathBuf> {
    let folder = match std::env::var_os("XDG_CACHE_HOME").filter(|folder| !folder.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(
            std::env::var_os("HOME").context("set HOME or XDG_CACHE_HOME: tools are kept there")?,
        )
        .join(".cache"),
    };
    Ok(folder.join("joblet/tools"))
}
