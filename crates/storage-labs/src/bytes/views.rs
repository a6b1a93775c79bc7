//! The file in three views: records, text, hex. What belongs to one record is marked alike in all of them.

use core::ops::Range;

use experiments::{Field, Record, SHOWN_RECORDS};
use language::t;
use maud::{Markup, html};
use widgets::format;

use super::names::named;
use super::pieces::{Piece, pieces, within};
use super::state::{Bytes, Document, PAGE_BYTES};

pub(super) fn views(lab: &Bytes, shown: &Document) -> Markup {
    let file = &shown.file;
    let end = file.start + file.bytes.len() as u64;
    let start = (file.start + lab.page).min(end);
    let part = start..(start + PAGE_BYTES).min(end);
    let pieces = pieces(part.clone(), &shown.reading.spans, error(shown));
    html! {
        div.views {
            (records(lab, shown, &part))
            @if shown.is_text() { (text(lab, shown, &pieces)) }
        }
        (hex(lab, shown, &pieces, &part))
        @if file.bytes.len() as u64 > PAGE_BYTES {
            div.actions {
                button type="button" data-press="earlier" aria-disabled=[(start == file.start).then_some("true")] { (t!("Earlier bytes")) }
                button type="button" data-press="later" aria-disabled=[(part.end == end).then_some("true")] { (t!("Later bytes")) }
            }
        }
    }
}

/// The bytes at the place of the error: one, or a whole character.
fn error(shown: &Document) -> Option<Range<u64>> {
    let at = shown.reading.failure.as_ref()?.place?.offset;
    let inside = at.checked_sub(shown.file.start)? as usize;
    let rest = shown.file.bytes.get(inside..).unwrap_or_default();
    let long = (1..=rest.len().min(4)).find(|&long| core::str::from_utf8(&rest[..long]).is_ok());
    Some(at..at + long.unwrap_or(1) as u64)
}

fn classes(lab: &Bytes, piece: &Piece) -> &'static str {
    match piece.record {
        None => "none",
        Some(record) if lab.chosen == Some(record) => "of chosen",
        Some(record) if record % 2 == 1 => "of odd",
        Some(_) => "of",
    }
}

/// A piece in one of the views.
fn shown_piece(lab: &Bytes, piece: &Piece, id: Option<String>, content: &Markup) -> Markup {
    let record = piece.record.map(|record| record.to_string());
    html! {
        @if piece.is_error {
            mark.here id=[id] data-record=[record] { (content) @if piece.bytes.is_empty() { (t!("⟨end⟩")) } }
        } @else {
            span class=(classes(lab, piece)) id=[id] data-record=[record] { (content) }
        }
    }
}

fn records(lab: &Bytes, shown: &Document, part: &Range<u64>) -> Markup {
    let reading = &shown.reading;
    html! {
        div.view {
            h2 #bytes-records-title { (t!("Records, as read")) }
            div.frame.records tabindex="0" role="region" aria-labelledby="bytes-records-title" {
                @if reading.shown.is_empty() { p.help { (t!("None.")) } }
                ol.records {
                    @for (at, record) in reading.shown.iter().enumerate() { (one_record(lab, shown, at as u64, record, part)) }
                }
                @if reading.records > SHOWN_RECORDS as u64 {
                    p.help { (t!("The first {count} of {all}.", count = SHOWN_RECORDS, all = format::count(reading.records))) }
                }
            }
        }
    }
}

fn one_record(
    lab: &Bytes,
    shown: &Document,
    at: u64,
    record: &Record,
    part: &Range<u64>,
) -> Markup {
    let chosen = lab.chosen == Some(at);
    let span = shown.reading.spans.iter().find(|span| span.record == at);
    html! {
        li.record.chosen[chosen] data-record=(at) {
            button.which type="button" data-press={ "record-" (at) } aria-pressed=(chosen.to_string()) aria-label=(t!("Record {number}", number = at + 1)) { (at + 1) }
            div {
                @if let Some(name) = &record.name { strong.name { (name) } " " }
                @for field in &record.fields { (one_field(field)) " " }
                @if record.more > 0 { span.help { (t!("and {count} more", count = format::count(record.more))) } }
                @if let Some(span) = span {
                    small.where {
                        @let words = t!("bytes {first}–{last}", first = format::count(span.start), last = format::count(span.end.saturating_sub(1)));
                        @if part.contains(&span.start) { a href={ "#bytes-hex-" (at) } { (words) } } @else { (words) }
                    }
                }
            }
        }
    }
}

fn one_field(field: &Field) -> Markup {
    html! {
        span.field-value.changed[field.was.is_some()] {
            @if !field.name.is_empty() { span.key { (field.name) } " " }
            @match &field.value {
                Some(value) => { code { (value) } },
                None => { em { (t!("is gone")) } },
            }
            @if let Some(was) = &field.was { " " small.was { (t!("was {value}", value = named(was))) } }
        }
    }
}

