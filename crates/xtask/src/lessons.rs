//! The lessons as they are in `content/lessons`, read and checked against the site's other pages and its labs.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, bail};
use lessons::address::Places;
use lessons::content::{Content, FOLDER, Files};
use lessons::feed;

use crate::{generated, process};

/// The front page and the further pages, as they are written.
const FRONT: &str = "index.html";
const PAGES: &str = "www/pages";
/// What else on the site can be linked to.
const FILES: [&str; 1] = ["joblet.js"];

/// Reads all lessons.
///
/// # Errors
/// Everything that is wrong with them, a line for each.
pub(crate) fn read(root: &Path) -> Result<Content> {
    let content = Content::read(&files(root)?, places(root)?, &generated::labs());
    let content = content.map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("{}", lines.join("\n"))
    })?;
    if content.courses.is_empty() {
        bail!("{FOLDER} holds no courses");
    }
    Ok(content)
}

/// The files of the content.
fn files(root: &Path) -> Result<Files> {
    let folder = root.join(FOLDER);
    let mut files = Files::new();
    let mut folders = vec![folder.clone()];
    while let Some(next) = folders.pop() {
        let entries = std::fs::read_dir(&next)
            .with_context(|| format!("{} cannot be read", next.display()))?;
        for entry in entries {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            // Editors and systems leave hidden files behind.
            if name.starts_with('.') {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let within = path.strip_prefix(&folder)?.to_string_lossy().into_owned();
            let content = std::fs::read(&path)
                .with_context(|| format!("{} cannot be read", path.display()))?;
            files.insert(within.replace('\\', "/"), content);
        }
    }
    Ok(files)
}

/// What lessons can link to, apart from lessons.
fn places(root: &Path) -> Result<Places> {
    let mut places = Places::default();
    places.add("", ids(&process::read(&root.join(FRONT))?));
    for file in process::files(&root.join(PAGES), ".html")? {
        let name = file.file_stem().context("a page has no name")?;
        let page = process::read(&file)?;
        places.add(format!("{}/", name.to_string_lossy()), ids(&page));
    }
    for file in FILES {
        places.add(file, []);
    }
    places.add(feed::FILE, []);
    Ok(places)
}

/// The ids in a page and in the labs it shows.
fn ids(page: &str) -> BTreeSet<String> {
    let mut ids: BTreeSet<String> = page
        .split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split_once('"'))
        .map(|(id, _)| id.to_owned())
        .collect();
    for name in page.split("<!-- lab:").skip(1) {
        let name = name.split(" -->").next().unwrap_or_default();
        if let Some(lab) = generated::recorded(name) {
            ids.append(&mut self::ids(&lab));
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::{files, ids, places};
    use crate::project;

    #[test]
    fn ids_of_a_page_are_those_of_its_labs_too() {
        let found = ids("<h2 id=\"what\">…</h2><!-- lab:formats -->");
        assert!(found.contains("what"));
        assert!(found.len() > 1, "{found:?}");
    }

    #[test]
    fn content_and_pages_are_found() -> anyhow::Result<()> {
        let root = project::root()?;
        let files = files(&root)?;
        assert!(files.keys().any(|path| path.ends_with("/index.md")));
        assert!(files.keys().all(|path| !path.starts_with('/')));
        assert!(format!("{:?}", places(&root)?).contains("\"formats/\""));
        Ok(())
    }
}
