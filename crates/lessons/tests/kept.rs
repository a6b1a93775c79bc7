//! What is kept of an example: it is found again on the next visit, begins anew when the visitor says so, and takes no
//! stranger's word.
#![allow(clippy::unwrap_used)]

mod acted;

use lessons::kept::{Kept, fingerprint};
use proptest::prelude::*;
use serde_json::json;

use self::acted::{Visit, bars, choice, example, ready};

/// Everything that the page shows.
fn all(visit: &Visit) -> String {
    format!("{:?}", visit.page)
}

#[test]
fn before_anything_is_done_there_is_nothing_to_keep() {
    let mut visit = Visit::new(example());
    assert_eq!(visit.kept(), "");
    visit.change("example-guess", "12");
    assert_eq!(visit.kept(), "", "what is not locked is no prediction");
}

#[test]
fn everything_that_was_done_is_kept_and_found_again() {
    let mut visit = Visit::new(example());
    visit.predict("100");
    let of = format!("{:016x}", fingerprint(&ready(example())));
    assert_eq!(
        visit.kept(),
        format!("v=1 of={of} kind=number said=100 runs=0 solved=0")
    );
    visit.press("run");
    visit.change("size", "20");
    visit.press("run");
    visit.change("example-answer", "1");
    let kept = visit.kept();
    assert_eq!(
        kept,
        format!(
            "v=1 of={of} kind=number said=100 found=80 score=0.8 runs=2 solved=1 answer=1 right=0"
        )
    );

    let mut again = Visit::resumed(example(), Some(&kept));
    assert_eq!(again.kept(), kept);
    assert_eq!(again.says(), "What you did here before is here again.");
    assert!(again.page["example-prediction"].contains("value=\"100\" readonly"));
    assert_eq!(again.page["example-verdict"], visit.page["example-verdict"]);
    assert!(
        again
            .text("example-task")
            .contains("Solved. You did this on an earlier visit.")
    );
    assert!(again.text("example-answer").contains("No, not so."));
    assert_eq!(
        again.text("lab"),
        "size 80",
        "the lab begins as it is set up"
    );
    again.predict("5");
    assert!(
        again.kept().contains("said=100"),
        "the prediction is locked"
    );
    again.press("run");
    assert!(
        again.text("example-task").contains("Not yet."),
        "that is of the last run"
    );
    assert!(
        again.kept().contains("found=80 score=0.8 runs=3 solved=1"),
        "{}",
        again.kept()
    );
}

#[test]
fn the_first_run_of_a_later_visit_stands_for_the_first() {
    let mut visit = Visit::new(example());
    visit.predict("100");
    visit.press("run");
    let mut again = Visit::resumed(example(), Some(&visit.kept()));
    again.change("size", "40");
    again.press("run");
    assert!(
        again.says().contains("It is no smaller than at first."),
        "{}",
        again.says()
    );
    again.change("size", "20");
    again.press("run");
    assert!(
        again.says().contains("The task is solved."),
        "{}",
        again.says()
    );
}

#[test]
fn choices_and_bars_and_no_prediction_are_found_again() {
    let mut right = Visit::new(choice());
    right.change("example-guess", "1");
    right.press("example-predict");
    right.press("run");
    let mut wrong = Visit::new(choice());
    wrong.change("example-guess", "0");
    wrong.press("example-predict");
    wrong.press("run");
    let mut skipped = Visit::new(choice());
    skipped.press("example-skip");
    skipped.press("run");
    let mut drawn = Visit::new(bars(Some(200.0)));
    drawn.change("example-bar-0", "40");
    drawn.change("example-bar-1", "25");
    drawn.press("example-predict");
    drawn.press("run");
    let mut compared = Visit::new(bars(None));
    compared.change("example-bar-0", "80");
    compared.change("example-bar-1", "100");
    compared.press("example-predict");
    compared.press("run");
    for (visit, example, words) in [
        (&right, choice(), "said=1 found=1 score=1 runs=1"),
        (&wrong, choice(), "said=0 found=1 score=0 runs=1"),
        (&skipped, choice(), "said= found=1 runs=1"),
        (
            &drawn,
            bars(Some(200.0)),
            "said=40,25 found=80,100 score=0.75 runs=1",
        ),
        (
            &compared,
            bars(None),
            "said=80,100 found=80,100 score=1 runs=1",
        ),
    ] {
        let kept = visit.kept();
        assert!(kept.contains(words), "{kept}");
        let again = Visit::resumed(example, Some(&kept));
        assert_eq!(again.kept(), kept);
        assert_eq!(again.page["example-verdict"], visit.page["example-verdict"]);
        assert_eq!(
            again.page["example-prediction"],
            visit.page["example-prediction"]
        );
    }
}

#[test]
fn an_answer_alone_is_kept_and_what_can_be_predicted_stays_open() {
    let mut visit = Visit::new(example());
    visit.change("example-answer", "0");
    let kept = visit.kept();
    assert!(
        kept.ends_with("kind=number runs=0 solved=0 answer=0 right=1"),
        "{kept}"
    );
    let mut again = Visit::resumed(example(), Some(&kept));
    again.predict("80");
    again.press("run");
    assert!(again.says().contains("exactly right"));
}

