//! Reading lessons.

use serde::Deserialize;

use super::{ADDRESS, Date, Example, Folder, Lesson, Reading, shown};
use crate::Problem;
use crate::example_file::{ReadyExample, read};
use crate::front_matter;
use crate::markdown::{self, Shape, Text};
use crate::source::Source;

const FILE: &str = "index.md";

/// What a lesson says first.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    title: String,
    summary: String,
    minutes: u32,
    updated: Option<String>,
}

impl Reading<'_> {
    /// One lesson of the course at `course`.
    pub(super) fn lesson(&mut self, course: &str, folder: &Folder) -> Option<Lesson> {
        let path = format!("{}{FILE}", folder.path);
        let address = format!("{course}{}/", folder.slug);
        let Some(text) = self.text(&path, Problem::MissingFile(FILE.to_owned())) else {
            self.unread(folder, address);
            return None;
        };
        let file = shown(&path);
        let source = Source { file: &file, text };
        let (head, body): (Head, usize) = match front_matter::read(source) {
            Ok(read) => read,
            Err(fault) => {
                self.faults.push(fault);
                self.unread(folder, address);
                return None;
            }
        };
        self.said(
            source,
            &[("title", &head.title), ("summary", &head.summary)],
        );
        let updated = head.updated.and_then(|text| {
            let date = Date::read(&text);
            if date.is_none() {
                let at = source.text.find("updated").unwrap_or_default();
                self.faults.push(source.fault(at, Problem::Date(text)));
            }
            date
        });
        let mut rendered = markdown::render(&Text {
            source,
            markdown: &text[body..],
            from: body,
            verbatim: true,
            address: &address,
            shape: Shape::Page,
        });
        let mut words = std::mem::take(&mut rendered.words);
        let mut examples = Vec::new();
        for (place, name) in std::mem::take(&mut rendered.examples) {
            if !self
                .files
                .contains_key(&format!("{}{name}.toml", folder.path))
            {
                self.faults
                    .push(source.fault(place, Problem::UnknownExample(name)));
                continue;
            }
            examples.extend(self.example(&folder.path, &address, &name, &mut words));
        }
        let mut images = Vec::new();
        for (place, image) in &rendered.images {
            let path = format!("{}{image}", folder.path);
            if image.contains('/') || !self.files.contains_key(&path) {
                let problem = Problem::MissingFile(image.clone());
                self.faults.push(source.fault(*place, problem));
            }
            self.used.insert(path.clone());
            images.push(path);
        }
        let pieces = std::mem::take(&mut rendered.pieces);
        let notes = std::mem::take(&mut rendered.notes);
        let outline = std::mem::take(&mut rendered.outline);
        self.take(source, rendered);
        Some(Lesson {
            address,
            title: head.title,
            summary: head.summary,
            minutes: head.minutes,
            updated,
            pieces,
            notes,
            outline,
            words: words.split_whitespace().collect::<Vec<_>>().join(" "),
            examples,
            images,
        })
    }

    /// One example of the lesson in `folder`, whose page is at `address`.
    fn example(
        &mut self,
        folder: &str,
        address: &str,
        name: &str,
        words: &mut String,
    ) -> Option<Example> {
        let path = format!("{folder}{name}.toml");
        let file = shown(&path);
        let text = self.text(&path, Problem::UnknownExample(name.to_owned()));
        let start = self.steps(folder, "start", name);
        let solution = self.steps(folder, "solution", name);
        let source = Source {
            file: &file,
            text: text?,
        };
        let read = match read::example(source, address, self.labs) {
            Ok(read) => read,
            Err(faults) => {
                self.faults.extend(faults);
                return None;
            }
        };
        for mut text in read.texts {
            words.push(' ');
            words.push_str(&std::mem::take(&mut text.words));
            self.take(source, text);
        }
        let page = address.strip_prefix(ADDRESS).unwrap_or(address);
        Some(Example {
            name: name.to_owned(),
            file: file.clone(),
            address: format!("{address}{name}.json"),
            ready: ReadyExample {
                id: format!("{page}{name}"),
                start: start?,
                solution: solution?,
                example: read.example,
            },
        })
    }

    /// The steps of an example: how it starts, or what solves it.
    fn steps(
        &mut self,
        folder: &str,
        which: &str,
        name: &str,
    ) -> Option<Vec<crate::example_file::Step>> {
        let path = format!("{folder}{which}/{name}.toml");
        let start = which == "start";
        self.used.insert(path.clone());
        if !self.files.contains_key(&path) {
            let missing = format!("{which}/{name}.toml");
            let problem = if start {
                Problem::MissingStart(missing)
            } else {
                Problem::MissingSolution(missing)
            };
            self.fault(&format!("{folder}{name}.toml"), problem);
            return None;
        }
        let text = self.text(&path, Problem::StrayFile)?;
        let file = shown(&path);
        match read::steps(Source { file: &file, text }, start) {
            Ok(steps) => Some(steps),
            Err(faults) => {
                self.faults.extend(faults);
                None
            }
        }
    }

    /// A lesson could not be read: nothing else is wrong because of that.
    fn unread(&mut self, folder: &Folder, address: String) {
        self.unread.insert(address);
        let files = self.files.keys();
        let all = files.filter(|path| path.starts_with(&folder.path));
        self.used.extend(all.cloned());
    }
}
