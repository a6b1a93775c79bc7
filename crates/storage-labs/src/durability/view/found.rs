//! What was found of each way.

use experiments::{LeftoverFound, PagesCompared, Verdict};
use maud::{Markup, html};
use protocol::Way;
use widgets::format;

use super::super::chart::{Part, legend, runs, strip};
use super::super::state::{Aim, Durability, End, Found, Results, WAYS};
use super::super::update::{JOURNAL, TEMPORARY};
use super::super::words::{left, title, why};

pub(super) fn all(lab: &Durability) -> Markup {
    let Some(results) = lab
        .results
        .as_ref()
        .filter(|results| !results.found.is_empty())
    else {
        return html! {};
    };
    let heading = match (results.aim, results.end) {
        (Aim::Write, End::Random) => "The last of each",
        (Aim::Restore, _) => "After version 1 was restored",
        _ => "What is left",
    };
    html! {
        h2 { (heading) }
        (legend(&[("new", "version 2"), ("torn", "neither"), ("old", "version 1")]))
        @for way in WAYS {
            @if let Some(found) = results.found.get(&way) { (one(way, found, results)) }
        }
    }
}

fn one(way: Way, found: &Found, results: &Results) -> Markup {
    let verdict = found.verdict(results.run.records);
    html! {
        section.way-left {
            h3 {
                (title(way))
                @if let Some(verdict) = verdict {
                    ": " span class=(if matches!(verdict, Verdict::AllOld | Verdict::AllNew) { "whole" } else { "torn-word" }) { (left(verdict)) }
                }
            }
            @if let Some(leftover) = &found.leftover { (file(leftover, &results.run.format)) }
            @if let Some(pages) = &found.pages { (raw(pages, found)) }
            (database(found))
            (reach(way, found))
            @if way == Way::Rename { (temporary(found)) }
            @if let Some(verdict) = verdict {
                p.why { b { "Why? " } (why(way, verdict, found, &results.run.format)) }
            }
        }
    }
}

fn part(kind: &'static str, words: &str, count: u32) -> Part {
    Part {
        kind,
        title: format!("{}: {words}", format::plural(u64::from(count), "record")),
        amount: f64::from(count),
    }
}

fn file(leftover: &LeftoverFound, name: &str) -> Markup {
    let LeftoverFound {
        old, new, broken, ..
    } = *leftover;
    let words = format!(
        "{} of version 2, {} of version 1, {} of neither",
        format::plural(u64::from(new), "record"),
        format::count(u64::from(old)),
        format::plural(u64::from(broken), "piece")
    );
    let parts = [
        part("new", "version 2", new),
        part("torn", "neither", broken),
        part("old", "version 1", old),
    ];
    let name = name.to_uppercase();
    html! {
        (strip(&words, &parts))
        p {
            "In the file (" (format::size(leftover.bytes)) "): " b { (words) } "."
            @if leftover.missing > 0 { " Of " (format::plural(u64::from(leftover.missing), "record")) " neither version is there any more." }
            @if leftover.twice > 0 { " " (format::plural(u64::from(leftover.twice), "record")) " are there twice, in both versions." }
        }
        p {
            "Can a program still read it as " (name) "? "
            @match &leftover.reading {
                Ok(records) => {
                    b { "Yes" } ", it reads " (format::plural(*records, "record"))
                    @if leftover.verdict == Verdict::Mixture { " and complains of nothing" }
                    "."
                },
                Err(failure) => {
                    b { "No" } ": “" (failure.message) "”"
                    @if let Some(place) = failure.place {
                        " (" @if let Some(line) = place.line { "line " (format::count(line)) ", " } "byte " (format::count(place.offset)) ")"
                    }
                },
            }
        }
        @if let Some(torn) = &leftover.torn {
            p { "The torn place, after byte " (format::count(torn.offset)) ":" }
            pre.torn-place tabindex="0" aria-label="The bytes around the torn place" {
                span.is-new { (torn.before) } span.tear title="here version 2 ends" { "│" } span.is-old { (torn.after) }
            }
        }
    }
}

