//! No open marks, no paths or hosts of one machine, and no unsafe code without its reason.

use std::path::Path;

use anyhow::Result;

use super::{none, sources};
use crate::process;

/// Words in capitals for work that was left. Written in two parts, so that this file has none.
const OPEN: [&str; 3] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
];
/// Where paths of one machine begin.
const MACHINE: [&str; 4] = [
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/Us", "ers/"),
    concat!("/wo", "rk/"),
];
/// Hosts of registries: cargo, npm and apt know theirs.
const HOSTS: [&str; 4] = [
    concat!("index.", "crates.io"),
    concat!("registry.", "npmjs.org"),
    concat!("deb.", "debian.org"),
    concat!("static.", "rust-lang.org"),
];
/// How unsafe code begins, and what must be said above it.
const UNSAFE: &str = concat!("unsafe", " {");
const REASON: &str = concat!("// SAF", "ETY:");

/// Looks through every written text file.
pub(super) fn run(root: &Path) -> Result<String> {
    let endings = [
        "rs", "ts", "mjs", "js", "css", "html", "toml", "md", "json", "sh", "yml",
    ];
    let mut files = sources::with_endings(root, &endings)?;
    files.extend(
        [root.join(".ci/run")]
            .into_iter()
            .filter(|file| file.is_file()),
    );
    let mut problems = Vec::new();
    for file in files {
        let text = process::read(&file)?;
        let mut before = "";
        for (index, line) in text.lines().enumerate() {
            if let Some(problem) = problem(line, before) {
                problems.push(format!("{}: {problem}", sources::place(root, &file, index)));
            }
            before = line;
        }
    }
    none(&problems)
}

/// What is wrong with a line, given the line before.
fn problem(line: &str, before: &str) -> Option<String> {
    if let Some(mark) = OPEN.iter().find(|mark| has_word(line, mark)) {
        return Some(format!("`{mark}`: do it, or say in words what is missing"));
    }
    if let Some(path) = MACHINE.iter().find(|path| begins_path(line, path)) {
        return Some(format!("`{path}…` is a path of one machine"));
    }
    if let Some(host) = HOSTS.iter().find(|host| line.contains(**host)) {
        return Some(format!(
            "`{host}` is the host of a registry: leave that to its client"
        ));
    }
    let is_unsafe = line.contains(UNSAFE) && !line.trim_start().starts_with("//");
    (is_unsafe && !before.contains(REASON))
        .then(|| format!("unsafe code wants a line `{REASON} …` directly above"))
}

/// Whether the word stands alone.
fn has_word(line: &str, word: &str) -> bool {
    let part_of_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    line.match_indices(word).any(|(at, _)| {
        !line[..at].ends_with(part_of_word) && !line[at + word.len()..].starts_with(part_of_word)
    })
}

/// Whether a path begins here, and not in the middle of another or of an address.
fn begins_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        line[..at]
            .chars()
            .next_back()
            .is_none_or(|letter| " \"'`(=:".contains(letter))
    })
}

#[cfg(test)]
mod tests {
    use super::{OPEN, REASON, UNSAFE, begins_path, has_word, problem};

    #[test]
    fn only_whole_words_are_marks() {
        assert!(has_word(&format!("// {}: later", OPEN[0]), OPEN[0]));
        assert!(!has_word(&format!("{}S", OPEN[0]), OPEN[0]));
    }

    #[test]
    fn only_beginnings_of_paths_count() {
        assert!(begins_path("see /etc/fstab", "/etc/"));
        assert!(!begins_path(
            "see ./etc/fstab and https://host/etc/",
            "/etc/"
        ));
    }

    #[test]
    fn unsafe_code_wants_a_reason() {
        let line = format!("    {UNSAFE} call() }}");
        assert!(problem(&line, "").is_some());
        assert!(problem(&line, &format!("    {REASON} because")).is_none());
    }
}
