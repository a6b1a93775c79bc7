//! What every decoder shares: limits, keys that stand twice, notes.

use core::hash::BuildHasher;
use core::ops::Range;
use std::hash::RandomState;

use crate::map::Keys;
use crate::notes::Notes;
use crate::shapes::{Fields, Finished, Shapes};
use crate::{Datum, DecodeOptions, Decoded, Duplicates, ErrorKind, FormatError, Map, Position};

/// Up to so many keys are compared one by one; more are sorted by their hashes.
const FEW: usize = 16;

/// One reading: its options, what is left of its limits, its notes.
#[derive(Debug)]
pub(crate) struct Reading<'a> {
    pub(crate) options: &'a DecodeOptions,
    pub(crate) notes: Notes,
    items: usize,
    spans: Vec<Range<usize>>,
    shapes: Shapes,
}

/// What a reading had come to.
#[derive(Debug)]
pub(crate) struct State {
    items: usize,
    notes: Notes,
    spans: usize,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(options: &'a DecodeOptions) -> Self {
        Self {
            options,
            notes: Notes::default(),
            items: options.limits.items,
            spans: Vec::new(),
            shapes: Shapes::default(),
        }
    }

    /// The value that was read, with all there is to say about it.
    pub(crate) fn finish(self, datum: Datum) -> Decoded {
        Decoded {
            datum,
            notes: self.notes.into_vec(),
            spans: self.spans,
        }
    }

    /// What is left of the limits, and what was said.
    pub(crate) fn state(&self) -> State {
        State {
            items: self.items,
            notes: self.notes.clone(),
            spans: self.spans.len(),
        }
    }

    /// Goes back to a state before.
    pub(crate) fn reset(&mut self, state: State) {
        self.items = state.items;
        self.notes = state.notes;
        self.spans.truncate(state.spans);
    }

    /// Says where the next record is, if that was asked for.
    #[inline]
    pub(crate) fn record(&mut self, bytes: Range<usize>) {
        if self.options.spans {
            self.spans.push(bytes);
        }
    }

    /// Counts one value more.
    #[inline]
    pub(crate) fn item(&mut self) -> Result<(), FormatError> {
        match self.items.checked_sub(1) {
            Some(left) => {
                self.items = left;
                Ok(())
            }
            None => Err(FormatError::new(
                ErrorKind::LimitItems,
                format!("There are more than {} values.", self.options.limits.items),
            )),
        }
    }

    /// Checks that so many more values are allowed, before room is made for them.
    pub(crate) fn room(&self, items: usize) -> Result<(), FormatError> {
        if items <= self.items {
            return Ok(());
        }
        Err(FormatError::new(
            ErrorKind::LimitItems,
            format!("There are more than {} values.", self.options.limits.items),
        ))
    }

    /// Checks that a list may stand so deep; the outermost has depth 1.
    #[inline]
    pub(crate) fn depth(&self, depth: usize) -> Result<(), FormatError> {
        let limit = self.options.limits.depth();
        if depth <= limit {
            return Ok(());
        }
        Err(FormatError::new(
            ErrorKind::LimitDepth,
            format!("The values are nested more than {limit} deep."),
        ))
    }

    /// Checks the number of decimal digits of a whole number.
    pub(crate) fn digits(&self, digits: usize) -> Result<(), FormatError> {
        let limit = self.options.limits.digits;
        if digits <= limit {
            return Ok(());
        }
        Err(FormatError::new(
            ErrorKind::LimitDigits,
            format!("A whole number has more than {limit} digits."),
        ))
    }

    /// Begins a map at that depth; room is made for so many entries, or for as many as the last one there had.
    #[inline]
    pub(crate) fn begin_map(&self, depth: usize, room: usize) -> Fields {
        self.shapes.begin(depth, room)
    }

    /// Adds a key to a map.
    #[inline]
    pub(crate) fn key(&self, fields: &mut Fields, key: Datum) {
        if key.is_single() && fields.expected() == Some(&key) {
            fields.same_key();
        } else {
            self.shapes.other_key(fields, key);
        }
    }

    /// Adds a key to a map that is text.
    #[inline]
    pub(crate) fn text_key(&self, fields: &mut Fields, key: &str) {
        if !fields.is_expected(key) {
            self.shapes.other_key(fields, Datum::from(key));
        }
    }

    /// Ends a map, in which a key that stands twice is dealt with as the options say.
    ///
    /// As in Python's `dict`, the first place and the last value of such a key remain.
    pub(crate) fn end_map(
        &mut self,
        fields: Fields,
        position: impl Fn() -> Option<Position>,
    ) -> Result<Datum, FormatError> {
        match self.end_unique_map(fields) {
            Ok(datum) => Ok(datum),
            Err(Repeated { keys, values, .. }) => {
                let entries = keys.into_iter().zip(values).collect();
                let entries = self.without_duplicates(entries, &position)?;
                Ok(Datum::Map(entries.into()))
            }
        }
    }

