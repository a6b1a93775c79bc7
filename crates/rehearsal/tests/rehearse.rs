//! What a rehearsal finds, and that each lab can be gone through.
#![allow(clippy::unwrap_used, clippy::panic, clippy::needless_pass_by_value)]

use lessons::example_file::ReadyExample;
use rehearsal::{Fault, rehearse};
use serde_json::{Value, json};

/// An example of a lab with a number to predict.
fn example(lab: &str, run: &str, actual: &str, check: Value) -> Value {
    json!({
        "id": "course/lesson/example",
        "start": [],
        "solution": [],
        "example": {
            "goal": "g",
            "lab": lab,
            "run": [run],
            "prediction": { "kind": "number", "question": "q", "actual": actual, "why": "w" },
            "task": { "text": "t", "hints": ["1", "2", "3"], "solution": "s", "check": check },
            "why": {
                "question": "q",
                "answers": [
                    { "text": "a", "right": true, "explanation": "e" },
                    { "text": "b", "explanation": "e" },
                ],
            },
        },
    })
}

fn change(control: &str, to: &str) -> Value {
    json!({ "change": control, "to": to })
}

fn press(control: &str) -> Value {
    json!({ "press": control })
}

fn check(fact: &str, is: &str, to: Value) -> Value {
    json!([{ "fact": fact, "is": is, "to": to, "message": "Not yet." }])
}

fn play(example: &Value) -> Result<(), Fault> {
    let ready: ReadyExample = serde_json::from_value(example.clone()).unwrap();
    rehearse(&ready, &|path| Err(format!("{path} is not here")))
}

/// Cut at first, whole with the solution.
fn of_bytes() -> Value {
    let mut example = example(
        "bytes",
        "cut",
        "bytes.records_read",
        check("bytes.records_lost", "=", json!(0)),
    );
    example["start"] = json!([change("format", "json"), change("cut", "200")]);
    example["solution"] = json!([change("format", "pickle"), press("write")]);
    example
}

#[test]
fn a_good_example_goes_through() {
    assert_eq!(play(&of_bytes()), Ok(()));
}

#[test]
fn a_task_that_is_solved_at_first_is_found() {
    let mut solved = of_bytes();
    solved["example"]["task"]["check"] = check("bytes.records_lost", ">=", json!(0));
    assert_eq!(play(&solved), Err(Fault::SolvedAtStart));
}

#[test]
fn a_solution_that_does_not_solve_is_found() {
    let mut unsolved = of_bytes();
    unsolved["solution"] = json!([change("cut", "100"), press("cut")]);
    assert_eq!(play(&unsolved), Err(Fault::Unsolved("Not yet.".to_owned())));
    unsolved["solution"] = json!([]);
    assert_eq!(play(&unsolved), Err(Fault::Unsolved("Not yet.".to_owned())));
}

#[test]
fn what_the_lab_does_not_have_is_found() {
    let mut other = of_bytes();
    other["solution"] = json!([press("measure")]);
    assert_eq!(play(&other).unwrap_err().code(), "no-control");
    let mut other = of_bytes();
    other["start"] = json!([change("rows", "3")]);
    assert_eq!(play(&other).unwrap_err().code(), "no-control");
    let mut other = of_bytes();
    other["example"]["run"] = json!(["run"]);
    assert_eq!(play(&other).unwrap_err().code(), "no-control");
    let mut other = of_bytes();
    other["example"]["lab"] = json!("gardens");
    assert_eq!(play(&other), Err(Fault::NoLab("gardens".to_owned())));
    let mut other = of_bytes();
    other["example"]["prediction"]["actual"] = json!("bytes.record_read");
    assert_eq!(
        play(&other),
        Err(Fault::NotFound("bytes.record_read".to_owned()))
    );
}

#[test]
fn what_is_found_has_to_be_one_of_the_choices() {
    let mut chosen = of_bytes();
    chosen["example"]["prediction"] = json!({
        "kind": "choice", "question": "q", "choices": ["csv", "json"], "actual": "bytes.format", "why": "w",
    });
    assert_eq!(play(&chosen), Ok(()));
    chosen["example"]["prediction"]["choices"] = json!(["csv", "yaml"]);
    assert_eq!(play(&chosen).unwrap_err().code(), "not-among-choices");
}

