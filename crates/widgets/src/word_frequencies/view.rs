//! What the lab shows.

use maud::{Markup, html};

use super::state::{
    Backend, Collection, Comparison, Row, RowResult, Running, Source, Way, WordFrequencies,
};
use crate::bars::{Bar, bar_chart};
use crate::format;
use crate::measure::Samples;

/// As many rows are shown before the visitor asks for all.
const FIRST_ROWS: usize = 25;
/// As many bars fit a screen.
const MOST_BARS: usize = 500;

pub(super) fn regions(lab: &WordFrequencies) -> Vec<(&'static str, Markup)> {
    let mut regions = vec![
        ("texts", texts(lab)),
        ("settings", settings(lab)),
        ("actions", actions(lab)),
        ("status", status(lab)),
    ];
    if lab.begun || lab.recorded.is_some() {
        regions.extend([
            ("recorded", recorded(lab)),
            ("progress", progress(lab)),
            ("comparison", comparison(lab)),
            ("timeline", timeline(lab)),
            ("chart", chart(lab)),
            ("results", results(lab)),
        ]);
    }
    regions.push(("cache", cache(lab)));
    regions
}

/// The regions that change all the time while a run goes on.
pub(super) fn brief_regions(lab: &WordFrequencies) -> Vec<(&'static str, Markup)> {
    let mut regions = vec![
        ("actions", actions(lab)),
        ("status", status(lab)),
        ("recorded", recorded(lab)),
        ("progress", progress(lab)),
    ];
    if !lab.plan_is_measured() {
        regions.push(("timeline", timeline(lab)));
    }
    regions
}

fn texts(lab: &WordFrequencies) -> Markup {
    let busy = lab.is_busy();
    let own = lab.source == Source::Own;
    let (count, bytes) = lab.size();
    html! {
        fieldset.source {
            legend { "Texts" }
            label.choice {
                input type="radio" name="source" value="bundled" data-change="source" checked[!own] disabled[busy];
                span { "The bundled collection: "
                    @match &lab.collection {
                        Collection::Read(texts) => { (format::plural(texts.len() as u64, "address")) },
                        _ => { "123 addresses" },
                    }
                    " of U.S. presidents, 1900–2021, 5.3 MB (" a href="data/addresses/LICENCE.txt" { "where they come from" } ")"
                }
            }
            label.choice {
                input type="radio" name="source" value="own" data-change="source" checked[own] disabled[busy];
                span { "Files of your own; they stay on this machine" }
            }
            div.drop data-drop {
                label for="wf-files" { "Choose text files, or drop them here" }
                input #wf-files type="file" multiple data-files disabled[busy];
                @if own {
                    p.chosen {
                        @if count == 0 { "No file is chosen." }
                        @else { (format::plural(count, "file")) ", " (format::size(bytes)) "." }
                    }
                }
            }
        }
        @if count > 0 {
            (change_one(lab, busy))
        }
    }
}

fn change_one(lab: &WordFrequencies, busy: bool) -> Markup {
    html! {
        div.change-one {
            label for="wf-text" { "Change one text" }
            select #wf-text data-change="text" {
                @for (at, name) in lab.names().iter().enumerate() {
                    option value=(at) selected[at == lab.to_change] {
                        (name)
                        @if let Some(changes) = lab.changes.get(&at) { " (" (format::plural(u64::from(*changes), "line")) " added)" }
                    }
                }
            }
            button type="button" data-press="change-text" aria-disabled=[busy.then_some("true")] { "Add a line to it" }
        }
    }
}

fn settings(lab: &WordFrequencies) -> Markup {
    let cores = match lab.machine.cores {
        0 => "all cores".to_owned(),
        cores => format!("all cores, here {cores}"),
    };
    html! {
        fieldset.settings {
            legend { "How to run" }
            div.field {
                label for="wf-workers" { "Workers" }
                input #wf-workers type="text" inputmode="numeric" size="4" autocomplete="off" data-change="workers"
                    value=(if lab.n_jobs.is_empty() { "-1" } else { &lab.n_jobs }) aria-describedby="wf-workers-help";
                span #wf-workers-help .help { "A whole number from 1; −1 means " (cores) "." }
            }
            div.field role="radiogroup" aria-label="Backend" {
                span.label { "Backend" }
                @for (backend, words) in [
                    (Backend::Loky, "loky: workers side by side"),
                    (Backend::Sequential, "sequential: one after the other"),
                ] {
                    label.choice {
                        input type="radio" name="backend" value=(backend.name()) data-change="backend"
                            checked[lab.backend == backend];
                        span { (words) }
                    }
                }
            }
        }
    }
}

