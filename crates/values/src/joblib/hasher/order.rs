//! The order of a dict's items and a set's elements: Python's `sorted`, or that of their digests.

use super::{Fault, Hasher, Key};
use crate::Digest;
use crate::joblib::compare::{CompareError, equal, less};
use crate::joblib::sort::sort;
use crate::joblib::{HashError, Node, hash, path};

/// A dict's items, ready to be written.
type Entries<N> = Vec<(Key<N>, N)>;

impl<N: Node> Hasher<N> {
    /// The entries of a dict, sorted.
    pub(super) fn entries_by_key(&self, entries: &[(N, N)]) -> Result<Entries<N>, Fault> {
        let mut order: Vec<usize> = (0..entries.len()).collect();
        sort(&mut order, |left, right| {
            less_item(&entries[*left], &entries[*right])
        })
        .map_err(|error| match error {
            CompareError::NoOrder => Fault::NoOrder(None),
            error => self.no_comparison(error),
        })?;
        Ok(order
            .into_iter()
            .map(|at| {
                let (key, value) = &entries[at];
                (Key::Node(key.clone()), value.clone())
            })
            .collect())
    }

    /// The entries with the keys' digests in the keys' place, sorted by them.
    pub(super) fn entries_by_digest(&self, dict: &N) -> Result<Entries<N>, Fault> {
        let mut entries = Vec::new();
        for (key, value) in dict.entries() {
            entries.push((self.digest_of(&key)?, value));
        }
        let mut order: Vec<usize> = (0..entries.len()).collect();
        // Python compares the digests as texts in hexadecimal, which gives the same order.
        sort(&mut order, |left, right| {
            let ((a, x), (b, y)) = (&entries[*left], &entries[*right]);
            match a.cmp(b) {
                core::cmp::Ordering::Equal if equal(x, y)? => Ok(false),
                core::cmp::Ordering::Equal => less(x, y),
                order => Ok(order.is_lt()),
            }
        })
        .map_err(|error| match error {
            CompareError::NoOrder => Fault::NoOrder(Some(self.path())),
            error => self.no_comparison(error),
        })?;
        Ok(order
            .into_iter()
            .map(|at| (Key::Digest(entries[at].0), entries[at].1.clone()))
            .collect())
    }

    fn digest_of(&self, key: &N) -> Result<Digest, Fault> {
        hash(key).map_err(|error| Fault::Error(error.within(&(self.path() + path::ELEMENT))))
    }

    /// The elements of a set, sorted, or their sorted digests.
    pub(super) fn elements_in_order(&self, set: &N) -> Result<Vec<Key<N>>, Fault> {
        let elements = set.elements();
        let mut order: Vec<usize> = (0..elements.len()).collect();
        match sort(&mut order, |a, b| less(&elements[*a], &elements[*b])) {
            Ok(()) => Ok(order
                .into_iter()
                .map(|at| Key::Node(elements[at].clone()))
                .collect()),
            Err(CompareError::NoOrder) => {
                let mut digests = elements
                    .iter()
                    .map(|element| self.digest_of(element))
                    .collect::<Result<Vec<_>, _>>()?;
                digests.sort_unstable();
                Ok(digests.into_iter().map(Key::Digest).collect())
            }
            Err(error) => Err(self.no_comparison(error)),
        }
    }

    fn no_comparison(&self, error: CompareError) -> Fault {
        let path = self.path();
        Fault::Error(match error {
            CompareError::NoOrder => HashError::Unordered { path },
            CompareError::Ambiguous => HashError::Ambiguous { path },
            CompareError::TooDeep => HashError::TooDeep { path },
        })
    }
}

/// Python's `(a, x) < (b, y)`, where `a` and `b` are keys of one dict.
fn less_item<N: Node>((a, x): &(N, N), (b, y): &(N, N)) -> Result<bool, CompareError> {
    if equal(a, b)? { less(x, y) } else { less(a, b) }
}
