//! A JavaScript error in words.

use wasm_bindgen::{JsCast, JsValue};

/// The name and message of an error, or whatever else was thrown, as text.
pub(crate) fn describe(thrown: &JsValue) -> String {
    if let Some(error) = thrown.dyn_ref::<js_sys::Error>() {
        let (name, message) = (String::from(error.name()), String::from(error.message()));
        return if message.is_empty() {
            name
        } else {
            format!("{name}: {message}")
        };
    }
    if let Some(error) = thrown.dyn_ref::<web_sys::DomException>() {
        return format!("{}: {}", error.name(), error.message());
    }
    thrown.as_string().unwrap_or_else(|| format!("{thrown:?}"))
}
