//! Values by key, in order. The rows of a table share their keys.

use core::fmt;
use core::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Datum;

/// The keys of maps, in order, each once: made once and shared by every map that has the same.
#[derive(Clone, Eq)]
pub(crate) struct Keys(Arc<Vec<Datum>>);

impl Keys {
    pub(crate) fn new(keys: Vec<Datum>) -> Self {
        Self(Arc::new(keys))
    }

    /// Whether these are the very same, which is quick to tell, and not only equal.
    pub(crate) fn are(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Deref for Keys {
    type Target = [Datum];

    fn deref(&self) -> &[Datum] {
        &self.0
    }
}

impl PartialEq for Keys {
    fn eq(&self, other: &Self) -> bool {
        self.are(other) || **self == **other
    }
}

/// Values by key, in the order in which they were given. Keys are unique; who makes a map sees to that.
///
/// Maps with the same keys may share them, as the rows that a decoder reads do: a clone of one, or another row, has no keys
/// of its own.
///
/// ```
/// use formats::{Datum, Map};
/// let map: Map = [("a", Datum::Int(1)), ("b", Datum::Null)].into_iter().collect();
/// assert_eq!(map.get("a"), Some(&Datum::Int(1)));
/// for (key, value) in &map {
///     println!("{key:?}: {value:?}");
/// }
/// ```
#[derive(Clone)]
pub struct Map {
    keys: Keys,
    /// As many as there are keys.
    values: Box<[Datum]>,
}

impl Map {
    /// A map without entries.
    pub fn new() -> Self {
        Self::from(Vec::new())
    }

    /// A map with these keys, of which there are as many as values.
    pub(crate) fn of(keys: Keys, values: Vec<Datum>) -> Self {
        debug_assert_eq!(keys.len(), values.len());
        let values = values.into_boxed_slice();
        Self { keys, values }
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The keys in order.
    pub fn keys(&self) -> &[Datum] {
        &self.keys
    }

    pub(crate) fn shared_keys(&self) -> &Keys {
        &self.keys
    }

    /// The values in the order of their keys.
    pub fn values(&self) -> &[Datum] {
        &self.values
    }

    /// The same, to be changed.
    pub fn values_mut(&mut self) -> &mut [Datum] {
        &mut self.values
    }

    /// The entries in order.
    pub fn iter(&self) -> Iter<'_> {
        self.keys.iter().zip(&self.values)
    }

    /// The value of the name.
    pub fn get(&self, name: &str) -> Option<&Datum> {
        let is = |key: &Datum| matches!(key, Datum::Str(text) if text == name);
        let place = self.keys.iter().position(is)?;
        self.values.get(place)
    }

    /// Gives the key that value, at the end if the key is new; the value it had. Takes time with the number of entries.
    pub fn insert(&mut self, key: impl Into<Datum>, value: Datum) -> Option<Datum> {
        let key = key.into();
        if let Some(place) = self.keys.iter().position(|other| *other == key) {
            return Some(core::mem::replace(&mut self.values[place], value));
        }
        Arc::make_mut(&mut self.keys.0).push(key);
        let mut values = core::mem::take(&mut self.values).into_vec();
        values.push(value);
        self.values = values.into_boxed_slice();
        None
    }
}

impl Default for Map {
    fn default() -> Self {
        Self::new()
    }
}

/// The entries of a [`Map`] in order.
pub type Iter<'a> = core::iter::Zip<core::slice::Iter<'a, Datum>, core::slice::Iter<'a, Datum>>;

/// The entries of a [`Map`] in order, taken out of it.
#[derive(Debug)]
pub struct IntoIter {
    keys: Arc<Vec<Datum>>,
    next: usize,
    values: std::vec::IntoIter<Datum>,
}

impl Iterator for IntoIter {
    type Item = (Datum, Datum);

    fn next(&mut self) -> Option<Self::Item> {
        let value = self.values.next()?;
        let key = self.keys.get(self.next)?.clone();
        self.next += 1;
        Some((key, value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.values.size_hint()
    }
}

impl ExactSizeIterator for IntoIter {}

impl IntoIterator for Map {
    type Item = (Datum, Datum);
    type IntoIter = IntoIter;

    fn into_iter(self) -> IntoIter {
        IntoIter {
            keys: self.keys.0,
            next: 0,
            values: self.values.into_vec().into_iter(),
        }
    }
}

impl<'a> IntoIterator for &'a Map {
    type Item = (&'a Datum, &'a Datum);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

impl From<Vec<(Datum, Datum)>> for Map {
    fn from(entries: Vec<(Datum, Datum)>) -> Self {
        entries.into_iter().collect()
    }
}

impl<K: Into<Datum>> FromIterator<(K, Datum)> for Map {
    fn from_iter<I: IntoIterator<Item = (K, Datum)>>(entries: I) -> Self {
        let entries = entries.into_iter();
        let room = entries.size_hint().0;
        let (mut keys, mut values) = (Vec::with_capacity(room), Vec::with_capacity(room));
        for (key, value) in entries {
            keys.push(key.into());
            values.push(value);
        }
        Self::of(Keys::new(keys), values)
    }
}

impl fmt::Debug for Map {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

/// As a sequence of pairs.
impl Serialize for Map {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self)
    }
}

impl<'de> Deserialize<'de> for Map {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::<(Datum, Datum)>::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_that_changes_leaves_those_it_shared_keys_with() {
        let first: Map = [("a", Datum::Int(1))].into_iter().collect();
        let mut second = first.clone();
        assert!(first.keys.are(&second.keys));
        assert_eq!(second.insert("a", Datum::Int(2)), Some(Datum::Int(1)));
        assert_eq!(second.insert("b", Datum::Int(3)), None);
        assert_eq!((first.len(), second.len()), (1, 2));
        assert_eq!(second.get("b"), Some(&Datum::Int(3)));
        assert_eq!(first.get("a"), Some(&Datum::Int(1)));
        let entries: Vec<_> = second.into_iter().collect();
        assert_eq!(entries[1], (Datum::from("b"), Datum::Int(3)));
    }
}
