//! What the lab shows.

use language::{number, t, text};
use maud::{Markup, html};

use super::curve::times;
use super::facts::percent;
use super::state::TimelineLab;
use crate::bars::{Bar, bar_chart};
use crate::format;
use crate::timeline::{Names, State};

/// As many tasks are listed.
const MOST_ROWS: usize = 200;
/// As many bars fit a screen.
const MOST_BARS: usize = 200;

pub(super) fn regions(lab: &TimelineLab) -> Vec<(&'static str, Markup)> {
    let mut regions = vec![("settings", lab.fields()), ("plan", plan(lab))];
    regions.extend(brief_regions(lab));
    if lab.begun || lab.recorded.is_some() {
        regions.extend([
            ("timeline", timeline(lab)),
            ("numbers", numbers(lab)),
            ("curve", lab.curve()),
            ("tables", tables(lab)),
        ]);
    }
    regions.push(("backends", backends(lab)));
    regions
}

/// The regions that change all the time while a run goes on.
pub(super) fn brief_regions(lab: &TimelineLab) -> Vec<(&'static str, Markup)> {
    let mut regions = vec![("actions", actions(lab)), ("status", status(lab))];
    if lab.begun || lab.recorded.is_some() {
        regions.extend([("recorded", recorded(lab)), ("progress", progress(lab))]);
        if lab.is_shown() {
            regions.push(("timeline", timeline(lab)));
        }
    }
    regions
}

fn plan(lab: &TimelineLab) -> Markup {
    let work = match lab.asked() {
        Ok(work) => work,
        Err(why) => return html! { p.tl-plan.fault { (why) } },
    };
    let fault = work.fault.as_ref().map(|(task, _)| *task);
    let bars = work.rest.iter().take(MOST_BARS).enumerate();
    let bars: Vec<_> = bars
        .map(|(at, duration)| Bar {
            title: t!(
                "Task {number}: {time}",
                number = at + 1,
                time = format::time(*duration)
            ),
            value: *duration,
            marked: fault == Some(at),
        })
        .collect();
    let said = t!(
        "{tasks}, {sum} in all on one core; the longest takes {longest}.",
        tasks = format::plural(work.rest.len() as u64, "task"),
        sum = format::time(work.sum()),
        longest = format::time(work.longest())
    );
    html! {
        div.tl-plan {
            p {
                (said)
                @if work.first > 0.0 { " " (t!("Before them, {first} must be done by one worker.", first = format::time(work.first))) }
                @if fault.is_some() { " " (t!("The marked one goes wrong.")) }
                @if lab.value("fault") == "hang" && lab.value("timeout").is_empty() {
                    " " strong { (t!("Without a time limit it hangs until you press Stop.")) }
                }
            }
            (bar_chart(&said, &bars))
        }
    }
}

fn actions(lab: &TimelineLab) -> Markup {
    let busy = lab.is_busy();
    html! {
        div.actions {
            button.primary type="button" data-press="run" aria-disabled=[busy.then_some("true")] { (t!("Run")) }
            button type="button" data-press="stop" aria-disabled=[(!busy).then_some("true")] { (t!("Stop")) }
            button type="button" data-press="curve" aria-disabled=[busy.then_some("true")] { (t!("Measure 1 … n workers")) }
            button type="button" data-press="cold" aria-disabled=[busy.then_some("true")] { (t!("End the workers")) }
        }
    }
}

fn status(lab: &TimelineLab) -> Markup {
    let stopping = lab.running.as_ref().is_some_and(|running| running.stopping);
    html! {
        p.status role="status" {
            @if stopping { (t!("Stopping …")) } @else { (lab.status) }
        }
    }
}

fn recorded(lab: &TimelineLab) -> Markup {
    html! {
        @if let Some(recorded) = &lab.recorded {
            p.recorded { (t!("What you see was recorded {recorded}. Press Run to see it happen here.", recorded = format::recorded(recorded))) }
        }
    }
}

fn progress(lab: &TimelineLab) -> Markup {
    let curve = lab
        .curve
        .as_ref()
        .filter(|_| lab.is_busy() && !lab.is_shown());
    let (done, total) = match curve {
        Some(curve) => {
            let all = curve.points.len() * super::state::ROUNDS;
            (curve.points.iter().map(|point| point.1.n()).sum(), all)
        }
        None => (lab.progress.done as usize, lab.work.rest.len()),
    };
    html! {
        @if lab.is_busy() {
            div.progress {
                progress max=(total.max(1)) value=(done.min(total)) aria-label=(t!("Done so far")) {}
                span.numbers aria-hidden="true" {
                    (t!("{done} of {total}", done, total))
                    @if lab.is_shown() { " · " (format::time(lab.timeline.end())) }
                }
            }
        }
    }
}

fn name(lab: &TimelineLab, task: u32) -> String {
    match task {
        0 if lab.work.before() == 1 => t!("The part that must be done first"),
        _ => t!("Task {number}", number = task + 1 - lab.work.before()),
    }
}

fn timeline(lab: &TimelineLab) -> Markup {
    let names = Names {
        name: &|task| name(lab, task),
        first: Some(1 - lab.work.before()),
    };
    html! {
        @if !lab.timeline.is_empty() {
            h2 { (t!("Who did what, and when")) }
            (lab.timeline.view(&names))
        }
    }
}

impl TimelineLab {
    /// Where what is shown was measured.
    pub(super) fn place(&self) -> String {
        match &self.recorded {
            Some(recorded) => t!("recorded {recorded}", recorded = format::recorded(recorded)),
            None => t!(
                "measured here, on this machine ({cores}, clock steps of {step} µs)",
                cores = format::plural(u64::from(self.machine.cores), "core"),
                step = format!("{:.0}", self.machine.timer_resolution_us)
            ),
        }
    }
}

