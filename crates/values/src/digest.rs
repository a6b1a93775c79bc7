//! The digest by which equal values are recognised.
//!
//! All digests of the project are made here, so that joblib's own digest can take this one's place.

use core::fmt;

/// 128 bits that stand for a value; equal values have equal digests.
///
/// The first half of a BLAKE3 hash (<https://github.com/BLAKE3-team/BLAKE3-specs>).
#[derive(Copy, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest(pub [u8; 16]);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Makes a [`Digest`] from parts that arrive one after the other.
#[derive(Default)]
pub struct Digester(blake3::Hasher);

impl Digester {
    /// A digester that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Announces a part of `length` bytes, so that where one part ends and the next begins is part of the digest.
    pub fn begin_part(&mut self, length: u64) {
        self.0.update(&length.to_le_bytes());
    }

    /// Adds bytes to the part that was begun.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Adds a whole part.
    pub fn part(&mut self, bytes: &[u8]) {
        self.begin_part(bytes.len() as u64);
        self.update(bytes);
    }

    /// The digest of what was added so far.
    pub fn finish(&self) -> Digest {
        let mut digest = [0; 16];
        let hash = self.0.finalize();
        digest.copy_from_slice(&hash.as_bytes()[..16]);
        Digest(digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_border_between_parts_counts() {
        let mut left = Digester::new();
        left.part(b"ab");
        left.part(b"c");
        let mut right = Digester::new();
        right.part(b"a");
        right.part(b"bc");
        assert_ne!(left.finish(), right.finish());
    }

    #[test]
    fn pieces_of_one_part_give_the_digest_of_the_whole() {
        let mut whole = Digester::new();
        whole.part(b"abcdef");
        let mut pieces = Digester::new();
        pieces.begin_part(6);
        pieces.update(b"abc");
        pieces.update(b"def");
        assert_eq!(whole.finish(), pieces.finish());
        assert_eq!(whole.finish().to_string().len(), 32);
    }
}
