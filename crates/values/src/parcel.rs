//! A value ready to travel: a small head, and the long parts as buffers.

use core::fmt;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh64::Xxh64;

use crate::{Digest, Digester, Value};

/// Texts and byte strings of at least this many bytes travel as buffers of their own.
pub const OUT_OF_LINE_BYTES: usize = 4096;

/// How deeply lists and maps may be nested in a value that travels.
const MOST_DEPTH: usize = 128;

/// Bytes that belong to a parcel, wherever they are kept: in this module's memory, or in JavaScript's.
pub trait Buffer: Clone {
    /// The length in bytes.
    fn byte_length(&self) -> usize;
    /// All bytes, copied into this module's memory.
    fn to_vec(&self) -> Vec<u8>;
    /// Hands the bytes to `take` in pieces of bounded size, in order.
    fn read(&self, take: &mut dyn FnMut(&[u8]));
}

impl Buffer for Vec<u8> {
    fn byte_length(&self) -> usize {
        self.len()
    }

    fn to_vec(&self) -> Vec<u8> {
        self.clone()
    }

    fn read(&self, take: &mut dyn FnMut(&[u8])) {
        take(self);
    }
}

/// The shape of a value, with the long parts replaced by the position of their buffer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Skeleton {
    /// See [`Value::Null`].
    Null,
    /// See [`Value::Bool`].
    Bool(bool),
    /// See [`Value::Int`].
    Int(i64),
    /// See [`Value::Float`].
    Float(f64),
    /// A short text.
    Str(String),
    /// Short bytes.
    Bytes(Vec<u8>),
    /// See [`Value::List`].
    List(Vec<Skeleton>),
    /// See [`Value::Map`].
    Map(Vec<(String, Skeleton)>),
    /// A text whose UTF-8 bytes are the buffer at this position.
    LongStr(u32),
    /// The buffer at this position.
    LongBytes(u32),
}

/// A value in two pieces: the head (its [`Skeleton`] in postcard, <https://postcard.jamesmunns.com/wire-format>) and the buffers.
#[derive(Clone, Debug, PartialEq)]
pub struct Parcel<B> {
    /// The encoded skeleton.
    pub head: Vec<u8>,
    /// The long parts, in the order of their positions.
    pub buffers: Vec<B>,
}

/// A parcel that does not hold a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParcelError {
    /// The head is cut short or altered.
    Head,
    /// The head names a buffer that is not there.
    MissingBuffer(u32),
    /// A long text's bytes are not UTF-8.
    NotUtf8(u32),
    /// Lists and maps are nested more deeply than is allowed.
    TooDeep,
    /// joblib has no digest for it: a text or bytes of more than 4 GiB, or a name that occurs twice in a map.
    NoDigest,
}

impl ParcelError {
    /// The stable name of this error.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Head => "parcel-head",
            Self::MissingBuffer(_) => "parcel-missing-buffer",
            Self::NotUtf8(_) => "parcel-not-utf8",
            Self::TooDeep => "parcel-too-deep",
            Self::NoDigest => "parcel-no-digest",
        }
    }
}

impl fmt::Display for ParcelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Head => f.write_str("The stored value is cut short or altered."),
            Self::MissingBuffer(position) => {
                write!(f, "Part {position} of the stored value is missing.")
            }
            Self::NotUtf8(position) => {
                write!(f, "Part {position} of the stored value is not UTF-8 text.")
            }
            Self::TooDeep => write!(f, "The value is nested more than {MOST_DEPTH} levels deep."),
            Self::NoDigest => f.write_str(
                "The value has no digest: a part of it is too long, or a name occurs twice.",
            ),
        }
    }
}

impl core::error::Error for ParcelError {}

impl<B: Buffer> Parcel<B> {
    /// A parcel of this skeleton, whose long parts are these buffers.
    pub fn from_skeleton(skeleton: &Skeleton, buffers: Vec<B>) -> Self {
        // Writing to a growing vector cannot fail; an empty head would be refused when read.
        let head = postcard::to_allocvec(skeleton).unwrap_or_default();
        Self { head, buffers }
    }

    /// The skeleton, without the long parts.
    ///
    /// # Errors
    /// If the head is cut short or altered, or nested too deeply.
    pub fn skeleton(&self) -> Result<Skeleton, ParcelError> {
        check_depth(&self.head)?;
        postcard::from_bytes(&self.head).map_err(|_| ParcelError::Head)
    }

    /// The value that this parcel holds. Long parts are copied into this module's memory.
    ///
    /// # Errors
    /// If the head is cut short or altered, names a buffer that is not there, or a long text is not UTF-8.
    pub fn unpack(&self) -> Result<Value, ParcelError> {
        self.build(self.skeleton()?)
    }

    /// The size of everything in bytes.
    pub fn byte_length(&self) -> usize {
        self.head.len() + self.buffers.iter().map(Buffer::byte_length).sum::<usize>()
    }

