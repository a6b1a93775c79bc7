//! What the lab shows.

mod found;

use experiments::Verdict;
use language::{mark, t};
use maud::{Markup, html};
use protocol::Way;
use widgets::format;

use super::chart::{Part, legend, strip};
use super::state::{Aim, Durability, End, RECORDS, ROUNDS, Results, Step, WAYS};
use super::update::{QUICK, SLOW};
use super::words::{VERDICTS, key, left, title, verdict_key};

pub(super) fn regions(lab: &Durability) -> Vec<(&'static str, Markup)> {
    vec![
        ("settings", settings(lab)),
        ("predictions", predictions(lab)),
        ("actions", actions(lab)),
        ("status", status(lab)),
        ("progress", progress(lab)),
        ("tally", tally(lab)),
        ("compared", compared(lab)),
        ("left", found::all(lab)),
    ]
}

fn settings(lab: &Durability) -> Markup {
    let busy = lab.work.is_some();
    let settings = &lab.settings;
    html! {
        fieldset.settings {
            legend { (t!("What to write")) }
            div.field {
                label for="du-records" { (t!("Records")) }
                input #du-records type="range" min=(RECORDS.0) max=(RECORDS.1) step="1000" value=(settings.records)
                    data-change="records" disabled[busy] aria-valuetext=(format::plural(u64::from(settings.records), "record"));
                span.value aria-hidden="true" { (format::count(u64::from(settings.records))) }
            }
            div.field role="radiogroup" aria-label=(t!("Format of the two files")) {
                span.label { (t!("As")) }
                @for (name, words) in [("csv", "CSV"), ("json", "JSON")] {
                    label.choice {
                        input type="radio" name="du-format" value=(name) data-change="format" disabled[busy]
                            checked[settings.format == name];
                        span { (words) }
                    }
                }
            }
            p.help { (t!("Every record goes from version 1 to version 2. SQLite keeps the same records in a table.")) }
        }
        fieldset.settings {
            legend { (t!("When to kill the worker that writes")) }
            div.ends role="radiogroup" aria-label=(t!("When to kill it")) {
                div.end {
                    (choice(settings.end, End::Killed, busy, "killed", &t!("at a place of the write:")))
                    div.field {
                        input #du-percent type="range" min="0" max="99" step="1" value=(settings.percent)
                            data-change="percent" disabled[busy || settings.end != End::Killed] aria-label=(t!("Place in per cent"))
                            aria-valuetext=(t!("{percent} per cent of the write", percent = settings.percent));
                        span.value aria-hidden="true" { (settings.percent) " %" }
                    }
                }
                div.end { (choice(settings.end, End::Finished, busy, "finished", &t!("not at all: let it finish"))) }
                div.end {
                    (choice(settings.end, End::Random, busy, "random", &t!("anywhere, and count what is left after so many kills:")))
                    select #du-rounds aria-label=(t!("Kills of each way")) data-change="rounds"
                        disabled[busy || settings.end != End::Random] {
                        @for rounds in ROUNDS { option value=(rounds) selected[rounds == settings.rounds] { (rounds) } }
                    }
                }
            }
        }
    }
}

fn choice(chosen: End, end: End, busy: bool, value: &str, words: &str) -> Markup {
    html! {
        label.choice {
            input type="radio" name="du-end" value=(value) data-change="end" disabled[busy] checked[chosen == end];
            span { (words) }
        }
    }
}

fn predictions(lab: &Durability) -> Markup {
    let busy = lab.work.is_some();
    html! {
        fieldset.settings.predictions {
            legend { (t!("Your prediction: what will be left?")) }
            @for way in WAYS {
                @let chosen = lab.predictions.get(&way);
                div.field {
                    label for={ "du-predict-" (key(way)) } { (title(way)) }
                    select id={ "du-predict-" (key(way)) } data-change=(key(way)) disabled[busy] {
                        option value="none" selected[chosen.is_none()] { (t!("no idea")) }
                        @for verdict in VERDICTS {
                            option value=(verdict_key(verdict)) selected[chosen == Some(&verdict)] { (left(verdict)) }
                        }
                    }
                }
            }
            p.help { (t!("It is locked when you press Run, and compared with what is really left.")) }
        }
    }
}

