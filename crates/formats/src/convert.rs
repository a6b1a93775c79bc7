//! To and from [`values::Value`].

use core::fmt;

use values::Value;

use crate::Datum;

/// A part of a [`Datum`] that [`values::Value`] has no place for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAValue {
    /// Where it is, as `rows[3].when`; empty if it is the whole.
    pub path: String,
    /// What it is, in words.
    pub kind: &'static str,
}

impl fmt::Display for NotAValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => write!(f, "This is {}, which a task cannot take.", self.kind),
            path => write!(f, "`{path}` is {}, which a task cannot take.", self.kind),
        }
    }
}

impl core::error::Error for NotAValue {}

impl From<Value> for Datum {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(value),
            Value::Int(number) => Self::Int(number),
            Value::Float(number) => Self::Float(number),
            Value::Str(text) => Self::from(text),
            Value::Bytes(bytes) => Self::Bytes(bytes),
            Value::List(items) => Self::List(items.into_iter().map(Self::from).collect()),
            Value::Map(entries) => Self::map(entries.into_iter().map(|(n, v)| (n, Self::from(v)))),
        }
    }
}

impl TryFrom<Datum> for Value {
    type Error = NotAValue;

    /// The same value, if nothing of it is lost: big integers, dates, times, tuples, sets and keys that are not text
    /// have no place in a [`Value`].
    fn try_from(datum: Datum) -> Result<Self, NotAValue> {
        convert(datum, &mut String::new())
    }
}

fn convert(datum: Datum, path: &mut String) -> Result<Value, NotAValue> {
    Ok(match datum {
        Datum::Null => Value::Null,
        Datum::Bool(value) => Value::Bool(value),
        Datum::Int(number) => Value::Int(number),
        Datum::Float(number) => Value::Float(number),
        Datum::Str(text) => Value::Str(text.into()),
        Datum::Bytes(bytes) => Value::Bytes(bytes),
        Datum::List(items) => {
            let items = items.into_iter().enumerate();
            let values = items.map(|(index, item)| within(path, &format!("[{index}]"), item));
            Value::List(values.collect::<Result<_, _>>()?)
        }
        Datum::Map(entries) => {
            let values = entries.into_iter().map(|(key, value)| match key {
                Datum::Str(name) => {
                    let dot = if path.is_empty() { "" } else { "." };
                    let value = within(path, &format!("{dot}{name}"), value)?;
                    Ok((name.into(), value))
                }
                _ => Err(NotAValue {
                    path: path.clone(),
                    kind: "a map with a key that is not text",
                }),
            });
            Value::Map(values.collect::<Result<_, _>>()?)
        }
        other => {
            return Err(NotAValue {
                path: path.clone(),
                kind: other.kind(),
            });
        }
    })
}

fn within(path: &mut String, step: &str, datum: Datum) -> Result<Value, NotAValue> {
    let length = path.len();
    path.push_str(step);
    let value = convert(datum, path)?;
    path.truncate(length);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_comes_back_as_it_was() {
        let value = Value::map([
            ("bytes", Value::Bytes(vec![1])),
            (
                "list",
                Value::List(vec![Value::Null, Value::Float(0.5), Value::Bool(true)]),
            ),
        ]);
        assert_eq!(Value::try_from(Datum::from(value.clone())), Ok(value));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let row = Datum::map([("when", Datum::Tuple(vec![]))]);
        let error = Value::try_from(Datum::map([("rows", Datum::List(vec![Datum::Null, row]))]));
        assert_eq!(
            error.map_err(|e| e.to_string()),
            Err("`rows[1].when` is a tuple, which a task cannot take.".into())
        );
    }
}
