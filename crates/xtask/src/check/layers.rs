//! Arrows point downward: who may depend on whom, and who may name the browser.

use std::path::Path;

use anyhow::Result;
use serde_json::Value;

use super::{none, sources};
use crate::{process, project};

/// A crate of the workspace and those of the workspace that it may use.
const LAYERS: [(&str, &[&str]); 20] = [
    ("values", &[]),
    ("language", &[]),
    ("formats", &["values"]),
    ("parallel", &[]),
    ("protocol", &[]),
    ("memory", &["values"]),
    ("formula", &["values"]),
    ("tasks", &["values", "formula"]),
    ("datasets", &["formats"]),
    ("engines", &["values", "formats", "datasets"]),
    ("experiments", &["values", "formats", "datasets", "engines"]),
    ("lessons", &["values", "language", "protocol", "widgets"]),
    ("widgets", &["protocol", "values", "language", "formula"]),
    (
        "storage-labs",
        &[
            "values",
            "language",
            "formats",
            "datasets",
            "engines",
            "experiments",
            "protocol",
            "widgets",
        ],
    ),
    (
        "rehearsal",
        &[
            "values",
            "datasets",
            "engines",
            "experiments",
            "memory",
            "parallel",
            "protocol",
            "tasks",
            "widgets",
            "storage-labs",
            "lessons",
        ],
    ),
    (
        "browser",
        &[
            "values", "memory", "parallel", "tasks", "protocol", "engines",
        ],
    ),
    (
        "site",
        &[
            "values",
            "language",
            "formats",
            "datasets",
            "engines",
            "experiments",
            "memory",
            "parallel",
            "tasks",
            "protocol",
            "widgets",
            "storage-labs",
            "lessons",
            "browser",
        ],
    ),
    ("threads", &["tasks", "browser"]),
    ("bench", &["values", "formats", "tasks"]),
    (
        "xtask",
        &[
            "values",
            "language",
            "tasks",
            "protocol",
            "engines",
            "lessons",
            "widgets",
            "storage-labs",
            "rehearsal",
        ],
    ),
];

/// Crates of others that only some of ours may use, and those that may.
const RESERVED: [(&str, &[&str]); 7] = [
    ("wasm-bindgen", &["browser", "site", "threads"]),
    ("wasm-bindgen-futures", &["browser", "site"]),
    (concat!("web", "-sys"), &["browser"]),
    (concat!("js", "-sys"), &["browser"]),
    ("gloo", &["browser"]),
    ("serde-wasm-bindgen", &["browser"]),
    ("wasm-bindgen-rayon", &["browser"]),
];

/// The only crates of others that these may use.
const RESTRICTED: [(&str, &[&str]); 1] = [("protocol", &["serde", "ts-rs"])];

/// Words that only these crates may use in their sources.
const WORDS: [(&str, &[&str]); 2] = [
    (concat!("web", "_sys"), &["browser"]),
    (concat!("js", "_sys"), &["browser"]),
];

/// The crates that export functions to JavaScript: those whose binaries are modules.
const EXPORTERS: [&str; 2] = ["site", "threads"];

/// Checks the manifests, then the sources.
pub(super) fn run(root: &Path) -> Result<String> {
    let metadata = project::metadata(root)?;
    let ours: Vec<&str> = project::packages(&metadata).map(|(name, _)| name).collect();
    let mut problems = Vec::new();
    for (name, package) in project::packages(&metadata) {
        for dependency in dependencies(package) {
            problems.extend(refused(name, dependency, &ours));
        }
        if !LAYERS.iter().any(|(known, _)| *known == name) {
            problems.push(format!("{name}: say in {} what it may depend on", file!()));
        }
        for file in sources::with_endings(&root.join("crates").join(name), &["rs"])? {
            let text = process::read(&file)?;
            let found = words(name, &text).into_iter().chain(exports(name, &text));
            problems.extend(found.map(|(index, problem)| {
                format!("{}: {problem}", sources::place(root, &file, index))
            }));
        }
    }
    none(&problems)
}

