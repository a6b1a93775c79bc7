//! Bytes that stay in JavaScript's memory, so that they can be handed to a worker without being copied.

use js_sys::{ArrayBuffer, Uint8Array};
use values::Buffer;

/// How much is copied into this module's memory at a time.
const PIECE: u32 = 1 << 20;

/// Bytes in JavaScript's memory.
#[derive(Clone, Debug)]
pub struct JsBuffer {
    bytes: Uint8Array,
    shared: Option<u64>,
}

impl JsBuffer {
    /// These bytes. A view of a part of a larger buffer is copied, so that handing it over hands over nothing else.
    pub fn new(bytes: Uint8Array) -> Self {
        if bytes.byte_length() == bytes.buffer().byte_length() {
            Self::whole(bytes)
        } else {
            Self::new(bytes.slice(0, bytes.length()))
        }
    }

    /// These bytes, of which is known that they are all of their buffer.
    pub(crate) const fn whole(bytes: Uint8Array) -> Self {
        Self {
            bytes,
            shared: None,
        }
    }

    /// These bytes, which several tasks are given, under a number that no other bytes have: a worker is sent them once, and
    /// they are never handed over.
    pub const fn shared(bytes: Uint8Array, number: u64) -> Self {
        Self {
            bytes,
            shared: Some(number),
        }
    }

    /// A copy of these bytes.
    pub fn copy_of(bytes: &[u8]) -> Self {
        Self {
            bytes: Uint8Array::from(bytes),
            shared: None,
        }
    }

    /// The same bytes in a buffer that can be handed over while this one stays; shared ones stay as they are.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        if self.shared.is_some() {
            return self.clone();
        }
        Self {
            bytes: self.bytes.slice(0, self.bytes.length()),
            shared: None,
        }
    }

    pub(crate) const fn array(&self) -> &Uint8Array {
        &self.bytes
    }

    /// The number under which several tasks share it.
    pub const fn number(&self) -> Option<u64> {
        self.shared
    }

    pub(crate) fn to_transfer(&self) -> ArrayBuffer {
        self.bytes.buffer()
    }
}

impl Buffer for JsBuffer {
    fn byte_length(&self) -> usize {
        self.bytes.byte_length() as usize
    }

    fn to_vec(&self) -> Vec<u8> {
        self.bytes.to_vec()
    }

    fn read(&self, take: &mut dyn FnMut(&[u8])) {
        let length = self.bytes.length();
        let mut piece = vec![0; PIECE.min(length) as usize];
        let mut from = 0;
        while from < length {
            let to = length.min(from + PIECE);
            let part = &mut piece[..(to - from) as usize];
            self.bytes.subarray(from, to).copy_to(part);
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
