//! The WebAssembly modules: optimized in release builds, then named by their content.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::Site;
use crate::{process, project};

/// The modules there are; each is a binary of crates/site.
pub(super) const NAMES: [&str; 2] = ["engine", "storage"];

/// What Trunk leaves of a module: wasm-bindgen's JavaScript, the module, the declarations of both.
const ENDINGS: [&str; 4] = [".js", "_bg.wasm", ".d.ts", "_bg.wasm.d.ts"];

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

/// A module in the staging folder.
pub(super) struct Module {
    /// What it is called in sources.
    pub(super) name: &'static str,
    /// Its name in `assets/`.
    pub(super) file: String,
    /// wasm-bindgen's JavaScript, still to be bundled into the worker.
    pub(super) glue: PathBuf,
}

/// Optimizes the modules and puts them into `assets/`.
///
/// # Errors
/// When Trunk left no module, or the optimizer fails.
pub(super) fn place(site: &Site) -> Result<Vec<Module>> {
    NAMES.iter().map(|name| place_one(site, name)).collect()
}

fn place_one(site: &Site, name: &'static str) -> Result<Module> {
    let [glue, module] = [ENDINGS[0], ENDINGS[1]].map(|ending| format!("{name}{ending}"));
    let (glue, module) = (site.staging.join(glue), site.staging.join(module));
    anyhow::ensure!(
        module.is_file() && glue.is_file(),
        "Trunk left no module {name}: index.html needs `<link data-trunk rel=\"rust\" … data-bin=\"{name}\">`"
    );
    let content = finished(site, name, &module, &[])?;
    Ok(Module {
        name,
        file: site.place(name, "wasm", &content)?,
        glue,
    })
}

/// The module as the site gets it; `options` are the optimizer's beside its usual ones.
///
/// # Errors
/// When the optimizer fails.
pub(super) fn finished(
    site: &Site,
    name: &str,
    module: &Path,
    options: &[&str],
) -> Result<Vec<u8>> {
    let content = read(module)?;
    if site.release {
        optimized(site, name, module, &content, options)
    } else {
        Ok(content)
    }
}

/// The module made faster and smaller. The last result is kept, since most builds do not change the module.
fn optimized(
    site: &Site,
    name: &str,
    module: &Path,
    content: &[u8],
    options: &[&str],
) -> Result<Vec<u8>> {
    let folder = site.root.join("target/optimized").join(name);
    let key = blake3::hash(&[content, [&OPTIONS, options].concat().join(" ").as_bytes()].concat())
        .to_hex();
    let result = folder.join(format!("{key}.wasm"));
    if !result.is_file() {
        if folder.exists() {
            std::fs::remove_dir_all(&folder)
                .with_context(|| format!("{} cannot be emptied", folder.display()))?;
        }
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("{} cannot be made", folder.display()))?;
        let partial = folder.join("partial.wasm");
        optimize(&site.root, module, &partial, options)?;
        std::fs::rename(&partial, &result)
            .with_context(|| format!("{} cannot be made", result.display()))?;
    }
    read(&result)
}

/// Makes a module faster and smaller.
///
/// # Errors
/// When the optimizer fails.
pub(super) fn optimize(root: &Path, module: &Path, result: &Path, options: &[&str]) -> Result<()> {
    let mut optimizer = process::command(project::npm_program(root, "wasm-opt"));
    optimizer
        .args(OPTIONS)
        .args(options)
        .arg(module)
        .arg("--output")
        .arg(result);
    process::run(&mut optimizer, "optimizing a module")
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
    let leftovers = NAMES
        .iter()
        .flat_map(|name| ENDINGS.map(|ending| format!("{name}{ending}")));
    for name in leftovers {
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
