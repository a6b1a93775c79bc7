//! The data: what it is, where it comes from, and its first records.

use datasets::{DataSet, Shape};
use experiments::{Failure, Look, Source};
use language::t;
use maud::{Markup, html};
use widgets::format;

use super::state::{Formats, LENGTHS, MOST_COLUMNS, Origin, ROWS};
use super::told;
use crate::message::{ELEMENTS, message};

/// As many columns of the first records are shown.
const COLUMNS: usize = 12;

/// What went wrong, in one sentence or more, with the place and what it looks like instead.
pub(super) fn fault(failure: &Failure) -> String {
    let message = &failure.message;
    let placed = match &failure.place {
        Some(place) => match (place.line, place.column) {
            (Some(line), Some(column)) => {
                t!(
                    "Line {line}, column {column}: {message}",
                    line,
                    column,
                    message
                )
            }
            (Some(line), None) => t!("Line {line}: {message}", line, message),
            _ => {
                let byte = format::count(place.offset);
                t!("At byte {byte}: {message}", byte, message)
            }
        },
        None => message.clone(),
    };
    match &failure.looks_like {
        Some(format) => t!("{fault} It looks like {format}.", fault = placed, format),
        None => placed,
    }
}

/// What the data is.
pub(super) fn sentence(source: &Source, look: &Look) -> String {
    match source {
        Source::Generated(shape) => of_shape(shape),
        _ => told::sentence(look),
    }
}

/// What data of that shape is, without making it.
pub(super) fn of_shape(asked: &Shape) -> String {
    let shape = asked.within_limits();
    let depth = told::depth(shape.nesting);
    let records = format::plural(shape.rows as u64, "record");
    let values = format::plural(shape.columns as u64, "value");
    if shape.rows < asked.rows {
        t!(
            "{records} (as many as fit into a tab) with {values} each, {depth}.",
            records,
            values,
            depth
        )
    } else {
        t!(
            "{records} with {values} each, {depth}.",
            records,
            values,
            depth
        )
    }
}

/// Where the data comes from.
pub(super) fn origin(lab: &Formats) -> Markup {
    let busy = lab.is_busy();
    let radio = |name: &str| {
        html! {
            input type="radio" name="fm-origin" value=(name) data-change="origin" checked[lab.origin.name() == name]
                disabled[busy];
        }
    };
    html! {
        fieldset {
            legend { (t!("Data")) }
            label.choice { (radio("generated")) span { (t!("Made here, as you shape it")) } }
            @for set in datasets::bundled() {
                label.choice { (radio(set.name)) span { (bundled(set)) } }
            }
            label.choice { (radio("own")) span { (t!("A file of your own; it stays on this machine")) } }
            @if lab.origin == Origin::Generated { (shape(lab, busy)) }
            div.drop data-drop {
                label for="fm-file" { (t!("Choose a file, or drop one here (CSV, JSON, YAML, pickle, …)")) }
                input #fm-file type="file" data-files disabled[busy];
                @if let Some(own) = &lab.own {
                    p.chosen { (t!("“{name}”, {size}", name = own.name, size = format::size(own.bytes))) }
                }
            }
        }
    }
}

fn bundled(set: &DataSet) -> Markup {
    let told = t!(
        "{title}, real data: {records} records ({source})",
        title = told::told(set.title),
        records = format::count(set.rows as u64),
        source = ELEMENTS[0]
    );
    let source =
        html! { a href={ "%ROOT%" (folder(set)) "LICENCE.txt" } { (t!("where they come from")) } };
    message(&told, &[source])
}

fn folder(set: &DataSet) -> &str {
    set.file.rfind('/').map_or("", |end| &set.file[..=end])
}