fn actions(lab: &Durability) -> Markup {
    let busy = lab.work.is_some();
    let no = |off: bool| (off || lab.refused.is_some()).then_some("true");
    let nothing = lab.known().is_none();
    html! {
        div.actions {
            button.primary type="button" data-press="run" aria-disabled=[no(busy)] { (t!("Run")) }
            button type="button" data-press="stop" aria-disabled=[no(!busy)] { (t!("Stop")) }
            button type="button" data-press="look" aria-disabled=[no(busy || nothing)] { (t!("Look again")) }
            button type="button" data-press="restore" aria-disabled=[no(busy || nothing)] { (t!("Restore version 1")) }
            button type="button" data-press="clean" aria-disabled=[no(busy)] { (t!("Clean up")) }
        }
    }
}

fn status(lab: &Durability) -> Markup {
    html! {
        p.status role="status" {
            @if let Some(why) = &lab.refused {
                span.fault { strong { (t!("Not possible here.")) " " } (why) }
            } @else if lab.work.is_some() {
                (working(lab))
            } @else {
                (lab.status)
            }
        }
        @if let (None, Some((run, ways))) = (&lab.work, &lab.earlier) {
            @let names: Vec<_> = ways.iter().map(|way| title(*way)).collect();
            p.notice {
                (t!(
                    "Files of an earlier run are still here ({records}, {format}): {names}. If that run was cut short, by Stop or because the page was closed or loaded anew, its worker was killed too: press “Look again” to see what is left.",
                    records = format::plural(u64::from(run.records), "record"),
                    format = run.format.to_uppercase(),
                    names = names.join("; "),
                ))
            }
        }
    }
}

/// What is being done. It changes with each step, not with each piece: it is read aloud.
fn working(lab: &Durability) -> String {
    let Some(work) = &lab.work else {
        return String::new();
    };
    let Some(turn) = work.turn else {
        return match (work.step, work.aim) {
            (Step::Holding, _) => t!("Keeping other tabs away from the files …"),
            (Step::Cleaning, Aim::Clean) => t!("Removing the files …"),
            (Step::Cleaning, _) => t!("Removing the files of the run before …"),
            _ => t!("Making both versions of the records …"),
        };
    };
    let rounds = lab.settings.rounds;
    let way = match (work.aim, work.end) {
        (Aim::Write, End::Random) => {
            return t!(
                "Round {round} of {rounds} …",
                round = turn.round + 1,
                rounds
            );
        }
        _ => title(turn.way),
    };
    match work.step {
        Step::Starting | Step::Preparing => t!("{way}: putting version 1 in place …", way),
        Step::Writing => t!("{way}: writing version 2 …", way),
        Step::StartingAgain | Step::Inspecting if work.found.end == Some(End::Killed) => {
            t!("{way}: killed; another worker looks at the files …", way)
        }
        Step::StartingAgain | Step::Inspecting => {
            t!("{way}: another worker looks at the files …", way)
        }
        Step::Recovering => t!("{way}: SQLite opens the database …", way),
        _ => t!("{way}: counting what is left …", way),
    }
}

fn progress(lab: &Durability) -> Markup {
    let Some(work) = lab.work.as_ref().filter(|work| work.aim == Aim::Write) else {
        return html! {};
    };
    let (pieces, pause) = if work.end == End::Random { QUICK } else { SLOW };
    html! {
        div.writing {
            @for way in WAYS {
                @let now = work.turn.is_some_and(|turn| turn.way == way);
                @let found = if now { Some(&work.found) } else {
                    lab.results.as_ref().and_then(|results| results.found.get(&way))
                };
                @let (done, of) = found.and_then(|found| found.heard).unwrap_or((0, pieces));
                div.progress {
                    span.label { (title(way)) }
                    progress max=(of) value=(done) aria-label=(t!("{way}: pieces written", way = title(way))) {}
                    span.numbers aria-hidden="true" { (t!("{count} of {all}", count = done, all = of)) }
                }
            }
            p.help {
                (t!(
                    "The writer is slowed down so that there is time to kill it: it writes {pieces} pieces, flushes each, and rests {pause} ms before the next.",
                    pieces,
                    pause,
                ))
            }
        }
    }
}

