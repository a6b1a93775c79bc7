//! Moving the bytes against reading them: a model of a medium, and what was measured.

use language::{mark, t};
use maud::{Markup, html};

use super::charts::{Piece, drawing, row};
use super::findings::{Finding, Results, time};
use super::state::Formats;
use crate::message::{ELEMENTS, message};

/// Something that bytes come from.
struct Medium {
    name: &'static str,
    title: &'static str,
    /// As a sentence begins with it.
    from: &'static str,
    bytes_per_second: f64,
}

const MEDIA: [Medium; 4] = [
    Medium {
        name: "memory",
        title: mark!("Memory: 10 GB/s"),
        from: mark!("From memory, at 10 GB/s"),
        bytes_per_second: 10e9,
    },
    Medium {
        name: "ssd",
        title: mark!("SSD: 500 MB/s"),
        from: mark!("From an SSD of 500 MB/s"),
        bytes_per_second: 500e6,
    },
    Medium {
        name: "network",
        title: mark!("Network: 10 MB/s"),
        from: mark!("Over a network of 10 MB/s"),
        bytes_per_second: 10e6,
    },
    Medium {
        name: "mobile",
        title: mark!("Slow mobile network: 0.5 MB/s"),
        from: mark!("Over a slow mobile network of 0.5 MB/s"),
        bytes_per_second: 0.5e6,
    },
];

/// The place of the medium of that name.
pub(super) fn find(name: &str) -> Option<usize> {
    MEDIA.iter().position(|medium| medium.name == name)
}

/// The way of one format's bytes into values, in milliseconds.
struct Way<'a> {
    finding: &'a Finding,
    move_ms: f64,
    read_ms: f64,
}

impl Way<'_> {
    fn total(&self) -> f64 {
        self.move_ms + self.read_ms
    }

    fn is_moved_longer(&self) -> bool {
        self.move_ms > self.read_ms
    }
}

pub(super) fn transport(lab: &Formats, results: &Results) -> Markup {
    let medium = &MEDIA[lab.medium];
    let ways = results.ranked(|finding| {
        Some(finding.size? as f64 / medium.bytes_per_second * 1000.0 + finding.read.median()?)
    });
    let ways: Vec<_> = ways
        .into_iter()
        .filter_map(|(finding, total)| {
            let read_ms = finding.read.median()?;
            let move_ms = total - read_ms;
            Some(Way {
                finding,
                move_ms,
                read_ms,
            })
        })
        .collect();
    let (Some(best), Some(worst)) = (ways.first(), ways.last()) else {
        return html! {};
    };
    let scale = worst.total().max(f64::MIN_POSITIVE);
    html! {
        h3 { (t!("The bottleneck")) }
        div.field {
            label for="fm-medium" { (t!("The bytes come from")) }
            select #fm-medium data-change="medium" {
                @for (at, medium) in MEDIA.iter().enumerate() {
                    option value=(medium.name) selected[at == lab.medium] { (language::text(medium.title)) }
                }
            }
        }
        p.fm-bottleneck { (sentence(medium, best, &ways)) }
        ul.fm-chart { @for way in &ways { (one(way, scale)) } }
        p.legend {
            span.key {
                span.swatch.fm-move {}
                (message(
                    &t!("moving the bytes: a {model}, size divided by speed, without any delay", model = ELEMENTS[0]),
                    &[html! { dfn { (t!("model")) } }],
                ))
            }
            span.key { span.swatch.fm-median {} (t!("reading them, as measured")) }
        }
    }
}

/// The bottleneck in a sentence or two.
fn sentence(medium: &Medium, best: &Way<'_>, ways: &[Way<'_>]) -> Markup {
    let moved: Vec<_> = ways.iter().filter(|way| way.is_moved_longer()).collect();
    let all = ways.len();
    let where_it_is = match moved.len() {
        0 => t!(
            "For every format reading takes longer than moving: the processor is the bottleneck, and a smaller file would not help."
        ),
        n if n == all => t!(
            "For every format moving takes longer than reading: the medium is the bottleneck, and what counts is size."
        ),
        n => {
            let names: Vec<_> = moved.iter().map(|way| way.finding.title.as_str()).collect();
            let formats = list(&names);
            if n == 1 {
                t!(
                    "{formats} is held up by the medium, the others by the processor.",
                    formats
                )
            } else {
                t!(
                    "{formats} are held up by the medium, the others by the processor.",
                    formats
                )
            }
        }
    };
    let fastest = t!(
        "{medium}, {format} would be the fastest end to end: {total}, of which {moving} to move and {reading} to read.",
        medium = language::text(medium.from),
        format = ELEMENTS[0],
        total = time(best.total()),
        moving = time(best.move_ms),
        reading = time(best.read_ms),
    );
    html! { (message(&fastest, &[html! { strong { (best.finding.title) } }])) " " (where_it_is) }
}

fn one(way: &Way<'_>, scale: f64) -> Markup {
    let moving = Piece {
        class: "fm-move",
        from: 0.0,
        to: way.move_ms / scale,
        above: 0.15,
        height: 0.7,
    };
    let reading = Piece {
        class: "fm-median",
        from: way.move_ms / scale,
        to: way.total() / scale,
        above: 0.15,
        height: 0.7,
    };
    let (longer, part) = if way.is_moved_longer() {
        (t!("moving"), way.move_ms)
    } else {
        (t!("reading"), way.read_ms)
    };
    let part = part / way.total().max(f64::MIN_POSITIVE) * 100.0;
    let value = html! {
        (time(way.total())) " " span.help { (longer) " " (format!("{part:.0}")) " %" }
        small { (time(way.move_ms)) " + " (time(way.read_ms)) }
    };
    row(way.finding, &drawing([moving, reading]), &value)
}

/// `A, B and C`.
fn list(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [others @ .., last] => t!("{others} and {last}", others = others.join(", "), last),
    }
}
