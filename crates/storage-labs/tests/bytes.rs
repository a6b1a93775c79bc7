//! The lab *bytes*, driven as a visitor drives it; the jobs are really done.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::format_collect
)]

use std::collections::VecDeque;

use experiments::{Bench, Failure, Job, Material, Source};
use protocol::LabEvent;
use storage_labs::{Effect, Input, Machine, StorageLab};
use widgets::Detail;

/// A visitor at the lab, with a workbench.
struct Visitor {
    lab: Box<StorageLab>,
    bench: Bench,
    waiting: VecDeque<(u32, Job)>,
    file: Vec<u8>,
    loaded: Option<Source>,
    downloads: Vec<(String, String, Vec<u8>)>,
    stops: usize,
}

impl Visitor {
    fn new() -> Self {
        let mut visitor = Self {
            lab: storage_labs::create("bytes").unwrap(),
            bench: Bench::default(),
            waiting: VecDeque::new(),
            file: Vec::new(),
            loaded: None,
            downloads: Vec::new(),
            stops: 0,
        };
        visitor.tell(Input::Machine(Machine::default()));
        visitor.work();
        visitor
    }

    fn tell(&mut self, input: Input) {
        for effect in self.lab.update(input) {
            match effect {
                Effect::Work(number, job) => self.waiting.push_back((number, *job)),
                Effect::Stop => {
                    self.waiting.clear();
                    self.bench = Bench::default();
                    self.loaded = None;
                    self.stops += 1;
                }
                Effect::Download {
                    name,
                    media_type,
                    bytes,
                } => self.downloads.push((name, media_type, bytes)),
                Effect::Sql(..) | Effect::Writer(_) => panic!("not of this lab"),
            }
        }
    }

    /// Does one job, as the kernel has it done: bytes are given along once.
    fn step(&mut self) -> bool {
        let Some((number, job)) = self.waiting.pop_front() else {
            return false;
        };
        let source = job.source().cloned();
        let wanted = source
            .clone()
            .filter(|source| source.needs_bytes() && self.loaded.as_ref() != Some(source));
        let bytes = wanted.map(|source| match source {
            Source::Own { .. } => self.file.clone(),
            other => panic!("no bytes for {other:?}"),
        });
        let material = Material { bytes, value: None };
        let done = self.bench.run(1, job, material, &|| 0.0);
        if done.is_err() {
            self.loaded = None;
        } else if source.is_some() {
            self.loaded = source;
        }
        self.tell(Input::Done(
            number,
            Box::new(done.map(|(outcome, _)| outcome)),
        ));
        true
    }

    fn work(&mut self) {
        while self.step() {}
    }

    fn press(&mut self, control: &str) {
        self.tell(Input::Visitor(LabEvent::Press {
            control: control.to_owned(),
        }));
        self.work();
    }

    fn change(&mut self, control: &str, value: &str) {
        self.set(control, value);
        self.work();
    }

    fn set(&mut self, control: &str, value: &str) {
        self.tell(Input::Visitor(LabEvent::Change {
            control: control.to_owned(),
            value: value.to_owned(),
        }));
    }

    fn choose(&mut self, name: &str, bytes: &[u8]) {
        self.file = bytes.to_vec();
        self.loaded = None;
        self.tell(Input::Visitor(LabEvent::Files {
            names: vec![name.to_owned()],
            sizes: vec![bytes.len() as u32],
        }));
        self.work();
    }

    fn region(&self, name: &str) -> String {
        let view = self.lab.view(Detail::Full);
        let found = view.into_iter().find(|(region, _)| *region == name);
        found
            .map(|(_, content)| content.into_string())
            .unwrap_or_default()
    }

    fn says(&self) -> String {
        text(&self.region("status"))
    }

    /// What stands in the field.
    fn typed(&self) -> String {
        let edit = self.region("edit");
        let field = edit
            .split("<textarea")
            .nth(1)
            .and_then(|rest| rest.split_once('>'))
            .unwrap()
            .1;
        unescape(
            field
                .split_once("</textarea>")
                .unwrap()
                .0
                .strip_prefix('\n')
                .unwrap(),
        )
    }

    /// The bytes that are shown in hex.
    fn hex(&self) -> Vec<u8> {
        let views = self.region("views");
        let rows = views.split("class=\"digits ").skip(1);
        let digits = rows.map(|row| {
            let (cell, _) = row.split_once("<span class=\"ascii").unwrap();
            text(&format!("<{cell}"))
        });
        let digits = digits.collect::<Vec<_>>().join(" ");
        digits
            .split_whitespace()
            .filter(|pair| pair.len() == 2)
            .map(|pair| u8::from_str_radix(pair, 16).unwrap())
            .collect()
    }

