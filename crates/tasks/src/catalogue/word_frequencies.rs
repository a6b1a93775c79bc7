//! `word_frequencies`: how often which word stands in a text.

use std::borrow::Cow;

use rustc_hash::FxHashMap;
use unicode_segmentation::UnicodeSegmentation;
use values::Value;

use crate::{Host, Parameter, Task, TaskError};

pub(super) struct WordFrequencies;

/// Shorter words say little about a text.
const FEWEST_LETTERS: usize = 3;
/// How many of the most frequent words are given back.
const TOP: usize = 10;

impl Task for WordFrequencies {
    fn name(&self) -> &'static str {
        "word_frequencies"
    }

    fn version(&self) -> u32 {
        1
    }

    fn summary(&self) -> &'static str {
        "Counts the words of three letters and more in a text, and names the ten most frequent."
    }

    fn parameters(&self) -> &'static [Parameter] {
        &[
            Parameter {
                name: "name",
                help: "the name of the text, given back with the result",
            },
            Parameter {
                name: "text",
                help: "the text itself, or its bytes in UTF-8",
            },
        ]
    }

    fn run(&self, arguments: Value, _: &dyn Host) -> Result<Value, TaskError> {
        let name = arguments.text("name")?;
        let text = match arguments.get("text") {
            Some(Value::Bytes(bytes)) => decode(bytes)?,
            _ => arguments.text("text")?,
        };
        let Frequencies { words, top } = count(text);
        let top_words = top
            .into_iter()
            .map(|(word, times)| Value::List(vec![Value::Str(word), Value::Int(times)]));
        Ok(Value::map([
            ("name", Value::from(name)),
            ("word_count", Value::Int(words)),
            ("top_words", Value::List(top_words.collect())),
        ]))
    }
}

/// The text in these bytes: UTF-8, with or without a byte order mark, and without zero bytes.
fn decode(bytes: &[u8]) -> Result<&str, TaskError> {
    let not_text = |offset: usize, reason| TaskError::NotText {
        offset,
        line: 1 + bytes[..offset]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count(),
        reason,
    };
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(not_text(0, "it begins like UTF-16, with a byte order mark"));
    }
    let text = core::str::from_utf8(bytes)
        .map_err(|error| not_text(error.valid_up_to(), "a byte that UTF-8 does not allow here"))?;
    if let Some(offset) = bytes.iter().position(|byte| *byte == 0) {
        return Err(not_text(offset, "a zero byte, as in a binary file"));
    }
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

struct Frequencies {
    words: i64,
    top: Vec<(String, i64)>,
}

/// Words as Unicode sees them (<https://unicode.org/reports/tr29/#Word_Boundaries>), in lower case. Of equally frequent
/// words the one that comes first in the order of code points is named first, so that the answer never depends on luck.
fn count(text: &str) -> Frequencies {
    let mut times: FxHashMap<Cow<'_, str>, i64> = FxHashMap::default();
    let mut words = 0;
    for word in text.unicode_words().filter_map(counted) {
        words += 1;
        match times.get_mut(&*word) {
            Some(count) => *count += 1,
            None => {
                times.insert(word, 1);
            }
        }
    }
    let mut ranked: Vec<_> = times.into_iter().collect();
    let rank = |a: &(Cow<'_, str>, i64), b: &(Cow<'_, str>, i64)| {
        b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0))
    };
    if ranked.len() > TOP {
        ranked.select_nth_unstable_by(TOP, rank);
        ranked.truncate(TOP);
    }
    ranked.sort_unstable_by(rank);
    Frequencies {
        words,
        top: ranked
            .into_iter()
            .map(|(word, count)| (word.into_owned(), count))
            .collect(),
    }
}

