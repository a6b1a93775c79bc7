//! What the lab shows.

use language::{mark, t, text};
use maud::{Markup, html};

use super::csv::csv;
use super::measured::{Crossing, Measured, milliseconds};
use super::plan::{Step, curve};
use super::sentences::{self, GUIDE, place, ratio, title};
use super::state::{LENGTHS, LOKY, LOKY_COLD, LOOP, Overheads, ROWS, TASKS, THREADING, Way};
use crate::curve::{self as lines, Axis, Chart, Mark, Point, Scale, Series};
use crate::format;
use crate::measure::Samples;

/// The rows as they are shown: what is there already before what has to be started.
const SHOWN: [usize; ROWS.len()] = [0, 1, 3, 2, 5, 4, 7, 6];
/// The rows that are drawn.
const DRAWN: [usize; 6] = [LOOP, 1, 3, LOKY, LOKY_COLD, THREADING];
/// Those of which the model is drawn too.
const MODELS: [usize; 4] = [LOOP, LOKY, LOKY_COLD, THREADING];

pub(super) fn regions(lab: &Overheads, all: bool) -> Vec<(&'static str, Markup)> {
    let mut regions = vec![
        ("settings", settings(lab)),
        ("actions", actions(lab)),
        ("status", status(lab)),
    ];
    if lab.begun || lab.recorded.is_some() {
        regions.extend([("recorded", recorded(lab)), ("progress", progress(lab))]);
        if let (true, Some((_, measured))) = (all, &lab.measured) {
            let length = measured.closest(lab.length).unwrap_or(lab.length);
            regions.extend([
                ("answer", answer(lab, measured, length)),
                ("ways", ways(lab, measured, length)),
                ("curve", chart(lab, measured)),
                ("guide", guide(lab, measured)),
                ("method", method(measured)),
            ]);
        }
    }
    regions
}

fn settings(lab: &Overheads) -> Markup {
    let busy = lab.is_busy();
    let steps = |list: &[u64]| {
        list.iter()
            .map(u64::to_string)
            .collect::<Vec<_>>()
            .join(" ")
    };
    let sliders = [
        (
            "length",
            t!("Length of a task"),
            &LENGTHS[..],
            lab.length,
            format::short_time(milliseconds(lab.length)),
        ),
        (
            "tasks",
            t!("Tasks"),
            &TASKS[..],
            lab.setting.tasks,
            format::count(lab.setting.tasks),
        ),
    ];
    let workers = match lab.machine.cores {
        0 => t!("A whole number from 1; −1 means all cores."),
        cores => t!(
            "A whole number from 1; −1 means all cores, here {cores}.",
            cores
        ),
    };
    html! {
        fieldset {
            legend { (t!("The work")) }
            div.sliders {
                @for (control, label, list, value, words) in sliders {
                    @let at = list.iter().position(|step| *step == value).unwrap_or_default();
                    div.slider {
                        label for={ "oh-" (control) } { (label) }
                        input id={ "oh-" (control) } type="range" min="0" max=(list.len() - 1) step="1" value=(at)
                            data-change=(control) data-steps=(steps(list)) aria-valuetext=(words) disabled[busy];
                        output for={ "oh-" (control) } { (words) }
                    }
                }
            }
        }
        fieldset.settings {
            legend { (t!("How it is handed over")) }
            div.field {
                label for="oh-workers" { (t!("Workers")) }
                input #oh-workers type="text" inputmode="numeric" size="4" autocomplete="off" data-change="workers"
                    value=(lab.setting.n_jobs) aria-describedby="oh-workers-help" disabled[busy];
                span #oh-workers-help .help { (workers) }
            }
            div.field role="radiogroup" aria-label=(t!("Batch")) {
                span.label { (t!("Batch")) }
                @for (value, words) in [
                    ("auto", t!("auto: short tasks travel together")),
                    ("1", t!("1: each travels alone")),
                ] {
                    label.choice {
                        input type="radio" name="batch" value=(value) data-change="batch"
                            checked[lab.setting.alone == (value == "1")] disabled[busy];
                        span { (words) }
                    }
                }
            }
        }
    }
}

