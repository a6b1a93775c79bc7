//! What is remembered about a call, and by which key.

use serde::{Deserialize, Serialize};
use values::{Buffer, Digest, Digester, Parcel};

use crate::python;

/// A time in milliseconds since 1970, or a span of milliseconds.
pub type Milliseconds = f64;

/// By what a remembered call is found: where it is kept, what was called, and with which arguments.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The name of the memory it belongs to, chosen by its owner.
    pub location: String,
    /// The name of the function or task.
    pub function: String,
    /// The digest over the arguments, and whatever else tells its results apart.
    pub digest: Digest,
}

impl Key {
    /// The key of a call: equal calls of the same version of a task have equal keys.
    pub fn of_call<B: Buffer>(
        location: &str,
        task: &str,
        version: u32,
        arguments: &Parcel<B>,
    ) -> Self {
        let mut digester = Self::digester(task, version);
        arguments.digest_into(&mut digester);
        Self::from_digester(location, task, &digester)
    }

    /// A digester that has seen the task's name and version and is ready for the arguments; for callers that
    /// feed long arguments piece by piece.
    pub fn digester(task: &str, version: u32) -> Digester {
        let mut digester = Digester::new();
        digester.part(task.as_bytes());
        digester.part(&version.to_le_bytes());
        digester
    }

    /// The key that a digester made by [`Key::digester`] stands for, once it has seen the arguments.
    pub fn from_digester(location: &str, task: &str, digester: &Digester) -> Self {
        Self {
            location: location.to_owned(),
            function: task.to_owned(),
            digest: digester.finish(),
        }
    }

    /// The key as one text, unique to it. All keys of a location begin with [`Key::prefix`].
    pub fn storage_key(&self) -> String {
        format!(
            "{}{}/{}",
            Self::prefix(&self.location),
            escape(&self.function),
            self.digest
        )
    }

    /// What the storage keys of this location, and of no other, begin with. Ends in `/`.
    pub fn prefix(location: &str) -> String {
        format!("{}/", escape(location))
    }

    /// The location of what begins with [`Key::prefix`]; `None` if nothing does.
    #[expect(clippy::needless_pass_by_value, reason = "made for `and_then`")]
    pub fn location_of(text: String) -> Option<String> {
        text.split_once('/').map(|(location, _)| unescape(location))
    }

    /// Reads a storage key back; `None` if it is not one.
    pub fn from_storage_key(text: &str) -> Option<Self> {
        let mut parts = text.split('/');
        let (location, task, digest) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || digest.len() != 32 || !digest.is_ascii() {
            return None;
        }
        let mut bytes = [0; 16];
        for (byte, at) in bytes.iter_mut().zip((0..32).step_by(2)) {
            *byte = u8::from_str_radix(&digest[at..at + 2], 16).ok()?;
        }
        Some(Self {
            location: unescape(location),
            function: unescape(task),
            digest: Digest(bytes),
        })
    }
}

fn escape(part: &str) -> String {
    part.replace('%', "%25").replace('/', "%2F")
}

fn unescape(part: &str) -> String {
    part.replace("%2F", "/").replace("%25", "%")
}

/// What is known of a remembered call without reading its result.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// When the result was computed.
    pub created: Milliseconds,
    /// When it was last given to a caller.
    pub last_used: Milliseconds,
    /// How often it was given to a caller since it was computed.
    #[serde(default)]
    pub hits: u32,
    /// How long it took to compute.
    pub duration: Milliseconds,
    /// The size of the result in bytes.
    pub bytes: u64,
    /// The checksum of the result ([`values::Parcel::checksum`]), to notice one that was altered or cut short.
    pub checksum: u64,
    /// The arguments as a person would write them, cut short; empty if nobody wrote them.
    #[serde(default)]
    pub arguments: String,
    /// The files that the result was made from, as they were then.
    #[serde(default)]
    pub stamps: Vec<Stamp>,
    /// Whether the result is to be kept compressed, where the store can.
    #[serde(default)]
    pub compress: bool,
    /// What stands for the source that computed it (XXH64 of its text); 0 if nobody said.
    #[serde(default)]
    pub source: u64,
}

