//! What the lab shows.

use language::{number, t};
use maud::{Markup, html};

use super::state::{
    Backend, Collection, Comparison, Row, RowResult, Running, Source, Way, WordFrequencies,
};
use crate::bars::{Bar, bar_chart};
use crate::format;
use crate::measure::Samples;
use crate::timeline::Names;

/// As many rows are shown before the visitor asks for all.
const FIRST_ROWS: usize = 25;
/// As many texts the bundled collection has, before it is read.
const ADDRESSES: u64 = 123;
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
    let addresses = match &lab.collection {
        Collection::Read(texts) => texts.len() as u64,
        _ => ADDRESSES,
    };
    html! {
        fieldset.source {
            legend { (t!("Texts")) }
            label.choice {
                input type="radio" name="source" value="bundled" data-change="source" checked[!own] disabled[busy];
                span {
                    (t!("The bundled collection: {addresses} of U.S. presidents, 1900–2021, 5.3 MB", addresses = format::plural(addresses, "address")))
                    " (" a href="%ROOT%data/addresses/LICENCE.txt" { (t!("where they come from")) } ")"
                }
            }
            label.choice {
                input type="radio" name="source" value="own" data-change="source" checked[own] disabled[busy];
                span { (t!("Files of your own; they stay on this machine")) }
            }
            div.drop data-drop {
                label for="wf-files" { (t!("Choose text files, or drop them here")) }
                input #wf-files type="file" multiple data-files disabled[busy];
                @if own {
                    p.chosen {
                        @if count == 0 { (t!("No file is chosen.")) }
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
            label for="wf-text" { (t!("Change one text")) }
            select #wf-text data-change="text" {
                @for (at, name) in lab.names().iter().enumerate() {
                    option value=(at) selected[at == lab.to_change] {
                        @match lab.changes.get(&at) {
                            Some(changes) => { (t!("{name} ({lines} added)", name, lines = format::plural(u64::from(*changes), "line"))) },
                            None => { (name) },
                        }
                    }
                }
            }
            button type="button" data-press="change-text" aria-disabled=[busy.then_some("true")] { (t!("Add a line to it")) }
        }
    }
}

fn settings(lab: &WordFrequencies) -> Markup {
    let help = match lab.machine.cores {
        0 => t!("A whole number from 1; −1 means all cores."),
        cores => t!(
            "A whole number from 1; −1 means all cores, here {cores}.",
            cores
        ),
    };
    html! {
        fieldset.settings {
            legend { (t!("How to run")) }
            div.field {
                label for="wf-workers" { (t!("Workers")) }
                input #wf-workers type="text" inputmode="numeric" size="4" autocomplete="off" data-change="workers"
                    value=(if lab.n_jobs.is_empty() { "-1" } else { &lab.n_jobs }) aria-describedby="wf-workers-help";
                span #wf-workers-help .help { (help) }
            }
            div.field role="radiogroup" aria-label=(t!("Backend")) {
                span.label { (t!("Backend")) }
                @for (backend, words) in [
                    (Backend::Loky, t!("loky: workers side by side")),
                    (Backend::Sequential, t!("sequential: one after the other")),
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
            button.primary type="button" data-press="run" aria-disabled=[busy.then_some("true")] { (t!("Run")) }
            button type="button" data-press="stop" aria-disabled=[(!busy).then_some("true")] { (t!("Stop")) }
            button type="button" data-press="compare" aria-disabled=[busy.then_some("true")] { (t!("Compare the three ways")) }
            button type="button" data-press="clear" aria-disabled=[busy.then_some("true")] { (t!("Clear the cache")) }
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
            p.recorded { (t!("What you see was recorded {recorded}. Press Run to see it happen here.", recorded = format::recorded(recorded))) }
        }
    }
}

fn working(lab: &WordFrequencies, running: &Running) -> String {
    if running.stopping {
        return t!("Stopping …");
    }
    let round = lab.comparison.cached.n() + 1;
    match running.way {
        Way::Asked => t!("Working …"),
        Way::Fill => t!("Comparing: filling the cache first …"),
        Way::Sequential => t!("Comparing, round {round}: one after the other …", round),
        Way::Parallel => t!("Comparing, round {round}: in parallel …", round),
        Way::Cached => t!("Comparing, round {round}: from the cache …", round),
    }
}

fn progress(lab: &WordFrequencies) -> Markup {
    let progress = &lab.progress;
    let total = lab.rows.len() as u64;
    html! {
        @if lab.running.is_some() && total > 0 {
            div.progress {
                progress max=(total) value=(progress.done) aria-label=(t!("Texts done")) {}
                span.numbers aria-hidden="true" {
                    (t!("{done} of {total}", done = progress.done, total)) " · " (format::time(progress.elapsed_ms))
                    @if let Some(left) = progress.remaining_ms { " · " (t!("about {time} left", time = format::time(left))) }
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
        Some(recorded) => t!("recorded {recorded}", recorded = format::recorded(recorded)),
        None => t!(
            "measured here, on this machine ({cores}, clock steps of {step} µs)",
            cores = format::plural(u64::from(lab.machine.cores), "core"),
            step = format!("{:.0}", lab.machine.timer_resolution_us)
        ),
    };
    let on_workers = t!(
        "on {workers}",
        workers = format::plural(u64::from(*workers), "worker")
    );
    html! {
        p.comparison {
            strong { (format::plural(*texts, "text")) ": " }
            (way(&t!("one after the other"), sequential)) " · "
            (way(&on_workers, parallel))
            ", " b { (ratio(slow, fast)) } " " (t!("as fast")) " · "
            (way(&t!("from the cache"), cached)) ", " b { (ratio(slow, hit)) } " " (t!("as fast"))
            span.source-line {
                " " (t!("— median (smallest to largest), n = {n} each, {place}.", n = sequential.n().min(cached.n()), place = where_measured))
            }
        }
    }
}

fn way(words: &str, samples: &Samples) -> Markup {
    html! {
        @if let Some((least, median, most)) = samples.spread() {
            (words) " " b { (format::time(median)) } " (" (t!("{least} to {most}", least = format::time(least), most = format::time(most))) ")"
        }
    }
}

fn ratio(slow: f64, fast: f64) -> String {
    number(&format!("{:.1} ×", slow / fast.max(f64::MIN_POSITIVE)))
}

fn timeline(lab: &WordFrequencies) -> Markup {
    let name = |task: u32| {
        lab.rows
            .get(task as usize)
            .map_or_else(String::new, |row| row.name.clone())
    };
    html! {
        @if !lab.timeline.is_empty() {
            h3 { (t!("Who did what, and when")) }
            (lab.timeline.view(&Names { name: &name, first: None }))
            @if let (None, Some(part)) = (&lab.running, lab.timeline.utilisation()) {
                p.legend { (t!("Workers were busy {percent} % of the time.", percent = format!("{:.0}", part * 100.0))) }
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
    let label = t!(
        "Bar chart of the words counted in each of {texts}; most in “{longest}” ({most}), fewest in “{shortest}” ({fewest}). The table below has all numbers.",
        texts = format::plural(done.len() as u64, "text"),
        longest = longest.0,
        most = format::count(longest.1),
        shortest = shortest.0,
        fewest = format::count(shortest.1)
    );
    let bars: Vec<_> = done
        .iter()
        .map(|(name, words, _)| Bar {
            title: t!("{name}: {words} words", name, words = format::count(*words)),
            value: *words as f64,
            marked: *name == longest.0,
        })
        .collect();
    html! {
        h3 { (t!("Words counted in each text")) }
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
        @if lab.rows.len() > MOST_BARS { p.help { (t!("The first {count} texts.", count = MOST_BARS)) } }
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
            h3 #wf-results { (t!("Results, in the order of the texts")) }
            div.table-frame tabindex="0" role="region" aria-labelledby="wf-results" {
                table {
                    caption { (t!("Words of three letters and more; the ten most frequent with how often they occur.")) }
                    thead { tr {
                        th scope="col" { (t!("Text")) } th scope="col" .number { (t!("Words")) }
                        th scope="col" { (t!("Most frequent")) } th scope="col" { (t!("How")) }
                    } }
                    tbody { @for row in &lab.rows[..shown] { (table_row(row)) } }
                }
            }
            @if lab.recorded.is_some() {
                p.help { (t!("The first {shown} of {total}.", shown, total = lab.rows.len())) }
            } @else if lab.rows.len() > FIRST_ROWS {
                button type="button" data-press="show-all" aria-expanded=(lab.show_all.to_string()) {
                    @if lab.show_all { (t!("Show the first {count}", count = FIRST_ROWS)) }
                    @else { (t!("Show all {texts}", texts = format::plural(lab.rows.len() as u64, "text"))) }
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
                RowResult::Waiting => { td.number { "…" } td {} td { (t!("waiting")) } },
                RowResult::Stopped => { td.number { "–" } td {} td { (t!("stopped")) } },
                RowResult::Failed(why) => { td.number { "–" } td.fault colspan="2" { strong { (t!("Not counted.")) " " } (why) } },
                RowResult::Done { words, top, cached, milliseconds } => {
                    td.number { (format::count(*words)) }
                    td.words { @for (at, (word, times)) in top.iter().enumerate() {
                        @if at > 0 { ", " } span.word { (word) " " small { (format::count(*times)) } }
                    } }
                    td.how { @if *cached { (t!("from the cache")) } @else { (format::time(*milliseconds)) } }
                },
            }
        }
    }
}

fn cache(lab: &WordFrequencies) -> Markup {
    html! {
        p.cache-line {
            @match &lab.stored {
                None => { (t!("Results are remembered in this browser, under the digest of each text.")) },
                Some(Ok((0, _))) => { (t!("The cache is empty.")) " " (lab.machine.storage_why) },
                Some(Ok((entries, bytes))) => {
                    (t!("The cache holds {results}, {size}.", results = format::plural(*entries, "result"), size = format::size(*bytes)))
                    " " (lab.machine.storage_why)
                },
                Some(Err(why)) => { span.fault { strong { (t!("The cache cannot be read.")) " " } (why) } },
            }
        }
    }
}
