//! What the lab shows.

mod found;

use experiments::Verdict;
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
            legend { "What to write" }
            div.field {
                label for="du-records" { "Records" }
                input #du-records type="range" min=(RECORDS.0) max=(RECORDS.1) step="1000" value=(settings.records)
                    data-change="records" disabled[busy] aria-valuetext=(format::plural(u64::from(settings.records), "record"));
                span.value aria-hidden="true" { (format::count(u64::from(settings.records))) }
            }
            div.field role="radiogroup" aria-label="Format of the two files" {
                span.label { "As" }
                @for (name, words) in [("csv", "CSV"), ("json", "JSON")] {
                    label.choice {
                        input type="radio" name="du-format" value=(name) data-change="format" disabled[busy]
                            checked[settings.format == name];
                        span { (words) }
                    }
                }
            }
            p.help { "Every record goes from version 1 to version 2. SQLite keeps the same records in a table." }
        }
        fieldset.settings {
            legend { "When to kill the worker that writes" }
            div.ends role="radiogroup" aria-label="When to kill it" {
                div.end {
                    (choice(settings.end, End::Killed, busy, "killed", "at a place of the write:"))
                    div.field {
                        input #du-percent type="range" min="0" max="99" step="1" value=(settings.percent)
                            data-change="percent" disabled[busy || settings.end != End::Killed] aria-label="Place in per cent"
                            aria-valuetext={ (settings.percent) " per cent of the write" };
                        span.value aria-hidden="true" { (settings.percent) " %" }
                    }
                }
                div.end { (choice(settings.end, End::Finished, busy, "finished", "not at all: let it finish")) }
                div.end {
                    (choice(settings.end, End::Random, busy, "random", "anywhere, and count what is left after so many kills:"))
                    select #du-rounds aria-label="Kills of each way" data-change="rounds"
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
            legend { "Your prediction: what will be left?" }
            @for way in WAYS {
                @let chosen = lab.predictions.get(&way);
                div.field {
                    label for={ "du-predict-" (key(way)) } { (title(way)) }
                    select id={ "du-predict-" (key(way)) } data-change=(key(way)) disabled[busy] {
                        option value="none" selected[chosen.is_none()] { "no idea" }
                        @for verdict in VERDICTS {
                            option value=(verdict_key(verdict)) selected[chosen == Some(&verdict)] { (left(verdict)) }
                        }
                    }
                }
            }
            p.help { "It is locked when you press Run, and compared with what is really left." }
        }
    }
}

fn actions(lab: &Durability) -> Markup {
    let busy = lab.work.is_some();
    let no = |off: bool| (off || lab.refused.is_some()).then_some("true");
    let nothing = lab.known().is_none();
    html! {
        div.actions {
            button.primary type="button" data-press="run" aria-disabled=[no(busy)] { "Run" }
            button type="button" data-press="stop" aria-disabled=[no(!busy)] { "Stop" }
            button type="button" data-press="look" aria-disabled=[no(busy || nothing)] { "Look again" }
            button type="button" data-press="restore" aria-disabled=[no(busy || nothing)] { "Restore version 1" }
            button type="button" data-press="clean" aria-disabled=[no(busy)] { "Clean up" }
        }
    }
}

