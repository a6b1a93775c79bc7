//! What other people's pages embed: `embed.js`, a page for each lab, addresses with a version, and oEmbed.
//!
//! `vMAJOR.MINOR.PATCH/` never changes once it is published; `vMAJOR/` leads to the newest of them. What both share has its
//! content in its name and lies in `assets/`, and a data set in `data/` never changes under its name (docs/embedding.md).

use std::path::Path;

use anyhow::{Context, Result, ensure};
use language::mark;
use lessons::content::Content;
use serde_json::{Value, json};

use super::Site;
use super::pages::Values;
use super::scripts::Names;
use crate::{generated, process};

/// The pages that are made here.
const TEMPLATES: &str = "www/embed";
/// The script of the element `<joblet-widget>`, at the root and in each version.
const SCRIPT: &str = "embed.js";

/// How wide and high an embedded lab is where nobody says so, in pixels.
const SIZE: (u32, u32) = (720, 700);

/// For how long others may keep what oEmbed tells them, in seconds.
const KEEP: u32 = 86_400;

/// A lab that can be embedded.
struct Lab {
    name: &'static str,
    title: &'static str,
    /// In a sentence; it stands in attributes, so it has no quotes.
    summary: &'static str,
    /// The page of the site that has it, as seen from the root.
    page: &'static str,
}

/// All labs.
const LABS: [Lab; 8] = [
    Lab {
        name: "word-frequencies",
        title: mark!("Word frequencies"),
        summary: mark!(
            "Count the words of 123 texts in parallel workers, and never compute anything twice."
        ),
        page: "",
    },
    Lab {
        name: "timeline",
        title: mark!("How are tasks shared among workers?"),
        summary: mark!(
            "See who does what and when, what is waited for, and what becomes of a task that fails."
        ),
        page: "timeline/",
    },
    Lab {
        name: "formats",
        title: mark!("What does each format cost?"),
        summary: mark!(
            "Shape the data, guess, and measure CSV, JSON, pickle, config files, binary formats and SQLite."
        ),
        page: "formats/",
    },
    Lab {
        name: "bytes",
        title: mark!("What is really stored?"),
        summary: mark!(
            "Look at the bytes of each record, change them, cut them, and read them back."
        ),
        page: "bytes/",
    },
    Lab {
        name: "sql-or-files",
        title: mark!("When does a database pay off?"),
        summary: mark!("Ask one question of CSV, JSON and SQLite as the data grows."),
        page: "sql-or-files/",
    },
    Lab {
        name: "durability",
        title: mark!("What is left of a write that was killed?"),
        summary: mark!(
            "Kill a worker half-way, and see what a plain file, a renamed one and a transaction keep."
        ),
        page: "durability/",
    },
    Lab {
        name: "overheads",
        title: mark!("What does it cost to hand work to somebody else?"),
        summary: mark!(
            "Measure start-up and overhead of a loop, promises and workers, and from which task length on workers pay."
        ),
        page: "overheads/",
    },
    Lab {
        name: "cache-inspector",
        title: mark!("What does a cache remember, and when is it wrong?"),
        summary: mark!(
            "Call a function, edit it, age and corrupt what is remembered, fill the store, and see what is computed anew."
        ),
        page: "cache-inspector/",
    },
];

