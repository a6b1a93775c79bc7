//! What is left of a file that was cut, and what it takes to append to one.

use crate::visitor::{Visitor, text};

#[test]
fn a_cut_says_how_many_records_are_left() {
    let mut visitor = Visitor::new();
    visitor.change("format", "json_lines");
    let original = visitor.download();
    visitor.change("cut", "200");
    assert!(text(&visitor.region("cut")).contains("200 of 691 bytes, within record 2"));
    visitor.press("cut");
    assert!(
        visitor
            .says()
            .contains("Before it, 1 record could be read. 1 of 5 is as it was."),
        "{}",
        visitor.says()
    );
    assert_eq!(visitor.download(), original[..200]);
    visitor.press("undo");
    assert_eq!(visitor.download(), original);
}

#[test]
fn the_table_of_cuts_tells_loss_from_damage() {
    let visitor = Visitor::new();
    let row = |format| visitor.row("survival", "bytes-survival", format);
    for format in ["JSON", "pickle", "MessagePack", "postcard"] {
        for cell in row(format) {
            assert!(
                cell.starts_with("0 of 5") && !cell.contains("nobody"),
                "{format}: {cell}"
            );
        }
    }
    assert!(
        row("JSON Lines")[2].starts_with("3 of 5The bytes end"),
        "{:?}",
        row("JSON Lines")
    );
    assert!(
        row("INI")[0].contains("1 damagedNo error: nobody notices."),
        "{:?}",
        row("INI")
    );
}

#[test]
fn the_table_of_appends_says_what_must_be_written_over() {
    let visitor = Visitor::new();
    let row = |format| visitor.row("append", "bytes-appended", format);
    for format in ["CSV", "JSON Lines", "TOML", "YAML", "INI"] {
        let cells = row(format);
        assert!(
            cells[0].starts_with("Enough") && cells[1].starts_with("0 of "),
            "{format}: {cells:?}"
        );
    }
    assert!(
        row("JSON")[0].starts_with("Not enough") && row("JSON")[1].starts_with("1 of "),
        "{:?}",
        row("JSON")
    );
    assert!(
        row("pickle")[0].starts_with("Not enough"),
        "{:?}",
        row("pickle")
    );
    let mut visitor = Visitor::new();
    visitor.change("records", "15");
    let moved = visitor.row("append", "bytes-appended", "MessagePack")[1].clone();
    let (changed, of) = moved.split_once(" of ").unwrap();
    let number = |text: &str| text.replace(',', "").parse::<f64>().unwrap();
    assert!(
        number(changed) > 0.9 * number(of),
        "the sixteenth record needs a longer head: {moved}"
    );
}

#[test]
fn a_record_is_appended_as_its_bytes_alone_or_by_writing_anew() {
    let mut visitor = Visitor::new();
    visitor.change("format", "json_lines");
    visitor.press("append");
    assert!(
        visitor
            .says()
            .contains("bytes appended: 6 records could be read."),
        "{}",
        visitor.says()
    );
    visitor.press("undo");
    visitor.change("format", "json");
    visitor.press("append");
    assert!(
        visitor
            .says()
            .starts_with("Not done. There is something after the end"),
        "{}",
        visitor.says()
    );
    visitor.press("anew");
    assert!(
        visitor.says().contains("undo that first"),
        "{}",
        visitor.says()
    );
    visitor.press("undo");
    visitor.press("anew");
    assert!(
        visitor
            .says()
            .starts_with("Written anew, 1 byte of the file before changed: 6 records"),
        "{}",
        visitor.says()
    );
}