fn status(lab: &Durability) -> Markup {
    html! {
        p.status role="status" {
            @if let Some(why) = &lab.refused {
                span.fault { strong { "Not possible here. " } (why) }
            } @else if lab.work.is_some() {
                (working(lab))
            } @else {
                (lab.status)
            }
        }
        @if let (None, Some((run, ways))) = (&lab.work, &lab.earlier) {
            @let names: Vec<_> = ways.iter().map(|way| title(*way)).collect();
            p.notice {
                "Files of an earlier run are still here (" (format::plural(u64::from(run.records), "record")) ", "
                (run.format.to_uppercase()) "): " (names.join("; ")) ". If that run was cut short, by Stop or because the page was \
                closed or loaded anew, its worker was killed too: press “Look again” to see what is left."
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
            (Step::Holding, _) => "Keeping other tabs away from the files …",
            (Step::Cleaning, Aim::Clean) => "Removing the files …",
            (Step::Cleaning, _) => "Removing the files of the run before …",
            _ => "Making both versions of the records …",
        }
        .to_owned();
    };
    let rounds = lab.settings.rounds;
    let way = match (work.aim, work.end) {
        (Aim::Write, End::Random) => {
            return format!("Round {} of {rounds} …", turn.round + 1);
        }
        _ => title(turn.way),
    };
    let step = match work.step {
        Step::Starting | Step::Preparing => "putting version 1 in place",
        Step::Writing => "writing version 2",
        Step::StartingAgain | Step::Inspecting if work.found.end == Some(End::Killed) => {
            "killed; another worker looks at the files"
        }
        Step::StartingAgain | Step::Inspecting => "another worker looks at the files",
        Step::Recovering => "SQLite opens the database",
        _ => "counting what is left",
    };
    format!("{way}: {step} …")
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
                    progress max=(of) value=(done) aria-label={ (title(way)) ": pieces written" } {}
                    span.numbers aria-hidden="true" { (done) " of " (of) }
                }
            }
            p.help {
                "The writer is slowed down so that there is time to kill it: it writes " (pieces) " pieces, flushes each, and rests "
                (pause) " ms before the next."
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
            let often = if many {
                let all: u32 = VERDICTS
                    .iter()
                    .map(|verdict| results.count(*way, *verdict))
                    .sum();
                format!(" ({} of {all})", results.count(*way, verdict))
            } else {
                String::new()
            };
            Some(format!("{}: {}{often}", title(*way), left(verdict)))
        })
        .collect();
    let begin = match aim {
        Aim::Restore => "Version 1 is back",
        _ => "Done",
    };
    format!("{begin}. {}.", ways.join("; "))
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
            h2 { "What was left, killed anywhere" }
            div.tally {
                @for way in WAYS {
                    @let torn = results.count(way, Verdict::Mixture) + results.count(way, Verdict::Unreadable);
                    @let (old, new) = (results.count(way, Verdict::AllOld), results.count(way, Verdict::AllNew));
                    @let words = format!("{old} all old, {new} all new, {torn} torn");
                    @let parts = [("old", old), ("new", new), ("torn", torn)].map(|(kind, count)| Part {
                        kind,
                        title: format!("{count} of {}", old + new + torn),
                        amount: f64::from(count),
                    });
                    p.tally-way { b { (title(way)) } " " span.numbers { (words) } }
                    (strip(&format!("{}: {words}", title(way)), &parts))
                }
            }
            (legend(&[("old", "all old"), ("new", "all new"), ("torn", "torn: a mixture, or unreadable")]))
            p.source-line {
                "Counted here, n = " (WAYS.iter().map(|way| VERDICTS.iter().map(|verdict| results.count(*way, *verdict)).sum::<u32>()).min().unwrap_or_default())
                " kills of each way, at places chosen by chance."
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
                td { @match predicted { Some(verdict) => (left(verdict)), None => "no idea" } }
                td { @match verdict { Some(verdict) => b { (left(verdict)) }, None => "…" } }
                td {
                    @match (predicted, verdict) {
                        (Some(predicted), Some(verdict)) if predicted == verdict => span.right { "✓ yes" },
                        (Some(_), Some(_)) => span.wrong { "✗ no" },
                        _ => {},
                    }
                }
            }
        }
    };
    html! {
        div.table-frame tabindex="0" role="region" aria-label="Predicted and left" {
            table {
                caption { "What you predicted, and what was left" @if results.end == End::Random { " most often" } }
                thead { tr { th scope="col" { "Way" } th scope="col" { "Predicted" } th scope="col" { "Left" } th scope="col" { "As predicted?" } } }
                tbody { @for way in WAYS { (row(way)) } }
            }
        }
    }
}
