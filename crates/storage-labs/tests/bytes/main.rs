//! The lab *bytes*, driven as a visitor drives it; the jobs are really done.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::format_collect
)]

mod cuts_and_appends;
mod order;
mod own_files;
mod visitor;

use widgets::Detail;

use crate::visitor::{Visitor, text};

#[test]
fn the_first_file_looks_like_this() {
    let visitor = Visitor::new();
    let page = widgets::page(&visitor.lab.view(Detail::Full));
    insta::assert_snapshot!(page.replace("><", ">\n<"));
}

#[test]
fn every_format_shows_its_bytes_its_records_and_what_became_of_them() {
    let mut visitor = Visitor::new();
    for format in formats::all() {
        visitor.change("format", format.name());
        let says = visitor.says();
        assert!(
            says.starts_with(&format!("Written as {}: 5 records in ", format.title())),
            "{says}"
        );
        let bytes = visitor.download();
        assert_eq!(visitor.hex(), bytes, "{}", format.name());
        let views = visitor.region("views");
        assert_eq!(
            views.contains("As text"),
            format.is_text(),
            "{}",
            format.name()
        );
        for record in 0..5 {
            let shown = views.matches(&format!("data-record=\"{record}\"")).count();
            assert!(
                shown >= 3,
                "{}: record {record} is shown {shown} times",
                format.name()
            );
        }
        assert_eq!(
            views.matches("<li class=\"record").count(),
            5,
            "{}",
            format.name()
        );
    }
    visitor.change("format", "json");
    assert!(text(&visitor.region("views")).contains("\"2006-09-08\" was a date"));
    assert!(visitor.region("notes").contains("JSON cannot hold a date"));
}

#[test]
fn pickle_has_its_protocols_and_csv_its_delimiter() {
    let mut visitor = Visitor::new();
    visitor.change("delimiter", ";");
    assert!(visitor.download().starts_with(b"id;name;code;"));
    assert!(
        visitor
            .says()
            .contains("Read back: 5 records could be read"),
        "{}",
        visitor.says()
    );
    visitor.change("format", "pickle");
    for protocol in 0..=5_u8 {
        visitor.change("protocol", &protocol.to_string());
        let bytes = visitor.download();
        if protocol >= 2 {
            assert_eq!(bytes[..2], [0x80, protocol]);
        } else {
            assert_ne!(bytes[0], 0x80, "protocol {protocol} has no head");
        }
        assert!(
            visitor.says().contains("All are as they were."),
            "{}",
            visitor.says()
        );
    }
}

#[test]
fn a_slider_that_moves_has_the_last_of_its_places_written() {
    let mut visitor = Visitor::new();
    for records in 6..=20 {
        visitor.set("records", &records.to_string());
    }
    assert_eq!(visitor.waiting.len(), 1, "not one writing for each place");
    visitor.work();
    assert!(
        visitor.says().starts_with("Written as CSV: 20 records"),
        "{}",
        visitor.says()
    );
    visitor.change("records", "99");
    assert!(
        visitor.says().starts_with("Written as CSV: 20 records"),
        "{}",
        visitor.says()
    );
}

#[test]
fn what_is_changed_by_hand_is_read_back_and_compared() {
    let mut visitor = Visitor::new();
    visitor.change("format", "json_lines");
    let typed = visitor.typed();
    visitor.change("typed", &typed.replace("\"id\":2", "\"id\":-2.5"));
    assert_eq!(
        visitor.says().split(':').next(),
        Some("Written as JSON Lines"),
        "nothing is read before it is asked for"
    );
    visitor.press("read-back");
    assert_eq!(
        visitor.says(),
        "Read back: 5 records could be read. 4 of 5 are as they were."
    );
    assert!(text(&visitor.region("views")).contains("id -2.5 was a whole number"));
}

#[test]
fn an_error_says_where_and_loses_nothing() {
    let mut visitor = Visitor::new();
    visitor.change("format", "json");
    let original = visitor.download();
    let broken = visitor.typed().replacen("\"name\":", "\"name\"", 1);
    visitor.change("typed", &broken);
    visitor.press("read-back");
    let says = visitor.says();
    assert!(says.starts_with("Not done. "), "{says}");
    assert!(says.contains("Line 1, column 16 (byte 15)."), "{says}");
    assert_eq!(visitor.typed(), broken);
    assert!(
        visitor
            .region("views")
            .contains("<mark class=\"here\" id=\"bytes-error\">22</mark>")
    );
    assert_eq!(visitor.hex(), broken.as_bytes());
    visitor.press("undo");
    assert_eq!(visitor.download(), original);
    visitor.press("bring-back");
    assert_eq!(visitor.typed(), broken);
    visitor.change("typed", &broken.replacen("\"name\"", "\"name\":", 1));
    visitor.press("read-back");
    assert_eq!(
        visitor.says(),
        "Read back: 5 records could be read. All are as they were."
    );
}

