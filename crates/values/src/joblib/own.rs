//! Digests of the project's own values.

use super::{HashError, Leaf, Look, Node, hash};
use crate::{Buffer, Digest, Parcel, ParcelError, Skeleton, Value};

/// joblib's digest of a value: `Null` is `None`, a map is a dict with texts as keys, the others are what Python calls them.
///
/// # Errors
/// If a text or bytes are longer than 4 GiB, or a map has the same name twice.
pub fn digest(value: &Value) -> Result<Digest, HashError> {
    hash(&ValueNode::Value(value))
}

impl<B: Buffer> Parcel<B> {
    /// joblib's digest of the value that this parcel holds: that of [`digest`], without unpacking; long parts are read in
    /// pieces.
    ///
    /// # Errors
    /// If the head is cut short or altered, names a buffer that is not there, or the value has no digest.
    pub fn joblib_digest(&self) -> Result<Digest, ParcelError> {
        let skeleton = self.skeleton()?;
        self.check_buffers(&skeleton)?;
        digest_parts(&skeleton, &self.buffers).map_err(|_| ParcelError::NoDigest)
    }

    fn check_buffers(&self, skeleton: &Skeleton) -> Result<(), ParcelError> {
        match skeleton {
            Skeleton::LongStr(position) | Skeleton::LongBytes(position) => {
                match self.buffers.get(*position as usize) {
                    Some(_) => Ok(()),
                    None => Err(ParcelError::MissingBuffer(*position)),
                }
            }
            Skeleton::List(items) => items.iter().try_for_each(|item| self.check_buffers(item)),
            Skeleton::Map(entries) => entries
                .iter()
                .try_for_each(|(_, value)| self.check_buffers(value)),
            _ => Ok(()),
        }
    }
}

/// joblib's digest of a value in parts, as in a parcel. A buffer that is not there counts as empty.
///
/// # Errors
/// As [`digest`].
pub fn digest_parts<B: Buffer>(skeleton: &Skeleton, buffers: &[B]) -> Result<Digest, HashError> {
    hash(&ParcelNode::Part(buffers, skeleton))
}

/// A value, or a name in a map. Nothing in a value occurs twice, so that nothing has an `id`.
#[derive(Clone, Copy)]
enum ValueNode<'a> {
    Value(&'a Value),
    Name(&'a str),
}

impl Node for ValueNode<'_> {
    fn look(&self) -> Look<'_> {
        match self {
            Self::Name(text) => Look::Str(Leaf::Slice(text.as_bytes())),
            Self::Value(value) => match value {
                Value::Null => Look::None,
                Value::Bool(truth) => Look::Bool(*truth),
                Value::Int(number) => Look::Int(*number),
                Value::Float(number) => Look::Float(*number),
                Value::Str(text) => Look::Str(Leaf::Slice(text.as_bytes())),
                Value::Bytes(bytes) => Look::Bytes(Leaf::Slice(bytes)),
                Value::List(items) => Look::List(items.len()),
                Value::Map(_) => Look::Dict,
            },
        }
    }

    fn item(&self, index: usize) -> Option<Self> {
        match self {
            Self::Value(Value::List(items)) => items.get(index).map(Self::Value),
            _ => None,
        }
    }

    fn entries(&self) -> Vec<(Self, Self)> {
        match self {
            Self::Value(Value::Map(entries)) => entries
                .iter()
                .map(|(name, value)| (Self::Name(name), Self::Value(value)))
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// A part of a parcel, or a name in a map.
enum ParcelNode<'a, B> {
    Part(&'a [B], &'a Skeleton),
    Name(&'a str),
}

impl<B> Clone for ParcelNode<'_, B> {
    fn clone(&self) -> Self {
        match self {
            Self::Part(buffers, skeleton) => Self::Part(buffers, skeleton),
            Self::Name(name) => Self::Name(name),
        }
    }
}

impl<'a, B: Buffer> ParcelNode<'a, B> {
    fn leaf(buffers: &'a [B], position: u32) -> Leaf<'a> {
        match buffers.get(position as usize) {
            Some(buffer) => Leaf::Pieces(buffer),
            None => Leaf::Slice(&[]),
        }
    }
}

impl<B: Buffer> Node for ParcelNode<'_, B> {
    fn look(&self) -> Look<'_> {
        match self {
            Self::Name(text) => Look::Str(Leaf::Slice(text.as_bytes())),
            Self::Part(buffers, skeleton) => match skeleton {
                Skeleton::Null => Look::None,
                Skeleton::Bool(truth) => Look::Bool(*truth),
                Skeleton::Int(number) => Look::Int(*number),
                Skeleton::Float(number) => Look::Float(*number),
                Skeleton::Str(text) => Look::Str(Leaf::Slice(text.as_bytes())),
                Skeleton::Bytes(bytes) => Look::Bytes(Leaf::Slice(bytes)),
                Skeleton::List(items) => Look::List(items.len()),
                Skeleton::Map(_) => Look::Dict,
                Skeleton::LongStr(position) => Look::Str(Self::leaf(buffers, *position)),
                Skeleton::LongBytes(position) => Look::Bytes(Self::leaf(buffers, *position)),
            },
        }
    }

    fn item(&self, index: usize) -> Option<Self> {
        match self {
            Self::Part(buffers, Skeleton::List(items)) => {
                items.get(index).map(|item| Self::Part(buffers, item))
            }
            _ => None,
        }
    }

    fn entries(&self) -> Vec<(Self, Self)> {
        match self {
            Self::Part(buffers, Skeleton::Map(entries)) => entries
                .iter()
                .map(|(name, value)| (Self::Name(name), Self::Part(buffers, value)))
                .collect(),
            _ => Vec::new(),
        }
    }
}
