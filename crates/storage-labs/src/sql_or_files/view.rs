//! What the lab shows.

mod own;
mod results;
mod told;

use engines::questions::Question;
use experiments::Table;
use language::t;
use maud::{Markup, html};
use widgets::{Detail, format};

use super::run::Step;
use super::state::{Choice, ROUNDS, SIZES, SqlOrFiles};
use crate::message::{ELEMENTS, message};

pub(super) fn regions(lab: &SqlOrFiles, detail: Detail) -> Vec<(&'static str, Markup)> {
    let mut regions = vec![
        ("question", question(lab)),
        ("prediction", prediction(lab)),
        ("actions", actions(lab)),
        ("status", status(lab)),
        ("progress", progress(lab)),
    ];
    // While it measures, showing much would slow down what is measured: new results are shown when a size is done.
    if detail == Detail::Full && !is_measuring(lab) {
        regions.extend([
            ("verdict", results::verdict(lab)),
            ("chart", results::chart(lab)),
            ("times", results::times(lab)),
            ("touched", results::touched(lab)),
            ("answer", results::answer(lab)),
            ("plans", results::plans(lab)),
        ]);
    }
    regions.push(("own", own::statement(lab)));
    regions.push(("own-rows", own::shown(lab)));
    regions
}

fn is_measuring(lab: &SqlOrFiles) -> bool {
    lab.run
        .as_ref()
        .is_some_and(|run| !matches!(run.now, Some((Step::Rows(_, Table::Cities), _))))
}

fn question(lab: &SqlOrFiles) -> Markup {
    let busy = lab.run.is_some();
    html! {
        fieldset.questions {
            legend { (t!("The question")) }
            @for question in Question::ALL {
                label.choice {
                    input type="radio" name="question" value=(question.name()) data-change="question"
                        checked[question == lab.question] disabled[busy];
                    span { (told::title(question)) }
                }
            }
        }
    }
}

fn prediction(lab: &SqlOrFiles) -> Markup {
    let prediction = lab.prediction();
    let (few, many) = (SIZES[0], SIZES[SIZES.len() - 1]);
    let sizes = SIZES.map(|size| format::count(u64::from(size)));
    html! {
        p.asked {
            (message(
                &t!("{question} is asked of {sizes} people in {cities} cities.", question = ELEMENTS[0], sizes = sizes.join(", "), cities = engines::questions::CITIES),
                &[html! { strong { (t!("“{question}”", question = told::sentence(lab.question, few))) } }],
            ))
            @if matches!(lab.question, Question::Find | Question::Update) {
                " " (t!("The number asked for is always the one in the middle: who reads from the start has half of the file to read."))
            }
        }
        fieldset.prediction {
            legend { (t!("Which will be fastest? Say so before you measure")) }
            @for (name, people, said) in [("few", few, prediction.few), ("many", many, prediction.many)] {
                div.field role="radiogroup" aria-label=(t!("Fastest with {people} people", people = format::count(u64::from(people)))) {
                    span.label { (t!("With {people} people", people = format::count(u64::from(people)))) }
                    @for choice in Choice::ALL {
                        label.choice {
                            input type="radio" name=(format!("{}-{name}", lab.question.name())) value=(choice.name())
                                data-change=(name) checked[said == Some(choice)] disabled[prediction.locked];
                            span { (choice.title()) }
                        }
                    }
                }
            }
            @if prediction.locked { p.help { (t!("You have said so, and it stands.")) } }
        }
    }
}

fn actions(lab: &SqlOrFiles) -> Markup {
    let busy = lab.is_busy();
    html! {
        div.actions {
            button.primary type="button" data-press="measure" aria-disabled=[busy.then_some("true")] { (t!("Measure")) }
            button type="button" data-press="stop" aria-disabled=[(!busy).then_some("true")] { (t!("Stop")) }
            label.choice {
                input type="checkbox" data-change="opening" checked[lab.opening];
                span { (t!("Count opening the database too")) }
            }
        }
    }
}

fn status(lab: &SqlOrFiles) -> Markup {
    html! {
        p.status role="status" {
            @if let Some(run) = &lab.run {
                (t!("Measuring with {people} people …", people = format::count(u64::from(run.people))))
            } @else {
                (lab.status)
            }
        }
    }
}

fn progress(lab: &SqlOrFiles) -> Markup {
    html! {
        @if let Some(run) = &lab.run {
            div.progress {
                progress max=(run.total) value=(run.done()) aria-label=(t!("Steps done")) {}
                span.numbers aria-hidden="true" { (t!("{done} of {total} steps; each time is measured {rounds} times", done = run.done(), total = run.total, rounds = ROUNDS)) }
            }
        }
    }
}
