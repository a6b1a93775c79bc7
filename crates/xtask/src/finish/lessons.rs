//! The lessons' pages, their examples as JSON, the feed and the list of pages.

use std::path::Path;

use anyhow::{Context, Result};
use language::t;
use lessons::content::{ADDRESS, Content, Example, FOLDER, Lesson};
use lessons::{address, example, feed, fold, render, sitemap};

use super::Site;
use super::pages::{Frame, Page};
use crate::{generated, process};

const INDEX: &str = "index.html";

/// Writes everything about lessons.
///
/// # Errors
/// When a file cannot be written, or an example's lab has no recorded view.
pub(super) fn write(site: &Site, content: &Content, frame: &Frame) -> Result<()> {
    let feed = feed::atom(content, frame.address.as_deref().unwrap_or_default());
    let write = |address: &str, title: &str, summary: &str, main: &str| {
        let page = Page {
            address,
            title,
            description: summary,
            feed: feed.is_some(),
            main,
        };
        process::write(&site.staging.join(address).join(INDEX), frame.page(&page)?)
    };
    let about = t!(
        "Short lessons on where data should live and how work runs in parallel, with examples that run in your browser."
    );
    write(ADDRESS, &t!("Lessons"), &about, &render::index(content))?;
    for course in &content.courses {
        let page = render::course(course);
        write(&course.address(), &course.title, &course.summary, &page)?;
    }
    for (course, lesson) in content.lessons() {
        let page = render::lesson(content, course, lesson, |example| shown(lesson, example))?;
        write(&lesson.address, &lesson.title, &lesson.summary, &page)?;
        beside(site, lesson)?;
    }
    // In other languages there are only pages: these are of all.
    if site.language.is_some() {
        return Ok(());
    }
    if let Some(feed) = feed {
        process::write(&site.staging.join(feed::FILE), feed)?;
    }
    if let Some(base) = &frame.address {
        let others = others(&site.staging)?;
        let pages = others.iter().map(String::as_str);
        let list = sitemap::sitemap(content, base, pages);
        process::write(&site.staging.join(sitemap::FILE), list)?;
    }
    Ok(())
}

/// An example as its page shows it.
fn shown(lesson: &Lesson, found: &Example) -> Result<String> {
    let lab = &found.ready.example.lab;
    let recorded = generated::recorded(lab)
        .with_context(|| format!("{}: the lab `{lab}` has no recorded view", found.file))?;
    let recorded = fold::folded(&recorded, &found.ready);
    let inner = example::page(&found.ready, &recorded)
        .with_context(|| format!("{}: the example cannot be shown", found.file))?;
    let root = address::root(&lesson.address);
    // Views do not know where their page is.
    let inner = inner.replace("href=\"%ROOT%", &format!("href=\"{root}"));
    Ok(render::element(found, &inner, &root))
}

/// What is beside a lesson's page: examples as the kernel reads them, and images.
fn beside(site: &Site, lesson: &Lesson) -> Result<()> {
    for example in lesson.examples.iter().filter(|_| site.language.is_none()) {
        let json = serde_json::to_string(&example.ready)?;
        process::write(&site.staging.join(&example.address), json)?;
    }
    for image in &lesson.images {
        let source = site.root.join(FOLDER).join(image);
        let name = source.file_name().context("an image has no name")?;
        let content = std::fs::read(&source).with_context(|| format!("{image} cannot be read"))?;
        process::write(&site.staging.join(&lesson.address).join(name), content)?;
    }
    Ok(())
}

/// The site's other pages: folders that have an index, and the front page.
fn others(staging: &Path) -> Result<Vec<String>> {
    let mut pages = vec![String::new()];
    for entry in std::fs::read_dir(staging)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().join(INDEX).is_file() {
            pages.push(format!("{name}/"));
        }
    }
    Ok(pages)
}
