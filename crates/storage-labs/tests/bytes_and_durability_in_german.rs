//! The labs *bytes* and *durability* in German, through what a visitor does there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[allow(dead_code)]
#[path = "durability/visit.rs"]
mod visit;
#[allow(dead_code)]
#[path = "bytes/visitor.rs"]
mod visitor;

use std::collections::BTreeSet;

use language::{Catalogue, choose};
use protocol::LabEvent;
use storage_labs::Input;
use widgets::{Detail, page};

use crate::visit::Visit;
use crate::visitor::Visitor;

const BYTES: &str = include_str!("../../../content/language/de/bytes.toml");
const DURABILITY: &str = include_str!("../../../content/language/de/durability.toml");

/// Of these the files of the labs say nothing.
const NUMBERS: [(&str, &str); 9] = [
    ("1,234.5", "1.234,5"),
    ("byte", "Byte"),
    ("bytes", "Bytes"),
    ("page", "Seite"),
    ("pages", "Seiten"),
    ("piece", "Stück"),
    ("pieces", "Stücke"),
    ("record", "Datensatz"),
    ("records", "Datensätze"),
];

/// The pairs of a file. A text there is written as in JSON.
fn pairs(file: &str) -> Vec<(String, String)> {
    let read = |text: String| serde_json::from_str(&text).unwrap();
    file.lines()
        .filter(|line| line.starts_with('"'))
        .map(|line| {
            let (english, german) = line.split_once("\" = \"").unwrap();
            (read(format!("{english}\"")), read(format!("\"{german}")))
        })
        .collect()
}

fn choose_german() {
    let numbers = NUMBERS.map(|(english, german)| (english.to_owned(), german.to_owned()));
    let files = [BYTES, DURABILITY].into_iter().flat_map(pairs);
    choose(Some(Catalogue::new(files.chain(numbers))));
}

/// What stands between two tags, and what is said or shown of an element.
fn shown(html: &str) -> BTreeSet<String> {
    let nodes = html.split('>').filter_map(|part| part.split('<').next());
    let attributes = ["aria-label", "aria-valuetext", "title"];
    let attributes = attributes.into_iter().flat_map(|name| {
        let begin = format!(" {name}=\"");
        let values = html.split(&begin).skip(1);
        let values: Vec<_> = values.filter_map(|rest| rest.split('"').next()).collect();
        values
    });
    let all = nodes.chain(attributes);
    all.map(|text| visitor::unescape(text.trim())).collect()
}

/// A text before, between and after its values.
fn parts(text: &str) -> Vec<&str> {
    let mut parts = text.split('{');
    let first = parts.next().into_iter();
    first
        .chain(parts.filter_map(|part| part.split_once('}').map(|(_, after)| after)))
        .collect()
}

/// Whether this is the English text, with whatever values.
fn is_of(english: &str, shown: &str) -> bool {
    let parts = parts(english);
    let (Some((first, [between @ .., last])), false) = (parts.split_first(), parts.len() == 1)
    else {
        return english == shown;
    };
    let mut rest = shown
        .strip_prefix(first)
        .and_then(|rest| rest.strip_suffix(last));
    for part in between {
        rest = rest
            .and_then(|rest| rest.split_once(part))
            .map(|(_, rest)| rest);
    }
    rest.is_some()
}

/// English texts of eight letters and more of the catalogue that are shown.
fn left_in_english(file: &str, html: &str) -> Vec<String> {
    let shown = shown(html);
    let letters = |text: &str| {
        parts(text)
            .concat()
            .chars()
            .filter(|c| c.is_alphabetic())
            .count()
    };
    let of_catalogue = pairs(file)
        .into_iter()
        .filter(|(english, german)| english != german && letters(english) >= 8);
    of_catalogue
        .map(|(english, _)| english)
        .filter(|english| shown.iter().any(|shown| is_of(english, shown)))
        .collect()
}

