//! Work as promises: async functions on one thread, which is a worker's of its own.

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, MessageEvent, Worker, WorkerOptions, WorkerType};

use crate::describe::describe;

/// A worker that does work as promises, and then says how long it took. It is ended when this is dropped, whatever it is
/// doing; nothing is heard of it after that.
#[derive(Debug)]
pub struct Promises {
    worker: Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(Event)>,
}

impl Promises {
    /// Starts a worker from the engine's script with the compiled engine; it awaits `count` async functions together, each of
    /// which computes so many rounds. `hear` is called with the milliseconds that took, or with why that is not known.
    ///
    /// # Errors
    /// With the browser's words, if it starts no worker. A script that cannot be loaded is heard of.
    pub fn start(
        script: &str,
        module: &JsValue,
        count: u32,
        rounds: u64,
        hear: impl Fn(Result<f64, String>) + Clone + 'static,
    ) -> Result<Self, String> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name("joblet promises");
        let start = || -> Result<Worker, JsValue> {
            let worker = Worker::new_with_options(script, &options)?;
            let message = Object::new();
            for (name, value) in [
                ("role", JsValue::from("promises")),
                ("module", module.clone()),
                ("count", JsValue::from(count)),
                ("rounds", JsValue::from(rounds as f64)),
            ] {
                Reflect::set(&message, &name.into(), &value)?;
            }
            worker.post_message(&message)?;
            Ok(worker)
        };
        let worker = start().map_err(|thrown| describe(&thrown))?;
        let heard = hear.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let time = event.data().as_f64();
            heard(time.ok_or_else(|| "The worker said something else than a time.".to_owned()));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        let on_error = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            event.prevent_default();
            let message = Reflect::get(&event, &"message".into())
                .ok()
                .and_then(|message| message.as_string());
            let message = message.unwrap_or_else(|| "Its script could not be loaded.".to_owned());
            hear(Err(message));
        });
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self {
            worker,
            _on_message: on_message,
            _on_error: on_error,
        })
    }
}

impl Drop for Promises {
    fn drop(&mut self) {
        crate::hush::end(&self.worker);
    }
}
