//! What was lost: what was read, compared value by value with what was written.

use core::fmt::Write as _;
use std::collections::BTreeMap;

use formats::{Datum, Map};
use serde::{Deserialize, Serialize};

use super::frame;

/// What became of the values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Losses {
    /// Single values that were compared; a list or map that became something else counts as one.
    pub values: u64,
    /// As many came back as something else, or not at all.
    pub changed: u64,
    /// The same by kind, the most frequent first.
    pub changes: Vec<Change>,
}

/// Values that changed in the same way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What they were: `a date`.
    pub from: String,
    /// What came back: `a text`.
    pub to: String,
    /// How many.
    pub count: u64,
    /// Where the first is: `record 3, created`.
    pub place: String,
    /// The first as it was.
    pub before: String,
    /// The first as it came back.
    pub after: String,
}

/// Compares records one by one.
pub(super) fn of_records(before: &[Datum], after: &[Datum]) -> Losses {
    let mut comparison = Comparison::default();
    let root = Path(None, Part::Root);
    for (at, record) in before.iter().enumerate() {
        let path = Path(Some(&root), Part::Record(at + 1));
        comparison.maybe(record, after.get(at), &path);
    }
    for (at, record) in after.iter().enumerate().skip(before.len()) {
        let path = Path(Some(&root), Part::Record(at + 1));
        comparison.note("not there", record.kind(), &path, None, Some(record));
    }
    comparison.finish()
}

/// Compares two values.
pub(super) fn of_value(before: &Datum, after: &Datum) -> Losses {
    let mut comparison = Comparison::default();
    comparison.compare(before, after, &Path(None, Part::Root));
    comparison.finish()
}

/// A value in one short line.
pub(super) fn short(datum: &Datum) -> String {
    const MOST: usize = 48;
    let text = match datum {
        Datum::Null => "nothing".to_owned(),
        Datum::Str(text) => format!("“{text}”"),
        Datum::Date(date) => date.to_string(),
        Datum::Time(time) => time.to_string(),
        Datum::DateTime(moment) => moment.to_string(),
        Datum::Float(number) if !number.is_finite() => number.to_string(),
        Datum::Bytes(bytes) => format!("{} bytes", bytes.len()),
        Datum::Tuple(_) | Datum::Set(_) => format!("{}: {}", datum.kind(), frame::text(datum)),
        _ => frame::text(datum),
    };
    let mut characters = text.chars();
    let start: String = characters.by_ref().take(MOST).collect();
    if characters.next().is_none() {
        return start;
    }
    format!("{start}…")
}

/// A way to a value; it is only written out where it is shown.
struct Path<'a>(Option<&'a Path<'a>>, Part<'a>);

enum Part<'a> {
    Root,
    Record(usize),
    Item(usize),
    Field(&'a Datum),
}

impl Path<'_> {
    fn text(&self) -> String {
        let mut text = self.0.map_or_else(String::new, Path::text);
        match &self.1 {
            Part::Root => {}
            Part::Record(number) => text = format!("record {number}"),
            Part::Item(number) => {
                let _ = write!(text, "[{number}]");
            }
            Part::Field(key) => {
                let between = match text.as_str() {
                    "" => "",
                    text if text.contains(", ") || !text.starts_with("record ") => ".",
                    _ => ", ",
                };
                let _ = write!(text, "{between}{}", frame::name(key));
            }
        }
        text
    }
}

#[derive(Default)]
struct Comparison {
    values: u64,
    changes: BTreeMap<(&'static str, &'static str), Change>,
}

impl Comparison {
    fn finish(self) -> Losses {
        let mut changes: Vec<_> = self.changes.into_values().collect();
        changes.sort_by_key(|change| core::cmp::Reverse(change.count));
        Losses {
            values: self.values,
            changed: changes.iter().map(|change| change.count).sum(),
            changes,
        }
    }

    fn note(
        &mut self,
        from: &'static str,
        to: &'static str,
        path: &Path<'_>,
        before: Option<&Datum>,
        after: Option<&Datum>,
    ) {
        let change = self.changes.entry((from, to)).or_insert_with(|| Change {
            from: from.to_owned(),
            to: to.to_owned(),
            count: 0,
            place: path.text(),
            before: before.map_or_else(|| "not there".to_owned(), short),
            after: after.map_or_else(|| "not there".to_owned(), short),
        });
        change.count += 1;
    }

    fn maybe(&mut self, before: &Datum, after: Option<&Datum>, path: &Path<'_>) {
        match after {
            Some(after) => self.compare(before, after, path),
            None => {
                self.values += 1;
                self.note(before.kind(), "not there", path, Some(before), None);
            }
        }
    }

    fn compare(&mut self, before: &Datum, after: &Datum, path: &Path<'_>) {
        match (before, after) {
            (Datum::Map(before), Datum::Map(after)) => self.maps(before, after, path),
            (Datum::List(b), Datum::List(a)) | (Datum::Tuple(b), Datum::Tuple(a)) => {
                self.lists(b, a, path);
            }
            (Datum::Tuple(b) | Datum::Set(b), Datum::List(a)) => {
                self.note(before.kind(), after.kind(), path, Some(before), Some(after));
                self.lists(b, a, path);
            }
            _ => {
                self.values += 1;
                if before != after {
                    let (from, to) = (before.kind(), after.kind());
                    let to = if from == to { "another value" } else { to };
                    self.note(from, to, path, Some(before), Some(after));
                }
            }
        }
    }

