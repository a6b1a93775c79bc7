//! The lessons can be read, and nothing in them is wrong: each task is unsolved at first, and solved by its solution.

use std::path::Path;

use ::lessons::content::Content;
use anyhow::{Result, bail};
use rehearsal::rehearse;

use crate::{lessons, project};

/// Reads all lessons; the remark says what there is.
pub(super) fn run(root: &Path) -> Result<String> {
    let content = lessons::read(root)?;
    let examples: usize = content
        .lessons()
        .map(|(_, lesson)| lesson.examples.len())
        .sum();
    let wrong = rehearsed(root, &content);
    if !wrong.is_empty() {
        bail!("{}", wrong.join("\n"));
    }
    let undated = content
        .lessons()
        .filter(|(_, lesson)| lesson.updated.is_none())
        .count();
    let mut remark = format!(
        "{} courses, {} lessons, {examples} examples",
        content.courses.len(),
        content.lessons().count()
    );
    if undated > 0 {
        remark.push_str(&format!(
            ", {undated} lessons without `updated`, so not in the feed"
        ));
    }
    Ok(remark)
}

/// Goes through all examples; what is wrong with them.
fn rehearsed(root: &Path, content: &Content) -> Vec<String> {
    let dist = project::dist(root);
    let files = |path: &str| {
        let file = dist.join(path);
        std::fs::read(&file)
            .map_err(|error| format!("{path} of the built site cannot be read ({error})"))
    };
    let lessons = content.lessons();
    let examples = lessons.flat_map(|(_, lesson)| &lesson.examples);
    examples
        .filter_map(|example| {
            let fault = rehearse(&example.ready, &files).err()?;
            Some(format!("{}: {fault} ({})", example.file, fault.code()))
        })
        .collect()
}
