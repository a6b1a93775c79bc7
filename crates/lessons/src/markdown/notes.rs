//! Footnotes: numbered in the order in which they are referred to, listed below the text, with ways there and back.

use language::t;
use maud::{PreEscaped, html};

/// The notes of a page.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// Names in the order of their first reference, and how often each is referred to.
    referred: Vec<(String, usize)>,
    /// Names, where they are, and their HTML.
    defined: Vec<(String, usize, String)>,
}

impl Notes {
    /// A note is referred to: the HTML of the reference.
    pub(super) fn refer(&mut self, name: &str) -> String {
        let known = self.referred.iter().position(|(other, _)| other == name);
        let index = known.unwrap_or_else(|| {
            self.referred.push((name.to_owned(), 0));
            self.referred.len() - 1
        });
        let number = index + 1;
        self.referred[index].1 += 1;
        let first = self.referred[index].1 == 1;
        html! {
            sup.note {
                a href={ "#note-" (number) } id=[first.then(|| from(number))] aria-label=(t!("Note {number}", number)) { (number) }
            }
        }
        .into_string()
    }

    /// A note's text begins.
    pub(super) fn begin(&mut self, name: &str, start: usize) {
        self.defined.push((name.to_owned(), start, String::new()));
    }

    /// The text of the note that began last.
    pub(super) fn end(&mut self, html: String) {
        if let Some((_, _, text)) = self.defined.last_mut() {
            *text = html;
        }
    }

    /// The list of notes, empty when there are none; and the names and places of those that nothing refers to.
    pub(super) fn finish(self) -> (String, Vec<(String, usize)>) {
        let Self { referred, defined } = self;
        let unused = defined
            .iter()
            .filter(|(name, ..)| !referred.iter().any(|(other, _)| other == name))
            .map(|(name, start, _)| (name.clone(), *start))
            .collect();
        let text = |name: &str| {
            defined
                .iter()
                .find(|(other, ..)| other == name)
                .map(|(.., html)| html.trim_end())
                .unwrap_or_default()
        };
        if referred.is_empty() {
            return (String::new(), unused);
        }
        let list = html! {
            ol {
                @for (index, (name, _)) in referred.iter().enumerate() {
                    @let number = index + 1;
                    @let (text, end) = opened(text(name));
                    li id={ "note-" (number) } {
                        (PreEscaped(text)) " "
                        a.back href={ "#" (from(number)) } aria-label=(t!("Back to where note {number} is referred to", number)) { "↩" }
                        (PreEscaped(end))
                    }
                }
            }
        };
        (list.into_string(), unused)
    }
}

/// The id of the place that a note is referred to from.
fn from(number: usize) -> String {
    format!("note-{number}-from")
}

/// A note's text without the end of its last paragraph, and that end: the way back stands within.
fn opened(text: &str) -> (&str, &str) {
    match text.strip_suffix("</p>") {
        Some(text) => (text, "</p>"),
        None => (text, ""),
    }
}
