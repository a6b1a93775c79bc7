//! Values as SQLite knows them.

use core::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value of one of SQLite's five storage classes (<https://www.sqlite.org/datatype3.html>).
///
/// In JavaScript a whole number is an integer, so a [`SqlValue::Real`] without a fraction arrives as an integer; a column
/// of the type REAL makes it a real again. Integers that no double holds exactly are big integers there.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum SqlValue {
    /// NULL.
    #[default]
    Null,
    /// INTEGER, of 64 bits.
    Integer(i64),
    /// REAL. SQLite has no NaN: it becomes NULL.
    Real(f64),
    /// TEXT. It may contain NUL.
    Text(String),
    /// BLOB.
    Blob(Vec<u8>),
}

impl Serialize for SqlValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Integer(integer) => serializer.serialize_i64(*integer),
            Self::Real(real) => serializer.serialize_f64(*real),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Blob(bytes) => serializer.serialize_bytes(bytes),
        }
    }
}

impl<'de> Deserialize<'de> for SqlValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl Visitor<'_> for ValueVisitor {
    type Value = SqlValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("null, a number, a text or bytes")
    }

    fn visit_unit<E: Error>(self) -> Result<SqlValue, E> {
        Ok(SqlValue::Null)
    }

    fn visit_none<E: Error>(self) -> Result<SqlValue, E> {
        Ok(SqlValue::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<SqlValue, E> {
        Ok(SqlValue::Integer(i64::from(value)))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<SqlValue, E> {
        Ok(SqlValue::Integer(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<SqlValue, E> {
        i64::try_from(value)
            .map(SqlValue::Integer)
            .map_err(|_| E::custom("SQLite's integers have 64 bits"))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<SqlValue, E> {
        Ok(SqlValue::Real(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<SqlValue, E> {
        Ok(SqlValue::Text(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<SqlValue, E> {
        Ok(SqlValue::Text(value))
    }

    fn visit_bytes<E: Error>(self, value: &[u8]) -> Result<SqlValue, E> {
        Ok(SqlValue::Blob(value.to_vec()))
    }

    fn visit_byte_buf<E: Error>(self, value: Vec<u8>) -> Result<SqlValue, E> {
        Ok(SqlValue::Blob(value))
    }
}

#[cfg(test)]
mod tests {
    use super::SqlValue;

    #[test]
    fn each_class_survives_a_trip_through_json_but_blobs() -> Result<(), serde_json::Error> {
        let values = [
            SqlValue::Null,
            SqlValue::Integer(i64::MIN),
            SqlValue::Integer(i64::MAX),
            SqlValue::Real(0.5),
            SqlValue::Text("a\0b".to_owned()),
        ];
        let text = serde_json::to_string(&values)?;
        let back: Vec<SqlValue> = serde_json::from_str(&text)?;
        assert_eq!(back, values);
        Ok(())
    }

    #[test]
    fn an_integer_beyond_64_bits_is_refused() {
        assert!(serde_json::from_str::<SqlValue>("9223372036854775808").is_err());
    }
}
