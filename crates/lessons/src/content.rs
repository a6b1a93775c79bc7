//! Courses, lessons and examples, read from their files.

mod course;
mod date;
mod lesson;

use std::collections::{BTreeMap, BTreeSet};

use crate::address::Places;
use crate::example_file::ReadyExample;
use crate::markdown::{Heading, Piece};
use crate::source::Source;
use crate::{Fault, Problem};

pub use date::Date;

/// Where the content is, from the root of the checkout.
pub const FOLDER: &str = "content/lessons";
/// Where it is on the site.
pub const ADDRESS: &str = "lessons/";

/// The files of the content: their paths within [`FOLDER`], with slashes.
pub type Files = BTreeMap<String, Vec<u8>>;

/// All courses.
#[derive(Clone, Debug, Default)]
pub struct Content {
    /// In the order of their numbers.
    pub courses: Vec<Course>,
}

/// A course.
#[derive(Clone, Debug)]
pub struct Course {
    /// Its name in addresses.
    pub slug: String,
    /// What it is called.
    pub title: String,
    /// What it is about, in a sentence or two. Text, not Markdown.
    pub summary: String,
    /// What its page begins with, as HTML; may be empty.
    pub introduction: String,
    /// In the order of their numbers.
    pub lessons: Vec<Lesson>,
}

/// A lesson.
#[derive(Clone, Debug)]
pub struct Lesson {
    /// Its page, from the root of the site: `lessons/files/csv/`.
    pub address: String,
    /// What it is called.
    pub title: String,
    /// What it is about, in a sentence or two. Text, not Markdown.
    pub summary: String,
    /// How long it takes, in minutes.
    pub minutes: u32,
    /// When it was last changed in a way that readers should hear of.
    pub updated: Option<Date>,
    /// The text and the places of its examples.
    pub pieces: Vec<Piece>,
    /// The list of its notes, as HTML; empty when there are none.
    pub notes: String,
    /// Its headings.
    pub outline: Vec<Heading>,
    /// Its words and those of its examples, for the search.
    pub words: String,
    /// Its examples, in the order in which they are on the page.
    pub examples: Vec<Example>,
    /// The files beside it that its page shows, as in [`Files`].
    pub images: Vec<String>,
}

/// An example of a lesson.
#[derive(Clone, Debug)]
pub struct Example {
    /// The name of its files.
    pub name: String,
    /// Its file, from the root of the checkout.
    pub file: String,
    /// Where it is on the site, as JSON: `lessons/files/csv/flat.json`.
    pub address: String,
    /// What is there.
    pub ready: ReadyExample,
}

impl Content {
    /// Reads and checks the content. `places` is what else is on the site, `labs` are the names of the labs.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the files.
    pub fn read(files: &Files, mut places: Places, labs: &[&str]) -> Result<Self, Vec<Fault>> {
        let mut reading = Reading {
            files,
            labs,
            used: BTreeSet::new(),
            unread: BTreeSet::new(),
            links: Vec::new(),
            faults: Vec::new(),
        };
        let courses = reading.courses();
        reading.strays();
        places.add(ADDRESS, []);
        for course in &courses {
            places.add(course.address(), []);
            for lesson in &course.lessons {
                let ids = lesson.outline.iter().map(|heading| heading.id.clone());
                places.add(lesson.address.clone(), ids);
                for example in &lesson.examples {
                    places.add(example.address.clone(), []);
                }
            }
        }
        let Reading {
            unread,
            links,
            mut faults,
            ..
        } = reading;
        for (mut fault, target) in links {
            if unread.contains(&target.address) {
                continue;
            }
            if let Some(why) = places.refusal(&target) {
                if let Problem::DeadLink(_, reason) = &mut fault.problem {
                    *reason = why;
                }
                faults.push(fault);
            }
        }
        if faults.is_empty() {
            return Ok(Self { courses });
        }
        faults.sort_by(|one, other| {
            (&one.file, one.line, one.column).cmp(&(&other.file, other.line, other.column))
        });
        Err(faults)
    }

