//! The page side: TypeScript and CSS, bundled by esbuild.

use std::path::Path;

use anyhow::{Context, Result};

use super::Site;
use super::modules::Module;
use crate::{generated, process, project};

/// The oldest language level of the browsers that have module workers.
const LEVEL: &str = "es2022";

/// The names that pages refer to, all in `assets/`.
pub(super) struct Names {
    /// The script that pages start with.
    pub(super) shell: String,
    /// The style sheet.
    pub(super) style: String,
}

/// Bundles workers, shell, page API and style.
///
/// # Errors
/// When an entry file is missing, or esbuild refuses it.
pub(super) fn bundle(site: &Site, modules: &[Module]) -> Result<Names> {
    let mut common = vec![
        define("__VERSION__", site.version),
        define_json("__STORAGE_LABS__", &generated::storage_labs().into()),
    ];
    for Module { name, file, glue } in modules {
        let capitals = name.to_uppercase();
        let alias = format!("--alias:{name}={}", glue.display());
        let module = define(&format!("__{capitals}_WASM__"), file);
        let worker = build(site, &format!("www/{name}-worker.ts"), &[alias, module])?;
        let worker = site.place(&format!("{name}-worker"), "js", &worker)?;
        common.push(define(&format!("__{capitals}_WORKER__"), &worker));
    }
    let named = |assets: &str| [common.clone(), vec![define("__ASSETS__", assets)]].concat();
    let shell = build(site, "www/shell.ts", &named("./"))?;
    let shell = site.place("shell", "js", &shell)?;
    // The one script with a name that stays: other people's pages import it.
    let api = build(site, "www/joblet.ts", &named("./assets/"))?;
    process::write(&site.staging.join("joblet.js"), api)?;
    declare(site)?;
    let style = build(site, "www/styles/main.css", &[])?;
    let style = site.place("main", "css", &style)?;
    Ok(Names { shell, style })
}

/// Writes the types of the page API beside it, for editors and type checkers.
fn declare(site: &Site) -> Result<()> {
    let types = site.staging.join("types");
    let mut tsc = process::command(project::npm_program(&site.root, "tsc"));
    tsc.args([
        "-p",
        "www",
        "--noEmit",
        "false",
        "--declaration",
        "--emitDeclarationOnly",
    ])
    .arg("--outDir")
    .arg(&types)
    .current_dir(&site.root);
    process::run(&mut tsc, "writing the types of joblet.js")?;
    let generated = process::read(&site.root.join("www/generated/protocol.d.ts"))?;
    process::write(&types.join("generated/protocol.d.ts"), generated)?;
    process::write(
        &site.staging.join("joblet.d.ts"),
        "export * from \"./types/joblet\";\n",
    )
}

/// Bundles one entry file.
fn build(site: &Site, entry: &str, options: &[String]) -> Result<Vec<u8>> {
    let file = site.root.join(entry);
    anyhow::ensure!(
        file.is_file(),
        "{entry} is missing: the site cannot be built without it"
    );
    let output = site.staging.join("bundle.tmp");
    let mut esbuild = process::command(project::npm_program(&site.root, "esbuild"));
    esbuild
        .arg(&file)
        .args(["--bundle", "--log-level=warning"])
        .current_dir(&site.root);
    if Path::new(entry)
        .extension()
        .is_none_or(|ending| ending != "css")
    {
        esbuild.arg("--format=esm").arg(format!("--target={LEVEL}"));
    }
    esbuild.arg(if site.release {
        "--minify"
    } else {
        "--sourcemap=inline"
    });
    esbuild
        .args(options)
        .arg(format!("--outfile={}", output.display()));
    process::run(&mut esbuild, &format!("bundling {entry}"))?;
    let content =
        std::fs::read(&output).with_context(|| format!("esbuild left no bundle of {entry}"))?;
    std::fs::remove_file(&output)?;
    Ok(content)
}

/// A name in the sources that esbuild replaces by a text.
fn define(name: &str, text: &str) -> String {
    define_json(name, &text.into())
}

/// A name in the sources that esbuild replaces by a value.
fn define_json(name: &str, value: &serde_json::Value) -> String {
    format!("--define:{name}={value}")
}
