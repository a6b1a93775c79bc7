//! The engine's module: the only exported bindings. A worker calls one of these, and is then a kernel, a pool
//! worker, or one that works as promises.

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

/// Computes so many rounds: what each promise of a worker for promises does.
#[wasm_bindgen]
pub fn compute(rounds: f64) {
    tasks::compute(rounds as u64);
}

fn main() {
    // Everything begins with one of the exports; this keeps the module's start from doing anything.
    let _: JsValue = JsValue::UNDEFINED;
}
