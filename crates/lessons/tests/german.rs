//! What is around a lesson in German. The lesson itself is in the language that it was written in.

#![allow(clippy::unwrap_used)]

mod fixture;

use std::collections::BTreeMap;

use fixture::{files, read};
use language::{Catalogue, choose};
use lessons::render;

fn german() -> BTreeMap<String, String> {
    toml::from_str(include_str!("../../../content/language/de/site.toml")).unwrap()
}

/// All pages, by name.
fn pages() -> BTreeMap<&'static str, String> {
    let content = read(&files()).unwrap();
    let course = &content.courses[0];
    let lesson = |number: usize| {
        let page = render::lesson(&content, course, &course.lessons[number], |_| {
            Ok::<_, std::fmt::Error>(String::new())
        });
        page.unwrap()
    };
    BTreeMap::from([
        ("index", render::index(&content)),
        ("course", render::course(course)),
        ("lesson 0", lesson(0)),
        ("lesson 1", lesson(1)),
    ])
}

/// What stands between tags and in labels.
fn said(html: &str) -> Vec<&str> {
    let texts = html
        .split('>')
        .filter_map(|part| part.split('<').next().map(str::trim));
    let labels = html
        .split(" aria-label=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next());
    texts.chain(labels).collect()
}

/// The texts of the catalogue that stand there in English.
fn left_in_english(html: &str, german: &BTreeMap<String, String>) -> Vec<String> {
    let said = said(html);
    let pairs = german.iter().filter(|(english, german)| english != german);
    pairs
        .filter(|(english, _)| said.contains(&english.as_str()))
        .map(|(english, _)| english.clone())
        .collect()
}

#[test]
fn nothing_around_a_lesson_is_left_in_english() {
    let german = german();
    choose(None);
    for (name, page) in pages() {
        assert!(!left_in_english(&page, &german).is_empty(), "{name}");
    }
    choose(Some(Catalogue::new(german.clone())));
    let pages = pages();
    choose(None);
    for (name, page) in &pages {
        assert_eq!(
            left_in_english(page, &german),
            Vec::<String>::new(),
            "{name}"
        );
    }
    assert!(pages["lesson 0"].contains("Lektion 1 von 2, etwa 5 Minuten"));
    assert!(pages["index"].contains("<h1>Lektionen</h1>"));
    assert!(pages["course"].contains("Etwa 5 Minuten."));
}
