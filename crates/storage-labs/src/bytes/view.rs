//! What the lab shows: the choice, the file as a whole, and what can be done to it.

use language::{t, text};
use maud::{Markup, html};
use widgets::format;

use super::edit::Typing;
use super::names::named;
use super::sentences;
use super::state::{Bytes, DELIMITERS, Data, Document, MOST_RECORDS};
use super::{tables, views};

pub(super) fn regions(lab: &Bytes) -> Vec<(&'static str, Markup)> {
    let mut regions = vec![("data", data(lab))];
    // Before there is a file here the page shows the first one, in which the visitor may be typing already: nothing of it
    // may change its place.
    if lab.shown.is_some() || !lab.is_busy() {
        regions.extend([("actions", actions(lab)), ("status", status(lab))]);
    }
    if let Some(shown) = &lab.shown {
        regions.extend([
            ("notes", notes(shown)),
            ("views", views::views(lab, shown)),
            ("edit", edit(lab, shown)),
            ("cut", cut(lab, shown)),
        ]);
    }
    if let Some(shown) = lab.shown.as_ref().filter(|_| lab.is_settled) {
        regions.extend([
            ("survival", tables::survival(&lab.survival)),
            ("append", append(lab, shown)),
            ("other", other(lab, shown)),
        ]);
    }
    regions
}

/// For `aria-disabled`.
const fn disabled(is_so: bool) -> Option<&'static str> {
    if is_so { Some("true") } else { None }
}

fn data(lab: &Bytes) -> Markup {
    let choice = &lab.choice;
    html! {
        fieldset.source {
            legend { (t!("Records")) }
            (data_choice(lab, "showcase", &t!("Made up, with what formats differ in: a day, large numbers, commas, quotes, emoji, nothing")))
            @for set in datasets::bundled() {
                (data_choice(lab, set.name, &t!(
                    "{title}: real data, the first records of {count}",
                    title = named(set.title),
                    count = format::count(set.rows as u64),
                )))
            }
            (data_choice(lab, "own", &t!("A file of your own; it stays on this machine")))
            div.drop data-drop {
                label for="bytes-file" { (t!("Choose a file, or drop it here")) }
                input #bytes-file type="file" data-files;
                @if let Some(own) = &lab.own {
                    p.chosen { (t!("“{name}”, {size}.", name = own.name, size = format::size(own.size))) }
                    button type="button" data-press="open-own" aria-disabled=[disabled(lab.is_busy())] { (t!("Show my file as it is")) }
                }
            }
            div.settings {
                div.field {
                    label for="bytes-records" { (t!("How many")) }
                    input #bytes-records type="range" min="1" max=(MOST_RECORDS) value=(choice.records) data-change="records"
                        aria-describedby="bytes-records-now";
                    span #bytes-records-now .numbers { (choice.records) }
                }
                @if choice.data == Data::Showcase {
                    label.choice {
                        input type="checkbox" data-change="nested" checked[choice.nested];
                        span { (t!("With a list and a map in each")) }
                    }
                    div.field {
                        label for="bytes-seed" { (t!("Seed")) }
                        input #bytes-seed type="text" inputmode="numeric" size="4" autocomplete="off" data-change="seed" value=(choice.seed)
                            aria-describedby="bytes-seed-help";
                        span #bytes-seed-help .help { (t!("Another number makes other records.")) }
                    }
                }
            }
        }
        fieldset.settings {
            legend { (t!("Format")) }
            div.field {
                label for="bytes-format" { (t!("Store them as")) }
                select #bytes-format data-change="format" { (formats_for(&choice.format)) }
            }
            @if choice.format == "csv" {
                div.field {
                    label for="bytes-delimiter" { (t!("Between the cells")) }
                    select #bytes-delimiter data-change="delimiter" { (delimiters(&choice.delimiter)) }
                }
            }
            @if choice.format == "pickle" {
                div.field {
                    label for="bytes-protocol" { (t!("Protocol")) }
                    select #bytes-protocol data-change="protocol" {
                        @for protocol in 0..=5 {
                            option value=(protocol) selected[choice.protocol == protocol] { (protocol) }
                        }
                    }
                }
            }
            @if let Some(format) = formats::find(&choice.format) {
                p.help.wide { (named(format.holds())) " (" a href=(format.specification()) { (t!("specification")) } ")" }
            }
        }
    }
}

