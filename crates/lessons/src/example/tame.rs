//! HTML of lessons: text, tables, code and links, and nothing that acts.

/// The elements that Markdown becomes.
const ELEMENTS: [&str; 37] = [
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "caption",
    "code",
    "dd",
    "del",
    "div",
    "dl",
    "dt",
    "em",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "kbd",
    "li",
    "ol",
    "p",
    "pre",
    "q",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
];
/// What may be said of each.
const ATTRIBUTES: [&str; 9] = [
    "class", "href", "id", "lang", "rel", "scope", "start", "tabindex", "title",
];

/// Where markup begins that is not that of a lesson's text; none if there is none.
pub(super) fn wild(html: &str) -> Option<String> {
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let tag = &rest[at + 1..];
        match after_tag(tag) {
            Some(after) => rest = after,
            None => return Some(rest[at..].chars().take(40).collect()),
        }
    }
    None
}

/// What comes after a tag that may be there.
fn after_tag(tag: &str) -> Option<&str> {
    if let Some(end) = tag.strip_prefix('/') {
        let (name, after) = end.split_once('>')?;
        return ELEMENTS.contains(&name).then_some(after);
    }
    let end = tag.find(|c: char| !c.is_ascii_alphanumeric())?;
    let (name, mut rest) = tag.split_at(end);
    if !ELEMENTS.contains(&name) {
        return None;
    }
    loop {
        let trimmed = rest.trim_start();
        if let Some(after) = trimmed
            .strip_prefix("/>")
            .or_else(|| trimmed.strip_prefix('>'))
        {
            return Some(after);
        }
        if trimmed.len() == rest.len() {
            return None;
        }
        let (attribute, after) = trimmed.split_once("=\"")?;
        let (value, after) = after.split_once('"')?;
        let is_known = ATTRIBUTES.contains(&attribute);
        if !is_known || value.contains('<') || attribute == "href" && !is_link(value) {
            return None;
        }
        rest = after;
    }
}

/// Whether it leads to a page: of this site, or of another by its whole address.
fn is_link(address: &str) -> bool {
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control() && c != '\\';
    // An entity could stand for a letter of `javascript:`.
    let before = address.split(['/', '?', '#']).next().unwrap_or_default();
    address.chars().all(is_plain)
        && (address.starts_with("https://")
            || address.starts_with("http://")
            || !before.contains([':', '&']) && !address.starts_with("//"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_markdown_becomes_is_tame() {
        for html in [
            "",
            "a &lt; b &amp; c > d",
            "<p>a <em>b</em> <code class=\"language-sql\">c</code><br />d</p>",
            "<ol start=\"3\">\n<li>x</li>\n</ol>",
            "<a href=\"https://a.example/?q=1&amp;r=2\" rel=\"noopener\">x</a> <a href=\"../csv/#a\">y</a> <a href=\"#n:1\">z</a>",
        ] {
            assert_eq!(wild(html), None, "{html}");
        }
    }

    #[test]
    fn what_acts_is_found() {
        for html in [
            "<script>alert(1)</script>",
            "<p onclick=\"x()\">a</p>",
            "<img src=x onerror=alert(1)>",
            "<a href=\"javascript:alert(1)\">x</a>",
            "<a href=\"java&#115;cript:alert(1)\">x</a>",
            "<a href=\" javascript:alert(1)\">x</a>",
            "<a href=\"//evil.example\">x</a>",
            "<a href='https://a.example'>x</a>",
            "<p style=\"color: red\">a</p>",
            "<svg><g/></svg>",
            "<button data-press=\"run\">a</button>",
            "<p data-press=\"run\">a</p>",
            "<!-- a -->",
            "</script>",
            "<p",
            "<p class=\"a",
            "<",
            "<P>",
        ] {
            assert!(wild(html).is_some(), "{html}");
        }
    }
}
