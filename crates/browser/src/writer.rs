//! A writer of the lab *durability*: a worker that writes files, and can be ended at once in the middle of it.

use js_sys::{Array, Reflect, Uint8Array};
use protocol::{WriterOrder, WriterReport};
use serde::Serialize;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, MessageEvent, Worker, WorkerOptions, WorkerType};

use crate::describe::describe;

/// What is heard of a writer.
#[derive(Debug)]
pub enum WriterEvent {
    /// It said this, with these bytes.
    Said(WriterReport, Vec<Vec<u8>>),
    /// It is gone, or cannot be understood, for this reason.
    Lost(String),
}

/// A worker that writes files. It is ended when this is dropped, whatever it is doing; nothing is heard of it after that.
#[derive(Debug)]
pub struct Writer {
    worker: Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(Event)>,
}

impl Writer {
    /// Starts a writer from this script; `hear` is called with what is heard of it.
    ///
    /// # Errors
    /// With the browser's words, if it starts no worker. A script that cannot be loaded is heard of as lost.
    pub fn start(
        script: &str,
        hear: impl Fn(WriterEvent) + Clone + 'static,
    ) -> Result<Self, String> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name("joblet writer");
        let worker =
            Worker::new_with_options(script, &options).map_err(|thrown| describe(&thrown))?;
        let heard = hear.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            heard(read(&event.data()));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        let on_error = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            event.prevent_default();
            let message = Reflect::get(&event, &"message".into())
                .ok()
                .and_then(|message| message.as_string());
            let message = message.unwrap_or_else(|| "Its script could not be loaded.".to_owned());
            hear(WriterEvent::Lost(message));
        });
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self {
            worker,
            _on_message: on_message,
            _on_error: on_error,
        })
    }

    /// Asks it for something.
    ///
    /// # Errors
    /// With the browser's words, if that cannot be told.
    pub fn order(&self, order: &WriterOrder, bytes: &[Vec<u8>]) -> Result<(), String> {
        let serializer = serde_wasm_bindgen::Serializer::new().serialize_missing_as_null(true);
        let message = order
            .serialize(&serializer)
            .map_err(|error| error.to_string())?;
        let (values, transfer) = (Array::new(), Array::new());
        for bytes in bytes {
            let bytes = Uint8Array::from(&bytes[..]);
            transfer.push(&bytes.buffer());
            values.push(&bytes);
        }
        self.worker
            .post_message_with_transfer(&Array::of2(&message, &values), &transfer)
            .map_err(|thrown| describe(&thrown))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        crate::hush::end(&self.worker);
    }
}

fn read(data: &JsValue) -> WriterEvent {
    let message: &Array = data.unchecked_ref();
    let report = match serde_wasm_bindgen::from_value(message.get(0)) {
        Ok(report) => report,
        Err(error) => return WriterEvent::Lost(error.to_string()),
    };
    let values: Array = message.get(1).unchecked_into();
    let bytes = values
        .iter()
        .map(|value| value.unchecked_into::<Uint8Array>().to_vec());
    WriterEvent::Said(report, bytes.collect())
}