fn data_choice(lab: &Bytes, name: &str, words: &str) -> Markup {
    html! {
        label.choice {
            input type="radio" name="bytes-data" value=(name) data-change="data" checked[lab.choice.data.name() == name];
            span { (words) }
        }
    }
}

fn formats_for(chosen: &str) -> Markup {
    html! {
        @for format in formats::all() {
            option value=(format.name()) selected[format.name() == chosen] { (format.title()) }
        }
    }
}

fn delimiters(chosen: &str) -> Markup {
    html! {
        @for (delimiter, name) in DELIMITERS {
            option value=(delimiter) selected[chosen == delimiter] { (text(name)) }
        }
    }
}

fn actions(lab: &Bytes) -> Markup {
    let busy = lab.is_busy();
    let idle = lab.asked.is_empty() && lab.plan.is_empty();
    html! {
        div.actions {
            button.primary type="button" data-press="write" aria-disabled=[disabled(busy)] { (t!("Write the file")) }
            button type="button" data-press="stop" aria-disabled=[disabled(idle)] { (t!("Stop")) }
            button type="button" data-press="undo" aria-disabled=[disabled(busy || !lab.is_changed())] { (t!("Undo my changes")) }
            button type="button" data-press="bring-back" aria-disabled=[disabled(busy || lab.aside.is_none())] { (t!("Bring my changes back")) }
            button type="button" data-press="download" aria-disabled=[disabled(lab.shown.as_ref().is_none_or(|shown| !shown.file.is_whole()))] {
                @if let Some(shown) = &lab.shown { (t!("Download {name}", name = shown.name)) } @else { (t!("Download")) }
            }
        }
    }
}

fn status(lab: &Bytes) -> Markup {
    html! { p.status role="status" { (lab.status) } }
}

/// What was changed, looks dangerous, or is not shown.
fn notes(shown: &Document) -> Markup {
    let failure = shown.reading.failure.as_ref();
    let looks_like = failure.and_then(|failure| failure.looks_like.as_deref());
    let other =
        looks_like.and_then(|title| formats::all().iter().find(|format| format.title() == title));
    html! {
        @if failure.is_some_and(|failure| failure.place.is_some()) {
            p { a href="#bytes-error" { (t!("Go to the place of the error")) } }
        }
        @if let Some(other) = other {
            p { button type="button" data-press={ "open-as-" (other.name()) } { (t!("Open it as {format}", format = other.title())) } }
        }
        @if !shown.file.is_whole() {
            p.notice {
                (t!(
                    "The file has {size}: {count} of its bytes are shown, and its first records. Files of up to {most} can be changed here.",
                    size = format::size(shown.file.size),
                    count = format::count(shown.file.bytes.len() as u64),
                    most = format::size(experiments::WHOLE_BYTES as u64),
                ))
            }
        }
        @if !(shown.remarks.is_empty() && shown.reading.remarks.is_empty()) {
            ul.remarks {
                @for remark in &shown.remarks { (one_remark(&t!("In writing"), remark)) }
                @for remark in &shown.reading.remarks { (one_remark(&t!("In reading"), remark)) }
            }
        }
    }
}

fn one_remark(when: &str, remark: &experiments::Remark) -> Markup {
    html! {
        li {
            strong {
                @if remark.count > 1 { (t!("{when}, {count} times", when, count = format::count(remark.count))) } @else { (when) }
                ": "
            }
            (remark.message)
            @if let Some(place) = &remark.place { " (" (sentences::place(place)) ")" }
        }
    }
}

