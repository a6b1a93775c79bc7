//! Texts of layout 1 (docs/cache-format.md): the entry, the head and the buffers in postcard, in base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use memory::{Entry, Key, Stored};
use serde::Deserialize;
use values::Parcel;

use crate::JsBuffer;

#[derive(Deserialize)]
struct Record {
    entry: OldEntry,
    head: Vec<u8>,
    buffers: Vec<Vec<u8>>,
}

#[derive(Deserialize)]
struct OldEntry {
    created: f64,
    last_used: f64,
    duration: f64,
    bytes: u64,
    checksum: [u8; 16],
}

/// What a text holds; nothing if it was altered.
pub(super) fn read(key: Key, text: &str) -> Option<Stored<JsBuffer>> {
    let bytes = STANDARD_NO_PAD.decode(text).ok()?;
    let Record {
        entry,
        head,
        buffers,
    } = postcard::from_bytes(&bytes).ok()?;
    let value = Parcel {
        head,
        buffers: buffers
            .iter()
            .map(|bytes| JsBuffer::copy_of(bytes))
            .collect(),
    };
    (value.digest().0 == entry.checksum).then(|| Stored {
        entry: Entry {
            created: entry.created,
            last_used: entry.last_used,
            duration: entry.duration,
            bytes: entry.bytes,
            checksum: value.checksum(),
            ..Entry::default()
        },
        key,
        value,
    })
}
