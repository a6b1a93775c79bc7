//! A document of the project as a page of the site: the same Markdown as lessons have, without examples.

use std::path::Path;

use language::t;
use maud::{PreEscaped, html};

use crate::address::root;
use crate::markdown::{self, Heading, Shape, Text};
use crate::render::outline;
use crate::source::Source;
use crate::{Fault, Problem};

/// A document, ready to be put into the layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its heading of level 1, which is its first line.
    pub title: String,
    /// What is within `<main>`, as HTML.
    pub main: String,
}

impl Document {
    /// Reads the document `file`, which holds `text` and becomes the page at `address`. What it says of other documents of the
    /// checkout, which the site does not have, stays as words without a link.
    ///
    /// # Errors
    /// Everything that is wrong with it, as for a lesson.
    pub fn read(file: &str, text: &str, address: &str) -> Result<Self, Vec<Fault>> {
        let source = Source { file, text };
        let (first, body) = text.split_once('\n').unwrap_or((text, ""));
        let Some(title) = first.strip_prefix("# ") else {
            return Err(vec![source.fault(0, Problem::HeadingLevel(2))]);
        };
        let rendered = markdown::render(&Text {
            source,
            markdown: body,
            from: text.len() - body.len(),
            verbatim: true,
            address,
            shape: Shape::Page,
        });
        let mut faults = rendered.faults.clone();
        for (place, name) in &rendered.examples {
            faults.push(source.fault(*place, Problem::UnknownExample(name.clone())));
        }
        let mut inner = markdown::fragment(&rendered, Shape::Block).unwrap_or_default();
        for (place, link, target) in &rendered.links {
            let is_here = target.address == address;
            if is_document(&target.address) {
                let written = format!("{}{}", root(address), target.address);
                inner = without_link(&inner, &written);
            } else if !is_here || !has(&rendered.outline, target.anchor.as_deref()) {
                let why =
                    "a document leads to its own headings, to other documents and to other sites";
                let problem = Problem::DeadLink(link.clone(), why.to_owned());
                faults.push(source.fault(*place, problem));
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let main = html! {
            article.lesson {
                header { h1 { (title) } }
                nav.outline aria-labelledby="outline-title" {
                    h2 #outline-title { (t!("On this page")) }
                    (outline(&rendered.outline))
                }
                div.text { (PreEscaped(inner)) (PreEscaped(rendered.notes)) }
            }
        };
        Ok(Self {
            title: title.to_owned(),
            main: main.into_string(),
        })
    }
}

/// Whether the address is that of a document of the checkout.
fn is_document(address: &str) -> bool {
    Path::new(address)
        .extension()
        .is_some_and(|end| end == "md")
}

/// Whether there is such a heading; without a name it is the page as a whole.
fn has(outline: &[Heading], anchor: Option<&str>) -> bool {
    anchor.is_none_or(|anchor| outline.iter().any(|heading| heading.id == anchor))
}

/// The page with the words of each link to that address, and without the link.
fn without_link(page: &str, address: &str) -> String {
    let open = format!("<a href=\"{address}\">");
    let mut parts = page.split(&open);
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        kept.push_str(&part.replacen("</a>", "", 1));
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::Document;

    fn read(text: &str) -> Result<Document, Vec<String>> {
        let document = Document::read("docs/a.md", text, "a/");
        document.map_err(|faults| faults.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn the_first_line_is_the_title_and_headings_are_listed() -> Result<(), Vec<String>> {
        let document =
            read("# A & b\n\nText.\n\n## One\n\n[up](#one) [away](https://a.example/)\n")?;
        assert_eq!(document.title, "A & b");
        assert!(document.main.contains("<h1>A &amp; b</h1>"));
        assert!(document.main.contains("<li><a href=\"#one\">One</a></li>"));
        assert!(document.main.contains("href=\"https://a.example/\""));
        Ok(())
    }

    #[test]
    fn other_documents_are_named_and_not_linked_to() -> Result<(), Vec<String>> {
        let document =
            read("# A\n\nSee [ADR 1](adr/1.md), [ADR 2](adr/2.md) and [this](#b).\n\n## B\n")?;
        assert!(
            document
                .main
                .contains("<p>See ADR 1, ADR 2 and <a href=\"#b\">this</a>.</p>"),
            "{}",
            document.main
        );
        Ok(())
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (text, line) in [
            ("No title\n", 1),
            ("# A\n\n[x](nowhere/)\n", 3),
            ("# A\n\n[x](#nowhere)\n", 3),
            ("# A\n\n<b>x</b>\n", 3),
            ("# A\n\n{{ example x }}\n", 3),
        ] {
            let faults = read(text).err().unwrap_or_default();
            let place = format!("docs/a.md:{line}:");
            assert!(
                faults.iter().any(|fault| fault.contains(&place)),
                "{faults:?}"
            );
        }
    }
}
