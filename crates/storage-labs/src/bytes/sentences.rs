//! What the lab says of files.

use experiments::{Failure, Place, Reading, Source, Span};
use widgets::{Status, format};

use super::state::{Document, Why};

/// Where in a file.
pub(super) fn place(place: &Place) -> String {
    let byte = format!("byte {}", format::count(place.offset));
    match (place.line, place.column) {
        (Some(line), Some(column)) => format!(
            "line {}, column {} ({byte})",
            format::count(line),
            format::count(column)
        ),
        (Some(line), None) => format!("line {} ({byte})", format::count(line)),
        _ => byte,
    }
}

/// What is wrong, where, and what else it looks like.
pub(super) fn failure(failure: &Failure) -> String {
    let mut text = failure.message.clone();
    if let Some(at) = &failure.place {
        let at = place(at);
        let first = at.chars().next().map(|c| c.to_ascii_uppercase());
        text.push(' ');
        text.extend(first);
        text.push_str(&at[1..]);
        text.push('.');
    }
    if let Some(other) = &failure.looks_like {
        text.push_str(&format!(" It looks like {other}."));
    }
    text
}

/// How many records could be read, and how they compare with those before.
fn outcome(reading: &Reading) -> String {
    let mut text = match (&reading.failure, reading.records) {
        (Some(_), 0) => "No record could be read.".to_owned(),
        (Some(_), records) => format!(
            "Before it, {} could be read.",
            format::plural(records, "record")
        ),
        (None, records) => format!("{} could be read.", format::plural(records, "record")),
    };
    if let Some(kept) = reading.kept.filter(|_| reading.records > 0) {
        text.push_str(&match kept.whole {
            whole if whole == kept.of => " All are as they were.".to_owned(),
            0 => format!(" None of the {} is as it was.", format::count(kept.of)),
            1 => format!(" 1 of {} is as it was.", format::count(kept.of)),
            whole => format!(
                " {} of {} are as they were.",
                format::count(whole),
                format::count(kept.of)
            ),
        });
    }
    text
}

fn title(document: &Document) -> &'static str {
    document
        .format()
        .map_or("an unknown format", |format| format.title())
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
    let before = format!(
        "Written as {}: {} in {}. Read back:",
        title(document),
        format::plural(records, "record"),
        format::size(document.file.size),
    );
    said(&before, &document.reading)
}

/// After a file of the visitor's was opened.
pub(super) fn opened(document: Option<&Document>) -> Status {
    let Some(document) = document else {
        return Status::Idle;
    };
    let before = format!(
        "“{}” was opened as {}: {}.",
        document.name,
        title(document),
        format::size(document.file.size)
    );
    said(&before, &document.reading)
}

/// After the file was changed and read back.
pub(super) fn read(why: Why, document: &Document) -> Status {
    let size = format::count(document.file.size);
    let before = match why {
        Why::Edited => "Read back:".to_owned(),
        Why::Cut { of } => format!("Cut after byte {size} of {}:", format::count(of)),
        Why::Appended { bytes } => format!("{} appended:", format::plural(bytes, "byte")),
        Why::Anew { changed } => format!(
            "Written anew, {} of the file before changed:",
            format::plural(changed, "byte")
        ),
        Why::OtherFormat => format!("Read as {}:", title(document)),
    };
    said(&before, &document.reading)
}

/// After a record was pressed.
pub(super) fn record(record: u64, span: &Span, size: u64) -> Status {
    Status::said(format!(
        "Record {}: {} of {}, from byte {} on.",
        format::count(record + 1),
        format::plural(span.end - span.start, "byte"),
        format::count(size),
        format::count(span.start)
    ))
}

/// What a table was found of.
pub(super) fn of(document: &Document) -> String {
    let from = match &document.source {
        Source::Bundled(name) => datasets::find(name)
            .map_or(name.as_str(), |set| set.title)
            .to_owned(),
        Source::Own { name, .. } => format!("“{name}”"),
        _ => "the made-up table".to_owned(),
    };
    match document.first {
        u32::MAX => format!("all records of {from}"),
        first => format!("{} of {from}", format::plural(u64::from(first), "record")),
    }
}
