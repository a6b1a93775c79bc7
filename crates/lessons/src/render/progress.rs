//! What the page about progress says of each example before its script fills in what was kept, and what the lists of
//! lessons say of a lesson's tasks.

use language::t;
use maud::{Markup, PreEscaped, html};

use crate::content::{Content, Example, Lesson};
use crate::example_file::Guess;
use crate::kept::fingerprint;

/// All examples by course and lesson, for a page that is `root` away from the root of the site.
///
/// `www/progress.ts` reads the attributes: what the example is kept under, its fingerprint, and what is predicted.
pub fn progress(content: &Content, root: &str) -> String {
    html! {
        @for course in &content.courses {
            section.kept-course aria-labelledby={ "kept-" (course.slug) } {
                h3.kept-title id={ "kept-" (course.slug) } { (course.title) }
                @for lesson in course.lessons.iter().filter(|lesson| !lesson.examples.is_empty()) {
                    div.kept-lesson {
                        h4.kept-title { a href={ (root) (lesson.address) } { (lesson.title) } }
                        (done(lesson))
                        ul { @for example in &lesson.examples { (entry(lesson, example, root)) } }
                    }
                }
            }
        }
    }
    .into_string()
}

fn entry(lesson: &Lesson, example: &Example, root: &str) -> Markup {
    let ready = &example.ready;
    let (kind, unit, most, names): (_, _, _, Vec<&str>) = match &ready.example.prediction.guess {
        Guess::Number { unit, .. } => ("number", unit.as_ref(), None, Vec::new()),
        Guess::Choice { choices, .. } => {
            let texts = choices.iter().map(|choice| choice.text.as_str());
            ("choice", None, None, texts.collect())
        }
        Guess::Bars { bars, unit, most } => {
            let names = bars.iter().map(|bar| bar.name.as_str());
            ("bars", unit.as_ref(), *most, names.collect())
        }
    };
    html! {
        li.kept-example
            data-id=(ready.id)
            data-of=(format!("{:016x}", fingerprint(ready)))
            data-kind=(kind)
            data-unit=[unit]
            data-most=[most]
            data-names=[(!names.is_empty()).then(|| names.join("\n"))]
        {
            a.kept-title href={ (root) (lesson.address) "#" (anchor(example)) } { (PreEscaped(&ready.example.goal.0)) }
            div.kept-of {}
        }
    }
}

/// Where an example is on its lesson's page.
pub(super) fn anchor(example: &Example) -> String {
    format!("example-{}", example.name)
}

/// How many tasks a lesson has, in a line that says how many are solved once that is known; nothing if it has none.
pub(super) fn done(lesson: &Lesson) -> Markup {
    let count = lesson.examples.len();
    if count == 0 {
        return html! {};
    }
    let ids: Vec<_> = lesson
        .examples
        .iter()
        .map(|example| example.ready.id.as_str())
        .collect();
    html! {
        p.done {
            joblet-done data-examples=(ids.join(" ")) {
                @if count == 1 { (t!("1 task")) } @else { (t!("{count} tasks", count)) }
            }
        }
    }
}
