//! Keys of maps that were read lately: the rows of a table find their keys here instead of making them anew.
//!
//! Only keys that are single values: to compare those that are lists or maps again and again takes time that grows with the
//! third power of their depth, which a few kilobytes are enough for.

use crate::Datum;
use crate::map::Keys;

/// So many kinds of maps are remembered.
const KINDS: usize = 8;

/// The keys of the last few kinds of maps.
#[derive(Debug, Default)]
pub(crate) struct Shapes {
    recent: Vec<Keys>,
    /// Which of them gives way to the next.
    oldest: usize,
    /// Which of them the last map of each depth had.
    of_depth: Vec<usize>,
}

/// A map that is being read. As long as its keys are those of a map before, it has none of its own.
#[derive(Debug)]
pub(crate) struct Fields {
    expected: Option<Keys>,
    /// Keys so far, if all are as expected.
    same: usize,
    /// Keys so far, if not.
    own: Vec<Datum>,
    values: Vec<Datum>,
    depth: usize,
}

/// What a map turned out to be.
pub(crate) enum Finished {
    /// Keys that were seen before, so none stands twice.
    Known(Keys, Vec<Datum>),
    /// Others.
    New(Vec<Datum>, Vec<Datum>),
}

impl Shapes {
    /// Begins a map at that depth; room is made for so many entries.
    #[inline]
    pub(crate) fn begin(&self, depth: usize, room: usize) -> Fields {
        let expected = self.of_depth.get(depth);
        let expected = expected.and_then(|&place| self.recent.get(place)).cloned();
        let room = match &expected {
            Some(keys) if room == 0 => keys.len(),
            _ => room,
        };
        Fields {
            expected,
            same: 0,
            own: Vec::new(),
            values: Vec::with_capacity(room),
            depth,
        }
    }

    /// Adds a key that is not the one expected.
    pub(crate) fn other_key(&self, fields: &mut Fields, key: Datum) {
        let Some(expected) = fields.expected.take() else {
            fields.own.push(key);
            return;
        };
        let so_far = &expected[..fields.same];
        let fits = |keys: &&Keys| {
            keys.get(fields.same) == Some(&key) && keys.get(..fields.same) == Some(so_far)
        };
        if key.is_single()
            && let Some(keys) = self.recent.iter().find(fits)
        {
            fields.expected = Some(keys.clone());
            fields.same += 1;
            return;
        }
        fields.own = Vec::with_capacity(expected.len().max(fields.same + 1));
        fields.own.extend_from_slice(so_far);
        fields.own.push(key);
    }

    /// Ends a map.
    #[inline]
    pub(crate) fn end(&mut self, fields: Fields) -> Finished {
        match fields.expected {
            Some(keys) if keys.len() == fields.same => Finished::Known(keys, fields.values),
            Some(keys) => {
                let keys = &keys[..fields.same];
                let known = self.recent.iter().position(|other| **other == *keys);
                let place = match known {
                    Some(place) => place,
                    None => self.add(Keys::new(keys.to_vec())),
                };
                self.expect(fields.depth, place);
                Finished::Known(self.recent[place].clone(), fields.values)
            }
            None => Finished::New(fields.own, fields.values),
        }
    }

    /// Remembers the keys of a map that had new ones, each once.
    pub(crate) fn remember(&mut self, depth: usize, keys: Keys) {
        let place = self.add(keys);
        self.expect(depth, place);
    }

    fn add(&mut self, keys: Keys) -> usize {
        if self.recent.len() < KINDS {
            self.recent.push(keys);
            return self.recent.len() - 1;
        }
        let place = self.oldest;
        self.oldest = (place + 1) % KINDS;
        self.recent[place] = keys;
        place
    }

    fn expect(&mut self, depth: usize, place: usize) {
        if self.of_depth.len() <= depth {
            self.of_depth.resize(depth + 1, KINDS);
        }
        self.of_depth[depth] = place;
    }
}

impl Fields {
    /// The key that is expected next, if one is.
    #[inline]
    pub(crate) fn expected(&self) -> Option<&Datum> {
        self.expected.as_ref()?.get(self.same)
    }

    /// Adds the expected key.
    #[inline]
    pub(crate) fn same_key(&mut self) {
        self.same += 1;
    }

    /// Adds a key that is that text, if it is the one expected.
    #[inline]
    pub(crate) fn is_expected(&mut self, text: &str) -> bool {
        let is = matches!(self.expected(), Some(Datum::Str(key)) if key == text);
        self.same += usize::from(is);
        is
    }

    /// Adds the value of the last key.
    #[inline]
    pub(crate) fn value(&mut self, value: Datum) {
        self.values.push(value);
    }

    pub(crate) const fn depth(&self) -> usize {
        self.depth
    }
}
