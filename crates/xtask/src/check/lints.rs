//! The compiler and clippy have nothing to say.

use std::path::Path;

use anyhow::Result;

use crate::finish::for_threads;
use crate::setup::{self, Choice, Toolchain, WASM};
use crate::{process, project};

/// The crates that are compiled to wasm only, with the features of their further binaries.
const WASM_CRATES: [&str; 6] = [
    "--package",
    "browser",
    "--package",
    "site",
    "--features",
    "site/contracts,site/codecs",
];

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
        "--exclude",
        "threads",
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
    let target = ["--target", WASM];
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
    threads(root)
}

/// The crate of threads, which only compiles for a memory that is shared.
fn threads(root: &Path) -> Result<String> {
    let ready = match setup::threads(root, Choice::from_environment()?) {
        Ok(ready) => ready,
        Err(why) => return Ok(format!("but not that of threads: {why:#}")),
    };
    let mut cargo = ready.command("cargo")?;
    cargo
        .args(["clippy", "--quiet", "--package", "threads"])
        .args(["--target", WASM, "--", "-D", "warnings"])
        .current_dir(root);
    for_threads(&mut cargo, &project::target(root)?.join("threads"));
    process::quietly(&mut cargo)?;
    Ok(String::new())
}
