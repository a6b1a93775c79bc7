//! The pages in the other languages: each that is made in English is made again, below the folder of its language.
//!
//! Lessons keep their English text; what is around them and in their labs is translated.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::{Context, Result};
use lessons::address;
use lessons::content::Content;

use super::pages::{self, Frame};
use super::scripts::Names;
use super::{Site, documents, lessons as lesson_pages};
use crate::languages::{self, Language};
use crate::process;

const INDEX: &str = "index.html";
/// What is in English on every page: these parts say so.
const ENGLISH: [(&str, &str); 8] = [
    ("<article class=\"lesson\"", " lang=\"en\""),
    ("<ol class=\"lessons\"", " lang=\"en\""),
    ("<div class=\"prose\"", " lang=\"en\""),
    ("<div class=\"course\"", " lang=\"en\""),
    ("<section class=\"course\"", " lang=\"en\""),
    ("<h3 class=\"kept-title\"", " lang=\"en\""),
    ("<h4 class=\"kept-title\"", " lang=\"en\""),
    ("<a class=\"kept-title\"", " lang=\"en\""),
];

/// Writes all pages in all other languages. Trunk's front page has to be there as it was written.
///
/// # Errors
/// When a catalogue or a page is not as it has to be.
pub(super) fn write(site: &Site, names: &Names, licences: &str, content: &Content) -> Result<()> {
    for language in languages::read(&site.root)? {
        let catalogue = language.catalogue();
        let texts = site.place(
            &format!("texts-{}", language.tag),
            "txt",
            catalogue.packed().as_bytes(),
        )?;
        ::language::choose(Some(catalogue));
        let made = one(site, &Rc::new(language), &texts, names, licences, content);
        ::language::choose(None);
        made?;
    }
    Ok(())
}

fn one(
    site: &Site,
    language: &Rc<Language>,
    texts: &str,
    names: &Names,
    licences: &str,
    content: &Content,
) -> Result<()> {
    let folder = site.staging.join(&language.tag);
    process::write(
        &folder.join(INDEX),
        process::read(&site.staging.join(INDEX))?,
    )?;
    let there = Site {
        root: site.root.clone(),
        staging: folder.clone(),
        release: site.release,
        version: site.version,
        packages: site.packages.clone(),
        address: site.address.clone(),
        language: Some(Rc::clone(language)),
    };
    pages::fill(&there, names, licences, content)?;
    let frame = Frame::new(&there, names, content)?;
    documents::write(&there, &frame)?;
    lesson_pages::write(&there, content, &frame)?;
    for page in found(&folder)? {
        let address = address_of(&folder, &page)?;
        let html = process::read(&page)?;
        let moved = Moved {
            folder: &folder,
            address: &address,
        };
        process::write(
            &page,
            spoken(&moved.page(&html), &language.tag, &address, texts),
        )?;
    }
    Ok(())
}

/// All pages below a folder.
fn found(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut pages = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(&next)
            .with_context(|| format!("{} cannot be read", next.display()))?
        {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "html") {
                pages.push(path);
            }
        }
    }
    Ok(pages)
}

/// The folder of a page, from the folder of its language, with a slash at its end; empty for the front page.
fn address_of(folder: &Path, page: &Path) -> Result<String> {
    let within = page
        .parent()
        .context("a page is in a folder")?
        .strip_prefix(folder)?;
    let mut address = String::new();
    for part in within {
        address.push_str(&part.to_string_lossy());
        address.push('/');
    }
    Ok(address)
}

/// The page says which language it is in, where its texts are, and which of its parts are in English.
fn spoken(page: &str, tag: &str, address: &str, texts: &str) -> String {
    let root = address::root(address);
    let html = format!("<html lang=\"{tag}\" data-texts=\"{root}../assets/{texts}\">");
    let mut page = page.replacen("<html lang=\"en\">", &html, 1);
    for (start, more) in ENGLISH {
        page = page.replace(start, &format!("{start}{more}"));
    }
    for within in ["<joblet-lab class=\"example\"", "<joblet-done"] {
        page = page.replace(within, &format!("{within} lang=\"{tag}\""));
    }
    page
}

/// A page that was made as if it were one folder higher.
struct Moved<'a> {
    /// The folder of the language.
    folder: &'a Path,
    /// The page's folder in it.
    address: &'a str,
}

impl Moved<'_> {
    /// Links to what is in this language stay; all others lead one folder up.
    fn page(&self, page: &str) -> String {
        let mut out = String::with_capacity(page.len());
        let mut rest = page;
        while let Some((at, mark)) = [" href=\"", " src=\"", " data-root=\""]
            .into_iter()
            .filter_map(|mark| Some((rest.find(mark)? + mark.len(), mark)))
            .min()
        {
            let (before, after) = rest.split_at(at);
            let end = after.find('"').unwrap_or(after.len());
            let (link, after) = after.split_at(end);
            out.push_str(before);
            if mark.contains("root") {
                out.push_str(&format!("../{link}\" data-pages=\"{link}"));
            } else if after.starts_with("\" hreflang=") {
                out.push_str(link);
            } else {
                out.push_str(&self.link(link));
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }

    /// A link as it has to be now.
    fn link(&self, link: &str) -> String {
        let end = link.find(['#', '?']).unwrap_or(link.len());
        let (path, rest) = link.split_at(end);
        if path.is_empty() || path.starts_with('/') || path.contains(':') {
            return link.to_owned();
        }
        let mut parts: Vec<&str> = self
            .address
            .split('/')
            .filter(|part| !part.is_empty())
            .collect();
        for step in path.split('/') {
            match step {
                "" | "." => {}
                ".." => {
                    parts.pop();
                }
                name => parts.push(name),
            }
        }
        let place = parts.join("/");
        let target = self.folder.join(&place);
        if target.is_file() || target.join(INDEX).is_file() {
            return link.to_owned();
        }
        let slash = if path.ends_with('/') { "/" } else { "" };
        format!("{}../{place}{slash}{rest}", address::root(self.address))
    }
}

#[cfg(test)]
mod tests {
    use super::{Moved, spoken};

    #[test]
    fn links_to_what_is_not_here_lead_one_folder_up() -> anyhow::Result<()> {
        let folder = std::env::temp_dir().join(format!("joblet-moved-{}", std::process::id()));
        for page in ["index.html", "formats/index.html"] {
            crate::process::write(&folder.join(page), "")?;
        }
        let moved = Moved {
            folder: &folder,
            address: "bytes/",
        };
        let page = r##"<a href="../formats/#a"><a href="../"><a href="#b"><a href="https://c/"><a href="../../" hreflang="en"><img src="../assets/d.png"><a href="t/u.txt#v"><i data-root="../">"##;
        let wanted = r##"<a href="../formats/#a"><a href="../"><a href="#b"><a href="https://c/"><a href="../../" hreflang="en"><img src="../../assets/d.png"><a href="../../bytes/t/u.txt#v"><i data-root="../../" data-pages="../">"##;
        assert_eq!(moved.page(page), wanted);
        std::fs::remove_dir_all(&folder)?;
        Ok(())
    }

    #[test]
    fn a_page_says_its_language_and_what_is_english() {
        let page = "<html lang=\"en\"><article class=\"lesson\"><joblet-lab class=\"example\" name=\"bytes\">";
        let wanted = "<html lang=\"de\" data-texts=\"../../assets/t.txt\"><article class=\"lesson\" lang=\"en\"><joblet-lab class=\"example\" lang=\"de\" name=\"bytes\">";
        assert_eq!(spoken(page, "de", "a/", "t.txt"), wanted);
    }
}
