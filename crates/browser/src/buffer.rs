//! Bytes that stay in JavaScript's memory, so that they can be handed to a worker without being copied.

use js_sys::{ArrayBuffer, Uint8Array};
use values::Buffer;

/// How much is copied into this module's memory at a time.
const PIECE: u32 = 1 << 20;

/// Bytes in JavaScript's memory.
#[derive(Clone, Debug)]
pub struct JsBuffer(Uint8Array);

impl JsBuffer {
    /// These bytes. A view of a part of a larger buffer is copied, so that handing it over hands over nothing else.
    pub fn new(bytes: Uint8Array) -> Self {
        if bytes.byte_length() == bytes.buffer().byte_length() {
            Self(bytes)
        } else {
            Self(bytes.slice(0, bytes.length()))
        }
    }

    /// A copy of these bytes.
    pub fn copy_of(bytes: &[u8]) -> Self {
        Self(Uint8Array::from(bytes))
    }

    /// A copy in a buffer of its own.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self(self.0.slice(0, self.0.length()))
    }

    pub(crate) const fn array(&self) -> &Uint8Array {
        &self.0
    }

    pub(crate) fn to_transfer(&self) -> ArrayBuffer {
        self.0.buffer()
    }
}

impl Buffer for JsBuffer {
    fn byte_length(&self) -> usize {
        self.0.byte_length() as usize
    }

    fn to_vec(&self) -> Vec<u8> {
        self.0.to_vec()
    }

    fn read(&self, take: &mut dyn FnMut(&[u8])) {
        let length = self.0.length();
        let mut piece = vec![0; PIECE.min(length) as usize];
        let mut from = 0;
        while from < length {
            let to = length.min(from + PIECE);
            let part = &mut piece[..(to - from) as usize];
            self.0.subarray(from, to).copy_to(part);
            take(part);
            from = to;
        }
    }
}

impl PartialEq for JsBuffer {
    fn eq(&self, other: &Self) -> bool {
        self.to_vec() == other.to_vec()
    }
}
