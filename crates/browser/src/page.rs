//! The kernel's side of the talk with the page.

use js_sys::{Array, Reflect, Uint8Array};
use protocol::{Reply, Request};
use serde::Serialize;
use values::Parcel;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use crate::describe::describe;
use crate::{JsBuffer, from_parcel};

/// The JavaScript values that travel beside a message.
pub type Values = Vec<JsValue>;

/// The first of the values beside a message, if it is bytes.
pub fn bytes(values: &Values) -> Option<Vec<u8>> {
    let bytes = values.first()?.dyn_ref::<Uint8Array>()?;
    Some(bytes.to_vec())
}

/// The page this worker belongs to.
#[derive(Clone, Debug)]
pub struct Page(DedicatedWorkerGlobalScope);

impl Page {
    /// The page, if this is a dedicated worker.
    pub fn new() -> Option<Self> {
        js_sys::global().dyn_into().ok().map(Self)
    }

    /// Calls `handle` with every request of the page, from now on. A message that cannot be read is handed over as an
    /// error in words.
    pub fn on_request(&self, mut handle: impl FnMut(Result<(Request, Values), String>) + 'static) {
        let closure = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let message: Array = event.data().unchecked_into();
            let request =
                serde_wasm_bindgen::from_value(message.get(0)).map_err(|error| error.to_string());
            let values = message
                .get(1)
                .dyn_into::<Array>()
                .map(|values| values.to_vec());
            handle(request.map(|request| (request, values.unwrap_or_default())));
        });
        self.0.set_onmessage(Some(closure.as_ref().unchecked_ref()));
        closure.forget();
    }

    /// Tells the page something.
    pub fn send(&self, reply: &Reply) {
        self.post(reply, &Array::new(), &Array::new());
    }

    /// Tells the page something, with values; their buffers are handed over and not copied.
    pub fn send_values(&self, reply: &Reply, parcels: &[Option<Parcel<JsBuffer>>]) {
        let (values, transfer) = (Array::new(), Array::new());
        for parcel in parcels {
            let value = parcel.as_ref().map(from_parcel).and_then(Result::ok);
            for buffer in parcel.iter().flat_map(|parcel| &parcel.buffers) {
                transfer.push(&buffer.to_transfer());
            }
            values.push(&value.unwrap_or(JsValue::UNDEFINED));
        }
        self.post(reply, &values, &transfer);
    }

    /// Tells the page something, with a block of bytes, and with buffers that are handed over and not copied.
    pub fn send_block(&self, reply: &Reply, block: &[u8], buffers: &[JsBuffer]) {
        let block = Uint8Array::from(block);
        let (values, transfer) = (Array::of1(&block), Array::of1(&block.buffer()));
        for buffer in buffers {
            values.push(buffer.array());
            transfer.push(&buffer.to_transfer());
        }
        self.post(reply, &values, &transfer);
    }

    fn post(&self, reply: &Reply, values: &Array, transfer: &Array) {
        let serializer = serde_wasm_bindgen::Serializer::new().serialize_missing_as_null(true);
        let message = match reply.serialize(&serializer) {
            Ok(message) => Array::of2(&message, values),
            Err(error) => return log(&error.to_string()),
        };
        if let Err(thrown) = self.0.post_message_with_transfer(&message, transfer) {
            log(&describe(&thrown));
        }
    }

    /// The address of the script that this worker runs.
    pub fn script_address(&self) -> String {
        self.0.location().href()
    }
}

/// The page's last resort for what cannot be told in any other way.
fn log(text: &str) {
    let console = Reflect::get(&js_sys::global(), &"console".into()).unwrap_or_default();
    let error = Reflect::get(&console, &"error".into()).unwrap_or_default();
    if let Some(error) = error.dyn_ref::<js_sys::Function>() {
        let _ = error.call1(&console, &text.into());
    }
}

/// Writes the message of a panic to the console before the engine traps: the trap itself says only "unreachable".
pub fn log_panics() {
    std::panic::set_hook(Box::new(|panic| log(&panic.to_string())));
}

/// Whether this context is cross-origin isolated.
pub fn is_isolated() -> bool {
    Reflect::get(&js_sys::global(), &"crossOriginIsolated".into())
        .is_ok_and(|isolated| isolated.is_truthy())
}
