//! What a fact is compared with, and how.

use serde::{Deserialize, Serialize};
use values::Value;

/// A value that can be written in an example.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "a number, a text, `true`, `false` or `{ fact = \"…\" }` is wanted"
)]
pub enum Literal {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// A text.
    Text(String),
}

impl From<&Literal> for Value {
    fn from(literal: &Literal) -> Self {
        match literal {
            Literal::Bool(value) => Self::Bool(*value),
            Literal::Int(value) => Self::Int(*value),
            Literal::Float(value) => Self::Float(*value),
            Literal::Text(value) => Self::Str(value.clone()),
        }
    }
}

impl std::fmt::Display for Literal {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bool(value) => value.fmt(to),
            Self::Int(value) => value.fmt(to),
            Self::Float(value) => value.fmt(to),
            Self::Text(value) => value.fmt(to),
        }
    }
}

/// What a fact is compared with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "a number, a text, `true`, `false` or `{ fact = \"…\" }` is wanted"
)]
pub enum Operand {
    /// A value.
    Literal(Literal),
    /// Another fact of the lab.
    Fact(FactName),
}

/// A fact that is named: `{ fact = "…" }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactName {
    /// Its name.
    pub fact: String,
}

/// How a fact compares. Only numbers are smaller or larger than others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Relation {
    /// The same.
    #[serde(rename = "=")]
    Equal,
    /// Not the same.
    #[serde(rename = "!=")]
    Unequal,
    /// Smaller.
    #[serde(rename = "<")]
    Less,
    /// Smaller or the same.
    #[serde(rename = "<=")]
    AtMost,
    /// Larger.
    #[serde(rename = ">")]
    More,
    /// Larger or the same.
    #[serde(rename = ">=")]
    AtLeast,
}
