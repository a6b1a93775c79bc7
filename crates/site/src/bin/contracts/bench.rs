//! The memory as the kernel has it, in a worker of the benches `memory`, `storing` and `many-entries`: one call after the
//! other, each waited for.

use browser::{Clock, IndexedDb, JsBuffer, Locks, from_parcel, to_parcel};
use memory::{Arguments, Call, Departure, Function, Limits, Memory, Parameter, Rules};
use values::{Parcel, Skeleton, Value};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Where everything is remembered.
const LOCATION: &str = "bench";
/// What becomes of a call.
type Found = Departure<memory::Hit<JsBuffer>, JsBuffer, browser::Lock>;

/// A memory over a database of its own, and a function whose results it remembers: of a number, a text that begins with it.
#[wasm_bindgen]
pub struct Remembering {
    memory: Memory<JsBuffer, IndexedDb, Locks>,
    function: Function,
    rules: Rules,
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
        let locks = Locks::of_database(&store);
        let text = "number => String(number).padEnd(1024)";
        let parameters = vec![Parameter::required("number")];
        let opened = Self {
            memory: Memory::new(store, locks),
            function: Function::of_text("text_of", text, parameters),
            rules: Rules::default(),
            clock: Clock::default(),
            result_bytes,
        };
        opened.memory.register(LOCATION, &opened.function).await;
        opened.no_warnings()?;
        Ok(opened)
    }

    /// Where the result of a number is kept.
    ///
    /// # Errors
    /// Never, for a number.
    pub fn storage_key(&self, number: u32) -> Result<String, String> {
        Ok(self.call_of(number)?.key.storage_key())
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

    /// Has the results of `first` and the numbers after it, whatever they were; they wait to be written.
    ///
    /// # Errors
    /// Never, for numbers.
    pub fn hand_over(&self, first: u32, count: u32) -> Result<(), String> {
        for number in first..first + count {
            self.land(number, &self.short(number))?;
        }
        Ok(())
    }

    /// Writes what waits.
    ///
    /// # Errors
    /// When something could not be written.
    pub async fn flush(&self) -> Result<(), String> {
        self.memory.flush(self.clock.now()).await;
        self.no_warnings()
    }

    /// Remembers a value that the page made, under a number, and writes it.
    ///
    /// # Errors
    /// When it cannot travel, or could not be written.
    pub async fn store_value(&self, number: u32, value: JsValue) -> Result<(), String> {
        let parcel = to_parcel(&value, "value").map_err(|error| error.to_string())?;
        self.land(number, &parcel)?;
        self.flush().await
    }

    /// The value that is remembered under a number.
    ///
    /// # Errors
    /// When there is none.
    pub async fn read_value(&self, number: u32) -> Result<JsValue, String> {
        match self.ask(number).await? {
            Departure::Found(hit) => from_parcel(&hit.value).map_err(|error| error.to_string()),
            _ => Err(format!("{number} is not remembered")),
        }
    }

    /// Takes the value under a number away.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn forget(&self, number: u32) -> Result<(), String> {
        let gone = self.memory.delete(&[self.call_of(number)?.key]).await;
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
        match self.ask(number).await? {
            Departure::Found(hit) => match hit.value.unpack() {
                Ok(Value::Str(text)) if text.len() == self.result_bytes => Ok(true),
                other => Err(format!("the result of {number} is {other:?}")),
            },
            Departure::Compute(flight) => {
                let result = self.short(number);
                self.memory.land(flight, result, 1.0, self.clock.now());
                Ok(false)
            }
            other => Err(format!("nobody else asks for {number}: {other:?}")),
        }
    }

    async fn ask(&self, number: u32) -> Result<Found, String> {
        let calls = vec![self.call_of(number)?];
        let now = self.clock.now();
        let departure = self.memory.take_off(calls, &self.rules, now).await.pop();
        self.no_warnings()?;
        departure.ok_or_else(|| format!("{number} was not looked up"))
    }

    fn call_of(&self, number: u32) -> Result<Call, String> {
        let arguments: Arguments<JsBuffer> = Arguments {
            positional: vec![Skeleton::Int(number.into())],
            keyword: Vec::new(),
            buffers: Vec::new(),
        };
        let call = self.function.call(Some(LOCATION), arguments, &self.rules);
        call.map_err(|error| error.to_string())
    }

    /// Has this as the result of a number, whatever it was.
    fn land(&self, number: u32, value: &Parcel<JsBuffer>) -> Result<(), String> {
        let calls = vec![self.call_of(number)?];
        for flight in self.memory.force(calls, &self.rules) {
            self.memory
                .land(flight, value.clone(), 1.0, self.clock.now());
        }
        Ok(())
    }

    /// The result of a number, made by the function.
    fn short(&self, number: u32) -> Parcel<JsBuffer> {
        Parcel::from_skeleton(&Skeleton::Str(self.result(number)), Vec::new())
    }

    fn no_warnings(&self) -> Result<(), String> {
        match self.memory.take_warnings().first() {
            Some(warning) => Err(warning.to_string()),
            None => Ok(()),
        }
    }
}
