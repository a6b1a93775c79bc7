//! Compressing with what the browser has.

use js_sys::{ArrayBuffer, Reflect, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, ReadableWritablePair, Response};

// web-sys counts these among what may still change.
#[wasm_bindgen]
extern "C" {
    type CompressionStream;
    #[wasm_bindgen(constructor, catch)]
    fn new(format: &str) -> Result<CompressionStream, JsValue>;

    type DecompressionStream;
    #[wasm_bindgen(constructor, catch)]
    fn new(format: &str) -> Result<DecompressionStream, JsValue>;
}

/// Deflate in a zlib stream.
const FORMAT: &str = "deflate";

/// These bytes compressed; nothing where the browser cannot.
pub(super) async fn deflate(bytes: &Uint8Array) -> Option<Uint8Array> {
    if !has("CompressionStream") {
        return None;
    }
    let stream = CompressionStream::new(FORMAT).ok()?;
    through(bytes, &stream.into()).await
}

/// Bytes that were compressed, if they become just so many; nothing if they were altered, or the browser cannot.
pub(super) async fn inflate(bytes: &Uint8Array, length: u64) -> Option<Uint8Array> {
    if !has("DecompressionStream") {
        return None;
    }
    let stream = DecompressionStream::new(FORMAT).ok()?;
    let whole = through(bytes, &stream.into()).await?;
    (u64::from(whole.byte_length()) == length).then_some(whole)
}

fn has(name: &str) -> bool {
    Reflect::get(&js_sys::global(), &name.into()).is_ok_and(|found| found.is_function())
}

async fn through(bytes: &Uint8Array, transform: &JsValue) -> Option<Uint8Array> {
    let pair: &ReadableWritablePair = transform.unchecked_ref();
    let plain: ReadableStream = Response::new_with_opt_js_u8_array(Some(bytes))
        .ok()?
        .body()?;
    let stream = plain.pipe_through(pair);
    let whole = Response::new_with_opt_readable_stream(Some(&stream))
        .ok()?
        .array_buffer()
        .ok()?;
    let whole: ArrayBuffer = JsFuture::from(whole).await.ok()?.dyn_into().ok()?;
    Some(Uint8Array::new(&whole))
}
