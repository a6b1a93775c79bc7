//! Content is read whole, and everything an author can get wrong is told with file, line and code.

#![allow(clippy::unwrap_used, clippy::panic)]

mod fixture;

use fixture::{FLAT, LINES, change, faults, files, read};
use lessons::content::Content;
use lessons::markdown::Piece;

fn content() -> Content {
    read(&files()).unwrap()
}

#[test]
fn slugs_and_order_come_from_the_folders() {
    let content = content();
    let addresses: Vec<&str> = content
        .lessons()
        .map(|(_, lesson)| lesson.address.as_str())
        .collect();
    let wanted = [
        "lessons/files/lines/",
        "lessons/files/trees/",
        "lessons/work/loop/",
    ];
    assert_eq!(addresses, wanted);
    assert_eq!(content.courses[0].title, "Files & folders");
    assert_eq!(
        content.courses[0].introduction,
        "<p>What is <em>kept</em>, and <a href=\"../../formats/\">where</a>.</p>\n"
    );
}

#[test]
fn numbers_are_sorted_as_numbers() {
    let mut files = files();
    let moved: Vec<(String, Vec<u8>)> = files
        .iter()
        .filter(|(path, _)| path.starts_with("02-work/"))
        .map(|(path, bytes)| (path.replace("02-work", "010-work"), bytes.clone()))
        .collect();
    files.retain(|path, _| !path.starts_with("02-work/"));
    files.extend(moved);
    let content = read(&files).unwrap();
    assert_eq!(content.courses[1].slug, "work");
}

#[test]
fn a_lesson_is_pieces_with_examples_between() {
    let content = content();
    let lesson = &content.courses[0].lessons[0];
    assert_eq!(lesson.minutes, 5);
    assert_eq!(lesson.pieces[1], Piece::Example("count".to_owned()));
    let Piece::Html(after) = &lesson.pieces[2] else {
        panic!("{:?}", lesson.pieces);
    };
    assert!(after.starts_with("<h2 id=\"costs\">Costs</h2>"), "{after}");
    assert!(after.contains("<td class=\"end\">3</td>"), "{after}");
    assert!(after.contains("<td>a &amp; b</td>"), "{after}");
    assert!(
        after.contains("print(&quot;&lt;b&gt;&quot;)") || after.contains("print(\"&lt;b&gt;\")")
    );
    assert!(!after.contains("style="), "{after}");
    let Piece::Html(before) = &lesson.pieces[0] else {
        panic!("{:?}", lesson.pieces);
    };
    assert!(
        before.contains("href=\"../../../lessons/files/trees/#deep-trees\""),
        "{before}"
    );
    assert!(before.contains("href=\"#costs\""), "{before}");
}

#[test]
fn notes_are_numbered_once_and_lead_back() {
    let content = content();
    let lesson = &content.courses[0].lessons[0];
    let all = format!("{:?}", lesson.pieces);
    assert_eq!(all.matches("#note-1\\\"").count(), 2, "{all}");
    assert_eq!(all.matches("id=\\\"note-1-from\\\"").count(), 1, "{all}");
    assert_eq!(lesson.notes.matches("<li").count(), 1);
    assert!(lesson.notes.contains("href=\"#note-1-from\""));
    assert!(
        lesson.notes.contains("RFC 4180</a>, section 2. <a"),
        "{}",
        lesson.notes
    );
}

#[test]
fn headings_of_the_same_words_have_ids_of_their_own() {
    let content = content();
    let outline: Vec<(u8, &str)> = content.courses[0].lessons[1]
        .outline
        .iter()
        .map(|heading| (heading.level, heading.id.as_str()))
        .collect();
    assert_eq!(
        outline,
        [(2, "deep-trees"), (3, "deeper"), (2, "deep-trees-2")]
    );
}

#[test]
fn an_example_is_ready_for_the_page() {
    let content = content();
    let example = &content.courses[0].lessons[0].examples[0];
    assert_eq!(example.address, "lessons/files/lines/count.json");
    assert_eq!(example.ready.id, "files/lines/count");
    assert_eq!(example.file, "content/lessons/01-files/01-lines/count.toml");
    let ready = &example.ready.example;
    assert_eq!(ready.prediction.question.0, "How many <em>bytes</em>?");
    assert_eq!(
        ready.task.hints[1].0,
        "<p>Look at <strong>rows</strong>.</p>\n"
    );
    assert!(
        ready
            .task
            .solution
            .0
            .contains("href=\"../../../lessons/files/trees/\"")
    );
    assert_eq!(
        (example.ready.start.len(), example.ready.solution.len()),
        (1, 2)
    );
    let json = serde_json::to_string(&example.ready).unwrap();
    let back: lessons::example_file::ReadyExample = serde_json::from_str(&json).unwrap();
    assert_eq!(back, example.ready);
}

