//! Functions that are there already, as in Python.

use values::Value;

use crate::error::Kind;
use crate::limits;
use crate::operators::{Binary, Fault, float, signed, whole};
use crate::program::World;
use crate::written::{float as written_float, written};

/// The names of all that can be called without being defined. Those with a point are written so.
pub(crate) const NAMES: [&str; 10] = [
    "abs",
    "float",
    "int",
    "len",
    "max",
    "min",
    "open.read",
    "round",
    "str",
    "time.sleep",
];

/// Calls one of them.
pub(crate) fn call(name: &str, given: &[Value], world: &mut dyn World) -> Result<Value, Fault> {
    let fault = |message: String| Err((Kind::Type, message));
    let takes = match name {
        "max" | "min" => given.len() >= 2,
        "round" => (1..=2).contains(&given.len()),
        _ => given.len() == 1,
    };
    let Some(first) = given.first().filter(|_| takes) else {
        let message = match name {
            "max" | "min" => format!("{name}() takes two arguments or more here."),
            "round" => "round() takes one argument or two.".to_owned(),
            _ => format!("{name}() takes one argument."),
        };
        return fault(message);
    };
    let unfit = || {
        let message = format!("{name}() cannot take {}.", first.kind());
        (Kind::Type, message)
    };
    match name {
        "abs" => {
            let number = float(first).ok_or_else(unfit)?;
            signed(first, number < 0.0)
        }
        "len" => match first {
            Value::Str(text) => {
                let length = i64::try_from(text.chars().count());
                length.map(Value::Int).map_err(|_| unfit())
            }
            _ => Err(unfit()),
        },
        "str" => match first {
            Value::Str(_) => Ok(first.clone()),
            _ => Ok(Value::Str(written(first))),
        },
        "float" => match first {
            Value::Str(text) => text
                .trim()
                .parse()
                .map(Value::Float)
                .map_err(|_| of_text(name, text)),
            _ => float(first).map(Value::Float).ok_or_else(unfit),
        },
        "int" => match first {
            Value::Str(text) => text
                .trim()
                .parse()
                .map(Value::Int)
                .map_err(|_| of_text(name, text)),
            Value::Float(number) => to_whole(number.trunc()),
            _ => whole(first).map(Value::Int).ok_or_else(unfit),
        },
        "round" => round(first, given.get(1)),
        "max" | "min" => {
            let mut best = first;
            for other in &given[1..] {
                let sign = if name == "max" {
                    (other, best)
                } else {
                    (best, other)
                };
                let difference = Binary::Subtract.apply(sign.0, sign.1)?;
                if float(&difference).is_some_and(|by| by > 0.0) {
                    best = other;
                }
            }
            Ok(best.clone())
        }
        "time.sleep" => {
            let seconds = float(first).ok_or_else(unfit)?;
            if !(0.0..=limits::SLEEP).contains(&seconds) {
                let message = format!(
                    "time.sleep() takes from 0 to {} seconds here.",
                    limits::SLEEP
                );
                return Err((Kind::Limit, message));
            }
            world.sleep(seconds);
            Ok(Value::Null)
        }
        _ => match first {
            Value::Str(file) => world.read(file).map(Value::Str).ok_or_else(|| {
                let message = format!("There is no file {}.", written(first));
                (Kind::File, message)
            }),
            _ => Err(unfit()),
        },
    }
}

fn of_text(name: &str, text: &str) -> Fault {
    let text: String = text.chars().take(40).collect();
    let message = format!(
        "{name}() cannot read a number from {}.",
        written(&Value::Str(text))
    );
    (Kind::Type, message)
}

/// Python's `round`: to even, where two are equally near.
fn round(number: &Value, digits: Option<&Value>) -> Result<Value, Fault> {
    let unfit = || {
        (
            Kind::Type,
            "round() takes a number, and how many digits, from 0 to 15.".to_owned(),
        )
    };
    match (number, digits.map(whole)) {
        (Value::Float(number), None) => to_whole(number.round_ties_even()),
        (Value::Float(number), Some(Some(digits @ 0..=15))) => {
            let digits = digits as usize;
            let rounded = format!("{number:.digits$}").parse();
            rounded.map(Value::Float).map_err(|_| unfit())
        }
        (_, None | Some(Some(0..=15))) => whole(number).map(Value::Int).ok_or_else(unfit),
        _ => Err(unfit()),
    }
}

fn to_whole(number: f64) -> Result<Value, Fault> {
    // Both bounds are floats; the upper one is the first that does not fit.
    if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&number) {
        Ok(Value::Int(number as i64))
    } else {
        let message = format!("{} has no whole number of 64 bits.", written_float(number));
        Err((Kind::Arithmetic, message))
    }
}