    /// Ends a map; not if a key stands twice.
    pub(crate) fn end_unique_map(&mut self, fields: Fields) -> Result<Datum, Repeated> {
        let depth = fields.depth();
        let (keys, values) = match self.shapes.end(fields) {
            Finished::Known(keys, values) => return Ok(Datum::Map(Map::of(keys, values))),
            Finished::New(keys, values) => (keys, values),
        };
        if let Some((_, second)) = twice(&keys, |key| key) {
            return Err(Repeated {
                keys,
                values,
                second,
            });
        }
        let are_single = keys.iter().all(Datum::is_single);
        let keys = Keys::new(keys);
        if are_single {
            self.shapes.remember(depth, keys.clone());
        }
        Ok(Datum::Map(Map::of(keys, values)))
    }

    fn without_duplicates(
        &mut self,
        entries: Vec<(Datum, Datum)>,
        position: &impl Fn() -> Option<Position>,
    ) -> Result<Vec<(Datum, Datum)>, FormatError> {
        let mut places = std::collections::HashMap::with_capacity(entries.len());
        let mut kept: Vec<(Datum, Datum)> = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            match places.get(&key) {
                Some(&place) => {
                    self.duplicate(&key, position)?;
                    let place: usize = place;
                    kept[place].1 = value;
                }
                None => {
                    places.insert(key.clone(), kept.len());
                    kept.push((key, value));
                }
            }
        }
        Ok(kept)
    }

    fn duplicate(
        &mut self,
        key: &Datum,
        position: &impl Fn() -> Option<Position>,
    ) -> Result<(), FormatError> {
        let name = match key {
            Datum::Str(text) => format!("\"{}\"", clip(text)),
            other => format!("{other:?}"),
        };
        if self.options.duplicates == Duplicates::Refuse {
            let message = format!("The key {name} stands twice.");
            let error = FormatError::new(ErrorKind::Duplicate, message);
            return Err(match position() {
                Some(position) => error.at(position),
                None => error,
            });
        }
        self.notes.add("duplicate_key", || {
            (
                format!("The key {name} stands twice; the last one counts."),
                position(),
            )
        });
        Ok(())
    }
}

/// Keys of which one stands twice, and the values.
#[derive(Debug)]
pub(crate) struct Repeated {
    pub(crate) keys: Vec<Datum>,
    pub(crate) values: Vec<Datum>,
    /// The second place of such a key.
    pub(crate) second: usize,
}

/// The places of two that are the same, if there are any.
pub(crate) fn twice<T>(items: &[T], key: impl Fn(&T) -> &Datum) -> Option<(usize, usize)> {
    // To compare keys that are lists or maps one by one takes too long; they are hashed once.
    if items.len() <= FEW && items.iter().all(|item| key(item).is_single()) {
        return (1..items.len()).find_map(|second| {
            let found = items[..second].iter();
            let mut found = found
                .enumerate()
                .filter(|(_, item)| key(item) == key(&items[second]));
            found.next().map(|(first, _)| (first, second))
        });
    }
    let state = RandomState::new();
    let mut hashes: Vec<(u64, usize)> = items
        .iter()
        .enumerate()
        .map(|(place, item)| (state.hash_one(key(item)), place))
        .collect();
    hashes.sort_unstable();
    for (index, &(hash, first)) in hashes.iter().enumerate() {
        let same = hashes[index + 1..]
            .iter()
            .take_while(|(other, _)| *other == hash);
        for &(_, second) in same {
            if key(&items[first]) == key(&items[second]) {
                return Some((first, second));
            }
        }
    }
    None
}

/// The start of a text, for messages.
pub(crate) fn clip(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The text of bytes, or where they stop being UTF-8.
pub(crate) fn utf8(bytes: &[u8]) -> Result<&str, FormatError> {
    core::str::from_utf8(bytes).map_err(|error| not_utf8(bytes, error.valid_up_to()))
}

/// The error of bytes that stop being UTF-8 at that offset.
pub(crate) fn not_utf8(bytes: &[u8], at: usize) -> FormatError {
    let guess = match bytes {
        [0xff, 0xfe, ..] => "The text is UTF-16 (little-endian), not UTF-8.",
        [0xfe, 0xff, ..] => "The text is UTF-16 (big-endian), not UTF-8.",
        _ if bytes.len() > at && bytes.len() - at < 4 && ends_early(&bytes[at..]) => {
            return FormatError::new(
                ErrorKind::Truncated,
                "The text ends in the middle of a character.",
            )
            .at(Position::in_text(bytes, at));
        }
        _ => "The text is not UTF-8 from here on; it may be Latin-1.",
    };
    FormatError::new(ErrorKind::Encoding, guess).at(Position::in_text(bytes, at))
}

fn ends_early(rest: &[u8]) -> bool {
    core::str::from_utf8(rest).is_err_and(|error| error.error_len().is_none())
}