    /// Adds the whole parcel to a digest.
    pub fn digest_into(&self, digester: &mut Digester) {
        digester.part(&self.head);
        for buffer in &self.buffers {
            digester.begin_part(buffer.byte_length() as u64);
            buffer.read(&mut |bytes| digester.update(bytes));
        }
    }

    /// The digest of the whole parcel.
    pub fn digest(&self) -> Digest {
        let mut digester = Digester::new();
        self.digest_into(&mut digester);
        digester.finish()
    }

    /// The checksum of the whole parcel: XXH64 (<https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md>) of the
    /// same parts as the digest. It tells of accidents, not of malice, and costs a tenth of a digest.
    pub fn checksum(&self) -> u64 {
        let mut hasher = Xxh64::new(0);
        hasher.update(&(self.head.len() as u64).to_le_bytes());
        hasher.update(&self.head);
        for buffer in &self.buffers {
            hasher.update(&(buffer.byte_length() as u64).to_le_bytes());
            buffer.read(&mut |bytes| hasher.update(bytes));
        }
        hasher.digest()
    }

    fn build(&self, skeleton: Skeleton) -> Result<Value, ParcelError> {
        Ok(match skeleton {
            Skeleton::Null => Value::Null,
            Skeleton::Bool(truth) => Value::Bool(truth),
            Skeleton::Int(number) => Value::Int(number),
            Skeleton::Float(number) => Value::Float(number),
            Skeleton::Str(text) => Value::Str(text),
            Skeleton::Bytes(bytes) => Value::Bytes(bytes),
            Skeleton::List(items) => Value::List(
                items
                    .into_iter()
                    .map(|item| self.build(item))
                    .collect::<Result<_, _>>()?,
            ),
            Skeleton::Map(entries) => Value::Map(
                entries
                    .into_iter()
                    .map(|(name, value)| Ok((name, self.build(value)?)))
                    .collect::<Result<_, _>>()?,
            ),
            Skeleton::LongStr(position) => Value::Str(
                String::from_utf8(self.buffer(position)?)
                    .map_err(|_| ParcelError::NotUtf8(position))?,
            ),
            Skeleton::LongBytes(position) => Value::Bytes(self.buffer(position)?),
        })
    }

    fn buffer(&self, position: u32) -> Result<Vec<u8>, ParcelError> {
        self.buffers
            .get(position as usize)
            .map(Buffer::to_vec)
            .ok_or(ParcelError::MissingBuffer(position))
    }
}

impl Parcel<Vec<u8>> {
    /// Packs a value; its long parts move into the buffers without being copied.
    pub fn pack(value: Value) -> Self {
        let mut buffers = Vec::new();
        let skeleton = strip(value, &mut buffers);
        Self::from_skeleton(&skeleton, buffers)
    }
}

fn strip(value: Value, buffers: &mut Vec<Vec<u8>>) -> Skeleton {
    let mut move_out = |bytes: Vec<u8>| {
        buffers.push(bytes);
        (buffers.len() - 1) as u32
    };
    match value {
        Value::Null => Skeleton::Null,
        Value::Bool(truth) => Skeleton::Bool(truth),
        Value::Int(number) => Skeleton::Int(number),
        Value::Float(number) => Skeleton::Float(number),
        Value::Str(text) if text.len() >= OUT_OF_LINE_BYTES => {
            Skeleton::LongStr(move_out(text.into_bytes()))
        }
        Value::Bytes(bytes) if bytes.len() >= OUT_OF_LINE_BYTES => {
            Skeleton::LongBytes(move_out(bytes))
        }
        Value::Str(text) => Skeleton::Str(text),
        Value::Bytes(bytes) => Skeleton::Bytes(bytes),
        Value::List(items) => {
            Skeleton::List(items.into_iter().map(|item| strip(item, buffers)).collect())
        }
        Value::Map(entries) => Skeleton::Map(
            entries
                .into_iter()
                .map(|(name, value)| (name, strip(value, buffers)))
                .collect(),
        ),
    }
}

/// Refuses a head that is nested too deeply, before the recursive decoder sees it.
///
/// Postcard has no depth limit of its own, so this walks the wire format with a stack on the heap.
fn check_depth(head: &[u8]) -> Result<(), ParcelError> {
    let mut reader = Reader(head);
    // Each level: how many values are left in it, and whether a name stands before each of them.
    let mut levels: Vec<(u64, bool)> = vec![(1, false)];
    while let Some((left, named)) = levels.last_mut() {
        if *left == 0 {
            levels.pop();
            continue;
        }
        *left -= 1;
        if *named {
            let length = reader.varint()?;
            reader.skip(length)?;
        }
        match reader.varint()? {
            0 => {}
            1 => reader.skip(1)?,
            2 | 8 | 9 => {
                reader.varint()?;
            }
            3 => reader.skip(8)?,
            4 | 5 => {
                let length = reader.varint()?;
                reader.skip(length)?;
            }
            variant @ (6 | 7) => {
                let length = reader.varint()?;
                levels.push((length, variant == 7));
                if levels.len() > MOST_DEPTH {
                    return Err(ParcelError::TooDeep);
                }
            }
            _ => return Err(ParcelError::Head),
        }
    }
    Ok(())
}