/// The labs as scripts know them: title and summary by name.
pub(super) fn labs() -> Value {
    LABS.iter()
        .map(|lab| {
            let about = json!({ "title": lab.title, "summary": lab.summary });
            (lab.name.to_owned(), about)
        })
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// The link by which others find out how a lab is embedded; `root` is the way to the site.
pub(super) fn discovery(lab: &str, root: &str) -> String {
    let title = LABS
        .iter()
        .find(|known| known.name == lab)
        .map_or(lab, |known| known.title);
    format!(
        "<link rel=\"alternate\" type=\"application/json+oembed\" href=\"{root}oembed/{lab}.json\" title=\"{title}\">"
    )
}

/// The folders of this version: the one that never changes, and the one that leads to the newest.
fn versions(version: &str) -> (String, String) {
    let major = version.split('.').next().unwrap_or(version);
    (format!("v{version}"), format!("v{major}"))
}

/// Puts `embed.js` where it is asked for.
///
/// # Errors
/// When a file cannot be written.
pub(super) fn place_script(site: &Site, script: &[u8]) -> Result<()> {
    let (fixed, moving) = versions(site.version);
    process::write(&site.staging.join(SCRIPT), script)?;
    process::write(&site.staging.join(&fixed).join(SCRIPT), script)?;
    let forward =
        format!("// The newest version of this major one.\nimport \"../{fixed}/{SCRIPT}\";\n");
    process::write(&site.staging.join(moving).join(SCRIPT), forward)
}

/// Writes the pages of the labs and what leads to them.
///
/// # Errors
/// When a template is missing, or a lab is not on the page that it should be on.
pub(super) fn place(site: &Site, names: &Names, content: &Content) -> Result<()> {
    let template = |name: &str| process::read(&site.root.join(TEMPLATES).join(name));
    let (page, forward, index) = (
        template("lab.html")?,
        template("forward.html")?,
        template("index.html")?,
    );
    let (fixed, moving) = versions(site.version);
    let write = |folder: &str, page: &str| -> Result<()> {
        let root = "../".repeat(folder.matches('/').count());
        let values = Values {
            root: &root,
            page: "",
            names,
            licences: "",
            content,
            version: site.version,
            others: &[],
        };
        let page = values
            .fill(page)
            .with_context(|| format!("{TEMPLATES}, for {folder}"))?;
        process::write(&site.staging.join(folder).join("index.html"), page)
    };
    check_list()?;
    for lab in &LABS {
        check_page(&site.staging, lab)?;
        let filled = lab.fill(&page);
        for place in ["", &format!("{fixed}/")] {
            write(&format!("{place}embed/{}/", lab.name), &filled)?;
        }
        let to = format!("../../../{fixed}/embed/{}/", lab.name);
        let leads = lab.fill(&forward).replace("%TO%", &to);
        write(&format!("{moving}/embed/{}/", lab.name), &leads)?;
        let told = serde_json::to_string_pretty(&lab.oembed(&moving, site.address.as_deref()))?;
        process::write(
            &site.staging.join(format!("oembed/{}.json", lab.name)),
            told,
        )?;
    }
    let list: Vec<String> = LABS.iter().map(Lab::item).collect();
    let index = index.replace("%LIST%", &list.join("\n"));
    for place in ["", &format!("{fixed}/"), &format!("{moving}/")] {
        write(&format!("{place}embed/"), &index)?;
    }
    Ok(())
}

/// Every lab there is can be embedded.
fn check_list() -> Result<()> {
    for name in generated::storage_labs() {
        ensure!(
            LABS.iter().any(|lab| lab.name == name),
            "the lab {name} is missing in crates/xtask/src/finish/embeds.rs"
        );
    }
    Ok(())
}

/// The page of a lab really has it: an embed links to it.
fn check_page(staging: &Path, lab: &Lab) -> Result<()> {
    let page = process::read(&staging.join(lab.page).join("index.html"))?;
    ensure!(
        page.contains(&format!("<joblet-lab name=\"{}\"", lab.name)),
        "/{} has no lab {}: correct crates/xtask/src/finish/embeds.rs",
        lab.page,
        lab.name
    );
    Ok(())
}

impl Lab {
    /// A template with what is this lab's.
    fn fill(&self, template: &str) -> String {
        template
            .replace("%LAB%", self.name)
            .replace("%TITLE%", self.title)
            .replace("%SUMMARY%", self.summary)
            .replace("%PAGE%", &format!("%ROOT%{}", self.page))
    }

    /// It in the list of labs.
    fn item(&self) -> String {
        let Self {
            name,
            title,
            summary,
            ..
        } = self;
        format!("        <li><a data-lab=\"{name}\" href=\"{name}/\">{title}</a><br>{summary}</li>")
    }

    /// What oEmbed (<https://oembed.com>) says of it. Without the site's address what is said is seen from the root.
    fn oembed(&self, moving: &str, base: Option<&str>) -> Value {
        let (width, height) = SIZE;
        let address = format!("{}{moving}/embed/{}/", base.unwrap_or("../"), self.name);
        let mut told = json!({
            "version": "1.0",
            "type": "rich",
            "title": self.title,
            "provider_name": "Joblet",
            "cache_age": KEEP,
            "width": width,
            "height": height,
            "html": format!(
                "<iframe src=\"{address}\" title=\"Joblet: {}\" width=\"{width}\" height=\"{height}\" loading=\"lazy\" \
                 allow=\"cross-origin-isolated\"></iframe>",
                self.title
            ),
        });
        match base {
            Some(base) => told["provider_url"] = base.into(),
            None => {
                told["note"] =
                    "Built without JOBLET_ADDRESS: the address is seen from this file.".into();
            }
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::{LABS, discovery, versions};

    #[test]
    fn a_version_has_two_folders() {
        let both = ("v1.22.3".to_owned(), "v1".to_owned());
        assert_eq!(versions("1.22.3"), both);
    }

    #[test]
    fn titles_and_summaries_can_stand_in_attributes() {
        for lab in &LABS {
            let text = format!("{}{}", lab.title, lab.summary);
            assert!(!text.contains(['"', '<', '>', '&', '%']), "{text}");
        }
    }

    #[test]
    fn oembed_has_what_the_standard_asks_of_rich_content() {
        let told = LABS[2].oembed("v1", Some("https://a.example/b/"));
        for key in ["version", "type", "html", "width", "height"] {
            assert!(!told[key].is_null(), "{key}");
        }
        let html = told["html"].as_str().unwrap_or_default();
        assert!(
            html.starts_with("<iframe src=\"https://a.example/b/v1/embed/formats/\" title=\""),
            "{html}"
        );
        assert!(told["note"].is_null());
    }

    #[test]
    fn without_an_address_oembed_says_so() {
        let told = LABS[2].oembed("v1", None);
        assert!(told["note"].is_string() && told["provider_url"].is_null());
    }

    #[test]
    fn the_link_for_discovery_is_seen_from_the_page() {
        assert_eq!(
            discovery("bytes", "../"),
            "<link rel=\"alternate\" type=\"application/json+oembed\" href=\"../oembed/bytes.json\" title=\"What is really \
             stored?\">"
        );
    }
}
