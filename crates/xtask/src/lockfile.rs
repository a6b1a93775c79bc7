//! Reading `Cargo.lock`.

use std::path::Path;

use anyhow::{Context, Result};

use crate::process;

/// The locked version of a crate.
///
/// # Errors
/// When the crate is not in the lock file.
pub(crate) fn locked_version(root: &Path, package: &str) -> Result<String> {
    let text = process::read(&root.join("Cargo.lock"))?;
    version_in(&text, package).with_context(|| {
        format!("Cargo.lock has no `{package}`: add it to crates/site, then `cargo update -p site`")
    })
}

/// The version of a crate in the text of a lock file; the first one when there are several.
fn version_in(text: &str, package: &str) -> Option<String> {
    let wanted = format!("name = \"{package}\"");
    let mut lines = text.lines().skip_while(|line| *line != wanted);
    lines.next()?;
    let version = lines
        .next()?
        .strip_prefix("version = \"")?
        .strip_suffix('"')?;
    Some(version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::version_in;

    const LOCK: &str = "version = 4\n\n[[package]]\nname = \"wasm-bindgen-shared\"\nversion = \"9.9.9\"\n\n\
                        [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"registry\"\n";

    #[test]
    fn the_version_of_the_very_name_is_read() {
        assert_eq!(version_in(LOCK, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(
            version_in(LOCK, "wasm-bindgen-shared").as_deref(),
            Some("9.9.9")
        );
    }

    #[test]
    fn a_crate_that_is_not_locked_has_none() {
        assert_eq!(version_in(LOCK, "wasm"), None);
    }
}
