//! What is called: a function with its parameters and its text, or a task with its version.

use values::{Skeleton, Value};
use xxhash_rust::xxh64::xxh64;

/// What is called.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// Its name, with the name of its module before it if it has one: `statistics.mean`.
    pub name: String,
    /// What it was made from. Results of another source are not its results.
    pub source: Source,
    /// Its parameters in their order; `None` if they cannot be known, so that its arguments have no names.
    pub parameters: Option<Vec<Parameter>>,
    /// The names and texts of the functions that it calls, for keys that depend on them ([`crate::Rules::dependencies`]).
    pub dependencies: Vec<(String, String)>,
}

/// What a function was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A task's version, which its maker raises when its results change.
    Version(u32),
    /// A function's text.
    Text {
        /// The text.
        text: String,
        /// The file or cell in which it stands, if it has a name.
        file: Option<String>,
        /// The line at which it begins there, counted from 1.
        first_line: Option<u32>,
        /// The whole text of that file as it is now, if it can be had: it tells an edited function from another one of the
        /// same name.
        whole_file: Option<String>,
    },
}

impl Source {
    /// The text by which it is compared; a task's version in its place.
    pub fn text(&self) -> String {
        match self {
            Self::Version(version) => format!("version {version}"),
            Self::Text { text, .. } => text.clone(),
        }
    }

    /// A number that stands for the text, wherever it is.
    pub(crate) fn fingerprint(&self) -> u64 {
        match self {
            Self::Version(_) => xxh64(self.text().as_bytes(), 0),
            Self::Text { text, .. } => xxh64(text.as_bytes(), 0),
        }
    }
}

/// One parameter of a function.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// What it is if the caller does not say.
    pub default: Option<Value>,
    /// How it can be given.
    pub kind: ParameterKind,
}

/// How an argument can be given, as in Python (<https://docs.python.org/3/library/inspect.html#inspect.Parameter.kind>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// By its place or by its name.
    PositionalOrKeyword,
    /// By its name only.
    KeywordOnly,
    /// All that are given by place and have no parameter of their own: `*args`.
    VarPositional,
    /// All that are given by name and have no parameter of their own: `**kwargs`.
    VarKeyword,
}

impl Parameter {
    /// A parameter that has to be given.
    pub fn required(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            default: None,
            kind: ParameterKind::PositionalOrKeyword,
        }
    }

    /// A parameter that need not be given.
    pub fn optional(name: impl Into<String>, default: Value) -> Self {
        Self {
            default: Some(default),
            ..Self::required(name)
        }
    }

    /// The same, of this kind.
    #[must_use]
    pub fn of_kind(self, kind: ParameterKind) -> Self {
        Self { kind, ..self }
    }
}

impl Function {
    /// A task, which takes one value: named arguments, or one that is called `value`.
    pub fn task(name: impl Into<String>, version: u32) -> Self {
        Self {
            name: name.into(),
            source: Source::Version(version),
            parameters: None,
            dependencies: Vec::new(),
        }
    }

    /// A function of this text with these parameters.
    pub fn of_text(
        name: impl Into<String>,
        text: impl Into<String>,
        parameters: Vec<Parameter>,
    ) -> Self {
        Self {
            name: name.into(),
            source: Source::Text {
                text: text.into(),
                file: None,
                first_line: None,
                whole_file: None,
            },
            parameters: Some(parameters),
            dependencies: Vec::new(),
        }
    }

    /// Its name without its module's.
    pub fn short_name(&self) -> &str {
        self.name.rsplit('.').next().unwrap_or(&self.name)
    }
}

/// A value as a skeleton that has no buffers.
pub(crate) fn inline(value: &Value) -> Skeleton {
    match value {
        Value::Null => Skeleton::Null,
        Value::Bool(truth) => Skeleton::Bool(*truth),
        Value::Int(number) => Skeleton::Int(*number),
        Value::Float(number) => Skeleton::Float(*number),
        Value::Str(text) => Skeleton::Str(text.clone()),
        Value::Bytes(bytes) => Skeleton::Bytes(bytes.clone()),
        Value::List(items) => Skeleton::List(items.iter().map(inline).collect()),
        Value::Map(entries) => Skeleton::Map(
            entries
                .iter()
                .map(|(name, value)| (name.clone(), inline(value)))
                .collect(),
        ),
    }
}
