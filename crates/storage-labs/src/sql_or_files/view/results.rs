//! What was measured.

use engines::Step as Done;
use language::t;
use maud::{Markup, html};
use widgets::format;

use super::super::chart::{self, Series};
use super::super::state::{Choice, ROUNDS, SIZES, SizeResult, SqlOrFiles, Way, WayResult};
use super::super::verdict::{ranking, ratio, sentence, time};
use super::own::plan_lines;
use crate::message::{ELEMENTS, message};

/// The sizes that were measured, of the chosen question.
fn sizes(lab: &SqlOrFiles) -> &[SizeResult] {
    lab.results.get(&lab.question).map_or(&[], Vec::as_slice)
}

/// The largest size at which every way has answered.
fn largest(lab: &SqlOrFiles) -> Option<&SizeResult> {
    let complete = |size: &&SizeResult| {
        lab.ways().all(|way| {
            size.ways
                .get(&way)
                .is_some_and(|result| !result.shown.digest.is_empty())
        })
    };
    sizes(lab).iter().rev().find(complete)
}

fn people(count: u32) -> String {
    t!("{people} people", people = format::count(u64::from(count)))
}

pub(super) fn verdict(lab: &SqlOrFiles) -> Markup {
    let sizes = sizes(lab);
    let prediction = lab.prediction();
    let ends = [
        (SIZES[0], prediction.few),
        (SIZES[SIZES.len() - 1], prediction.many),
    ];
    let crossings: Vec<_> = [Choice::Csv, Choice::Json]
        .into_iter()
        .filter_map(|file| sentence(lab, sizes, file))
        .collect();
    html! {
        @if sizes.iter().any(|size| !size.ways.is_empty()) { h2 { (t!("What was measured")) } }
        @if sizes.iter().any(|size| ranking(lab, size).is_some()) {
            div.verdict {
                h3 { (t!("Where the lines cross")) }
                @for sentence in &crossings { p.crossing { (sentence) } }
                @for (count, said) in ends {
                    @if let (Some(said), Some(ranking)) = (said, sizes.iter().find(|size| size.people == count).and_then(|size| ranking(lab, size))) {
                        (outcome(count, said, ranking))
                    }
                }
            }
        }
    }
}

fn outcome(count: u32, said: Choice, ranking: [(Choice, f64); 3]) -> Markup {
    let [(first, fast), (second, next), _] = ranking;
    let told = t!(
        "With {people} you said {choice}: {verdict} {first} took {fast}, {second} {next} ({ratio} as long).",
        people = people(count),
        choice = ELEMENTS[0],
        verdict = ELEMENTS[1],
        first = first.title(),
        fast = time(fast),
        second = second.title(),
        next = time(next),
        ratio = ratio(next, fast),
    );
    let verdict = if said == first {
        html! { strong.right { (t!("right.")) } }
    } else {
        html! { strong.wrong { (t!("not so.")) } }
    };
    html! { p.outcome { (message(&told, &[html! { b { (said.title()) } }, verdict])) } }
}

pub(super) fn chart(lab: &SqlOrFiles) -> Markup {
    let sizes = sizes(lab);
    let alone = !lab.question.index_matters();
    let series: Vec<Series> = lab
        .ways()
        .map(|way| Series {
            name: way.name(),
            title: way.title(alone),
            points: sizes
                .iter()
                .filter_map(|size| {
                    let (least, median, most) = lab.samples(way, size.ways.get(&way)?).spread()?;
                    Some((size.people, median, least, most))
                })
                .collect(),
        })
        .filter(|series| !series.points.is_empty())
        .collect();
    if series.is_empty() {
        return html! {};
    }
    let ends: Vec<String> = series
        .iter()
        .filter_map(|series| {
            let (first, last) = (series.points.first()?, series.points.last()?);
            Some(t!(
                "{way} from {first} to {last}",
                way = series.title,
                first = time(first.1),
                last = time(last.1)
            ))
        })
        .collect();
    let label = t!(
        "Line chart of the time of one question against the number of people, both on scales that count powers of ten: {ways}. The table below has all numbers.",
        ways = ends.join("; ")
    );
    html! {
        h3 { (t!("Time of one question")) }
        figure.crossing {
            (chart::chart(&label, &series))
            figcaption {
                @for series in &series {
                    span.key data-record=(series.name) { (chart::key(series.name)) " " (series.title) }
                }
            }
        }
        p.help {
            (t!("Both scales count powers of ten: a step up is ten times as long, a step to the right ten times as many people. A mark is the median of {rounds} measurements, the stroke through it goes from the smallest to the largest.", rounds = ROUNDS))
        }
    }
}

