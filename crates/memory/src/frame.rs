//! How a result stands in a store: everything that a hit needs in one run of bytes, the *frame*.
//!
//! ```text
//! 4 bytes   "JbF2"
//! 8 bytes   XXH64 of the description
//! 4 bytes   length of the description
//!           the description: the entry, how the result is packed, the lengths of its parts, where it is
//!           the content that stands in the frame itself
//! ```
//!
//! Numbers of fixed size are least significant byte first. The content has a checksum of its own, in the entry.

use values::{Buffer, Parcel};

use crate::store::wire::{Reader, Writer, checksum};
use crate::{Damaged, Entry, FunctionRecord, Key, Stored};

const MAGIC: [u8; 4] = *b"JbF2";
const FUNCTION_MAGIC: [u8; 4] = *b"JbR2";
/// What stands before the description.
const PREFIX: usize = 16;

/// Results of at most this many bytes stand in the frame itself; longer ones apart, so that what is known of an entry is
/// read without them.
pub const MOST_INLINE_BYTES: usize = 16 << 10;

/// Where the content of a result is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the frame.
    Frame,
    /// In a record of its own; of parts the head is in the frame.
    Record,
    /// In the file of this name; of parts the head is in the frame.
    File(String),
}

/// In what form the content of a result is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The parcel's head, and its buffers, each for itself: what is long need not be copied.
    Parts,
    /// Head and buffers as one run of bytes.
    Run,
    /// That run compressed (deflate in a zlib stream, RFC 1950) to so many bytes.
    Deflated(u64),
}

/// How a result stands in a store, without the result.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// What is known of it.
    pub entry: Entry,
    /// The length of the parcel's head in bytes.
    pub head: u64,
    /// The lengths of the parcel's buffers in bytes.
    pub buffers: Vec<u64>,
    /// In what form its content is.
    pub form: Form,
    /// Where the content is.
    pub place: Place,
}

impl Frame {
    /// The frame of this result.
    pub fn of<B: Buffer>(stored: &Stored<B>, form: Form, place: Place) -> Self {
        Self {
            entry: stored.entry.clone(),
            head: stored.value.head.len() as u64,
            buffers: stored
                .value
                .buffers
                .iter()
                .map(|buffer| buffer.byte_length() as u64)
                .collect(),
            form,
            place,
        }
    }

    /// The bytes of the frame; what [`Frame::inline_bytes`] counts is to follow.
    pub fn encode(&self) -> Vec<u8> {
        let mut description = Writer::default();
        description.entry(&self.entry);
        description.varint(self.head);
        description.varint(self.buffers.len() as u64);
        for length in &self.buffers {
            description.varint(*length);
        }
        let place = match self.place {
            Place::Frame => 0,
            Place::Record => 1,
            Place::File(_) => 2,
        };
        let form = match self.form {
            Form::Parts => 0,
            Form::Run => 1,
            Form::Deflated(_) => 2,
        };
        description.byte(place | form << 4);
        if let Form::Deflated(length) = self.form {
            description.varint(length);
        }
        if let Place::File(name) = &self.place {
            description.text(name);
        }
        envelope(MAGIC, &description.0)
    }

    /// Reads a frame from the beginning of these bytes, and says where its content begins.
    ///
    /// # Errors
    /// If the description is altered or cut short.
    pub fn decode(bytes: &[u8]) -> Result<(Self, usize), Damaged> {
        let description = opened(MAGIC, bytes)?;
        let mut reader = Reader::new(description);
        let frame = read(&mut reader).map_err(|damaged| Damaged {
            at: PREFIX + damaged.at,
        })?;
        if !reader.is_at_end() {
            return Err(Damaged {
                at: PREFIX + reader.at,
            });
        }
        Ok((frame, PREFIX + description.len()))
    }

    /// How many bytes of content stand in the frame.
    pub fn inline_bytes(&self) -> u64 {
        match (&self.place, self.form) {
            (Place::Frame, _) => self.content_bytes(),
            (_, Form::Parts) => self.head,
            (_, Form::Run | Form::Deflated(_)) => 0,
        }
    }