#[test]
fn choosing_something_else_leaves_what_was_typed_until_the_file_is_written() {
    let mut visitor = Visitor::new();
    visitor.change("typed", "a,b\n1,2\n");
    visitor.change("format", "yaml");
    visitor.change("records", "7");
    assert!(
        visitor.says().contains("stays as it is"),
        "{}",
        visitor.says()
    );
    assert_eq!(visitor.typed(), "a,b\n1,2\n");
    visitor.press("write");
    assert!(
        visitor.says().starts_with("Written as YAML: 7 records"),
        "{}",
        visitor.says()
    );
    visitor.press("bring-back");
    assert_eq!(visitor.typed(), "a,b\n1,2\n");
    visitor.press("read-back");
    assert_eq!(
        visitor.says(),
        "Read back: 1 record could be read. None of the 5 is as it was."
    );
}

#[test]
fn hex_digits_are_typed_and_switched_to_and_from_without_loss() {
    let mut visitor = Visitor::new();
    visitor.change("typed", "a,b\n1,2\n");
    visitor.change("typing", "hex");
    assert_eq!(visitor.typed(), "61 2c 62 0a 31 2c 32 0a");
    visitor.change("typed", "61 2c 62 0a 31 2c 3x 0a");
    visitor.change("typing", "text");
    assert!(
        visitor.says().starts_with("Not done. “x” is no hex digit"),
        "{}",
        visitor.says()
    );
    assert_eq!(visitor.typed(), "61 2c 62 0a 31 2c 3x 0a");
    visitor.press("read-back");
    assert!(
        visitor.says().contains("line 1, column 20"),
        "{}",
        visitor.says()
    );
    assert_eq!(visitor.typed(), "61 2c 62 0a 31 2c 3x 0a");
    visitor.change("typed", "61 2c 62 0a 31 2c ff 0a");
    visitor.change("typing", "text");
    assert!(
        visitor.says().contains("no text in UTF-8"),
        "{}",
        visitor.says()
    );
    visitor.press("read-back");
    assert!(
        visitor
            .says()
            .contains("not UTF-8 from here on; it may be Latin-1. Line 2, column 3 (byte 6)."),
        "{}",
        visitor.says()
    );
    assert_eq!(visitor.download(), b"a,b\n1,\xff\n");
}

#[test]
fn carriage_returns_survive_a_field_that_would_drop_them() {
    let mut visitor = Visitor::new();
    let original = visitor.download();
    assert!(original.windows(2).any(|two| two == b"\r\n"));
    let typed = visitor.typed();
    assert!(typed.contains("note␍\n"));
    visitor.change("typed", &format!("{typed}9,\n"));
    visitor.press("read-back");
    assert_eq!(visitor.download(), [&original[..], b"9,\n"].concat());
}

#[test]
fn bytes_are_opened_as_another_format() {
    let mut visitor = Visitor::new();
    visitor.change("format", "json");
    let cells = visitor.row("other", "bytes-others", "YAML");
    assert_eq!(cells, ["5", "The very same records."]);
    assert!(visitor.row("other", "bytes-others", "TOML")[1].contains("It looks like JSON."));
    visitor.change("other", "yaml");
    visitor.press("open-as");
    assert_eq!(
        visitor.says(),
        "Read as YAML: 5 records could be read. All are as they were."
    );
    visitor.change("other", "pickle");
    visitor.press("open-as");
    assert!(
        visitor.says().starts_with("Not done. "),
        "{}",
        visitor.says()
    );
    assert!(
        visitor
            .region("notes")
            .contains("data-press=\"open-as-json\"")
    );
    visitor.press("open-as-json");
    assert!(
        visitor.says().starts_with("Read as JSON: 5 records"),
        "{}",
        visitor.says()
    );
}

#[test]
fn a_record_is_chosen_by_its_button_and_marked_in_all_views() {
    let mut visitor = Visitor::new();
    visitor.press("record-2");
    assert!(
        visitor.says().starts_with("Record 3: "),
        "{}",
        visitor.says()
    );
    let views = visitor.region("views");
    assert!(views.contains("<li class=\"record chosen\" data-record=\"2\">"));
    assert!(views.matches("class=\"of chosen\"").count() > 3);
    assert!(views.contains("data-press=\"record-2\" aria-pressed=\"true\""));
    visitor.press("record-2");
    assert!(!visitor.region("views").contains("chosen"));
}