/// How it went, in a sentence.
pub(super) fn summary(aim: Aim, results: &Results) -> String {
    let many = results.end == End::Random && aim == Aim::Write;
    let ways: Vec<_> = results
        .found
        .keys()
        .filter_map(|way| {
            let verdict = results.verdict(*way)?;
            let (way_title, left) = (title(*way), left(verdict));
            Some(if many {
                let all: u32 = VERDICTS
                    .iter()
                    .map(|verdict| results.count(*way, *verdict))
                    .sum();
                t!(
                    "{way}: {left} ({count} of {all})",
                    way = way_title,
                    left,
                    count = results.count(*way, verdict),
                    all
                )
            } else {
                format!("{way_title}: {left}")
            })
        })
        .collect();
    let ways = ways.join("; ");
    match aim {
        Aim::Restore => t!("Version 1 is back. {ways}.", ways),
        _ => t!("Done. {ways}.", ways),
    }
}

/// How often each was left, for each way.
fn tally(lab: &Durability) -> Markup {
    let Some(results) = lab
        .results
        .as_ref()
        .filter(|results| results.end == End::Random && results.aim == Aim::Write)
    else {
        return html! {};
    };
    html! {
        @if !results.tally.is_empty() {
            h2 { (t!("What was left, killed anywhere")) }
            div.tally {
                @for way in WAYS {
                    @let torn = results.count(way, Verdict::Mixture) + results.count(way, Verdict::Unreadable);
                    @let (old, new) = (results.count(way, Verdict::AllOld), results.count(way, Verdict::AllNew));
                    @let words = t!("{old} all old, {new} all new, {torn} torn", old, new, torn);
                    @let parts = [("old", old), ("new", new), ("torn", torn)].map(|(kind, count)| Part {
                        kind,
                        title: t!("{count} of {all}", count, all = old + new + torn),
                        amount: f64::from(count),
                    });
                    p.tally-way { b { (title(way)) } " " span.numbers { (words) } }
                    (strip(&format!("{}: {words}", title(way)), &parts))
                }
            }
            (legend(&[
                ("old", mark!("all old")),
                ("new", mark!("all new")),
                ("torn", mark!("torn: a mixture, or unreadable")),
            ]))
            p.source-line {
                @let kills = WAYS.iter().map(|way| VERDICTS.iter().map(|verdict| results.count(*way, *verdict)).sum::<u32>()).min().unwrap_or_default();
                (t!("Counted here, n = {kills} kills of each way, at places chosen by chance.", kills))
            }
        }
    }
}

/// What was predicted, and what is so.
fn compared(lab: &Durability) -> Markup {
    let Some(results) = lab
        .results
        .as_ref()
        .filter(|results| results.aim == Aim::Write && !results.found.is_empty())
    else {
        return html! {};
    };
    let row = |way: Way| {
        let verdict = results.verdict(way);
        let predicted = results.predictions.get(&way).copied();
        html! {
            tr {
                th scope="row" { (title(way)) }
                td { @match predicted { Some(verdict) => (left(verdict)), None => (t!("no idea")) } }
                td { @match verdict { Some(verdict) => b { (left(verdict)) }, None => "…" } }
                td {
                    @match (predicted, verdict) {
                        (Some(predicted), Some(verdict)) if predicted == verdict => span.right { (t!("✓ yes")) },
                        (Some(_), Some(_)) => span.wrong { (t!("✗ no")) },
                        _ => {},
                    }
                }
            }
        }
    };
    html! {
        div.table-frame tabindex="0" role="region" aria-label=(t!("Predicted and left")) {
            table {
                caption {
                    @if results.end == End::Random { (t!("What you predicted, and what was left most often")) }
                    @else { (t!("What you predicted, and what was left")) }
                }
                thead {
                    tr {
                        @for head in [t!("Way"), t!("Predicted"), t!("Left"), t!("As predicted?")] { th scope="col" { (head) } }
                    }
                }
                tbody { @for way in WAYS { (row(way)) } }
            }
        }
    }
}
