//! The npm packages that are bundled into the scripts, as the bundler says.

use anyhow::Result;
use serde_json::Value;

use super::{Part, texts_in};
use crate::finish::Site;
use crate::process;

const FOLDER: &str = "node_modules";

/// All packages of which something is in a script.
pub(super) fn bundled(site: &Site) -> Result<Vec<Part>> {
    let names = site.packages.borrow();
    names
        .iter()
        .map(|name| {
            let folder = site.root.join(FOLDER).join(name);
            let manifest: Value =
                serde_json::from_str(&process::read(&folder.join("package.json"))?)?;
            let text = |key: &str| manifest[key].as_str().unwrap_or_default().to_owned();
            Ok(Part {
                name: name.clone(),
                version: text("version"),
                licence: text("license"),
                texts: texts_in(&folder)?,
            })
        })
        .collect()
}

/// The package of a file that went into a bundle, if it is one of npm's.
pub(in crate::finish) fn package_of(file: &str) -> Option<String> {
    let (_, inside) = file.rsplit_once(&format!("{FOLDER}/"))?;
    let mut parts = inside.split('/');
    let first = parts.next()?;
    if first.starts_with('@') {
        Some(format!("{first}/{}", parts.next()?))
    } else {
        Some(first.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::package_of;

    #[test]
    fn the_package_of_a_file_is_its_folder() {
        let package = |file| package_of(file);
        assert_eq!(
            package("node_modules/sql.js/dist/a.js").as_deref(),
            Some("sql.js")
        );
        assert_eq!(
            package("../node_modules/@sqlite.org/sqlite-wasm/a.mjs").as_deref(),
            Some("@sqlite.org/sqlite-wasm")
        );
        assert_eq!(package("www/shell.ts"), None);
    }
}
