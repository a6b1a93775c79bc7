//! Reading the parts of a value, with errors that name the part.

use core::fmt;

use crate::Value;

/// A part of a value is missing or is of another kind than was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessError {
    /// The name of the part.
    pub name: String,
    /// What was expected, in words.
    pub expected: &'static str,
    /// What was there, in words.
    pub found: &'static str,
}

impl fmt::Display for AccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            expected,
            found,
        } = self;
        write!(f, "`{name}` must be {expected}, but it is {found}.")
    }
}

impl core::error::Error for AccessError {}

impl Value {
    /// The part of that name, if this is a map that has it.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) => entries.iter().find(|(n, _)| n == name).map(|(_, v)| v),
            _ => None,
        }
    }

    /// The text of that name.
    ///
    /// # Errors
    /// If there is no such part or it is not text.
    pub fn text(&self, name: &str) -> Result<&str, AccessError> {
        match self.get(name) {
            Some(Self::Str(text)) => Ok(text),
            other => Err(mismatch(name, "a text", other)),
        }
    }

    /// The bytes of that name.
    ///
    /// # Errors
    /// If there is no such part or it is not bytes.
    pub fn bytes(&self, name: &str) -> Result<&[u8], AccessError> {
        match self.get(name) {
            Some(Self::Bytes(bytes)) => Ok(bytes),
            other => Err(mismatch(name, "bytes", other)),
        }
    }

    /// The whole number of that name; a float without a fraction will do.
    ///
    /// # Errors
    /// If there is no such part or it is not a whole number.
    pub fn int(&self, name: &str) -> Result<i64, AccessError> {
        match self.get(name) {
            Some(Self::Int(number)) => Ok(*number),
            Some(Self::Float(number))
                if number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0 =>
            {
                Ok(*number as i64)
            }
            other => Err(mismatch(name, "a whole number", other)),
        }
    }

    /// The number of that name, whole or not.
    ///
    /// # Errors
    /// If there is no such part or it is not a number.
    pub fn number(&self, name: &str) -> Result<f64, AccessError> {
        match self.get(name) {
            Some(Self::Int(number)) => Ok(*number as f64),
            Some(Self::Float(number)) => Ok(*number),
            other => Err(mismatch(name, "a number", other)),
        }
    }
}

fn mismatch(name: &str, expected: &'static str, found: Option<&Value>) -> AccessError {
    AccessError {
        name: name.to_owned(),
        expected,
        found: found.map_or("missing", Value::kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_part_and_a_wrong_kind_are_named() {
        let value = Value::map([("limit", Value::from("ten"))]);
        assert_eq!(
            value.int("limit").map_err(|e| e.to_string()),
            Err("`limit` must be a whole number, but it is a text.".into())
        );
        assert_eq!(
            value.text("name").map_err(|e| e.to_string()),
            Err("`name` must be a text, but it is missing.".into())
        );
    }

    #[test]
    fn a_float_without_a_fraction_serves_as_a_whole_number() {
        let value = Value::map([("limit", Value::Float(10.0)), ("half", Value::Float(0.5))]);
        assert_eq!(value.int("limit"), Ok(10));
        assert!(value.int("half").is_err());
    }
}
