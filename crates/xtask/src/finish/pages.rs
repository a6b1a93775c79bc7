//! The pages: put into the common layout, placeholders filled in, recorded views of the labs put where their marks are.

mod frame;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use language::mark;
use lessons::content::Content;
use lessons::render;

use super::headers::POLICY;
use super::icons;
use super::scripts::Names;
use super::{Other, Site, embeds};
use crate::{generated, process};

pub(super) use frame::{Frame, Page};

/// The front page, which Trunk has put into the staging folder.
const FRONT: &str = "index.html";
/// The further pages: `NAME.html` here is `NAME/` on the site. Each begins with its title and description, as comments.
const PAGES: &str = "www/pages";
/// What is around each of the further pages.
const LAYOUT: &str = "www/layout.html";

/// Where the recorded view of a lab belongs: its name stands between the two.
const MARK: &str = "<!-- lab:";
const END: &str = " -->";

/// The ways through the site: a page's folder, and what it is called there.
const WAYS: [(&str, &str); 11] = [
    ("lessons", mark!("Lessons")),
    ("formats", mark!("Formats")),
    ("bytes", mark!("Bytes")),
    ("sql-or-files", mark!("SQL or files")),
    ("durability", mark!("Durability")),
    ("timeline", mark!("Timeline")),
    ("overheads", mark!("Overheads")),
    ("cache-inspector", mark!("Cache")),
    ("example", mark!("joblet.js")),
    ("builder", mark!("Embed")),
    ("search", mark!("Search")),
];

/// The page that hosts show in the place of one that is not there. It is seen at any address, so its links cannot be
/// relative.
const MISSING: &str = "404";

/// The links at the end of each page.
const FOOT: [(&str, &str); 4] = [
    ("progress", mark!("Your progress")),
    ("offline", mark!("Offline use")),
    ("deploying", mark!("Put it on a host")),
    ("licences", mark!("Licences")),
];

/// Fills all pages.
///
/// # Errors
/// When a page names a placeholder or lab that does not exist.
pub(super) fn fill(site: &Site, names: &Names, licences: &str, content: &Content) -> Result<()> {
    let mut pages: Vec<(PathBuf, PathBuf, String, String)> = Vec::new();
    let front = site.staging.join(FRONT);
    pages.push((front.clone(), front, "./".to_owned(), String::new()));
    let folder = site.root.join(PAGES);
    if folder.is_dir() {
        for file in process::files(&folder, ".html")? {
            let stem = file.file_stem().context("a page has no name")?;
            let name = stem.to_string_lossy().into_owned();
            if name == MISSING {
                if site.language.is_some() {
                    continue;
                }
                let target = site.staging.join(format!("{MISSING}.html"));
                pages.push((file, target, path_of_site(site), name));
                continue;
            }
            let target = site.staging.join(stem).join(FRONT);
            pages.push((file, target, "../".to_owned(), name));
        }
        // A page's own script is shown to readers as it is, so it is not bundled.
        let scripts = if site.language.is_none() {
            process::files(&folder, ".js")?
        } else {
            // A page in another language has that of the English one.
            Vec::new()
        };
        for script in scripts {
            let stem = script.file_stem().context("a script has no name")?;
            let name = script.file_name().context("a script has no name")?;
            process::write(&site.staging.join(stem).join(name), process::read(&script)?)?;
        }
    }
    let layout = site.spoken(&process::read(&site.root.join(LAYOUT))?);
    let others = site.others()?;
    for (source, target, root, page) in pages {
        let text = site.spoken(&process::read(&source)?);
        let values = Values {
            root: &root,
            page: &page,
            names,
            licences,
            content,
            version: site.version,
            others: &others,
        };
        let whole = if page.is_empty() {
            Ok(text)
        } else {
            laid_out(&layout, &text)
        };
        let filled = whole
            .and_then(|whole| values.fill(&with_discovery(&whole, &root, site.address.as_deref())))
            .with_context(|| shown(&site.root, &source))?;
        process::write(&target, filled)?;
    }
    Ok(())
}

/// The path of the site on its host: that of its address where it is known, or the root.
fn path_of_site(site: &Site) -> String {
    let path = site.address.as_deref().and_then(path_of);
    path.unwrap_or_else(|| "/".to_owned())
}

