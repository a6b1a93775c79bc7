//! What was found of each way.

use experiments::{LeftoverFound, PagesCompared, Verdict};
use language::{mark, t};
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
        (Aim::Write, End::Random) => t!("The last of each"),
        (Aim::Restore, _) => t!("After version 1 was restored"),
        _ => t!("What is left"),
    };
    html! {
        h2 { (heading) }
        (legend(&[("new", mark!("version 2")), ("torn", mark!("neither")), ("old", mark!("version 1"))]))
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
                p.why { b { (t!("Why?")) " " } (why(way, verdict, found, &results.run.format)) }
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
    let words = t!(
        "{new} of version 2, {old} of version 1, {broken} of neither",
        new = format::plural(u64::from(new), "record"),
        old = format::count(u64::from(old)),
        broken = format::plural(u64::from(broken), "piece")
    );
    let parts = [
        part("new", &t!("version 2"), new),
        part("torn", &t!("neither"), broken),
        part("old", &t!("version 1"), old),
    ];
    let name = name.to_uppercase();
    html! {
        (strip(&words, &parts))
        p {
            (t!("In the file ({size}):", size = format::size(leftover.bytes))) " " b { (words) } "."
            @if leftover.missing > 0 {
                " " (t!("Of {records} neither version is there any more.", records = format::plural(u64::from(leftover.missing), "record")))
            }
            @if leftover.twice > 0 {
                " " (t!("{records} are there twice, in both versions.", records = format::plural(u64::from(leftover.twice), "record")))
            }
        }
        p {
            (t!("Can a program still read it as {format}?", format = name)) " "
            @match &leftover.reading {
                Ok(records) => {
                    @let records = format::plural(*records, "record");
                    b { (t!("Yes")) }
                    @if leftover.verdict == Verdict::Mixture { (t!(", it reads {records} and complains of nothing.", records)) }
                    @else { (t!(", it reads {records}.", records)) }
                },
                Err(failure) => {
                    b { (t!("No")) } (t!(": “{message}”", message = failure.message))
                    @if let Some(place) = failure.place {
                        @let byte = format::count(place.offset);
                        " "
                        @if let Some(line) = place.line { (t!("(line {line}, byte {byte})", line = format::count(line), byte)) }
                        @else { (t!("(byte {byte})", byte)) }
                    }
                },
            }
        }
        @if let Some(torn) = &leftover.torn {
            p { (t!("The torn place, after byte {byte}:", byte = format::count(torn.offset))) }
            pre.torn-place tabindex="0" aria-label=(t!("The bytes around the torn place")) {
                span.is-new { (torn.before) } span.tear title=(t!("here version 2 ends")) { "│" } span.is-old { (torn.after) }
            }
        }
    }
}

/// The database's files before SQLite has seen them.
fn raw(pages: &PagesCompared, found: &Found) -> Markup {
    let changed = pages.changed.iter().filter(|changed| **changed).count();
    let all = pages.changed.len();
    let words = t!(
        "{changed} of {pages} are not as they were before the transaction",
        changed,
        pages = format::plural(all as u64, "page")
    );
    let parts: Vec<_> = runs(&pages.changed)
        .into_iter()
        .map(|(count, changed)| Part {
            kind: if changed { "new" } else { "old" },
            title: format!(
                "{}: {}",
                format::plural(count as u64, "page"),
                if changed {
                    t!("changed")
                } else {
                    t!("as before")
                }
            ),
            amount: count as f64,
        })
        .collect();
    html! {
        p {
            @let bytes = format::plural(u64::from(pages.page_bytes), "byte");
            (t!("Before SQLite opened it, in the database’s file:")) " " b { (words) } " "
            @if all as u64 > u64::from(pages.before) {
                (t!("({bytes} each; before there were {count}).", bytes, count = format::count(u64::from(pages.before))))
            } @else {
                (t!("({bytes} each).", bytes))
            }
        }
        (strip(&words, &parts))
        p {
            @match found.size(JOURNAL) {
                Some(bytes) => {
                    (t!("Beside it was a")) " " dfn { (t!("rollback journal")) }
                    (t!(
                        ", the old content of what is being changed: {size}, {pages}.",
                        size = format::size(bytes),
                        pages = format::plural(u64::from(pages.journal_pages), "page"),
                    ))
                },
                None => { (t!("There was no journal beside it.")) },
            }
        }
    }
}

fn database(found: &Found) -> Markup {
    html! {
        @match &found.recovered {
            Some(Ok(recovered)) => {
                p {
                    (t!("After SQLite opened it:")) " "
                    b {
                        (t!(
                            "{new} of version 2, {old} of version 1",
                            new = format::plural(u64::from(recovered.new), "record"),
                            old = format::count(u64::from(recovered.old)),
                        ))
                    }
                    (t!("; its own check of the whole file says “{integrity}”", integrity = recovered.integrity))
                    @if found.size(JOURNAL).is_some() {
                        @if recovered.journal { (t!("; the journal is still there")) } @else { (t!("; the journal is gone")) }
                    }
                    "."
                }
            },
            Some(Err(error)) => { p { (t!("SQLite could not open it: “{error}”", error)) } },
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
                Verdict::AllOld => t!("nothing of version 2 is in the file"),
                Verdict::AllNew => t!("all of version 2 is in the file"),
                _ => t!(
                    "{part} of version 2 is in the file",
                    part = part(leftover.new_bytes)
                ),
            }),
        Way::Rename => Some(match found.size(TEMPORARY) {
            Some(bytes) => t!(
                "{part} of version 2 is in the other file",
                part = part(bytes)
            ),
            None => t!("the other file has been renamed"),
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
                    @let (at, heard) = (format!("{at:.0}"), format!("{heard:.0}"));
                    @if let Some(came) = came {
                        (t!("It was to be killed at {at} %; the last that was heard of it was {heard} %, and {came}.", at, heard, came))
                    } @else {
                        (t!("It was to be killed at {at} %; the last that was heard of it was {heard} %.", at, heard))
                    }
                    " " (t!("The end of a worker takes a moment, in which it may go on."))
                },
                _ => { (t!("It was not killed.")) },
            }
        }
    }
}

fn temporary(found: &Found) -> Markup {
    html! {
        @if let Some(bytes) = found.size(TEMPORARY) {
            p {
                (t!(
                    "Left lying about: the other file, {size} of {all}. Nobody will ever remove it, unless a program is made to.",
                    size = format::size(bytes),
                    all = format::size(found.new_bytes),
                ))
            }
        }
    }
}
