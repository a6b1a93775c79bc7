//! The list of pages for search engines (sitemaps.org, 0.9).

use std::collections::BTreeMap;

use maud::html;

use crate::content::{ADDRESS, Content, Date};

/// Where it is, from the root of the site.
pub const FILE: &str = "sitemap.xml";

/// The list. `base` is the address of the site with a slash at the end: the format has no relative addresses. `others` are
/// further pages, from the root of the site.
pub fn sitemap<'a>(
    content: &Content,
    base: &str,
    others: impl IntoIterator<Item = &'a str>,
) -> String {
    let mut pages: BTreeMap<String, Option<Date>> = others
        .into_iter()
        .map(|page| (page.to_owned(), None))
        .collect();
    pages.insert(ADDRESS.to_owned(), None);
    pages.extend(
        content
            .courses
            .iter()
            .map(|course| (course.address(), None)),
    );
    pages.extend(
        content
            .lessons()
            .map(|(_, lesson)| (lesson.address.clone(), lesson.updated)),
    );
    let list = html! {
        urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" {
            @for (page, updated) in &pages {
                url {
                    loc { (base) (page) }
                    @if let Some(updated) = updated { lastmod { (updated) } }
                }
            }
        }
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{}\n",
        list.into_string()
    )
}
