//! A worker that writes entries into the store, and can be ended at once in the middle of it.

use js_sys::{Object, Reflect};
use memory::{Arguments, Function, Rules, Store, Stored};
use values::{Parcel, Value};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, Event, MessageEvent, Worker, WorkerOptions, WorkerType};

use crate::buffer::JsBuffer;
use crate::describe::describe;
use crate::{IndexedDb, clock::Clock};

/// What is heard of a writer.
#[derive(Clone, Debug)]
pub enum EntryWriterEvent {
    /// It has written so many entries.
    Wrote(u32),
    /// It is gone, or writes nothing, for this reason.
    Lost(String),
}

/// A worker that writes entries one after the other. It is ended when this is dropped, whatever it is doing; nothing is heard
/// of it after that.
#[derive(Debug)]
pub struct EntryWriter {
    worker: Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(Event)>,
}

impl EntryWriter {
    /// Starts a worker from the engine's script with the compiled engine; it writes so many entries of so many bytes each.
    ///
    /// # Errors
    /// With the browser's words, if it starts no worker. A script that cannot be loaded is heard of.
    pub fn start(
        script: &str,
        module: &JsValue,
        location: &str,
        entries: u32,
        bytes: u32,
        hear: impl Fn(EntryWriterEvent) + Clone + 'static,
    ) -> Result<Self, String> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name("joblet writer of entries");
        let start = || -> Result<Worker, JsValue> {
            let worker = Worker::new_with_options(script, &options)?;
            let message = Object::new();
            for (name, value) in [
                ("role", JsValue::from("entries")),
                ("module", module.clone()),
                ("location", JsValue::from(location)),
                ("entries", JsValue::from(entries)),
                ("bytes", JsValue::from(bytes)),
            ] {
                Reflect::set(&message, &name.into(), &value)?;
            }
            worker.post_message(&message)?;
            Ok(worker)
        };
        let worker = start().map_err(|thrown| describe(&thrown))?;
        let heard = hear.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let data = event.data();
            heard(match data.as_f64() {
                Some(written) => EntryWriterEvent::Wrote(written as u32),
                None => EntryWriterEvent::Lost(data.as_string().unwrap_or_default()),
            });
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        let on_error = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            event.prevent_default();
            let message = Reflect::get(&event, &"message".into())
                .ok()
                .and_then(|message| message.as_string());
            let message = message.unwrap_or_else(|| "Its script could not be loaded.".to_owned());
            hear(EntryWriterEvent::Lost(message));
        });
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self {
            worker,
            _on_message: on_message,
            _on_error: on_error,
        })
    }
}

impl Drop for EntryWriter {
    fn drop(&mut self) {
        crate::hush::end(&self.worker);
    }
}

/// What the worker does: writes entries of `function`, each in a transaction of its own, and says after each how many there are.
pub async fn write_entries(location: String, function: &str, entries: u32, bytes: u32) {
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else {
        return;
    };
    let tell = |message: &JsValue| {
        // Whoever started this may be gone.
        let _ = scope.post_message(message);
    };
    let store = match IndexedDb::open("joblet").await {
        Ok(store) => store,
        Err(error) => return tell(&JsValue::from(error.to_string())),
    };
    let clock = Clock::default();
    for number in 0..entries {
        let arguments = Parcel::pack(Value::map([("number", Value::Int(i64::from(number)))]));
        let call = Arguments::of_task(arguments)
            .map_err(Into::into)
            .and_then(|arguments| {
                Function::task(function, 1).call(Some(&location), arguments, &Rules::default())
            });
        let call = match call {
            Ok(call) => call,
            Err(error) => return tell(&JsValue::from(error.to_string())),
        };
        let text = Parcel::pack(Value::Str("x".repeat(bytes as usize)));
        let buffers = text.buffers.iter();
        let value = Parcel {
            head: text.head,
            buffers: buffers.map(|bytes| JsBuffer::copy_of(bytes)).collect(),
        };
        let mut stored = Stored::new(call.key.clone(), value, 0.0, clock.now());
        stored.entry.arguments = call.shown();
        if let Err(error) = store.put(&[stored]).await {
            return tell(&JsValue::from(error.to_string()));
        }
        tell(&JsValue::from(number + 1));
    }
}