fn actions(lab: &Overheads) -> Markup {
    let off = lab.is_busy().then_some("true");
    html! {
        div.actions {
            button.primary type="button" data-press="measure" aria-disabled=[off] { (t!("Measure")) }
            button type="button" data-press="curve" aria-disabled=[off] { (t!("Measure the whole curve")) }
            button type="button" data-press="stop" aria-disabled=[(!lab.is_busy()).then_some("true")] { (t!("Stop")) }
        }
    }
}

fn status(lab: &Overheads) -> Markup {
    html! {
        p.status role="status" {
            @match &lab.plan {
                // Not every run is announced: there are too many.
                Some(plan) if !plan.stopping => { (t!("Measuring, round {round} …", round = plan.rounds + 1)) },
                _ => { (lab.status) },
            }
        }
    }
}

fn recorded(lab: &Overheads) -> Markup {
    html! {
        @if let Some(recorded) = &lab.recorded {
            p.recorded { (t!("What you see was recorded {recorded}. Press Measure to see what it is here.", recorded = format::recorded(recorded))) }
        }
    }
}

fn progress(lab: &Overheads) -> Markup {
    html! {
        @if let Some(plan) = &lab.plan {
            div.progress {
                progress max=(plan.total) value=(plan.done()) aria-label=(t!("Runs done")) {}
                span.numbers aria-hidden="true" {
                    @match plan.now {
                        Step::Run(row, 0) => { (t!("{way}: tasks that do nothing", way = title(row))) },
                        Step::Run(row, length) => {
                            (t!("{way}: tasks of {length}", way = title(row), length = format::short_time(milliseconds(length))))
                        },
                        _ => { (t!("finding out how fast this machine is")) },
                    }
                }
            }
        }
    }
}

fn answer(lab: &Overheads, measured: &Measured, length: u64) -> Markup {
    html! {
        div.oh-answer {
            @if let Some(warm) = sentences::warm(measured) {
                p.oh-crossing { (warm) @if let Some(cold) = sentences::cold(measured) { " " (cold) } }
                p.source-line { (sentences::source(lab, measured)) }
            }
            @if let Some(fastest) = sentences::fastest(measured, length) { p { (fastest) } }
        }
    }
}

