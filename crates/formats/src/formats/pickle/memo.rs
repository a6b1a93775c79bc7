//! What a pickle remembers, by number.

use core::cmp::Ordering;
use std::collections::HashMap;

use super::graph::Part;

/// Parts by number. CPython counts from 0, so most are in a list; a pickle may use any numbers.
#[derive(Debug, Default)]
pub(super) struct Memo {
    counted: Vec<Part>,
    others: HashMap<u64, Part>,
}

impl Memo {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.counted.len() + self.others.len()
    }

    #[inline]
    pub(super) fn put(&mut self, place: u64, part: Part) {
        match place.cmp(&(self.counted.len() as u64)) {
            Ordering::Equal => {
                self.counted.push(part);
                if !self.others.is_empty() {
                    self.others.remove(&place);
                }
            }
            Ordering::Less => self.counted[place as usize] = part,
            Ordering::Greater => {
                self.others.insert(place, part);
            }
        }
    }

    #[inline]
    pub(super) fn get(&self, place: u64) -> Option<&Part> {
        let counted = usize::try_from(place)
            .ok()
            .and_then(|place| self.counted.get(place));
        counted.or_else(|| self.others.get(&place))
    }
}