fn actions(lab: &WordFrequencies) -> Markup {
    let busy = lab.is_busy();
    html! {
        div.actions {
            button.primary type="button" data-press="run" aria-disabled=[busy.then_some("true")] { "Run" }
            button type="button" data-press="stop" aria-disabled=[(!busy).then_some("true")] { "Stop" }
            button type="button" data-press="compare" aria-disabled=[busy.then_some("true")] { "Compare the three ways" }
            button type="button" data-press="clear" aria-disabled=[busy.then_some("true")] { "Clear the cache" }
        }
    }
}

fn status(lab: &WordFrequencies) -> Markup {
    html! {
        p.status role="status" {
            @if let Some(running) = &lab.running {
                (working(lab, running))
            } @else {
                (lab.status)
            }
        }
        @for notice in &lab.notices {
            p.notice { (notice) }
        }
    }
}

fn recorded(lab: &WordFrequencies) -> Markup {
    html! {
        @if let Some(recorded) = &lab.recorded {
            p.recorded { "What you see was recorded " (recorded) ". Press Run to see it happen here." }
        }
    }
}

fn working(lab: &WordFrequencies, running: &Running) -> String {
    if running.stopping {
        return "Stopping …".to_owned();
    }
    let round = lab.comparison.cached.n() + 1;
    match running.way {
        Way::Asked => "Working …".to_owned(),
        Way::Fill => "Comparing: filling the cache first …".to_owned(),
        Way::Sequential => format!("Comparing, round {round}: one after the other …"),
        Way::Parallel => format!("Comparing, round {round}: in parallel …"),
        Way::Cached => format!("Comparing, round {round}: from the cache …"),
    }
}

fn progress(lab: &WordFrequencies) -> Markup {
    let progress = &lab.progress;
    let total = lab.rows.len() as u64;
    html! {
        @if lab.running.is_some() && total > 0 {
            div.progress {
                progress max=(total) value=(progress.done) aria-label="Texts done" {}
                span.numbers aria-hidden="true" {
                    (progress.done) " of " (total) " · " (format::time(progress.elapsed_ms))
                    @if let Some(left) = progress.remaining_ms { " · about " (format::time(left)) " left" }
                }
            }
        }
    }
}

fn comparison(lab: &WordFrequencies) -> Markup {
    let Comparison {
        sequential,
        parallel,
        cached,
        workers,
        texts,
    } = &lab.comparison;
    let (Some((_, slow, _)), Some((_, fast, _)), Some((_, hit, _))) =
        (sequential.spread(), parallel.spread(), cached.spread())
    else {
        return html! {};
    };
    let where_measured = match &lab.recorded {
        Some(recorded) => format!("recorded {recorded}"),
        None => format!(
            "measured here, on this machine ({}, clock steps of {:.0} µs)",
            format::plural(u64::from(lab.machine.cores), "core"),
            lab.machine.timer_resolution_us
        ),
    };
    html! {
        p.comparison {
            strong { (format::plural(*texts, "text")) ": " }
            (way("one after the other", sequential)) " · "
            (way(&format!("on {}", format::plural(u64::from(*workers), "worker")), parallel))
            ", " b { (ratio(slow, fast)) } " as fast · "
            (way("from the cache", cached)) ", " b { (ratio(slow, hit)) } " as fast"
            span.source-line { " — median (smallest to largest), n = " (sequential.n().min(cached.n())) " each, " (where_measured) "." }
        }
    }
}

fn way(words: &str, samples: &Samples) -> Markup {
    html! {
        @if let Some((least, median, most)) = samples.spread() {
            (words) " " b { (format::time(median)) } " (" (format::time(least)) " to " (format::time(most)) ")"
        }
    }
}

fn ratio(slow: f64, fast: f64) -> String {
    format!("{:.1} ×", slow / fast.max(f64::MIN_POSITIVE))
}

fn timeline(lab: &WordFrequencies) -> Markup {
    let name = |task: u32| {
        lab.rows
            .get(task as usize)
            .map_or_else(String::new, |row| row.name.clone())
    };
    html! {
        @if !lab.timeline.is_empty() {
            h3 { "Who did what, and when" }
            (lab.timeline.view(&name))
            p.legend {
                @for (class, words) in [
                    ("waiting", "waiting"), ("running", "running"), ("finished", "finished"), ("failed", "failed"),
                    ("cancelled", "stopped"), ("lost", "lost with its worker"), ("cached", "from the cache"),
                ] {
                    span.key { span class={ "swatch " (class) } {} (words) }
                }
                @if let (None, Some(part)) = (&lab.running, lab.timeline.utilisation()) {
                    span.key { "Workers were busy " (format!("{:.0}", part * 100.0)) " % of the time." }
                }
            }
        }
    }
}

