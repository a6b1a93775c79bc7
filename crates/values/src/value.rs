//! The value itself.

/// What a task takes and returns: the data that JavaScript, Python and the formats have in common.
///
/// Integers and floats are apart, as in Python: `1` and `1.0` are different values and have different digests.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing: `null` and `undefined` in JavaScript, `None` in Python.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number of 64 bits. A JavaScript number without a fraction becomes one.
    Int(i64),
    /// A floating-point number of 64 bits.
    Float(f64),
    /// Text.
    Str(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// Values in order.
    List(Vec<Value>),
    /// Named values, in the order in which they were given; names are unique.
    Map(Vec<(String, Value)>),
}

impl Value {
    /// A map from names and values, in that order.
    pub fn map<N: Into<String>>(entries: impl IntoIterator<Item = (N, Self)>) -> Self {
        Self::Map(
            entries
                .into_iter()
                .map(|(name, value)| (name.into(), value))
                .collect(),
        )
    }

    /// The kind of this value in words a person knows, for messages.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "true or false",
            Self::Int(_) => "a whole number",
            Self::Float(_) => "a number",
            Self::Str(_) => "a text",
            Self::Bytes(_) => "bytes",
            Self::List(_) => "a list",
            Self::Map(_) => "a set of named values",
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Str(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Str(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<Vec<Value>> for Value {
    fn from(values: Vec<Value>) -> Self {
        Self::List(values)
    }
}
