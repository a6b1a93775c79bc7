//! A lab within a lesson is long, and an example needs a part of it: the rest is folded, one press away.

use language::t;
use maud::{PreEscaped, html};

use crate::example_file::{ReadyExample, Step};

/// How each region of a lab's page begins.
const REGION: &str = "<div data-region=\"";

/// The regions of each lab that an example may do without. All others are what it is set up with, and what it found.
const FURTHER: [(&str, &[&str]); 4] = [
    ("bytes", &["edit", "cut", "survival", "append", "other"]),
    ("cache-inspector", &["series", "harm"]),
    ("formats", &["times", "scatter", "transport", "table"]),
    ("sql-or-files", &["own", "own-rows"]),
];

/// A lab's page, as [`widgets::page`] makes it, with those regions folded that the example has no use for: in which nothing is
/// that runs it, sets it up, or solves its task.
pub fn folded(lab: &str, ready: &ReadyExample) -> String {
    let name = &ready.example.lab;
    let further = FURTHER.iter().find(|(lab, _)| lab == name);
    let further = further.map_or(&[] as &[&str], |(_, regions)| *regions);
    let mut page = String::with_capacity(lab.len());
    let mut fold = String::new();
    for region in regions(lab) {
        let name = region
            .strip_prefix(REGION)
            .and_then(|rest| rest.split('"').next());
        if name.is_some_and(|name| further.contains(&name)) && !is_used(region, ready) {
            fold.push_str(region);
        } else {
            page.push_str(&details(&std::mem::take(&mut fold)));
            page.push_str(region);
        }
    }
    page.push_str(&details(&fold));
    page
}

/// Regions that stand together, folded; nothing when there are none.
fn details(regions: &str) -> String {
    if regions.is_empty() {
        return String::new();
    }
    let parts = titles(regions).join(" · ");
    html! {
        details.further {
            summary { (PreEscaped(t!("More of this lab: {parts}", parts = parts))) }
            (PreEscaped(regions))
        }
    }
    .into_string()
}

/// The page cut before each region.
fn regions(page: &str) -> Vec<&str> {
    let mut starts: Vec<usize> = page.match_indices(REGION).map(|(at, _)| at).collect();
    starts.push(page.len());
    let mut from = 0;
    let mut regions = Vec::new();
    for start in starts {
        if start > from {
            regions.push(&page[from..start]);
        }
        from = start;
    }
    regions
}

/// Whether a control that the example names is in the region.
fn is_used(region: &str, ready: &ReadyExample) -> bool {
    let has = |kind: &str, control: &str| region.contains(&format!("data-{kind}=\"{control}\""));
    let steps = ready.start.iter().chain(&ready.solution);
    ready.example.run.iter().any(|run| has("press", run))
        || steps.into_iter().any(|step| match step {
            Step::Change { control, .. } => has("change", control),
            Step::Press { control } => has("press", control),
        })
}

/// The headings that are as high as the first one, or the legend where there is no heading; as HTML, without markup in them.
fn titles(regions: &str) -> Vec<String> {
    let mut titles = Vec::new();
    for region in self::regions(regions) {
        let level = ["h2", "h3", "legend"]
            .into_iter()
            .find(|tag| region.contains(&format!("<{tag}")));
        let Some(level) = level else { continue };
        for part in region.split(&format!("<{level}")).skip(1) {
            let inner = part.split_once('>').map_or("", |(_, rest)| rest);
            let inner = inner.split(&format!("</{level}>")).next();
            titles.push(without_tags(inner.unwrap_or_default()));
        }
    }
    titles
}

fn without_tags(html: &str) -> String {
    let mut parts = html.split('<');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push_str(part.split_once('>').map_or("", |(_, rest)| rest));
    }
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::folded;
    use crate::example_file::ReadyExample;

    const LAB: &str = "<div data-region=\"views\" class=\"region\"><h2>Views</h2></div>\
        <div data-region=\"edit\" class=\"region\"><button data-press=\"read-back\"></button></div>\
        <div data-region=\"cut\" class=\"region\"><h2>Cut <i>it</i></h2><input data-change=\"cut\"></div>\
        <div data-region=\"append\" class=\"region\"><legend>Append</legend></div>";

    fn example(run: &str, start: &serde_json::Value) -> Result<ReadyExample, serde_json::Error> {
        serde_json::from_value(json!({
            "id": "a/b/c", "start": start, "solution": [],
            "example": {
                "goal": "", "lab": "bytes", "run": [run],
                "prediction": { "kind": "number", "question": "", "actual": "bytes.size", "why": "" },
                "task": { "text": "", "hints": ["", "", ""], "solution": "", "check": [] },
                "why": { "question": "", "answers": [] },
            },
        }))
    }

    #[test]
    fn what_the_example_has_no_use_for_is_folded_together_and_named() -> serde_json::Result<()> {
        let page = folded(LAB, &example("read-back", &json!([]))?);
        let (open, fold) = page.split_once("<details").unwrap_or_default();
        assert!(
            open.contains("views") && open.contains("read-back"),
            "{page}"
        );
        assert!(
            fold.contains("<summary>More of this lab: Cut it · Append</summary>"),
            "{page}"
        );
        assert_eq!(page.matches("data-region").count(), 4, "{page}");
        assert_eq!(page.matches("<details").count(), 1, "{page}");
        Ok(())
    }

    #[test]
    fn what_it_is_set_up_with_stays_open() -> serde_json::Result<()> {
        let start = json!([{ "change": "cut", "to": "3" }]);
        let page = folded(LAB, &example("write", &start)?);
        let order = [
            "views",
            "<details",
            "read-back",
            "</details>",
            "data-change=\"cut\"",
            "<details",
        ];
        let mut rest = page.as_str();
        for part in order {
            let after = rest.split_once(part);
            assert!(after.is_some(), "{part} is not in its place: {page}");
            rest = after.map_or("", |(_, after)| after);
        }
        assert_eq!(page.matches("<details").count(), 2, "{page}");
        Ok(())
    }

    #[test]
    fn another_lab_is_left_as_it_is() -> serde_json::Result<()> {
        let mut ready = example("run", &json!([]))?;
        ready.example.lab = "durability".to_owned();
        assert_eq!(folded(LAB, &ready), LAB);
        Ok(())
    }
}