/// The word in lower case, if it has enough letters. One look at each byte tells both for most words.
fn counted(word: &str) -> Option<Cow<'_, str>> {
    let (mut letters, mut capitals, mut foreign) = (0, 0, 0);
    for byte in word.bytes() {
        letters += usize::from(byte.is_ascii_alphabetic());
        capitals += usize::from(byte.is_ascii_uppercase());
        foreign += usize::from(!byte.is_ascii());
    }
    if foreign > 0 {
        letters = word.chars().filter(|letter| letter.is_alphabetic()).count();
    }
    if letters < FEWEST_LETTERS {
        None
    } else if foreign > 0 {
        Some(Cow::Owned(word.to_lowercase()))
    } else if capitals > 0 {
        Some(Cow::Owned(word.to_ascii_lowercase()))
    } else {
        Some(Cow::Borrowed(word))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::TestHost;

    fn run(text: Value) -> Result<Value, TaskError> {
        let arguments = Value::map([("name", Value::from("a.txt")), ("text", text)]);
        WordFrequencies.run(arguments, &TestHost::default())
    }

    fn top(text: &str) -> Vec<(String, i64)> {
        count(text).top
    }

    #[test]
    fn words_of_three_letters_and_more_are_counted_without_regard_to_case() {
        let result = run(Value::from(
            "The cat and the CAT, an ox; 1901 it's the end.",
        ))
        .unwrap();
        assert_eq!(result.int("word_count"), Ok(8));
        assert_eq!(result.text("name"), Ok("a.txt"));
        let expected = [("the", 3), ("cat", 2), ("and", 1), ("end", 1), ("it's", 1)];
        assert_eq!(
            result.get("top_words"),
            Some(&Value::List(
                expected
                    .iter()
                    .map(|(w, n)| Value::List(vec![Value::from(*w), Value::Int(*n)]))
                    .collect()
            ))
        );
    }

    #[test]
    fn words_of_other_scripts_count_too() {
        assert_eq!(
            top("Straße STRASSE straße été Été ÉTÉ"),
            [
                ("été".into(), 3),
                ("straße".into(), 2),
                ("strasse".into(), 1)
            ]
        );
        assert_eq!(
            top("Привет, мир! Привет"),
            [("привет".into(), 2), ("мир".into(), 1)]
        );
        assert_eq!(top("سلام دنیا سلام")[0], ("سلام".into(), 2));
    }

    #[test]
    fn only_ten_words_are_named_and_ties_are_in_order() {
        let text: Vec<String> = (b'a'..=b'z')
            .rev()
            .map(|c| (c as char).to_string().repeat(3))
            .collect();
        let top = top(&text.join(" "));
        assert_eq!(top.len(), 10);
        assert_eq!(top[0], ("aaa".into(), 1));
        assert_eq!(top[9], ("jjj".into(), 1));
    }

    #[test]
    fn an_empty_text_has_no_words() {
        let result = run(Value::Bytes(vec![])).unwrap();
        assert_eq!(result.int("word_count"), Ok(0));
        assert_eq!(result.get("top_words"), Some(&Value::List(vec![])));
    }

    #[test]
    fn bytes_and_text_give_the_same_and_a_byte_order_mark_is_no_letter() {
        assert_eq!(
            run(Value::Bytes("\u{feff}one two".into())),
            run(Value::from("one two"))
        );
    }

    #[test]
    fn bytes_that_are_not_text_are_refused_with_their_position() {
        let error = run(Value::Bytes(b"one\ntwo\n\xff".to_vec())).unwrap_err();
        assert_eq!(error.code(), "not-text");
        assert_eq!(error.position(), Some((8, 3)));
        assert_eq!(
            run(Value::Bytes(b"ab\0".to_vec())).unwrap_err().position(),
            Some((2, 1))
        );
        assert_eq!(
            run(Value::Bytes(b"\xff\xfea\0".to_vec()))
                .unwrap_err()
                .position(),
            Some((0, 1))
        );
        assert_eq!(run(Value::Int(3)).unwrap_err().code(), "task-argument");
    }
}