/// The path of an address, with a slash at both ends.
fn path_of(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let path = rest.split_once('/').map_or("", |(_, path)| path);
    let is_address =
        matches!(scheme, "http" | "https") && !rest.is_empty() && !path.contains(['?', '#']);
    let path = path.trim_matches('/');
    is_address.then(|| {
        if path.is_empty() {
            "/".to_owned()
        } else {
            format!("/{path}/")
        }
    })
}

/// A further page within the layout. Its first lines are `<!-- NAME: TEXT -->`, with title and description, and a script
/// where it is not the usual one.
fn laid_out(layout: &str, page: &str) -> Result<String> {
    let mut rest = page;
    let mut said = Vec::new();
    while let Some((name, text, after)) = head_line(rest) {
        said.push((name, text));
        rest = after;
    }
    let find = |wanted: &str| {
        said.iter()
            .find(|(name, _)| *name == wanted)
            .map(|(_, text)| *text)
    };
    let needed =
        |name| find(name).with_context(|| format!("a page begins with `<!-- {name}: … -->`"));
    Ok(layout
        .replace("%TITLE%", needed("title")?)
        .replace("%DESCRIPTION%", needed("description")?)
        .replace("%SCRIPT%", find("script").unwrap_or("%SHELL%"))
        .replace("%MAIN%", rest.trim_end()))
}

/// Name and text of a line `<!-- NAME: TEXT -->`, and what comes after it.
fn head_line(text: &str) -> Option<(&str, &str, &str)> {
    let (line, after) = text.split_once('\n')?;
    let said = line.strip_prefix("<!-- ")?.strip_suffix(" -->")?;
    let (name, text) = said.split_once(": ")?;
    Some((name, text, after))
}

/// The page with the link by which others find out how to embed its lab; a page without a lab, or with several, as it is.
fn with_discovery(page: &str, root: &str, base: Option<&str>) -> String {
    let mut labs = page.split(MARK).skip(1);
    let (Some(lab), None) = (labs.next(), labs.next()) else {
        return page.to_owned();
    };
    let lab = lab.split(END).next().unwrap_or_default();
    let link = embeds::discovery(lab, base.unwrap_or(root));
    page.replacen("  </head>", &format!("    {link}\n  </head>"), 1)
}

/// A path as seen from the root of the checkout.
fn shown(root: &Path, file: &Path) -> String {
    file.strip_prefix(root)
        .unwrap_or(file)
        .display()
        .to_string()
}

/// What a page's placeholders stand for.
pub(super) struct Values<'a> {
    /// The way from the page to the root of the site.
    pub(super) root: &'a str,
    /// The page's folder, without a slash at its end; empty for the front page.
    pub(super) page: &'a str,
    pub(super) names: &'a Names,
    /// What others have made.
    pub(super) licences: &'a str,
    pub(super) content: &'a Content,
    pub(super) version: &'a str,
    /// The other languages that the page is in.
    pub(super) others: &'a [Other],
}