pub(super) fn times(lab: &SqlOrFiles) -> Markup {
    let sizes = sizes(lab);
    if sizes.iter().all(|size| size.ways.is_empty()) {
        return html! {};
    }
    let cores = format::plural(u64::from(lab.machine.cores), "core");
    let step = format!("{:.0}", lab.machine.timer_resolution_us);
    html! {
        h3 #sf-times { (t!("All times")) }
        p.help {
            (t!("Measured here, on this machine ({cores}, clock steps of {step} µs). A question that is over too soon for the clock is asked again and again, and the time divided. “Message” is what the way to the worker and back takes besides; a program that has its engine with it does not pay it.", cores, step))
        }
        div.table-frame tabindex="0" role="region" aria-labelledby="sf-times" {
            table {
                thead { tr {
                    th scope="col" { (t!("People")) } th scope="col" { (t!("Way")) } th scope="col" .number { (t!("Median")) }
                    th scope="col" .number { (t!("Smallest to largest")) } th scope="col" .number { "n" }
                    th scope="col" .number { (t!("Asked each time")) } th scope="col" .number { (t!("Message")) }
                } }
                @for size in sizes {
                    tbody { @for way in lab.ways() { @if let Some(result) = size.ways.get(&way) {
                        (time_row(lab, size.people, way, result))
                    } } }
                }
            }
        }
        @if lab.opening {
            p.help { (t!("With opening: SQLite is given the bytes of its file and asked once. A file has nothing to open: CSV and JSON are read anew for every question anyway.")) }
        } @else {
            p.help { (t!("CSV and JSON are bytes in memory, and reading them is part of every question. SQLite’s database is open already; the switch above counts its opening too.")) }
        }
        @if let Some((count, milliseconds)) = sizes.iter().rev().find_map(|size| Some((size.people, size.indexing?))) {
            p.help { (t!("To make the indexes took SQLite {time} once, with {people}.", time = time(milliseconds), people = people(count))) }
        }
    }
}

fn time_row(lab: &SqlOrFiles, count: u32, way: Way, result: &WayResult) -> Markup {
    let samples = lab.samples(way, result);
    let each = if lab.opening && !way.is_file() {
        1
    } else {
        result.each
    };
    html! {
        @if let Some((least, median, most)) = samples.spread() {
            tr data-record=(way.name()) {
                th scope="row" { (format::count(u64::from(count))) }
                td { (chart::key(way.name())) " " (way.title(!lab.question.index_matters())) }
                td.number { b { (time(median)) } }
                td.number { (t!("{least} to {most}", least = time(least), most = time(most))) }
                td.number { (samples.n()) }
                td.number { (format::count(u64::from(each))) " ×" }
                td.number { @if let Some((_, trip, _)) = result.trips.spread() { (time(trip)) } }
            }
        }
    }
}

pub(super) fn touched(lab: &SqlOrFiles) -> Markup {
    let sizes = sizes(lab);
    let any = sizes
        .iter()
        .flat_map(|size| size.ways.values())
        .any(|way| way.touched.is_some());
    if !any {
        return html! {};
    }
    html! {
        h3 #sf-touched { (t!("Bytes touched by one question")) }
        p.help {
            (message(
                &t!("Of files: counted while reading and writing; CSV is read in pieces of 4,096 bytes. Of SQLite: counted in the database file. SQLite reads and writes whole {pages} of 4,096 bytes; its file was walked as the plan says, and each page that is met counts once.", pages = ELEMENTS[0]),
                &[html! { dfn { (t!("pages")) } }],
            ))
            " "
            @if lab.question.writes() { (t!("Written are the pages that are different afterwards, without the journal by which SQLite could undo them.")) }
        }
        div.table-frame tabindex="0" role="region" aria-labelledby="sf-touched" {
            table {
                thead { tr {
                    th scope="col" { (t!("People")) } th scope="col" { (t!("Way")) } th scope="col" .number { (t!("Stored")) }
                    th scope="col" .number { (t!("Read")) } th scope="col" .number { (t!("Written")) }
                } }
                @for size in sizes {
                    tbody { @for way in lab.ways() { @if let Some(result) = size.ways.get(&way) { @if let Some(touched) = result.touched {
                        tr data-record=(way.name()) {
                            th scope="row" { (format::count(u64::from(size.people))) }
                            td { (chart::key(way.name())) " " (way.title(!lab.question.index_matters())) }
                            td.number { (format::size(result.stored)) }
                            td.number { b { (format::size(touched.read)) } }
                            td.number { @if touched.written > 0 { b { (format::size(touched.written)) } } @else { "–" } }
                        }
                    } } } }
                }
            }
        }
    }
}