/// The database's files before SQLite has seen them.
fn raw(pages: &PagesCompared, found: &Found) -> Markup {
    let changed = pages.changed.iter().filter(|changed| **changed).count();
    let all = pages.changed.len();
    let words = format!(
        "{changed} of {} are not as they were before the transaction",
        format::plural(all as u64, "page")
    );
    let parts: Vec<_> = runs(&pages.changed)
        .into_iter()
        .map(|(count, changed)| Part {
            kind: if changed { "new" } else { "old" },
            title: format!(
                "{}: {}",
                format::plural(count as u64, "page"),
                if changed { "changed" } else { "as before" }
            ),
            amount: count as f64,
        })
        .collect();
    html! {
        p {
            "Before SQLite opened it, in the database’s file: " b { (words) } " ("
            (format::plural(u64::from(pages.page_bytes), "byte")) " each"
            @if all as u64 > u64::from(pages.before) { "; before there were " (format::count(u64::from(pages.before))) }
            ")."
        }
        (strip(&words, &parts))
        p {
            @match found.size(JOURNAL) {
                Some(bytes) => {
                    "Beside it was a " dfn { "rollback journal" } ", the old content of what is being changed: "
                    (format::size(bytes)) ", " (format::plural(u64::from(pages.journal_pages), "page")) "."
                },
                None => { "There was no journal beside it." },
            }
        }
    }
}

fn database(found: &Found) -> Markup {
    html! {
        @match &found.recovered {
            Some(Ok(recovered)) => {
                p {
                    "After SQLite opened it: " b { (format::plural(u64::from(recovered.new), "record")) " of version 2, "
                    (format::count(u64::from(recovered.old))) " of version 1" }
                    "; its own check of the whole file says “" (recovered.integrity) "”"
                    @if found.size(JOURNAL).is_some() {
                        @if recovered.journal { "; the journal is still there" } @else { "; the journal is gone" }
                    }
                    "."
                }
            },
            Some(Err(error)) => { p { "SQLite could not open it: “" (error) "”" } },
            None => {},
        }
    }
}

/// How far the writer was to go, and how far it came.
fn reach(way: Way, found: &Found) -> Markup {
    let Some(end) = found.end else {
        return html! {};
    };
    let part = |bytes: u64| {
        format!(
            "{:.0} %",
            bytes as f64 / found.new_bytes.max(1) as f64 * 100.0
        )
    };
    let came = match way {
        Way::Plain => found
            .leftover
            .as_ref()
            .map(|leftover| match leftover.verdict {
                Verdict::AllOld => "nothing of version 2 is in the file".to_owned(),
                Verdict::AllNew => "all of version 2 is in the file".to_owned(),
                _ => format!("{} of version 2 is in the file", part(leftover.new_bytes)),
            }),
        Way::Rename => Some(match found.size(TEMPORARY) {
            Some(bytes) => format!("{} of version 2 is in the other file", part(bytes)),
            None => "the other file has been renamed".to_owned(),
        }),
        Way::Transaction => None,
    };
    let heard = found
        .heard
        .map(|(done, of)| f64::from(done) / f64::from(of.max(1)) * 100.0);
    html! {
        p.help {
            @match (end, found.kill_at, heard) {
                (End::Killed, Some(at), Some(heard)) => {
                    "It was to be killed at " (format!("{at:.0}")) " %; the last that was heard of it was " (format!("{heard:.0}")) " %"
                    @if let Some(came) = came { ", and " (came) }
                    ". The end of a worker takes a moment, in which it may go on."
                },
                _ => { "It was not killed." },
            }
        }
    }
}

fn temporary(found: &Found) -> Markup {
    html! {
        @if let Some(bytes) = found.size(TEMPORARY) {
            p { "Left lying about: the other file, " (format::size(bytes)) " of " (format::size(found.new_bytes)) ". Nobody will ever remove it, unless a program is made to." }
        }
    }
}