impl Values<'_> {
    /// The page with everything replaced.
    pub(super) fn fill(&self, page: &str) -> Result<String> {
        let page = self.placeholders(&without_trunk(page))?;
        let page = marked(&page, "lab", |lab| {
            let view = generated::recorded(lab)?;
            // Views do not know where their page is; the shell does the same to those that come later.
            Some(view.replace("href=\"%ROOT%", &format!("href=\"{}", self.root)))
        })?;
        let page = marked(&page, "progress", |of| {
            (of == "lessons").then(|| render::progress(self.content, self.root))
        })?;
        marked(&page, "lessons", |level| {
            let level = level.parse().ok().filter(|level| (2..=6).contains(level))?;
            Some(render::list(self.content, self.root, level))
        })
    }

    /// Replaces `%NAME%`; capitals between two per cent signs that mean nothing here are an error.
    fn placeholders(&self, page: &str) -> Result<String> {
        let mut filled = String::with_capacity(page.len());
        let mut rest = page;
        while let Some(start) = rest.find('%') {
            let (before, after) = rest.split_at(start);
            filled.push_str(before);
            let name = after[1..].split('%').next().unwrap_or_default();
            let closed = after.len() > name.len() + 1;
            if !closed || name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_uppercase()) {
                filled.push('%');
                rest = &after[1..];
                continue;
            }
            filled.push_str(&self.value(name)?);
            rest = &after[name.len() + 2..];
        }
        filled.push_str(rest);
        Ok(filled)
    }

    /// What one placeholder stands for.
    fn value(&self, name: &str) -> Result<String> {
        Ok(match name {
            "ROOT" => self.root.to_owned(),
            "SEARCH" => self.asset(&self.names.search),
            "SHELL" => self.asset(&self.names.shell),
            "STYLE" => self.asset(&self.names.style),
            "FRAME" => self.asset(&self.names.frame),
            "FORWARD" => self.asset(&self.names.forward),
            "BUILDER" => self.asset(&self.names.builder),
            "PROGRESS" => self.asset(&self.names.progress),
            "VERSION" => self.version.to_owned(),
            "CSP" => POLICY.to_owned(),
            "NAV" => self.ways(),
            "HEAD" => format!(
                "{}\n    <script type=\"module\" src=\"{}assets/{}\"></script>",
                icons::links(self.root),
                self.root,
                self.names.page
            ),
            "FOOT" => self.foot(),
            "LICENCES" => self.licences.to_owned(),
            unknown => bail!(
                "%{unknown}% means nothing: there are %ROOT%, %SEARCH%, %SHELL%, %STYLE%, %FRAME%, %FORWARD%, %BUILDER%, \
                 %PROGRESS%, %VERSION%, %CSP%, %NAV%, %HEAD%, %FOOT% and %LICENCES%"
            ),
        })
    }

    fn asset(&self, name: &str) -> String {
        format!("{}assets/{name}", self.root)
    }
}

