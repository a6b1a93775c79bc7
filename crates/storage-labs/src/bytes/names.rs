//! What crates that know of no language say in English, and the lab shows as its own words.

use language::{mark, text};

/// What formats hold, what kinds of values there are, and the titles of the real data.
const NAMES: [&str; 26] = [
    mark!(
        "A table of texts. Types are guessed or declared on reading; nothing and an empty text look the same."
    ),
    mark!(
        "Nothing, true and false, numbers of any size, text, lists, and maps by text. No dates, bytes, tuples or sets."
    ),
    mark!(
        "A list whose values are as in JSON; lines can be appended, and one is read without the others."
    ),
    mark!(
        "All of Python's values: numbers of any size, text, bytes, dates, lists, tuples, sets, maps by any key; and calls of any code, which are refused here."
    ),
    mark!(
        "Sections of named texts, two levels and no more. Everything is text; names of options lose their case."
    ),
    mark!(
        "Maps by text of true and false, 64-bit numbers, text, dates, times, lists and maps. No nothing, bytes, tuples or sets."
    ),
    mark!(
        "Nothing, true and false, numbers of any size, text, bytes, dates, lists, sets, and maps by any key. No tuples or times of day."
    ),
    mark!(
        "Nothing, true and false, whole numbers of 64 bits, floats, text, bytes, moments in UTC, lists, and maps by any key. No tuples or sets."
    ),
    mark!(
        "Everything, because it is the program's own memory written down; but the bytes do not say what they are, and no other program reads them."
    ),
    mark!("nothing"),
    mark!("true or false"),
    mark!("a whole number"),
    mark!("a whole number of more than 64 bits"),
    mark!("a number"),
    mark!("a text"),
    mark!("bytes"),
    mark!("a date with a time"),
    mark!("a date"),
    mark!("a time of day"),
    mark!("a list"),
    mark!("a tuple"),
    mark!("a set"),
    mark!("a map"),
    mark!("not there"),
    mark!("Bird strikes"),
    mark!("Browser compatibility"),
];

/// The words in the visitor's language, if they are among those; a value of the visitor's stays as it is.
pub(super) fn named(english: &str) -> String {
    if NAMES.contains(&english) {
        text(english)
    } else {
        english.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_formats_and_data_is_known() {
        for format in formats::all() {
            assert!(NAMES.contains(&format.holds()), "{}", format.name());
        }
        for set in datasets::bundled() {
            assert!(NAMES.contains(&set.title), "{}", set.name);
        }
    }

    #[test]
    fn kinds_of_values_are_known() {
        use formats::Datum;
        let values = [
            Datum::Null,
            Datum::Bool(true),
            Datum::Int(1),
            Datum::Float(0.5),
            Datum::Str("".into()),
            Datum::Bytes(Vec::new()),
            Datum::List(Vec::new()),
            Datum::Tuple(Vec::new()),
        ];
        for value in values {
            assert!(NAMES.contains(&value.kind()), "{}", value.kind());
        }
        assert_eq!(named("\"a text\""), "\"a text\"");
    }
}
