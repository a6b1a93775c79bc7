//! The labs about work in German: what is looked at first, and what was recorded.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use language::{Catalogue, choose};
use widgets::{Detail, Input, Machine, create, page};

const FILES: [&str; 3] = [
    include_str!("../../../content/language/de/widgets.toml"),
    include_str!("../../../content/language/de/timeline.toml"),
    include_str!("../../../content/language/de/cache-inspector.toml"),
];

/// The pairs of the files. A text there is written as in JSON.
fn pairs() -> Vec<(String, String)> {
    let lines = FILES.into_iter().flat_map(str::lines);
    let lines = lines.filter(|line| line.starts_with('"'));
    lines
        .map(|line| {
            let (english, german) = line.split_once("\" = \"").unwrap();
            let read = |text: String| serde_json::from_str(&text).unwrap();
            (read(format!("{english}\"")), read(format!("\"{german}")))
        })
        .collect()
}

fn in_german(show: impl FnOnce() -> String) -> String {
    choose(Some(Catalogue::new(pairs())));
    let html = show();
    choose(None);
    html
}

/// What stands between two tags.
fn text_nodes(html: &str) -> BTreeSet<String> {
    html.split('>')
        .filter_map(|part| part.split('<').next())
        .map(|text| text.trim().to_owned())
        .collect()
}

/// What a visitor reads in attributes.
fn attributes(html: &str) -> BTreeSet<String> {
    let after = |name: &str| {
        let begin = format!(" {name}=\"");
        let values = html.split(&begin).skip(1);
        let values = values.filter_map(|rest| rest.split('"').next());
        values.map(str::to_owned).collect::<Vec<_>>()
    };
    ["aria-label", "title", "placeholder"]
        .into_iter()
        .flat_map(after)
        .collect()
}

/// The texts that are shown and are English ones of the catalogue.
fn left_in_english(html: &str) -> Vec<String> {
    let shown: BTreeSet<_> = text_nodes(html)
        .into_iter()
        .chain(attributes(html))
        .collect();
    pairs()
        .into_iter()
        .filter(|(english, german)| english.chars().count() >= 8 && english != german)
        .map(|(english, _)| english)
        .filter(|english| shown.contains(english))
        .collect()
}

fn first_view() -> String {
    let mut lab = create("word-frequencies").unwrap();
    lab.update(Input::Machine(Machine {
        cores: 2,
        timer_resolution_us: 5.0,
        ..Machine::default()
    }));
    lab.update(Input::Stored(Ok((0, 0))));
    page(&lab.view(Detail::Full))
}

#[test]
fn the_first_view_leaves_nothing_in_english() {
    let english = first_view();
    assert!(!left_in_english(&english).is_empty());
    let german = in_german(first_view);
    assert_eq!(left_in_english(&german), Vec::<String>::new());
    assert!(german.contains(">Ausführen</button>"), "{german}");
    assert!(german.contains("Der Cache ist leer. "), "{german}");
}

#[test]
fn the_lab_timeline_leaves_nothing_in_english() {
    let show = || {
        let mut lab = create("timeline").unwrap();
        lab.update(Input::Machine(Machine {
            cores: 2,
            ..Machine::default()
        }));
        let press = |control: &str| {
            Input::Visitor(protocol::LabEvent::Press {
                control: control.to_owned(),
            })
        };
        let first = page(&lab.view(Detail::Full));
        lab.update(press("cold"));
        format!("{first}{}", page(&lab.view(Detail::Full)))
    };
    let english = show();
    assert!(left_in_english(&english).len() > 30);
    let german = in_german(show);
    assert_eq!(left_in_english(&german), Vec::<String>::new());
    assert!(
        german
            .contains("24 Aufgaben, zusammen 491 ms auf einem Kern; die längste braucht 29,4 ms.")
    );
}

#[test]
fn the_lab_cache_inspector_leaves_nothing_in_english() {
    let show = || {
        let mut lab = create("cache-inspector").unwrap();
        lab.update(Input::Machine(Machine::default()));
        page(&lab.view(Detail::Full))
    };
    assert!(left_in_english(&show()).len() > 30);
    let german = in_german(show);
    assert_eq!(left_in_english(&german), Vec::<String>::new());
    assert!(german.contains("price beginnt in Zeile 5."), "{german}");
}

#[test]
fn a_status_is_in_german_with_german_numbers() {
    let status = in_german(|| {
        let mut lab = create("word-frequencies").unwrap();
        lab.update(Input::Cleared(Ok((1234, 19_400))));
        page(&lab.view(Detail::Full))
    });
    let wanted = "Der Cache ist leer: 1.234 Ergebnisse und 19,4 kB wurden gelöscht.";
    assert!(status.contains(wanted), "{status}");
}

#[test]
fn both_languages_name_the_same_values() {
    let names = |text: &str| -> BTreeSet<String> {
        let parts = text.split('{').skip(1);
        parts
            .filter_map(|part| part.split_once('}'))
            .map(|(name, _)| name.to_owned())
            .collect()
    };
    for (english, german) in pairs() {
        assert_eq!(names(&english), names(&german), "{english}");
    }
}

#[cfg(feature = "recorded")]
#[test]
fn the_recorded_views_leave_nothing_in_english() {
    let timeline = in_german(|| widgets::recorded("timeline").unwrap());
    assert_eq!(left_in_english(&timeline), Vec::<String>::new());
    assert!(timeline.contains("Gesamtdauer"), "{timeline}");
    let recorded = || widgets::recorded("word-frequencies").unwrap();
    let german = in_german(recorded);
    assert_eq!(left_in_english(&german), Vec::<String>::new());
    assert!(german.contains("Was du siehst, wurde am 20"), "{german}");
    assert!(german.contains("Balkendiagramm"), "{german}");
    assert_ne!(german, recorded());
}
