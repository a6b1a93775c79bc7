//! What a lab leaves in English while another language is chosen.
#![allow(clippy::unwrap_used, dead_code)]

use std::collections::BTreeMap;

use language::{Catalogue, choose};

/// The German texts of the two labs, by the English ones.
fn catalogue() -> BTreeMap<String, String> {
    let files = [
        include_str!("../../../../content/language/de/formats.toml"),
        include_str!("../../../../content/language/de/sql-or-files.toml"),
    ];
    let texts = files.map(|file| toml::from_str::<BTreeMap<String, String>>(file).unwrap());
    texts.into_iter().flatten().collect()
}

/// Chooses German for this thread.
pub(crate) fn choose_german() {
    choose(Some(Catalogue::new(catalogue())));
}

/// Chooses a language in which every known text has no letters.
pub(crate) fn choose_silence() {
    let known = catalogue().into_keys().map(|english| {
        let silent = without_letters(&english);
        (english, silent)
    });
    let nouns = widgets::format::NOUNS.into_iter().flatten();
    let nouns = nouns.map(|noun| (noun.to_owned(), without_letters(noun)));
    choose(Some(Catalogue::new(known.chain(nouns))));
}

/// The text with its letters, other than those of names in braces, as points.
fn without_letters(text: &str) -> String {
    let mut is_name = false;
    let sign = |sign: char| {
        is_name = sign == '{' || is_name && sign != '}';
        if is_name || !sign.is_alphabetic() {
            sign
        } else {
            '·'
        }
    };
    text.chars().map(sign).collect()
}

/// The regions in whose tables is data.
const DATA: [&str; 3] = ["preview", "answer", "own-rows"];

/// What is read or heard of a page: its texts, and the attributes that are said; without code and data.
pub(crate) fn said(html: &str) -> Vec<String> {
    let mut said = Vec::new();
    let (mut code, mut region, mut in_table) = (0, "", false);
    for part in html.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap();
        let name = tag.split(' ').next().unwrap();
        match name {
            "code" | "textarea" => code += 1,
            "/code" | "/textarea" => code -= 1,
            "table" | "/table" => in_table = name == "table",
            _ => {}
        }
        if let Some((_, name)) = tag.split_once("data-region=\"") {
            region = name.split('"').next().unwrap();
        }
        for attribute in ["aria-label", "aria-valuetext", "title", "placeholder"] {
            let start = format!(" {attribute}=\"");
            let value = tag
                .split_once(&start)
                .and_then(|(_, after)| after.split_once('"'));
            said.extend(value.map(|(value, _)| value.to_owned()));
        }
        if code == 0 && !(in_table && DATA.contains(&region)) {
            said.push(text.to_owned());
        }
    }
    said.retain(|text| !text.trim().is_empty());
    said.iter()
        .map(|text| text.trim().replace("&quot;", "\"").replace("&amp;", "&"))
        .collect()
}

/// The English texts of eight letters and more that stand there as they are, but are others in German.
pub(crate) fn left_in_english(html: &str) -> Vec<String> {
    let catalogue = catalogue();
    let mut left = said(html);
    left.retain(|text| {
        let letters = text.chars().filter(|sign| sign.is_alphabetic()).count();
        letters >= 8 && catalogue.get(text).is_some_and(|german| german != text)
    });
    left
}

/// Names that are the same in every language: of programs, formats, files, fields and indexes of the data, and SQLite's own.
const NAMES: &str = "Chromium CSV INI JSON Lines MessagePack SQLite TOML YAML gzip json pickle postcard active born cities city_id \
    country created details height name origin people population price \
    people_city GROUP ORDER";
/// What `widgets::Status` says.
const STATUS: &str = "Not done";

/// The words that are said, of three letters and more, but for names.
pub(crate) fn words(html: &str) -> Vec<String> {
    let said = said(html).join(" ");
    let known = || NAMES.split_whitespace().chain(STATUS.split_whitespace());
    let letters = |word: &str| word.chars().filter(char::is_ascii_alphabetic).count();
    let mut words: Vec<_> = said
        .split(|sign: char| !sign.is_alphanumeric() && sign != '_')
        .filter(|word| letters(word) > 2 && known().all(|name| name != *word))
        .map(str::to_owned)
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}
