//! A binary of `site` that is no part of the site, compiled for the browser: for tests and benches.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::setup::Ready;
use crate::{finish, process, project};

/// Compiles the binary of that name with the feature of the same name, optimized as the engine is if it is for `release`;
/// the folder with the module and its JavaScript. None while `site` has no such binary.
///
/// # Errors
/// When it does not compile.
pub(crate) fn compile(
    root: &Path,
    ready: &Ready,
    name: &str,
    release: bool,
) -> Result<Option<PathBuf>> {
    let metadata = project::metadata(root)?;
    if !project::has_binary(&metadata, "site", name) {
        return Ok(None);
    }
    let target = project::target(root)?;
    let mut cargo = ready.command("cargo")?;
    cargo.args(["build", "--package", "site", "--bin", name]);
    cargo.args(["--features", name]);
    cargo.args(["--target", "wasm32-unknown-unknown"]);
    if release {
        cargo.arg("--release");
    }
    cargo.current_dir(root);
    process::run(&mut cargo, &format!("compiling {name} for the browser"))?;
    let folder = target.join(name);
    let profile = if release { "release" } else { "debug" };
    let mut bindgen = ready.command("wasm-bindgen")?;
    bindgen
        .args(["--target", "web", "--no-typescript", "--out-dir"])
        .arg(&folder);
    bindgen.arg(target.join(format!("wasm32-unknown-unknown/{profile}/{name}.wasm")));
    process::run(&mut bindgen, &format!("joining {name} with JavaScript"))?;
    if release {
        finish::optimize(root, &folder.join(format!("{name}_bg.wasm")))?;
    }
    Ok(Some(folder))
}