fn edit(lab: &Bytes, shown: &Document) -> Markup {
    let typing = lab.typing();
    let can_be_text =
        lab.draft.is_some() || shown.is_text() && Typing::Text.show(&shown.file.bytes).is_some();
    html! {
        h2 #bytes-edit-title { (t!("Change it by hand")) }
        @if shown.file.is_whole() {
            div.field role="radiogroup" aria-label=(t!("Typed as")) {
                @for (way, words) in [(Typing::Text, t!("as text")), (Typing::Hex, t!("as hex digits, two for each byte"))] {
                    label.choice {
                        input type="radio" name="bytes-typing" value=(way.name()) data-change="typing" checked[way == typing]
                            disabled[way == Typing::Text && !can_be_text];
                        span { (words) }
                    }
                }
            }
            // A field drops the first line end that it is given.
            textarea.typed #bytes-typed rows="9" spellcheck="false" autocomplete="off" autocapitalize="off" data-change="typed"
                aria-labelledby="bytes-edit-title" aria-describedby="bytes-typed-help" { "\n" (lab.typed()) }
            p #bytes-typed-help .help {
                @if typing == Typing::Text {
                    (t!("Control characters are shown as pictures, and can be typed so: ␍ is a carriage return, ␀ is NUL. Change a digit, lose a quote, add a line, and see what the reader makes of it."))
                } @else {
                    (t!("Change a digit and see which value it was, or what no longer fits."))
                }
            }
            div.actions {
                button.primary type="button" data-press="read-back" aria-disabled=[disabled(lab.is_busy())] { (t!("Read it back")) }
            }
        } @else {
            p.help { (t!("This file is too large to be changed here.")) }
        }
    }
}

fn cut(lab: &Bytes, shown: &Document) -> Markup {
    let whole = shown.file.is_whole();
    let span = shown
        .reading
        .spans
        .iter()
        .find(|span| span.start < lab.cut && lab.cut < span.end);
    html! {
        h2 { (t!("Cut it")) }
        p.help { (t!("A write that was killed, a disk that was full, a download that broke off: the file ends too early.")) }
        @if whole {
            div.field {
                label for="bytes-cut" { (t!("Keep the first")) }
                input #bytes-cut type="range" min="0" max=(shown.file.size) value=(lab.cut) data-change="cut" aria-describedby="bytes-cut-now";
                span #bytes-cut-now .numbers {
                    @let (count, all) = (format::count(lab.cut), format::plural(shown.file.size, "byte"));
                    @if let Some(span) = span {
                        (t!("{count} of {all}, within record {record}", count, all, record = format::count(span.record + 1)))
                    } @else {
                        (t!("{count} of {all}", count, all))
                    }
                }
            }
            div.actions {
                button type="button" data-press="cut" aria-disabled=[disabled(lab.is_busy())] { (t!("Cut here and read it back")) }
            }
        }
        @if lab.survival.rows.is_empty() {
            div.actions {
                button type="button" data-press="survival" { (t!("Find out what survives in each format")) }
            }
        }
    }
}

fn append(lab: &Bytes, shown: &Document) -> Markup {
    let title = shown
        .format()
        .map_or_else(|| t!("this format"), |format| format.title().to_owned());
    html! {
        h2 { (t!("Append a record")) }
        p.help { (t!("One record more, in {format}: its bytes alone at the end of the file, or the whole file written anew.", format = title)) }
        div.actions {
            button type="button" data-press="append" aria-disabled=[disabled(lab.is_busy() || !shown.file.is_whole())] { (t!("Append its bytes and read back")) }
            button type="button" data-press="anew" aria-disabled=[disabled(lab.is_busy() || !shown.file.is_whole())] { (t!("Write the file anew with it")) }
        }
        @if lab.appended.rows.is_empty() {
            div.actions {
                button type="button" data-press="appended" { (t!("Find out what each format has to rewrite")) }
            }
        } @else {
            (tables::appended(&lab.appended))
        }
    }
}

fn other(lab: &Bytes, shown: &Document) -> Markup {
    html! {
        h2 { (t!("Open it as something else")) }
        div.actions {
            label for="bytes-other" { (t!("Read these bytes as")) }
            select #bytes-other data-change="other" { (formats_for(&lab.other)) }
            @if lab.other == "csv" {
                label for="bytes-other-delimiter" { (t!("with, between the cells, a")) }
                select #bytes-other-delimiter data-change="other-delimiter" { (delimiters(&lab.other_delimiter)) }
            }
            button type="button" data-press="open-as" aria-disabled=[disabled(lab.is_busy())] { (t!("Open")) }
        }
        @if lab.others.rows.is_empty() {
            @if shown.is_opened {
                div.actions {
                    button type="button" data-press="others" { (t!("Try all formats")) }
                }
            }
        } @else {
            (tables::others(&lab.others, shown.format.as_deref()))
        }
    }
}