fn text(lab: &Bytes, shown: &Document, pieces: &[Piece]) -> Markup {
    html! {
        div.view {
            h2 #bytes-text-title { (t!("As text")) }
            pre.frame.stored tabindex="0" role="region" aria-labelledby="bytes-text-title" {
                @for piece in pieces {
                    (shown_piece(lab, piece, None, &visible(bytes_of(shown, &piece.bytes))))
                }
            }
        }
    }
}

fn bytes_of<'a>(shown: &'a Document, bytes: &Range<u64>) -> &'a [u8] {
    let place = |at: u64| at.saturating_sub(shown.file.start) as usize;
    shown
        .file
        .bytes
        .get(place(bytes.start)..place(bytes.end))
        .unwrap_or_default()
}

/// A text with its control characters, and what is not UTF-8, made visible.
fn visible(bytes: &[u8]) -> Markup {
    html! {
        @for chunk in bytes.utf8_chunks() {
            @for run in runs(chunk.valid()) { (run) }
            @for byte in chunk.invalid() { span.control { (format!("\\x{byte:02x}")) } }
        }
    }
}

/// A text in runs: of characters that are seen, and of one that is not.
fn runs(text: &str) -> Vec<Markup> {
    let mut runs = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(is_unseen) {
        let (before, from) = rest.split_at(at);
        let mut characters = from.chars();
        let Some(unseen) = characters.next() else {
            break;
        };
        runs.push(html! { (before) span.control { (name(unseen)) } });
        if matches!(unseen, '\n' | '\t') {
            runs.push(html! { (unseen) });
        }
        rest = characters.as_str();
    }
    runs.push(html! { (rest) });
    runs
}

/// Control characters, the byte-order mark, and what turns the direction of writing.
fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{feff}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn name(unseen: char) -> String {
    match unseen {
        '\0'..' ' => {
            char::from_u32(0x2400 + u32::from(unseen)).map_or_else(String::new, String::from)
        }
        '\u{7f}' => "␡".to_owned(),
        other => format!("⟨U+{:04X}⟩", u32::from(other)),
    }
}

fn hex(lab: &Bytes, shown: &Document, pieces: &[Piece], part: &Range<u64>) -> Markup {
    let first = part.start / 16 * 16;
    let last = if part.is_empty() { first + 1 } else { part.end };
    html! {
        div.view {
            h2 #bytes-hex-title { (t!("As bytes")) }
            p.help {
                (t!(
                    "Bytes {first}–{last} of {size}, in hex and as ASCII.",
                    first = format::count(part.start),
                    last = format::count(part.end.saturating_sub(1)),
                    size = format::count(shown.file.size),
                ))
                " " span.none { (t!("Grey")) } " " (t!("is what belongs to no record."))
            }
            div.frame.hex tabindex="0" role="region" aria-labelledby="bytes-hex-title" {
                @for row in (first..last).step_by(16) {
                    div.row {
                        (half(lab, shown, pieces, row..row + 8, "first"))
                        @if row + 8 < last { (half(lab, shown, pieces, row + 8..row + 16, "second")) }
                    }
                }
            }
        }
    }
}

/// Eight bytes: where they are, in hex, as ASCII.
fn half(lab: &Bytes, shown: &Document, pieces: &[Piece], bytes: Range<u64>, which: &str) -> Markup {
    let here = within(pieces, &bytes);
    html! {
        span class={ "at " (which) } { (format!("{:06x}", bytes.start)) }
        span class={ "digits " (which) } {
            @for (at, piece) in here.iter().enumerate() {
                @if at > 0 { " " }
                (shown_piece(lab, piece, id(shown, piece), &html! { (digits(bytes_of(shown, &piece.bytes))) }))
            }
        }
        span class={ "ascii " (which) } {
            @for piece in here.iter().filter(|piece| !piece.bytes.is_empty()) {
                (shown_piece(lab, piece, None, &html! { (ascii(bytes_of(shown, &piece.bytes))) }))
            }
        }
    }
}

/// Where links lead: to the error, or to the beginning of a record.
fn id(shown: &Document, piece: &Piece) -> Option<String> {
    if piece.is_error {
        return Some("bytes-error".to_owned());
    }
    let record = piece.record?;
    let mut spans = shown.reading.spans.iter();
    let begins = spans.any(|span| span.record == record && span.start == piece.bytes.start);
    begins.then(|| format!("bytes-hex-{record}"))
}

fn digits(bytes: &[u8]) -> String {
    let digits: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.join(" ")
}

fn ascii(bytes: &[u8]) -> String {
    let seen = |byte: &u8| {
        if (b' '..=b'~').contains(byte) {
            char::from(*byte)
        } else {
            '·'
        }
    };
    bytes.iter().map(seen).collect()
}