    /// How many bytes of content stand elsewhere.
    pub fn outer_bytes(&self) -> u64 {
        self.content_bytes() - self.inline_bytes()
    }

    fn content_bytes(&self) -> u64 {
        match self.form {
            Form::Parts | Form::Run => self.whole_bytes(),
            Form::Deflated(length) => length,
        }
    }

    /// The length of the parcel in bytes.
    pub fn whole_bytes(&self) -> u64 {
        self.buffers
            .iter()
            .fold(self.head, |sum, length| sum.saturating_add(*length))
    }

    /// The parcel whose head and buffers are these bytes one after the other; nothing if the length is another.
    pub fn split<B>(&self, bytes: &[u8], make_buffer: impl Fn(&[u8]) -> B) -> Option<Parcel<B>> {
        let mut reader = Reader::new(bytes);
        let head = reader.take(self.head).ok()?.to_vec();
        let buffers = self
            .buffers
            .iter()
            .map(|length| reader.take(*length).ok().map(&make_buffer))
            .collect::<Option<_>>()?;
        reader.is_at_end().then_some(Parcel { head, buffers })
    }
}

impl<B: Buffer> Stored<B> {
    /// What stands for a result that is there and cannot be read: it is not sound, whatever is known of it.
    pub fn unreadable(key: Key, known: Option<Entry>) -> Self {
        let mut entry = known.unwrap_or_default();
        // No parcel has a head of no bytes, so this length fits none of them.
        entry.bytes = entry.bytes.max(1);
        Self {
            key,
            entry,
            value: Parcel {
                head: Vec::new(),
                buffers: Vec::new(),
            },
        }
    }
}

impl FunctionRecord {
    /// The bytes of this record.
    pub fn encode(&self) -> Vec<u8> {
        let mut description = Writer::default();
        description.function(self);
        envelope(FUNCTION_MAGIC, &description.0)
    }

    /// Reads a record.
    ///
    /// # Errors
    /// If it is altered or cut short.
    pub fn decode(bytes: &[u8]) -> Result<Self, Damaged> {
        let description = opened(FUNCTION_MAGIC, bytes)?;
        let mut reader = Reader::new(description);
        let record = reader.function().map_err(|damaged| Damaged {
            at: PREFIX + damaged.at,
        })?;
        if reader.is_at_end() && bytes.len() == PREFIX + description.len() {
            Ok(record)
        } else {
            Err(Damaged {
                at: PREFIX + reader.at,
            })
        }
    }
}

fn read(reader: &mut Reader<'_>) -> Result<Frame, Damaged> {
    let entry = reader.entry()?;
    let head = reader.varint()?;
    let buffers = (0..reader.count(1)?)
        .map(|_| reader.varint())
        .collect::<Result<Vec<_>, _>>()?;
    let kind = reader.byte()?;
    let form = match kind >> 4 {
        0 => Form::Parts,
        1 => Form::Run,
        2 => Form::Deflated(reader.varint()?),
        _ => return Err(reader.damaged()),
    };
    let place = match kind & 0xf {
        0 => Place::Frame,
        1 => Place::Record,
        2 => Place::File(reader.text()?),
        _ => return Err(reader.damaged()),
    };
    Ok(Frame {
        entry,
        head,
        buffers,
        form,
        place,
    })
}

/// Magic, checksum and length before a description.
fn envelope(magic: [u8; 4], description: &[u8]) -> Vec<u8> {
    let mut bytes = Writer(Vec::with_capacity(PREFIX + description.len()));
    bytes.raw(&magic);
    bytes.u64(checksum(description));
    bytes.raw(&(description.len() as u32).to_le_bytes());
    bytes.raw(description);
    bytes.0
}

/// The description behind magic, checksum and length.
fn opened(magic: [u8; 4], bytes: &[u8]) -> Result<&[u8], Damaged> {
    let mut reader = Reader::new(bytes);
    if reader.array::<4>()? != magic {
        return Err(Damaged { at: 0 });
    }
    let sum = reader.u64()?;
    let length = reader.array().map(u32::from_le_bytes)?;
    let description = reader.take(u64::from(length))?;
    if checksum(description) == sum {
        Ok(description)
    } else {
        Err(Damaged { at: PREFIX })
    }
}
