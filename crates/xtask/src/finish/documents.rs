//! The documents of docs/ that visitors of the site need, as pages of it.

use anyhow::Result;
use lessons::document::Document;

use super::Site;
use super::pages::{Frame, Page};
use crate::process;

/// A document, the folder of its page, and what search engines are told of it.
pub(crate) const DOCUMENTS: [(&str, &str, &str); 2] = [
    (
        "docs/deploying.md",
        "deploying/",
        "What a host of static files has to send, and how common hosts are told to, at the root of a name or under a path.",
    ),
    (
        "docs/embedding.md",
        "embedding/",
        "How a lab is put on a page of another site: the element and its attributes, the frame, colours, events, policies, versions.",
    ),
];

/// Writes their pages.
///
/// # Errors
/// When a document is missing, or cannot be a page: everything that is wrong with it, a line for each.
pub(super) fn write(site: &Site, frame: &Frame) -> Result<()> {
    for (file, address, description) in DOCUMENTS {
        let text = process::read(&site.root.join(file))?;
        let document = Document::read(file, &text, address).map_err(|faults| {
            let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
            anyhow::anyhow!("{}", lines.join("\n"))
        })?;
        let page = frame.page(&Page {
            address,
            title: &document.title,
            description,
            feed: false,
            main: &document.main,
        })?;
        process::write(&site.staging.join(address).join("index.html"), page)?;
    }
    Ok(())
}
