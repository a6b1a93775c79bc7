//! An example around a lab, as a visitor works with it; the lab is acted here.
#![allow(clippy::unwrap_used, clippy::panic)]

mod acted;

use lessons::example::{Example, ExampleError, page};
use serde_json::json;
use widgets::{Detail, Lab};

use self::acted::{Acted, Input, Visit, bars, choice, example, ready};

#[test]
fn the_lab_is_set_up_after_it_has_heard_where_it_runs() {
    let visit = Visit::new(example());
    assert_eq!(visit.effects, ["changed size"]);
    assert_eq!(visit.text("lab"), "size 80");
}

#[test]
fn what_the_visitor_does_meanwhile_comes_after_the_lab_is_set_up() {
    let mut waiting = example();
    waiting["start"] = json!([{ "change": "size", "to": "81" }, { "change": "size", "to": "70" }]);
    let mut visit = Visit::new(waiting);
    visit.predict("70");
    visit.press("run");
    assert!(visit.effects.is_empty(), "the lab is at something");
    assert_eq!(visit.text("lab"), "size 81");
    visit.hear(Input::Machine);
    assert_eq!(visit.effects, ["changed size", "run"]);
    assert!(visit.says().contains("exactly right"), "{}", visit.says());
}

#[test]
fn a_run_before_the_prediction_says_so_and_does_not_run() {
    let mut visit = Visit::new(example());
    visit.press("run");
    assert!(visit.effects.is_empty());
    assert!(
        visit.says().contains("First say what you expect"),
        "{}",
        visit.says()
    );
    visit.press("something-else");
    assert_eq!(
        visit.effects,
        ["something-else"],
        "other presses are the lab's"
    );
    visit.predict("100");
    visit.press("run");
    assert_eq!(visit.effects, ["run"]);
}

#[test]
fn a_number_is_locked_and_compared() {
    let mut visit = Visit::new(example());
    visit.press("example-predict");
    assert!(
        visit.says().contains("Write a number first"),
        "{}",
        visit.says()
    );
    visit.predict("many");
    assert!(
        visit.says().contains("“many” is no number"),
        "{}",
        visit.says()
    );
    visit.predict("1,00");
    assert!(visit.says().contains("locked"), "{}", visit.says());
    visit.change("example-guess", "80");
    visit.press("run");
    assert_eq!(
        visit.says(),
        "You said 100 bytes; it was 80 bytes: 25 % too high. Below the lab you find why, and a task."
    );
    assert!(
        visit
            .text("example-verdict")
            .contains("Because of its size.")
    );
    assert_eq!(visit.text("example-reason"), "", "it is told above now");
    assert!(
        visit
            .text("example-task")
            .contains("Not yet. It is still 50 or more.")
    );
}

#[test]
fn only_the_first_run_is_what_was_predicted() {
    let mut visit = Visit::new(example());
    visit.predict("80");
    visit.press("stopped-run");
    assert!(
        !visit.example.is_compared(),
        "what it is about was not found"
    );
    visit.press("run");
    assert!(visit.says().contains("exactly right"), "{}", visit.says());
    visit.change("size", "60");
    visit.press("run");
    assert_eq!(
        visit.says(),
        "The task is not solved yet: It is still 50 or more."
    );
    assert!(visit.text("example-verdict").contains("it was 80 bytes"));
}

#[test]
fn the_first_check_that_does_not_hold_is_told_until_the_task_is_solved() {
    let mut visit = Visit::new(example());
    visit.predict("80");
    visit.press("run");
    assert_eq!(
        visit.example.failing().unwrap().message,
        "It is still 50 or more."
    );
    visit.change("size", "20");
    assert!(!visit.example.is_solved(), "nothing has run since");
    visit.press("run");
    assert_eq!(visit.says(), "The task is solved.");
    assert!(visit.example.failing().is_none());
    assert!(visit.text("example-task").contains("Solved."));
    visit.change("size", "80");
    visit.press("run");
    assert!(visit.says().contains("not solved yet"), "{}", visit.says());
}

