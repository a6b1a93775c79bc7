//! The memory as the kernel has it, in a worker of the benches `memory`, `storing` and `many-entries`: one call after the
//! other, each waited for.

use browser::{Clock, IndexedDb, JsBuffer, from_parcel, to_parcel};
use memory::{Key, Limits, Lookup, Memory};
use values::{Parcel, Skeleton, Value};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Where everything is remembered.
const LOCATION: &str = "bench";
/// The function that is called: of a number, a text that begins with it.
const FUNCTION: &str = "text_of";

/// A memory over a database of its own.
#[wasm_bindgen]
pub struct Remembering {
    memory: Memory<JsBuffer, IndexedDb>,
    clock: Clock,
    result_bytes: usize,
}

#[wasm_bindgen]
impl Remembering {
    /// Opens the database of that name. Results are texts of so many bytes.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn open(name: String, result_bytes: usize) -> Result<Self, String> {
        let store = IndexedDb::open(&name)
            .await
            .map_err(|error| error.to_string())?;
        Ok(Self {
            memory: Memory::new(store),
            clock: Clock::default(),
            result_bytes,
        })
    }

    /// Where the result of a number is kept.
    #[must_use]
    pub fn storage_key(&self, number: u32) -> String {
        key(number).storage_key()
    }

    /// The result of a number.
    #[must_use]
    pub fn result(&self, number: u32) -> String {
        format!("{number:<width$}", width = self.result_bytes)
    }

    /// Calls the function with `first` and the numbers after it. How many results were remembered; the others are computed,
    /// and are remembered from now on.
    ///
    /// # Errors
    /// When a result is not the right one.
    pub async fn calls(&self, first: u32, count: u32) -> Result<u32, String> {
        let mut hits = 0;
        for number in first..first + count {
            hits += u32::from(self.call(number).await?);
        }
        Ok(hits)
    }

    /// The same with these numbers.
    ///
    /// # Errors
    /// When a result is not the right one.
    pub async fn calls_of(&self, numbers: Vec<u32>) -> Result<u32, String> {
        let mut hits = 0;
        for number in numbers {
            hits += u32::from(self.call(number).await?);
        }
        Ok(hits)
    }

    /// Remembers the results of `first` and the numbers after it, and writes them.
    ///
    /// # Errors
    /// When something could not be written.
    pub async fn store(&self, first: u32, count: u32) -> Result<(), String> {
        for number in first..first + count {
            self.remember(key(number), self.short(number));
        }
        self.flush().await
    }

    /// Writes what waits.
    ///
    /// # Errors
    /// When something could not be written.
    pub async fn flush(&self) -> Result<(), String> {
        self.memory.flush().await;
        self.no_warnings()
    }

    /// Remembers a value that the page made, under a number, and writes it.
    ///
    /// # Errors
    /// When it cannot travel, or could not be written.
    pub async fn store_value(&self, number: u32, value: JsValue) -> Result<(), String> {
        let parcel = to_parcel(&value, "value").map_err(|error| error.to_string())?;
        self.remember(key(number), parcel);
        self.flush().await
    }

    /// The value that is remembered under a number.
    ///
    /// # Errors
    /// When there is none.
    pub async fn read_value(&self, number: u32) -> Result<JsValue, String> {
        match self.lookup(number).await? {
            Some(parcel) => from_parcel(&parcel).map_err(|error| error.to_string()),
            None => Err(format!("{number} is not remembered")),
        }
    }

    /// Takes the value under a number away.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn forget(&self, number: u32) -> Result<(), String> {
        let gone = self.memory.delete(&[key(number)]).await;
        gone.map_err(|error| error.to_string())
    }

    /// How many entries there are, all listed.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list(&self) -> Result<usize, String> {
        let entries = self.memory.entries(LOCATION).await;
        Ok(entries.map_err(|error| error.to_string())?.len())
    }

    /// Leaves so many entries; how many that took away.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn leave(&self, items: u32) -> Result<f64, String> {
        let limits = Limits {
            items: Some(items.into()),
            ..Limits::default()
        };
        let freed = self
            .memory
            .reduce_size(LOCATION, limits, self.clock.now())
            .await;
        Ok(freed.map_err(|error| error.to_string())?.entries as f64)
    }

    /// One call: whether its result was remembered.
    async fn call(&self, number: u32) -> Result<bool, String> {
        if let Some(parcel) = self.lookup(number).await? {
            return match parcel.unpack() {
                Ok(Value::Str(text)) if text.len() == self.result_bytes => Ok(true),
                other => Err(format!("the result of {number} is {other:?}")),
            };
        }
        self.remember(key(number), self.short(number));
        Ok(false)
    }

    async fn lookup(&self, number: u32) -> Result<Option<Parcel<JsBuffer>>, String> {
        let found = self
            .memory
            .lookup(&[key(number)], self.clock.now())
            .await
            .pop();
        self.no_warnings()?;
        Ok(match found {
            Some(Lookup::Hit(parcel, _)) => Some(parcel),
            _ => None,
        })
    }

    /// The result of a number, made by the function.
    fn short(&self, number: u32) -> Parcel<JsBuffer> {
        Parcel::from_skeleton(&Skeleton::Str(self.result(number)), Vec::new())
    }

    fn remember(&self, key: Key, value: Parcel<JsBuffer>) {
        self.memory.remember(key, value, 1.0, self.clock.now());
    }

    fn no_warnings(&self) -> Result<(), String> {
        match self.memory.take_warnings().first() {
            Some(warning) => Err(warning.to_string()),
            None => Ok(()),
        }
    }
}

/// By what the result of a number is found.
fn key(number: u32) -> Key {
    let arguments: Parcel<JsBuffer> =
        Parcel::from_skeleton(&Skeleton::Int(number.into()), Vec::new());
    Key::of_call(LOCATION, FUNCTION, 1, &arguments)
}
