//! The engine's module: optimized in release builds, then named by its content.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::Site;
use crate::{process, project};

/// What Trunk leaves of the engine: wasm-bindgen's JavaScript, its module, its declarations.
const GLUE: &str = "engine.js";
const MODULE: &str = "engine_bg.wasm";
const LEFTOVERS: [&str; 4] = [GLUE, MODULE, "engine.d.ts", "engine_bg.wasm.d.ts"];

/// What the compiler may use is named again for the optimizer, since release builds are stripped of that note.
const OPTIONS: [&str; 9] = [
    "-O2",
    "--enable-simd",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// The engine in the staging folder.
pub(super) struct Engine {
    /// The module's name in `assets/`.
    pub(super) module: String,
    /// wasm-bindgen's JavaScript, still to be bundled into the worker.
    pub(super) glue: PathBuf,
}

/// Optimizes the module and puts it into `assets/`.
///
/// # Errors
/// When Trunk left no module, or the optimizer fails.
pub(super) fn place(site: &Site) -> Result<Engine> {
    let module = site.staging.join(MODULE);
    let glue = site.staging.join(GLUE);
    anyhow::ensure!(
        module.is_file() && glue.is_file(),
        "Trunk left no {MODULE} and {GLUE}: index.html needs `<link data-trunk rel=\"rust\" … data-bin=\"engine\">`"
    );
    let mut content = read(&module)?;
    if site.release {
        content = optimized(site, &module, &content)?;
    }
    Ok(Engine {
        module: site.place("engine", "wasm", &content)?,
        glue,
    })
}

/// The module made faster and smaller. The last result is kept, since most builds do not change the module.
fn optimized(site: &Site, module: &Path, content: &[u8]) -> Result<Vec<u8>> {
    let folder = site.root.join("target/optimized");
    let key = blake3::hash(&[content, OPTIONS.join(" ").as_bytes()].concat()).to_hex();
    let result = folder.join(format!("{key}.wasm"));
    if !result.is_file() {
        if folder.exists() {
            std::fs::remove_dir_all(&folder)
                .with_context(|| format!("{} cannot be emptied", folder.display()))?;
        }
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("{} cannot be made", folder.display()))?;
        let partial = folder.join("partial.wasm");
        optimize(&site.root, module, &partial)?;
        std::fs::rename(&partial, &result)
            .with_context(|| format!("{} cannot be made", result.display()))?;
    }
    read(&result)
}

/// Makes a module faster and smaller, as the engine is.
///
/// # Errors
/// When the optimizer fails.
pub(super) fn optimize(root: &Path, module: &Path, result: &Path) -> Result<()> {
    let mut optimizer = process::command(project::npm_program(root, "wasm-opt"));
    optimizer
        .args(OPTIONS)
        .arg(module)
        .arg("--output")
        .arg(result);
    process::run(&mut optimizer, "optimizing the engine")
}

/// The bytes of a file.
fn read(file: &Path) -> Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))
}

/// Removes what Trunk left and the site does not use.
///
/// # Errors
/// Names the file.
pub(super) fn remove_leftovers(site: &Site) -> Result<()> {
    for name in LEFTOVERS {
        let file = site.staging.join(name);
        if file.exists() {
            std::fs::remove_file(&file)
                .with_context(|| format!("{} cannot be removed", file.display()))?;
        }
    }
    // JavaScript that crates bring along; the bundle has it by now.
    let snippets = site.staging.join("snippets");
    if snippets.exists() {
        std::fs::remove_dir_all(&snippets)
            .with_context(|| format!("{} cannot be removed", snippets.display()))?;
    }
    Ok(())
}
