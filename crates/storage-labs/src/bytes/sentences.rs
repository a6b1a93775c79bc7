//! What the lab says of files.

use experiments::{Failure, Place, Reading, Source, Span};
use language::t;
use widgets::{Status, format};

use super::names::named;
use super::state::{Document, Why};

/// Where in a file.
pub(super) fn place(place: &Place) -> String {
    let byte = format::count(place.offset);
    match (place.line, place.column) {
        (Some(line), Some(column)) => t!(
            "line {line}, column {column} (byte {byte})",
            line = format::count(line),
            column = format::count(column),
            byte
        ),
        (Some(line), None) => t!(
            "line {line} (byte {byte})",
            line = format::count(line),
            byte
        ),
        _ => t!("byte {byte}", byte),
    }
}

/// What is wrong, where, and what else it looks like.
pub(super) fn failure(failure: &Failure) -> String {
    let mut text = failure.message.clone();
    if let Some(at) = &failure.place {
        let at = place(at);
        let mut letters = at.chars();
        text.push(' ');
        text.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        text.push_str(letters.as_str());
        text.push('.');
    }
    if let Some(other) = &failure.looks_like {
        text.push(' ');
        text.push_str(&t!("It looks like {format}.", format = other));
    }
    text
}

/// How many records could be read, and how they compare with those before.
fn outcome(reading: &Reading) -> String {
    let records = format::plural(reading.records, "record");
    let mut text = match (&reading.failure, reading.records) {
        (Some(_), 0) => t!("No record could be read."),
        (Some(_), 1) => t!("Before it, 1 record could be read."),
        (Some(_), _) => t!("Before it, {records} could be read.", records),
        (None, 1) => t!("1 record could be read."),
        (None, _) => t!("{records} could be read.", records),
    };
    if let Some(kept) = reading.kept.filter(|_| reading.records > 0) {
        let all = format::count(kept.of);
        text.push(' ');
        text.push_str(&match kept.whole {
            whole if whole == kept.of => t!("All are as they were."),
            0 => t!("None of the {all} is as it was.", all),
            1 => t!("1 of {all} is as it was.", all),
            whole => t!(
                "{count} of {all} are as they were.",
                count = format::count(whole),
                all
            ),
        });
    }
    text
}

fn title(document: &Document) -> String {
    document.format().map_or_else(
        || t!("an unknown format"),
        |format| format.title().to_owned(),
    )
}

fn said(before: &str, reading: &Reading) -> Status {
    let found = outcome(reading);
    let text = match &reading.failure {
        Some(why) => format!("{} {found}", failure(why)),
        None => format!("{before} {found}"),
    };
    Status::Said {
        text,
        fault: reading.failure.is_some(),
    }
}

/// After records were written.
pub(super) fn written(document: Option<&Document>, records: u64) -> Status {
    let Some(document) = document else {
        return Status::Idle;
    };
    let before = t!(
        "Written as {format}: {records} in {size}. Read back:",
        format = title(document),
        records = format::plural(records, "record"),
        size = format::size(document.file.size),
    );
    said(&before, &document.reading)
}

/// After a file of the visitor's was opened.
pub(super) fn opened(document: Option<&Document>) -> Status {
    let Some(document) = document else {
        return Status::Idle;
    };
    let before = t!(
        "“{name}” was opened as {format}: {size}.",
        name = document.name,
        format = title(document),
        size = format::size(document.file.size)
    );
    said(&before, &document.reading)
}

/// After the file was changed and read back.
pub(super) fn read(why: Why, document: &Document) -> Status {
    let size = format::count(document.file.size);
    let before = match why {
        Why::Edited => t!("Read back:"),
        Why::Cut { of } => t!(
            "Cut after byte {size} of {all}:",
            size,
            all = format::count(of)
        ),
        Why::Appended { bytes } => {
            t!("{bytes} appended:", bytes = format::plural(bytes, "byte"))
        }
        Why::Anew { changed } => t!(
            "Written anew, {bytes} of the file before changed:",
            bytes = format::plural(changed, "byte")
        ),
        Why::OtherFormat => t!("Read as {format}:", format = title(document)),
    };
    said(&before, &document.reading)
}

/// After a record was pressed.
pub(super) fn record(record: u64, span: &Span, size: u64) -> Status {
    Status::said(t!(
        "Record {record}: {bytes} of {size}, from byte {start} on.",
        record = format::count(record + 1),
        bytes = format::plural(span.end - span.start, "byte"),
        size = format::count(size),
        start = format::count(span.start)
    ))
}

/// What a table was found of.
pub(super) fn of(document: &Document) -> String {
    let from = match &document.source {
        Source::Bundled(name) => {
            datasets::find(name).map_or_else(|| name.clone(), |set| named(set.title))
        }
        Source::Own { name, .. } => t!("“{name}”", name),
        _ => t!("the made-up table"),
    };
    match document.first {
        u32::MAX => t!("all records of {from}", from),
        first => t!(
            "{records} of {from}",
            records = format::plural(u64::from(first), "record"),
            from
        ),
    }
}
