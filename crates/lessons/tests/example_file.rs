//! What an author writes about an example is read whole, and goes to the page and back unchanged.

#![allow(clippy::unwrap_used, clippy::panic)]

use lessons::example_file::{ExampleFile, Guess, Literal, Operand, Relation, SetUp, Step};

const EXAMPLE: &str = r#"
goal = "See which format is the smallest."
lab = "formats"
run = ["measure"]

[prediction]
kind = "choice"
question = "Which file will be the smallest?"
choices = ["CSV", "JSON"]
values = ["csv", "json"]
actual = "formats.smallest"
why = "Names of columns are there once."

[task]
text = "Make CSV smaller than 1,000 bytes."
hints = ["a", "b", "c"]
solution = "Take ten rows."
[[task.check]]
fact = "formats.csv.bytes"
is = "<"
to = 1000
message = "CSV still takes more than 1,000 bytes."
[[task.check]]
fact = "formats.csv.bytes"
is = "<="
to = { fact = "formats.json.bytes" }
message = "JSON is smaller."

[why]
question = "Why?"
[[why.answers]]
text = "Because."
right = true
explanation = "Yes."
[[why.answers]]
text = "By chance."
explanation = "No."
"#;

fn read(text: &str) -> ExampleFile {
    toml::from_str(text).unwrap()
}

#[test]
fn an_example_is_read() {
    let example = read(EXAMPLE);
    let Guess::Choice { choices, actual } = &example.prediction.guess else {
        panic!("{:?}", example.prediction);
    };
    assert_eq!(actual, "formats.smallest");
    assert_eq!(choices[1].value, Literal::Text("json".to_owned()));
    assert_eq!(example.task.checks[0].is, Relation::Less);
    assert_eq!(
        example.task.checks[0].to,
        Operand::Literal(Literal::Int(1000))
    );
    assert!(
        matches!(&example.task.checks[1].to, Operand::Fact(name) if name.fact == "formats.json.bytes")
    );
    assert!(example.why.answers[0].right && !example.why.answers[1].right);
}

#[test]
fn it_travels_as_json() {
    let bars = EXAMPLE
        .replace("\"choice\"", "\"bars\"")
        .replace(
            "values = [\"csv\", \"json\"]\n",
            "unit = \"bytes\"\nmost = 9.5\n",
        )
        .replace(
            "\"formats.smallest\"",
            "[\"formats.csv.bytes\", \"formats.json.bytes\"]",
        );
    let number = EXAMPLE.replace("\"choice\"", "\"number\"").replace(
        "choices = [\"CSV\", \"JSON\"]\nvalues = [\"csv\", \"json\"]\n",
        "unit = \"bytes\"\n",
    );
    for text in [EXAMPLE, &bars, &number] {
        let example = read(text);
        let json = serde_json::to_string(&example).unwrap();
        let back: ExampleFile = serde_json::from_str(&json).unwrap();
        assert_eq!(back, example);
    }
}

#[test]
fn an_unknown_key_is_refused_where_it_is() {
    for (from, to, at) in [
        ("goal =", "gaol = 1\ngoal =", "gaol"),
        ("kind =", "knid = 1\nkind =", "knid"),
        (
            "fact = \"formats.csv.bytes\"\nis = \"<\"",
            "fcat = 1\nfact = \"formats.csv.bytes\"\nis = \"<\"",
            "fcat",
        ),
    ] {
        let text = EXAMPLE.replacen(from, to, 1);
        let error = toml::from_str::<ExampleFile>(&text).unwrap_err();
        let span = error.span().unwrap();
        assert_eq!(&text[span], at, "{error}");
    }
}

#[test]
fn what_does_not_fit_the_kind_of_a_prediction_is_refused() {
    for (from, to, said) in [
        (
            "choices = [\"CSV\", \"JSON\"]",
            "choices = [\"CSV\"]",
            "at least two",
        ),
        (
            "choices = [\"CSV\", \"JSON\"]",
            "choices = [\"CSV\", \"CSV\"]",
            "twice",
        ),
        (
            "values = [\"csv\", \"json\"]",
            "values = [\"csv\"]",
            "equally long",
        ),
        (
            "values = [\"csv\", \"json\"]",
            "values = [\"csv\", \"csv\"]",
            "twice",
        ),
        ("values = [\"csv\", \"json\"]", "most = 1.0", "no meaning"),
        ("\"formats.smallest\"", "[\"formats.smallest\"]", "one fact"),
        ("kind = \"choice\"", "kind = \"number\"", "no meaning"),
        ("kind = \"choice\"", "kind = \"bars\"", "a list of facts"),
    ] {
        let text = EXAMPLE.replacen(from, to, 1);
        let error = toml::from_str::<ExampleFile>(&text).unwrap_err();
        assert!(error.message().contains(said), "{to}: {error}");
        assert!(error.span().is_some(), "{to}");
    }
}

#[test]
fn steps_are_changes_and_presses() {
    let text = "[[do]]\nchange = \"rows\"\nto = \"100\"\n[[do]]\npress = \"measure\"\n";
    let set_up: SetUp = toml::from_str(text).unwrap();
    let wanted = [
        Step::Change {
            control: "rows".to_owned(),
            to: "100".to_owned(),
        },
        Step::Press {
            control: "measure".to_owned(),
        },
    ];
    assert_eq!(set_up.steps, wanted);
    let json = serde_json::to_string(&set_up).unwrap();
    assert_eq!(serde_json::from_str::<SetUp>(&json).unwrap(), set_up);
    let none: SetUp = toml::from_str("").unwrap();
    assert!(none.steps.is_empty());
}

#[test]
fn a_step_that_is_neither_is_refused() {
    for text in [
        "[[do]]\nchange = \"rows\"\n",
        "[[do]]\npress = \"measure\"\nto = \"1\"\n",
        "[[do]]\nto = \"1\"\n",
    ] {
        let error = toml::from_str::<SetUp>(text).unwrap_err();
        assert!(error.message().contains("either"), "{error}");
    }
}
