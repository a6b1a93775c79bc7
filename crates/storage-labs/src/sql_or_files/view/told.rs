//! What the questions and the plans say in English, in the visitor's language.

use engines::adapters::sqlite::plan::{Access, access};
use engines::questions::{ADDED, Asked, BORN_FROM, BORN_TO, NEW_HEIGHT, Question};
use language::{number, t};

/// [`Question::title`].
pub(super) fn title(question: Question) -> String {
    match question {
        Question::Find => t!("Find one person"),
        Question::Filter => t!("Filter: who was born in 1990"),
        Question::Group => t!("Group: how many people in each city, and how tall"),
        Question::Join => t!("Join: how many people in each country"),
        Question::Update => t!("Update one person"),
        Question::Add => t!("Add 10,000 people"),
    }
}

/// [`Asked::sentence`].
pub(super) fn sentence(question: Question, people: u32) -> String {
    let id = Asked { question, people }.id();
    match question {
        Question::Find => t!("Who has the number {id}?", id),
        Question::Filter => t!(
            "Who was born between {from} and {to}?",
            from = BORN_FROM,
            to = BORN_TO
        ),
        Question::Group => {
            t!("How many people live in each city, and how tall are they on average?")
        }
        Question::Join => t!(
            "How many people live in each country? (A person has a city; the city has a country.)"
        ),
        Question::Update => t!(
            "Change the height of person {id} to {height} m.",
            id,
            height = number(&NEW_HEIGHT.to_string())
        ),
        Question::Add => t!(
            "Add {added} people, with the numbers from {first} on.",
            added = ADDED,
            first = people + 1
        ),
    }
}

/// [`words`](engines::adapters::sqlite::plan::words).
pub(super) fn plan(detail: &str) -> Option<String> {
    Some(match access(detail) {
        Access::Scan(table) => t!(
            "Reads every row of {table}, from the first to the last.",
            table
        ),
        Access::ScanIndex {
            table,
            index,
            covering: true,
        } => t!(
            "Reads the index {index} from end to end. It holds all that is asked for, so {table} itself is not touched.",
            index,
            table
        ),
        Access::ScanIndex { table, index, .. } => t!(
            "Goes through the index {index} in its order, and fetches each row of {table} it points at.",
            index,
            table
        ),
        Access::Key(table) => t!(
            "Goes down the tree of {table} straight to the row with that number.",
            table
        ),
        Access::SearchIndex {
            table,
            index,
            covering: true,
        } => t!(
            "Goes straight to the entries in the index {index}. It holds all that is asked for, so {table} itself is not touched.",
            index,
            table
        ),
        Access::SearchIndex { table, index, .. } => t!(
            "Goes straight to the entries in the index {index}, and fetches only the rows of {table} they point at.",
            index,
            table
        ),
        Access::AutomaticIndex(table) => t!(
            "Makes an index of {table} for this one question, and throws it away afterwards.",
            table
        ),
        Access::Sorter(what) => t!("Sorts into a tree of its own in memory, for {what}.", what),
        Access::Other => match detail {
            "SCAN CONSTANT ROW" => t!("Needs no table for this."),
            _ if detail.starts_with("CO-ROUTINE") || detail.starts_with("MATERIALIZE") => {
                t!("Works out this part as if it were a table of its own.")
            }
            "SETUP" => t!("Begins with these rows."),
            "RECURSIVE STEP" => t!("Goes on from the newest rows, again and again."),
            _ => return None,
        },
    })
}

#[cfg(test)]
mod tests {
    use engines::adapters::sqlite::plan::words;

    use super::*;

    #[test]
    fn questions_are_told_as_the_engines_tell_them() {
        for question in Question::ALL {
            assert_eq!(title(question), question.title());
            for people in [100, 100_000] {
                let asked = Asked { question, people };
                assert_eq!(sentence(question, people), asked.sentence());
            }
        }
    }

    #[test]
    fn plans_are_told_as_the_engines_tell_them() {
        let details = [
            "SCAN people",
            "SCAN people USING COVERING INDEX by_name",
            "SCAN people USING INDEX by_name",
            "SEARCH people USING INTEGER PRIMARY KEY (rowid=?)",
            "SEARCH people USING COVERING INDEX by_name (name=?)",
            "SEARCH people USING INDEX by_name (name=?)",
            "SEARCH people USING AUTOMATIC COVERING INDEX (name=?)",
            "USE TEMP B-TREE FOR ORDER BY",
            "SCAN CONSTANT ROW",
            "CO-ROUTINE c",
            "MATERIALIZE c",
            "SETUP",
            "RECURSIVE STEP",
            "COMPOUND QUERY",
        ];
        for detail in details {
            assert_eq!(plan(detail), words(detail), "{detail}");
        }
    }
}
