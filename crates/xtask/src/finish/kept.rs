//! Versions that were published before: a build can bring them along, for hosts where a deployment replaces everything.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::Site;
use crate::process;

/// The folders of versions in a built site, by name.
///
/// # Errors
/// When the folder cannot be read.
pub(super) fn versions(site: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let entries =
        std::fs::read_dir(site).with_context(|| format!("{} cannot be read", site.display()))?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_version = name.strip_prefix('v').is_some_and(|numbers| {
            numbers
                .split('.')
                .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
        });
        if is_version && entry.file_type()?.is_dir() {
            found.push(name);
        }
    }
    found.sort();
    Ok(found)
}

/// Copies the versions of the site that was published before, and the assets they use.
///
/// # Errors
/// When this version was published before with another content.
pub(super) fn bring_along(site: &Site, published: Option<PathBuf>) -> Result<()> {
    let Some(published) = published else {
        return Ok(());
    };
    for version in versions(&published)? {
        let (from, to) = (published.join(&version), site.staging.join(&version));
        // What leads to the newest version is made anew.
        let moves = !version.contains('.');
        if !to.exists() {
            copy(&from, &to)?;
        } else if !moves {
            ensure!(
                is_same(&from, &to)?,
                "{version} is published already, with another content: raise the version"
            );
        }
    }
    copy(&published.join("assets"), &site.staging.join("assets"))
}

/// Copies what is not there yet.
fn copy(from: &Path, to: &Path) -> Result<()> {
    for file in all_files(from)? {
        let target = to.join(file.strip_prefix(from)?);
        if !target.exists() {
            let content = std::fs::read(&file)
                .with_context(|| format!("{} cannot be read", file.display()))?;
            process::write(&target, content)?;
        }
    }
    Ok(())
}

/// Whether both folders have the same files with the same content.
fn is_same(one: &Path, other: &Path) -> Result<bool> {
    let (files, others) = (all_files(one)?, all_files(other)?);
    if files.len() != others.len() {
        return Ok(false);
    }
    for file in files {
        let twin = other.join(file.strip_prefix(one)?);
        if std::fs::read(&file)? != std::fs::read(&twin).unwrap_or_default() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// All files in a folder and below it.
fn all_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("{} cannot be read", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            found.extend(all_files(&entry.path())?);
        } else {
            found.push(entry.path());
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::path::{Path, PathBuf};

    use super::{bring_along, versions};
    use crate::finish::Site;
    use crate::process;

    /// A site with these files, in a folder of the test's own.
    fn site(test: &str, name: &str, files: &[(&str, &str)]) -> anyhow::Result<PathBuf> {
        let folder =
            std::env::temp_dir().join(format!("joblet-kept-{test}-{}", std::process::id()));
        let site = folder.join(name);
        if site.exists() {
            std::fs::remove_dir_all(&site)?;
        }
        for (file, content) in files {
            process::write(&site.join(file), content)?;
        }
        Ok(site)
    }

    fn built(staging: &Path) -> Site {
        Site {
            root: PathBuf::new(),
            staging: staging.to_path_buf(),
            release: true,
            version: "1.2.0",
            packages: RefCell::default(),
            address: None,
            language: None,
        }
    }

    #[test]
    fn earlier_versions_come_along_and_what_leads_to_the_newest_does_not() -> anyhow::Result<()> {
        let before = [
            ("v1.1.0/embed.js", "old"),
            ("v1/embed.js", "to old"),
            ("v0/embed.js", "older"),
            ("assets/shell-1.js", "old"),
            ("videos/a.txt", "no version"),
        ];
        let before = site("along", "before", &before)?;
        let now = [
            ("v1.2.0/embed.js", "new"),
            ("v1/embed.js", "to new"),
            ("assets/shell-2.js", "new"),
        ];
        let now = site("along", "now", &now)?;
        bring_along(&built(&now), Some(before.clone()))?;
        assert_eq!(versions(&now)?, ["v0", "v1", "v1.1.0", "v1.2.0"]);
        assert_eq!(process::read(&now.join("v1.1.0/embed.js"))?, "old");
        assert_eq!(process::read(&now.join("v1/embed.js"))?, "to new");
        assert_eq!(process::read(&now.join("assets/shell-1.js"))?, "old");
        assert!(!now.join("videos").exists());
        for folder in [before, now] {
            std::fs::remove_dir_all(folder)?;
        }
        Ok(())
    }

    #[test]
    fn a_published_version_is_not_changed() -> anyhow::Result<()> {
        let before = [("v1.2.0/embed.js", "as published"), ("assets/a.js", "")];
        let before = site("fixed", "before", &before)?;
        let now = site(
            "fixed",
            "now",
            &[("v1.2.0/embed.js", "changed"), ("assets/a.js", "")],
        )?;
        let refused = bring_along(&built(&now), Some(before.clone()));
        assert!(refused.is_err_and(|error| error.to_string().contains("raise the version")));
        let same = bring_along(&built(&before), Some(before.clone()));
        assert!(same.is_ok(), "{same:?}");
        for folder in [before, now] {
            std::fs::remove_dir_all(folder)?;
        }
        Ok(())
    }
}
