//! Files of the visitor’s own, good, bad and large.

use protocol::LabEvent;
use storage_labs::Input;
use widgets::Detail;

use crate::visitor::{Visitor, text};

#[test]
fn a_file_of_ones_own_is_shown_as_it_is_and_its_records_are_written() {
    let mut visitor = Visitor::new();
    let csv = "name;age\nAda;36\nAlan;41\n";
    visitor.choose("people.txt", csv.as_bytes());
    assert_eq!(
        visitor.says(),
        "“people.txt” was opened as CSV: 24 bytes. 2 records could be read."
    );
    assert_eq!(visitor.hex(), csv.as_bytes());
    assert!(text(&visitor.region("views")).contains("age 36"));
    visitor.press("survival");
    assert!(visitor.row("survival", "bytes-survival", "JSON")[0].starts_with("0 of 2"));
    visitor.change("format", "json");
    assert_eq!(visitor.hex(), csv.as_bytes(), "nothing is written unasked");
    visitor.press("write");
    assert_eq!(
        visitor.download(),
        br#"[{"name":"Ada","age":36},{"name":"Alan","age":41}]"#
    );
    visitor.press("open-own");
    assert_eq!(visitor.hex(), csv.as_bytes());
    visitor.press("append");
    assert!(
        visitor
            .says()
            .contains("3 records could be read. All are as they were."),
        "{}",
        visitor.says()
    );
}

#[test]
fn a_delimiter_that_was_guessed_can_be_overridden() {
    let mut visitor = Visitor::new();
    visitor.choose("x.csv", b"a;b,c\n1;2,3\n");
    visitor.change("other", "csv");
    visitor.change("other-delimiter", ";");
    visitor.press("open-as");
    assert!(
        text(&visitor.region("views")).contains("b,c \"2,3\""),
        "{}",
        text(&visitor.region("views"))
    );
    visitor.change("other-delimiter", ",");
    visitor.press("open-as");
    assert!(
        text(&visitor.region("views")).contains("a;b \"1;2\""),
        "{}",
        text(&visitor.region("views"))
    );
}

#[test]
fn bad_files_are_told_with_their_place_and_the_file_before_can_be_had_again() {
    let deep = "[".repeat(100_000);
    let wide = format!("{}\n", vec!["c"; 10_000].join(","));
    let long = format!("[\n{}1]", "1,\n".repeat(40_000));
    let late = format!("{long} x");
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain("a,b\n".encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let cases: [(&str, &[u8], &[&str]); 11] = [
        (
            "cut.json",
            b"[{\"a\": 1}, {\"a\"",
            &["The bytes end", "Line 1, column 16 (byte 15)"],
        ),
        (
            "bad.json",
            b"{\"a\": 1,\n \"b\" 2}",
            &["Line 2, column 6 (byte 14)"],
        ),
        (
            "bad.jsonl",
            b"{\"a\": 1}\n{\"a\": 2}\n{\"a\": \n",
            &["Line 3", "Before it, 2 records could be read"],
        ),
        (
            "wrong.json",
            b"city,age\nLima,36\n",
            &["Line 1, column 1", "It looks like CSV."],
        ),
        (
            "latin.csv",
            b"a,b\n1,2\n\xe9,3\n",
            &[
                "may be Latin-1",
                "Line 3, column 1 (byte 8)",
                "Before it, 1 record",
            ],
        ),
        ("utf16.csv", &utf16, &["UTF-16", "(byte 0)"]),
        (
            "deep.json",
            deep.as_bytes(),
            &["nested more than 128 deep", "(byte 128)"],
        ),
        (
            "wide.csv",
            wide.as_bytes(),
            &["more than 4096 columns", "Line 1"],
        ),
        (
            "late.json",
            late.as_bytes(),
            &["after the end", "Line 40,002, column 4 (byte 120,005)"],
        ),
        (
            "book.xlsx",
            b"PK\x03\x04....",
            &["not known", "a ZIP archive"],
        ),
        ("nothing.csv", b"", &["opened as CSV: 0 bytes"]),
    ];
    for (name, bytes, expected) in cases {
        let mut visitor = Visitor::new();
        visitor.change("typed", "a,b\nmine,2\n");
        visitor.choose(name, bytes);
        let says = visitor.says();
        for part in expected {
            assert!(says.contains(part), "{name}: {says}");
        }
        let place = visitor.region("notes").contains("#bytes-error");
        assert_eq!(
            visitor.region("views").contains("id=\"bytes-error\""),
            place,
            "{name}"
        );
        visitor.press("bring-back");
        assert_eq!(visitor.typed(), "a,b\nmine,2\n", "{name}");
    }
}

#[test]
fn a_file_that_is_too_large_is_refused_before_it_is_read() {
    let mut visitor = Visitor::new();
    let before = visitor.region("views");
    visitor.tell(Input::Visitor(LabEvent::Files {
        names: vec!["all.csv".to_owned()],
        sizes: vec![u32::MAX],
    }));
    assert!(visitor.waiting.is_empty());
    assert!(
        visitor
            .says()
            .starts_with("Not done. “all.csv” has 4295.0 MB"),
        "{}",
        visitor.says()
    );
    assert_eq!(visitor.region("views"), before);
}

#[test]
fn of_a_large_file_a_part_is_shown_and_said_so() {
    let mut visitor = Visitor::new();
    let rows: String = (0..20_000)
        .map(|row| format!("{row},text {row}\n"))
        .collect();
    let file = format!("id,text\n{rows}");
    visitor.choose("large.csv", file.as_bytes());
    assert!(
        visitor.says().ends_with("20,000 records could be read."),
        "{}",
        visitor.says()
    );
    assert_eq!(visitor.hex(), file.as_bytes()[..4096]);
    assert!(text(&visitor.region("notes")).contains("4,096 of its bytes are shown"));
    assert!(text(&visitor.region("views")).contains("The first 20 of 20,000."));
    assert!(visitor.region("edit").contains("too large"));
    visitor.press("cut");
    assert!(
        visitor
            .says()
            .starts_with("Not done. Files of up to 65.5 kB"),
        "{}",
        visitor.says()
    );
    visitor.change("other", "yaml");
    visitor.press("open-as");
    assert!(!visitor.says().contains("no-bytes"), "{}", visitor.says());
}

#[test]
fn a_file_of_several_pages_is_leafed_through() {
    let mut visitor = Visitor::new();
    let file: String = (0..900)
        .map(|row| format!("{{\"row\": {row}}}\n"))
        .collect();
    visitor.choose("rows.jsonl", file.as_bytes());
    assert_eq!(visitor.hex(), file.as_bytes()[..4096]);
    visitor.press("later");
    assert_eq!(visitor.hex(), file.as_bytes()[4096..8192]);
    visitor.press("earlier");
    assert_eq!(visitor.hex(), file.as_bytes()[..4096]);
    let broken = visitor.typed().replace("{\"row\": 800}", "{\"row\": }");
    visitor.change("typed", &broken);
    visitor.press("read-back");
    assert!(visitor.says().contains("Line 801"), "{}", visitor.says());
    assert!(
        visitor.region("views").contains("id=\"bytes-error\""),
        "the page with the error is shown"
    );
}

#[test]
fn what_a_file_holds_is_never_markup() {
    let mut visitor = Visitor::new();
    visitor.choose("<img src=x>.csv", b"a<b>,\"</textarea><script>\"\n1,<i>\n");
    let page = widgets::page(&visitor.lab.view(Detail::Full));
    for tag in ["<img", "<script", "<i>", "<b>"] {
        assert!(!page.contains(tag), "{tag}");
    }
}