fn ways(lab: &Overheads, measured: &Measured, length: u64) -> Markup {
    let fastest = measured.fastest(length, false);
    html! {
        h2 #oh-ways {
            (t!("{tasks} of {length} each, on {workers}",
                tasks = format::plural(measured.tasks, "task"),
                length = format::short_time(milliseconds(length)),
                workers = format::plural(u64::from(measured.workers), "worker")))
        }
        div.table-frame tabindex="0" role="region" aria-labelledby="oh-ways" {
            table.oh-ways {
                caption { (t!("Median (smallest to largest) of n runs, {place}. Cold: the workers were ended before, and are started for the run. Warm: they are there already.", place = place(lab, measured))) }
                thead { tr {
                    th scope="col" { (t!("Way")) } th scope="col" .number { (t!("Time of the run")) } th scope="col" .number { "n" }
                    th scope="col" .number { (t!("Start-up")) } th scope="col" .number { (t!("Overhead per task")) }
                    th scope="col" .number { (t!("Against the loop")) }
                } }
                tbody {
                    @for at in SHOWN {
                        @if ROWS[at].way == Way::Threading && measured.runs(at, length).n() == 0 {
                            @if !ROWS[at].cold { (without_threads(lab)) }
                        } @else {
                            @let times = measured.runs(at, length);
                            tr.fastest[fastest == Some(at)] data-record=(record(at)) {
                                (head(at))
                                td.number { (spread(&times, 1.0)) }
                                td.number { (times.n()) }
                                td.number { (spread(&measured.starts(at), 1.0)) }
                                td.number { (spread(&measured.runs(at, 0), measured.tasks as f64)) }
                                td.number {
                                    @match (measured.median(LOOP, length), measured.median(at, length)) {
                                        (Some(plain), Some(time)) if at != LOOP => { b { (ratio(plain, time)) } },
                                        _ => { "–" },
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What stands before a row.
fn head(at: usize) -> Markup {
    html! {
        th scope="row" {
            @if let Some(kind) = DRAWN.iter().position(|row| *row == at) { (lines::key(kind as u8)) " " }
            (title(at))
            @if !ROWS[at].cold { " " small { (text(ROWS[at].way.words())) } }
        }
    }
}

fn without_threads(lab: &Overheads) -> Markup {
    html! {
        tr {
            th scope="row" { (Way::Threading.title()) " " small { (text(Way::Threading.words())) } }
            td.oh-why colspan="5" {
                @match (lab.no_threads(), &lab.recorded) {
                    (_, Some(_)) => { (t!("Not measured when this was recorded.")) },
                    (Some(why), None) => { strong { (t!("Not to be had here.")) } " " (why) },
                    (None, None) => { (t!("Not measured.")) },
                }
            }
        }
    }
}

fn spread(samples: &Samples, parts: f64) -> Markup {
    html! {
        @match samples.spread() {
            Some((least, median, most)) => {
                b { (format::short_time(median / parts)) }
                @if samples.n() > 1 {
                    " " small { "(" (t!("{least} to {most}", least = format::short_time(least / parts), most = format::short_time(most / parts))) ")" }
                }
            },
            None => { "–" },
        }
    }
}

/// What lights up with a row.
fn record(row: usize) -> String {
    let cold = if ROWS[row].cold { "-cold" } else { "" };
    format!("{}{cold}", ROWS[row].way.name())
}

fn chart(lab: &Overheads, measured: &Measured) -> Markup {
    let lengths = measured.lengths();
    let (Some(least), Some(most)) = (lengths.first(), lengths.last()) else {
        return html! {};
    };
    let to = curve(measured.tasks, *most)
        .pop()
        .unwrap_or(*most)
        .max(*most);
    let modelled = MODELS.iter().filter_map(|row| model(measured, *row, to));
    let drawn = DRAWN.iter().filter_map(|row| measured_line(measured, *row));
    let crossing = |row: usize| match sentences::crossing(measured, row) {
        Some((Crossing::From(length), _)) => Some(Mark {
            x: length,
            y: length * measured.tasks as f64,
            label: t!(
                "{way} from {length}",
                way = title(row),
                length = sentences::about(length)
            ),
            kind: kind(row),
        }),
        _ => None,
    };
    let label = t!(
        "Line chart of the time of a whole run against the length of its tasks, at {count} lengths from {least} to {most}. {answer} The table above and the list of every time have the numbers.",
        count = lengths.len(),
        least = format::short_time(milliseconds(*least)),
        most = format::short_time(milliseconds(*most)),
        answer = sentences::warm(measured).unwrap_or_default()
    );
    let axis = |title| Axis {
        title,
        scale: Scale::Logarithmic,
        write: format::short_time,
    };
    let chart = Chart {
        label,
        x: axis(t!("length of a task")),
        y: axis(t!("time of the run")),
        series: modelled.chain(drawn).collect(),
        marks: [LOKY, LOKY_COLD].into_iter().filter_map(crossing).collect(),
    };
    html! {
        h2 #oh-curve { (t!("The longer a task, the less it matters what handing it over costs")) }
        p.help {
            (t!("Both axes are logarithmic: equal distances are equal ratios. Where a line goes below that of the plain loop, handing over pays: that is the break-even point."))
        }
        figure.oh-chart {
            (lines::curve(&chart))
            figcaption {
                @for (kind, row) in DRAWN.iter().enumerate() {
                    @if measured.times.iter().any(|time| time.row == *row) {
                        span.key data-record=(record(*row)) { (lines::key(kind as u8)) " " (title(*row)) }
                    }
                }
            }
        }
        p.help {
            (t!("Points: {place}; each is the median, the stroke through it goes from the smallest to the largest.", place = place(lab, measured)))
            " "
            (t!("Broken lines: a model, time = start-up + tasks × (overhead + length ÷ workers), with the start-up and overhead of the table, and no more workers than there are cores."))
            @if lengths.len() == 1 {
                " " (t!("One length is measured yet: “Measure the whole curve” measures more."))
            }
        }
        details {
            summary { (t!("Every time that was measured, as CSV")) }
            pre.oh-csv tabindex="0" { (csv(measured)) }
        }
    }
}

fn kind(row: usize) -> u8 {
    DRAWN
        .iter()
        .position(|drawn| *drawn == row)
        .unwrap_or_default() as u8
}

fn measured_line(measured: &Measured, row: usize) -> Option<Series> {
    let point = |length: u64| {
        let times = measured.runs(row, length);
        let (least, median, most) = times.spread().filter(|(_, median, _)| *median > 0.0)?;
        Some(Point {
            x: milliseconds(length),
            y: median,
            spread: Some((least, most)),
            title: t!(
                "{way}, tasks of {length}: {median} ({least} to {most}, n = {n})",
                way = title(row),
                length = format::short_time(milliseconds(length)),
                median = format::short_time(median),
                least = format::short_time(least),
                most = format::short_time(most),
                n = times.n()
            ),
        })
    };
    let points: Vec<_> = measured.lengths().into_iter().filter_map(point).collect();
    (!points.is_empty()).then(|| Series {
        name: record(row),
        kind: kind(row),
        is_model: false,
        points,
    })
}

fn model(measured: &Measured, row: usize, to: u64) -> Option<Series> {
    let point = |length: &u64| {
        Some(Point {
            x: milliseconds(*length),
            y: measured.model(row, milliseconds(*length))?,
            spread: None,
            title: String::new(),
        })
    };
    let points: Vec<_> = LENGTHS
        .iter()
        .filter(|length| **length <= to)
        .filter_map(point)
        .collect();
    (!points.is_empty()).then(|| Series {
        name: record(row),
        kind: kind(row),
        is_model: true,
        points,
    })
}

fn guide(lab: &Overheads, measured: &Measured) -> Markup {
    html! {
        h2 #oh-guide { (t!("What the guide states, and what it is here")) }
        div.table-frame tabindex="0" role="region" aria-labelledby="oh-guide" {
            table.oh-guide {
                caption {
                    (t!("Start-up of Python’s tools, as the guide to joblib states it for CPython, where a worker is a process or a thread of the system. Its rule: work of microseconds per item loses, milliseconds per item gain."))
                    " " (t!("Here: the start-up of the table above, {place}.", place = place(lab, measured)))
                }
                thead { tr { th scope="col" { (t!("Tool")) } th scope="col" { (t!("The guide")) } th scope="col" { (t!("Here")) } } }
                tbody {
                    @for (at, (tool, states, here)) in GUIDE.iter().enumerate() {
                        tr {
                            th scope="row" { (tool) }
                            td { (text(states)) }
                            td {
                                @let row = if at == 0 { LOKY_COLD } else { THREADING - 1 };
                                @if !here.is_empty() { (text(here)) }
                                @else if measured.starts(row).n() > 0 {
                                    (title(row)) ": " (spread(&measured.starts(row), 1.0))
                                    ", n = " (measured.starts(row).n())
                                }
                                @else { (t!("not measured")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn method(measured: &Measured) -> Markup {
    let points = [
        mark!(
            "A task computes a fixed number of rounds: the same work in every row. How many rounds fit into the chosen length is found out first, on one core."
        ),
        mark!(
            "The plain loop is one call, in one worker, that does all the work. Promises are async functions that are awaited together on one thread, a worker’s too."
        ),
        mark!(
            "Start-up: when the first result was there, less what its task takes. Overhead per task: the time of a run whose tasks do nothing, by their number."
        ),
        mark!(
            "The ways are measured in turns, so that whatever else the machine does meanwhile meets all of them."
        ),
    ];
    html! {
        details.oh-method {
            summary { (t!("How this is measured")) }
            ul {
                @for point in points { li { (text(point)) } }
                @if measured.clock_us >= 20.0 {
                    li {
                        (t!("The clock of this page goes in steps of {step}. The loop and the promises are timed many at once where one run would be over too soon for it; what the others show below some steps is rough.", step = format::short_time(measured.clock_us / 1e3)))
                    }
                }
            }
        }
    }
}