#[test]
fn begun_anew_there_is_nothing_to_keep() {
    let mut visit = Visit::new(example());
    visit.predict("100");
    visit.press("run");
    visit.change("example-answer", "1");
    let mut again = Visit::resumed(example(), Some(&visit.kept()));
    again.press("example-reset");
    assert_eq!(again.kept(), "");
    again.predict("80");
    again.press("run");
    assert!(
        again
            .kept()
            .contains("said=80 found=80 score=1 runs=1 solved=0"),
        "{}",
        again.kept()
    );
}

#[test]
fn what_was_kept_of_a_rewritten_example_is_not_applied() {
    let mut visit = Visit::new(choice());
    visit.change("example-guess", "1");
    visit.press("example-predict");
    let kept = visit.kept();
    let fresh = all(&Visit::new(choice()));
    let rewrite = |at: &str, to: serde_json::Value| {
        let mut other = choice();
        *other.pointer_mut(at).unwrap() = to;
        other
    };
    for other in [
        rewrite("/id", json!("a-course/a-lesson/another")),
        rewrite("/start/0/to", json!("70")),
        rewrite("/example/prediction/actual", json!("b.name")),
        rewrite(
            "/example/prediction/choices",
            json!(["large it is", "small it is"]),
        ),
        rewrite("/example/prediction/values", json!(["large", "small"])),
        rewrite("/example/task/check/0/is", json!("<=")),
        rewrite("/example/task/check/0/to", json!(49)),
        rewrite("/example/why/answers/1/text", json!("Not quite so.")),
    ] {
        let visit = Visit::resumed(other, Some(&kept));
        assert_eq!(visit.kept(), "");
    }
    let told_otherwise = rewrite("/example/goal", json!("See it."));
    assert_eq!(Visit::resumed(told_otherwise, Some(&kept)).kept(), kept);
    assert_eq!(
        all(&Visit::resumed(example(), Some(&kept))),
        all(&Visit::new(example()))
    );
    assert_ne!(all(&Visit::resumed(choice(), Some(&kept))), fresh);
}

#[test]
fn what_cannot_be_of_this_example_changes_nothing() {
    let fresh = all(&Visit::new(choice()));
    let of = format!("{:016x}", fingerprint(&ready(choice())));
    let begin = format!("v=1 of={of} kind=choice runs=0 solved=0");
    for rest in [
        " said=2",
        " said=-1",
        " said=0.5",
        " said=0,1",
        " said=1e300",
        " said=0 found=7",
        " said=0 found=-2",
        " found=0",
        " said=0 answer=2 right=1",
        " said=0 answer=99999999999999999999 right=1",
        " said=0 answer=1",
        " said=0 score=2",
        " said=0 score=NaN",
        " said=NaN",
        " said=inf",
        " said=<script>",
        "",
    ] {
        let visit = Visit::resumed(choice(), Some(&format!("{begin}{rest}")));
        assert_eq!(all(&visit), fresh, "{rest}");
    }
    for line in [
        format!("v=2 of={of} kind=choice said=0 runs=0 solved=0"),
        format!("v=1 of={of} kind=other said=0 runs=0 solved=0"),
        format!("v=1 of={of} kind=choice said=0 runs=4294967296 solved=0"),
        format!("v=1 of={of} kind=choice said=0 runs=0 solved=yes"),
        format!(
            "v=1 of={of} kind=choice said={} runs=0 solved=0",
            "0,".repeat(600)
        ),
    ] {
        assert_eq!(Kept::read(&line), None, "{line}");
    }
}

fn part() -> impl Strategy<Value = f64> {
    prop_oneof![
        (-1000_i32..1000).prop_map(f64::from),
        prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO,
    ]
}

fn anything() -> impl Strategy<Value = Kept> {
    let parts = || prop::option::of(prop::collection::vec(part(), 0..12));
    let kind = prop::sample::select(vec!["number", "choice", "bars"]);
    let score = prop::option::of(0.0..=1.0);
    let answer = prop::option::of((0_usize..1000, any::<bool>()));
    let numbers = (any::<u64>(), any::<u32>(), any::<bool>());
    (numbers, kind, parts(), parts(), score, answer).prop_map(
        |((of, runs, solved), kind, said, found, score, answer)| Kept {
            of,
            kind,
            said,
            found,
            score,
            runs,
            solved,
            answer,
        },
    )
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(kept in anything()) {
        let line = kept.line();
        let wanted = (!kept.is_nothing()).then_some(kept);
        prop_assert!(line.len() <= lessons::kept::MOST_BYTES, "{}", line.len());
        prop_assert_eq!(Kept::read(&line), wanted);
    }

    #[test]
    fn any_text_is_a_line_or_nothing(text in ".{0,200}", words in "(v=1|of=[0-9a-f]{0,17}|kind=[a-z]{0,6}|said=[-0-9.,e+naif]{0,20}|runs=[0-9]{0,11}|solved=.?|answer=[-0-9]{0,4}|right=[01]| ){0,20}") {
        for text in [text, words] {
            if let Some(kept) = Kept::read(&text) {
                prop_assert_eq!(Kept::read(&kept.line()), Some(kept));
            }
        }
    }

    #[test]
    fn an_example_goes_on_from_anything(kept in anything(), is_ours in any::<bool>()) {
        for value in [example(), choice(), bars(None), bars(Some(5.0))] {
            let mut kept = kept.clone();
            if is_ours {
                kept.of = fingerprint(&ready(value.clone()));
            }
            let mut visit = Visit::resumed(value, Some(&kept.line()));
            visit.press("example-skip");
            visit.press("run");
            prop_assert!(visit.says().len() > 10);
            prop_assert!(Kept::read(&visit.kept()).is_some());
        }
    }
}