#[test]
fn a_task_can_be_solved_in_the_first_run_but_not_be_smaller_than_itself() {
    let mut visit = Visit::new(example());
    visit.change("size", "20");
    visit.press("example-skip");
    visit.press("run");
    assert_eq!(
        visit.says(),
        "It was 20 bytes. Below the lab you find why, and a task."
    );
    assert!(
        visit
            .text("example-task")
            .contains("It is no smaller than at first.")
    );
}

#[test]
fn who_would_rather_not_guess_sees_what_was_found() {
    let mut visit = Visit::new(choice());
    visit.press("example-skip");
    assert!(visit.says().contains("No prediction this time"));
    visit.press("run");
    assert!(
        visit.says().starts_with("It was: large it is."),
        "{}",
        visit.says()
    );
    assert!(visit.text("example-verdict").starts_with("What was found"));
}

#[test]
fn a_choice_is_right_or_not() {
    for (chosen, said) in [
        ("1", "You were right: large it is."),
        ("0", "You said: small it is. It was: large it is."),
    ] {
        let mut visit = Visit::new(choice());
        visit.press("example-predict");
        assert!(
            visit.says().contains("Choose one first."),
            "{}",
            visit.says()
        );
        visit.predict(chosen);
        visit.press("run");
        assert!(visit.says().starts_with(said), "{}", visit.says());
    }
    let mut visit = Visit::new(choice());
    visit.predict("7");
    assert!(
        visit.says().contains("Choose one first."),
        "there is no such choice"
    );
}

#[test]
fn bars_on_a_scale_are_compared_as_they_are_drawn() {
    let mut visit = Visit::new(bars(Some(200.0)));
    visit.change("example-bar-0", "40");
    visit.change("example-bar-99", "40");
    visit.change("example-bar-1", "999");
    visit.press("example-predict");
    visit.press("run");
    // Drawn 80 and 200, found 80 and 100.
    assert!(
        visit.says().starts_with(
            "You drew the right one longest: B. On average your bars are off by 50 % of the longest."
        ),
        "{}",
        visit.says()
    );
    insta::assert_snapshot!("bars", visit.page["example-verdict"]);
}

#[test]
fn bars_without_a_scale_are_compared_by_how_they_compare() {
    let mut visit = Visit::new(bars(None));
    visit.change("example-bar-0", "50");
    visit.change("example-bar-1", "40");
    visit.press("example-predict");
    visit.press("run");
    // Drawn 100 and 80 when the longest is as long as the longest found, which are 80 and 100.
    assert!(
        visit
            .says()
            .starts_with("You drew A longest; it was B. On average your bars are off by 20 %"),
        "{}",
        visit.says()
    );
}

#[test]
fn skipped_bars_are_listed() {
    let mut visit = Visit::new(bars(None));
    visit.press("example-skip");
    visit.press("run");
    assert!(
        visit.says().starts_with("It was: A 80, B 100."),
        "{}",
        visit.says()
    );
}

#[test]
fn each_answer_has_its_explanation() {
    let mut visit = Visit::new(example());
    visit.change("example-answer", "1");
    assert!(visit.says().contains("That is not it."), "{}", visit.says());
    assert_eq!(visit.text("example-answer"), "That is not it.No, not so.");
    visit.change("example-answer", "0");
    assert!(visit.says().contains("That is right."), "{}", visit.says());
    assert_eq!(visit.text("example-answer"), "That is right.Just so.");
    visit.change("example-answer", "7");
    assert_eq!(visit.text("example-answer"), "That is right.Just so.");
}

#[test]
fn begun_anew_everything_is_as_at_the_beginning() {
    let mut visit = Visit::new(example());
    let at_first = visit.page.clone();
    visit.predict("80");
    visit.press("run");
    visit.change("size", "20");
    visit.change("example-answer", "0");
    visit.press("example-reset");
    assert_eq!(visit.effects, ["changed size"]);
    visit.page.remove("example-status");
    for (region, html) in at_first {
        if region != "example-status" {
            assert_eq!(visit.page[&region], html, "{region}");
        }
    }
    visit.press("run");
    assert!(visit.effects.is_empty(), "it is locked again");
}

