//! How long builds of the site take, once set-up is done.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};

use super::report::{Report, Row};
use crate::commands::build::{self, Profile};
use crate::process;
use crate::setup::{self, Choice, Ready};

/// Rebuilds per figure. A cold build is too long to be repeated.
const REBUILDS: usize = 3;

/// Measures both profiles in a target folder of their own.
pub(super) fn run(root: &Path) -> Result<Report> {
    let ready = setup::site(root, Choice::from_environment()?)?;
    let target = root.join("target/bench-build");
    let mut rows = Vec::new();
    for (name, profile) in [("release", Profile::Release), ("dev", Profile::Dev)] {
        if target.exists() {
            std::fs::remove_dir_all(&target)
                .with_context(|| format!("{} cannot be emptied", target.display()))?;
        }
        let mut row =
            |what: &str, samples| rows.push(Row::alone(&format!("{what} ({name})"), "s", samples));
        row("cold build", vec![seconds(root, &ready, profile, &target)?]);
        row(
            "rebuild after a line of Rust",
            rebuilds(root, &ready, profile, &target, "crates/site/src/lib.rs")?,
        );
        row(
            "rebuild after a line of TypeScript",
            rebuilds(root, &ready, profile, &target, "www/shell.ts")?,
        );
    }
    // The last build was none for visitors.
    build::quietly(root, Choice::from_environment()?, Profile::Release)?;
    Ok(Report {
        rows,
        ..Report::default()
    })
}

/// Rebuilds, each after a further line.
fn rebuilds(
    root: &Path,
    ready: &Ready,
    profile: Profile,
    target: &Path,
    file: &str,
) -> Result<Vec<f64>> {
    let mut changed = Changed::new(root.join(file))?;
    let mut samples = Vec::new();
    for _ in 0..REBUILDS {
        changed.add_line()?;
        samples.push(seconds(root, ready, profile, target)?);
    }
    Ok(samples)
}

/// One build.
fn seconds(root: &Path, ready: &Ready, profile: Profile, target: &Path) -> Result<f64> {
    let start = Instant::now();
    build::trunk(root, ready, profile, Some(target))?;
    Ok(start.elapsed().as_secs_f64())
}

/// A source file that gets back its content at the end.
struct Changed {
    file: PathBuf,
    original: String,
    lines: usize,
}

impl Changed {
    fn new(file: PathBuf) -> Result<Self> {
        let original = process::read(&file)?;
        Ok(Self {
            file,
            original,
            lines: 0,
        })
    }

    /// Makes the file differ from before by one line.
    fn add_line(&mut self) -> Result<()> {
        self.lines += 1;
        process::write(
            &self.file,
            format!("{}{}", self.original, "// bench\n".repeat(self.lines)),
        )
    }
}

impl Drop for Changed {
    fn drop(&mut self) {
        if let Err(error) = process::write(&self.file, &self.original) {
            eprintln!("xtask: {error:#}; take the lines `// bench` out of it by hand");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Changed;

    #[test]
    fn a_changed_file_is_restored() -> anyhow::Result<()> {
        let file = std::env::temp_dir().join(format!("joblet-bench-{}.rs", std::process::id()));
        std::fs::write(&file, "//! a\n")?;
        let mut changed = Changed::new(file.clone())?;
        changed.add_line()?;
        assert_eq!(std::fs::read_to_string(&file)?, "//! a\n// bench\n");
        drop(changed);
        assert_eq!(std::fs::read_to_string(&file)?, "//! a\n");
        std::fs::remove_file(&file)?;
        Ok(())
    }
}