impl Values<'_> {
    /// The links to the other pages, and to this one in other languages.
    fn ways(&self) -> String {
        let mut ways = self.links(&WAYS);
        if self.page == MISSING {
            return ways;
        }
        let page = if self.page.is_empty() {
            String::new()
        } else {
            format!("{}/", self.page)
        };
        for Other { way, tag, name } in self.others {
            let root = self.root;
            ways.push_str(&format!(
                " <a href=\"{root}{way}{page}\" hreflang=\"{tag}\" lang=\"{tag}\">{name}</a>"
            ));
        }
        ways
    }

    /// The links at the end of a page.
    fn foot(&self) -> String {
        self.links(&FOOT)
    }

    fn links(&self, pages: &[(&str, &str)]) -> String {
        pages
            .iter()
            .map(|(folder, title)| {
                let current = match self.page.strip_prefix(folder) {
                    Some("") => " aria-current=\"page\"",
                    Some(within) if within.starts_with('/') => " aria-current=\"true\"",
                    _ => "",
                };
                let title = language::text(title);
                format!("<a href=\"{}{folder}/\"{current}>{title}</a>", self.root)
            })
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// The page without the lines that were for Trunk, which leaves them in.
fn without_trunk(page: &str) -> String {
    page.split_inclusive('\n')
        .filter(|line| !line.contains("<link data-trunk "))
        .collect()
}

/// Replaces each `<!-- KIND:NAME -->` by what there is of that name.
fn marked(page: &str, kind: &str, found: impl Fn(&str) -> Option<String>) -> Result<String> {
    let mark = format!("<!-- {kind}:");
    let mut parts = page.split(&mark);
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, after) = part
            .split_once(END)
            .with_context(|| format!("`{mark}` without `{END}`"))?;
        filled.push_str(&found(name).with_context(|| format!("there is no {kind} `{name}`"))?);
        filled.push_str(after);
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use lessons::content::Content;

    use super::{Names, Values, laid_out, marked, path_of, with_discovery, without_trunk};

    fn filled(text: &str) -> anyhow::Result<String> {
        filled_on("bytes", text)
    }

    fn filled_on(page: &str, text: &str) -> anyhow::Result<String> {
        let names = Names {
            shell: "shell-1.js".to_owned(),
            page: "page-3.js".to_owned(),
            search: "search-4.js".to_owned(),
            style: "main-2.css".to_owned(),
            ..Names::default()
        };
        Values {
            root: "../",
            page,
            names: &names,
            licences: "",
            content: &Content::default(),
            version: "3.4.5",
            others: &[],
        }
        .placeholders(text)
    }

    #[test]
    fn placeholders_are_relative_to_the_page() -> anyhow::Result<()> {
        let page =
            r#"<link href="%STYLE%"><script src="%SHELL%"></script><a href="%ROOT%">%VERSION%</a>"#;
        let wanted = r#"<link href="../assets/main-2.css"><script src="../assets/shell-1.js"></script><a href="../">3.4.5</a>"#;
        assert_eq!(filled(page)?, wanted);
        Ok(())
    }

    #[test]
    fn per_cent_signs_in_prose_stay() -> anyhow::Result<()> {
        let page = "100% of 5 % and 7%, %lower% 90%";
        assert_eq!(filled(page)?, page);
        Ok(())
    }

    #[test]
    fn a_page_is_laid_out_by_what_it_says_first() -> anyhow::Result<()> {
        let layout = "<title>%TITLE%</title>%DESCRIPTION%|%SCRIPT%|%MAIN%";
        let page = "<!-- title: A -->\n<!-- description: b: c -->\n<h1>A</h1>\n<!-- lab:x -->\n";
        let wanted = "<title>A</title>b: c|%SHELL%|<h1>A</h1>\n<!-- lab:x -->";
        assert_eq!(laid_out(layout, page)?, wanted);
        assert!(laid_out(layout, "<h1>A</h1>\n").is_err());
        Ok(())
    }

    #[test]
    fn the_current_page_is_marked() -> anyhow::Result<()> {
        let ways = filled("%NAV%")?;
        assert_eq!(ways.matches("aria-current").count(), 1);
        assert!(
            ways.contains("<a href=\"../bytes/\" aria-current=\"page\">"),
            "{ways}"
        );
        Ok(())
    }

    #[test]
    fn the_path_of_an_address_has_a_slash_at_both_ends() {
        let path = |address| path_of(address);
        assert_eq!(path("https://example.org").as_deref(), Some("/"));
        assert_eq!(path("https://example.org/a/b").as_deref(), Some("/a/b/"));
        assert_eq!(path("https://example.org/a/").as_deref(), Some("/a/"));
        assert_eq!(path("example.org/a"), None);
        assert_eq!(path("https://example.org/?a"), None);
    }

    #[test]
    fn every_page_has_icons_a_manifest_and_its_script() -> anyhow::Result<()> {
        let head = filled("%HEAD%")?;
        for wanted in [
            "href=\"../manifest.webmanifest\"",
            "href=\"../favicon.ico\"",
            "src=\"../assets/page-3.js\"",
        ] {
            assert!(head.contains(wanted), "{wanted}");
        }
        Ok(())
    }

    #[test]
    fn the_way_to_a_page_within_is_marked_too() -> anyhow::Result<()> {
        let ways = filled_on("lessons/files/csv", "%NAV%")?;
        assert_eq!(ways.matches("aria-current=\"true\"").count(), 1, "{ways}");
        assert!(!ways.contains("aria-current=\"page\""), "{ways}");
        Ok(())
    }

    #[test]
    fn a_page_with_one_lab_says_how_to_embed_it() {
        let page = "<head>\n  </head><!-- lab:formats -->";
        let found = with_discovery(page, "../", None);
        assert!(found.contains("href=\"../oembed/formats.json\""), "{found}");
        let found = with_discovery(page, "../", Some("https://a.example/b/"));
        assert!(
            found.contains("href=\"https://a.example/b/oembed/formats.json\""),
            "{found}"
        );
        let two = format!("{page}<!-- lab:bytes -->");
        assert_eq!(with_discovery(&two, "../", None), two);
    }

    #[test]
    fn lines_for_trunk_are_gone() {
        assert_eq!(
            without_trunk("a\n  <link data-trunk rel=\"rust\">\nb\n"),
            "a\nb\n"
        );
    }

    #[test]
    fn an_unknown_placeholder_is_an_error() {
        assert!(filled("%SHEL%").is_err());
    }

    #[test]
    fn marks_of_labs_become_their_views() -> anyhow::Result<()> {
        let recorded = |name: &str| (name == "words").then(|| "<p>words</p>".to_owned());
        assert_eq!(
            marked("a<!-- lab:words -->b", "lab", recorded)?,
            "a<p>words</p>b"
        );
        assert!(marked("<!-- lab:unknown -->", "lab", recorded).is_err());
        assert!(marked("<!-- lab:words", "lab", recorded).is_err());
        Ok(())
    }
}