fn shape(lab: &Formats, busy: bool) -> Markup {
    let shape = &lab.shape;
    let rows = place(&ROWS, shape.rows);
    let length = place(&LENGTHS, shape.text_length);
    let percent = |share: f64| (share * 100.0).round() as usize;
    let nesting = match shape.nesting {
        0 => t!("flat"),
        levels => format::plural(levels as u64, "level"),
    };
    let sliders = [
        (
            "rows",
            t!("Rows"),
            0,
            ROWS.len() - 1,
            rows,
            format::count(shape.rows as u64),
        ),
        (
            "columns",
            t!("Columns"),
            1,
            MOST_COLUMNS,
            shape.columns,
            shape.columns.to_string(),
        ),
        (
            "length",
            t!("Length of texts"),
            0,
            LENGTHS.len() - 1,
            length,
            format::plural(shape.text_length as u64, "character"),
        ),
        (
            "repetition",
            t!("Texts that repeat"),
            0,
            100,
            percent(shape.repetition),
            format!("{} %", percent(shape.repetition)),
        ),
        (
            "nesting",
            t!("Nesting"),
            0,
            datasets::MAX_NESTING,
            shape.nesting,
            nesting,
        ),
        (
            "missing",
            t!("Missing values"),
            0,
            100,
            percent(shape.missing),
            format!("{} %", percent(shape.missing)),
        ),
    ];
    html! {
        div.sliders {
            @for (control, label, least, most, value, words) in sliders {
                div.slider {
                    label for={ "fm-" (control) } { (label) }
                    input id={ "fm-" (control) } type="range" min=(least) max=(most) step="1" value=(value)
                        data-change=(control) data-steps=[steps(control)] aria-valuetext=(words) disabled[busy];
                    output for={ "fm-" (control) } { (words) }
                }
            }
            div.slider {
                label for="fm-seed" { (t!("Seed")) }
                input #fm-seed type="number" min="0" max="4294967295" step="1" value=(shape.seed) data-change="seed"
                    aria-describedby="fm-seed-help" disabled[busy];
                span #fm-seed-help .help { (t!("Another number, other data of the same shape")) }
            }
        }
    }
}

/// The values that a slider goes through, where they are not its own numbers: whoever sets it from outside names one of them.
fn steps(control: &str) -> Option<String> {
    let steps: &[usize] = match control {
        "rows" => &ROWS,
        "length" => &LENGTHS,
        _ => return None,
    };
    Some(
        steps
            .iter()
            .map(usize::to_string)
            .collect::<Vec<_>>()
            .join(" "),
    )
}

fn place(steps: &[usize], value: usize) -> usize {
    steps
        .iter()
        .position(|step| *step >= value)
        .unwrap_or_default()
}

/// What the chosen data is, and its first records.
///
/// While it is being looked at the region stays as high as it is: what stands below it must not move under the visitor's
/// hand.
pub(super) fn preview(lab: &Formats) -> Markup {
    let (Some(chosen), Some((seen_of, seen))) = (lab.source(), &lab.looking.seen) else {
        return html! {};
    };
    let is_chosen = lab.source_to_look_at().as_ref() == Some(seen_of);
    if is_chosen && seen.is_err() {
        return html! {};
    }
    let is_generated = |source: &Source| matches!(source, Source::Generated(_));
    // Of a shape that has changed, the former records are shown until the new ones are made.
    let look = seen
        .as_ref()
        .ok()
        .filter(|_| is_chosen || is_generated(&chosen) && is_generated(seen_of));
    html! {
        p.fm-data {
            strong { (t!("The data:")) " " }
            @match look {
                Some(look) => { (sentence(&chosen, look)) },
                None => { (t!("being read …")) },
            }
            @if let Source::Bundled(name) = &chosen { @if let Some(set) = datasets::find(name) { " " (told::told(set.sentence)) } }
        }
        details.fm-preview {
            summary { (t!("The first records")) }
            @if let Some(look) = look { (first_records(look)) }
        }
    }
}

fn first_records(look: &Look) -> Markup {
    let shown = look.columns.len().min(COLUMNS);
    html! {
        div.table-frame tabindex="0" role="region" aria-label=(t!("The first records")) {
            table {
                @if !look.columns.is_empty() {
                    thead { tr { @for name in &look.columns[..shown] { th scope="col" { (name) } } } }
                }
                tbody {
                    @for row in &look.first {
                        tr { @for cell in row.iter().take(COLUMNS) { td { (cell.as_deref().map_or_else(|| "–".to_owned(), told::value)) } } }
                    }
                }
            }
        }
        @if look.columns.len() > COLUMNS {
            p.help { (t!("The first {shown} of {columns} columns.", shown = COLUMNS, columns = look.columns.len())) }
        }
    }
}
