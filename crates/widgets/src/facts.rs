//! What can be said of a lab's last finished run, by name: what lessons compare predictions with and check tasks by.

use std::collections::BTreeMap;

use values::Value;

/// What is known of the last run that has finished here; nothing before one has, and nothing of what was recorded.
///
/// The names and their meaning are listed in docs/writing-lessons.md. Where a name ends in `ms` or `us` the fact is a
/// time in milliseconds or microseconds, which differs between machines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    runs: u32,
    known: BTreeMap<String, Value>,
}

impl Facts {
    /// Before any run.
    pub const fn none() -> Self {
        Self {
            runs: 0,
            known: BTreeMap::new(),
        }
    }

    /// How many runs have finished.
    pub const fn runs(&self) -> u32 {
        self.runs
    }

    /// The fact of that name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.known.get(name)
    }

    /// All facts by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.known
            .iter()
            .map(|(name, value)| (name.as_str(), value))
    }

    /// Another run has finished: what was known of the one before is forgotten.
    pub fn finish(&mut self, found: Found) {
        self.runs += 1;
        self.known = found.0;
    }
}

/// What was found in a run, while it is put together.
#[derive(Clone, Debug, Default)]
pub struct Found(BTreeMap<String, Value>);

impl Found {
    /// Takes in a count.
    pub fn count(&mut self, name: impl Into<String>, count: u64) {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        self.0.insert(name.into(), Value::Int(count));
    }

    /// Takes in a number.
    pub fn number(&mut self, name: impl Into<String>, number: f64) {
        self.0.insert(name.into(), Value::Float(number));
    }

    /// Takes in a text.
    pub fn text(&mut self, name: impl Into<String>, text: impl Into<String>) {
        self.0.insert(name.into(), Value::Str(text.into()));
    }

    /// Takes in whether something is so.
    pub fn whether(&mut self, name: impl Into<String>, is_so: bool) {
        self.0.insert(name.into(), Value::Bool(is_so));
    }
}

/// Whether a fact of that name is a time.
pub fn is_time(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    ["ms", "us"].contains(&last) || last.ends_with("_ms") || last.ends_with("_us")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_the_last_run_only_something_is_known() {
        let mut facts = Facts::none();
        assert_eq!((facts.runs(), facts.iter().count()), (0, 0));
        let mut found = Found::default();
        found.count("a", 1);
        facts.finish(found);
        let mut found = Found::default();
        found.whether("b", true);
        facts.finish(found);
        assert_eq!((facts.runs(), facts.get("a")), (2, None));
        assert_eq!(facts.get("b"), Some(&Value::Bool(true)));
    }

    #[test]
    fn times_are_known_by_their_names() {
        assert!(
            is_time("run.ms")
                && is_time("formats.csv.read_ms")
                && is_time("ms")
                && is_time("a.task_us")
        );
        assert!(!is_time("formats.items") && !is_time("run.hits"));
    }
}
