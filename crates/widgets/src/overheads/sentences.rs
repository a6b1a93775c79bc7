//! What was found, in sentences.

use core::f64::consts::LN_10;

use language::{mark, t, text};

use super::measured::{Crossing, Measured, milliseconds};
use super::state::{LOKY, LOKY_COLD, LOOP, Overheads, ROWS};
use crate::format;

/// Where it was measured.
pub(super) fn place(lab: &Overheads, measured: &Measured) -> String {
    match &lab.recorded {
        Some(recorded) => t!("recorded {recorded}", recorded = format::recorded(recorded)),
        None => t!(
            "measured here, on this machine ({cores}, clock steps of {step} µs)",
            cores = format::plural(u64::from(measured.cores), "core"),
            step = format!("{:.0}", measured.clock_us)
        ),
    }
}

/// Where handing over begins to pay: as it was measured, or else as the model has it; and whether it was measured.
pub(super) fn crossing(measured: &Measured, row: usize) -> Option<(Crossing, bool)> {
    let found = measured.crossing(row).map(|crossing| (crossing, true));
    found.or_else(|| Some((measured.crossing_of_model(row)?, false)))
}

/// From which length on workers are faster that are there already.
pub(super) fn warm(measured: &Measured) -> Option<String> {
    let workers = format::plural(u64::from(measured.workers), "worker");
    Some(match crossing(measured, LOKY)?.0 {
        Crossing::From(length) => t!(
            "From about {length} a task on, {workers} are faster than a plain loop.",
            length = about(length),
            workers
        ),
        Crossing::Always => t!(
            "At every length that was measured, {workers} were faster than a plain loop.",
            workers
        ),
        Crossing::Never if measured.workers == 1 => {
            t!(
                "One worker is never faster than a plain loop: it does the same work, and handing it over costs."
            )
        }
        Crossing::Never => t!(
            "At no length that was measured were {workers} faster than a plain loop.",
            workers
        ),
    })
}

/// The same of workers that have to be started first.
pub(super) fn cold(measured: &Measured) -> Option<String> {
    if measured.workers == 1 {
        return None;
    }
    Some(match crossing(measured, LOKY_COLD)?.0 {
        Crossing::From(length) => t!(
            "If they have to be started first, from about {length} on.",
            length = about(length)
        ),
        Crossing::Always => t!("Even if they had to be started first."),
        Crossing::Never => t!("If they had to be started first, at no length that was measured."),
    })
}

/// Where the two sentences come from.
pub(super) fn source(lab: &Overheads, measured: &Measured) -> String {
    let tasks = format::plural(measured.tasks, "task");
    let place = place(lab, measured);
    if measured.crossing(LOKY).is_some() {
        t!(
            "For {tasks}; read off between the lengths that were measured; {place}.",
            tasks,
            place
        )
    } else {
        t!(
            "For {tasks}; reckoned by the model below, from what starting and handing over took; {place}. “Measure the whole curve” shows how good the model is.",
            tasks,
            place
        )
    }
}

/// Which way was the fastest at a length.
pub(super) fn fastest(measured: &Measured, length: u64) -> Option<String> {
    let row = measured.fastest(length, false)?;
    let plain = measured.median(LOOP, length)?;
    let time = measured.median(row, length)?;
    let (tasks, each) = (
        format::plural(measured.tasks, "task"),
        format::short_time(milliseconds(length)),
    );
    Some(if row == LOOP {
        t!(
            "With {tasks} of {each}, nothing was faster than the plain loop.",
            tasks,
            each
        )
    } else {
        t!(
            "With {tasks} of {each}, {way} was the fastest: {ratio} as fast as the plain loop.",
            tasks,
            each,
            way = text(ROWS[row].way.title()),
            ratio = ratio(plain, time)
        )
    })
}

/// A length of which only two digits mean something.
pub(super) fn about(length: f64) -> String {
    let unit = 10_f64.powf((length.ln() / LN_10).floor() - 1.0);
    format::short_time((length / unit).round() * unit)
}

/// How many times as fast.
pub(super) fn ratio(plain: f64, time: f64) -> String {
    let ratio = plain / time.max(f64::MIN_POSITIVE);
    let digits = if ratio < 0.095 {
        3
    } else if ratio < 0.95 {
        2
    } else {
        1
    };
    language::number(&format!("{ratio:.digits$} ×"))
}

/// What a row is called.
pub(super) fn title(row: usize) -> String {
    let row = ROWS[row];
    let way = text(row.way.title());
    match (row.way.has_workers(), row.cold) {
        (false, _) => way,
        (true, true) => t!("{way}, cold", way),
        (true, false) => t!("{way}, warm", way),
    }
}

/// The guide's tools, their start-up as it states it, and what stands beside them here where that is not a figure.
pub(super) const GUIDE: [(&str, &str, &str); 5] = [
    ("joblib, loky", mark!("about 100 ms"), ""),
    ("joblib, threading", mark!("about 5 ms"), ""),
    (
        "concurrent.futures",
        mark!("about 50 ms"),
        mark!("its processes are what loky is here"),
    ),
    (
        "multiprocessing.Pool",
        mark!("about 100 ms"),
        mark!("its processes are what loky is here"),
    ),
    (
        "asyncio",
        mark!("near zero"),
        mark!("promises: there is nothing to start"),
    ),
];
