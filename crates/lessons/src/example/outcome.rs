//! What was predicted against what was found.

use language::t;
use values::Value;
use widgets::{Facts, format};

use super::checks;
use super::guess::Made;
use crate::example_file::{Guess, Html, Prediction};

/// What was found, with the prediction if there was one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Outcome {
    pub(super) made: Option<Made>,
    pub(super) actual: Actual,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Actual {
    Number(f64),
    /// What it is called, and its place among the choices if it is one of them.
    Choice(String, Option<usize>),
    Bars(Vec<f64>),
}

impl Outcome {
    /// Compares; nothing if the lab has not found what the prediction is about.
    pub(super) fn new(
        prediction: &Prediction<Html>,
        made: Option<Made>,
        facts: &Facts,
    ) -> Option<Self> {
        let actual = match &prediction.guess {
            Guess::Number { actual, .. } => Actual::Number(checks::number(facts.get(actual)?)?),
            Guess::Choice { choices, actual } => {
                let fact = facts.get(actual)?;
                let at = choices
                    .iter()
                    .position(|choice| checks::is(fact, &choice.value));
                let text = at.map_or_else(|| words(fact), |at| choices[at].text.clone());
                Actual::Choice(text, at)
            }
            Guess::Bars { bars, .. } => {
                let found = bars
                    .iter()
                    .map(|bar| checks::number(facts.get(&bar.actual)?));
                Actual::Bars(found.collect::<Option<_>>()?)
            }
        };
        Some(Self { made, actual })
    }

    /// How near the prediction was, if there was one: 1 is right, 0 is not. A number by the smaller part of it and what was
    /// found, bars by how far they are off on average, as part of the longest.
    pub(super) fn score(&self, prediction: &Prediction<Html>) -> Option<f64> {
        let score = match (self.made.as_ref()?, &self.actual) {
            (Made::Number(said), Actual::Number(actual)) => closeness(*said, *actual),
            (Made::Choice(said), Actual::Choice(_, at)) => f64::from(u8::from(Some(*said) == *at)),
            (Made::Bars(_), Actual::Bars(_)) => {
                let (drawn, found) = self.bars(prediction)?;
                let longest = found.iter().copied().fold(0.0, f64::max);
                let gap = mean_gap(&drawn, &found);
                if gap < f64::EPSILON {
                    1.0
                } else {
                    1.0 - gap / longest.max(gap)
                }
            }
            _ => return None,
        };
        Some(score.clamp(0.0, 1.0))
    }

    /// In a sentence or two.
    pub(super) fn sentence(&self, prediction: &Prediction<Html>) -> String {
        let unit = match &prediction.guess {
            Guess::Number { unit, .. } | Guess::Bars { unit, .. } => unit.as_deref(),
            Guess::Choice { .. } => None,
        };
        match (&self.made, &self.actual) {
            (None, Actual::Number(actual)) => t!("It was {found}.", found = amount(*actual, unit)),
            (None, Actual::Choice(actual, _)) => t!("It was: {found}.", found = actual),
            (Some(Made::Number(said)), Actual::Number(actual)) => t!(
                "You said {said}; it was {found}: {off}.",
                said = amount(*said, unit),
                found = amount(*actual, unit),
                off = off(*said, *actual)
            ),
            (Some(Made::Choice(said)), Actual::Choice(actual, at)) => {
                if Some(*said) == *at {
                    t!("You were right: {found}.", found = actual)
                } else {
                    let said = match &prediction.guess {
                        Guess::Choice { choices, .. } => choices.get(*said),
                        _ => None,
                    };
                    let said =
                        said.map_or_else(|| t!("something else"), |choice| choice.text.clone());
                    t!("You said: {said}. It was: {found}.", said, found = actual)
                }
            }
            (Some(Made::Bars(_)), Actual::Bars(_)) => self.compare_bars(prediction),
            (_, Actual::Bars(found)) => listed(prediction, found),
            // A prediction is made and compared by the same kind.
            (Some(_), _) => String::new(),
        }
    }

    /// The bars as they are drawn, predicted and found, on one scale.
    pub(super) fn bars(&self, prediction: &Prediction<Html>) -> Option<(Vec<f64>, Vec<f64>)> {
        let (Actual::Bars(found), Guess::Bars { most, .. }) = (&self.actual, &prediction.guess)
        else {
            return None;
        };
        let drawn = match &self.made {
            Some(Made::Bars(drawn)) => drawn.as_slice(),
            _ => &[],
        };
        let longest = drawn.iter().copied().max().unwrap_or_default().max(1);
        let longest_found = found.iter().copied().fold(0.0, f64::max);
        // Without a scale it is how the bars compare that was predicted: the longest is as long as the longest found.
        let scale = most.map_or(longest_found / f64::from(longest), |most| most / 100.0);
        let drawn = drawn.iter().map(|height| f64::from(*height) * scale);
        Some((drawn.collect(), found.clone()))
    }

