//! Which entries go when space is short.

use crate::{Entry, Key, LimitError, Milliseconds};

/// How much may stay. `None` means as much as there is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limits {
    /// The most bytes of results.
    pub bytes: Option<u64>,
    /// The most entries.
    pub items: Option<u64>,
    /// The most time since an entry was last used.
    pub age: Option<Milliseconds>,
}

impl Limits {
    /// These limits, the age in seconds.
    ///
    /// # Errors
    /// If one is not a number from 0.
    pub fn new(
        bytes: Option<f64>,
        items: Option<f64>,
        age_seconds: Option<f64>,
    ) -> Result<Self, LimitError> {
        for (name, limit) in [
            ("bytesLimit", bytes),
            ("itemsLimit", items),
            ("ageLimitSeconds", age_seconds),
        ] {
            if let Some(given) = limit.filter(|limit| limit.is_nan() || *limit < 0.0) {
                return Err(LimitError::Negative { name, given });
            }
        }
        Ok(Self {
            bytes: bytes.map(|bytes| bytes as u64),
            items: items.map(|items| items as u64),
            age: age_seconds.map(|seconds| seconds * 1000.0),
        })
    }
}

/// The entries that have to go so that the rest is within the limits: first the ones that are too old, then the ones
/// that were used least recently, as in joblib's `Memory.reduce_size`
/// (<https://joblib.readthedocs.io/en/stable/generated/joblib.Memory.html>).
pub fn to_evict(mut entries: Vec<(Key, Entry)>, limits: Limits, now: Milliseconds) -> Vec<Key> {
    entries.sort_by(|a, b| a.1.last_used.total_cmp(&b.1.last_used));
    let mut bytes: u64 = entries.iter().map(|(_, entry)| entry.bytes).sum();
    let mut items = entries.len() as u64;
    let mut gone = Vec::new();
    for (key, entry) in entries {
        let too_old = limits.age.is_some_and(|age| now - entry.last_used > age);
        let too_many = limits.items.is_some_and(|most| items > most);
        let too_large = limits.bytes.is_some_and(|most| bytes > most);
        if !(too_old || too_many || too_large) {
            break;
        }
        items -= 1;
        bytes -= entry.bytes;
        gone.push(key);
    }
    gone
}

#[cfg(test)]
mod tests {
    use values::{Parcel, Value};

    use super::*;

    fn entries() -> Vec<(Key, Entry)> {
        // Used at 30, 10, 20, each of 100 bytes.
        [30.0, 10.0, 20.0]
            .into_iter()
            .map(|last_used| {
                let key = Key::of_call("l", "t", 1, &Parcel::pack(Value::Float(last_used)));
                let entry = Entry {
                    last_used,
                    duration: 1.0,
                    bytes: 100,
                    ..Entry::default()
                };
                (key, entry)
            })
            .collect()
    }

    fn gone(limits: Limits) -> Vec<Milliseconds> {
        let all = entries();
        to_evict(all.clone(), limits, 31.0)
            .iter()
            .filter_map(|key| all.iter().find(|(k, _)| k == key).map(|(_, e)| e.last_used))
            .collect()
    }

    #[test]
    fn without_limits_everything_stays() {
        assert!(gone(Limits::default()).is_empty());
    }

    #[test]
    fn the_least_recently_used_go_first() {
        assert_eq!(
            gone(Limits {
                items: Some(2),
                ..Limits::default()
            }),
            [10.0]
        );
        assert_eq!(
            gone(Limits {
                bytes: Some(199),
                ..Limits::default()
            }),
            [10.0, 20.0]
        );
        assert_eq!(
            gone(Limits {
                bytes: Some(200),
                ..Limits::default()
            }),
            [10.0]
        );
        assert_eq!(
            gone(Limits {
                items: Some(0),
                ..Limits::default()
            }),
            [10.0, 20.0, 30.0]
        );
    }

    #[test]
    fn what_was_not_used_for_too_long_goes() {
        assert_eq!(
            gone(Limits {
                age: Some(15.0),
                ..Limits::default()
            }),
            [10.0]
        );
    }
}