    /// The bytes as they are downloaded.
    fn download(&mut self) -> Vec<u8> {
        self.press("download");
        self.downloads.pop().unwrap().2
    }

    /// The cells of a row of a table.
    fn row(&self, region: &str, id: &str, format: &str) -> Vec<String> {
        let region = self.region(region);
        let table = region
            .split(&format!("id=\"{id}\""))
            .nth(1)
            .unwrap_or_else(|| panic!("no {id}"));
        let body = table
            .split("<tbody>")
            .nth(1)
            .unwrap()
            .split("</tbody>")
            .next()
            .unwrap();
        let row = body
            .split("<tr>")
            .find(|row| row.contains(&format!("<th scope=\"row\">{format}</th>")));
        row.unwrap()
            .split("<td")
            .skip(1)
            .map(|cell| text(&format!("<td{cell}")))
            .collect()
    }
}

/// Without tags.
fn text(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        rest = tag.split_once('>').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    unescape(&text)
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

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
fn stop_ends_what_goes_on_and_what_comes_late_is_not_heard() {
    let mut visitor = Visitor::new();
    visitor.set("format", "json");
    let (number, job) = visitor.waiting.front().cloned().unwrap();
    let before = visitor.region("views");
    visitor.press("stop");
    assert_eq!(
        (visitor.stops, visitor.says().as_str()),
        (1, "Stopped. The file is as it was.")
    );
    let late = visitor
        .bench
        .run(1, job, Material::default(), &|| 0.0)
        .unwrap()
        .0;
    visitor.tell(Input::Done(number, Box::new(Ok(late))));
    assert_eq!(visitor.region("views"), before);
    visitor.press("write");
    assert!(
        visitor.says().starts_with("Written as JSON"),
        "{}",
        visitor.says()
    );
}

#[test]
fn a_worker_that_is_lost_loses_nothing() {
    let mut visitor = Visitor::new();
    visitor.change("typed", "a\n1\n");
    visitor.set("other", "json");
    visitor.tell(Input::Visitor(LabEvent::Press {
        control: "read-back".to_owned(),
    }));
    let (number, _) = visitor.waiting.pop_front().unwrap();
    let lost = Failure::new("worker-lost", "The worker that did this was lost.");
    visitor.tell(Input::Done(number, Box::new(Err(lost))));
    assert_eq!(
        visitor.says(),
        "Not done. The worker that did this was lost."
    );
    assert_eq!(visitor.typed(), "a\n1\n");
    visitor.press("read-back");
    assert!(
        visitor.says().starts_with("Read back: 1 record"),
        "{}",
        visitor.says()
    );
}

#[test]
fn what_was_done_before_there_was_a_file_is_done_then_and_in_order() {
    let early = |events: &[(&str, Option<&str>)]| {
        let mut visitor = Visitor::new();
        let mut lab = storage_labs::create("bytes").unwrap();
        let effects = lab.update(Input::Machine(Machine::default()));
        let shown = lab.view(Detail::Full);
        assert!(
            shown.iter().all(|(name, _)| *name != "edit"),
            "the field that is on the page is left alone"
        );
        visitor.lab = lab;
        for effect in effects {
            if let Effect::Work(number, job) = effect {
                visitor.waiting.push_back((number, *job));
            }
        }
        for (control, value) in events {
            match value {
                Some(value) => visitor.set(control, value),
                None => visitor.tell(Input::Visitor(LabEvent::Press {
                    control: (*control).to_owned(),
                })),
            }
        }
        visitor.work();
        visitor
    };
    let visitor = early(&[("typed", Some("a\n1\n")), ("format", Some("json"))]);
    assert_eq!(visitor.typed(), "a\n1\n", "typing came first");
    let shown = early(&[]).typed();
    let visitor = early(&[("typed", Some(&shown)), ("format", Some("json"))]);
    assert!(
        visitor.says().starts_with("Written as JSON: "),
        "{}",
        visitor.says()
    );
    let visitor = early(&[
        ("typed", Some("a\n1\n")),
        ("read-back", None),
        ("append", None),
    ]);
    assert!(
        visitor.says().contains("This row has 8 cells"),
        "{}",
        visitor.says()
    );
    let visitor = early(&[("append", None), ("stop", None)]);
    assert_eq!(visitor.stops, 1);
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