fn numbers(lab: &TimelineLab) -> Markup {
    if lab.timeline.lanes().is_empty() {
        return html! {};
    }
    let balance = lab.balance();
    let sums = &balance.sums;
    let (amdahl, bound) = lab.work.bounds(lab.at_once());
    let time = format::time;
    let rows = [
        (
            t!("Wall time"),
            time(balance.wall),
            t!("from the beginning to the end"),
        ),
        (
            t!("Sum of the tasks’ times"),
            time(sums.busy),
            t!(
                "as their workers measured them; on a core of its own each, all take {asked}",
                asked = time(lab.work.sum())
            ),
        ),
        (
            t!("Workers at work"),
            percent_of(balance.utilisation()),
            t!(
                "of the time that {workers} had",
                workers = format::plural(u64::from(lab.workers), "worker")
            ),
        ),
        (
            t!("Overhead"),
            time(balance.overhead()),
            t!(
                "wall time × workers − the tasks’ times; starting workers: {starting}, lost tasks: {lost}, the rest: waiting for messages, for work, for the end",
                starting = time(sums.starting),
                lost = time(sums.lost)
            ),
        ),
        (
            t!("Waiting of a task"),
            time(sums.queueing),
            t!("on average, from when it could be had to when it began"),
        ),
    ];
    html! {
        @if lab.ended && lab.error.is_none() {
            p.comparison {
                strong { (t!("{speed_up} times as fast as one after the other.", speed_up = times(balance.speed_up()))) }
                " " (t!("With {n} at once, at most {bound} times is possible: the part that must be done first, then the longest task or an equal share of the rest. Amdahl’s bound, which knows nothing of single tasks, is {amdahl}.", n = lab.at_once(), bound = times(bound), amdahl = times(amdahl)))
                span.source-line {
                    " " (t!("The speed-up is {place}: the sum of the tasks’ times by the wall time. The bounds are a model: sum / (first + max(rest / n, longest)) and sum / (first + rest / n).", place = lab.place()))
                    @if lab.workers > lab.cores() && lab.recorded.is_none() {
                        " " (t!("There are more workers than cores: tasks share them and take longer. So here the time counts that they take alone, as it was set."))
                    }
                }
            }
        }
        dl.tl-numbers {
            @for (what, value, how) in rows {
                div { dt { (what) } dd { b { (value) } " " span.help { (how) } } }
            }
        }
    }
}

fn percent_of(percent: f64) -> String {
    number(&format!("{percent:.0} %"))
}

fn tables(lab: &TimelineLab) -> Markup {
    if lab.is_shown() || lab.timeline.lanes().is_empty() {
        return html! {};
    }
    let wall = lab.timeline.end();
    let sums = lab.timeline.sums();
    let mut blocks: Vec<_> = lab
        .timeline
        .lanes()
        .iter()
        .enumerate()
        .flat_map(|(lane, of)| of.blocks.iter().map(move |block| (lane + 1, block)))
        .collect();
    blocks.sort_by(|a, b| {
        (a.1.task, a.1.sent)
            .partial_cmp(&(b.1.task, b.1.sent))
            .unwrap_or(core::cmp::Ordering::Equal)
    });
    html! {
        details.tl-table {
            summary { (t!("Each worker, in a table")) }
            div.table-frame tabindex="0" role="region" aria-label=(t!("Each worker, in a table")) {
                table {
                    (head(&[t!("Worker"), t!("Tasks"), t!("In tasks"), t!("At work"), t!("Started"), t!("Lost")]))
                    tbody { @for (at, lane) in sums.lanes.iter().enumerate() { tr {
                        th scope="row" { (t!("Worker {number}", number = at + 1)) }
                        td { (lane.ended) } td { (format::time(lane.busy)) } td { (percent_of(percent(lane.busy, wall))) }
                        td { (lane.started) @if lane.started > 0 { ", " (format::time(lane.starting)) } }
                        td { (lane.lost_workers) }
                    } } }
                }
            }
        }
        details.tl-table {
            summary { (t!("Each task, in a table")) }
            div.table-frame tabindex="0" role="region" aria-label=(t!("Each task, in a table")) {
                table {
                    (head(&[t!("Task"), t!("Worker"), t!("Batch"), t!("Waited"), t!("Began"), t!("Took"), t!("What became of it")]))
                    tbody { @for (lane, block) in blocks.iter().take(MOST_ROWS) {
                        @let is_run = !matches!(block.state, State::Sent | State::Requeued);
                        tr {
                            th scope="row" { (name(lab, block.task)) }
                            td { (lane) } td { (block.batch + 1) } td { (format::time(block.sent - block.submitted)) }
                            td { @if is_run { (format::time(block.from)) } }
                            td { @if is_run { (format::time(block.to.unwrap_or(wall) - block.from)) } }
                            td { (text(block.state.words())) }
                        }
                    } }
                }
            }
            @if blocks.len() > MOST_ROWS { p.help { (t!("The first {count}.", count = MOST_ROWS)) } }
        }
    }
}

fn head(titles: &[String]) -> Markup {
    html! { thead { tr { @for title in titles { th scope="col" { (title) } } } } }
}

fn backends(lab: &TimelineLab) -> Markup {
    html! {
        dl #tl-backends .tl-backends {
            @for backend in &lab.machine.backends {
                div { dt { (backend.name) @if !backend.available { " – " (t!("not here")) } } dd { (backend.why) } }
            }
        }
    }
}
