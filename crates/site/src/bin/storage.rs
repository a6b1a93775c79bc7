//! The storage module: the only exported bindings. A worker calls one of these, and is then the storage kernel of its
//! page, or its workbench.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Makes this worker the page's storage kernel. `script` is the address of the script that the workbench runs, `sqlite`
/// that of SQLite's worker, `writer` that of the lab durability's writers, `texts` the packed catalogue of the language the labs speak, if not English.
#[wasm_bindgen]
pub fn start_storage_kernel(script: String, sqlite: String, writer: String, texts: Option<String>) {
    site::StorageKernel::start(script, sqlite, writer, wasm_bindgen::module(), texts);
}

/// Makes this worker the workbench.
#[wasm_bindgen]
pub fn start_workbench() {
    browser::start_pool_worker(site::find_experiment);
}

fn main() {
    // Everything begins with one of the exports; this keeps the module's start from doing anything.
    let _: JsValue = JsValue::UNDEFINED;
}
