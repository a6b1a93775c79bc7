//! Bars that lie, one format a row.

use language::t;
use maud::{Markup, PreEscaped, html};
use svg::node::element::Rectangle;
use svg::{Document, Node};
use widgets::format;

use super::findings::{Finding, Results, Times, time};
use super::sqlite::{self, SQLITE};
use super::state::Formats;
use crate::message::{ELEMENTS, message};

/// A bar's own units; the page stretches it.
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 24.0;

/// A part of a drawing: its class, from where to where, and how high, in parts of the whole.
pub(super) struct Piece {
    pub(super) class: &'static str,
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) above: f64,
    pub(super) height: f64,
}

/// Pieces in one drawing, for those who see it; the numbers stand beside it.
pub(super) fn drawing(pieces: impl IntoIterator<Item = Piece>) -> Markup {
    let mut drawing = Document::new()
        .set("viewBox", (0, 0, WIDTH, HEIGHT))
        .set("preserveAspectRatio", "none")
        .set("aria-hidden", "true")
        .set("class", "fm-bar");
    for piece in pieces {
        let from = piece.from.clamp(0.0, 1.0) * WIDTH;
        let to = piece.to.clamp(0.0, 1.0) * WIDTH;
        drawing.append(
            Rectangle::new()
                .set("class", piece.class)
                .set("x", round(from))
                .set("y", round(piece.above * HEIGHT))
                .set("width", round((to - from).max(2.0)))
                .set("height", round(piece.height * HEIGHT)),
        );
    }
    PreEscaped(drawing.to_string())
}

