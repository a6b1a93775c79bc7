//! What an encoder made of the keys of a map, kept for the next map that has the same.

use std::sync::Arc;

use crate::Map;
use crate::map::Keys;

/// So many kinds of maps are remembered.
const KINDS: usize = 4;
/// Only of maps with no more entries than this: rows have not more, and larger maps seldom have the same keys.
const FEW: usize = 64;

/// The keys of a map as the bytes that stand for them.
#[derive(Debug, Default)]
pub(crate) struct Names {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Names {
    /// Adds the bytes of the next key.
    pub(crate) fn add(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        write(&mut self.bytes);
        self.ends.push(self.bytes.len());
    }

    /// The bytes of each key.
    #[inline]
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let name = &self.bytes[start..end];
            start = end;
            name
        })
    }
}

/// What was made of the keys of the last few kinds of maps.
#[derive(Debug, Default)]
pub(crate) struct KeyCache {
    made: Vec<(Keys, Arc<Names>)>,
    oldest: usize,
}

impl KeyCache {
    /// Whether anything is kept of the keys of such a map: they are few, and all texts.
    pub(crate) fn suits(map: &Map) -> bool {
        map.len() <= FEW && map.keys().iter().all(|key| key.as_str().is_some())
    }

    /// What was made of the keys of that map, if they were among the last.
    #[inline]
    pub(crate) fn find(&self, map: &Map) -> Option<Arc<Names>> {
        let keys = map.shared_keys();
        let found = self.made.iter().find(|(known, _)| known.are(keys));
        let found = found.or_else(|| self.find_equal(keys));
        found.map(|(_, names)| Arc::clone(names))
    }

    fn find_equal(&self, keys: &Keys) -> Option<&(Keys, Arc<Names>)> {
        self.made.iter().find(|(known, _)| **known == **keys)
    }

    /// Keeps what was made of the keys of that map.
    pub(crate) fn keep(&mut self, map: &Map, names: Names) -> Arc<Names> {
        let names = Arc::new(names);
        let entry = (map.shared_keys().clone(), Arc::clone(&names));
        if self.made.len() < KINDS {
            self.made.push(entry);
        } else {
            self.made[self.oldest] = entry;
            self.oldest = (self.oldest + 1) % KINDS;
        }
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Datum;

    #[test]
    fn the_last_few_kinds_of_maps_are_known() {
        let map = |name: usize| -> Map { [(name.to_string(), Datum::Null)].into_iter().collect() };
        let mut cache = KeyCache::default();
        for name in 0..=KINDS {
            let mut names = Names::default();
            names.add(|bytes| bytes.extend(name.to_string().into_bytes()));
            cache.keep(&map(name), names);
        }
        assert!(cache.find(&map(0)).is_none());
        let found = cache
            .find(&map(KINDS))
            .map(|names| names.iter().map(<[u8]>::to_vec).collect());
        assert_eq!(found, Some(vec![KINDS.to_string().into_bytes()]));
    }
}