#[test]
fn the_words_of_text_and_examples_can_be_searched() {
    let content = content();
    let words = &content.courses[0].lessons[0].words;
    for wanted in [
        "One record is one line.",
        "Costs",
        "a & b",
        "Ten rows do it: why",
        "RFC 4180",
    ] {
        assert!(words.contains(wanted), "{wanted}: {words}");
    }
    assert!(!words.contains('\n') && !words.contains("[^"), "{words}");
}

/// What is wrong after one change of one file, as `line code`.
fn after(path: &str, from: &str, to: &str) -> Vec<String> {
    let mut files = files();
    change(&mut files, path, from, to);
    faults(&files)
        .into_iter()
        .map(|fault| {
            assert_eq!(fault.file, format!("content/lessons/{path}"), "{fault}");
            format!("{} {}", fault.line, fault.problem.code())
        })
        .collect()
}

#[test]
fn what_is_wrong_in_a_text_is_told_with_line_and_code() {
    for (from, to, wanted) in [
        ("minutes = 5", "minutes = 5\nauthor = \"x\"", "5 toml"),
        ("minutes = 5\n", "", "2 toml"),
        ("minutes = 5", "minutes = \"five\"", "4 toml"),
        ("+++\ntitle", "title", "1 front-matter"),
        ("\"2026-11-22\"", "\"2026-11-31\"", "5 date"),
        ("\"A record is a line.\"", "\" \"", "3 empty"),
        ("../trees/#deep-trees", "../tree/", "8 dead-link"),
        ("../trees/#deep-trees", "../trees/#deep", "8 dead-link"),
        ("../trees/#deep-trees", "../trees", "8 dead-link"),
        (
            "../trees/#deep-trees",
            "mailto:a@example.org",
            "8 dead-link",
        ),
        ("(#costs)", "(#cost)", "8 dead-link"),
        ("As before.[^rfc]", "As before.[^rcf]", "22 dead-footnote"),
        ("[^rfc]: ", "[^x]: y\n\n[^rfc]: ", "24 unused-footnote"),
        ("As before", "<b>As</b> before", "22 raw-html"),
        ("As before", "<div>As before</div>", "22 raw-html"),
        ("## Costs", "# Costs", "12 heading-level"),
        ("## Costs", "#### Costs", "12 heading-level"),
        (
            "As before.[^rfc]",
            "Again.[^rfc]\n\n## Again {#costs}",
            "24 duplicate-id",
        ),
        ("As before", "![](a.png)", "22 missing-alternative"),
        ("As before", "![A picture](a.png)", "22 missing-file"),
        ("As before", "{{ example count }} as before", "22 braces"),
        (
            "As before.[^rfc]",
            "{{ example count }}",
            "22 repeated-example",
        ),
        (
            "As before.[^rfc]",
            "{{ example other }}",
            "22 unknown-example",
        ),
        ("As before.[^rfc]", "{{ exampel count }}", "22 braces"),
    ] {
        let found = after(LINES, from, to);
        assert!(
            found.contains(&wanted.to_owned()),
            "{to}: {found:?}, not {wanted}"
        );
    }
}

#[test]
fn what_is_wrong_in_an_example_is_told_with_line_and_code() {
    let path = "01-files/01-lines/count.toml";
    for (from, to, wanted) in [
        ("goal =", "gaol =", "1 toml"),
        ("unit = \"bytes\"", "unit = 5", "9 toml"),
        ("kind = \"number\"", "kind = \"bars\"", "5 toml"),
        ("is = \"<\"", "is = \"less\"", "20 toml"),
        ("lab = \"formats\"", "lab = \"format\"", "2 unknown-lab"),
        ("[\"measure\"]", "[]", "3 no-run"),
        (", \"Set rows to 10.\"", "", "14 hint-count"),
        ("right = true\n", "", "26 right-answers"),
        (
            "text = \"By chance.\"",
            "text = \"By chance.\"\nright = true",
            "26 right-answers",
        ),
        ("How many *bytes*?", "# How", "7 not-inline"),
        ("How many *bytes*?", "A\\n\\nB", "7 not-inline"),
        ("Make it smaller.", "", "13 empty"),
        ("](../trees/)", "](../tree/)", "15 dead-link"),
        ("Make it smaller.", "<b>x</b>", "13 raw-html"),
        ("Make it smaller.", "{{ example count }}", "13 braces"),
        ("Make it smaller.", "Small.[^rfc]", "13 dead-footnote"),
    ] {
        let found = after(path, from, to);
        assert!(
            found.contains(&wanted.to_owned()),
            "{to}: {found:?}, not {wanted}"
        );
    }
}

#[test]
fn too_few_answers_and_no_check_are_told() {
    let path = "01-files/01-lines/count.toml";
    let found = after(
        path,
        "[[why.answers]]\ntext = \"By chance.\"\nexplanation = \"No.\"\n",
        "",
    );
    assert_eq!(found, ["26 answer-count"]);
    let check = "[[task.check]]\nfact = \"formats.csv.bytes\"\nis = \"<\"\nto = 1000\nmessage = \"It still takes more than 1,000 bytes.\"\n";
    assert_eq!(after(path, check, "check = []\n"), ["18 no-check"]);
}

