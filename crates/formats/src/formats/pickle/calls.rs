//! The few calls that are only data: dates, ordered dicts, sets, bytes.

use super::graph::{Node, Nodes, Part};
use crate::reading::Reading;
use crate::{Date, DateTime, Datum, ErrorKind, FormatError, Time};

/// Something of Python's library whose call gives data and does nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Callable {
    DateTime,
    Date,
    Time,
    TimeDelta,
    TimeZone,
    OrderedDict,
    Set,
    FrozenSet,
    ByteArray,
    Bytes,
    /// `_codecs.encode`, by which Python 3 writes bytes in protocols 0 to 2.
    Encode,
}

const ALLOWED: [(&str, Callable); 16] = [
    ("datetime.datetime", Callable::DateTime),
    ("datetime.date", Callable::Date),
    ("datetime.time", Callable::Time),
    ("datetime.timedelta", Callable::TimeDelta),
    ("datetime.timezone", Callable::TimeZone),
    ("collections.OrderedDict", Callable::OrderedDict),
    ("builtins.set", Callable::Set),
    ("builtins.frozenset", Callable::FrozenSet),
    ("builtins.bytearray", Callable::ByteArray),
    ("builtins.bytes", Callable::Bytes),
    // The names of Python 2, which Python 3 writes in protocols 0 to 2.
    ("__builtin__.set", Callable::Set),
    ("__builtin__.frozenset", Callable::FrozenSet),
    ("__builtin__.bytearray", Callable::ByteArray),
    ("__builtin__.bytes", Callable::Bytes),
    ("_codecs.encode", Callable::Encode),
    ("codecs.encode", Callable::Encode),
];

impl Callable {
    /// What that name is, if it may be called.
    pub(super) fn find(module: &str, name: &str) -> Option<Self> {
        let is = |full: &str| {
            full.strip_prefix(module)
                .and_then(|rest| rest.strip_prefix('.'))
                == Some(name)
        };
        ALLOWED
            .iter()
            .find(|(full, _)| is(full))
            .map(|(_, callable)| *callable)
    }

    /// Its full name.
    pub(super) fn name(self) -> &'static str {
        let found = ALLOWED.iter().find(|(_, callable)| *callable == self);
        found.map_or("", |(name, _)| *name)
    }

    /// What calling it gives.
    pub(super) fn call(
        self,
        arguments: &[Part],
        nodes: &Nodes,
        reading: &mut Reading<'_>,
    ) -> Result<Node, FormatError> {
        let node = |place: usize| arguments.get(place).and_then(|part| nodes.node(part));
        let leaf = |place: usize| arguments.get(place).and_then(|part| nodes.leaf(part));
        let result = match (self, arguments.len()) {
            (Self::Bytes, 0) => Some(Node::Leaf(Datum::Bytes(Vec::new()))),
            (Self::ByteArray, 0) => Some(Node::Leaf(byte_array(Vec::new(), reading))),
            (Self::ByteArray, 1) => {
                bytes(leaf(0)).map(|bytes| Node::Leaf(byte_array(bytes, reading)))
            }
            (Self::ByteArray | Self::Encode, 2) => {
                let bytes = latin1(leaf(0), leaf(1));
                bytes.map(|bytes| match self {
                    Self::Encode => Node::Leaf(Datum::Bytes(bytes)),
                    _ => Node::Leaf(byte_array(bytes, reading)),
                })
            }
            (Self::Set | Self::FrozenSet, 0) => Some(self.set(Vec::new(), reading)),
            (Self::Set | Self::FrozenSet, 1) => match node(0) {
                Some(Node::List(items) | Node::Tuple(items) | Node::Set(items)) => {
                    Some(self.set(items.clone(), reading))
                }
                _ => None,
            },
            (Self::OrderedDict, 0) => Some(ordered(Vec::new(), reading)),
            (Self::OrderedDict, 1) => pairs(node(0), nodes).map(|pairs| ordered(pairs, reading)),
            (Self::TimeDelta, 1..=3) => delta(arguments, nodes),
            (Self::TimeZone, 1 | 2) => {
                if arguments.len() == 2 {
                    reading.notes.add("zone_name_lost", || {
                        (
                            "The name of a time zone is lost; its offset is kept.".to_owned(),
                            None,
                        )
                    });
                }
                zone(node(0))
            }
            (Self::Date, 1) => bytes(leaf(0))
                .and_then(|bytes| date(&bytes))
                .map(|date| Node::Leaf(Datum::Date(date))),
            (Self::Time, 1) => bytes(leaf(0))
                .and_then(|bytes| time(&bytes, reading))
                .map(|time| Node::Leaf(Datum::Time(time))),
            (Self::Time, 2) => {
                let message = "A time of day with a zone but without a day has no place here.";
                return Err(FormatError::new(ErrorKind::Unsupported, message));
            }
            (Self::DateTime, 1 | 2) => bytes(leaf(0)).and_then(|bytes| {
                let has_zone = !matches!(leaf(1), Some(Datum::Null)) && arguments.len() > 1;
                let zone = if has_zone { Some(node(1)?) } else { None };
                date_time(&bytes, zone, reading)
            }),
            _ => None,
        };
        result.ok_or_else(|| {
            let message = format!("`{}` is called with what it does not take.", self.name());
            FormatError::new(ErrorKind::Malformed, message)
        })
    }

    fn set(self, items: Vec<Part>, reading: &mut Reading<'_>) -> Node {
        if self == Self::FrozenSet {
            frozen(reading);
        }
        Node::Set(items)
    }
}

