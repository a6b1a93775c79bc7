//! What is remembered, as a table.

use language::{number, t};
use maud::{Markup, html};
use protocol::MemoryEntry;

use super::super::state::{CacheInspector, named};
use crate::format;

/// As many entries are listed.
const MOST_LISTED: usize = 100;

pub(super) fn entries(lab: &CacheInspector) -> Markup {
    let mut listed: Vec<_> = lab.entries.iter().take(MOST_LISTED).collect();
    listed.sort_by_key(|entry| (&entry.function, lab.number(entry)));
    html! {
        h2 #ci-entries { (t!("What is remembered")) }
        @if listed.is_empty() {
            p { (t!("Nothing is remembered.")) }
        } @else {
            div.table-frame tabindex="0" role="region" aria-labelledby="ci-entries" {
                table.ci-entries {
                    caption { (t!("One row for each call that is remembered, by function. What can be done to it stands behind it.")) }
                    thead { tr {
                        th scope="col" { (t!("Remembered call")) } th.number scope="col" { (t!("Size")) } th.number scope="col" { (t!("Computing took")) }
                        th scope="col" { (t!("Made")) } th scope="col" { (t!("Last used")) } th.number scope="col" { (t!("Hits")) }
                        th scope="col" { (t!("Do to it")) }
                    } }
                    @for group in listed.chunk_by(|a, b| a.function == b.function) {
                        tbody { @for entry in group { (row(lab, entry)) } }
                    }
                }
            }
            @if lab.entries.len() > MOST_LISTED {
                p.help { (t!("The first {count} of {total}.", count = MOST_LISTED, total = format::count(lab.entries.len() as u64))) }
            }
        }
    }
}

fn row(lab: &CacheInspector, entry: &MemoryEntry) -> Markup {
    let name = named(entry);
    let at = lab.number(entry);
    // What was recorded cannot be harmed.
    let off = (lab.is_busy() || lab.recorded.is_some()).then_some("true");
    html! {
        tr {
            th scope="row" { code { b { (entry.function) } "(" (entry.arguments) ")" } }
            td.number { (format::size(entry.bytes as u64)) }
            td.number { (format::short_time(entry.duration_ms)) }
            td { (ago(lab.now - entry.created)) }
            td { (ago(lab.now - entry.last_used)) }
            td.number { (entry.hits) }
            td.ci-do {
                @for (control, words, said) in [
                    ("age", t!("Older"), t!("Let {name} be an hour older", name)),
                    ("corrupt", t!("Corrupt"), t!("Alter one byte of {name}", name)),
                    ("delete", t!("Delete"), t!("Delete {name}", name)),
                ] {
                    button type="button" data-press={ (control) "-" (at) } aria-label={ (words) ": " (said) } title=(said) aria-disabled=[off] { (words) }
                }
            }
        }
    }
}

/// How long ago something was, in words.
fn ago(milliseconds: f64) -> String {
    let seconds = (milliseconds / 1000.0).max(0.0);
    let span = |amount: f64, unit: &str| number(&format!("{amount:.0} {unit}"));
    match seconds {
        0.0..2.0 => t!("just now"),
        2.0..120.0 => t!("{span} ago", span = span(seconds, "s")),
        120.0..7_200.0 => t!("{span} ago", span = span(seconds / 60.0, "min")),
        7_200.0..172_800.0 => t!("{span} ago", span = span(seconds / 3_600.0, "h")),
        _ => t!(
            "{days} days ago",
            days = span(seconds / 86_400.0, "").trim()
        ),
    }
}