#[test]
fn while_a_run_goes_on_only_the_lab_is_shown() {
    let visit = Visit::new(example());
    let regions = visit.example.view(Detail::Brief);
    let names: Vec<_> = regions.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["progress"]);
}

#[test]
fn the_page_before_anything_is_loaded() {
    let mut visit = Visit::new(example());
    visit.press("nothing");
    let html = page(&ready(example()), "<p>the lab</p>").unwrap();
    // What is on the page is what the first view gives, so that nothing moves when it comes to life.
    for (region, content) in &visit.page {
        if region != "lab" {
            assert!(html.contains(content.as_str()), "{region}");
        }
    }
    insta::assert_snapshot!("page", html.replace("><", ">\n<"));
}

#[test]
fn the_page_of_choices_and_bars() {
    let of_choices = page(&ready(choice()), "").unwrap();
    let of_bars = page(&ready(bars(Some(200.0))), "").unwrap();
    insta::assert_snapshot!(
        "page_choices_bars",
        format!("{of_choices}\n{of_bars}").replace("><", ">\n<")
    );
}

#[test]
fn what_is_no_good_example_is_refused() {
    let refused = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut example = example();
        change(&mut example);
        let lab = Box::new(Acted::default());
        Example::new(ready(example), "acted", lab)
            .unwrap_err()
            .code()
    };
    assert_eq!(
        refused(&|e| e["example"]["lab"] = json!("formats")),
        "example-other-lab"
    );
    assert_eq!(refused(&|e| e["example"]["run"] = json!([])), "example-run");
    assert_eq!(
        refused(&|e| e["example"]["run"] = json!(["example-reset"])),
        "example-run"
    );
    assert_eq!(
        refused(&|e| e["start"] = json!([{ "press": "run" }])),
        "example-start"
    );
    assert_eq!(
        refused(&|e| e["start"] = json!([{ "change": "example-guess", "to": "1" }])),
        "example-start"
    );
    assert_eq!(
        refused(&|e| e["example"]["task"]["hints"] = json!(["a"])),
        "example-hints"
    );
    assert_eq!(
        refused(&|e| e["example"]["task"]["check"] = json!([])),
        "example-checks"
    );
    assert_eq!(
        refused(&|e| e["example"]["task"]["check"][0]["fact"] = json!("run.ms")),
        "example-time"
    );
    assert_eq!(
        refused(&|e| e["example"]["task"]["check"][0]["to"] =
            json!({ "fact": "first.formats.csv.read_ms" })),
        "example-time"
    );
    assert_eq!(
        refused(&|e| e["example"]["why"]["answers"][1]["right"] = json!(true)),
        "example-answers"
    );
    for text in [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<b data-press=run>",
    ] {
        assert_eq!(
            refused(&|e| e["example"]["goal"] = json!(text)),
            "example-markup"
        );
        assert_eq!(
            refused(&|e| e["example"]["why"]["answers"][0]["explanation"] = json!(text)),
            "example-markup"
        );
    }
    assert_eq!(
        refused(&|e| e["example"]["goal"] = json!("x".repeat(40_000))),
        "example-too-long"
    );
    let mut bars = bars(Some(0.0));
    bars["example"]["prediction"]["most"] = json!(-1.0);
    let lab = Box::new(Acted::default());
    assert_eq!(
        Example::new(ready(bars), "acted", lab).unwrap_err(),
        ExampleError::Prediction
    );
}

#[test]
fn what_is_text_is_never_markup() {
    let mut hostile = choice();
    hostile["id"] = json!("\"><script>alert(1)</script>");
    hostile["example"]["prediction"]["choices"] = json!(["<script>alert(1)</script>", "b"]);
    hostile["example"]["task"]["check"][0]["message"] = json!("<img src=x onerror=alert(1)>");
    let mut visit = Visit::new(hostile);
    visit.predict("0");
    visit.press("run");
    let all: String = visit.page.values().cloned().collect();
    assert!(!all.contains("<script") && !all.contains("<img"), "{all}");
    assert!(all.contains("&lt;script"));
}
