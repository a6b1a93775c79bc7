//! The prediction while it is made, and once it is.

use language::t;

use crate::example_file::{Guess, Html, Prediction};

/// What stands in the field of a number, and in those of choices and bars.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) number: String,
    pub(super) choice: Option<usize>,
    /// The bars that were moved, in hundredths of the scale.
    bars: Vec<Option<u32>>,
}

/// Where a bar stands before it is moved.
const HALF: u32 = 50;
/// The characters that a number may have.
const MOST_DIGITS: usize = 40;

/// A prediction that was made.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Made {
    Number(f64),
    /// By its place.
    Choice(usize),
    /// In hundredths of the scale.
    Bars(Vec<u32>),
}

impl Draft {
    /// Takes over the value of a field whose name, after the prefix, is this.
    pub(super) fn change(&mut self, control: &str, value: &str) {
        if control == "guess" {
            self.number = value.chars().take(MOST_DIGITS).collect();
            self.choice = value.parse().ok();
        } else if let Some(at) = control.strip_prefix("bar-")
            && let Ok(at) = at.parse::<usize>()
            && at < 100
        {
            if self.bars.len() <= at {
                self.bars.resize(at + 1, None);
            }
            self.bars[at] = value.parse().ok().map(|height: u32| height.min(100));
        }
    }

    /// The draft of which that prediction was made.
    pub(super) fn of(made: &Made) -> Self {
        let mut draft = Self::default();
        match made {
            Made::Number(number) => draft.number = language::number(&number.to_string()),
            Made::Choice(choice) => draft.choice = Some(*choice),
            Made::Bars(bars) => draft.bars = bars.iter().copied().map(Some).collect(),
        }
        draft
    }

    /// How high a bar is drawn.
    pub(super) fn bar(&self, at: usize) -> u32 {
        self.bars.get(at).copied().flatten().unwrap_or(HALF)
    }

    /// The prediction, if it can be made; or what is missing, in a sentence.
    pub(super) fn make(&self, prediction: &Prediction<Html>) -> Result<Made, String> {
        match &prediction.guess {
            Guess::Number { .. } => read(&self.number).map(Made::Number),
            Guess::Choice { choices, .. } => self
                .choice
                .filter(|choice| *choice < choices.len())
                .map(Made::Choice)
                .ok_or_else(|| t!("Choose one first.")),
            Guess::Bars { bars, .. } => {
                let drawn = (0..bars.len()).map(|at| self.bar(at));
                Ok(Made::Bars(drawn.collect()))
            }
        }
    }
}

/// The signs between thousands and before decimals, in the visitor's language.
fn separators() -> (char, char) {
    let written = language::text(language::NUMBER);
    let mut signs = written.chars().filter(|sign| !sign.is_ascii_digit());
    (signs.next().unwrap_or(','), signs.next().unwrap_or('.'))
}

/// A number as people write it.
fn read(text: &str) -> Result<f64, String> {
    let (thousands, point) = separators();
    let plain: String = text
        .chars()
        .filter(|c| *c != thousands && !matches!(c, '_' | '\'' | '’') && !c.is_whitespace())
        .map(|c| match c {
            '−' => '-',
            c if c == point => '.',
            c => c,
        })
        .collect();
    if plain.is_empty() {
        return Err(t!("Write a number first."));
    }
    let is_plain = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E');
    plain
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite() && plain.chars().all(is_plain))
        .ok_or_else(|| t!("“{text}” is no number. Write it like 1,000 or 2.5.", text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_the_language_writes_them() {
        let pair = (language::NUMBER.to_owned(), "1.234,5".to_owned());
        language::choose(Some(language::Catalogue::new([pair])));
        assert_eq!(read("1.000"), Ok(1000.0));
        assert_eq!(read("2,5"), Ok(2.5));
        let draft = Draft::of(&Made::Number(1234.5));
        assert_eq!(read(&draft.number), Ok(1234.5));
        language::choose(None);
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        assert_eq!(read(" 1,000 "), Ok(1000.0));
        assert_eq!(read("1 000 000"), Ok(1e6));
        assert_eq!(read("−2.5"), Ok(-2.5));
        for text in ["", " ", "many", "NaN", "inf", "1e999", "1.2.3"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
