//! The threads' module: the only exported bindings beside those of wasm-bindgen-rayon, which make this worker one of the
//! threads. A worker calls [`start_team`] when they have all started, and is then the team's coordinator.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Makes this worker a team's coordinator: from now on it hands what it is sent to the threads. Gives back the compiled
/// module, for the next team.
#[wasm_bindgen]
pub fn start_team() -> JsValue {
    browser::start_team(tasks::find);
    wasm_bindgen::module()
}

/// A thread has told its coordinator that there are results.
#[wasm_bindgen]
pub fn collect_reports() {
    browser::collect_reports();
}

/// Which of the team this thread is working as, if it is.
#[wasm_bindgen]
pub fn current_slot() -> Option<u32> {
    browser::current_slot()
}

fn main() {
    // Everything begins with one of the exports.
}
