//! What an example has to be before it is shown: it comes as a file, and a page may name any.

use super::{ExampleError, PREFIX, tame};
use crate::example_file::{
    Check, ExampleFile, Guess, HINTS, Html, Operand, Prediction, ReadyExample, Step,
};

/// An example's file has so many bytes at most.
pub const MOST_BYTES: usize = 256 << 10;

const MOST_TEXT: usize = 32 << 10;
const MOST_STEPS: usize = 50;
const MOST_CHECKS: usize = 20;
const MOST_ANSWERS: usize = 10;
const MOST_CHOICES: usize = 12;

/// The whole address of an example that a page names as seen from the site's root.
///
/// # Errors
/// [`ExampleError::Address`] when that is not plainly a file below the root.
pub fn address(root: &str, example: &str) -> Result<String, ExampleError> {
    let is_part = |part: &str| {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        !part.is_empty() && !part.starts_with('.') && part.chars().all(is_plain)
    };
    let is_plain = example.len() <= 300
        && example.strip_suffix(".json").is_some()
        && root.ends_with('/')
        && example.split('/').all(is_part);
    if is_plain {
        Ok(format!("{root}{example}"))
    } else {
        let shown = example.chars().take(80).collect();
        Err(ExampleError::Address(shown))
    }
}

/// Checks all that can be checked without the lab.
pub(super) fn check(ready: &ReadyExample, lab: &str) -> Result<(), ExampleError> {
    let example = &ready.example;
    if example.lab != lab {
        return Err(ExampleError::OtherLab(
            example.lab.chars().take(80).collect(),
        ));
    }
    let is_ours = |control: &String| control.starts_with(PREFIX);
    let run = &example.run;
    if run.is_empty() || run.len() > MOST_STEPS || run.iter().any(is_ours) {
        return Err(ExampleError::Run);
    }
    for step in &ready.start {
        match step {
            Step::Change { control, .. } if !is_ours(control) => {}
            Step::Change { control, .. } | Step::Press { control } => {
                return Err(ExampleError::Start(control.chars().take(80).collect()));
            }
        }
    }
    if ready.start.len() > MOST_STEPS {
        return Err(ExampleError::TooLong);
    }
    if example.task.hints.len() != HINTS {
        return Err(ExampleError::Hints(example.task.hints.len()));
    }
    check_checks(&example.task.checks)?;
    let right = example.why.answers.iter().filter(|answer| answer.right);
    if right.count() != 1 || !(2..=MOST_ANSWERS).contains(&example.why.answers.len()) {
        return Err(ExampleError::Answers);
    }
    check_prediction(&example.prediction)?;
    check_texts(ready)
}

fn check_checks(checks: &[Check]) -> Result<(), ExampleError> {
    if !(1..=MOST_CHECKS).contains(&checks.len()) {
        return Err(ExampleError::Checks);
    }
    for check in checks {
        let other = match &check.to {
            Operand::Fact(other) => Some(&other.fact),
            Operand::Literal(_) => None,
        };
        for fact in [Some(&check.fact), other].into_iter().flatten() {
            if widgets::is_time(fact) {
                return Err(ExampleError::Time(fact.chars().take(80).collect()));
            }
        }
    }
    Ok(())
}

fn check_prediction(prediction: &Prediction<Html>) -> Result<(), ExampleError> {
    let is_good = match &prediction.guess {
        Guess::Number { .. } => true,
        Guess::Choice { choices, .. } => (2..=MOST_CHOICES).contains(&choices.len()),
        Guess::Bars { bars, most, .. } => {
            (2..=MOST_CHOICES).contains(&bars.len())
                && most.is_none_or(|most| most.is_finite() && most > 0.0)
        }
    };
    if is_good {
        Ok(())
    } else {
        Err(ExampleError::Prediction)
    }
}

fn check_texts(ready: &ReadyExample) -> Result<(), ExampleError> {
    let example = &ready.example;
    for Html(html) in texts(example) {
        if html.len() > MOST_TEXT {
            return Err(ExampleError::TooLong);
        }
        if let Some(start) = tame::wild(html) {
            return Err(ExampleError::Markup(start));
        }
    }
    let is_long = |text: &String| text.len() > MOST_TEXT;
    let messages = example.task.checks.iter().map(|check| &check.message);
    let mut plain = messages.chain(&example.run).chain([&ready.id]);
    if plain.any(is_long) {
        return Err(ExampleError::TooLong);
    }
    Ok(())
}

fn texts(example: &ExampleFile<Html>) -> impl Iterator<Item = &Html> {
    let ExampleFile {
        goal,
        prediction,
        task,
        why,
        ..
    } = example;
    let answers = why.answers.iter();
    [
        goal,
        &prediction.question,
        &prediction.why,
        &task.text,
        &task.solution,
        &why.question,
    ]
    .into_iter()
    .chain(&task.hints)
    .chain(answers.flat_map(|answer| [&answer.text, &answer.explanation]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_file_below_the_root_is_an_address() {
        let root = "https://a.example/site/";
        assert_eq!(
            address(root, "lessons/a-b/c_1.json").as_deref(),
            Ok("https://a.example/site/lessons/a-b/c_1.json")
        );
        for other in [
            "",
            "/a.json",
            "//evil.example/a.json",
            "https://evil.example/a.json",
            "../a.json",
            "a/../b.json",
            "a/.hidden.json",
            "a\\b.json",
            "a.json?x",
            "a.json#x",
            "a%2e%2e/b.json",
            "a.html",
            "a//b.json",
            "data:application/json,{}.json",
        ] {
            assert!(address(root, other).is_err(), "{other}");
        }
        assert!(address("https://a.example", "a.json").is_err());
    }
}
