//! Ending a worker so that nothing more is heard of it.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Event, Worker};

thread_local! {
    /// Takes an error and tells nobody. One that no one takes goes on to this worker's own owner, as if it were ours.
    static UNHEARD: Closure<dyn FnMut(Event)> = Closure::new(|event: Event| event.prevent_default());
}

/// Ends a worker at once. What it said before may still be on its way: it finds nobody.
pub(crate) fn end(worker: &Worker) {
    worker.set_onmessage(None);
    UNHEARD.with(|unheard| worker.set_onerror(Some(unheard.as_ref().unchecked_ref())));
    worker.terminate();
}
