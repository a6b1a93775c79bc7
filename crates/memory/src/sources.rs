//! Noticing that a function was edited, as joblib's `_check_previous_func_code` (`joblib/memory.py`, 1.6.0).

use std::collections::BTreeMap;

use values::Buffer;

use crate::{Function, FunctionRecord, Key, Locks, Memory, Source, Store, StoreError, Warning};

/// What is known of the functions of this session.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    /// By location and name.
    functions: BTreeMap<String, BTreeMap<String, Known>>,
    /// How often everything in a location was dropped.
    dropped: BTreeMap<String, u64>,
}

#[derive(Debug, Default)]
struct Known {
    /// What is remembered of it in the store.
    record: Option<FunctionRecord>,
    /// The sources of that name that are in use, and by how many.
    live: BTreeMap<u64, usize>,
    /// The sources that were compared with what is stored.
    checked: Vec<u64>,
    /// Whether a collision was told.
    collided: bool,
    /// How often its entries were dropped.
    dropped: u64,
}

impl Sources {
    /// A number that grows when the entries of a key's function are dropped.
    pub(crate) fn generation(&self, key: &Key) -> u64 {
        let all = self.dropped.get(&key.location).copied().unwrap_or(0);
        let one = self
            .functions
            .get(&key.location)
            .and_then(|functions| functions.get(&key.function))
            .map_or(0, |known| known.dropped);
        all + one
    }

    fn known(&mut self, location: &str, function: &str) -> &mut Known {
        self.functions
            .entry(location.to_owned())
            .or_default()
            .entry(function.to_owned())
            .or_default()
    }

    pub(crate) fn drop_entries(&mut self, location: &str, function: Option<&str>) {
        match function {
            Some(function) => self.known(location, function).dropped += 1,
            None => *self.dropped.entry(location.to_owned()).or_default() += 1,
        }
    }

    /// What is remembered of a location's functions, as far as they are in use.
    pub(crate) fn records(
        &self,
        location: &str,
        function: Option<&str>,
    ) -> Vec<(String, FunctionRecord)> {
        let Some(functions) = self.functions.get(location) else {
            return Vec::new();
        };
        functions
            .iter()
            .filter(|(name, _)| function.is_none_or(|meant| meant == name.as_str()))
            .filter_map(|(name, known)| Some((name.clone(), known.record.clone()?)))
            .collect()
    }

    /// Somebody else changed what is stored of these: it is compared again.
    pub(crate) fn uncheck(&mut self, location: &str, function: Option<&str>) {
        for (name, known) in self.functions.entry(location.to_owned()).or_default() {
            if function.is_none_or(|meant| meant == name) {
                known.checked.clear();
            }
        }
    }
}

impl Function {
    fn record(&self) -> FunctionRecord {
        let (file, first_line) = match &self.source {
            Source::Version(_) => (None, None),
            Source::Text {
                file, first_line, ..
            } => (file.clone(), *first_line),
        };
        FunctionRecord {
            source: self.source.text(),
            file,
            first_line,
        }
    }

    /// Whether the text that was remembered still stands where it stood: then it is another function that has its name.
    fn stands_beside(&self, before: &FunctionRecord) -> bool {
        let Source::Text {
            file,
            first_line,
            whole_file: Some(whole),
            ..
        } = &self.source
        else {
            return false;
        };
        let Some(line) = before.first_line else {
            return false;
        };
        if *file != before.file || *first_line == before.first_line {
            return false;
        }
        let count = before.source.trim_end().lines().count();
        let there: Vec<_> = whole
            .lines()
            .skip(line.saturating_sub(1) as usize)
            .take(count)
            .collect();
        there
            .join("\n")
            .trim_end()
            .eq(before.source.trim_end().replace("\r\n", "\n").as_str())
    }
}

fn place(record: &FunctionRecord) -> Option<(String, u32)> {
    record.file.clone().zip(record.first_line)
}

impl<B: Buffer, S: Store<B>, L: Locks> Memory<B, S, L> {
    /// Says that a function is in use in this session, and compares its source with what is stored, once per function and
    /// session. If the text differs, what was remembered of it is dropped, with a warning; where the text stands does not
    /// matter.
    pub async fn register(&self, location: &str, function: &Function) {
        let fingerprint = function.source.fingerprint();
        let before = {
            let mut sources = self.sources.borrow_mut();
            let known = sources.known(location, &function.name);
            *known.live.entry(fingerprint).or_default() += 1;
            if known.checked.contains(&fingerprint) {
                // Back at an earlier text, unless both are in use.
                let is_back = known.live.len() == 1
                    && known
                        .record
                        .as_ref()
                        .is_some_and(|record| record.source != function.source.text());
                if !is_back {
                    return;
                }
            } else {
                known.checked.push(fingerprint);
            }
            known.record.clone()
        };
        let record = function.record();
        let stored = if self.is_gone.get() {
            Ok(before.clone())
        } else {
            self.store.function(location, &function.name).await
        };
        let before = match stored {
            Ok(stored) => stored,
            Err(error) => {
                self.unread(error);
                before
            }
        };
        let is_same = before
            .as_ref()
            .is_some_and(|before| before.source == record.source);
        {
            let mut sources = self.sources.borrow_mut();
            sources.known(location, &function.name).record = Some(record.clone());
        }
        if is_same && before.as_ref() == Some(&record) {
            return;
        }
        if let Some(before) = before.filter(|_| !is_same) {
            self.edited(location, function, &before, &record).await;
            return;
        }
        self.put_record(location, &function.name, &record).await;
    }

    /// Says that a function that was [registered](Memory::register) is no longer in use.
    pub fn unregister(&self, location: &str, function: &Function) {
        let mut sources = self.sources.borrow_mut();
        let live = &mut sources.known(location, &function.name).live;
        let fingerprint = function.source.fingerprint();
        if let Some(count) = live.get_mut(&fingerprint) {
            *count -= 1;
            if *count == 0 {
                live.remove(&fingerprint);
            }
        }
    }

    async fn edited(
        &self,
        location: &str,
        function: &Function,
        before: &FunctionRecord,
        record: &FunctionRecord,
    ) {
        let name = &function.name;
        let collides = function.stands_beside(before);
        let warning = {
            let mut sources = self.sources.borrow_mut();
            let known = sources.known(location, name);
            if collides || known.live.len() > 1 {
                (!core::mem::replace(&mut known.collided, true)).then(|| Warning::Collision {
                    function: name.clone(),
                    before: place(before),
                    now: place(record),
                })
            } else {
                Some(Warning::Edited {
                    location: location.to_owned(),
                    function: name.clone(),
                })
            }
        };
        if let Some(warning) = warning {
            self.warn(warning);
        }
        if let Err(error) = self.clear(location, Some(name)).await {
            self.warn_unwritten(error);
        }
    }

    pub(crate) async fn put_record(&self, location: &str, name: &str, record: &FunctionRecord) {
        if self.is_gone.get() {
            return;
        }
        if let Err(error) = self.store.put_function(location, name, record).await {
            self.warn_unwritten(error);
        }
    }

    /// A failure to write anything but results.
    fn warn_unwritten(&self, error: StoreError) {
        if !(crate::front::is_lasting(&error) && self.is_gone.replace(true)) {
            self.warn(Warning::Unwritten { count: 0, error });
        }
    }
}