    /// All lessons, in order, each with its course.
    pub fn lessons(&self) -> impl Iterator<Item = (&Course, &Lesson)> {
        self.courses
            .iter()
            .flat_map(|course| course.lessons.iter().map(move |lesson| (course, lesson)))
    }
}

impl Course {
    /// Its page, from the root of the site.
    pub fn address(&self) -> String {
        format!("{ADDRESS}{}/", self.slug)
    }
}

/// The content being read.
struct Reading<'a> {
    files: &'a Files,
    labs: &'a [&'a str],
    /// The files that something uses.
    used: BTreeSet<String>,
    /// The pages that have had their fault: what links to them may be right.
    unread: BTreeSet<String>,
    /// Links to check when all pages are known: the fault that each is if it is dead, and where it leads.
    links: Vec<(Fault, crate::address::Target)>,
    faults: Vec<Fault>,
}

/// A numbered folder.
struct Folder {
    /// Its path within the content, with a slash at the end.
    path: String,
    number: u32,
    slug: String,
}

impl<'a> Reading<'a> {
    /// The text of a file, or nothing and a fault.
    fn text(&mut self, path: &str, missing: Problem) -> Option<&'a str> {
        self.used.insert(path.to_owned());
        let Some(bytes) = self.files.get(path) else {
            self.fault(path, missing);
            return None;
        };
        let text = std::str::from_utf8(bytes).ok();
        if text.is_none() {
            self.fault(path, Problem::NotText);
        }
        text
    }

    /// A fault of a file as a whole.
    fn fault(&mut self, path: &str, problem: Problem) {
        let file = shown(path);
        let source = Source {
            file: &file,
            text: "",
        };
        self.faults.push(source.fault(0, problem));
    }

    /// The numbered folders directly within a folder, in the order of their numbers.
    fn folders(&mut self, within: &str) -> Vec<Folder> {
        let mut names: Vec<&str> = self
            .files
            .keys()
            .filter_map(|path| path.strip_prefix(within)?.split_once('/'))
            .map(|(name, _)| name)
            .filter(|name| {
                !(within.matches('/').count() == 2 && matches!(*name, "start" | "solution"))
            })
            .collect();
        names.dedup();
        let mut folders: Vec<Folder> = Vec::new();
        for name in names {
            let path = format!("{within}{name}/");
            let Some((number, slug)) = numbered(name) else {
                self.fault(&path, Problem::FolderName(name.to_owned()));
                continue;
            };
            if folders.iter().any(|folder| folder.slug == slug) {
                self.fault(&path, Problem::DuplicateSlug(slug.to_owned()));
            }
            if folders.iter().any(|folder| folder.number == number) {
                self.fault(&path, Problem::DuplicateNumber(number));
            }
            folders.push(Folder {
                path,
                number,
                slug: slug.to_owned(),
            });
        }
        folders.sort_by_key(|folder| folder.number);
        folders
    }

    /// Files that nothing uses. Those in folders that were not understood have had their fault.
    fn strays(&mut self) {
        let strays: Vec<String> = self
            .files
            .keys()
            .filter(|path| {
                let folders = path.split('/').rev().skip(1);
                let understood =
                    |name: &str| matches!(name, "start" | "solution") || numbered(name).is_some();
                !self.used.contains(*path) && folders.into_iter().all(understood)
            })
            .cloned()
            .collect();
        for path in strays {
            let in_lesson = path.matches('/').count() == 2;
            let is_example =
                in_lesson && path.rsplit_once('.').is_some_and(|(_, end)| end == "toml");
            self.fault(
                &path,
                if is_example {
                    Problem::UnusedExample
                } else {
                    Problem::StrayFile
                },
            );
        }
    }
}

/// Number and slug of a folder's name such as `02-csv`.
fn numbered(name: &str) -> Option<(u32, &str)> {
    let (number, slug) = name.split_once('-')?;
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let named = !slug.is_empty()
        && slug.bytes().all(fits)
        && !slug.starts_with('-')
        && !slug.ends_with('-');
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    if !(named && digits) {
        return None;
    }
    Some((number.parse().ok()?, slug))
}

/// A path as faults show it.
fn shown(path: &str) -> String {
    format!("{FOLDER}/{path}")
}