    fn lists(&mut self, before: &[Datum], after: &[Datum], path: &Path<'_>) {
        for (at, item) in before.iter().enumerate() {
            self.maybe(item, after.get(at), &Path(Some(path), Part::Item(at + 1)));
        }
        for (at, item) in after.iter().enumerate().skip(before.len()) {
            let path = Path(Some(path), Part::Item(at + 1));
            self.note("not there", item.kind(), &path, None, Some(item));
        }
    }

    fn maps(&mut self, before: &Map, after: &Map, path: &Path<'_>) {
        if before.keys() == after.keys() {
            for ((key, value), other) in before.iter().zip(after.values()) {
                self.compare(value, other, &Path(Some(path), Part::Field(key)));
            }
            return;
        }
        let same_length = before.len() == after.len();
        let mut found = vec![false; after.len()];
        for (at, (key, value)) in before.iter().enumerate() {
            let path = Path(Some(path), Part::Field(key));
            let place = after.keys().iter().position(|other| other == key);
            // A name that was changed, and the value beside it.
            let renamed = || {
                let other = after.keys().get(at).filter(|_| same_length)?;
                (!before.keys().contains(other)).then_some(at)
            };
            match place.or_else(renamed) {
                Some(place) => {
                    found[place] = true;
                    let (name, other) = (&after.keys()[place], &after.values()[place]);
                    if name != key {
                        self.note(
                            "a field’s name",
                            "another name",
                            &path,
                            Some(key),
                            Some(name),
                        );
                    }
                    self.compare(value, other, &path);
                }
                None => self.maybe(value, None, &path),
            }
        }
        for ((key, value), _) in after.iter().zip(&found).filter(|(_, found)| !**found) {
            let path = Path(Some(path), Part::Field(key));
            self.note("not there", value.kind(), &path, None, Some(value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(entries: &[(&str, Datum)]) -> Datum {
        Datum::map(entries.iter().map(|(name, value)| (*name, value.clone())))
    }

    fn of_one(before: &Datum, after: &Datum) -> Losses {
        of_records(core::slice::from_ref(before), core::slice::from_ref(after))
    }

    fn told(losses: &Losses) -> Vec<String> {
        let line = |change: &Change| {
            let Change {
                from,
                to,
                count,
                place,
                before,
                after,
            } = change;
            format!("{count} × {from} → {to} ({place}: {before} → {after})")
        };
        losses.changes.iter().map(line).collect()
    }

    #[test]
    fn what_is_the_same_is_no_loss() {
        let rows = [row(&[("a", Datum::Float(f64::NAN)), ("b", Datum::Null)])];
        let losses = of_records(&rows, &rows);
        assert_eq!((losses.values, losses.changed), (2, 0));
        assert_eq!(losses.changes, []);
    }

    #[test]
    fn changes_are_counted_by_kind_and_the_first_is_shown() {
        let before = row(&[
            ("a", Datum::Int(1)),
            ("b", Datum::Bool(true)),
            ("c", Datum::List(vec![Datum::Int(1)])),
        ]);
        let after = row(&[("a", "1".into()), ("b", "true".into()), ("c", "[1]".into())]);
        let losses = of_records(&[before.clone(), before], &[after.clone(), after]);
        assert_eq!((losses.values, losses.changed), (6, 6));
        assert_eq!(
            told(&losses),
            [
                "2 × a list → a text (record 1, c: [1] → “[1]”)",
                "2 × a whole number → a text (record 1, a: 1 → “1”)",
                "2 × true or false → a text (record 1, b: true → “true”)",
            ]
        );
    }

    #[test]
    fn fields_that_are_gone_added_or_renamed_are_told() {
        let before = row(&[("a", Datum::Null), ("b", Datum::Int(1))]);
        let gone = row(&[("b", Datum::Int(1))]);
        assert_eq!(
            told(&of_one(&before, &gone)),
            ["1 × nothing → not there (record 1, a: nothing → not there)"]
        );
        assert_eq!(
            told(&of_one(&gone, &before)),
            ["1 × not there → nothing (record 1, a: not there → nothing)"]
        );
        let capital = row(&[("A", Datum::Null), ("b", Datum::Int(1))]);
        assert_eq!(
            told(&of_one(&capital, &before)),
            ["1 × a field’s name → another name (record 1, A: “A” → “a”)"]
        );
    }

    #[test]
    fn records_and_items_that_are_gone_are_told_with_their_way() {
        let list = |items: &[i64]| Datum::List(items.iter().copied().map(Datum::Int).collect());
        let before = row(&[("a", row(&[("b", list(&[1, 2]))]))]);
        let after = row(&[("a", row(&[("b", list(&[1]))]))]);
        assert_eq!(
            told(&of_one(&before, &after)),
            ["1 × a whole number → not there (record 1, a.b[2]: 2 → not there)"]
        );
        let losses = of_records(&[before.clone(), before], &[]);
        assert_eq!(losses.changes.first().map(|change| change.count), Some(2));
    }

    #[test]
    fn a_tuple_that_became_a_list_is_one_change_and_its_items_are_compared() {
        let before = Datum::Tuple(vec![Datum::Int(1), Datum::Float(0.0)]);
        let after = Datum::List(vec![Datum::Int(1), Datum::Float(-0.0)]);
        assert_eq!(
            told(&of_value(&before, &after)),
            [
                "1 × a number → another value ([2]: 0.0 → -0.0)",
                "1 × a tuple → a list (: a tuple: [1,0.0] → [1,-0.0])",
            ]
        );
    }
}