#[test]
fn what_is_wrong_in_steps_is_told_with_line_and_code() {
    let start = "01-files/01-lines/start/count.toml";
    let solution = "01-files/01-lines/solution/count.toml";
    assert_eq!(
        after(
            start,
            "change = \"rows\"\nto = \"100\"",
            "press = \"measure\""
        ),
        ["1 start-presses"]
    );
    assert_eq!(after(start, "to =", "ot ="), ["3 toml"]);
    assert_eq!(
        after(solution, "press = \"measure\"", "to = \"measure\""),
        ["4 toml"]
    );
    assert_eq!(
        after(solution, "press = \"measure\"", "press = 7"),
        ["5 toml"]
    );
}

/// What is wrong without, or with other, files: as `file:line code`.
fn told(make: impl FnOnce(&mut lessons::content::Files)) -> Vec<String> {
    let mut files = files();
    make(&mut files);
    faults(&files)
        .iter()
        .map(|fault| {
            let file = fault.file.strip_prefix("content/lessons/").unwrap();
            format!("{file}:{} {}", fault.line, fault.problem.code())
        })
        .collect()
}

#[test]
fn files_that_are_missing_are_told() {
    let without = |path: &'static str| {
        told(move |files| {
            files.remove(path).unwrap();
        })
    };
    assert_eq!(
        without("01-files/01-lines/start/count.toml"),
        ["01-files/01-lines/count.toml:1 missing-start"]
    );
    assert_eq!(
        without("01-files/01-lines/solution/count.toml"),
        ["01-files/01-lines/count.toml:1 missing-solution"]
    );
    assert_eq!(
        without("02-work/course.md"),
        ["02-work/course.md:1 missing-file"]
    );
    let found = without(LINES);
    assert!(
        found.contains(&format!("{LINES}:1 missing-file")),
        "{found:?}"
    );
}

#[test]
fn folders_without_number_and_with_the_same_name_are_told() {
    let copy = |to: &'static str| {
        told(move |files| {
            let text = files.get(FLAT).unwrap().clone();
            files.insert(format!("{to}/index.md"), text);
        })
    };
    assert_eq!(copy("01-files/more"), ["01-files/more/:1 folder-name"]);
    assert_eq!(
        copy("01-files/03-More"),
        ["01-files/03-More/:1 folder-name"]
    );
    assert_eq!(
        copy("01-files/03-trees"),
        ["01-files/03-trees/:1 duplicate-slug"]
    );
    assert_eq!(
        copy("01-files/02-more"),
        ["01-files/02-trees/:1 duplicate-number"]
    );
}

#[test]
fn files_that_nothing_uses_are_told() {
    let with =
        |path: &'static str| told(move |files| drop(files.insert(path.to_owned(), Vec::new())));
    assert_eq!(with("readme.txt"), ["readme.txt:1 stray-file"]);
    assert_eq!(
        with("01-files/01-lines/a.png"),
        ["01-files/01-lines/a.png:1 stray-file"]
    );
    assert_eq!(
        with("01-files/01-lines/x.toml"),
        ["01-files/01-lines/x.toml:1 unused-example"]
    );
    assert_eq!(
        with("01-files/01-lines/start/x.toml"),
        ["01-files/01-lines/start/x.toml:1 stray-file"]
    );
    let not_text = told(|files| drop(files.insert(FLAT.to_owned(), vec![0xff])));
    assert!(
        not_text.contains(&format!("{FLAT}:1 not-text")),
        "{not_text:?}"
    );
}

#[test]
fn a_fault_reads_as_a_sentence_with_its_place() {
    let mut files = files();
    change(&mut files, LINES, "../trees/#deep-trees", "../tree/");
    let said: Vec<String> = faults(&files).iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "content/lessons/01-files/01-lines/index.md:8:35: the link `../tree/` leads nowhere: there is no `/lessons/files/tree/` (dead-link)"
        ]
    );
}

#[test]
fn an_image_beside_the_page_goes_with_it() {
    let mut files = files();
    change(
        &mut files,
        FLAT,
        "Back to",
        "![A tree & its root](tree.svg)\n\nBack to",
    );
    files.insert("01-files/02-trees/tree.svg".to_owned(), b"<svg/>".to_vec());
    let content = read(&files).unwrap();
    let lesson = &content.courses[0].lessons[1];
    assert_eq!(lesson.images, ["01-files/02-trees/tree.svg"]);
    assert!(matches!(&lesson.pieces[0], Piece::Html(html)
        if html.contains("<img src=\"tree.svg\" alt=\"A tree &amp; its root\" loading=\"lazy\"")));
}
