//! The pages that lessons become, the feed and the list of pages.

#![allow(clippy::unwrap_used, clippy::panic)]

mod fixture;

use fixture::{LINES, change, files, read};
use lessons::content::{Content, Example};
use lessons::{feed, render, sitemap};

fn content() -> Content {
    read(&files()).unwrap()
}

fn page(content: &Content, course: usize, lesson: usize) -> String {
    let course = &content.courses[course];
    let shown = |example: &Example| -> Result<String, lessons::example::ExampleError> {
        let inner = lessons::example::page(&example.ready, "<p>recorded</p>")?;
        Ok(render::element(example, &inner, "../../../"))
    };
    render::lesson(content, course, &course.lessons[lesson], shown).unwrap()
}

#[test]
fn a_lesson_says_where_it_is_and_what_comes_next() {
    let content = content();
    let first = page(&content, 0, 0);
    assert!(first.contains("<h1>Lines &lt;of&gt; text</h1>"), "{first}");
    assert!(first.contains("Lesson 1 of 2, about 5 minutes"), "{first}");
    assert!(first.contains("<a href=\"../../../lessons/files/\">Files &amp; folders</a>"));
    assert!(!first.contains("rel=\"prev\""));
    assert!(first.contains("rel=\"next\" href=\"../../../lessons/files/trees/\""));
    let last = page(&content, 1, 0);
    assert!(last.contains("rel=\"prev\" href=\"../../../lessons/files/trees/\""));
    assert!(!last.contains("rel=\"next\""));
}

#[test]
fn an_outline_is_there_when_there_is_something_to_choose() {
    let content = content();
    let trees = page(&content, 0, 1);
    assert!(trees.contains(
        "<li><a href=\"#deep-trees\">Deep trees</a><ol><li><a href=\"#deeper\">Deeper</a></li></ol></li>"
    ), "{trees}");
    assert!(!page(&content, 0, 0).contains("class=\"outline\""));
}

#[test]
fn all_of_an_example_can_be_read() {
    let page = page(&content(), 0, 0);
    for wanted in [
        "<joblet-lab class=\"example\" id=\"example-count\" name=\"formats\" data-root=\"../../../\" data-example=\"lessons/files/lines/count.json\" data-kept=\"files/lines/count\">",
        "See what a line costs.",
        "How many <em>bytes</em>?",
        "<p>recorded</p>",
        "<p>Each line has its <code>end</code>.</p>",
        "<p>Make it smaller.</p>",
        "<p>Fewer rows.</p>",
        "<p>Set rows to 10.</p>",
        "<p>Ten rows do it",
        "Because of <code>\\n</code>.",
        "<p>Yes.</p>",
        "<p>No.</p>",
    ] {
        assert!(page.contains(wanted), "{wanted}: {page}");
    }
    let ids: Vec<&str> = page
        .split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let mut unique = ids.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), ids.len(), "{ids:?}");
}

#[test]
fn the_example_is_drawn_by_who_calls_and_its_error_told() {
    let content = content();
    let course = &content.courses[0];
    let refused = render::lesson(&content, course, &course.lessons[0], |example| {
        Err::<String, _>(example.address.clone())
    });
    assert_eq!(refused, Err("lessons/files/lines/count.json".to_owned()));
}

#[test]
fn courses_and_lessons_are_listed() {
    let content = content();
    let index = render::index(&content);
    assert!(index.contains("href=\"../lessons/work/loop/\""), "{index}");
    let course = render::course(&content.courses[0]);
    assert!(
        course.contains("href=\"../../lessons/files/lines/\">Lines &lt;of&gt; text</a>"),
        "{course}"
    );
    assert!(course.contains("What is <em>kept</em>"), "{course}");
    let list = render::list(&content, "./", 3);
    assert!(
        list.contains("<h3><a href=\"./lessons/files/\">Files &amp; folders</a></h3>"),
        "{list}"
    );
}

#[test]
fn the_feed_has_dated_lessons_the_latest_first() {
    let content = content();
    let feed = feed::atom(&content, "https://example.org/joblet/").unwrap();
    let lines = feed
        .find("https://example.org/joblet/lessons/files/lines/")
        .unwrap();
    let work = feed
        .find("https://example.org/joblet/lessons/work/loop/")
        .unwrap();
    assert!(lines < work, "{feed}");
    assert!(!feed.contains("trees"), "{feed}");
    assert!(
        feed.contains("<title>Lines &lt;of&gt; text</title>"),
        "{feed}"
    );
    assert!(
        feed.contains("<category term=\"Files &amp; folders\"/>"),
        "{feed}"
    );
    assert!(
        feed.contains("<updated>2026-11-22T00:00:00Z</updated>"),
        "{feed}"
    );
    assert_eq!(feed.matches("<entry>").count(), 2);
    assert_eq!(feed.matches("<id>urn:uuid:").count(), 3);
}

#[test]
fn names_in_the_feed_stay_when_the_site_moves() {
    let content = content();
    let ids = |base: &str| -> Vec<String> {
        let feed = feed::atom(&content, base).unwrap();
        let found = feed
            .split("<id>")
            .skip(1)
            .filter_map(|rest| rest.split('<').next());
        found.map(str::to_owned).collect()
    };
    assert_eq!(ids(""), ids("https://example.org/"));
    assert!(
        feed::atom(&content, "")
            .unwrap()
            .contains("href=\"lessons/files/lines/\"")
    );
}

#[test]
fn without_dates_there_is_no_feed() {
    let mut files = files();
    change(&mut files, LINES, "updated = \"2026-11-22\"\n", "");
    change(
        &mut files,
        "02-work/01-loop/index.md",
        "updated = \"2026-10-01\"\n",
        "",
    );
    assert_eq!(feed::atom(&read(&files).unwrap(), ""), None);
}

#[test]
fn the_list_of_pages_is_absolute() {
    let map = sitemap::sitemap(&content(), "https://example.org/a&b/", ["", "formats/"]);
    assert!(
        map.contains("<loc>https://example.org/a&amp;b/</loc>"),
        "{map}"
    );
    assert!(map.contains("<loc>https://example.org/a&amp;b/lessons/files/lines/</loc><lastmod>2026-11-22</lastmod>"), "{map}");
    assert_eq!(map.matches("<url>").count(), 8);
}
