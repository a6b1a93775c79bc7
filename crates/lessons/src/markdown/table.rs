//! Tables: in a frame that scrolls, with classes in place of the inline styles that the policy forbids.

use std::collections::BTreeSet;

use language::t;
use maud::html;
use pulldown_cmark::{Alignment, Event, Tag, TagEnd};

use super::{plain, unused};

/// What a table is called: by its columns, and by a number where another has the same.
pub(super) fn name(events: &[Event<'_>], taken: &BTreeSet<String>) -> String {
    let head = events
        .iter()
        .position(|event| *event == Event::End(TagEnd::TableHead))
        .unwrap_or_default();
    let columns: Vec<String> = events[..head]
        .split(|event| *event == Event::End(TagEnd::TableCell))
        .map(plain)
        .filter(|text| !text.is_empty())
        .collect();
    let name = t!("Table: {columns}", columns = columns.join(", "));
    unused(&name, taken, |name, number| format!("{name} ({number})"))
}

/// The table in its frame.
pub(super) fn framed<'a>(
    columns: &[Alignment],
    events: Vec<Event<'a>>,
    name: &str,
) -> Vec<Event<'a>> {
    let escaped = html! { (name) }.into_string();
    let mut out = vec![tag(format!(
        "<div class=\"table-frame\" role=\"region\" tabindex=\"0\" aria-label=\"{escaped}\"><table>\n"
    ))];
    let mut head = false;
    let mut column = 0;
    for event in events {
        out.push(match event {
            Event::Start(Tag::TableHead) => {
                head = true;
                column = 0;
                tag("<thead><tr>".to_owned())
            }
            Event::End(TagEnd::TableHead) => {
                head = false;
                tag("</tr></thead>\n<tbody>\n".to_owned())
            }
            Event::Start(Tag::TableRow) => {
                column = 0;
                tag("<tr>".to_owned())
            }
            Event::End(TagEnd::TableRow) => tag("</tr>\n".to_owned()),
            Event::Start(Tag::TableCell) => {
                let class = class(columns.get(column).copied());
                column += 1;
                tag(if head {
                    format!("<th scope=\"col\"{class}>")
                } else {
                    format!("<td{class}>")
                })
            }
            Event::End(TagEnd::TableCell) => tag(if head { "</th>" } else { "</td>" }.to_owned()),
            other => other,
        });
    }
    out.push(tag("</tbody></table></div>\n".to_owned()));
    out
}

fn tag<'a>(html: String) -> Event<'a> {
    Event::Html(html.into())
}

const fn class(alignment: Option<Alignment>) -> &'static str {
    match alignment {
        Some(Alignment::Right) => " class=\"end\"",
        Some(Alignment::Center) => " class=\"center\"",
        _ => "",
    }
}
