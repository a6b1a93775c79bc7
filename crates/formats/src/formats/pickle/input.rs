//! The bytes of a pickle, taken piece by piece.

use crate::{ErrorKind, FormatError};

/// Bytes, and how many of them were taken.
#[derive(Debug)]
pub(super) struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Input<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The place of the next byte.
    pub(super) const fn at(&self) -> usize {
        self.at
    }

    /// How many bytes are left.
    pub(super) const fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// That byte.
    pub(super) fn byte_at(&self, place: usize) -> u8 {
        self.bytes.get(place).copied().unwrap_or_default()
    }

    #[inline]
    pub(super) fn byte(&mut self) -> Result<u8, FormatError> {
        match self.bytes.get(self.at) {
            Some(&byte) => {
                self.at += 1;
                Ok(byte)
            }
            None => Err(truncated()),
        }
    }

    #[inline]
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], FormatError> {
        match self.bytes[self.at..].first_chunk::<N>() {
            Some(array) => {
                self.at += N;
                Ok(*array)
            }
            None => Err(truncated()),
        }
    }

    #[inline]
    fn take(&mut self, length: usize) -> Result<&'a [u8], FormatError> {
        let bytes = self.bytes;
        match bytes[self.at..].get(..length) {
            Some(taken) => {
                self.at += length;
                Ok(taken)
            }
            None => Err(truncated()),
        }
    }

    /// A length of one, four or eight bytes, lowest first.
    #[inline]
    fn length(&mut self, width: usize) -> Result<usize, FormatError> {
        let length = match width {
            1 => u64::from(self.byte()?),
            4 => u64::from(u32::from_le_bytes(self.array()?)),
            _ => u64::from_le_bytes(self.array()?),
        };
        usize::try_from(length).map_err(|_| truncated())
    }

    /// Bytes after their length, which takes one, four or eight bytes.
    #[inline]
    pub(super) fn counted(&mut self, width: usize) -> Result<&'a [u8], FormatError> {
        let length = self.length(width)?;
        self.take(length)
    }

    /// Checks the length of a frame.
    pub(super) fn frame(&mut self) -> Result<(), FormatError> {
        if self.length(8)? > self.left() {
            return Err(truncated());
        }
        Ok(())
    }

    /// The rest of a line, without its end.
    pub(super) fn line(&mut self) -> Result<&'a [u8], FormatError> {
        let bytes = self.bytes;
        match bytes[self.at..].iter().position(|&b| b == b'\n') {
            Some(length) => {
                let line = &bytes[self.at..self.at + length];
                self.at += length + 1;
                Ok(line)
            }
            None => Err(truncated()),
        }
    }
}

fn truncated() -> FormatError {
    FormatError::new(ErrorKind::Truncated, "The pickle ends too early.")
}