/// What the visitor of *bytes* sees, at each step.
fn bytes() -> Vec<String> {
    let mut visitor = Visitor::new();
    let mut seen = Vec::new();
    let mut look = |visitor: &Visitor| seen.push(page(&visitor.lab.view(Detail::Full)));
    look(&visitor);
    visitor.press("record-1");
    look(&visitor);
    visitor.press("append");
    look(&visitor);
    visitor.change("format", "json");
    visitor.press("undo");
    visitor.change("format", "pickle");
    look(&visitor);
    visitor.press("cut");
    look(&visitor);
    visitor.press("undo");
    look(&visitor);
    visitor.change("typed", "0");
    visitor.press("read-back");
    look(&visitor);
    visitor.press("undo");
    visitor.change("other", "csv");
    visitor.press("open-as");
    look(&visitor);
    visitor.change("seed", "none");
    look(&visitor);
    visitor.choose("mine.json", br#"[{"a": 1}, {"a": 1234567.5}]"#);
    look(&visitor);
    visitor.press("survival");
    look(&visitor);
    seen
}

/// What the visitor of *durability* sees, at each step.
fn durability() -> Vec<String> {
    let mut visit = Visit::new();
    let mut seen = vec![visit.text()];
    visit.change("percent", "40");
    visit.change("plain", "unreadable");
    visit.change("rename", "old");
    visit.hear(Input::Visitor(LabEvent::Press {
        control: "run".to_owned(),
    }));
    while let Some(effect) = visit.wanted.pop_front() {
        visit.one(effect);
        seen.push(visit.text());
    }
    for control in ["restore", "look"] {
        visit.press(control);
        seen.push(visit.text());
    }
    visit.change("end", "finished");
    visit.press("run");
    seen.push(visit.text());
    visit.change("end", "random");
    visit.change("rounds", "3");
    visit.press("run");
    seen.push(visit.text());
    visit.reload();
    seen.push(visit.text());
    visit.press("clean");
    seen.push(visit.text());
    visit.faults.insert("look", ("refused", "SecurityError"));
    visit.reload();
    seen.push(visit.text());
    seen
}

fn status(html: &str) -> String {
    let status = html.split("role=\"status\">").nth(1).unwrap();
    visitor::text(status.split("</p>").next().unwrap())
}

#[test]
fn bytes_leaves_nothing_in_english() {
    choose(None);
    let english = bytes().concat();
    let known = left_in_english(BYTES, &english);
    assert!(known.len() > 60, "{}", known.len());
    choose_german();
    let german = bytes();
    assert_eq!(
        left_in_english(BYTES, &german.concat()),
        Vec::<String>::new()
    );
    let first = &german[0];
    for expected in [
        "<legend>Datensätze</legend>",
        ">Speichern als</label>",
        ">Datei schreiben</button>",
        ">records.csv herunterladen</button>",
        ">Datensätze, wie gelesen</h2>",
        "aria-label=\"Datensatz 1\"",
        ">war ein Text</small>",
        "die ersten von 10.000 Datensätzen",
    ] {
        assert!(first.contains(expected), "{expected}: {first}");
    }
    assert_eq!(
        status(first),
        "Als CSV geschrieben: 5 Datensätze in 410 Bytes. Zurückgelesen: 5 Datensätze konnten gelesen werden. 2 von 5 sind, wie sie waren."
    );
}

#[test]
fn durability_leaves_nothing_in_english() {
    choose(None);
    let english = durability().concat();
    let known = left_in_english(DURABILITY, &english);
    assert!(known.len() > 70, "{}", known.len());
    choose_german();
    let german = durability();
    assert_eq!(
        left_in_english(DURABILITY, &german.concat()),
        Vec::<String>::new()
    );
    let first = &german[0];
    for expected in [
        "<legend>Was geschrieben wird</legend>",
        "<legend>Deine Vorhersage: Was wird übrig sein?</legend>",
        ">An Ort und Stelle überschrieben</label>",
        ">keine Ahnung</option>",
        ">Ausführen</button>",
        "aria-valuetext=\"1.000 Datensätze\"",
    ] {
        assert!(first.contains(expected), "{expected}: {first}");
    }
    let done = german
        .iter()
        .find(|html| status(html).starts_with("Fertig."));
    assert_eq!(
        status(done.unwrap()),
        "Fertig. An Ort und Stelle überschrieben: eine Mischung; Daneben geschrieben, dann umbenannt: ganz alt; SQLite-Transaktion: ganz alt."
    );
}

#[test]
fn both_languages_name_the_same_values() {
    let names = |text: &str| -> BTreeSet<String> {
        let parts = text.split('{').skip(1);
        let named = parts.filter_map(|part| part.split_once('}'));
        named.map(|(name, _)| name.to_owned()).collect()
    };
    for (english, german) in [BYTES, DURABILITY].into_iter().flat_map(pairs) {
        assert_eq!(names(&english), names(&german), "{english}");
    }
}
