//! Every text of the interface is in every catalogue, and nothing else is.

use std::path::Path;

use anyhow::{Result, bail};

use super::none;
use crate::{languages, process};

/// Compares the catalogues with the texts in the code and the pages.
pub(super) fn run(root: &Path) -> Result<String> {
    let english = root.join(languages::ENGLISH);
    if !english.is_file() || process::read(&english)? != languages::english(root)? {
        bail!("{} is stale: run `cargo xtask types`", languages::ENGLISH);
    }
    let texts = languages::texts(root)?;
    let languages = languages::read(root)?;
    let problems: Vec<String> = languages
        .iter()
        .flat_map(|language| languages::problems(language, &texts))
        .collect();
    none(&problems)?;
    let tags: Vec<&str> = languages
        .iter()
        .map(|language| language.tag.as_str())
        .collect();
    Ok(format!(
        "{} texts, in English and {}",
        texts.len(),
        tags.join(", ")
    ))
}
