//! The lessons can be read, and nothing in them is wrong.

use std::path::Path;

use anyhow::Result;

use crate::lessons;

/// Reads all lessons; the remark says what there is.
pub(super) fn run(root: &Path) -> Result<String> {
    let content = lessons::read(root)?;
    let examples: usize = content
        .lessons()
        .map(|(_, lesson)| lesson.examples.len())
        .sum();
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
