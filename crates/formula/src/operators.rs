//! What operators do, as in Python.

use values::Value;

use crate::error::Kind;
use crate::limits;

/// Why something could not be computed.
pub(crate) type Fault = (Kind, String);

/// An operator between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Remainder,
    Power,
}

impl Binary {
    pub(crate) const fn sign(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::FloorDivide => "//",
            Self::Remainder => "%",
            Self::Power => "**",
        }
    }

    pub(crate) fn apply(self, left: &Value, right: &Value) -> Result<Value, Fault> {
        match (self, left, right) {
            (Self::Add, Value::Str(left), Value::Str(right)) => {
                if left.len() + right.len() > limits::TEXT {
                    return Err(too_long());
                }
                return Ok(Value::Str(format!("{left}{right}")));
            }
            (Self::Multiply, Value::Str(text), times)
            | (Self::Multiply, times, Value::Str(text))
                if whole(times).is_some() =>
            {
                let times = usize::try_from(whole(times).unwrap_or_default().max(0));
                let times = times.unwrap_or(usize::MAX);
                if text.len().saturating_mul(times) > limits::TEXT {
                    return Err(too_long());
                }
                return Ok(Value::Str(text.repeat(times)));
            }
            _ => {}
        }
        let unfit = || {
            let message = format!(
                "{} cannot stand between {} and {}.",
                self.sign(),
                left.kind(),
                right.kind()
            );
            (Kind::Type, message)
        };
        if let (Some(left), Some(right)) = (whole(left), whole(right)) {
            return self.of_whole(left, right);
        }
        match (float(left), float(right)) {
            (Some(left), Some(right)) => self.of_floats(left, right).map(Value::Float),
            _ => Err(unfit()),
        }
    }

    fn of_whole(self, left: i64, right: i64) -> Result<Value, Fault> {
        if right == 0 && matches!(self, Self::Divide | Self::FloorDivide | Self::Remainder) {
            return Err(by_zero());
        }
        let result = match self {
            Self::Add => left.checked_add(right),
            Self::Subtract => left.checked_sub(right),
            Self::Multiply => left.checked_mul(right),
            Self::Divide => return Ok(Value::Float(left as f64 / right as f64)),
            // Python rounds down, and the remainder has the sign of the divisor.
            Self::FloorDivide => left.checked_div(right).map(|quotient| {
                let is_inexact = left % right != 0;
                quotient - i64::from(is_inexact && (left < 0) != (right < 0))
            }),
            Self::Remainder => left.checked_rem(right).map(|rest| {
                if rest != 0 && (rest < 0) != (right < 0) {
                    rest + right
                } else {
                    rest
                }
            }),
            Self::Power if right < 0 => {
                return self.of_floats(left as f64, right as f64).map(Value::Float);
            }
            Self::Power => match u32::try_from(right) {
                Ok(power) => left.checked_pow(power),
                Err(_) if (-1..=1).contains(&left) => {
                    Some(if right % 2 == 0 { left * left } else { left })
                }
                Err(_) => None,
            },
        };
        result.map(Value::Int).ok_or_else(too_large)
    }

    fn of_floats(self, left: f64, right: f64) -> Result<f64, Fault> {
        if right == 0.0 && matches!(self, Self::Divide | Self::FloorDivide | Self::Remainder)
            || self == Self::Power && left == 0.0 && right < 0.0
        {
            return Err(by_zero());
        }
        let result = match self {
            Self::Add => left + right,
            Self::Subtract => left - right,
            Self::Multiply => left * right,
            Self::Divide => left / right,
            Self::FloorDivide => ((left - remainder(left, right)) / right).round(),
            Self::Remainder => remainder(left, right),
            Self::Power => left.powf(right),
        };
        if self == Self::Power && left.is_finite() && right.is_finite() && !result.is_finite() {
            let message = if result.is_nan() {
                "A negative number to such a power is a complex number: that is not part of this page’s Python."
            } else {
                "The result is too large for a number."
            };
            return Err((Kind::Arithmetic, message.to_owned()));
        }
        Ok(result)
    }
}

/// As Python's `%` of floats: with the sign of the divisor.
fn remainder(left: f64, right: f64) -> f64 {
    let rest = left % right;
    if rest != 0.0 && (rest < 0.0) != (right < 0.0) {
        rest + right
    } else if rest == 0.0 {
        0.0_f64.copysign(right)
    } else {
        rest
    }
}

/// The value with a minus before it, or a plus.
pub(crate) fn signed(value: &Value, is_minus: bool) -> Result<Value, Fault> {
    match (whole(value), float(value)) {
        (Some(number), _) if is_minus => number.checked_neg().map(Value::Int).ok_or_else(too_large),
        (Some(number), _) => Ok(Value::Int(number)),
        (None, Some(number)) => Ok(Value::Float(if is_minus { -number } else { number })),
        (None, None) => {
            let message = format!("A sign cannot stand before {}.", value.kind());
            Err((Kind::Type, message))
        }
    }
}

/// A whole number, as which `True` and `False` count too.
pub(crate) fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Int(number) => Some(*number),
        Value::Bool(is_true) => Some(i64::from(*is_true)),
        _ => None,
    }
}

pub(crate) fn float(value: &Value) -> Option<f64> {
    match value {
        Value::Float(number) => Some(*number),
        other => whole(other).map(|number| number as f64),
    }
}

fn by_zero() -> Fault {
    (Kind::Arithmetic, "This divides by zero.".to_owned())
}

pub(crate) fn too_large() -> Fault {
    let message = "The result is too large: whole numbers have 64 bits here.";
    (Kind::Arithmetic, message.to_owned())
}

pub(crate) fn too_long() -> Fault {
    let most = limits::TEXT / 1_000_000;
    (
        Kind::Limit,
        format!("That text would be longer than {most} MB."),
    )
}
