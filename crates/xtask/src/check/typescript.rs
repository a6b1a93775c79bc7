//! The page side's TypeScript is sound, strictly.

use std::path::Path;

use anyhow::Result;

use crate::{process, project};

/// The service worker knows other things of the browser than a page does.
const PROJECTS: [&str; 2] = ["www", "www/service-worker"];

/// Type-checks `www/`; strictness does not depend on its settings.
///
/// # Errors
/// With the type checker's messages.
pub(crate) fn run(root: &Path) -> Result<()> {
    anyhow::ensure!(
        root.join("www/tsconfig.json").is_file(),
        "www/tsconfig.json is missing"
    );
    for project in PROJECTS {
        let mut checker = process::command(project::npm_program(root, "tsc"));
        process::quietly(
            checker
                .args(["-p", project, "--strict", "--noEmit"])
                .current_dir(root),
        )?;
    }
    Ok(())
}
