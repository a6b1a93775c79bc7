//! The texts in pages that are written as HTML: whole text nodes, and what attributes say to a person.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::process;

/// The written pages, and what is around them: files, or folders of them.
pub(super) const WRITTEN: [&str; 3] = ["index.html", "www/layout.html", "www/pages"];

/// Attributes whose values are read by a person.
const ATTRIBUTES: [&str; 4] = ["aria-label", "placeholder", "title", "alt"];
/// Elements whose content is no prose.
const NO_PROSE: [&str; 4] = ["script", "style", "code", "pre"];
/// What a page begins with: comments that say its title and description.
const HEAD_LINES: [&str; 2] = ["title", "description"];

/// Pages for programmers, which stay English.
const ENGLISH_ONLY: [&str; 1] = ["example.html"];

/// The files that [`WRITTEN`] means.
pub(super) fn files(root: &Path, place: &str) -> Result<Vec<PathBuf>> {
    let path = root.join(place);
    if path.is_dir() {
        let mut files = process::files(&path, ".html")?;
        files.retain(|file| !ENGLISH_ONLY.iter().any(|name| file.ends_with(name)));
        Ok(files)
    } else {
        Ok(vec![path])
    }
}

/// All texts of a page.
pub(super) fn texts(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    translated(page, |text| {
        found.push(text.to_owned());
        None
    });
    found
}

/// The page with each text replaced for which there is another. What is given is without surplus white space.
pub(crate) fn translated(page: &str, mut other: impl FnMut(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(page.len());
    let mut rest = page;
    let mut closing: Option<String> = None;
    while !rest.is_empty() {
        if let Some(end) = &closing {
            let at = rest.find(end.as_str()).unwrap_or(rest.len());
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            closing = None;
        } else if let Some(comment) = rest.strip_prefix("<!--") {
            let end = comment.find("-->").map_or(rest.len(), |at| at + 7);
            out.push_str(&head_line(&rest[..end], &mut other));
            rest = &rest[end..];
        } else if rest.starts_with('<') {
            let end = tag_end(rest);
            let tag = &rest[..end];
            out.push_str(&attributes(tag, &mut other));
            rest = &rest[end..];
            let name = tag[1..]
                .split(|sign: char| !sign.is_ascii_alphanumeric())
                .next()
                .unwrap_or_default();
            closing = NO_PROSE.contains(&name).then(|| format!("</{name}"));
        } else {
            let end = rest.find('<').unwrap_or(rest.len());
            out.push_str(&replaced(&rest[..end], &mut other));
            rest = &rest[end..];
        }
    }
    out
}

/// A tag ends where its `>` is outside of quotes.
fn tag_end(tag: &str) -> usize {
    let mut quote = None;
    for (at, sign) in tag.char_indices() {
        match (quote, sign) {
            (None, '>') => return at + 1,
            (None, '"' | '\'') => quote = Some(sign),
            (Some(open), sign) if open == sign => quote = None,
            _ => {}
        }
    }
    tag.len()
}

/// A text with the white space around it as it was.
fn replaced(text: &str, other: &mut impl FnMut(&str) -> Option<String>) -> String {
    let plain = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // A placeholder's name is no text.
    let said = plain
        .split(' ')
        .filter(|word| !(word.starts_with('%') && word.ends_with('%')));
    if !said.flat_map(str::chars).any(char::is_alphabetic) {
        return text.to_owned();
    }
    match other(&plain) {
        None => text.to_owned(),
        Some(other) => {
            let start = &text[..text.len() - text.trim_start().len()];
            let end = &text[text.trim_end().len()..];
            format!("{start}{}{end}", other.replace('<', "&lt;"))
        }
    }
}

fn attributes(tag: &str, other: &mut impl FnMut(&str) -> Option<String>) -> String {
    let mut tag = tag.to_owned();
    let mut names: Vec<&str> = ATTRIBUTES.to_vec();
    if tag.starts_with("<meta name=\"description\"") {
        names.push("content");
    }
    for name in names {
        let mark = format!(" {name}=\"");
        let Some(at) = tag.find(&mark).map(|at| at + mark.len()) else {
            continue;
        };
        let end = tag[at..].find('"').map_or(tag.len(), |end| at + end);
        let text = replaced(&tag[at..end], other).replace('"', "&quot;");
        tag.replace_range(at..end, &text);
    }
    tag
}

/// The title and description of a page.
fn head_line(comment: &str, other: &mut impl FnMut(&str) -> Option<String>) -> String {
    let said = comment
        .strip_prefix("<!-- ")
        .and_then(|rest| rest.strip_suffix(" -->"));
    match said.and_then(|said| said.split_once(": ")) {
        Some((name, text)) if HEAD_LINES.contains(&name) => {
            format!("<!-- {name}: {} -->", replaced(text, other))
        }
        _ => comment.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{texts, translated};

    const PAGE: &str = "<!-- title: A page -->\n<!-- lab:x --><p class=\"a\">\n  One <a href=\"b\" title=\"Two > 1\">two\n three</a> %ROOT% </p><script>no</script><code>no</code>1";

    #[test]
    fn texts_are_whole_nodes_and_what_attributes_say() {
        assert_eq!(texts(PAGE), ["A page", "One", "Two > 1", "two three"]);
    }

    #[test]
    fn what_is_known_is_replaced_and_the_rest_stays() {
        let other = |text: &str| (text != "One").then(|| text.to_uppercase());
        let wanted = PAGE
            .replace("A page", "A PAGE")
            .replace("Two >", "TWO >")
            .replace("two\n three", "TWO THREE");
        assert_eq!(translated(PAGE, other), wanted);
    }
}
