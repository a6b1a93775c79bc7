//! Many parcels in one block of bytes, so that they travel in one message at the price of one.
//!
//! A block is a sequence of entries: a mark (one byte, for whoever writes the block), the number of the parcel's buffers,
//! for each buffer where it is, the length of the head, and the head. Numbers are postcard's variable-length ones. The
//! buffers themselves travel beside the block: where is 0 for the next of these that was not taken yet, and n + 1 for the
//! n-th of those that are shared by several parcels. The page's side of this is www/parcel.ts.

use crate::{ParcelError, parcel::Reader};

/// Where a parcel's buffer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// It is the next of the buffers that travel beside the block.
    Own,
    /// It is this one of the buffers that several parcels share.
    Shared(u32),
}

/// One parcel of a block, without its buffers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundled<'a> {
    /// What the writer put there.
    pub mark: u8,
    /// Where its buffers are.
    pub buffers: Vec<Place>,
    /// Its head.
    pub head: &'a [u8],
}

/// Writes a block.
#[derive(Debug, Default)]
pub struct BundleWriter(Vec<u8>);

impl BundleWriter {
    /// Adds a parcel with this head, whose buffers travel beside the block, in order.
    pub fn add(&mut self, mark: u8, buffers: usize, head: &[u8]) {
        self.0.push(mark);
        self.number(buffers);
        self.0.resize(self.0.len() + buffers, 0);
        self.number(head.len());
        self.0.extend_from_slice(head);
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The block.
    pub fn finish(self) -> Vec<u8> {
        self.0
    }

    fn number(&mut self, mut number: usize) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }
}

/// Reads a block, entry by entry. After an error there are no more.
#[derive(Debug)]
pub struct BundleReader<'a>(Reader<'a>);

impl<'a> BundleReader<'a> {
    /// The entries of this block.
    pub const fn new(block: &'a [u8]) -> Self {
        Self(Reader(block))
    }

    fn entry(&mut self) -> Result<Bundled<'a>, ParcelError> {
        let mark = self.0.byte()?;
        let count = self.0.varint()?;
        let mut buffers = Vec::new();
        for _ in 0..count {
            let place = u32::try_from(self.0.varint()?).map_err(|_| ParcelError::Head)?;
            buffers.push(place.checked_sub(1).map_or(Place::Own, Place::Shared));
        }
        let length = self.0.varint()?;
        let head = self.0.take(length)?;
        Ok(Bundled {
            mark,
            buffers,
            head,
        })
    }
}

impl<'a> Iterator for BundleReader<'a> {
    type Item = Result<Bundled<'a>, ParcelError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.0.is_empty() {
            return None;
        }
        let entry = self.entry();
        if entry.is_err() {
            self.0 = Reader(&[]);
        }
        Some(entry)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(entries in proptest::collection::vec((any::<u8>(), 0_usize..300, proptest::collection::vec(any::<u8>(), 0..300)), 0..20)) {
            let mut writer = BundleWriter::default();
            for (mark, buffers, head) in &entries {
                writer.add(*mark, *buffers, head);
            }
            let block = writer.finish();
            let read: Vec<_> = BundleReader::new(&block).collect::<Result<_, _>>().unwrap();
            prop_assert_eq!(read.len(), entries.len());
            for (read, (mark, buffers, head)) in read.iter().zip(&entries) {
                prop_assert_eq!(read.mark, *mark);
                prop_assert_eq!(&read.buffers, &vec![Place::Own; *buffers]);
                prop_assert_eq!(read.head, &head[..]);
            }
        }

        #[test]
        fn any_bytes_are_read_to_an_end_without_a_panic(block in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(BundleReader::new(&block).count() <= block.len());
        }
    }

    #[test]
    fn a_shared_buffer_is_told_from_ones_own() {
        let block = [7, 2, 0, 3, 1, 0];
        let read = BundleReader::new(&block).next().unwrap().unwrap();
        assert_eq!(read.buffers, [Place::Own, Place::Shared(2)]);
        assert_eq!((read.mark, read.head), (7, &[0][..]));
    }

    #[test]
    fn a_block_that_is_cut_short_is_refused_once() {
        let mut entries = BundleReader::new(&[0, 0, 5, 1, 2]);
        assert_eq!(entries.next(), Some(Err(ParcelError::Head)));
        assert_eq!(entries.next(), None);
        let endless = [0, 0xff, 0xff, 0xff, 0xff, 0x0f];
        assert_eq!(
            BundleReader::new(&endless).next(),
            Some(Err(ParcelError::Head))
        );
    }
}
