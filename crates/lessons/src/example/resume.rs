//! What is kept of an example, and how it goes on from there.

use language::t;
use widgets::{Heard, Lab};

use super::checks::Progress;
use super::guess::{Draft, Made};
use super::outcome::{Actual, Outcome};
use super::{Example, Stage, Visit};
use crate::example_file::{Guess, ReadyExample};
use crate::kept::{Kept, fingerprint};

impl<L: Lab + ?Sized> Example<L>
where
    L::Input: Heard,
{
    /// Goes on where the visitor was, as [`Lab::kept`] said it on an earlier visit. What is no such line, or is of another
    /// example or of what this one once was, changes nothing.
    pub fn resume(&mut self, line: &str) {
        let visit = Kept::read(line).and_then(|kept| resumed(&self.ready, &kept));
        if let Some(visit) = visit {
            self.visit = Visit {
                runs: self.visit.runs,
                ..visit
            };
            self.say(t!("What you did here before is here again."));
        }
    }

    /// What is to be kept now.
    pub(super) fn record(&self) -> Kept {
        let visit = &self.visit;
        let prediction = &self.ready.example.prediction;
        let answers = &self.ready.example.why.answers;
        let outcome = visit.outcome.as_ref();
        Kept {
            of: fingerprint(&self.ready),
            kind: match &prediction.guess {
                Guess::Number { .. } => "number",
                Guess::Choice { .. } => "choice",
                Guess::Bars { .. } => "bars",
            },
            said: match &visit.stage {
                Stage::Open => None,
                Stage::Skipped => Some(Vec::new()),
                Stage::Made(made) => Some(said(made)),
            },
            found: outcome.map(|outcome| found(&outcome.actual)),
            score: outcome.and_then(|outcome| outcome.score(prediction)),
            runs: visit.finished,
            solved: visit.was_solved,
            answer: visit
                .answer
                .and_then(|at| Some((at, answers.get(at)?.right))),
        }
    }
}

fn said(made: &Made) -> Vec<f64> {
    match made {
        Made::Number(number) => vec![*number],
        Made::Choice(at) => vec![*at as f64],
        Made::Bars(heights) => heights.iter().copied().map(f64::from).collect(),
    }
}

fn found(actual: &Actual) -> Vec<f64> {
    match actual {
        Actual::Number(number) => vec![*number],
        Actual::Choice(_, at) => vec![at.map_or(-1.0, |at| at as f64)],
        Actual::Bars(lengths) => lengths.clone(),
    }
}

/// The visit as it was; nothing if it cannot have been one of this example.
fn resumed(ready: &ReadyExample, kept: &Kept) -> Option<Visit> {
    if kept.of != fingerprint(ready) {
        return None;
    }
    let guess = &ready.example.prediction.guess;
    let stage = match kept.said.as_deref() {
        None => Stage::Open,
        Some([]) => Stage::Skipped,
        Some(parts) => Stage::Made(made(guess, parts)?),
    };
    let is_open = stage == Stage::Open;
    let (draft, made) = match &stage {
        Stage::Made(made) => (Draft::of(made), Some(made.clone())),
        _ => (Draft::default(), None),
    };
    let outcome = match &kept.found {
        Some(parts) if !is_open => Some(Outcome {
            made,
            actual: actual(guess, parts)?,
        }),
        Some(_) => return None,
        None => None,
    };
    let answer = kept.answer.map(|(at, _)| at);
    if answer.is_some_and(|at| at >= ready.example.why.answers.len()) {
        return None;
    }
    let was_solved = kept.solved && !is_open;
    Some(Visit {
        draft,
        stage,
        finished: kept.runs,
        outcome,
        progress: if was_solved {
            Progress::SolvedBefore
        } else {
            Progress::NotRun
        },
        was_solved,
        answer,
        ..Visit::default()
    })
}

fn made(guess: &Guess, parts: &[f64]) -> Option<Made> {
    match (guess, parts) {
        (Guess::Number { .. }, [number]) => Some(Made::Number(*number)),
        (Guess::Choice { choices, .. }, [at]) => Some(Made::Choice(place(*at, choices.len())?)),
        (Guess::Bars { bars, .. }, parts) if parts.len() == bars.len() => {
            let heights = parts.iter().map(|height| Some(place(*height, 101)? as u32));
            heights.collect::<Option<_>>().map(Made::Bars)
        }
        _ => None,
    }
}

fn actual(guess: &Guess, parts: &[f64]) -> Option<Actual> {
    match (guess, parts) {
        (Guess::Number { .. }, [number]) => Some(Actual::Number(*number)),
        (Guess::Choice { choices, .. }, [at]) => {
            if (*at + 1.0).abs() < f64::EPSILON {
                return Some(Actual::Choice(t!("something else"), None));
            }
            let at = place(*at, choices.len())?;
            Some(Actual::Choice(choices[at].text.clone(), Some(at)))
        }
        (Guess::Bars { bars, .. }, parts) if parts.len() == bars.len() => {
            Some(Actual::Bars(parts.to_vec()))
        }
        _ => None,
    }
}

/// A whole number from 0 to below that.
fn place(number: f64, below: usize) -> Option<usize> {
    let is_place = number.fract() == 0.0 && (0.0..below as f64).contains(&number);
    is_place.then_some(number as usize)
}
