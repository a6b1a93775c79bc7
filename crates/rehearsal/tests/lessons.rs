//! All examples of the lessons, gone through natively.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};

use lessons::example_file::{ExampleFile, Html, ReadyExample, SetUp};
use rehearsal::rehearse;

/// Where the content is.
fn content() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/lessons")
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(of) else {
        return Vec::new();
    };
    let mut found: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

fn steps(file: &Path) -> SetUp {
    toml::from_str(&fs::read_to_string(file).unwrap())
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// An example as it is written; its Markdown is of no concern here.
fn read(file: &Path) -> ReadyExample {
    let lesson = file.parent().unwrap();
    let name = file.file_name().unwrap();
    let mut example: ExampleFile<Html> = toml::from_str(&fs::read_to_string(file).unwrap())
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let empty = || Html(String::new());
    (
        example.goal,
        example.prediction.question,
        example.prediction.why,
    ) = (empty(), empty(), empty());
    (
        example.task.text,
        example.task.solution,
        example.why.question,
    ) = (empty(), empty(), empty());
    example
        .task
        .hints
        .iter_mut()
        .for_each(|hint| *hint = empty());
    for answer in &mut example.why.answers {
        (answer.text, answer.explanation) = (empty(), empty());
    }
    ReadyExample {
        id: file.file_stem().unwrap().to_string_lossy().into_owned(),
        start: steps(&lesson.join("start").join(name)).steps,
        solution: steps(&lesson.join("solution").join(name)).steps,
        example,
    }
}

#[test]
fn each_task_is_unsolved_at_first_and_solved_by_its_solution() {
    // A bundled data set is in the built site only; examples that need one are gone through in the browser.
    let no_files = |path: &str| Err(format!("{path} is in the built site only"));
    let only = std::env::var("EXAMPLE").unwrap_or_default();
    let mut wrong = Vec::new();
    for course in folders(&content()) {
        for lesson in folders(&course) {
            let examples = folders(&lesson).into_iter();
            let is_example = |file: &PathBuf| file.extension().is_some_and(|end| end == "toml");
            for file in examples.filter(is_example) {
                if !file.to_string_lossy().contains(&only) {
                    continue;
                }
                if let Err(fault) = rehearse(&read(&file), &no_files) {
                    wrong.push(format!("{}: {fault} ({})", file.display(), fault.code()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
