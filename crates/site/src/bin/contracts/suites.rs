//! The contract suites, called by name.

use browser::{IndexedDb, JsBuffer, LocalStorage};
use memory::{InMemory, Store, StoreError, contract};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

/// Runs the suite of the named store, and gives back what it violated; nothing if it passes. `answer` is the function
/// that answers questions to localStorage.
#[wasm_bindgen]
pub async fn check_store(name: String, answer: JsValue) -> Option<String> {
    let outcome = match name.as_str() {
        "indexeddb" => two(open("joblet-contract").await, open("joblet-contract").await).await,
        "localstorage" => {
            let open = || LocalStorage::from_function(answer.clone().unchecked_into());
            two(open().await, open().await).await
        }
        "memory" => {
            let store = InMemory::default();
            suite(&store).await
        }
        _ => return Some(format!("There is no store `{name}`.")),
    };
    outcome.err()
}

/// Runs the suite of long results on the store in IndexedDB, with results of so many bytes.
#[wasm_bindgen]
pub async fn check_long(bytes: usize) -> Option<String> {
    let checked = async {
        let store = open("joblet-contract").await.map_err(told)?;
        contract::check_long(&store, make_buffer, bytes)
            .await
            .map_err(|violation| violation.0)
    };
    checked.await.err()
}

async fn open(name: &str) -> Result<IndexedDb, StoreError> {
    IndexedDb::open(name).await
}

#[expect(clippy::needless_pass_by_value, reason = "made for `map_err`")]
fn told(error: StoreError) -> String {
    error.to_string()
}

#[expect(clippy::needless_pass_by_value, reason = "made for the suite")]
fn make_buffer(bytes: Vec<u8>) -> JsBuffer {
    JsBuffer::copy_of(&bytes)
}

async fn suite(store: &impl Store<JsBuffer>) -> Result<(), String> {
    contract::check(store, make_buffer)
        .await
        .map_err(|violation| violation.0)
}

async fn two<S: Store<JsBuffer>>(
    one: Result<S, StoreError>,
    other: Result<S, StoreError>,
) -> Result<(), String> {
    let (one, other) = (one.map_err(told)?, other.map_err(told)?);
    suite(&one).await?;
    contract::check_two(&one, &other, make_buffer)
        .await
        .map_err(|violation| violation.0)
}
