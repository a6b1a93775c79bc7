//! Addresses within the site, such as `lessons/files/csv/`, from its root; and which of them lead somewhere.

use std::collections::{BTreeMap, BTreeSet};

/// What is on the site: addresses from its root (`""` is the front page), and the ids that can be linked to there.
#[derive(Clone, Debug, Default)]
pub struct Places(BTreeMap<String, BTreeSet<String>>);

impl Places {
    /// Adds a page or file. Pages end in a slash.
    pub fn add(&mut self, address: impl Into<String>, ids: impl IntoIterator<Item = String>) {
        self.0.entry(address.into()).or_default().extend(ids);
    }

    /// Why a link leads nowhere, if it does.
    pub(crate) fn refusal(&self, link: &Target) -> Option<String> {
        let Some(ids) = self.0.get(&link.address) else {
            let with_slash = format!("{}/", link.address);
            return Some(if self.0.contains_key(&with_slash) {
                format!("the page is `/{with_slash}`")
            } else {
                format!("there is no `/{}`", link.address)
            });
        };
        let anchor = link.anchor.as_ref()?;
        (!ids.contains(anchor)).then(|| format!("nothing there has the id `{anchor}`"))
    }
}

/// Where a link leads within the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// The page or file.
    pub(crate) address: String,
    /// The id there.
    pub(crate) anchor: Option<String>,
}

/// A link as written: to elsewhere, or to a place of the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    /// To another site.
    Away,
    /// To this one: where, and what to write into the page.
    Here(Target, String),
}

/// Understands a link on the page `from`, or says why it cannot.
pub(crate) fn understand(link: &str, from: &str) -> Result<Link, String> {
    if link.starts_with("https://") || link.starts_with("http://") {
        return Ok(Link::Away);
    }
    if link.is_empty() {
        return Err("it is empty".to_owned());
    }
    if link.starts_with("//") || scheme(link) {
        return Err("only `https:` and addresses within the site are understood".to_owned());
    }
    let (path, anchor) = match link.split_once('#') {
        Some((path, anchor)) => (path, Some(anchor.to_owned())),
        None => (link, None),
    };
    if path.is_empty() {
        let target = Target {
            address: from.to_owned(),
            anchor,
        };
        return Ok(Link::Here(target, link.to_owned()));
    }
    let (path, question) = match path.split_once('?') {
        Some((path, question)) => (path, Some(question)),
        None => (path, None),
    };
    let address = match path.strip_prefix('/') {
        Some(absolute) => joined("", absolute),
        None => joined(from, path),
    };
    let address = address.ok_or("it leads out of the site")?;
    let mut written = format!("{}{address}", root(from));
    if let Some(question) = question {
        written.push('?');
        written.push_str(question);
    }
    if let Some(anchor) = &anchor {
        written.push('#');
        written.push_str(anchor);
    }
    Ok(Link::Here(Target { address, anchor }, written))
}

/// The way from a page to the root of the site: `../../` from `lessons/files/`.
pub fn root(from: &str) -> String {
    match from.matches('/').count() {
        0 => "./".to_owned(),
        depth => "../".repeat(depth),
    }
}

/// Whether the link begins with a scheme, such as `mailto:`.
fn scheme(link: &str) -> bool {
    link.split_once(':').is_some_and(|(before, _)| {
        !before.is_empty()
            && before
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    })
}

/// A path followed from a page; none when it leads above the root.
fn joined(from: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    // What is behind the last slash is the page itself.
    parts.pop();
    let mut steps = path.split('/').peekable();
    while let Some(step) = steps.next() {
        let last = steps.peek().is_none();
        match step {
            "." => {}
            ".." => {
                parts.pop()?;
            }
            "" if !last => {}
            name => parts.push(name),
        }
        if last && matches!(step, "." | "..") {
            parts.push("");
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
#[allow(clippy::panic)]
mod tests {
    use super::{Link, Places, Target, root, understand};

    const PAGE: &str = "lessons/files/csv/";

    fn here(link: &str) -> (String, Option<String>, String) {
        match understand(link, PAGE) {
            Ok(Link::Here(Target { address, anchor }, written)) => (address, anchor, written),
            other => panic!("{link}: {other:?}"),
        }
    }

    #[test]
    fn links_are_followed_from_the_page_and_from_the_root() {
        assert_eq!(here("../json/").0, "lessons/files/json/");
        assert_eq!(here("..").0, "lessons/files/");
        assert_eq!(here("../../../").0, "");
        assert_eq!(here("data.csv").0, "lessons/files/csv/data.csv");
        assert_eq!(here("/formats/").0, "formats/");
        assert_eq!(here("/").0, "");
        assert_eq!(here("/formats/").2, "../../../formats/");
        let anchored = (
            PAGE.to_owned(),
            Some("costs".to_owned()),
            "#costs".to_owned(),
        );
        assert_eq!(here("#costs"), anchored);
        assert_eq!(
            here("../json/?a=1#b").2,
            "../../../lessons/files/json/?a=1#b"
        );
    }

    #[test]
    fn other_sites_are_left_alone_and_other_schemes_refused() {
        assert_eq!(understand("https://example.org/a", PAGE), Ok(Link::Away));
        for link in [
            "javascript:alert(1)",
            "mailto:a@b",
            "//host/",
            "",
            "../../../../",
        ] {
            assert!(understand(link, PAGE).is_err(), "{link}");
        }
    }

    #[test]
    fn dead_links_say_why() {
        let mut places = Places::default();
        places.add("formats/", ["costs".to_owned()]);
        let refusal = |link: &str| match understand(link, PAGE) {
            Ok(Link::Here(target, _)) => places.refusal(&target).unwrap_or_default(),
            other => panic!("{link}: {other:?}"),
        };
        assert_eq!(refusal("/formats/#costs"), "");
        assert_eq!(refusal("/formats/"), "");
        assert_eq!(refusal("/formats"), "the page is `/formats/`");
        assert_eq!(refusal("/bytes/"), "there is no `/bytes/`");
        assert_eq!(refusal("/formats/#x"), "nothing there has the id `x`");
    }

    #[test]
    fn the_root_is_as_far_as_the_page_is_deep() {
        assert_eq!(root(PAGE), "../../../");
        assert_eq!(root("lessons/"), "../");
        assert_eq!(root(""), "./");
    }
}
