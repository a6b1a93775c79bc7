//! The compiler and clippy have nothing to say.

use std::path::Path;

use anyhow::Result;

use crate::process;
use crate::setup::{self, Choice, Toolchain};

/// The crates that are compiled to wasm only.
const WASM_CRATES: [&str; 4] = ["--package", "browser", "--package", "site"];

/// All targets of the crates that run without a browser.
pub(super) fn native(root: &Path) -> Result<String> {
    let mut cargo = process::command("cargo");
    cargo.args([
        "clippy",
        "--quiet",
        "--workspace",
        "--exclude",
        "browser",
        "--exclude",
        "site",
        "--all-targets",
    ]);
    process::quietly(cargo.args(["--", "-D", "warnings"]).current_dir(root))?;
    Ok(String::new())
}

/// The crates of the browser. Debian's compiler comes without clippy: there the compiler's own warnings must do.
pub(super) fn wasm(root: &Path) -> Result<String> {
    let ready = setup::site(root, Choice::from_environment()?)?;
    let mut cargo = ready.command("cargo")?;
    cargo.current_dir(root);
    let target = ["--target", "wasm32-unknown-unknown", "--all-features"];
    if matches!(ready.toolchain, Toolchain::Debian { .. }) {
        cargo
            .args(["check", "--quiet"])
            .args(WASM_CRATES)
            .args(target);
        // Instead of RUSTFLAGS, which would displace those of .cargo/config.toml.
        cargo
            .args(["--config", "build.warnings=\"deny\""])
            .env("CARGO_UNSTABLE_WARNINGS", "true");
        process::quietly(&mut cargo)?;
        return Ok("by the compiler alone, since this one has no clippy".to_owned());
    }
    cargo
        .args(["clippy", "--quiet"])
        .args(WASM_CRATES)
        .args(target)
        .args(["--", "-D", "warnings"]);
    process::quietly(&mut cargo)?;
    Ok(String::new())
}
