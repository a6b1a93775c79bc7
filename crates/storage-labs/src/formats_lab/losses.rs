//! What was lost, found by reading back what was written.

use experiments::{Change, Losses};
use maud::{Markup, html};
use widgets::format;

use super::findings::{Finding, Results};

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
            h3 { "What was lost" }
            p.help { "Found by reading back what was written and comparing it with the original, value by value." }
            ul.fm-losses { @for finding in known { (one(finding)) } }
        }
    }
}

fn one(finding: &Finding) -> Markup {
    html! {
        li data-record=(finding.name) {
            strong { (finding.title) } ": "
            @match (&finding.losses, &finding.failed) {
                (_, Some(why)) => { span.fault { "refused. " } (why) },
                (Some(losses), None) if losses.changes.is_empty() => {
                    span.fm-kept { "nothing lost" } ", all " (format::plural(losses.values, "value")) " came back as they were."
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
        span.fm-lost { (format::count(changed)) " of " (format::plural(values.max(changed), "value")) " changed" }
        ul {
            @for change in losses.changes.iter().take(MOST) { li { (words(change)) } }
            @if losses.changes.len() > MOST {
                li { "and " (format::plural((losses.changes.len() - MOST) as u64, "kind")) " of change more" }
            }
        }
    }
}

fn words(change: &Change) -> Markup {
    html! {
        (format::count(change.count)) " × " (change.from) " → " strong { (change.to) }
        small { " first in " (place(&change.place)) ": " code { (change.before) } " → " code { (change.after) } }
    }
}

fn place(place: &str) -> &str {
    if place.is_empty() { "the whole" } else { place }
}
