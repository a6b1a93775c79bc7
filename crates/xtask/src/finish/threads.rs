//! The module of the backend threading: a second build of the tasks, for threads over one shared memory. Trunk cannot make it,
//! since it has one set of flags for all modules.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::scripts::{build, define, define_json};
use super::{Site, modules};
use crate::setup::{self, Choice, WASM};
use crate::{process, project};

/// The crate whose binary the module is, and the module's name in sources.
const CRATE: &str = "threads";

/// Beyond this the shared memory does not grow. Modest, since Safari reserves all of it at once.
const MOST_MEMORY: u64 = 512 << 20;

/// What makes memory shared and lets each thread have a stack and variables of its own. rustc adds the linker's part by itself
/// only in some versions.
const FEATURES: &str = "+simd128,+atomics,+bulk-memory,+mutable-globals";
const EXPORTS: [&str; 5] = [
    "__wasm_init_tls",
    "__tls_size",
    "__tls_align",
    "__tls_base",
    "__heap_base",
];

/// What the optimizer may use beside what it may in every module.
const OPTIMIZER: [&str; 1] = ["--enable-threads"];

/// What wasm-bindgen-rayon brings along to start threads, and what stands in its place.
const HELPER: &str = "src/workerHelpers.no-bundler.js";
const OURS: &str = "export { startWorkers } from \"thread-workers\";\n";

/// Builds the module and its worker's script, and puts both into `assets/`; gives back what the engine's worker is told of
/// them. Where the compiler cannot be had for it the site is made without.
///
/// # Errors
/// When the crate does not compile.
pub(super) fn place(site: &Site) -> Result<String> {
    let name = match compile(site)? {
        Ok(folder) => serde_json::Value::from(bundle(site, &folder)?),
        Err(why) => {
            eprintln!("build: no threads in this site: {why}");
            serde_json::Value::Null
        }
    };
    Ok(define_json("__THREADS_WORKER__", &name))
}

/// The folder with the module and its JavaScript, or why the compiler cannot be had.
fn compile(site: &Site) -> Result<Result<PathBuf, String>> {
    let ready = match setup::threads(&site.root, Choice::from_environment()?) {
        Ok(ready) => ready,
        Err(error) => return Ok(Err(format!("{error:#}"))),
    };
    let target = project::target(&site.root)?.join(CRATE);
    let mut cargo = ready.command("cargo")?;
    cargo
        .args(["build", "--quiet", "--release", "--locked"])
        .args(["--package", CRATE, "--target", WASM])
        .current_dir(&site.root);
    for_threads(&mut cargo, &target);
    if let Err(error) = process::quietly(&mut cargo) {
        let text = error.to_string();
        // The library's own dependencies may not be to be had; a fault in our sources is no reason to go without.
        anyhow::ensure!(!text.contains("could not compile"), "{text}");
        return Ok(Err(process::reason(&error)));
    }
    let folder = target.join("bindings");
    let mut bindgen = ready.command("wasm-bindgen")?;
    bindgen
        .args(["--target", "web", "--no-typescript", "--out-dir"])
        .arg(&folder)
        .arg(target.join(format!("{WASM}/release/{CRATE}.wasm")));
    process::run(&mut bindgen, "joining the threads' module with JavaScript")?;
    replace_helper(&folder)?;
    Ok(Ok(folder))
}

/// Has cargo compile for shared memory, the library included.
pub(crate) fn for_threads(cargo: &mut Command, target: &Path) {
    let mut flags = vec![
        format!("-Ctarget-feature={FEATURES}"),
        "-Clink-arg=--shared-memory".to_owned(),
        "-Clink-arg=--import-memory".to_owned(),
        format!("-Clink-arg=--max-memory={MOST_MEMORY}"),
    ];
    flags.extend(EXPORTS.map(|name| format!("-Clink-arg=--export={name}")));
    cargo
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
        // Lets a compiler that is no nightly one build its own library.
        .env("RUSTC_BOOTSTRAP", "1");
}

/// Puts our way of starting threads in the place of wasm-bindgen-rayon's.
fn replace_helper(folder: &Path) -> Result<()> {
    let snippets = folder.join("snippets");
    let entries = std::fs::read_dir(&snippets)
        .with_context(|| format!("{} cannot be read", snippets.display()))?;
    let mut replaced = false;
    for entry in entries {
        let helper = entry?.path().join(HELPER);
        if helper.is_file() {
            process::write(&helper, OURS)?;
            replaced = true;
        }
    }
    anyhow::ensure!(replaced, "wasm-bindgen-rayon has no {HELPER} any more");
    Ok(())
}

/// Places the module and bundles its worker's script; the script's name.
fn bundle(site: &Site, folder: &Path) -> Result<String> {
    let module = folder.join(format!("{CRATE}_bg.wasm"));
    let content = modules::finished(site, CRATE, &module, &OPTIMIZER)?;
    let options = [
        format!(
            "--alias:{CRATE}={}",
            folder.join(format!("{CRATE}.js")).display()
        ),
        format!(
            "--alias:thread-workers={}",
            site.root.join("www/threads/start.ts").display()
        ),
        define("__THREADS_WASM__", &site.place(CRATE, "wasm", &content)?),
    ];
    let worker = build(site, "www/threads-worker.ts", &options)?;
    site.place("threads-worker", "js", &worker)
}
