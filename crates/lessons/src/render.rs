//! The pages: a lesson, a course, all courses. What is within `<main>`; the rest of a page is the site's.

mod progress;

use language::t;
use maud::{Markup, PreEscaped, html};

use crate::address::root;
use crate::content::{ADDRESS, Content, Course, Example, Lesson};
use crate::markdown::{Heading, Piece};

pub use self::progress::progress;

/// A lesson's page. `example` gives the HTML of each example.
///
/// # Errors
/// Those of `example`.
pub fn lesson<E>(
    content: &Content,
    course: &Course,
    lesson: &Lesson,
    example: impl Fn(&Example) -> Result<String, E>,
) -> Result<String, E> {
    let mut text = String::new();
    for piece in &lesson.pieces {
        match piece {
            Piece::Html(html) => text.push_str(html),
            Piece::Example(name) => {
                let found = lesson.examples.iter().find(|example| example.name == *name);
                if let Some(found) = found {
                    text.push_str(&example(found)?);
                }
            }
        }
    }
    let root = root(&lesson.address);
    let number = 1 + course
        .lessons
        .iter()
        .position(|other| other.address == lesson.address)
        .unwrap_or_default();
    let page = html! {
        (ways(&root, Some(course)))
        article.lesson {
            header {
                h1 { (lesson.title) }
                p.lead { (lesson.summary) }
                p.about {
                    (t!("Lesson {number} of {total}, about {minutes}", number, total = course.lessons.len(), minutes = minutes(lesson.minutes)))
                    @if let Some(updated) = &lesson.updated {
                        (t!(", of")) " " time datetime=(updated) { (updated) }
                    }
                }
            }
            @if lesson.outline.len() > 1 {
                nav.outline aria-labelledby="outline-title" {
                    h2 #outline-title { (t!("On this page")) }
                    (outline(&lesson.outline))
                }
            }
            div.text {
                (PreEscaped(text))
                @if !lesson.notes.is_empty() {
                    section.notes aria-labelledby="notes-title" {
                        h2 #notes-title { (t!("Sources and notes")) }
                        (PreEscaped(&lesson.notes))
                    }
                }
            }
        }
        (neighbours(content, lesson, &root))
    };
    Ok(page.into_string())
}

/// A course's page.
pub fn course(course: &Course) -> String {
    let root = root(&course.address());
    html! {
        (ways(&root, None))
        h1 { (course.title) }
        p.lead { (course.summary) }
        div.prose { (PreEscaped(&course.introduction)) }
        h2 { (t!("The lessons")) }
        (lessons(course, &root))
    }
    .into_string()
}

/// The page of all courses.
pub fn index(content: &Content) -> String {
    let root = root(ADDRESS);
    html! {
        h1 { (t!("Lessons")) }
        p.lead { (t!("Short lessons that you read and run. Each example asks what you expect, then measures it here, in your browser.")) }
        p { a href={ (root) "search/" } { (t!("Search the lessons")) } }
        p { a href={ (root) "progress/" } { (t!("Your progress")) } }
        @for course in &content.courses {
            section.course aria-labelledby=(course.slug) {
                h2 id=(course.slug) { a href={ (root) (course.address()) } { (course.title) } }
                p { (course.summary) }
                (lessons(course, &root))
            }
        }
    }
    .into_string()
}

/// An example's element, around what is in it before anything is loaded.
pub fn element(example: &Example, inner: &str, root: &str) -> String {
    let lab = &example.ready.example.lab;
    html! {
        joblet-lab.example id=(progress::anchor(example)) name=(lab) data-root=(root) data-example=(example.address) data-kept=(example.ready.id) { (PreEscaped(inner)) }
    }
    .into_string()
}

/// All lessons, for a page that is `root` away from the root of the site; headings are of that level.
pub fn list(content: &Content, root: &str, level: u8) -> String {
    html! {
        @for course in &content.courses {
            div.course {
                (PreEscaped(format!("<h{level}>")))
                a href={ (root) (course.address()) } { (course.title) }
                (PreEscaped(format!("</h{level}>")))
                (lessons(course, root))
            }
        }
    }
    .into_string()
}

fn lessons(course: &Course, root: &str) -> Markup {
    html! {
        ol.lessons {
            @for lesson in &course.lessons {
                li {
                    a href={ (root) (lesson.address) } { (lesson.title) }
                    p { (lesson.summary) " " span.minutes { (t!("About {minutes}.", minutes = minutes(lesson.minutes))) } }
                    (progress::done(lesson))
                }
            }
        }
    }
}

/// The ways up.
fn ways(root: &str, course: Option<&Course>) -> Markup {
    html! {
        nav.ways aria-label=(t!("Where this is")) {
            ol {
                li { a href={ (root) (ADDRESS) } { (t!("Lessons")) } }
                @if let Some(course) = course {
                    li { a href={ (root) (course.address()) } { (course.title) } }
                }
            }
        }
    }
}

/// Headings as nested lists: those of level 3 within those of level 2. Deeper ones are left out.
pub(crate) fn outline(headings: &[Heading]) -> Markup {
    let mut groups: Vec<(&Heading, Vec<&Heading>)> = Vec::new();
    for heading in headings {
        match (heading.level, groups.last_mut()) {
            (2, _) | (_, None) => groups.push((heading, Vec::new())),
            (3, Some((_, inner))) => inner.push(heading),
            _ => {}
        }
    }
    let link = |heading: &Heading| html! { a href={ "#" (heading.id) } { (heading.text) } };
    html! {
        ol {
            @for (heading, inner) in &groups {
                li {
                    (link(heading))
                    @if !inner.is_empty() {
                        ol { @for heading in inner { li { (link(heading)) } } }
                    }
                }
            }
        }
    }
}

/// The lessons before and after, across courses.
fn neighbours(content: &Content, lesson: &Lesson, root: &str) -> Markup {
    let all: Vec<&Lesson> = content.lessons().map(|(_, lesson)| lesson).collect();
    let here = all
        .iter()
        .position(|other| other.address == lesson.address)
        .unwrap_or_default();
    let before = here.checked_sub(1).and_then(|index| all.get(index));
    let after = all.get(here + 1);
    html! {
        nav.neighbours aria-label=(t!("Lessons before and after")) {
            @if let Some(before) = before {
                a.before rel="prev" href={ (root) (before.address) } { span { (t!("Before")) } (before.title) }
            }
            @if let Some(after) = after {
                a.after rel="next" href={ (root) (after.address) } { span { (t!("Next")) } (after.title) }
            }
        }
    }
}

fn minutes(minutes: u32) -> String {
    if minutes == 1 {
        t!("a minute")
    } else {
        t!("{minutes} minutes", minutes)
    }
}
