//! The page side: TypeScript and CSS, bundled by esbuild.

use std::path::Path;

use anyhow::{Context, Result};
use lessons::content::Content;

use super::modules::Module;
use super::{Site, embeds, licences, search, threads};
use crate::{generated, process, project};

/// The oldest language level of the browsers that have module workers.
const LEVEL: &str = "es2022";

/// SQLite's module, as sql.js compiled it.
const SQLITE: &str = "node_modules/sql.js/dist/sql-wasm-browser.wasm";
/// `SQLite`'s own build for the web, and its module: what the lab durability uses.
const OPFS_SQLITE: &str = "@sqlite.org/sqlite-wasm";
const OPFS_SQLITE_MODULE: &str = "node_modules/@sqlite.org/sqlite-wasm/dist/sqlite3.wasm";

/// The names that pages refer to, all in `assets/`.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// The script that pages with labs start with.
    pub(super) shell: String,
    /// The script of all pages.
    pub(super) page: String,
    /// The script of the search.
    pub(super) search: String,
    /// The style sheet.
    pub(super) style: String,
    /// The script of embedded labs, beside the shell.
    pub(super) frame: String,
    /// The script of pages that lead to embedded labs.
    pub(super) forward: String,
    /// The script of the page that makes embeds.
    pub(super) builder: String,
    /// The script of the page about progress.
    pub(super) progress: String,
}

/// Bundles workers, shell, page API and style.
///
/// # Errors
/// When an entry file is missing, or esbuild refuses it.
pub(super) fn bundle(site: &Site, modules: &[Module], content: &Content) -> Result<Names> {
    let mut common = vec![
        define("__VERSION__", site.version),
        define_json("__STORAGE_LABS__", &generated::storage_labs().into()),
        define_json("__LABS__", &embeds::labs()),
        define("__SQLITE_WORKER__", &sqlite(site)?),
        writer(site)?,
        threads::place(site)?,
    ];
    for Module { name, file, glue } in modules {
        let capitals = name.to_uppercase();
        let alias = format!("--alias:{name}={}", glue.display());
        let module = define(&format!("__{capitals}_WASM__"), file);
        let options = [common.clone(), vec![alias, module]].concat();
        let worker = build(site, &format!("www/{name}-worker.ts"), &options)?;
        let worker = site.place(&format!("{name}-worker"), "js", &worker)?;
        common.push(define(&format!("__{capitals}_WORKER__"), &worker));
    }
    let named = |assets: &str| [common.clone(), vec![define("__ASSETS__", assets)]].concat();
    let shell = build(site, "www/shell.ts", &named("./"))?;
    let shell = site.place("shell", "js", &shell)?;
    let page = build(site, "www/page.ts", &[])?;
    let page = site.place("page", "js", &page)?;
    // The one script with a name that stays: other people's pages import it.
    let api = build(site, "www/joblet.ts", &named("./assets/"))?;
    process::write(&site.staging.join("joblet.js"), api)?;
    declare(site)?;
    let embed = build(site, "www/embed.ts", &common)?;
    embeds::place_script(site, &embed)?;
    let page_script = |name: &str| -> Result<String> {
        let script = build(site, &format!("www/{name}.ts"), &common)?;
        site.place(name, "js", &script)
    };
    let style = build(site, "www/styles/main.css", &[])?;
    Ok(Names {
        shell,
        page,
        search: search::place(site, content)?,
        style: site.place("main", "css", &style)?,
        frame: page_script("embed-frame")?,
        forward: page_script("embed-forward")?,
        builder: page_script("builder")?,
        progress: page_script("progress")?,
    })
}

/// Bundles the worker of SQLite, and places SQLite's module, which only that worker loads.
fn sqlite(site: &Site) -> Result<String> {
    let file = site.root.join(SQLITE);
    let module = std::fs::read(&file)
        .with_context(|| format!("{SQLITE} cannot be read: delete node_modules and try again"))?;
    let module = define("__SQLITE_WASM__", &site.place("sqlite", "wasm", &module)?);
    let worker = build(site, "www/engines/sqlite-worker.ts", &[module])?;
    site.place("sqlite-worker", "js", &worker)
}

/// Bundles the writer of the lab durability. `SQLite` is a bundle of its own, which the writer loads when it is wanted.
fn writer(site: &Site) -> Result<String> {
    let file = site.root.join(OPFS_SQLITE_MODULE);
    let module = std::fs::read(&file).with_context(|| {
        format!("{OPFS_SQLITE_MODULE} cannot be read: delete node_modules and try again")
    })?;
    let module = site.place("opfs-sqlite", "wasm", &module)?;
    let options = [
        format!("--alias:opfs-sqlite={OPFS_SQLITE}"),
        define("__OPFS_SQLITE_WASM__", &module),
    ];
    let sqlite = build(site, "www/engines/durability/sqlite.ts", &options)?;
    let sqlite = site.place("opfs-sqlite", "js", &sqlite)?;
    let writer = build(
        site,
        "www/engines/durability-worker.ts",
        &[define("__OPFS_SQLITE__", &sqlite)],
    )?;
    let writer = site.place("durability-worker", "js", &writer)?;
    Ok(define("__DURABILITY_WORKER__", &writer))
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
    generated::write_types(&types.join("generated"))?;
    process::write(
        &site.staging.join("joblet.d.ts"),
        "export * from \"./types/joblet\";\n",
    )
}

/// Bundles one entry file.
///
/// # Errors
/// When it is missing, or esbuild refuses it.
pub(super) fn build(site: &Site, entry: &str, options: &[String]) -> Result<Vec<u8>> {
    let file = site.root.join(entry);
    anyhow::ensure!(
        file.is_file(),
        "{entry} is missing: the site cannot be built without it"
    );
    let output = site.staging.join("bundle.tmp");
    let contents = site.staging.join("contents.tmp");
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
        .arg(format!("--outfile={}", output.display()))
        .arg(format!("--metafile={}", contents.display()));
    process::run(&mut esbuild, &format!("bundling {entry}"))?;
    let content =
        std::fs::read(&output).with_context(|| format!("esbuild left no bundle of {entry}"))?;
    std::fs::remove_file(&output)?;
    note_packages(site, &process::read(&contents)?)?;
    std::fs::remove_file(&contents)?;
    Ok(content)
}

/// Notes which npm packages went into a bundle, from esbuild's own account of it.
fn note_packages(site: &Site, contents: &str) -> Result<()> {
    let contents: serde_json::Value = serde_json::from_str(contents)?;
    let outputs = contents["outputs"].as_object().into_iter().flatten();
    let inputs = outputs.flat_map(|(_, output)| output["inputs"].as_object().into_iter().flatten());
    let packages = inputs.filter_map(|(file, _)| licences::package_of(file));
    site.packages.borrow_mut().extend(packages);
    Ok(())
}

/// A name in the sources that esbuild replaces by a text.
pub(super) fn define(name: &str, text: &str) -> String {
    define_json(name, &text.into())
}

/// A name in the sources that esbuild replaces by a value.
pub(super) fn define_json(name: &str, value: &serde_json::Value) -> String {
    format!("--define:{name}={value}")
}