pub(super) fn answer(lab: &SqlOrFiles) -> Markup {
    let Some(size) = largest(lab) else {
        return html! {};
    };
    let mut results = lab.ways().filter_map(|way| size.ways.get(&way));
    let Some(first) = results.next() else {
        return html! {};
    };
    let shown = &first.shown;
    let others: Vec<_> = lab
        .ways()
        .filter(|way| {
            size.ways
                .get(way)
                .is_some_and(|result| result.shown.digest != shown.digest)
        })
        .collect();
    let ways = lab.ways().count();
    let rows = format::plural(shown.total, "row");
    let digest = ELEMENTS[0];
    let told = if lab.question.writes() {
        t!(
            "All {ways} ways gave the same answer when read back afterwards, compared row by row: {rows}, digest {digest}.",
            ways,
            rows,
            digest
        )
    } else {
        t!(
            "All {ways} ways gave the same answer, compared row by row: {rows}, digest {digest}.",
            ways,
            rows,
            digest
        )
    };
    html! {
        h3 #sf-answer { (t!("The answer, with {people}", people = people(size.people))) }
        p.equality {
            @if others.is_empty() {
                (message(&told, &[html! { code { (shown.digest.get(..12).unwrap_or_default()) } }]))
            } @else {
                strong.fault { (t!("The answers are not the same.")) " " }
                @for way in &others {
                    (t!("{way} answered something else than {first}.", way = way.title(false), first = Way::Csv.title(false))) " "
                }
            }
        }
        div.table-frame tabindex="0" role="region" aria-labelledby="sf-answer" {
            table {
                thead { tr { @for column in &shown.columns { th scope="col" { (column) } } } }
                tbody { @for row in &shown.rows { tr { @for cell in row { td { (cell) } } } } }
            }
        }
        @if (shown.rows.len() as u64) < shown.total { p.help { (t!("The first {shown} of {total}.", shown = shown.rows.len(), total = format::count(shown.total))) } }
    }
}

pub(super) fn plans(lab: &SqlOrFiles) -> Markup {
    let Some(size) = largest(lab) else {
        return html! {};
    };
    let alone = !lab.question.index_matters();
    html! {
        h3 { (t!("How each went about it, with {people}", people = people(size.people))) }
        dl.plans {
            @for way in lab.ways() { @if let Some(result) = size.ways.get(&way) {
                dt data-record=(way.name()) { (chart::key(way.name())) " " (way.title(alone)) }
                dd data-record=(way.name()) {
                    @if way.is_file() {
                        ul { @for step in &result.steps { li { (done(step)) } } }
                    } @else {
                        @if way == Way::Sqlite || alone { (statement_of(lab, size)) }
                        (plan_lines(&result.plan))
                        @if result.plan.is_empty() { p.help { (t!("SQLite has no plan to tell: new rows go to the end of the table’s tree, and into every index.")) } }
                    }
                }
            } }
        }
        p.help {
            (message(
                &t!("SQLite’s lines are its own: the result of {statement}. Times differ from machine to machine; plans and bytes do not.", statement = ELEMENTS[0]),
                &[html! { code { "EXPLAIN QUERY PLAN" } }],
            ))
        }
    }
}

fn statement_of(lab: &SqlOrFiles, size: &SizeResult) -> Markup {
    let statement = engines::adapters::sqlite::statement(engines::questions::Asked {
        question: lab.question,
        people: size.people,
    });
    html! { pre.sql tabindex="0" { code { (statement.sql) } } }
}

/// A step of a program that works on files, in a sentence.
fn done(step: &Done) -> String {
    match step {
        Done::ReadAll { table, bytes } => t!(
            "Read all {size} of {table}.",
            size = format::size(*bytes),
            table
        ),
        Done::ReadUntil { table, bytes, of } => t!(
            "Read {table} from the start, row by row, and stopped after {read} of {size}: the record was there.",
            table,
            read = format::size(*bytes),
            size = format::size(*of)
        ),
        Done::Kept { table, records } => t!(
            "Kept the {records} of {table} in a map in memory, by their numbers.",
            records = format::plural(*records, "record"),
            table
        ),
        Done::Rewritten { bytes } => t!(
            "Wrote the whole file anew: {size}. In the middle of a file there is no room for a longer record.",
            size = format::size(*bytes)
        ),
        Done::Appended { bytes } => t!(
            "Wrote {size} after the end of the file.",
            size = format::size(*bytes)
        ),
    }
}
