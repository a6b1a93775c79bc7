//! Results for the suite.

use values::{Buffer, Digest, Parcel, Skeleton};

use crate::{Entry, FunctionRecord, Key, Stored};

/// Makes results whose buffers are made by this.
pub(super) struct Samples<F> {
    pub(super) make_buffer: F,
}

impl<B: Buffer, F: Fn(Vec<u8>) -> B> Samples<F> {
    /// A result with a buffer of this length.
    pub(super) fn of(&self, location: &str, number: u32, length: usize) -> Stored<B> {
        self.in_parts(location, number, &[length])
    }

    /// A result with buffers of these lengths.
    pub(super) fn in_parts(&self, location: &str, number: u32, lengths: &[usize]) -> Stored<B> {
        let mut parts = vec![Skeleton::Int(i64::from(number))];
        parts.extend((0..lengths.len()).map(|at| Skeleton::LongBytes(at as u32)));
        let buffers = lengths
            .iter()
            .enumerate()
            .map(|(at, length)| {
                (self.make_buffer)(noise(u64::from(number) + ((at as u64 + 1) << 32), *length))
            })
            .collect();
        let value = Parcel::from_skeleton(&Skeleton::List(parts), buffers);
        Stored::new(key(location, number), value, 5.0, 1_000.0)
    }

    /// A result with a head of at least this length, and a short buffer.
    pub(super) fn with_long_head(&self, location: &str, number: u32, length: usize) -> Stored<B> {
        let head = Skeleton::List(vec![
            Skeleton::Bytes(noise(u64::from(number), length)),
            Skeleton::LongBytes(0),
        ]);
        let value = Parcel::from_skeleton(&head, vec![(self.make_buffer)(noise(7, 9))]);
        Stored::new(key(location, number), value, 5.0, 1_000.0)
    }

    /// A result that compresses well.
    pub(super) fn even(&self, location: &str, number: u32, length: usize) -> Stored<B> {
        let buffers = vec![(self.make_buffer)(vec![7; length])];
        let value = Parcel::from_skeleton(&Skeleton::LongBytes(0), buffers);
        Stored::new(key(location, number), value, 5.0, 1_000.0)
    }
}

/// A result of a few bytes under this key.
pub(super) fn short_of<B: Buffer>(key: Key) -> Stored<B> {
    let value = Parcel::from_skeleton(&Skeleton::Null, Vec::new());
    Stored::new(key, value, 5.0, 1_000.0)
}

/// The entry of a result whose value was replaced.
pub(super) fn resealed<B: Buffer>(stored: &Stored<B>) -> Entry {
    Entry {
        bytes: stored.value.byte_length() as u64,
        checksum: stored.value.checksum(),
        ..stored.entry.clone()
    }
}

/// What is known of some function.
pub(super) fn record() -> FunctionRecord {
    FunctionRecord {
        source: "def f(x):\n    return 'ü'\n".to_owned(),
        file: Some("<cell 1>".to_owned()),
        first_line: Some(3),
    }
}

fn key(location: &str, number: u32) -> Key {
    let mut digest = [0; 16];
    // In another order than the numbers.
    for (at, byte) in noise(u64::from(number), 16).into_iter().enumerate() {
        digest[at] = byte;
    }
    Key {
        location: location.to_owned(),
        function: "contract".to_owned(),
        digest: Digest(digest),
    }
}

/// Bytes that do not compress: Marsaglia's xorshift64*.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        bytes.extend_from_slice(&state.wrapping_mul(0x2545_f491_4f6c_dd1d).to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}
