//! What an example shows around its lab. All of it can be read without a script: hints, the solution and explanations are
//! `details`, in regions that do not change, so that what the visitor has opened stays open.

use language::t;
use maud::{Markup, PreEscaped, html};
use widgets::bars::{Bar, bar_chart};

use super::checks::Progress;
use super::guess::Made;
use super::outcome::{Outcome, amount};
use super::{Said, Stage, Visit};
use crate::example_file::{Choice, Guess, Html, ReadyExample};

/// The region in which it is said how things go.
pub(super) const STATUS: &str = "example-status";

type Regions = Vec<(&'static str, Markup)>;

/// The regions above those of the lab.
pub(super) fn before(ready: &ReadyExample, visit: &Visit) -> Regions {
    vec![
        ("example-goal", goal(ready)),
        ("example-prediction", prediction(ready, visit)),
        (STATUS, status(&visit.said)),
    ]
}

/// The regions below those of the lab.
pub(super) fn after(ready: &ReadyExample, visit: &Visit) -> Regions {
    vec![
        ("example-verdict", verdict(ready, visit)),
        ("example-reason", reason(ready, visit)),
        ("example-task", task(ready, visit)),
        ("example-hints", hints(ready)),
        ("example-why", why(ready, visit)),
        ("example-answer", answer(ready, visit)),
        ("example-explanations", explanations(ready)),
    ]
}

/// What is said when there is no example to show.
pub(super) fn refusal(why: &str) -> Markup {
    status(&Said {
        text: t!(
            "This example cannot be used. {why} The lab works without it.",
            why
        ),
        is_fault: true,
    })
}

fn raw(html: &Html) -> PreEscaped<&str> {
    PreEscaped(&html.0)
}

/// What the ids of this example's fields begin with.
fn id(ready: &ReadyExample) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    format!(
        "example-{}",
        ready.id.chars().map(plain).collect::<String>()
    )
}

fn goal(ready: &ReadyExample) -> Markup {
    html! { p.goal { strong { (t!("Goal:")) " " } (raw(&ready.example.goal)) } }
}

fn status(said: &Said) -> Markup {
    html! {
        p.status role="status" {
            span.fault[said.is_fault] {
                @if said.is_fault { strong { (t!("Not done.")) " " } }
                (said.text)
            }
        }
    }
}

fn prediction(ready: &ReadyExample, visit: &Visit) -> Markup {
    let prediction = &ready.example.prediction;
    let is_locked = visit.stage != Stage::Open;
    html! {
        fieldset {
            legend { (t!("Before you run it: your prediction")) }
            p.question { (raw(&prediction.question)) }
            @match &prediction.guess {
                Guess::Number { unit, .. } => { (number(ready, visit, unit.as_deref(), is_locked)) },
                Guess::Choice { choices, .. } => { (choose(ready, visit, choices, is_locked)) },
                Guess::Bars { bars, unit, most } => {
                    @let names: Vec<_> = bars.iter().map(|bar| bar.name.as_str()).collect();
                    (draw(ready, visit, &names, unit.as_deref(), *most, is_locked))
                },
            }
            div.actions {
                button.primary type="button" data-press="example-predict" aria-disabled=[is_locked.then_some("true")] {
                    (t!("Lock my prediction"))
                }
                button type="button" data-press="example-skip" aria-disabled=[is_locked.then_some("true")] {
                    (t!("I would rather not guess"))
                }
            }
        }
    }
}

fn number(ready: &ReadyExample, visit: &Visit, unit: Option<&str>, is_locked: bool) -> Markup {
    let id = format!("{}-guess", id(ready));
    html! {
        div.field {
            label for=(id) { (t!("I expect")) }
            input id=(id) type="text" inputmode="decimal" size="10" autocomplete="off" data-change="example-guess"
                value=(visit.draft.number) readonly[is_locked];
            @if let Some(unit) = unit { span { (unit) } }
        }
    }
}

fn choose(ready: &ReadyExample, visit: &Visit, choices: &[Choice], is_locked: bool) -> Markup {
    let name = format!("{}-guess", id(ready));
    html! {
        @for (at, choice) in choices.iter().enumerate() {
            label.choice {
                input type="radio" name=(name) value=(at) data-change="example-guess"
                    checked[visit.draft.choice == Some(at)] disabled[is_locked];
                span { (choice.text) }
            }
        }
    }
}

fn draw(
    ready: &ReadyExample,
    visit: &Visit,
    names: &[&str],
    unit: Option<&str>,
    most: Option<f64>,
    is_locked: bool,
) -> Markup {
    let id = id(ready);
    let length = |height: u32| match most {
        Some(most) => amount(f64::from(height) * most / 100.0, unit),
        None => format!("{height} %"),
    };
    let bars: Vec<_> = names
        .iter()
        .enumerate()
        .map(|(at, name)| Bar {
            title: format!("{name}: {}", length(visit.draft.bar(at))),
            value: f64::from(visit.draft.bar(at)),
            marked: false,
        })
        .collect();
    html! {
        @if most.is_none() {
            p.help { (t!("Only how the bars compare counts, not how long they are.")) }
        }
        div.drawn-bars {
            @for (at, name) in names.iter().enumerate() {
                @let height = visit.draft.bar(at);
                div.field {
                    label for={ (id) "-bar-" (at) } { (name) }
                    input id={ (id) "-bar-" (at) } type="range" min="0" max="100" step="1" value=(height)
                        data-change={ "example-bar-" (at) } aria-valuetext=(length(height)) disabled[is_locked];
                    output for={ (id) "-bar-" (at) } { (length(height)) }
                }
            }
        }
        figure.preview aria-hidden="true" { (bar_chart(&t!("Your bars"), &bars)) }
    }
}