#[test]
fn a_data_set_that_cannot_be_read_is_said() {
    let mut bundled = of_bytes();
    bundled["start"] = json!([change("data", "bird-strikes"), change("cut", "200")]);
    let fault = play(&bundled).unwrap_err();
    assert!(fault.to_string().contains("bird-strikes.csv"), "{fault}");
}

#[test]
fn formats_are_measured_with_sqlite() {
    let mut example = example(
        "formats",
        "measure",
        "formats.sqlite.bytes",
        check(
            "formats.json.bytes",
            "<",
            json!({ "fact": "first.formats.json.bytes" }),
        ),
    );
    example["start"] = json!([change("rows", "2"), change("rounds", "1")]);
    example["solution"] = json!([change("rows", "0"), press("measure")]);
    assert_eq!(play(&example), Ok(()));
}

#[test]
fn texts_are_counted_and_remembered() {
    let mut example = example(
        "word-frequencies",
        "run",
        "run.evaluations",
        check("run.hits", "=", json!({ "fact": "run.tasks" })),
    );
    example["solution"] = json!([press("run")]);
    assert_eq!(play(&example), Ok(()));
    example["solution"] = json!([press("clear"), press("run")]);
    assert_eq!(play(&example), Err(Fault::Unsolved("Not yet.".to_owned())));
    example["example"]["task"]["check"] = check("run.evaluations", "=", json!(1));
    example["solution"] = json!([change("text", "5"), press("change-text"), press("run")]);
    assert_eq!(play(&example), Ok(()));
    example["example"]["task"]["check"] = check("run.workers", "=", json!(1));
    example["solution"] = json!([change("backend", "sequential"), press("run")]);
    assert_eq!(play(&example), Ok(()));
    example["solution"] = json!([change("workers", "none"), press("run")]);
    assert_eq!(play(&example), Err(Fault::Unsolved("Not yet.".to_owned())));
}

#[test]
fn a_run_is_stopped_and_resumed() {
    let mut example = example(
        "word-frequencies",
        "run",
        "resumed.evaluations",
        check("run.hits", "=", json!(123)),
    );
    example["solution"] = json!([
        press("clear"),
        press("run"),
        press("stop"),
        press("run"),
        press("run")
    ]);
    assert_eq!(play(&example), Ok(()));
    example["example"]["prediction"]["actual"] = json!("stopped.done");
    example["example"]["task"]["check"] = check("resumed.hits", ">", json!(0));
    example["solution"] = json!([press("run")]);
    assert_eq!(play(&example), Ok(()));
}

#[test]
fn ways_are_measured_against_each_other() {
    let mut example = example(
        "word-frequencies",
        "compare",
        "comparison.tasks",
        check("run.workers", "=", json!(1)),
    );
    example["solution"] = json!([change("workers", "1"), press("run")]);
    assert_eq!(play(&example), Ok(()));
}

#[test]
fn a_schedule_is_watched_and_a_bad_one_mended() {
    let mut example = example(
        "timeline",
        "run",
        "timeline.tasks_not_run",
        check("timeline.status", "=", json!("done")),
    );
    example["start"] = json!([change("fault", "fail"), change("batch-size", "1")]);
    example["solution"] = json!([change("on-error", "collect"), press("run")]);
    assert_eq!(play(&example), Ok(()));
    example["solution"] = json!([change("workers", "0"), press("run")]);
    assert_eq!(play(&example), Err(Fault::Unsolved("Not yet.".to_owned())));
}