fn chart(lab: &WordFrequencies) -> Markup {
    let done: Vec<_> = lab
        .rows
        .iter()
        .filter_map(|row| match &row.result {
            RowResult::Done { words, cached, .. } => Some((row.name.as_str(), *words, *cached)),
            _ => None,
        })
        .take(MOST_BARS)
        .collect();
    let (Some(longest), Some(shortest)) = (
        done.iter().max_by_key(|d| d.1),
        done.iter().min_by_key(|d| d.1),
    ) else {
        return html! {};
    };
    let label = format!(
        "Bar chart of the words counted in each of {}; most in “{}” ({}), fewest in “{}” ({}). The table below has all numbers.",
        format::plural(done.len() as u64, "text"),
        longest.0,
        format::count(longest.1),
        shortest.0,
        format::count(shortest.1)
    );
    let bars: Vec<_> = done
        .iter()
        .map(|(name, words, _)| Bar {
            title: format!("{name}: {} words", format::count(*words)),
            value: *words as f64,
            marked: *name == longest.0,
        })
        .collect();
    html! {
        h3 { "Words counted in each text" }
        figure {
            div.bar-frame {
                span.bar-max { (format::count(longest.1)) }
                (bar_chart(&label, &bars))
            }
            figcaption {
                span { (done.first().map_or("", |first| first.0)) }
                span { (done.last().map_or("", |last| last.0)) }
            }
        }
        @if lab.rows.len() > MOST_BARS { p.help { "The first " (MOST_BARS) " texts." } }
    }
}

fn results(lab: &WordFrequencies) -> Markup {
    let shown = if lab.show_all {
        lab.rows.len()
    } else {
        FIRST_ROWS.min(lab.rows.len())
    };
    html! {
        @if !lab.rows.is_empty() {
            h3 #wf-results { "Results, in the order of the texts" }
            div.table-frame tabindex="0" role="region" aria-labelledby="wf-results" {
                table {
                    caption { "Words of three letters and more; the ten most frequent with how often they occur." }
                    thead { tr { th scope="col" { "Text" } th scope="col" .number { "Words" } th scope="col" { "Most frequent" } th scope="col" { "How" } } }
                    tbody { @for row in &lab.rows[..shown] { (table_row(row)) } }
                }
            }
            @if lab.recorded.is_some() {
                p.help { "The first " (shown) " of " (lab.rows.len()) "." }
            } @else if lab.rows.len() > FIRST_ROWS {
                button type="button" data-press="show-all" aria-expanded=(lab.show_all.to_string()) {
                    @if lab.show_all { "Show the first " (FIRST_ROWS) } @else { "Show all " (format::plural(lab.rows.len() as u64, "text")) }
                }
            }
        }
    }
}

fn table_row(row: &Row) -> Markup {
    html! {
        tr {
            th scope="row" { (row.name) }
            @match &row.result {
                RowResult::Waiting => { td.number { "…" } td {} td { "waiting" } },
                RowResult::Stopped => { td.number { "–" } td {} td { "stopped" } },
                RowResult::Failed(why) => { td.number { "–" } td.fault colspan="2" { strong { "Not counted. " } (why) } },
                RowResult::Done { words, top, cached, milliseconds } => {
                    td.number { (format::count(*words)) }
                    td.words { @for (at, (word, times)) in top.iter().enumerate() {
                        @if at > 0 { ", " } span.word { (word) " " small { (format::count(*times)) } }
                    } }
                    td.how { @if *cached { "from the cache" } @else { (format::time(*milliseconds)) } }
                },
            }
        }
    }
}

fn cache(lab: &WordFrequencies) -> Markup {
    html! {
        p.cache-line {
            @match &lab.stored {
                None => { "Results are remembered in this browser, under the digest of each text." },
                Some(Ok((0, _))) => { "The cache is empty. " (lab.machine.storage_why) },
                Some(Ok((entries, bytes))) => { "The cache holds " (format::plural(*entries, "result")) ", " (format::size(*bytes)) ". " (lab.machine.storage_why) },
                Some(Err(why)) => { span.fault { strong { "The cache cannot be read. " } (why) } },
            }
        }
    }
}
