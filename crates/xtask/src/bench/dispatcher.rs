//! What the dispatcher itself costs, natively: crates/parallel/examples/overhead.rs, which prints what it measured as a
//! script does (see [`Report::read`]).

use std::path::Path;
use std::process::Stdio;

use anyhow::Result;

use super::report::Report;
use crate::process;

/// Compiles the example, runs it, and reads what it measured.
pub(super) fn run(root: &Path) -> Result<Report> {
    let mut cargo = process::command("cargo");
    cargo
        .args(["run", "--quiet", "--release", "--package", "parallel"])
        .args(["--example", "overhead", "--", "--json"])
        .current_dir(root)
        .stderr(Stdio::inherit());
    Report::read(&process::output(&mut cargo, "the bench of the dispatcher")?)
}
