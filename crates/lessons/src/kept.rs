//! What is kept of an example from one visit to the next, and the line of text as which it travels.
//!
//! The line comes back from a store that anybody may have written to: [`Kept::read`] takes any text, and what it does not
//! take is nothing. docs/progress-format.md describes it.

use core::fmt::Write as _;

use crate::example_file::{Guess, Html, Literal, Operand, ReadyExample, Step};

/// The version of the line.
pub const VERSION: u32 = 1;
/// No line has more bytes.
pub const MOST_BYTES: usize = 1000;
/// No prediction has more parts.
const MOST_PARTS: usize = 12;

/// What a visitor did in an example.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kept {
    /// The [`fingerprint`] of the example when it was done.
    pub of: u64,
    /// How it is predicted: `number`, `choice` or `bars`.
    pub kind: &'static str,
    /// The prediction: the number, the choice by its place, or the height of each bar in hundredths of the scale. Empty if
    /// the visitor would rather not; nothing before either.
    pub said: Option<Vec<f64>>,
    /// What was found: the number, the choice by its place (-1 if it is none of them), or the length of each bar.
    pub found: Option<Vec<f64>>,
    /// How near the prediction was, from 0 to 1, if there is one and it was compared.
    pub score: Option<f64>,
    /// How many runs have finished since the prediction.
    pub runs: u32,
    /// Whether the task was solved.
    pub solved: bool,
    /// The answer that was chosen last, by its place, and whether it is right.
    pub answer: Option<(usize, bool)>,
}

impl Kept {
    /// Whether there is nothing to keep.
    pub const fn is_nothing(&self) -> bool {
        self.said.is_none() && self.answer.is_none()
    }

    /// As it travels: words with a space between them, each a name and a value; empty if there is nothing to keep.
    #[must_use]
    pub fn line(&self) -> String {
        let mut line = String::new();
        if self.is_nothing() {
            return line;
        }
        // Writing to a string does not fail.
        let _ = write!(line, "v={VERSION} of={:016x} kind={}", self.of, self.kind);
        for (name, parts) in [("said", &self.said), ("found", &self.found)] {
            if let Some(parts) = parts {
                let parts: Vec<_> = parts.iter().map(|part| written(*part)).collect();
                let _ = write!(line, " {name}={}", parts.join(","));
            }
        }
        if let Some(score) = self.score {
            let _ = write!(line, " score={}", written(score));
        }
        let _ = write!(line, " runs={} solved={}", self.runs, u8::from(self.solved));
        if let Some((answer, is_right)) = self.answer {
            let _ = write!(line, " answer={answer} right={}", u8::from(is_right));
        }
        line
    }

    /// Reads a line; nothing if it is none, or of another version.
    #[must_use]
    pub fn read(line: &str) -> Option<Self> {
        if line.len() > MOST_BYTES {
            return None;
        }
        let find = |name: &str| {
            let mut words = line.split(' ').filter_map(|word| word.split_once('='));
            words
                .find(|(known, _)| *known == name)
                .map(|(_, value)| value)
        };
        if find("v")?.parse() != Ok(VERSION) {
            return None;
        }
        let kind = ["number", "choice", "bars"]
            .into_iter()
            .find(|kind| find("kind") == Some(kind))?;
        let mut kept = Self {
            of: print(find("of")?)?,
            kind,
            runs: find("runs")?.parse().ok()?,
            solved: whether(find("solved")?)?,
            ..Self::default()
        };
        // What is there has to be readable.
        if let Some(said) = find("said") {
            kept.said = Some(parts(said)?);
        }
        if let Some(found) = find("found") {
            kept.found = Some(parts(found)?);
        }
        if let Some(score) = find("score") {
            let score = number(score).filter(|score| (0.0..=1.0).contains(score));
            kept.score = Some(score?);
        }
        match (find("answer"), find("right")) {
            (Some(answer), Some(right)) => {
                kept.answer = Some((answer.parse().ok()?, whether(right)?));
            }
            (None, None) => {}
            _ => return None,
        }
        (!kept.is_nothing()).then_some(kept)
    }
}

fn print(text: &str) -> Option<u64> {
    let is_print = text.len() == 16 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_print
        .then(|| u64::from_str_radix(text, 16).ok())
        .flatten()
}

fn parts(text: &str) -> Option<Vec<f64>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    let parts: Vec<_> = text.split(',').map(number).collect::<Option<_>>()?;
    (parts.len() <= MOST_PARTS).then_some(parts)
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

fn whether(text: &str) -> Option<bool> {
    match text {
        "0" => Some(false),
        "1" => Some(true),
        _ => None,
    }
}

/// To the last bit, and no longer than has to be.
fn written(number: f64) -> String {
    if number == 0.0 || (1e-5..1e15).contains(&number.abs()) {
        number.to_string()
    } else {
        format!("{number:e}")
    }
}

/// What tells an example from what it was before somebody rewrote it: what is predicted and by which facts, what is set up
/// and checked, the choices and the answers. What is told around them may change without a trace.
#[must_use]
pub fn fingerprint(ready: &ReadyExample) -> u64 {
    let example = &ready.example;
    let mut print = Print::default();
    print.text(&ready.id);
    print.text(&example.lab);
    for step in &ready.start {
        match step {
            Step::Change { control, to } => print.text(control).text(to),
            Step::Press { control } => print.text(control).text(""),
        };
    }
    match &example.prediction.guess {
        Guess::Number { actual, unit } => {
            print.text("number").text(actual);
            print.text(unit.as_deref().unwrap_or_default());
        }
        Guess::Choice { choices, actual } => {
            print.text("choice").text(actual);
            for choice in choices {
                print.text(&choice.text).literal(&choice.value);
            }
        }
        Guess::Bars { bars, unit, most } => {
            print.text("bars");
            for bar in bars {
                print.text(&bar.name).text(&bar.actual);
            }
            print.text(unit.as_deref().unwrap_or_default());
            print.number(most.unwrap_or_default().to_bits());
        }
    }
    for check in &example.task.checks {
        print.text(&check.fact).number(check.is as u64);
        match &check.to {
            Operand::Literal(literal) => print.literal(literal),
            Operand::Fact(other) => print.text("fact").text(&other.fact),
        };
    }
    for answer in &example.why.answers {
        let Html(text) = &answer.text;
        print.text(text).number(answer.right.into());
    }
    print.0
}

/// FNV-1a with 64 bits: enough to tell a few versions of one example apart, and small.
struct Print(u64);

impl Default for Print {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Print {
    fn text(&mut self, text: &str) -> &mut Self {
        self.number(text.len() as u64).bytes(text.as_bytes())
    }

    fn number(&mut self, number: u64) -> &mut Self {
        self.bytes(&number.to_le_bytes())
    }

    fn literal(&mut self, literal: &Literal) -> &mut Self {
        match literal {
            Literal::Bool(value) => self.text("bool").number(u64::from(*value)),
            Literal::Int(value) => self.text("int").number(value.cast_unsigned()),
            Literal::Float(value) => self.text("float").number(value.to_bits()),
            Literal::Text(value) => self.text("text").text(value),
        }
    }

    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
        self
    }
}
