//! Programs, their parameters, and what is wrong with them.
#![allow(clippy::unwrap_used, clippy::panic)]

use formula::{FormulaError, Program, Still, limits};
use values::Value;

const PRICES: &str = "import time

RATE = 0.2
OTHER = 3  # not used

def tax(net):
    return net * RATE

# What something costs.
def price(net, *, pieces=1, note=\"\"):
    \"\"\"Gross, for some pieces.\"\"\"
    time.sleep(0.3)

    gross = net + tax(net)  # both
    return round(gross * pieces, 2)
";

fn call(source: &str, arguments: &str) -> Result<Value, FormulaError> {
    let program = Program::parse(source)?;
    let given = program.arguments(arguments)?;
    let bound = program.bind(&given.positional, &given.keyword)?;
    program.call(&bound, &mut Still::default())
}

/// What is said of a program that is wrong.
fn wrong(source: &str) -> String {
    Program::parse(source).unwrap_err().to_string()
}

#[test]
fn the_last_function_is_called_and_may_call_those_above() {
    let program = Program::parse(PRICES).unwrap();
    let function = program.function();
    assert_eq!((function.name.as_str(), function.first_line), ("price", 10));
    let names: Vec<_> = function
        .parameters
        .iter()
        .map(|parameter| (parameter.name.as_str(), parameter.keyword_only))
        .collect();
    assert_eq!(names, [("net", false), ("pieces", true), ("note", true)]);
    assert!(function.source.starts_with("def price(") && function.source.ends_with("pieces, 2)\n"));
    let mut world = Still::default();
    let bound = program
        .bind(&[Value::Int(10)], &[("pieces".to_owned(), Value::Int(2))])
        .unwrap();
    assert_eq!(bound[2], ("note".to_owned(), Value::from("")));
    assert_eq!(program.call(&bound, &mut world), Ok(Value::Float(24.0)));
    assert!((world.slept - 0.3).abs() < 1e-12);
}

#[test]
fn what_a_function_uses_are_its_dependencies_and_nothing_else() {
    let names: Vec<_> = Program::parse(PRICES).unwrap().dependencies();
    assert_eq!(
        names,
        [
            ("RATE".to_owned(), "RATE = 0.2".to_owned()),
            (
                "tax".to_owned(),
                "def tax(net):\n    return net * RATE\n".to_owned()
            ),
        ]
    );
}

#[test]
fn a_moved_function_has_the_same_text_and_another_line() {
    let moved = format!("\n# higher up\n{PRICES}\n\n# below\n");
    let (before, after) = (
        Program::parse(PRICES).unwrap(),
        Program::parse(&moved).unwrap(),
    );
    assert_eq!(before.function().source, after.function().source);
    assert_eq!(after.function().first_line, 12);
}

#[test]
fn arguments_are_bound_as_python_binds_them() {
    assert_eq!(
        call("def f(a, b=2):\n return a - b", "5"),
        Ok(Value::Int(3))
    );
    assert_eq!(
        call("def f(a, b=2):\n return a - b", "b=1, a=5"),
        Ok(Value::Int(4))
    );
    assert_eq!(
        call("A = 4\ndef f(a):\n return a", "-A * 2,"),
        Ok(Value::Int(-8))
    );
    for (arguments, said) in [
        ("", "f() needs the argument a."),
        ("1, 2, 3", "f() takes 2 arguments by position, not 3."),
        ("1, c=2", "f() has no parameter c."),
        ("1, a=2", "f() has been given a twice."),
        (
            "b=1, 2",
            "Line 1, column 6: After an argument with a name, all have to have one.",
        ),
        (
            "b=1, b=2",
            "Line 1, column 6: The argument b is given twice.",
        ),
        (
            "1) + f(2",
            "Line 1, column 4: The line should end here, not +.",
        ),
        ("1 +", "Line 1, column 4: Here should be a value, not )."),
        ("f(1)", "Line 1, column 1: There is no function f here."),
    ] {
        assert_eq!(
            call("def f(a, b=2):\n return a", arguments)
                .unwrap_err()
                .to_string(),
            said,
            "{arguments}"
        );
    }
}

#[test]
fn a_fault_says_where_it_is() {
    for (source, said) in [
        (
            "",
            "Line 1, column 1: There is no function: write one, beginning with def.",
        ),
        (
            "RATE = 2\n",
            "Line 1, column 1: There is no function: write one, beginning with def.",
        ),
        (
            "def f(a)\n    return a",
            "Line 1, column 9: Here should be :, but the line ends.",
        ),
        (
            "def f(a):\n    return a +",
            "Line 2, column 15: Here should be a value, but the line ends.",
        ),
        (
            "def f(a):\n    return (a",
            "Line 2, column 14: Here should be ), but the line ends.",
        ),
        (
            "def f(a):\n    if a: return 1",
            "Line 2, column 5: if is not part of this page’s Python.",
        ),
        (
            "def f(a):\n    return a if a else 1",
            "Line 2, column 14: if is not part of this page’s Python.",
        ),
        (
            "def f(a):\n    return a == 1",
            "Line 2, column 14: Comparisons are not part of this page’s Python.",
        ),
        (
            "def f(a):\n    return [a]",
            "Line 2, column 12: Lists and dicts are not part of this page’s Python.",
        ),
        (
            "def f(a):\n\treturn a",
            "Line 2, column 1: There is a tab: indent with spaces.",
        ),
        (
            "def f(a):\n  b = a\n   return b",
            "Line 3, column 4: This line is indented by 3, the first of its function by 2.",
        ),
        (
            "def f(a):\n  return a\n  a = 1",
            "Line 3, column 3: After return nothing of a function is done any more.",
        ),
        (
            "def f(a):\n  b = a",
            "Line 1, column 1: f has no line with return at its end.",
        ),
        (
            "def f(*args):\n  return 1",
            "Line 1, column 8: *args is not part of this page’s Python: here should be ,.",
        ),
        (
            "def f(a=1, b):\n  return 1",
            "Line 1, column 12: b has to have a default, since one before it has.",
        ),
        (
            "def f(a, a):\n  return 1",
            "Line 1, column 10: There are two parameters a.",
        ),
        (
            "def f(a):\n  return \"ä",
            "Line 2, column 10: This text has no closing quote on its line.",
        ),
        (
            "def f(a):\n  return 1.2.3",
            "Line 2, column 10: 1.2.3 is not a number.",
        ),
        (
            "def f(a):\n  return 99999999999999999999",
            "Line 2, column 10: 99999999999999999999 is too large: whole numbers have 64 bits here.",
        ),
        (
            "import os\ndef f(a):\n  return 1",
            "Line 1, column 8: Here should be time.",
        ),
        (
            "A = B\ndef f(a):\n  return 1",
            "Line 1, column 5: Nothing has the name B here.",
        ),
        (
            "  a = 1",
            "Line 1, column 3: This line is indented, but belongs to no function.",
        ),
    ] {
        let found = wrong(source);
        // What a word is shown with.
        assert!(
            found.starts_with(said.trim_end_matches('.')),
            "{source:?}: {found}"
        );
    }
}

#[test]
fn a_fault_while_it_is_computed_says_where_it_is() {
    for (source, said) in [
        (
            "def f():\n  return 1 / 0",
            "Line 2, column 12: This divides by zero.",
        ),
        (
            "def f():\n  return x",
            "Line 2, column 10: Nothing has the name x here.",
        ),
        (
            "def f():\n  return f() + 1",
            "Line 2, column 10: Functions call each other too deeply.",
        ),
        (
            "def f():\n  return 'a' - 1",
            "Line 2, column 14: - cannot stand between a text and a whole number.",
        ),
        (
            "def f():\n  return open('a.txt').read()",
            "Line 2, column 10: There is no file 'a.txt'.",
        ),
        (
            "def f():\n  time.sleep(-1)\n  return 1",
            "Line 2, column 3: time.sleep() takes from 0 to 60 seconds here.",
        ),
        (
            "def f():\n  return 'x' * 10 ** 9",
            "Line 2, column 14: That text would be longer than 8 MB.",
        ),
    ] {
        assert_eq!(call(source, "").unwrap_err().to_string(), said);
    }
}

#[test]
fn no_program_is_too_much() {
    let deep = format!("def f():\n  return {}1", "(".repeat(5_000));
    assert!(wrong(&deep).ends_with("This is nested too deeply for this page."));
    let signs = format!("def f():\n  return {}1", "-".repeat(5_000));
    assert!(wrong(&signs).ends_with("This is nested too deeply for this page."));
    let powers = format!("def f():\n  return {}1", "1 ** ".repeat(2_000));
    assert!(wrong(&powers).ends_with("This is nested too deeply for this page."));
    let long = format!("def f():\n  return 1{}", " + 1".repeat(4_000));
    assert_eq!(call(&long, ""), Ok(Value::Int(4_001)));
    let steps = format!(
        "def f():\n  return 1{}\ndef g():\n  return f(){}",
        " + 1".repeat(1_000),
        " + f()".repeat(20)
    );
    assert!(
        call(&steps, "")
            .unwrap_err()
            .to_string()
            .ends_with("This takes more steps than this page allows.")
    );
    assert!(
        wrong(&" ".repeat(limits::SOURCE + 1)).ends_with("A program has at most 20000 bytes here.")
    );
}

#[test]
fn files_are_read_from_the_world() {
    let program =
        Program::parse("def f(net):\n    return net * float(open(\"rate.txt\").read())\n").unwrap();
    let mut world = Still::default();
    world
        .files
        .insert("rate.txt".to_owned(), "0.5\n".to_owned());
    let bound = program.bind(&[Value::Int(4)], &[]).unwrap();
    assert_eq!(program.call(&bound, &mut world), Ok(Value::Float(2.0)));
}