    fn compare_bars(&self, prediction: &Prediction<Html>) -> String {
        let (Some((drawn, found)), Guess::Bars { bars, .. }) =
            (self.bars(prediction), &prediction.guess)
        else {
            return String::new();
        };
        let longest = |lengths: &[f64]| {
            let places = lengths.iter().enumerate();
            places
                .max_by(|a, b| a.1.total_cmp(b.1))
                .map(|(at, length)| (at, *length))
        };
        let (Some((said, _)), Some((true_one, most))) = (longest(&drawn), longest(&found)) else {
            return String::new();
        };
        let name = |at: usize| bars.get(at).map_or("", |bar| bar.name.as_str());
        let gap = mean_gap(&drawn, &found);
        let part = if most > 0.0 { gap / most * 100.0 } else { 0.0 };
        let part = format!("{part:.0}");
        let rest = t!(
            "On average your bars are off by {part} % of the longest.",
            part
        );
        if said == true_one {
            t!(
                "You drew the right one longest: {name}. {rest}",
                name = name(said),
                rest
            )
        } else {
            t!(
                "You drew {said} longest; it was {found}. {rest}",
                said = name(said),
                found = name(true_one),
                rest
            )
        }
    }
}

/// How far two lists of lengths are apart, on average.
fn mean_gap(drawn: &[f64], found: &[f64]) -> f64 {
    let gaps = drawn.iter().zip(found).map(|(a, b)| (a - b).abs());
    gaps.sum::<f64>() / found.len().max(1) as f64
}

/// The smaller by the larger: 1 is exact.
fn closeness(said: f64, actual: f64) -> f64 {
    if (said - actual).abs() < f64::EPSILON {
        return 1.0;
    }
    if said * actual <= 0.0 {
        return 0.0;
    }
    let (said, actual) = (said.abs(), actual.abs());
    said.min(actual) / said.max(actual)
}

/// How far off, in words.
fn off(said: f64, actual: f64) -> String {
    if (said - actual).abs() < f64::EPSILON {
        return t!("exactly right");
    }
    let is_high = said > actual;
    let either = |high: String, low: String| if is_high { high } else { low };
    if said * actual <= 0.0 {
        let gap = amount((said - actual).abs(), None);
        return either(t!("{gap} too high", gap), t!("{gap} too low", gap));
    }
    let part = (said - actual).abs() / actual.abs();
    let closeness = closeness(said, actual);
    if part < 0.01 {
        either(t!("less than 1 % too high"), t!("less than 1 % too low"))
    } else if closeness > 0.5 {
        let part = format!("{:.0}", part * 100.0);
        either(t!("{part} % too high", part), t!("{part} % too low", part))
    } else {
        let times = amount(1.0 / closeness, None);
        either(
            t!("{times} times too high", times),
            t!("{times} times too low", times),
        )
    }
}

/// A number as a person reads it, with what is counted.
pub(super) fn amount(number: f64, unit: Option<&str>) -> String {
    let size = number.abs();
    let sign = if number < 0.0 { "−" } else { "" };
    let digits = if size.fract() == 0.0 && size < 1e15 || (100.0..1e15).contains(&size) {
        format::count(size.round() as u64)
    } else if size >= 1e15 {
        language::number(&format!("{size:e}"))
    } else if size >= 10.0 {
        language::number(&format!("{size:.1}"))
    } else if size >= 0.1 {
        language::number(&format!("{size:.2}"))
    } else {
        language::number(&format!("{size:.4}"))
    };
    match unit {
        Some(unit) => format!("{sign}{digits} {unit}"),
        None => format!("{sign}{digits}"),
    }
}

/// What was found of each bar.
fn listed(prediction: &Prediction<Html>, found: &[f64]) -> String {
    let Guess::Bars { bars, unit, .. } = &prediction.guess else {
        return String::new();
    };
    let each = bars.iter().zip(found);
    let each =
        each.map(|(bar, length)| format!("{} {}", bar.name, amount(*length, unit.as_deref())));
    t!(
        "It was: {found}.",
        found = each.collect::<Vec<_>>().join(", ")
    )
}

fn words(fact: &Value) -> String {
    match fact {
        Value::Str(text) => text.clone(),
        Value::Bool(true) => t!("yes"),
        Value::Bool(false) => t!("no"),
        _ => checks::number(fact).map_or_else(String::new, |number| amount(number, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_off_is_told_in_per_cent_or_times() {
        assert_eq!(off(10.0, 10.0), "exactly right");
        assert_eq!(off(1004.0, 1000.0), "less than 1 % too high");
        assert_eq!(off(900.0, 1000.0), "10 % too low");
        assert_eq!(off(3000.0, 1000.0), "3 times too high");
        assert_eq!(off(2.0, 25.0), "12.5 times too low");
        assert_eq!(off(0.0, 25.0), "25 too low");
        assert_eq!(off(-5.0, 5.0), "10 too low");
    }

    #[test]
    fn amounts_have_as_many_digits_as_mean_something() {
        assert_eq!(amount(1234.0, Some("bytes")), "1,234 bytes");
        assert_eq!(amount(1234.56, None), "1,235");
        assert_eq!(amount(12.345, None), "12.3");
        assert_eq!(amount(1.5, Some("ms")), "1.50 ms");
        assert_eq!(amount(-0.01, None), "−0.0100");
    }
}
