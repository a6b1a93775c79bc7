//! The bundled data sets, from npm packages: one is copied, one is made into a list of records.
//!
//! Their catalogue, with what a visitor reads, is crates/datasets/src/bundled.rs.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value, json};

use super::Site;
use crate::process;

const BIRD_STRIKES: &str = "node_modules/vega-datasets";
const BROWSER_COMPAT: &str = "node_modules/@mdn/browser-compat-data";

/// What is taken of the compatibility data: more would be more than 4 MB.
const PART: &str = "api";
const BROWSERS: [&str; 3] = ["chrome", "firefox", "safari"];
const FIELDS: [&str; 4] = ["description", "spec_url", "status", "tags"];
/// Sentences in HTML.
const LEFT_OUT: &str = "notes";

/// Puts both into `data/`, each with its licence and source beside it.
///
/// # Errors
/// When a package is not as expected.
pub(super) fn place(site: &Site) -> Result<()> {
    bird_strikes(site)?;
    browser_compat(site)
}

fn bird_strikes(site: &Site) -> Result<()> {
    let package = site.root.join(BIRD_STRIKES);
    let folder = site.staging.join("data/bird-strikes");
    let table = process::read(&package.join("data/birdstrikes.csv"))?;
    process::write(&folder.join("bird-strikes.csv"), table)?;
    let about = format!(
        "Bird strikes\n\nSource: Wildlife Strike Database of the Federal Aviation Administration of the United States, \
         https://wildlife.faa.gov.\nFrom the npm package vega-datasets {}, file data/birdstrikes.csv, unchanged.\n\n\
         Licence: data of the United States Government (17 U.S.C. 105: no copyright there;\n\
         https://resources.data.gov/open-licenses/), as the package's datapackage.json says of this file. The package's own \
         licence,\nBSD-3-Clause, is for its software, none of which is here.\n",
        version(&package)?
    );
    process::write(&folder.join("LICENCE.txt"), about)
}

fn browser_compat(site: &Site) -> Result<()> {
    let package = site.root.join(BROWSER_COMPAT);
    let folder = site.staging.join("data/browser-compat");
    let data: Value = serde_json::from_str(&process::read(&package.join("data.json"))?)?;
    let mut records = Vec::new();
    flatten(&data[PART], PART, &mut records);
    ensure!(
        !records.is_empty(),
        "{BROWSER_COMPAT} holds no features: delete node_modules and try again"
    );
    let mut lines = String::from("[\n");
    for (index, record) in records.iter().enumerate() {
        let end = if index + 1 < records.len() { "," } else { "" };
        lines.push_str(&format!("{record}{end}\n"));
    }
    lines.push_str("]\n");
    process::write(&folder.join("browser-compat.json"), lines)?;
    let licence = process::read(&package.join("LICENSE"))?;
    let about = format!(
        "Browser compatibility\n\nSource: MDN, https://github.com/mdn/browser-compat-data.\nFrom the npm package \
         @mdn/browser-compat-data {}, file data.json. Of the part “{PART}”, each feature is a record here, with its path;\n\
         kept are {}, and the support by {}, without its {LEFT_OUT}.\n\nThe licence, CC0 1.0, follows.\n\n{licence}",
        version(&package)?,
        FIELDS.join(", "),
        BROWSERS.join(", "),
    );
    process::write(&folder.join("LICENCE.txt"), about)
}

/// A record for each feature of this part of the tree, in the order of its paths.
fn flatten(part: &Value, path: &str, records: &mut Vec<Value>) {
    let Some(entries) = part.as_object() else {
        return;
    };
    if let Some(feature) = entries.get("__compat") {
        records.push(record(feature, path));
    }
    for (name, inner) in entries {
        if name != "__compat" {
            flatten(inner, &format!("{path}.{name}"), records);
        }
    }
}

fn record(feature: &Value, path: &str) -> Value {
    let mut record = Map::from_iter([("path".to_owned(), json!(path))]);
    let kept = |of: &Value, names: &[&str]| -> Vec<(String, Value)> {
        let there = names.iter().filter(|name| !of[**name].is_null());
        there
            .map(|name| ((*name).to_owned(), of[*name].clone()))
            .collect()
    };
    record.extend(kept(feature, &FIELDS));
    let mut support = Map::from_iter(kept(&feature["support"], &BROWSERS));
    for statements in support.values_mut() {
        match statements {
            Value::Array(all) => all.iter_mut().for_each(shorten),
            one => shorten(one),
        }
    }
    record.insert("support".to_owned(), Value::Object(support));
    Value::Object(record)
}

fn shorten(statement: &mut Value) {
    if let Some(fields) = statement.as_object_mut() {
        fields.remove(LEFT_OUT);
    }
}

/// The version of an npm package.
fn version(package: &Path) -> Result<String> {
    let file = package.join("package.json");
    let manifest: Value = serde_json::from_str(&process::read(&file)?)?;
    let version = manifest["version"].as_str();
    Ok(version
        .with_context(|| format!("{} names no version", file.display()))?
        .to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::flatten;

    #[test]
    fn each_feature_is_a_record_with_its_path() {
        let tree = json!({
            "A": {
                "__compat": {
                    "mdn_url": "https://example.org",
                    "status": {"deprecated": false},
                    "support": {
                        "chrome": {"version_added": "1", "notes": "Only <b>now</b>."},
                        "edge": {"version_added": "2"},
                        "safari": [{"version_added": "4"}, {"version_added": "3", "notes": ["a", "b"]}]
                    }
                },
                "b": {"__compat": {"tags": ["x"], "support": {}}}
            },
            "C": {"d": {"__compat": {"support": {"firefox": {"version_added": false}}}}}
        });
        let mut records = Vec::new();
        flatten(&tree, "api", &mut records);
        let expected = json!([
            {
                "path": "api.A",
                "status": {"deprecated": false},
                "support": {"chrome": {"version_added": "1"}, "safari": [{"version_added": "4"}, {"version_added": "3"}]}
            },
            {"path": "api.A.b", "tags": ["x"], "support": {}},
            {"path": "api.C.d", "support": {"firefox": {"version_added": false}}}
        ]);
        assert_eq!(json!(records), expected);
    }
}
