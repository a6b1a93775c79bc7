//! What Trunk leaves in its staging folder becomes the site: the last step of every build.
//!
//! Names are made from content, from the inside out: a module's name goes into its worker's script, the worker's
//! into the page's, the page's into the pages. So a changed file has a new name, and may be kept for ever.

mod data;
mod documents;
mod embeds;
mod headers;
mod icons;
mod kept;
mod lessons;
mod licences;
mod modules;
mod offline;
mod pages;
mod scripts;
mod search;
mod texts;
mod threads;
mod translations;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::{Context, Result};

use crate::languages::{self, Language, translated};
use crate::process;

pub(crate) use threads::for_threads;

/// Where things are while the site is put together.
pub(crate) struct Site {
    /// The root of the checkout.
    root: PathBuf,
    /// The folder that becomes `dist/`.
    staging: PathBuf,
    /// Whether this is for visitors: small, without source maps.
    release: bool,
    /// The version that pages and scripts show.
    version: &'static str,
    /// The npm packages of which something is in a script.
    packages: RefCell<BTreeSet<String>>,
    /// The address the site will have, with a slash at its end, where it is known.
    address: Option<String>,
    /// The language in which pages are made now; none is English.
    language: Option<Rc<Language>>,
}

/// A language that a page is in too.
pub(crate) struct Other {
    /// Where its pages begin, from the root of the pages that are made now.
    way: String,
    /// Its tag (BCP 47).
    tag: String,
    /// What it is called in itself.
    name: String,
}

/// Puts the site together; called by Trunk, which says where in its variables.
///
/// # Errors
/// Says which step failed.
pub(crate) fn run(root: &Path) -> Result<()> {
    let staging = std::env::var_os("TRUNK_STAGING_DIR")
        .context("this is Trunk's hook: call `cargo xtask build` instead")?;
    let site = Site {
        root: root.to_path_buf(),
        staging: PathBuf::from(staging),
        release: std::env::var("TRUNK_PROFILE").is_ok_and(|profile| profile == "release"),
        version: env!("CARGO_PKG_VERSION"),
        packages: RefCell::default(),
        address: address(std::env::var("JOBLET_ADDRESS").ok())?,
        language: None,
    };
    let modules = modules::place(&site)?;
    let content = crate::lessons::read(root)?;
    let names = scripts::bundle(&site, &modules, &content)?;
    texts::copy(&site)?;
    data::place(&site)?;
    let licences = licences::collect(&site)?;
    translations::write(&site, &names, &licences, &content)?;
    pages::fill(&site, &names, &licences, &content)?;
    let frame = pages::Frame::new(&site, &names, &content)?;
    documents::write(&site, &frame)?;
    lessons::write(&site, &content, &frame)?;
    embeds::place(&site, &names, &content)?;
    icons::place(&site)?;
    kept::bring_along(&site, std::env::var_os("JOBLET_KEEP").map(PathBuf::from))?;
    headers::write(&site)?;
    modules::remove_leftovers(&site)?;
    offline::write(&site)
}

/// The address in `JOBLET_ADDRESS`, which only what cannot be relative needs.
fn address(given: Option<String>) -> Result<Option<String>> {
    let Some(mut address) = given.filter(|address| !address.is_empty()) else {
        return Ok(None);
    };
    anyhow::ensure!(
        address.starts_with("https://") || address.starts_with("http://"),
        "JOBLET_ADDRESS is the address of the site, https://…, and not `{address}`"
    );
    anyhow::ensure!(
        !address.contains(['"', '<', '>', '?', '#', ' ', '%']),
        "JOBLET_ADDRESS is an address without a query, and with no quotes or spaces: `{address}`"
    );
    if !address.ends_with('/') {
        address.push('/');
    }
    Ok(Some(address))
}

impl Site {
    /// A page as it is written, in the language in which pages are made now.
    fn spoken(&self, page: &str) -> String {
        match &self.language {
            None => page.to_owned(),
            Some(language) => translated(page, |text| language.texts.get(text).cloned()),
        }
    }

    /// The other languages that each page is in: where they begin, from the root of the pages that are made now, their
    /// tags, and what they are called in themselves.
    fn others(&self) -> Result<Vec<Other>> {
        if self.language.is_some() {
            return Ok(vec![Other {
                way: "../".to_owned(),
                tag: "en".to_owned(),
                name: "English".to_owned(),
            }]);
        }
        let others = languages::read(&self.root)?.into_iter();
        Ok(others
            .map(|other| Other {
                way: format!("{}/", other.tag),
                tag: other.tag,
                name: other.name,
            })
            .collect())
    }

    /// Puts a file into `assets/`, with its content in its name; gives back the name.
    fn place(&self, stem: &str, ending: &str, content: &[u8]) -> Result<String> {
        let name = hashed(stem, ending, content);
        process::write(&self.staging.join("assets").join(&name), content)?;
        Ok(name)
    }
}

/// A name that changes with the content.
fn hashed(stem: &str, ending: &str, content: &[u8]) -> String {
    let digest = blake3::hash(content).to_hex();
    format!("{stem}-{}.{ending}", &digest.as_str()[..10])
}

/// Makes a module that is no part of the site faster and smaller, as the engine is, in its place.
///
/// # Errors
/// When the optimizer fails.
pub(crate) fn optimize(root: &Path, module: &Path) -> Result<()> {
    modules::optimize(root, module, module, &[])
}

#[cfg(test)]
mod tests {
    use super::{address, hashed};

    #[test]
    fn an_address_has_a_scheme_and_a_slash_at_its_end() -> anyhow::Result<()> {
        assert_eq!(address(None)?, None);
        assert_eq!(address(Some(String::new()))?, None);
        let whole = address(Some("https://a.example/b".to_owned()))?;
        assert_eq!(whole.as_deref(), Some("https://a.example/b/"));
        for wrong in ["a.example", "https://a/\"b", "javascript:1"] {
            assert!(address(Some(wrong.to_owned())).is_err(), "{wrong}");
        }
        Ok(())
    }

    #[test]
    fn the_name_tells_the_content() {
        assert_eq!(hashed("engine", "wasm", b""), "engine-af1349b9f5.wasm");
        assert_ne!(
            hashed("engine", "wasm", b"a"),
            hashed("engine", "wasm", b"b")
        );
    }
}
