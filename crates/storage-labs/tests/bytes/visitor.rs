//! A visitor at the lab, with a workbench that really does the jobs.

use experiments::{Bench, Job, Material, Source};
use protocol::LabEvent;
use std::collections::VecDeque;
use storage_labs::{Effect, Input, Machine, StorageLab};
use widgets::Detail;

/// A visitor at the lab, with a workbench.
pub(crate) struct Visitor {
    pub(crate) lab: Box<StorageLab>,
    pub(crate) bench: Bench,
    pub(crate) waiting: VecDeque<(u32, Job)>,
    pub(crate) file: Vec<u8>,
    pub(crate) loaded: Option<Source>,
    pub(crate) downloads: Vec<(String, String, Vec<u8>)>,
    pub(crate) stops: usize,
}

impl Visitor {
    pub(crate) fn new() -> Self {
        let mut visitor = Self {
            lab: storage_labs::create("bytes").unwrap(),
            bench: Bench::default(),
            waiting: VecDeque::new(),
            file: Vec::new(),
            loaded: None,
            downloads: Vec::new(),
            stops: 0,
        };
        visitor.tell(Input::Machine(Machine::default()));
        visitor.work();
        visitor
    }

    pub(crate) fn tell(&mut self, input: Input) {
        for effect in self.lab.update(input) {
            match effect {
                Effect::Work(number, job) => self.waiting.push_back((number, *job)),
                Effect::Stop => {
                    self.waiting.clear();
                    self.bench = Bench::default();
                    self.loaded = None;
                    self.stops += 1;
                }
                Effect::Download {
                    name,
                    media_type,
                    bytes,
                } => self.downloads.push((name, media_type, bytes)),
                Effect::Sql(..) | Effect::Writer(_) => panic!("not of this lab"),
            }
        }
    }

    /// Does one job, as the kernel has it done: bytes are given along once.
    pub(crate) fn step(&mut self) -> bool {
        let Some((number, job)) = self.waiting.pop_front() else {
            return false;
        };
        let source = job.source().cloned();
        let wanted = source
            .clone()
            .filter(|source| source.needs_bytes() && self.loaded.as_ref() != Some(source));
        let bytes = wanted.map(|source| match source {
            Source::Own { .. } => self.file.clone(),
            other => panic!("no bytes for {other:?}"),
        });
        let material = Material { bytes, value: None };
        let done = self.bench.run(1, job, material, &|| 0.0);
        if done.is_err() {
            self.loaded = None;
        } else if source.is_some() {
            self.loaded = source;
        }
        self.tell(Input::Done(
            number,
            Box::new(done.map(|(outcome, _)| outcome)),
        ));
        true
    }

    pub(crate) fn work(&mut self) {
        while self.step() {}
    }

    pub(crate) fn press(&mut self, control: &str) {
        self.tell(Input::Visitor(LabEvent::Press {
            control: control.to_owned(),
        }));
        self.work();
    }

    pub(crate) fn change(&mut self, control: &str, value: &str) {
        self.set(control, value);
        self.work();
    }

    pub(crate) fn set(&mut self, control: &str, value: &str) {
        self.tell(Input::Visitor(LabEvent::Change {
            control: control.to_owned(),
            value: value.to_owned(),
        }));
    }

    pub(crate) fn choose(&mut self, name: &str, bytes: &[u8]) {
        self.file = bytes.to_vec();
        self.loaded = None;
        self.tell(Input::Visitor(LabEvent::Files {
            names: vec![name.to_owned()],
            sizes: vec![bytes.len() as u32],
        }));
        self.work();
    }

    pub(crate) fn region(&self, name: &str) -> String {
        let view = self.lab.view(Detail::Full);
        let found = view.into_iter().find(|(region, _)| *region == name);
        found
            .map(|(_, content)| content.into_string())
            .unwrap_or_default()
    }

    pub(crate) fn says(&self) -> String {
        text(&self.region("status"))
    }

    /// What stands in the field.
    pub(crate) fn typed(&self) -> String {
        let edit = self.region("edit");
        let field = edit
            .split("<textarea")
            .nth(1)
            .and_then(|rest| rest.split_once('>'))
            .unwrap()
            .1;
        unescape(
            field
                .split_once("</textarea>")
                .unwrap()
                .0
                .strip_prefix('\n')
                .unwrap(),
        )
    }

    /// The bytes that are shown in hex.
    pub(crate) fn hex(&self) -> Vec<u8> {
        let views = self.region("views");
        let rows = views.split("class=\"digits ").skip(1);
        let digits = rows.map(|row| {
            let (cell, _) = row.split_once("<span class=\"ascii").unwrap();
            text(&format!("<{cell}"))
        });
        let digits = digits.collect::<Vec<_>>().join(" ");
        digits
            .split_whitespace()
            .filter(|pair| pair.len() == 2)
            .map(|pair| u8::from_str_radix(pair, 16).unwrap())
            .collect()
    }

    /// The bytes as they are downloaded.
    pub(crate) fn download(&mut self) -> Vec<u8> {
        self.press("download");
        self.downloads.pop().unwrap().2
    }

    /// The cells of a row of a table.
    pub(crate) fn row(&self, region: &str, id: &str, format: &str) -> Vec<String> {
        let region = self.region(region);
        let table = region
            .split(&format!("id=\"{id}\""))
            .nth(1)
            .unwrap_or_else(|| panic!("no {id}"));
        let body = table
            .split("<tbody>")
            .nth(1)
            .unwrap()
            .split("</tbody>")
            .next()
            .unwrap();
        let row = body
            .split("<tr>")
            .find(|row| row.contains(&format!("<th scope=\"row\">{format}</th>")));
        row.unwrap()
            .split("<td")
            .skip(1)
            .map(|cell| text(&format!("<td{cell}")))
            .collect()
    }
}

/// Without tags.
pub(crate) fn text(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        rest = tag.split_once('>').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    unescape(&text)
}

pub(crate) fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}
