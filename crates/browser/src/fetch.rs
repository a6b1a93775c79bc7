//! Bytes from the site's own host, and from the visitor's files.

use core::fmt;

use js_sys::{ArrayBuffer, JSON, Reflect, Uint8Array};
use serde::de::DeserializeOwned;
use values::Buffer;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File, Response};

use crate::JsBuffer;
use crate::describe::describe;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = fetch, catch)]
    fn fetch_global(address: &str) -> Result<js_sys::Promise, JsValue>;
}

/// Why something could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchError {
    /// What was to be read.
    pub what: String,
    /// Why it could not be, in the browser's words.
    pub why: String,
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} could not be read ({}).", self.what, self.why)
    }
}

impl core::error::Error for FetchError {}

/// What the JSON at an address of this site says.
///
/// # Errors
/// As [`fetch_bytes`]; if there are more than `most` bytes; if it is not JSON, or not of that kind.
pub async fn fetch_json<T: DeserializeOwned>(address: &str, most: usize) -> Result<T, FetchError> {
    let failed = |why| FetchError {
        what: address.to_owned(),
        why,
    };
    let bytes = fetch_bytes(address).await?;
    if bytes.byte_length() > most {
        return Err(failed(format!("it has more than {most} bytes")));
    }
    let text = String::from_utf8(bytes.to_vec()).map_err(|error| failed(error.to_string()))?;
    let value = JSON::parse(&text).map_err(|thrown| failed(describe(&thrown)))?;
    serde_wasm_bindgen::from_value(value).map_err(|error| failed(error.to_string()))
}

/// The bytes at an address of this site.
///
/// # Errors
/// If there is no connection, or the host answers anything but success.
pub async fn fetch_bytes(address: &str) -> Result<JsBuffer, FetchError> {
    let failed = |why| FetchError {
        what: address.to_owned(),
        why,
    };
    let thrown = |thrown: JsValue| failed(describe(&thrown));
    let response: Response = JsFuture::from(fetch_global(address).map_err(thrown)?)
        .await
        .map_err(thrown)?
        .unchecked_into();
    if !response.ok() {
        return Err(failed(format!("the host answered {}", response.status())));
    }
    let buffer: ArrayBuffer = JsFuture::from(response.array_buffer().map_err(thrown)?)
        .await
        .map_err(thrown)?
        .unchecked_into();
    Ok(JsBuffer::new(Uint8Array::new(&buffer)))
}

/// A file that the visitor chose. It is read when it is needed.
#[derive(Clone, Debug)]
pub struct FileHandle(File);

impl FileHandle {
    /// All of its bytes.
    ///
    /// # Errors
    /// If the file is gone, was changed since it was chosen, or may not be read.
    pub async fn read(&self) -> Result<JsBuffer, FetchError> {
        let failed = |thrown: JsValue| {
            let changed =
                Reflect::get(&thrown, &"name".into()).is_ok_and(|name| name == "NotReadableError");
            FetchError {
                what: format!("The file `{}`", self.0.name()),
                why: if changed {
                    "it is gone, was changed since it was chosen, or may not be read: choose it again".to_owned()
                } else {
                    describe(&thrown)
                },
            }
        };
        let blob: &Blob = self.0.as_ref();
        let buffer: ArrayBuffer = JsFuture::from(blob.array_buffer())
            .await
            .map_err(failed)?
            .unchecked_into();
        Ok(JsBuffer::new(Uint8Array::new(&buffer)))
    }
}

/// The files among the values of a message.
pub fn files(values: &[JsValue]) -> Vec<FileHandle> {
    values
        .iter()
        .filter_map(|value| value.dyn_ref::<File>().cloned().map(FileHandle))
        .collect()
}
