//! What is computed is what CPython computes.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::Write;
use std::process::{Command, Stdio};

use formula::{Kind, Program, Still, written};

/// What CPython prints for each of these expressions: its `repr`, or the name of the error.
fn in_python(expressions: &[String]) -> Vec<String> {
    let script = "import sys
for line in sys.stdin:
    try:
        result = eval(line)
        if isinstance(result, complex):
            raise ArithmeticError
        print('int64' if isinstance(result, int) and not -2**63 <= result < 2**63 else repr(result))
    except Exception as error:
        print(type(error).__mro__[-4].__name__ if isinstance(error, ArithmeticError) and type(error) is not ArithmeticError else type(error).__name__)
";
    let mut python = Command::new("python3")
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = python.stdin.take().unwrap();
    let all = expressions.join("\n");
    let writer = std::thread::spawn(move || stdin.write_all(all.as_bytes()).unwrap());
    let output = python.wait_with_output().unwrap();
    writer.join().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// What is computed here: as it is written, or the name of CPython's error.
fn here(expression: &str) -> String {
    let program = format!("def f():\n    return {expression}\n");
    match Program::parse(&program).and_then(|program| program.call(&[], &mut Still::default())) {
        Ok(value) => written(&value),
        Err(error) => match error.kind {
            Kind::Arithmetic if error.message.contains("64 bits") => "int64",
            Kind::Arithmetic => "ArithmeticError",
            Kind::Type => "TypeError",
            other => panic!("{expression}: {other:?} {error}"),
        }
        .to_owned(),
    }
}

struct Chance(u64);

impl Chance {
    /// A number below this.
    fn below(&mut self, most: u64) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % most) as usize
    }

    fn expression(&mut self, depth: u32) -> String {
        const ATOMS: [&str; 16] = [
            "0", "1", "2", "3", "7", "10", "12345", "0.5", "2.5", "0.1", "1e3", "1e-7", "True",
            "False", "4.0", "1_000",
        ];
        const SIGNS: [&str; 9] = ["+", "-", "*", "/", "//", "%", "+", "-", "*"];
        if depth == 0 {
            return ATOMS[self.below(16)].to_owned();
        }
        let part = |chance: &mut Self| {
            let depth = chance.below(u64::from(depth)) as u32;
            chance.expression(depth)
        };
        let (left, right) = (part(self), part(self));
        match self.below(9) {
            0 => format!("-{left}"),
            1 => format!("({left})"),
            2 => format!("({left}) ** {}", self.below(5)),
            3 => format!("abs({left})"),
            4 => format!("min({left}, {right})"),
            5 => format!("round({left}, {})", self.below(4)),
            _ => format!("{left} {} {right}", SIGNS[self.below(9)]),
        }
    }
}

#[test]
fn random_expressions_come_to_what_they_come_to_in_python() {
    let mut chance = Chance(7);
    let expressions: Vec<_> = (0..5_000).map(|_| chance.expression(4)).collect();
    let wanted = in_python(&expressions);
    assert_eq!(wanted.len(), expressions.len());
    let mut failed = 0;
    for (expression, wanted) in expressions.iter().zip(&wanted) {
        let found = here(expression);
        // A whole number of more than 64 bits may also stand in the middle; then nothing is compared.
        if found != *wanted && found != "int64" {
            failed += 1;
            println!("{expression}: {found}, in Python {wanted}");
        }
    }
    assert_eq!(failed, 0);
    let large = expressions
        .iter()
        .filter(|expression| here(expression) == "int64");
    assert!(large.count() < 500);
}

#[test]
fn texts_and_functions_of_python_do_what_they_do_there() {
    let expressions = [
        "'a' + \"b\" 'c'",
        "'ab' * 3",
        "3 * 'ab'",
        "'ab' * -1",
        "len('äöü')",
        "str(1.0)",
        "str(1e16)",
        "str(1e-5)",
        "str('a')",
        "str(None)",
        "int('12')",
        "int(2.9)",
        "int(-2.9)",
        "float('1.5')",
        "float(3)",
        "round(2.5)",
        "round(3.5)",
        "round(2.675, 2)",
        "round(7)",
        "max(1, 2.0)",
        "max(2, 2.0)",
        "min(3, 1, 2)",
        "'a' + 1",
        "-'a'",
        "abs(-3)",
        "-2 ** 2",
        "2 ** -1",
        "2 ** 3 ** 2",
        "(-7) // 2",
        "-7 % 3",
        "7 % -3",
        "-7.5 // 2",
        "1 / 3",
        "1e300 * 1e10",
        "0.1 + 0.2",
        "True + True",
        "\"it's\"",
        "1 / 0",
        "5 % 0.0",
        "2 ** 64",
        "10 ** 400 * 0",
        "(-8) ** 0.5",
        "1e308 ** 2",
        "1.0",
        "100000000000000000.0",
        "0.0001",
        "-0.0",
    ]
    .map(str::to_owned);
    let wanted = in_python(&expressions);
    for (expression, wanted) in expressions.iter().zip(&wanted) {
        let found = here(expression);
        assert!(
            found == *wanted || expression.contains("10 ** 400"),
            "{expression}: {found}, in Python {wanted}"
        );
    }
}