/// The names of a crate's dependencies of every kind.
fn dependencies(package: &Value) -> impl Iterator<Item = &str> {
    let list = package["dependencies"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    list.iter()
        .filter_map(|dependency| dependency["name"].as_str())
}

/// What is wrong with one dependency.
fn refused(name: &str, dependency: &str, ours: &[&str]) -> Option<String> {
    if ours.contains(&dependency) {
        let may = listed(&LAYERS, name).unwrap_or_default();
        return (!may.contains(&dependency)).then(|| {
            format!(
                "{name} may not depend on {dependency}, only on [{}]",
                may.join(", ")
            )
        });
    }
    if let Some(may) = listed(&RESTRICTED, name)
        && !may.contains(&dependency)
    {
        return Some(format!(
            "{name} may not depend on {dependency}, only on [{}]",
            may.join(", ")
        ));
    }
    let family = RESERVED.iter().find(|(reserved, _)| {
        *reserved == dependency
            || dependency
                .strip_prefix(reserved)
                .is_some_and(|rest| rest.starts_with('-'))
    });
    let (_, may) = family?;
    (!may.contains(&name)).then(|| {
        format!(
            "{name} may not depend on {dependency}: only {} may",
            may.join(" and ")
        )
    })
}

/// The row of a table.
fn listed<'a>(table: &'a [(&str, &'a [&'a str])], name: &str) -> Option<&'a [&'a str]> {
    table
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, list)| *list)
}

/// Lines with words that this crate may not use.
fn words(name: &str, text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (word, may) in WORDS {
        if may.contains(&name) {
            continue;
        }
        let lines = text
            .lines()
            .enumerate()
            .filter(|(_, line)| line.contains(word));
        found.extend(
            lines.map(|(index, _)| (index, format!("only {} may name {word}", may.join(" and ")))),
        );
    }
    found
}

/// Lines that export something to JavaScript, in a crate that may not.
fn exports(name: &str, text: &str) -> Vec<(usize, String)> {
    const ATTRIBUTE: &str = concat!("#[wasm", "_bindgen");
    let mut found = Vec::new();
    let mut pending = false;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with(ATTRIBUTE) {
            pending = true;
        } else if !(line.starts_with("#[") || line.starts_with("//")) {
            if pending && line.starts_with("pub ") && !EXPORTERS.contains(&name) {
                let may = EXPORTERS.join(" and ");
                found.push((index, format!("only {may} may export to JavaScript")));
            }
            pending = false;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{LAYERS, exports, refused, words};

    const OURS: [&str; 3] = ["values", "memory", "browser"];

    #[test]
    fn arrows_point_downward() {
        assert!(refused("memory", "values", &OURS).is_none());
        assert!(refused("values", "memory", &OURS).is_some());
    }

    #[test]
    fn the_browser_is_reserved_with_its_families() {
        assert!(refused("browser", "gloo-timers", &OURS).is_none());
        for dependency in [
            "gloo",
            "gloo-timers",
            "wasm-bindgen",
            concat!("web", "-sys"),
        ] {
            assert!(
                refused("memory", dependency, &OURS).is_some(),
                "{dependency}"
            );
        }
    }

    #[test]
    fn the_protocol_stays_small() {
        assert!(refused("protocol", "serde", &OURS).is_none());
        assert!(refused("protocol", "regex", &OURS).is_some());
    }

    #[test]
    fn the_table_has_no_circle() {
        for (name, uses) in LAYERS {
            for used in uses {
                let back = LAYERS
                    .iter()
                    .find(|(other, _)| other == used)
                    .map(|(_, uses)| *uses);
                assert!(
                    back.is_some_and(|uses| !uses.contains(&name)),
                    "{name} and {used}"
                );
            }
        }
    }

    #[test]
    fn words_of_the_browser_are_found_with_their_line() {
        let text = concat!("//! x\nuse js", "_sys::Array;\n");
        assert_eq!(
            words("tasks", text).first().map(|(index, _)| *index),
            Some(1)
        );
        assert!(words("browser", text).is_empty());
    }

    #[test]
    fn only_the_site_exports() {
        let text = concat!(
            "#[wasm",
            "_bindgen]\n/// Doc.\npub fn open() {}\n#[wasm",
            "_bindgen]\nextern \"C\" {\n"
        );
        assert_eq!(exports("browser", text).len(), 1);
        assert!(exports("site", text).is_empty());
    }
}
