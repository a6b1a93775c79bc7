//! Reading courses.

use serde::Deserialize;

use super::{Content, Course, Folder, Reading, shown};
use crate::front_matter;
use crate::markdown::{self, Shape, Text};
use crate::source::Source;
use crate::{Problem, content::ADDRESS};

const FILE: &str = "course.md";

/// What a course says first.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    title: String,
    summary: String,
}

impl Reading<'_> {
    /// All courses.
    pub(super) fn courses(&mut self) -> Vec<Course> {
        self.folders("")
            .iter()
            .filter_map(|folder| self.course(folder))
            .collect()
    }

    fn course(&mut self, folder: &Folder) -> Option<Course> {
        let path = format!("{}{FILE}", folder.path);
        let address = format!("{ADDRESS}{}/", folder.slug);
        let text = self.text(&path, Problem::MissingFile(FILE.to_owned()));
        let lessons: Vec<_> = self
            .folders(&folder.path)
            .iter()
            .filter_map(|lesson| self.lesson(&address, lesson))
            .collect();
        let Some(text) = text else {
            self.unread.insert(address);
            return None;
        };
        let file = shown(&path);
        let source = Source { file: &file, text };
        let (head, body): (Head, usize) = match front_matter::read(source) {
            Ok(read) => read,
            Err(fault) => {
                self.faults.push(fault);
                self.unread.insert(address);
                return None;
            }
        };
        self.said(
            source,
            &[("title", &head.title), ("summary", &head.summary)],
        );
        let rendered = markdown::render(&Text {
            source,
            markdown: &text[body..],
            from: body,
            verbatim: true,
            address: &address,
            shape: Shape::Block,
        });
        let introduction = markdown::fragment(&rendered, Shape::Block).unwrap_or_default();
        self.take(source, rendered);
        Some(Course {
            slug: folder.slug.clone(),
            title: head.title,
            summary: head.summary,
            introduction,
            lessons,
        })
    }

    /// Texts that have to say something.
    pub(super) fn said(&mut self, source: Source<'_>, texts: &[(&str, &str)]) {
        for (name, text) in texts {
            if text.trim().is_empty() {
                let at = source.text.find(name).unwrap_or_default();
                let fault = source.fault(at, Problem::Empty((*name).to_owned()));
                self.faults.push(fault);
            }
        }
    }

    /// Takes faults and links of a text that was rendered.
    pub(super) fn take(&mut self, source: Source<'_>, rendered: markdown::Rendered) {
        self.faults.extend(rendered.faults);
        for (place, link, target) in rendered.links {
            let fault = source.fault(place, Problem::DeadLink(link, String::new()));
            self.links.push((fault, target));
        }
    }
}

impl Content {
    /// The course of that name.
    pub fn course(&self, slug: &str) -> Option<&Course> {
        self.courses.iter().find(|course| course.slug == slug)
    }
}
