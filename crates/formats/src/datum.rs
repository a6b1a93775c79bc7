//! The value that formats read and write.

use core::hash::{Hash, Hasher};
use std::collections::{HashMap, HashSet};
use std::hash::DefaultHasher;

use num_bigint::BigInt;
use serde::{Deserialize, Serialize};

use crate::{Date, DateTime, Map, Time};

/// A text that is cheap to clone, and takes no memory of its own up to 15 bytes: `"x".into()`.
pub type Text = ecow::EcoString;

/// What a format reads and writes: everything that at least one of them can tell apart.
///
/// Richer than [`values::Value`], which has no big integers, dates, tuples, sets or names that are not text.
///
/// Two data are equal if nothing but the order of a set or a map tells them apart: `1`, `1.0` and `true` all differ,
/// floats are compared bit by bit (so a NaN equals itself, and `-0.0` is not `0.0`).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Datum {
    /// Nothing: `None`, `null`, an empty cell.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number of 64 bits.
    Int(i64),
    /// A whole number that does not fit 64 bits; see [`Datum::integer`].
    BigInt(BigInt),
    /// A floating-point number of 64 bits.
    Float(f64),
    /// Text.
    Str(Text),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A day and a time of day, with or without an offset from UTC.
    DateTime(DateTime),
    /// A day.
    Date(Date),
    /// A time of day.
    Time(Time),
    /// Values in order.
    List(Vec<Datum>),
    /// Values in order, fixed in number: Python's `tuple`.
    Tuple(Vec<Datum>),
    /// Values without order, each once.
    Set(Vec<Datum>),
    /// Values by key, in the order in which they were given; keys are unique.
    Map(Map),
}

impl Datum {
    /// A whole number of any size: [`Datum::Int`] if it fits 64 bits, else [`Datum::BigInt`].
    pub fn integer(number: BigInt) -> Self {
        i64::try_from(&number).map_or(Self::BigInt(number), Self::Int)
    }

    /// A map from names and values, in that order.
    pub fn map<N: Into<Text>>(entries: impl IntoIterator<Item = (N, Self)>) -> Self {
        let entries = entries.into_iter();
        Self::Map(entries.map(|(n, v)| (Self::Str(n.into()), v)).collect())
    }

    /// The text, if this is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The kind of this value in words a person knows, for messages.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "true or false",
            Self::Int(_) => "a whole number",
            Self::BigInt(_) => "a whole number of more than 64 bits",
            Self::Float(_) => "a number",
            Self::Str(_) => "a text",
            Self::Bytes(_) => "bytes",
            Self::DateTime(_) => "a date with a time",
            Self::Date(_) => "a date",
            Self::Time(_) => "a time of day",
            Self::List(_) => "a list",
            Self::Tuple(_) => "a tuple",
            Self::Set(_) => "a set",
            Self::Map(_) => "a map",
        }
    }

    /// The value of that name, if this is a map that has it.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Map(map) => map.get(name),
            _ => None,
        }
    }

    /// Whether this is one value, and not made of others.
    pub(crate) const fn is_single(&self) -> bool {
        !matches!(
            self,
            Self::List(_) | Self::Tuple(_) | Self::Set(_) | Self::Map(_)
        )
    }

    /// How many values this is made of, itself and the keys of maps included.
    pub fn count(&self) -> usize {
        match self {
            Self::List(items) | Self::Tuple(items) | Self::Set(items) => {
                1 + items.iter().map(Self::count).sum::<usize>()
            }
            Self::Map(map) => {
                1 + map
                    .iter()
                    .map(|(k, v)| k.count() + v.count())
                    .sum::<usize>()
            }
            _ => 1,
        }
    }
}

impl PartialEq for Datum {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::BigInt(a), Self::BigInt(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a.to_bits() == b.to_bits(),
            (Self::Str(a), Self::Str(b)) => a == b,
            (Self::Bytes(a), Self::Bytes(b)) => a == b,
            (Self::DateTime(a), Self::DateTime(b)) => a == b,
            (Self::Date(a), Self::Date(b)) => a == b,
            (Self::Time(a), Self::Time(b)) => a == b,
            (Self::List(a), Self::List(b)) | (Self::Tuple(a), Self::Tuple(b)) => a == b,
            (Self::Set(a), Self::Set(b)) => {
                a == b
                    || a.len() == b.len() && a.iter().collect::<HashSet<_>>() == b.iter().collect()
            }
            (Self::Map(a), Self::Map(b)) => {
                a.shared_keys() == b.shared_keys() && a.values() == b.values()
                    || a.len() == b.len() && by_key(a) == by_key(b)
            }
            _ => false,
        }
    }
}

impl Eq for Datum {}

impl Hash for Datum {
    fn hash<H: Hasher>(&self, state: &mut H) {
        core::mem::discriminant(self).hash(state);
        match self {
            Self::Null => {}
            Self::Bool(value) => value.hash(state),
            Self::Int(number) => number.hash(state),
            Self::BigInt(number) => number.hash(state),
            Self::Float(number) => number.to_bits().hash(state),
            Self::Str(text) => text.hash(state),
            Self::Bytes(bytes) => bytes.hash(state),
            Self::DateTime(moment) => moment.hash(state),
            Self::Date(date) => date.hash(state),
            Self::Time(time) => time.hash(state),
            Self::List(items) | Self::Tuple(items) => items.hash(state),
            // What has no order must hash alike in any order.
            Self::Set(items) => unordered(items.iter()).hash(state),
            Self::Map(map) => unordered(map.iter()).hash(state),
        }
    }
}

fn unordered(items: impl ExactSizeIterator<Item = impl Hash>) -> u64 {
    items.fold(0, |sum: u64, item| {
        let mut hasher = DefaultHasher::new();
        item.hash(&mut hasher);
        sum.wrapping_add(hasher.finish())
    })
}

fn by_key(map: &Map) -> HashMap<&Datum, &Datum> {
    map.iter().collect()
}

impl From<&str> for Datum {
    fn from(text: &str) -> Self {
        Self::Str(text.into())
    }
}

impl From<String> for Datum {
    fn from(text: String) -> Self {
        Self::Str(text.into())
    }
}

impl From<Text> for Datum {
    fn from(text: Text) -> Self {
        Self::Str(text)
    }
}

impl From<Map> for Datum {
    fn from(map: Map) -> Self {
        Self::Map(map)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_told_apart_differs() {
        assert_ne!(Datum::Int(1), Datum::Float(1.0));
        assert_ne!(Datum::Int(1), Datum::Bool(true));
        assert_ne!(Datum::Float(0.0), Datum::Float(-0.0));
        assert_eq!(Datum::Float(f64::NAN), Datum::Float(f64::NAN));
        assert_ne!(Datum::List(vec![]), Datum::Tuple(vec![]));
    }

    #[test]
    fn the_order_of_sets_and_maps_does_not_count() {
        let (a, b) = (Datum::Int(1), Datum::from("b"));
        assert_eq!(
            Datum::Set(vec![a.clone(), b.clone()]),
            Datum::Set(vec![b.clone(), a.clone()])
        );
        assert_eq!(
            Datum::Map(vec![(a.clone(), Datum::Null), (b.clone(), Datum::Int(2))].into()),
            Datum::Map(vec![(b.clone(), Datum::Int(2)), (a.clone(), Datum::Null)].into())
        );
        assert_ne!(
            Datum::Map(vec![(a.clone(), Datum::Null)].into()),
            Datum::Map(vec![(a, b)].into())
        );
    }
}
