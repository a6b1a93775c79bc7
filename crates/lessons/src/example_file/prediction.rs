//! What a visitor says before running: a number, a choice, or bars.

use serde::{Deserialize, Serialize};

use super::{Literal, Markdown};

/// What is to be predicted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written<T>", into = "Written<T>")]
#[serde(bound(
    serialize = "T: Clone + Serialize",
    deserialize = "T: Deserialize<'de>"
))]
pub struct Prediction<T = Markdown> {
    /// The question; inline.
    pub question: T,
    /// How it is answered, and what is true.
    pub guess: Guess,
    /// Why it is as it is; told after the run.
    pub why: T,
}

/// How a prediction is made, and which facts of the lab say what is true.
#[derive(Clone, Debug, PartialEq)]
pub enum Guess {
    /// By a number.
    Number {
        /// The fact that it is compared with.
        actual: String,
        /// What is counted, such as `bytes`; behind the field.
        unit: Option<String>,
    },
    /// By choosing one of several.
    Choice {
        /// What can be chosen; at least two.
        choices: Vec<Choice>,
        /// The fact that is the value of the right one.
        actual: String,
    },
    /// By drawing a bar for each of several.
    Bars {
        /// The bars; at least two.
        bars: Vec<Bar>,
        /// What is counted.
        unit: Option<String>,
        /// The most that can be drawn; without it what is predicted is how the bars compare.
        most: Option<f64>,
    },
}

/// Something to choose.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// What is shown. Text, not Markdown.
    pub text: String,
    /// What the fact is when this is right; the same as `text` unless `values` says otherwise.
    pub value: Literal,
}

/// A bar to draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// What is shown beside it. Text, not Markdown.
    pub name: String,
    /// The fact that is its true length.
    pub actual: String,
}

/// A prediction as it is written.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written<T> {
    kind: Kind,
    question: T,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    choices: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    values: Option<Vec<Literal>>,
    actual: Actual,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    most: Option<f64>,
    why: T,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Number,
    Choice,
    Bars,
}

/// A fact, or one for each bar.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "the name of a fact is wanted, or for bars a list of them"
)]
enum Actual {
    One(String),
    Each(Vec<String>),
}

impl<T> TryFrom<Written<T>> for Prediction<T> {
    type Error = String;

    fn try_from(written: Written<T>) -> Result<Self, Self::Error> {
        let Written {
            kind,
            question,
            choices,
            values,
            actual,
            unit,
            most,
            why,
        } = written;
        let refused = |given: bool, key: &str| {
            if given {
                Err(format!(
                    "`{key}` has no meaning in a prediction of this kind"
                ))
            } else {
                Ok(())
            }
        };
        let guess = match (kind, actual) {
            (Kind::Number, Actual::One(actual)) => {
                refused(choices.is_some(), "choices")?;
                refused(values.is_some(), "values")?;
                refused(most.is_some(), "most")?;
                Guess::Number { actual, unit }
            }
            (Kind::Choice, Actual::One(actual)) => {
                refused(unit.is_some(), "unit")?;
                refused(most.is_some(), "most")?;
                Guess::Choice {
                    choices: paired(several(choices)?, values)?,
                    actual,
                }
            }
            (Kind::Bars, Actual::Each(actual)) => {
                refused(values.is_some(), "values")?;
                let names = several(choices)?;
                if names.len() != actual.len() {
                    return Err(
                        "bars want one fact each: `choices` and `actual` are equally long"
                            .to_owned(),
                    );
                }
                let bars = names.into_iter().zip(actual);
                Guess::Bars {
                    bars: bars.map(|(name, actual)| Bar { name, actual }).collect(),
                    unit,
                    most,
                }
            }
            (Kind::Number | Kind::Choice, Actual::Each(_)) => {
                return Err(
                    "`actual` is the name of one fact in a prediction of this kind".to_owned(),
                );
            }
            (Kind::Bars, Actual::One(_)) => {
                return Err("`actual` is a list of facts, one for each bar".to_owned());
            }
        };
        Ok(Self {
            question,
            guess,
            why,
        })
    }
}

/// The choices, if there are enough, and no two the same.
fn several(choices: Option<Vec<String>>) -> Result<Vec<String>, String> {
    let choices = choices.unwrap_or_default();
    if choices.len() < 2 {
        return Err("`choices` are at least two".to_owned());
    }
    if let Some(again) = repeated(&choices) {
        return Err(format!("the choice `{again}` is there twice"));
    }
    Ok(choices)
}

/// Each choice with its value.
fn paired(texts: Vec<String>, values: Option<Vec<Literal>>) -> Result<Vec<Choice>, String> {
    let values = values.unwrap_or_else(|| texts.iter().cloned().map(Literal::Text).collect());
    if values.len() != texts.len() {
        return Err("`values` and `choices` are equally long".to_owned());
    }
    if let Some(again) = repeated(&values) {
        return Err(format!("the value `{again}` is there twice"));
    }
    let choices = texts.into_iter().zip(values);
    Ok(choices
        .map(|(text, value)| Choice { text, value })
        .collect())
}

/// The first that is there twice.
fn repeated<V: PartialEq>(values: &[V]) -> Option<&V> {
    values
        .iter()
        .enumerate()
        .find(|(index, value)| values[..*index].contains(value))
        .map(|(_, value)| value)
}

impl<T> From<Prediction<T>> for Written<T> {
    fn from(prediction: Prediction<T>) -> Self {
        let empty = Self {
            kind: Kind::Number,
            question: prediction.question,
            choices: None,
            values: None,
            actual: Actual::Each(Vec::new()),
            unit: None,
            most: None,
            why: prediction.why,
        };
        match prediction.guess {
            Guess::Number { actual, unit } => Self {
                actual: Actual::One(actual),
                unit,
                ..empty
            },
            Guess::Choice { choices, actual } => {
                let (texts, values) = choices
                    .into_iter()
                    .map(|choice| (choice.text, choice.value))
                    .unzip();
                Self {
                    kind: Kind::Choice,
                    choices: Some(texts),
                    values: Some(values),
                    actual: Actual::One(actual),
                    ..empty
                }
            }
            Guess::Bars { bars, unit, most } => {
                let (names, actual) = bars.into_iter().map(|bar| (bar.name, bar.actual)).unzip();
                Self {
                    kind: Kind::Bars,
                    choices: Some(names),
                    actual: Actual::Each(actual),
                    unit,
                    most,
                    ..empty
                }
            }
        }
    }
}