#[test]
fn workers_are_lost_and_tasks_of_their_batches_tried_again() {
    let mut example = example(
        "timeline",
        "run",
        "timeline.lost_workers",
        check("timeline.retried_tasks", "=", json!(0)),
    );
    example["start"] = json!([
        change("fault", "end"),
        change("batch-size", "4"),
        change("on-error", "collect")
    ]);
    example["solution"] = json!([change("batch-size", "1"), press("run")]);
    assert_eq!(play(&example), Ok(()));
    example["example"]["task"]["check"] = check("timeline.failed_tasks", "=", json!(1));
    assert_eq!(play(&example), Err(Fault::SolvedAtStart));
    example["example"]["task"]["check"] = check("timeline.lost_workers", "=", json!(2));
    assert_eq!(play(&example), Err(Fault::SolvedAtStart));
}

#[test]
fn a_task_that_hangs_is_given_up_or_stopped() {
    let mut example = example(
        "timeline",
        "run",
        "timeline.failed_tasks",
        check("timeline.status", "=", json!("stopped")),
    );
    example["start"] = json!([
        change("fault", "hang"),
        change("timeout", "0.5"),
        change("on-timeout", "skip")
    ]);
    example["solution"] = json!([change("timeout", ""), press("run"), press("stop")]);
    assert_eq!(play(&example), Ok(()));
    example["solution"] = json!([change("timeout", ""), press("run")]);
    assert_eq!(play(&example).unwrap_err().code(), "stuck");
}

#[test]
fn a_part_that_must_be_done_first_bounds_the_curve() {
    let mut example = example(
        "timeline",
        "curve",
        "curve.best_workers",
        check("timeline.tasks", "=", json!(25)),
    );
    example["start"] = json!([change("serial", "50"), change("spread", "equal")]);
    example["solution"] = json!([press("cold"), press("run")]);
    assert_eq!(play(&example), Ok(()));
}

#[test]
fn short_tasks_are_not_worth_handing_over_and_long_ones_are() {
    let mut example = example(
        "overheads",
        "measure",
        "overheads.loky.overhead_us",
        check("overheads.fastest", "=", json!("loky")),
    );
    example["start"] = json!([change("length", "0")]);
    example["solution"] = json!([change("length", "9"), press("measure")]);
    assert_eq!(play(&example), Ok(()));
    example["example"]["run"] = json!(["curve"]);
    example["example"]["prediction"]["actual"] = json!("overheads.break_even_ms");
    assert_eq!(play(&example), Ok(()));
}

#[test]
fn a_statement_of_ones_own_is_asked() {
    let mut example = example(
        "sql-or-files",
        "sql-run",
        "sql.own.rows",
        check("sql.own.uses_index", "=", json!(true)),
    );
    example["start"] = json!([
        change("sql-people", "100"),
        change("sql", "SELECT * FROM people WHERE name = 'x'")
    ]);
    example["solution"] = json!([
        change("sql", "SELECT * FROM people WHERE id = 7"),
        press("sql-run")
    ]);
    assert_eq!(play(&example), Ok(()));
}

#[test]
fn a_question_is_asked_of_files_and_of_sqlite() {
    let mut example = example(
        "sql-or-files",
        "measure",
        "sql.many.csv.touched_bytes",
        check("sql.many.sqlite.touched_bytes", "<", json!(100_000)),
    );
    example["start"] = json!([
        change("question", "group"),
        change("few", "csv"),
        change("many", "sqlite")
    ]);
    example["solution"] = json!([
        change("question", "find"),
        change("few", "csv"),
        change("many", "sqlite"),
        press("measure")
    ]);
    assert_eq!(play(&example), Ok(()));
}

#[test]
fn a_writer_is_killed() {
    let mut example = example(
        "durability",
        "run",
        "durability.plain.records_new",
        check("durability.torn", "=", json!(0)),
    );
    example["start"] = json!([change("records", "1000"), change("percent", "40")]);
    example["solution"] = json!([change("end", "finished"), press("run")]);
    assert_eq!(play(&example), Ok(()));
    example["start"] = json!([
        change("records", "1000"),
        change("end", "random"),
        change("rounds", "3")
    ]);
    example["example"]["prediction"]["actual"] = json!("durability.plain.torn");
    assert_eq!(play(&example), Ok(()));
}