/// Notes a frozen set.
pub(super) fn frozen(reading: &mut Reading<'_>) {
    reading.notes.add("frozenset_as_set", || {
        ("A frozen set is read as a set.".to_owned(), None)
    });
}

/// A byte array, noted.
pub(super) fn byte_array(bytes: Vec<u8>, reading: &mut Reading<'_>) -> Datum {
    reading.notes.add("bytearray_as_bytes", || {
        ("A byte array is read as bytes.".to_owned(), None)
    });
    Datum::Bytes(bytes)
}

fn ordered(entries: Vec<Part>, reading: &mut Reading<'_>) -> Node {
    reading.notes.add("ordereddict_as_map", || {
        (
            "An ordered dict is read as a map, which keeps its order too.".to_owned(),
            None,
        )
    });
    Node::Map(entries)
}

/// Keys and values in turn, from a list of pairs.
fn pairs(node: Option<&Node>, nodes: &Nodes) -> Option<Vec<Part>> {
    let (Node::List(items) | Node::Tuple(items)) = node? else {
        return None;
    };
    let mut parts = Vec::with_capacity(2 * items.len());
    for item in items {
        match nodes.node(item)? {
            Node::List(pair) | Node::Tuple(pair) if pair.len() == 2 => {
                parts.extend_from_slice(pair);
            }
            _ => return None,
        }
    }
    Some(parts)
}

/// Bytes, or a text of Python 2 that stands for them.
fn bytes(datum: Option<&Datum>) -> Option<Vec<u8>> {
    match datum? {
        Datum::Bytes(bytes) => Some(bytes.clone()),
        Datum::Str(text) => to_latin1(text),
        _ => None,
    }
}

/// The bytes of `(text, "latin-1")`.
fn latin1(text: Option<&Datum>, encoding: Option<&Datum>) -> Option<Vec<u8>> {
    match (text?, encoding?) {
        (Datum::Str(text), Datum::Str(encoding))
            if matches!(encoding.as_str(), "latin1" | "latin-1" | "iso-8859-1") =>
        {
            to_latin1(text)
        }
        _ => None,
    }
}

fn to_latin1(text: &str) -> Option<Vec<u8>> {
    text.chars()
        .map(|c| u8::try_from(u32::from(c)).ok())
        .collect()
}

fn delta(arguments: &[Part], nodes: &Nodes) -> Option<Node> {
    let mut parts = [0; 3];
    for (part, argument) in parts.iter_mut().zip(arguments) {
        match nodes.leaf(argument)? {
            Datum::Int(number) if number.unsigned_abs() < 1_000_000_000 => *part = *number,
            _ => return None,
        }
    }
    let [days, seconds, micros] = parts;
    Some(Node::Delta(days, seconds, micros))
}

fn zone(node: Option<&Node>) -> Option<Node> {
    let Node::Delta(days, seconds, 0) = node? else {
        return None;
    };
    let seconds = days * 86_400 + seconds;
    let minutes = i16::try_from(seconds / 60).ok()?;
    (seconds % 60 == 0 && (-1439..=1439).contains(&minutes)).then_some(Node::Zone(minutes))
}

/// `[year, year, month, day]`, as `date.__reduce__` gives.
fn date(bytes: &[u8]) -> Option<Date> {
    match *bytes {
        [high, low, month, day] => Date::new(u16::from_be_bytes([high, low]), month, day),
        _ => None,
    }
}

/// `[hour, minute, second, µs, µs, µs]`; the highest bit of the hour is `fold` (PEP 495).
fn time(bytes: &[u8], reading: &mut Reading<'_>) -> Option<Time> {
    let [hour, minute, second, a, b, c] = *bytes else {
        return None;
    };
    if hour & 0x80 != 0 {
        fold(reading);
    }
    let micros = u32::from_be_bytes([0, a, b, c]);
    Time::new(hour & 0x7f, minute, second, micros.checked_mul(1000)?)
}

/// A date and a time; the highest bit of the month is `fold`.
fn date_time(bytes: &[u8], zone: Option<&Node>, reading: &mut Reading<'_>) -> Option<Node> {
    let (&[high, low, month, day], rest) = bytes.split_first_chunk::<4>()?;
    if month & 0x80 != 0 {
        fold(reading);
    }
    let offset = match zone {
        None => None,
        Some(Node::Zone(minutes)) => Some(*minutes),
        Some(_) => return None,
    };
    let date = date(&[high, low, month & 0x7f, day])?;
    let time = time(rest, reading)?;
    Some(Node::Leaf(Datum::DateTime(DateTime { date, time, offset })))
}

fn fold(reading: &mut Reading<'_>) {
    reading.notes.add("fold_lost", || {
        let message =
            "Which of two equal local times is meant when clocks go back (`fold`) is lost.";
        (message.to_owned(), None)
    });
}
