//! The page of licences: what of others is in the site, found by asking cargo, the bundler and the data's own notes.

mod crates;
mod packages;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};

use super::Site;
use crate::process;

pub(super) use packages::package_of;

/// How files with a licence's text begin, in capitals.
const TEXTS: [&str; 6] = [
    "LICENSE",
    "LICENCE",
    "COPYING",
    "COPYRIGHT",
    "NOTICE",
    "UNLICENSE",
];
/// Where the texts are on the site, from its root.
const FOLDER: &str = "licences/texts";
/// This project's own licences; the Apache one stands in for packages that name it and bring no text along.
const OWN: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];
const APACHE: &str = "Apache-2.0";

/// Something of others that is part of the site.
struct Part {
    name: String,
    version: String,
    /// The licence as the package names it, an SPDX expression.
    licence: String,
    /// The texts that the package brings along: file name, content.
    texts: Vec<(String, String)>,
}

/// Writes the texts, and gives back what the page lists.
///
/// # Errors
/// When cargo or a package cannot be read.
pub(super) fn collect(site: &Site) -> Result<String> {
    let mut writer = Writer {
        site,
        apache: process::read(&site.root.join(OWN[0]))?,
        names: BTreeMap::new(),
    };
    let own = Part {
        name: "Joblet".to_owned(),
        version: site.version.to_owned(),
        licence: "MIT OR Apache-2.0".to_owned(),
        texts: OWN
            .iter()
            .map(|name| Ok(((*name).to_owned(), process::read(&site.root.join(name))?)))
            .collect::<Result<_>>()?,
    };
    let mut page = String::new();
    page.push_str(&writer.table("own", "This site itself", &[own])?);
    let modules = crates::linked(&site.root)?;
    page.push_str(&writer.table("modules", "In the WebAssembly modules (Rust)", &modules)?);
    let scripts = packages::bundled(site)?;
    page.push_str(&writer.table("scripts", "In the scripts (npm)", &scripts)?);
    page.push_str(&data(site)?);
    Ok(page)
}

/// The texts in a package's folder.
fn texts_in(folder: &Path) -> Result<Vec<(String, String)>> {
    let mut texts = Vec::new();
    for file in process::files(folder, "")? {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let capitals = name.to_uppercase();
        if TEXTS.iter().any(|start| capitals.starts_with(start)) {
            texts.push((name.clone().into_owned(), process::read(&file)?));
        }
    }
    Ok(texts)
}

/// Puts texts on the site, each once however many packages have it.
struct Writer<'a> {
    site: &'a Site,
    apache: String,
    /// The name of a text's file, by its content's digest.
    names: BTreeMap<String, String>,
}

impl Writer<'_> {
    fn table(&mut self, id: &str, title: &str, parts: &[Part]) -> Result<String> {
        let mut rows = String::new();
        for part in parts {
            let texts = self.texts(part)?;
            rows.push_str(&format!(
                "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                escaped(&part.name),
                escaped(&part.version),
                escaped(&part.licence),
                texts
            ));
        }
        Ok(format!(
            "<section>\n<h2 id=\"{id}\">{title}</h2>\n<div class=\"table-frame\" role=\"region\" \
             aria-labelledby=\"{id}\" tabindex=\"0\">\n<table>\n<thead><tr><th scope=\"col\">Name</th><th \
             scope=\"col\">Version</th><th scope=\"col\">Licence</th><th scope=\"col\">Texts</th></tr></thead>\n<tbody>\n{rows}\
             </tbody>\n</table>\n</div>\n</section>\n"
        ))
    }

    /// Links to the texts of a part.
    fn texts(&mut self, part: &Part) -> Result<String> {
        let mut links = Vec::new();
        for (name, content) in &part.texts {
            let file = self.place(name, content)?;
            links.push(link(&file, name, &part.name));
        }
        if links.is_empty() && part.licence.contains(APACHE) {
            let file = self.place(OWN[0], &self.apache.clone())?;
            links.push(format!("none with it; {}", link(&file, APACHE, &part.name)));
        }
        if links.is_empty() {
            links.push("none with it".to_owned());
        }
        Ok(links.join(", "))
    }

    /// Puts a text on the site; its file's name.
    fn place(&mut self, name: &str, content: &str) -> Result<String> {
        let digest = blake3::hash(content.as_bytes()).to_hex();
        if let Some(file) = self.names.get(digest.as_str()) {
            return Ok(file.clone());
        }
        let stem: String = name
            .chars()
            .map(|letter| {
                if letter.is_ascii_alphanumeric() {
                    letter.to_ascii_lowercase()
                } else {
                    '-'
                }
            })
            .collect();
        let file = format!("{stem}-{}.txt", &digest.as_str()[..10]);
        process::write(&self.site.staging.join(FOLDER).join(&file), content)?;
        self.names.insert(digest.to_string(), file.clone());
        Ok(file)
    }
}

/// A link to a text, which says whose it is to those who hear only links.
fn link(file: &str, name: &str, part: &str) -> String {
    format!(
        "<a href=\"texts/{file}\" aria-label=\"{name} of {part}\">{name}</a>",
        name = escaped(name),
        part = escaped(part)
    )
}

/// The data sets, by the notes beside them.
fn data(site: &Site) -> Result<String> {
    const NOTE: &str = "LICENCE.txt";
    let folder = site.staging.join("data");
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&folder)
        .with_context(|| format!("{} cannot be read", folder.display()))?
    {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    let mut items = String::new();
    for name in names {
        let note = process::read(&folder.join(&name).join(NOTE))
            .context("each data set has its licence beside it")?;
        let title = note.lines().next().unwrap_or(&name);
        let source = note.lines().find(|line| {
            line.starts_with("Source:") || line.starts_with("Texts:") || line.starts_with("From ")
        });
        items.push_str(&format!(
            "<li><a href=\"../data/{}/{NOTE}\">{}</a>. {}</li>\n",
            escaped(&name),
            escaped(title),
            escaped(source.unwrap_or_default())
        ));
    }
    Ok(format!(
        "<section aria-labelledby=\"data\" class=\"prose\">\n<h2 id=\"data\">Data and texts</h2>\n<ul>\n{items}</ul>\n</section>\n"
    ))
}

/// A text within HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn names_cannot_be_markup() {
        assert_eq!(escaped("a<b>&\"c\""), "a&lt;b&gt;&amp;&quot;c&quot;");
    }
}
