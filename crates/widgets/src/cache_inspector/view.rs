//! What the lab shows.

mod controls;
mod entries;

pub(super) use controls::HARM;
use language::{mark, t, text};
use maud::{Markup, html};
use protocol::CallOrigin;

use super::state::{CacheInspector, Made};
use crate::format;
use crate::lab::Detail;

/// The regions. Of what is large, calls are shown as they happen, entries only when everything is done.
pub(super) fn regions(lab: &CacheInspector, detail: Detail) -> Vec<(&'static str, Markup)> {
    let is_full = detail == Detail::Full;
    let mut regions = vec![
        ("program", controls::program(lab)),
        ("rules", controls::rules(lab)),
        ("series", controls::series(lab)),
        ("actions", controls::actions(lab)),
        ("status", status(lab)),
    ];
    if lab.begun || lab.recorded.is_some() {
        regions.extend([("recorded", recorded(lab)), ("answer", answer(lab))]);
        if is_full {
            regions.push(("totals", totals(lab)));
        }
        if is_full && !lab.is_busy() {
            regions.push(("entries", entries::entries(lab)));
        }
        if is_full {
            regions.push(("calls", calls(lab)));
        }
        if is_full && !lab.is_busy() {
            regions.push(("printed", printed(lab)));
        }
    }
    regions.push(("harm", controls::harm(lab)));
    regions
}

/// Where an answer came from, among the facts.
pub(super) const fn origin_name(origin: Option<CallOrigin>) -> &'static str {
    match origin {
        None => "none",
        Some(CallOrigin::Computed) => "computed",
        Some(CallOrigin::Tier) => "memory",
        Some(CallOrigin::Store) => "store",
        Some(CallOrigin::Stale) => "stale",
        Some(CallOrigin::Shared) => "shared",
    }
}

/// Where an answer came from, in words; marked for the catalogues.
const fn origin_words(origin: Option<CallOrigin>) -> &'static str {
    match origin {
        None => mark!("no answer"),
        Some(CallOrigin::Computed) => mark!("computed"),
        Some(CallOrigin::Tier) => mark!("remembered, in the kernel’s memory"),
        Some(CallOrigin::Store) => mark!("remembered, in the store"),
        Some(CallOrigin::Stale) => mark!("remembered, past its time"),
        Some(CallOrigin::Shared) => mark!("shared with another caller"),
    }
}

fn status(lab: &CacheInspector) -> Markup {
    html! {
        div role="status" {
            p.status { (said(lab)) }
            @for notice in &lab.notices {
                p.notice.ci-warning { strong { (t!("Warning:")) } " " (notice) }
            }
        }
    }
}

/// What the lab says of itself.
fn said(lab: &CacheInspector) -> Markup {
    html! { @if lab.is_busy() { (t!("Working …")) } @else { (lab.status) } }
}

fn recorded(lab: &CacheInspector) -> Markup {
    html! {
        @if let Some(recorded) = &lab.recorded {
            p.recorded { (t!("What you see was recorded {recorded}. Press Call to see it happen here.", recorded = format::recorded(recorded))) }
        }
    }
}

/// The newest answer.
fn answer(lab: &CacheInspector) -> Markup {
    let Some(made) = lab.made.first() else {
        return html! {};
    };
    html! {
        div.ci-answer {
            p {
                code { (made.call) } " "
                @match &made.answer {
                    Ok(answer) => { "= " output.ci-value { (answer) } },
                    Err(why) => { span.fault { strong { (t!("No answer.")) " " } (why) } },
                }
            }
            @if made.answer.is_ok() {
                p {
                    (origin(made)) ": " b { (format::short_time(made.took_ms)) }
                    @if made.is_hit() {
                        " " (t!("instead of {time} for computing it", time = format::short_time(made.computed_ms)))
                    }
                    @if let Some(right) = &made.now {
                        ". " strong.ci-wrong { (t!("Wrong: computed now, it would be {right}.", right)) }
                    }
                }
                p.source-line { (place(lab)) }
            }
        }
    }
}

/// Where an answer came from: a word, and a sign before it.
fn origin(made: &Made) -> Markup {
    html! {
        span class={ "ci-origin ci-" (origin_name(made.origin)) } { (text(origin_words(made.origin))) }
    }
}

/// Where the figures come from.
fn place(lab: &CacheInspector) -> String {
    match &lab.recorded {
        Some(recorded) => t!(
            "Times recorded {recorded}.",
            recorded = format::recorded(recorded)
        ),
        None => t!(
            "Measured here, on this machine (clock steps of {step} µs), n = 1.",
            step = format!("{:.0}", lab.machine.timer_resolution_us)
        ),
    }
}

fn totals(lab: &CacheInspector) -> Markup {
    let totals = &lab.totals;
    let all = [
        (t!("Entries"), format::count(lab.entries.len() as u64)),
        (t!("Size of their results"), format::size(lab.bytes())),
        (t!("Calls here"), format::count(totals.calls)),
        (t!("Hits"), format::count(totals.hits)),
        (t!("Misses"), format::count(totals.computed)),
        (t!("Time saved"), format::time(totals.saved_ms)),
        (t!("Wrong answers"), format::count(totals.wrong)),
    ];
    html! {
        dl.ci-totals {
            @for (what, value) in all { div { dt { (what) } dd { b { (value) } } } }
        }
        @if let Some(why) = &lab.unlisted {
            p.fault { strong { (t!("The cache cannot be read.")) " " } (why) }
        }
        @if !lab.machine.storage_why.is_empty() { p.cache-line { (lab.machine.storage_why) } }
    }
}

fn calls(lab: &CacheInspector) -> Markup {
    html! {
        @if !lab.made.is_empty() {
            h2 #ci-calls { (t!("Calls, the newest first")) }
            div.table-frame tabindex="0" role="region" aria-labelledby="ci-calls" {
                table.ci-calls {
                    caption { (t!("Each call, its answer, where that came from, and how long the call took beside computing.")) " " (place(lab)) }
                    thead { tr {
                        th scope="col" { (t!("The call")) } th scope="col" { (t!("Answer")) } th scope="col" { (t!("Where from")) }
                        th.number scope="col" { (t!("Took")) } th.number scope="col" { (t!("Computing took")) }
                    } }
                    tbody { @for made in &lab.made { tr {
                        th scope="row" { code { (made.call) } }
                        @match &made.answer {
                            Ok(answer) => { td { (answer) @if made.now.is_some() { " " strong.ci-wrong { (t!("wrong")) } } } },
                            Err(why) => { td.fault { (why) } },
                        }
                        td { (origin(made)) }
                        td.number { (format::short_time(made.took_ms)) }
                        td.number { @if made.answer.is_ok() { (format::short_time(made.computed_ms)) } @else { "–" } }
                    } } }
                }
            }
        }
    }
}

/// What a program would have printed.
fn printed(lab: &CacheInspector) -> Markup {
    let lines: Vec<_> = lab
        .made
        .iter()
        .rev()
        .flat_map(|made| &made.lines)
        .map(String::as_str)
        .collect();
    html! {
        @if !lines.is_empty() {
            details open[lab.recorded.is_some()] {
                summary { (t!("What joblib’s Memory would print")) }
                pre.ci-printed tabindex="0" { (lines.join("\n")) }
            }
        }
    }
}