/// Reads numbers and bytes from the front.
#[derive(Debug)]
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn byte(&mut self) -> Result<u8, ParcelError> {
        let (byte, rest) = self.0.split_first().ok_or(ParcelError::Head)?;
        self.0 = rest;
        Ok(*byte)
    }

    pub(crate) fn take(&mut self, length: u64) -> Result<&'a [u8], ParcelError> {
        let length = usize::try_from(length).map_err(|_| ParcelError::Head)?;
        let (taken, rest) = self.0.split_at_checked(length).ok_or(ParcelError::Head)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(crate) fn varint(&mut self) -> Result<u64, ParcelError> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(ParcelError::Head)
    }

    fn skip(&mut self, length: u64) -> Result<(), ParcelError> {
        self.take(length).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use core::fmt::Write;

    use proptest::prelude::*;

    use super::*;

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::Int),
            (-1e300..1e300).prop_map(Value::Float),
            ".{0,20}".prop_map(Value::Str),
            proptest::collection::vec(any::<u8>(), 0..20).prop_map(Value::Bytes),
            (4090_usize..4100).prop_map(|n| Value::Bytes(vec![1; n])),
            (4090_usize..4100).prop_map(|n| Value::Str("é".repeat(n / 2))),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::List),
                proptest::collection::vec(("[a-z]{1,6}", inner), 0..6).prop_map(Value::Map),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_packed_value_unpacks_to_itself(value in any_value()) {
            prop_assert_eq!(Parcel::pack(value.clone()).unpack(), Ok(value));
        }

        #[test]
        fn altered_heads_never_panic(value in any_value(), at in any::<prop::sample::Index>(), byte: u8) {
            let mut parcel = Parcel::pack(value);
            let at = at.index(parcel.head.len());
            parcel.head[at] = byte;
            let _ = parcel.unpack();
            parcel.head.truncate(at);
            let _ = parcel.unpack();
        }
    }

    /// The layout of stored results, docs/cache-format.md. If this fails, stored results can no longer be read: raise the
    /// layout's version instead of changing the bytes here.
    #[test]
    fn the_layout_of_heads_is_the_one_that_is_stored() {
        let value = Value::map([
            ("n", Value::Null),
            ("t", Value::Bool(true)),
            ("i", Value::Int(-2)),
            ("f", Value::Float(1.5)),
            ("s", Value::from("é")),
            ("b", Value::Bytes(vec![0, 255])),
            (
                "l",
                Value::List(vec![
                    Value::Str("x".repeat(4096)),
                    Value::Bytes(vec![7; 4096]),
                ]),
            ),
        ]);
        let parcel = Parcel::pack(value.clone());
        let hex = parcel.head.iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        assert_eq!(
            hex,
            "0707016e00017401010169020301660300000000\
             0000f83f01730402c3a90162050200ff016c060208000901"
        );
        assert_eq!(parcel.unpack(), Ok(value));
        assert_eq!(
            parcel.digest().to_string(),
            "f8cd4e19504b6dd920d1c83d1a626b30"
        );
    }

    #[test]
    fn an_empty_head_is_refused() {
        let parcel: Parcel<Vec<u8>> = Parcel {
            head: vec![],
            buffers: vec![],
        };
        assert_eq!(parcel.unpack(), Err(ParcelError::Head));
    }

    #[test]
    fn a_missing_buffer_and_a_text_that_is_not_utf8_are_named() {
        let mut parcel = Parcel::pack(Value::Str("x".repeat(5000)));
        parcel.buffers[0][17] = 0xff;
        assert_eq!(parcel.unpack(), Err(ParcelError::NotUtf8(0)));
        parcel.buffers.clear();
        assert_eq!(parcel.unpack(), Err(ParcelError::MissingBuffer(0)));
    }

    #[test]
    fn nesting_without_end_is_refused_and_not_recursed_into() {
        let mut head = [6, 1].repeat(1_000_000);
        head.push(0);
        let parcel: Parcel<Vec<u8>> = Parcel {
            head,
            buffers: vec![],
        };
        assert_eq!(parcel.unpack(), Err(ParcelError::TooDeep));
    }

    #[test]
    fn whole_numbers_and_floats_have_different_digests() {
        let digest = |value| Parcel::pack(value).digest();
        assert_ne!(digest(Value::Int(1)), digest(Value::Float(1.0)));
        assert_ne!(digest(Value::Int(1)), digest(Value::Bool(true)));
        assert_ne!(
            digest(Value::from("a")),
            digest(Value::Bytes(b"a".to_vec()))
        );
    }
}