pub(super) fn round(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

/// One row of a chart.
pub(super) fn row(finding: &Finding, drawing: &Markup, value: &Markup) -> Markup {
    html! {
        li.fm-row data-record=(finding.name) {
            span.fm-name { (finding.title) }
            (drawing)
            span.fm-value { (value) }
        }
    }
}

/// The rows of those that could not be measured.
fn failed(results: &Results) -> Markup {
    html! {
        @for finding in &results.formats {
            @if let Some(why) = &finding.failed {
                li.fm-row.fm-failed data-record=(finding.name) {
                    span.fm-name { (finding.title) }
                    span.fm-why { strong { (t!("Cannot.")) " " } (why) }
                }
            }
        }
    }
}

/// Bytes, raw and compressed, and what was lost.
pub(super) fn sizes(results: &Results) -> Markup {
    let ranked = results.ranked(|finding| finding.size.map(|size| size as f64));
    let most = ranked
        .iter()
        .map(|(finding, size)| finding.compressed.unwrap_or_default().max(*size as u64));
    let most = most.max().unwrap_or_default().max(1) as f64;
    let row = |finding: &Finding, size: f64| {
        let raw = Piece {
            class: "fm-raw",
            from: 0.0,
            to: size / most,
            above: 0.05,
            height: 0.5,
        };
        let compressed = finding.compressed.map(|bytes| Piece {
            class: "fm-compressed",
            from: 0.0,
            to: bytes as f64 / most,
            above: 0.6,
            height: 0.35,
        });
        let value = html! {
            (format::size(size as u64))
            @if let Some(bytes) = finding.compressed { small { (t!("gzip {size}", size = format::size(bytes))) } }
            @match finding.lost() {
                Some(0) => { small.fm-kept { (t!("nothing lost")) } },
                Some(lost) => { small.fm-lost { (t!("{values} changed", values = format::plural(lost, "value"))) } },
                None => {},
            }
        };
        row(
            finding,
            &drawing(core::iter::once(raw).chain(compressed)),
            &value,
        )
    };
    html! {
        @if results.formats.iter().any(|finding| finding.jobs > 0) {
            h3 { (t!("Size")) }
            p.help {
                (message(
                    &t!("The smallest first. The upper bar is what is stored, the lower one what {gzip}, a compressor that every browser and server knows, makes of it.", gzip = ELEMENTS[0]),
                    &[html! { dfn { "gzip" } }],
                ))
            }
            ul.fm-chart {
                @for (finding, size) in &ranked { (row(finding, *size)) }
                (failed(results))
            }
            p.legend {
                span.key { span.swatch.fm-raw {} (t!("stored")) }
                span.key { span.swatch.fm-compressed {} (t!("after gzip")) }
            }
        }
    }
}

/// Writing, reading, and reading one record.
pub(super) fn times(lab: &Formats, results: &Results) -> Markup {
    let chart = |title: String, help: String, of: fn(&Finding) -> &Times| {
        let ranked = results.ranked(|finding| of(finding).median());
        let spreads = || {
            ranked
                .iter()
                .filter_map(|(finding, _)| of(finding).spread())
        };
        let median = spreads().map(|spread| spread.median).fold(0.0, f64::max);
        // One run that was disturbed must not make all bars short.
        let most = spreads()
            .map(|spread| spread.most)
            .fold(0.0, f64::max)
            .min(2.0 * median)
            .max(f64::MIN_POSITIVE);
        html! {
            @if !ranked.is_empty() {
                div.fm-times {
                    h3 { (title) }
                    p.help { (help) }
                    ul.fm-chart { @for (finding, _) in &ranked { (time_row(finding, of(finding), most)) } }
                }
            }
        }
    };
    html! {
        (chart(t!("Writing everything"), t!("From values in memory to bytes in memory."), |finding| &finding.write))
        (chart(t!("Reading everything"), t!("From bytes in memory to values in memory."), |finding| &finding.read))
        (chart(
            t!("Reading one record"),
            t!("The one in the middle. CSV and JSON Lines are read up to it and no further, SQLite looks it up by its number; all others have to be read to the end."),
            |finding| &finding.one,
        ))
        @if results.formats.iter().any(|finding| finding.read.first.is_some()) {
            p.legend {
                span.key { span.swatch.fm-median {} (t!("median")) }
                span.key { span.swatch.fm-spread {} (t!("smallest to largest")) }
                span.key { span.swatch.fm-cold {} (t!("the first time")) }
            }
            p.source-line { (provenance(lab, results)) }
        }
    }
}

fn time_row(finding: &Finding, times: &Times, scale: f64) -> Markup {
    let Some(spread) = times.spread() else {
        return html! {};
    };
    let bar = Piece {
        class: "fm-median",
        from: 0.0,
        to: spread.median / scale,
        above: 0.15,
        height: 0.7,
    };
    let line = Piece {
        class: "fm-spread",
        from: spread.least / scale,
        to: spread.most / scale,
        above: 0.42,
        height: 0.16,
    };
    let first = times.first.filter(|_| spread.n > 0).map(|first| {
        let at = (first / scale).min(0.996);
        Piece {
            class: "fm-cold",
            from: at,
            to: at + 0.004,
            above: 0.0,
            height: 1.0,
        }
    });
    let value = html! {
        (time(spread.median)) " "
        span.help { @if spread.n == 0 { (t!("first time only")) } @else { "n = " (spread.n) } }
        @if spread.n > 1 { small { (range(spread.least, spread.most)) } }
    };
    row(
        finding,
        &drawing([bar, line].into_iter().chain(first)),
        &value,
    )
}

/// From the smallest to the largest time.
pub(super) fn range(least: f64, most: f64) -> String {
    t!("{least} to {most}", least = time(least), most = time(most))
}

/// Where the times come from.
fn provenance(lab: &Formats, results: &Results) -> Markup {
    let together = results
        .formats
        .iter()
        .flat_map(|finding| [&finding.write, &finding.read, &finding.one])
        .map(|times| times.runs)
        .max()
        .unwrap_or_default();
    let (rounds, seconds) = (results.rounds, results.budget_s);
    let cores = format::plural(u64::from(results.cores), "core");
    let step = format!("{:.0}", results.resolution_us);
    html! {
        @match &lab.recorded {
            Some(recorded) => {
                (t!("Recorded {recorded}: median and spread of up to n = {rounds} rounds, at most {seconds} s for each format; {cores}, clock steps of {step} µs.", recorded, rounds, seconds, cores, step))
            },
            None => {
                (t!("Measured here: median and spread of up to n = {rounds} rounds, at most {seconds} s for each format; {cores}, clock steps of {step} µs.", rounds, seconds, cores, step))
            },
        }
        " "
        @if together > 1 {
            (t!("Where one run is shorter than 20 steps of the clock, several were timed together and divided, up to {runs} of them.", runs = format::count(u64::from(together))))
            " "
        }
        (message(
            &t!("The {first} comes before the rounds: then the browser is still getting used to the code, which is called cold. The rounds are warm.", first = ELEMENTS[0]),
            &[html! { dfn { (t!("first time")) } }],
        ))
        " "
        @if results.find(SQLITE).is_some_and(|finding| finding.read.first.is_some()) { (sqlite::note()) }
    }
}
