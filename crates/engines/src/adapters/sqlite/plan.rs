//! SQLite's plan for a statement: the rows of `EXPLAIN QUERY PLAN` (<https://www.sqlite.org/eqp.html>), as a tree, and in
//! plain words.

use serde::{Deserialize, Serialize};

use crate::sql::SqlValue;

/// A line of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// How deep it stands in the tree, from 0.
    pub depth: u32,
    /// What SQLite says.
    pub detail: String,
}

/// From the rows of `EXPLAIN QUERY PLAN`: `id`, `parent`, one that means nothing, `detail`; end to end, parents first.
pub fn lines(values: &[SqlValue]) -> Vec<Line> {
    let mut depths: Vec<(i64, u32)> = Vec::new();
    let mut lines = Vec::new();
    for row in values.chunks_exact(4) {
        let [
            SqlValue::Integer(id),
            SqlValue::Integer(parent),
            _,
            SqlValue::Text(detail),
        ] = row
        else {
            continue;
        };
        let above = depths.iter().rev().find(|(known, _)| known == parent);
        let depth = above.map_or(0, |(_, depth)| depth + 1);
        depths.push((*id, depth));
        lines.push(Line {
            depth,
            detail: detail.clone(),
        });
    }
    lines
}

/// How rows of a table are got at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access<'a> {
    /// All rows of a table, one after the other.
    Scan(&'a str),
    /// All entries of an index, and the rows they stand for unless the index covers all that is asked.
    ScanIndex {
        /// The table.
        table: &'a str,
        /// The index.
        index: &'a str,
        /// Whether the index holds everything that is asked for.
        covering: bool,
    },
    /// Rows by their number.
    Key(&'a str),
    /// Rows by an index.
    SearchIndex {
        /// The table.
        table: &'a str,
        /// The index.
        index: &'a str,
        /// Whether the index holds everything that is asked for.
        covering: bool,
    },
    /// An index that SQLite makes for this statement alone.
    AutomaticIndex(&'a str),
    /// A sorted list that SQLite makes for this statement alone, in memory; for what.
    Sorter(&'a str),
    /// Something else.
    Other,
}

/// What a line says.
pub fn access(detail: &str) -> Access<'_> {
    if let Some(what) = detail.strip_prefix("USE TEMP B-TREE FOR ") {
        return Access::Sorter(what);
    }
    let (verb, rest) = detail.split_once(' ').unwrap_or((detail, ""));
    let (table, how) = rest.split_once(' ').unwrap_or((rest, ""));
    let named = |prefix: &str| {
        let index = how.strip_prefix(prefix)?;
        Some(index.split(' ').next().unwrap_or(index))
    };
    let index = named("USING COVERING INDEX ")
        .map(|index| (index, true))
        .or_else(|| named("USING INDEX ").map(|index| (index, false)));
    match (verb, index) {
        ("SCAN", Some((index, covering))) => Access::ScanIndex {
            table,
            index,
            covering,
        },
        ("SEARCH", Some((index, covering))) => Access::SearchIndex {
            table,
            index,
            covering,
        },
        ("SEARCH", None) if how.starts_with("USING INTEGER PRIMARY KEY") => Access::Key(table),
        ("SEARCH", None) if how.starts_with("USING AUTOMATIC") => Access::AutomaticIndex(table),
        ("SCAN", None) if how.is_empty() && !table.is_empty() && table != "CONSTANT" => {
            Access::Scan(table)
        }
        _ => Access::Other,
    }
}

/// What a line means, in a sentence; none where SQLite's words are all there is to say.
pub fn words(detail: &str) -> Option<String> {
    Some(match access(detail) {
        Access::Scan(table) => format!("Reads every row of {table}, from the first to the last."),
        Access::ScanIndex {
            table,
            index,
            covering: true,
        } => format!(
            "Reads the index {index} from end to end. It holds all that is asked for, so {table} itself is not touched."
        ),
        Access::ScanIndex { table, index, .. } => format!(
            "Goes through the index {index} in its order, and fetches each row of {table} it points at."
        ),
        Access::Key(table) => {
            format!("Goes down the tree of {table} straight to the row with that number.")
        }
        Access::SearchIndex {
            table,
            index,
            covering: true,
        } => format!(
            "Goes straight to the entries in the index {index}. It holds all that is asked for, so {table} itself is not touched."
        ),
        Access::SearchIndex { table, index, .. } => format!(
            "Goes straight to the entries in the index {index}, and fetches only the rows of {table} they point at."
        ),
        Access::AutomaticIndex(table) => format!(
            "Makes an index of {table} for this one question, and throws it away afterwards."
        ),
        Access::Sorter(what) => format!("Sorts into a tree of its own in memory, for {what}."),
        Access::Other => match detail {
            "SCAN CONSTANT ROW" => "Needs no table for this.".to_owned(),
            _ if detail.starts_with("CO-ROUTINE") || detail.starts_with("MATERIALIZE") => {
                "Works out this part as if it were a table of its own.".to_owned()
            }
            "SETUP" => "Begins with these rows.".to_owned(),
            "RECURSIVE STEP" => "Goes on from the newest rows, again and again.".to_owned(),
            _ => return None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_a_tree() {
        let row = |id, parent, detail: &str| {
            vec![
                SqlValue::Integer(id),
                SqlValue::Integer(parent),
                SqlValue::Integer(0),
                SqlValue::Text(detail.to_owned()),
            ]
        };
        let rows = [
            row(2, 0, "CO-ROUTINE c"),
            row(5, 2, "SETUP"),
            row(6, 5, "SCAN CONSTANT ROW"),
            row(20, 2, "RECURSIVE STEP"),
            row(30, 0, "SCAN c"),
        ];
        let depths: Vec<_> = lines(&rows.concat())
            .iter()
            .map(|line| line.depth)
            .collect();
        assert_eq!(depths, [0, 1, 2, 1, 0]);
    }

    #[test]
    fn what_sqlite_says_is_understood() {
        let index = |covering| Access::SearchIndex {
            table: "people",
            index: "people_born",
            covering,
        };
        for (detail, meant) in [
            ("SCAN people", Access::Scan("people")),
            (
                "SEARCH people USING INTEGER PRIMARY KEY (rowid=?)",
                Access::Key("people"),
            ),
            (
                "SEARCH people USING INDEX people_born (born>? AND born<?)",
                index(false),
            ),
            (
                "SEARCH people USING COVERING INDEX people_born (born>? AND born<?)",
                index(true),
            ),
            (
                "SCAN people USING INDEX people_city",
                Access::ScanIndex {
                    table: "people",
                    index: "people_city",
                    covering: false,
                },
            ),
            ("USE TEMP B-TREE FOR GROUP BY", Access::Sorter("GROUP BY")),
            ("SCAN CONSTANT ROW", Access::Other),
            ("COMPOUND QUERY", Access::Other),
        ] {
            assert_eq!(access(detail), meant, "{detail}");
        }
        assert_eq!(words("COMPOUND QUERY"), None);
    }
}
