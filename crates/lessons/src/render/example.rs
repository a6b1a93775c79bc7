//! An example to read: all of it, with the lab as it was recorded.

use maud::{Markup, PreEscaped, html};

use crate::content::Example;
use crate::example_file::{Answer, Guess, Html, ReadyExample};

/// An example as it is read without running it. `lab` is the lab's own HTML; `root` leads to the root of the site.
pub fn plain(example: &Example, lab: &str, root: &str) -> String {
    let title = format!("example-{}", example.name);
    let ReadyExample { example: file, .. } = &example.ready;
    html! {
        section.example aria-labelledby=(title) {
            p.goal id=(title) { strong { "Example. " } (inner(&file.goal)) }
            div.predict {
                p.question { strong { "Predict. " } (inner(&file.prediction.question)) }
                (guess(&file.prediction.guess))
            }
            joblet-lab name=(file.lab) data-root=(root) { (PreEscaped(lab)) }
            (folded("Why is that?", &file.prediction.why))
            div.task {
                p { strong { "Your turn." } }
                (inner(&file.task.text))
                @for (index, hint) in file.task.hints.iter().enumerate() {
                    (folded(&format!("Hint {}", index + 1), hint))
                }
                (folded("Solution", &file.task.solution))
            }
            div.why {
                p.question { strong { "Why? " } (inner(&file.why.question)) }
                ol { @for answer in &file.why.answers { li { (self::answer(answer)) } } }
            }
        }
    }
    .into_string()
}

fn guess(guess: &Guess) -> Markup {
    html! {
        @match guess {
            Guess::Number { unit, .. } => {
                @if let Some(unit) = unit { p { "The answer is a number, " (unit) "." } }
            }
            Guess::Choice { choices, .. } => {
                ul { @for choice in choices { li { (choice.text) } } }
            }
            Guess::Bars { bars, .. } => {
                ul { @for bar in bars { li { (bar.name) } } }
            }
        }
    }
}

fn answer(answer: &Answer<Html>) -> Markup {
    html! {
        (inner(&answer.text))
        details {
            summary { "Is that right?" }
            p { strong { (if answer.right { "Right." } else { "Not right." }) } }
            (inner(&answer.explanation))
        }
    }
}

fn folded(title: &str, text: &Html) -> Markup {
    html! { details { summary { (title) } (inner(text)) } }
}

fn inner(Html(html): &Html) -> PreEscaped<&String> {
    PreEscaped(html)
}
