//! The feed: lessons with a date, the latest first, as Atom (RFC 4287).

use maud::{PreEscaped, html};
use values::Digester;

use crate::content::{ADDRESS, Content, Date, Lesson};

/// Where the feed is, from the root of the site.
pub const FILE: &str = "feed.xml";

/// The feed; none when no lesson has a date. `base` is the address of the site with a slash at the end, or empty: links
/// are relative to the feed then, which the format allows. Names are the same wherever the site is.
pub fn atom(content: &Content, base: &str) -> Option<String> {
    let mut dated: Vec<(Date, &str, &Lesson)> = content
        .lessons()
        .filter_map(|(course, lesson)| Some((lesson.updated?, course.title.as_str(), lesson)))
        .collect();
    dated.sort_by_key(|(date, ..)| std::cmp::Reverse(*date));
    let (latest, ..) = dated.first()?;
    let feed = html! {
        feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en" {
            title { "Joblet: lessons" }
            id { (id(ADDRESS)) }
            updated { (moment(*latest)) }
            author { name { "Joblet" } }
            (PreEscaped(link("self", &format!("{base}{FILE}"))))
            (PreEscaped(link("alternate", &format!("{base}{ADDRESS}"))))
            @for (date, course, lesson) in &dated {
                entry {
                    title { (lesson.title) }
                    id { (id(&lesson.address)) }
                    updated { (moment(*date)) }
                    (PreEscaped(link("alternate", &format!("{base}{}", lesson.address))))
                    (PreEscaped(category(course)))
                    summary { (lesson.summary) }
                }
            }
        }
    };
    Some(format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{}\n",
        feed.into_string()
    ))
}

/// A link as XML, which wants empty elements closed.
fn link(rel: &str, href: &str) -> String {
    let href = html! { (href) }.into_string();
    format!("<link rel=\"{rel}\" href=\"{href}\"/>")
}

fn category(term: &str) -> String {
    let term = html! { (term) }.into_string();
    format!("<category term=\"{term}\"/>")
}

/// A name that stays when the site moves: a UUID made from the address within the site (version 8 of RFC 9562).
fn id(address: &str) -> String {
    let mut digester = Digester::new();
    digester.part(b"joblet lesson");
    digester.part(address.as_bytes());
    let mut bytes = digester.finish().0;
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let mut id = "urn:uuid:".to_owned();
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            id.push('-');
        }
        id.push_str(&format!("{byte:02x}"));
    }
    id
}

fn moment(date: Date) -> String {
    format!("{date}T00:00:00Z")
}
