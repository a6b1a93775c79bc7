//! The contract suites of the browser's stores, called by a page of the tests.

#[path = "contracts/bench.rs"]
mod bench;
#[path = "contracts/digest.rs"]
mod digest;

use browser::{IndexedDb, JsBuffer, LocalStorage};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

/// Runs the suite of the named store, and gives back what it violated; nothing if it passes. `answer` is the function
/// that answers questions to localStorage.
#[wasm_bindgen]
pub async fn check_store(name: String, answer: JsValue) -> Option<String> {
    let outcome = match name.as_str() {
        "indexeddb" => match IndexedDb::open("joblet-contract").await {
            Ok(store) => memory::contract::check(&store, |bytes| JsBuffer::copy_of(&bytes)).await,
            Err(error) => return Some(error.to_string()),
        },
        "localstorage" => {
            let store = LocalStorage::from_function(answer.unchecked_into());
            memory::contract::check(&store, |bytes| JsBuffer::copy_of(&bytes)).await
        }
        _ => return Some(format!("There is no store `{name}`.")),
    };
    outcome.err().map(|violation| violation.0)
}

fn main() {}
