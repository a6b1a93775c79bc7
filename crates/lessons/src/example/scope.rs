//! Several examples on one page may have the same lab: names that have to be unique there get the example's behind them, and
//! a lab's regions are groups, since landmarks of the same name are no help. Links of labs are as on the labs' own pages, and
//! are made to lead to the same places from a lesson.

use maud::{Markup, PreEscaped};

/// The attributes that name an element, or lead to one by its name; `name` groups radio buttons.
const NAMING: [&str; 8] = [
    "id",
    "for",
    "name",
    "list",
    "headers",
    "aria-controls",
    "aria-describedby",
    "aria-labelledby",
];

/// What stands behind each name.
pub(super) fn suffix(id: &str) -> String {
    let name = id.rsplit('/').next().unwrap_or_default();
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    format!("--{}", name.chars().map(plain).collect::<String>())
}

/// The way from the page of the example of that id, `COURSE/LESSON/NAME`, to the root of the site.
fn root(id: &str) -> String {
    "../".repeat(id.matches('/').count() + 1)
}

/// The HTML of a lab, whose attributes are all in double quotes, as it is in the example of that id.
pub(super) fn scoped(html: &str, id: &str) -> Markup {
    let suffix = &suffix(id);
    let mut out = String::with_capacity(html.len() + html.len() / 16);
    let mut rest = html;
    while let Some(at) = rest.find("=\"") {
        let (before, after) = rest.split_at(at);
        let after = &after[2..];
        let end = after.find('"').unwrap_or(after.len());
        let (value, behind) = after.split_at(end);
        out.push_str(before);
        out.push_str("=\"");
        let attribute = before
            .rsplit(char::is_whitespace)
            .next()
            .unwrap_or_default();
        if NAMING.contains(&attribute) && !value.is_empty() {
            let names = value.split(' ').map(|name| format!("{name}{suffix}"));
            out.push_str(&names.collect::<Vec<_>>().join(" "));
        } else if attribute == "href" && value.starts_with('#') {
            out.push_str(value);
            out.push_str(suffix);
        } else if attribute == "href" && !value.contains(':') && !value.starts_with('/') {
            out.push_str(&root(id));
            // As the labs name files of the site; the way from here is known.
            let place = value.trim_start_matches("%ROOT%");
            out.push_str(place.trim_start_matches("../").trim_start_matches("./"));
        } else if attribute == "role" && value == "region" {
            out.push_str("group");
        } else {
            out.push_str(value);
        }
        // The closing quote, so that a value is never taken for the beginning of another.
        out.push_str(&behind[..behind.len().min(1)]);
        rest = behind.get(1..).unwrap_or_default();
    }
    out.push_str(rest);
    PreEscaped(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_what_leads_to_them_are_told_apart() {
        let html = "<label for=\"a\">x</label><input id=\"a\" name=\"n\" aria-describedby=\"b c\" data-change=\"id\" value=\"id=\">\
                    <a href=\"#a\">y</a><a href=\"/z#a\" class=\"id\">z</a>";
        assert_eq!(
            scoped(html, "a/b/one").0,
            "<label for=\"a--one\">x</label><input id=\"a--one\" name=\"n--one\" aria-describedby=\"b--one c--one\" \
             data-change=\"id\" value=\"id=\"><a href=\"#a--one\">y</a><a href=\"/z#a\" class=\"id\">z</a>"
        );
        assert_eq!(scoped("<p>no names</p>", "one").0, "<p>no names</p>");
        assert_eq!(scoped("a=\"b", "one").0, "a=\"b");
    }

    #[test]
    fn links_lead_to_the_same_places_from_a_lesson() {
        let html = "<a href=\"../data/x.txt\"></a><a href=\"data/x.txt\"></a><a href=\"./\"></a><a href=\"https://a.b/c\"></a>";
        assert_eq!(
            scoped(html, "a/b/one").0,
            "<a href=\"../../../data/x.txt\"></a><a href=\"../../../data/x.txt\"></a><a href=\"../../../\"></a>\
             <a href=\"https://a.b/c\"></a>"
        );
    }

    #[test]
    fn a_labs_regions_are_no_landmarks() {
        let html = "<div role=\"region\" aria-label=\"Records\">role=\"region</div><p role=\"status\"></p>";
        assert_eq!(
            scoped(html, "one").0,
            "<div role=\"group\" aria-label=\"Records\">role=\"region</div><p role=\"status\"></p>"
        );
    }

    #[test]
    fn the_suffix_is_the_last_part_of_the_id() {
        assert_eq!(suffix("a/b/ten-kills"), "--ten-kills");
        assert_eq!(suffix("\"><script>"), "-----script-");
    }
}