impl Entry {
    /// Notes that the result was given to callers: when last, and how often.
    pub const fn note_use(&mut self, at: Milliseconds, hits: u32) {
        self.last_used = self.last_used.max(at);
        self.hits = self.hits.saturating_add(hits);
    }

    /// What joblib tells of an entry, also to its `cache_validation_callback`.
    pub fn metadata(&self) -> Metadata {
        Metadata {
            duration: self.duration / 1000.0,
            time: self.created / 1000.0,
            input_args: python::split_named(&self.arguments),
        }
    }
}

/// What joblib tells of an entry (`metadata.json`).
#[derive(Clone, Debug, PartialEq)]
pub struct Metadata {
    /// How long it took to compute, in seconds.
    pub duration: f64,
    /// When it was computed, in seconds since 1970.
    pub time: f64,
    /// The arguments by name, as Python writes them, cut short where they are long.
    pub input_args: Vec<(String, String)>,
}

/// By what a file that has changed since is recognised.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stamp {
    /// Its name.
    pub name: String,
    /// When it was last changed.
    pub modified: Milliseconds,
    /// Its size in bytes.
    pub bytes: u64,
}

/// Remembered results that were given to callers.
#[derive(Clone, Debug, PartialEq)]
pub struct Use {
    /// Which.
    pub key: Key,
    /// When last.
    pub at: Milliseconds,
    /// How often.
    pub hits: u32,
}

/// What is remembered of a function, to notice that it was edited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionRecord {
    /// Its text; for a task, which has none, its version.
    pub source: String,
    /// Where the text stands: the name of the file or cell, if it has one.
    pub file: Option<String>,
    /// The line at which it begins there, counted from 1.
    pub first_line: Option<u32>,
}

/// A remembered call with its result.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored<B> {
    /// By what it is found.
    pub key: Key,
    /// What is known of it.
    pub entry: Entry,
    /// The result.
    pub value: Parcel<B>,
}

impl<B: Buffer> Stored<B> {
    /// A result that was just computed.
    pub fn new(key: Key, value: Parcel<B>, duration: Milliseconds, now: Milliseconds) -> Self {
        let entry = Entry {
            created: now,
            last_used: now,
            duration,
            bytes: value.byte_length() as u64,
            checksum: value.checksum(),
            ..Entry::default()
        };
        Self { key, entry, value }
    }

    /// Whether the result is the one that was stored.
    pub fn is_sound(&self) -> bool {
        self.value.byte_length() as u64 == self.entry.bytes
            && self.value.checksum() == self.entry.checksum
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use values::Value;

    use super::*;

    fn key(location: &str, task: &str) -> Key {
        Key::of_call(location, task, 1, &Parcel::pack(Value::Int(1)))
    }

    proptest! {
        #[test]
        fn storage_keys_read_back_and_keep_locations_apart(a in "[a/%2F5]{0,6}", b in "[a/%2F5]{0,6}", task in "[a/%]{0,4}") {
            let (left, right) = (key(&a, &task), key(&b, &task));
            prop_assert_eq!(Key::from_storage_key(&left.storage_key()), Some(left.clone()));
            prop_assert_eq!(left.storage_key().starts_with(&Key::prefix(&b)), a == b);
            prop_assert_eq!(left == right, a == b);
        }
    }

    #[test]
    fn task_version_and_arguments_all_key() {
        let arguments = |n| Parcel::pack(Value::Int(n));
        let base = Key::of_call("l", "t", 1, &arguments(1));
        assert_eq!(base, Key::of_call("l", "t", 1, &arguments(1)));
        assert_ne!(base.digest, Key::of_call("l", "u", 1, &arguments(1)).digest);
        assert_ne!(base.digest, Key::of_call("l", "t", 2, &arguments(1)).digest);
        assert_ne!(base.digest, Key::of_call("l", "t", 1, &arguments(2)).digest);
    }

    #[test]
    fn what_is_no_storage_key_is_refused() {
        for text in [
            "",
            "a/b",
            "a/b/c",
            "a/b/c/d",
            "a/b/zz000000000000000000000000000000",
        ] {
            assert_eq!(Key::from_storage_key(text), None, "{text}");
        }
    }
}
