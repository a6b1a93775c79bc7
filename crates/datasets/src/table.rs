//! What a value looks like as a table.

use std::collections::HashSet;

use formats::Datum;

/// The records in a value, and what they are like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table<'a> {
    /// The records: maps.
    pub records: &'a [Datum],
    /// The key of the map in which the records stand, if the value is not itself the list of them.
    pub within: Option<&'a Datum>,
    /// The names of all fields of the records, in the order in which they first appear.
    pub columns: Vec<&'a Datum>,
    /// Levels of maps and lists within a record: 0 is flat.
    pub depth: usize,
    /// Fields that are [`Datum::Null`] or not there, of `records` × `columns`.
    pub missing: usize,
}

impl Table<'_> {
    /// Whether every field of every record is a single value.
    pub const fn is_flat(&self) -> bool {
        self.depth == 0
    }

    /// What it is, in a sentence.
    pub fn sentence(&self) -> String {
        let shape = match self.depth {
            0 => "flat".to_owned(),
            1 => "nested, one level deep".to_owned(),
            depth => format!("nested, {depth} levels deep"),
        };
        let within = match self.within {
            Some(Datum::Str(name)) => format!(" (the list in “{name}”)"),
            Some(_) => " (the list in it)".to_owned(),
            None => String::new(),
        };
        let (records, columns) = (self.records.len(), self.columns.len());
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        format!(
            "{records} record{}{within} with {columns} field{}, {shape}.",
            plural(records),
            plural(columns)
        )
    }
}

/// The value as a table: a list of maps, or a map in which exactly one value is such a list.
///
/// None if there is no such list, if it is empty, or if something in it is not a map.
pub fn as_table(datum: &Datum) -> Option<Table<'_>> {
    if let Some(records) = records(datum) {
        return Some(table(records, None));
    }
    let Datum::Map(entries) = datum else {
        return None;
    };
    let mut lists = entries
        .iter()
        .filter_map(|(key, value)| records(value).map(|records| (key, records)));
    let (key, found) = lists.next()?;
    lists.next().is_none().then(|| table(found, Some(key)))
}

/// The items of a list of maps that is not empty.
fn records(datum: &Datum) -> Option<&[Datum]> {
    let (Datum::List(items) | Datum::Tuple(items)) = datum else {
        return None;
    };
    let are_maps = items.iter().all(|item| matches!(item, Datum::Map(_)));
    (are_maps && !items.is_empty()).then_some(items)
}

fn table<'a>(records: &'a [Datum], within: Option<&'a Datum>) -> Table<'a> {
    let (mut columns, mut seen) = (Vec::new(), HashSet::new());
    let (mut depth, mut there) = (0, 0);
    for record in records {
        let Datum::Map(entries) = record else {
            continue;
        };
        for (index, (key, value)) in entries.iter().enumerate() {
            // Most records have the fields of the first, in its order: then nothing has to be looked up.
            if columns.get(index) != Some(&key) && seen.insert(key) {
                columns.push(key);
            }
            there += usize::from(!matches!(value, Datum::Null));
            depth = depth.max(levels(value));
        }
    }
    Table {
        missing: records.len() * columns.len() - there,
        records,
        within,
        columns,
        depth,
    }
}

/// Levels of maps and lists of a value; it comes from a decoder or a generator, which bound them.
fn levels(datum: &Datum) -> usize {
    let deepest = |items: &[Datum]| items.iter().map(levels).max().unwrap_or(0);
    match datum {
        Datum::List(items) | Datum::Tuple(items) | Datum::Set(items) => 1 + deepest(items),
        Datum::Map(entries) => 1 + entries.iter().map(|(_, v)| levels(v)).max().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(names: &[&str]) -> Datum {
        Datum::map(names.iter().map(|name| (*name, Datum::Int(1))))
    }

    #[test]
    fn fields_are_counted_over_all_records() {
        let rows = Datum::List(vec![row(&["a", "b"]), row(&["b", "c"]), row(&["c", "a"])]);
        let table =
            as_table(&rows).map(|table| (table.columns.len(), table.missing, table.is_flat()));
        assert_eq!(table, Some((3, 3, true)));
    }

    #[test]
    fn a_list_within_a_map_is_found_and_named() {
        let rows = Datum::List(vec![Datum::map([("a", row(&["b"]))])]);
        let file = Datum::map([("version", Datum::Int(1)), ("rows", rows.clone())]);
        let sentence = as_table(&file).map(|table| table.sentence());
        assert_eq!(
            sentence.as_deref(),
            Some("1 record (the list in “rows”) with 1 field, nested, one level deep.")
        );
        let two = Datum::map([("a", rows.clone()), ("b", rows)]);
        assert_eq!(as_table(&two), None);
    }

    #[test]
    fn what_is_no_list_of_maps_is_no_table() {
        for datum in [
            Datum::Int(1),
            Datum::List(vec![]),
            Datum::List(vec![row(&["a"]), Datum::Int(1)]),
            row(&["a"]),
        ] {
            assert_eq!(as_table(&datum), None, "{datum:?}");
        }
    }
}
