//! The engine's module: the only exported bindings. A worker calls one of these, and is then a kernel, a pool
//! worker, one that works as promises, or one that writes entries.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Makes this worker the page's kernel. `script` is the address of the script that pool workers run, `threads` that of the
/// script of teams of threads, if the site has one, `texts` the packed catalogue of the language the labs speak, if not English.
#[wasm_bindgen]
pub fn start_kernel(script: String, threads: Option<String>, texts: Option<String>) {
    site::Kernel::start(script, wasm_bindgen::module(), threads, texts);
}

/// Makes this worker a pool worker.
#[wasm_bindgen]
pub fn start_pool_worker() {
    browser::start_pool_worker(tasks::find);
}

/// Writes so many entries of so many bytes each into this location, until the worker is ended: what the lab *cache inspector*
/// needs.
#[wasm_bindgen]
pub fn write_entries(location: String, entries: u32, bytes: u32) {
    site::write_entries(location, entries, bytes);
}

/// Computes so many rounds: what each promise of a worker for promises does.
#[wasm_bindgen]
pub fn compute(rounds: f64) {
    tasks::compute(rounds as u64);
}

fn main() {
    // Everything begins with one of the exports; this keeps the module's start from doing anything.
    let _: JsValue = JsValue::UNDEFINED;
}
