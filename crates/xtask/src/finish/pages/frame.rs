//! Pages that the build makes, within the layout that the written ones have.

use anyhow::{Context, Result};
use lessons::content::Content;
use lessons::{address, feed};

use super::{LAYOUT, Other, Site, Values};
use crate::finish::scripts::Names;
use crate::process;

/// What is around a page.
pub(in crate::finish) struct Frame<'a> {
    layout: String,
    names: &'a Names,
    content: &'a Content,
    version: &'a str,
    others: Vec<Other>,
    /// The address of the site, with a slash at its end, where that is known.
    pub(in crate::finish) address: Option<String>,
}

/// A page that was made.
pub(in crate::finish) struct Page<'a> {
    /// Its folder, from the root of the site, with a slash at its end.
    pub(in crate::finish) address: &'a str,
    /// Text, not HTML.
    pub(in crate::finish) title: &'a str,
    /// Text, not HTML.
    pub(in crate::finish) description: &'a str,
    /// Whether it tells of the feed.
    pub(in crate::finish) feed: bool,
    /// What is in it, as HTML.
    pub(in crate::finish) main: &'a str,
}

impl<'a> Frame<'a> {
    /// The layout of the site.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(in crate::finish) fn new(
        site: &'a Site,
        names: &'a Names,
        content: &'a Content,
    ) -> Result<Self> {
        Ok(Self {
            layout: site.spoken(&process::read(&site.root.join(LAYOUT))?),
            names,
            content,
            version: site.version,
            others: site.others()?,
            address: site.address.clone(),
        })
    }

    /// The whole page.
    ///
    /// # Errors
    /// When the layout names a placeholder that does not exist.
    pub(in crate::finish) fn page(&self, page: &Page<'_>) -> Result<String> {
        let root = address::root(page.address);
        let values = Values {
            root: &root,
            page: page.address.trim_end_matches('/'),
            names: self.names,
            licences: "",
            content: self.content,
            version: self.version,
            others: &self.others,
        };
        // What is in the page may have per cent signs of its own: only what is around it is filled.
        let (before, after) = self
            .layout
            .split_once("%MAIN%")
            .context("the layout has no %MAIN%")?;
        let (head, body) = before
            .split_once("</head>")
            .context("the layout has no </head>")?;
        let [title, description] = [page.title, page.description].map(escaped);
        let head = named(&values, head, &title, &description)?;
        let feed = if page.feed {
            format!(
                "  <link rel=\"alternate\" type=\"application/atom+xml\" title=\"Lessons\" href=\"{root}{}\">\n  ",
                feed::FILE
            )
        } else {
            String::new()
        };
        let body = values.placeholders(body)?;
        let after = values.placeholders(after)?;
        Ok(format!("{head}{feed}</head>{body}{}{after}", page.main))
    }
}

/// The head, with what names the page put in last: it may have per cent signs too.
fn named(values: &Values<'_>, head: &str, title: &str, description: &str) -> Result<String> {
    let mut filled = String::new();
    let mut rest = head;
    while let Some((at, mark, text)) = [("%TITLE%", title), ("%DESCRIPTION%", description)]
        .into_iter()
        .filter_map(|(mark, text)| Some((rest.find(mark)?, mark, text)))
        .min()
    {
        filled.push_str(&part(values, &rest[..at])?);
        filled.push_str(text);
        rest = &rest[at + mark.len()..];
    }
    filled.push_str(&part(values, rest)?);
    Ok(filled)
}

/// Text of the layout with everything replaced. All made pages have the usual script.
fn part(values: &Values<'_>, text: &str) -> Result<String> {
    values.placeholders(&text.replace("%SCRIPT%", "%SHELL%"))
}

/// Text as it stands in HTML, also within quotes.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use lessons::content::Content;

    use super::{Frame, Page};
    use crate::finish::scripts::Names;

    fn framed(layout: &str, page: &Page<'_>) -> anyhow::Result<String> {
        let names = Names {
            shell: "shell-1.js".to_owned(),
            page: "page-3.js".to_owned(),
            search: "search-4.js".to_owned(),
            style: "main-2.css".to_owned(),
            ..Names::default()
        };
        let frame = Frame {
            layout: layout.to_owned(),
            names: &names,
            content: &Content::default(),
            version: "1.2.3",
            others: Vec::new(),
            address: None,
        };
        frame.page(page)
    }

    const PAGE: Page<'_> = Page {
        address: "lessons/a/b/",
        title: "<A> & 100%ROOT%",
        description: "\"b\"",
        feed: false,
        main: "<p>%ROOT%</p>",
    };

    #[test]
    fn what_is_around_is_filled_and_what_is_within_stays() -> anyhow::Result<()> {
        let layout = "<head><title>%TITLE%</title>%DESCRIPTION%<script src=\"%SCRIPT%\"></head>%ROOT%|%MAIN%|%VERSION%";
        let wanted = "<head><title>&lt;A&gt; &amp; 100%ROOT%</title>&quot;b&quot;<script src=\"../../../assets/shell-1.js\"></head>../../../|<p>%ROOT%</p>|1.2.3";
        assert_eq!(framed(layout, &PAGE)?, wanted);
        Ok(())
    }

    #[test]
    fn the_feed_is_told_of_in_the_head() -> anyhow::Result<()> {
        let page = Page { feed: true, ..PAGE };
        let framed = framed("<head></head>%MAIN%", &page)?;
        assert!(
            framed.contains("href=\"../../../feed.xml\">\n  </head>"),
            "{framed}"
        );
        Ok(())
    }

    #[test]
    fn a_layout_without_a_place_is_an_error() {
        assert!(framed("<head></head>", &PAGE).is_err());
        assert!(framed("<head></head>%NOTHING%%MAIN%", &PAGE).is_err());
    }
}
