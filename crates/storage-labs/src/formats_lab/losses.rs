//! What was lost, found by reading back what was written.

use experiments::{Change, Losses};
use language::t;
use maud::{Markup, html};
use widgets::format;

use super::findings::{Finding, Results};
use super::told;
use crate::message::{ELEMENTS, message};

/// Kinds of changes that are shown of each format.
const MOST: usize = 12;

pub(super) fn lost(results: &Results) -> Markup {
    let known: Vec<_> = results
        .formats
        .iter()
        .filter(|finding| finding.losses.is_some() || finding.failed.is_some())
        .collect();
    html! {
        @if !known.is_empty() {
            h3 { (t!("What was lost")) }
            p.help { (t!("Found by reading back what was written and comparing it with the original, value by value.")) }
            ul.fm-losses { @for finding in known { (one(finding)) } }
        }
    }
}

fn one(finding: &Finding) -> Markup {
    html! {
        li data-record=(finding.name) {
            strong { (finding.title) } ": "
            @match (&finding.losses, &finding.failed) {
                (_, Some(why)) => { span.fault { (t!("refused.")) " " } (why) },
                (Some(losses), None) if losses.changes.is_empty() => {
                    (message(
                        &t!("{nothing}, all {values} came back as they were.", nothing = ELEMENTS[0], values = format::plural(losses.values, "value")),
                        &[html! { span.fm-kept { (t!("nothing lost")) } }],
                    ))
                },
                (Some(losses), None) => { (changes(losses)) },
                (None, None) => {},
            }
        }
    }
}

fn changes(losses: &Losses) -> Markup {
    let (changed, values) = (losses.changed, losses.values);
    html! {
        span.fm-lost {
            (t!("{changed} of {values} changed", changed = format::count(changed), values = format::plural(values.max(changed), "value")))
        }
        ul {
            @for change in losses.changes.iter().take(MOST) { li { (words(change)) } }
            @if losses.changes.len() > MOST {
                li { (t!("and {kinds} of change more", kinds = format::plural((losses.changes.len() - MOST) as u64, "kind"))) }
            }
        }
    }
}

fn words(change: &Change) -> Markup {
    html! {
        (format::count(change.count)) " × " (told::told(&change.from)) " → " strong { (told::told(&change.to)) }
        small {
            " " (t!("first in {place}:", place = told::place(&change.place))) " "
            code { (told::value(&change.before)) } " → " code { (told::value(&change.after)) }
        }
    }
}