fn verdict(ready: &ReadyExample, visit: &Visit) -> Markup {
    let Some(outcome) = &visit.outcome else {
        return html! {};
    };
    html! {
        h3 { @if outcome.made.is_some() { (t!("Predicted and found")) } @else { (t!("What was found")) } }
        p.verdict { (outcome.sentence(&ready.example.prediction)) }
        (side_by_side(ready, outcome))
        div.reason { (raw(&ready.example.prediction.why)) }
    }
}

/// The bars that were drawn beside those that were found.
fn side_by_side(ready: &ReadyExample, outcome: &Outcome) -> Markup {
    let prediction = &ready.example.prediction;
    let (Guess::Bars { bars, unit, .. }, Some((drawn, found))) =
        (&prediction.guess, outcome.bars(prediction))
    else {
        return html! {};
    };
    let is_drawn = matches!(outcome.made, Some(Made::Bars(_)));
    let unit = unit.as_deref();
    let mut chart = Vec::new();
    for (at, bar) in bars.iter().enumerate() {
        let predicted = drawn.get(at).map(|length| Bar {
            title: t!(
                "{name}, predicted: {length}",
                name = bar.name,
                length = amount(*length, unit)
            ),
            value: *length,
            marked: false,
        });
        chart.extend(predicted);
        chart.push(Bar {
            title: t!(
                "{name}, found: {length}",
                name = bar.name,
                length = amount(found[at], unit)
            ),
            value: found[at],
            marked: true,
        });
    }
    let label = t!("Bar chart of what was predicted and found; the table below has all numbers.");
    html! {
        figure { (bar_chart(&label, &chart)) }
        table.predicted {
            caption {
                @if is_drawn { (t!("For each, the bar as it was predicted and beside it, set apart, as it was found.")) }
                @else { (t!("What was found.")) }
            }
            thead { tr {
                th scope="col" { (t!("Bar")) }
                @if is_drawn { th scope="col" .number { (t!("Predicted")) } }
                th scope="col" .number { (t!("Found")) }
            } }
            tbody {
                @for (at, bar) in bars.iter().enumerate() {
                    tr {
                        th scope="row" { (bar.name) }
                        @if is_drawn { td.number { (drawn.get(at).map_or_else(String::new, |length| amount(*length, unit))) } }
                        td.number { (amount(found[at], unit)) }
                    }
                }
            }
        }
    }
}

/// Until it is told with what was found.
fn reason(ready: &ReadyExample, visit: &Visit) -> Markup {
    if visit.outcome.is_some() {
        return html! {};
    }
    html! {
        details.reason {
            summary { (t!("Why it is so")) }
            div { (raw(&ready.example.prediction.why)) }
        }
    }
}

fn task(ready: &ReadyExample, visit: &Visit) -> Markup {
    html! {
        h3 { (t!("Your task")) }
        div { (raw(&ready.example.task.text)) }
        @match &visit.progress {
            Progress::NotRun => {},
            Progress::Failing(why) => { p.task-state { strong { (t!("Not yet.")) " " } (why) } },
            Progress::Solved => { p.task-state.solved { strong { (t!("Solved.")) " " } (t!("The last run is as the task wants it.")) } },
            Progress::SolvedBefore => { p.task-state.solved { strong { (t!("Solved.")) " " } (t!("You did this on an earlier visit.")) } },
        }
    }
}

fn hints(ready: &ReadyExample) -> Markup {
    html! {
        @for (at, hint) in ready.example.task.hints.iter().enumerate() {
            details.hint { summary { (t!("Hint {number}", number = at + 1)) } div { (raw(hint)) } }
        }
        details.solution { summary { (t!("Solution")) } div { (raw(&ready.example.task.solution)) } }
    }
}

fn why(ready: &ReadyExample, visit: &Visit) -> Markup {
    let name = format!("{}-answer", id(ready));
    html! {
        fieldset {
            legend { (raw(&ready.example.why.question)) }
            @for (at, answer) in ready.example.why.answers.iter().enumerate() {
                label.choice {
                    input type="radio" name=(name) value=(at) data-change="example-answer" checked[visit.answer == Some(at)];
                    span { (raw(&answer.text)) }
                }
            }
        }
    }
}

fn answer(ready: &ReadyExample, visit: &Visit) -> Markup {
    let answers = &ready.example.why.answers;
    let Some(answer) = visit.answer.and_then(|at| answers.get(at)) else {
        return html! {};
    };
    html! {
        div class={ "answer " (if answer.right { "right" } else { "wrong" }) } {
            p { strong { @if answer.right { (t!("That is right.")) } @else { (t!("That is not it.")) } } }
            (raw(&answer.explanation))
        }
    }
}

fn explanations(ready: &ReadyExample) -> Markup {
    html! {
        details.explanations {
            summary { (t!("All answers explained")) }
            ul {
                @for answer in &ready.example.why.answers {
                    li {
                        p { strong { (raw(&answer.text)) } " – " @if answer.right { (t!("right.")) } @else { (t!("not so.")) } }
                        (raw(&answer.explanation))
                    }
                }
            }
        }
        p.actions { button type="button" data-press="example-reset" { (t!("Begin this example anew")) } }
    }
}
