//! What was found of each format, in tables.

use experiments::{Appended, Cut, Opened, Remark, Survival};
use formats::Format;
use language::{mark, t, text};
use maud::{Markup, html};
use widgets::format;

use super::sentences;
use super::state::{Row, Table};

fn table<T>(
    id: &str,
    (title, caption): (String, String),
    heads: &[&str],
    table: &Table<T>,
    cells: impl Fn(&T, &'static dyn Format) -> Markup,
) -> Markup {
    let rows = formats::all().iter().zip(&table.rows);
    html! {
        h3 id=(id) { (title) }
        div.table-frame tabindex="0" role="region" aria-labelledby=(id) {
            table.found {
                caption { (caption) }
                thead { tr { th scope="col" { (t!("Format")) } @for head in heads { th scope="col" { (text(head)) } } } }
                tbody {
                    @for (format, row) in rows {
                        tr {
                            th scope="row" { (format.title()) }
                            @match row {
                                Row::Waiting => { @for _ in heads { td { "…" } } },
                                Row::Stopped => { @for _ in heads { td { (t!("stopped")) } } },
                                Row::Done(Ok(found)) => { (cells(found, *format)) },
                                Row::Done(Err(why)) => { td.fault colspan=(heads.len()) { (sentences::failure(why)) } },
                            }
                        }
                    }
                }
            }
        }
    }
}

pub(super) fn survival(found: &Table<Survival>) -> Markup {
    if found.rows.is_empty() {
        return Markup::default();
    }
    table(
        "bytes-survival",
        (
            t!("What survives a cut"),
            t!(
                "Found by running here: {records}, written, cut after 25, 50 and 75 % of the bytes, and read. Where a reader takes a record at a time, those before the cut are counted.",
                records = found.of
            ),
        ),
        &[mark!("25 % kept"), mark!("50 % kept"), mark!("75 % kept")],
        found,
        |found, _| html! { @for cut in &found.cuts { td { (left(cut, found.records)) } } },
    )
}

fn left(cut: &Cut, of: u64) -> Markup {
    let is_noticed = cut.failure.is_some() || !cut.remarks.is_empty();
    html! {
        strong.numbers { (t!("{count} of {all}", count = format::count(cut.whole), all = format::count(of))) }
        @if cut.altered > 0 { span.damaged { (t!(", {count} damaged", count = format::count(cut.altered))) } }
        small {
            @if let Some(why) = &cut.failure { (why.message) }
            @else if !is_noticed { span.damaged { (t!("No error: nobody notices.")) } }
            @else { (t!("No error, a note: {notes}", notes = notes(&cut.remarks))) }
        }
    }
}

fn notes(remarks: &[Remark]) -> String {
    let messages: Vec<_> = remarks
        .iter()
        .map(|remark| remark.message.as_str())
        .collect();
    messages.join(" ")
}

pub(super) fn appended(found: &Table<Appended>) -> Markup {
    table(
        "bytes-appended",
        (
            t!("What an append takes"),
            t!(
                "Found by running here: {records}, and one more. First that one’s bytes alone, put at the end of the file; then the whole file written anew, compared with the old one byte by byte.",
                records = found.of
            ),
        ),
        &[
            mark!("Its bytes alone at the end"),
            mark!("Old bytes to be changed"),
            mark!("Bytes more"),
        ],
        found,
        |found, _| {
            let kept = found.whole == found.records && found.failure.is_none();
            html! {
                td {
                    @if kept { strong { (t!("Enough")) } small { (t!("all {count} are read", count = format::count(found.records))) } }
                    @else {
                        strong { (t!("Not enough")) }
                        small {
                            @if let Some(why) = &found.failure { (why.message) }
                            @else if !found.remarks.is_empty() { (notes(&found.remarks)) }
                            @else {
                                span.damaged { (t!("No error: {count} of {all} are read, and nobody notices.", count = format::count(found.whole), all = format::count(found.records))) }
                             }
                        }
                    }
                }
                td.numbers { (t!("{count} of {all}", count = format::count(found.changed), all = format::count(found.before))) }
                td.numbers { (format::count(found.after.saturating_sub(found.before))) }
            }
        },
    )
}

pub(super) fn others(found: &Table<Opened>, now: Option<&str>) -> Markup {
    table(
        "bytes-others",
        (
            t!("The same bytes, read as each format"),
            t!("Found by running here, with the bytes above."),
        ),
        &[mark!("Records"), mark!("What comes out")],
        found,
        |opened, format| {
            let reading = &opened.reading;
            let is_same = reading
                .kept
                .is_some_and(|kept| kept.whole == kept.of && kept.of == reading.records);
            html! {
                td.numbers { (format::count(reading.records)) }
                td {
                    @if let Some(why) = &reading.failure { (sentences::failure(why)) }
                    @else if now == Some(format.name()) { (t!("What is shown above.")) }
                    @else if is_same { strong { (t!("The very same records.")) } }
                    @else {
                        strong { (t!("No error, other values.")) " " }
                        @if let Some(first) = reading.shown.first() {
                            (t!("The first:")) " "
                            code {
                                @if let Some(name) = &first.name { (name) ": " }
                                @for (at, field) in first.fields.iter().take(3).enumerate() {
                                    @if at > 0 { ", " }
                                    @if !field.name.is_empty() { (field.name) ": " }
                                    (field.value.as_deref().unwrap_or_default())
                                }
                                @if first.fields.len() > 3 { ", …" }
                            }
                        }
                    }
                }
            }
        },
    )
}
