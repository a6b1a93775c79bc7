//! Which parameter each argument of a call belongs to, so that `f(1)` and `f(x=1)` are one call.
//!
//! The rules are those of joblib 1.6.0's `filter_args` (`joblib/func_inspect.py`), and so are the errors' occasions.

use core::fmt;

use values::joblib::HashError;
use values::{Buffer, Parcel, ParcelError, Skeleton};

use crate::function::inline;
use crate::{Function, Parameter, ParameterKind, Source, python};

/// The arguments of a call as they were given.
#[derive(Clone, Debug, PartialEq)]
pub struct Arguments<B> {
    /// Those given by place.
    pub positional: Vec<Skeleton>,
    /// Those given by name.
    pub keyword: Vec<(String, Skeleton)>,
    /// The long parts of both.
    pub buffers: Vec<B>,
}

/// What a function's parameters are in one call: by name, defaults filled in, without what is ignored.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound<B> {
    /// Names and values. Further arguments by place are called `*`, further ones by name `**`.
    pub arguments: Vec<(String, Skeleton)>,
    /// The long parts.
    pub buffers: Vec<B>,
}

/// A call that does not fit its function.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BindError {
    /// An argument was given by place and by name.
    Twice {
        /// The parameter.
        name: String,
        /// The function's signature.
        signature: String,
        /// The call.
        call: String,
    },
    /// An argument is missing.
    Missing {
        /// The parameter.
        name: String,
        /// The function's signature.
        signature: String,
        /// The call.
        call: String,
    },
    /// More arguments by place than the function takes.
    TooMany {
        /// The function's signature.
        signature: String,
        /// The call.
        call: String,
    },
    /// An argument by a name that the function does not know.
    UnknownName {
        /// The name.
        name: String,
        /// The function's signature.
        signature: String,
        /// The call.
        call: String,
    },
    /// A name that should be ignored is not a parameter.
    UnknownIgnored {
        /// The name.
        name: String,
        /// The function's signature.
        signature: String,
    },
    /// The arguments cannot be read.
    Unreadable(ParcelError),
    /// An argument has no digest. The path begins with its name: `['x'][3]`.
    NoDigest(HashError),
}

impl BindError {
    /// The stable name of this error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Twice { .. } => "argument-twice",
            Self::Missing { .. } => "argument-missing",
            Self::TooMany { .. } => "argument-too-many",
            Self::UnknownName { .. } => "argument-unknown",
            Self::UnknownIgnored { .. } => "ignore-unknown",
            Self::Unreadable(error) => error.code(),
            Self::NoDigest(error) => error.code(),
        }
    }
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Twice {
                name,
                signature,
                call,
            } => write!(
                f,
                "The argument `{name}` of {signature} is given by place and by name: {call}."
            ),
            Self::Missing {
                name,
                signature,
                call,
            } => write!(
                f,
                "The argument `{name}` of {signature} is missing: {call}."
            ),
            Self::TooMany { signature, call } => {
                write!(f, "{signature} takes fewer arguments: {call}.")
            }
            Self::UnknownName {
                name,
                signature,
                call,
            } => write!(f, "{signature} has no argument `{name}`: {call}."),
            Self::UnknownIgnored { name, signature } => write!(
                f,
                "`{name}` should be ignored, but {signature} has no argument of that name."
            ),
            Self::Unreadable(error) => error.fmt(f),
            Self::NoDigest(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for BindError {}

impl From<ParcelError> for BindError {
    fn from(error: ParcelError) -> Self {
        Self::Unreadable(error)
    }
}

impl From<HashError> for BindError {
    fn from(error: HashError) -> Self {
        Self::NoDigest(error)
    }
}

impl<B: Buffer> Arguments<B> {
    /// Arguments by place, and by name, in one parcel: a list of a list and a map. Anything else is one argument by place.
    ///
    /// # Errors
    /// If the parcel cannot be read.
    pub fn of_call(parcel: Parcel<B>) -> Result<Self, ParcelError> {
        let (positional, keyword) = match parcel.skeleton()? {
            Skeleton::List(mut parts)
                if matches!(parts[..], [Skeleton::List(_), Skeleton::Map(_)]) =>
            {
                match (parts.pop(), parts.pop()) {
                    (Some(Skeleton::Map(keyword)), Some(Skeleton::List(positional))) => {
                        (positional, keyword)
                    }
                    _ => (Vec::new(), Vec::new()),
                }
            }
            other => (vec![other], Vec::new()),
        };
        Ok(Self {
            positional,
            keyword,
            buffers: parcel.buffers,
        })
    }

    /// The one value that a task is given: its named parts are the arguments, or it is the argument `value`.
    ///
    /// # Errors
    /// If the parcel cannot be read.
    pub fn of_task(parcel: Parcel<B>) -> Result<Self, ParcelError> {
        let keyword = match parcel.skeleton()? {
            Skeleton::Map(named) => named,
            value => vec![("value".to_owned(), value)],
        };
        Ok(Self {
            positional: Vec::new(),
            keyword,
            buffers: parcel.buffers,
        })
    }
}

impl Function {
    /// The arguments of a call by the names of their parameters, with defaults filled in and without those that are
    /// ignored.
    ///
    /// # Errors
    /// If the arguments do not fit the parameters, or a name to be ignored is not one of them.
    pub fn bind<B>(&self, given: Arguments<B>, ignore: &[String]) -> Result<Bound<B>, BindError> {
        let Arguments {
            positional,
            keyword,
            buffers,
        } = given;
        let mut arguments = match (&self.parameters, &self.source) {
            (Some(parameters), _) => self.fill(parameters, positional, keyword)?,
            (None, Source::Version(_)) => keyword,
            // What cannot be inspected has two arguments, of which none can be told apart.
            (None, Source::Text { .. }) => {
                return Ok(Bound {
                    arguments: vec![
                        ("*".to_owned(), Skeleton::List(positional)),
                        ("**".to_owned(), Skeleton::Map(keyword)),
                    ],
                    buffers,
                });
            }
        };
        for name in ignore {
            match arguments.iter().position(|(other, _)| other == name) {
                Some(at) => {
                    arguments.remove(at);
                }
                None => {
                    return Err(BindError::UnknownIgnored {
                        name: name.clone(),
                        signature: self.signature(),
                    });
                }
            }
        }
        Ok(Bound { arguments, buffers })
    }

    fn fill(
        &self,
        parameters: &[Parameter],
        positional: Vec<Skeleton>,
        keyword: Vec<(String, Skeleton)>,
    ) -> Result<Vec<(String, Skeleton)>, BindError> {
        let called = || (self.signature(), self.call_text(&positional, &keyword));
        let of_kind = |kind| parameters.iter().filter(move |p| p.kind == kind);
        let by_place = of_kind(ParameterKind::PositionalOrKeyword).count();
        let has_name = |name: &str| keyword.iter().any(|(given, _)| given == name);
        // Everything is checked before anything is moved: the errors show the call.
        for (place, parameter) in of_kind(ParameterKind::PositionalOrKeyword).enumerate() {
            let (signature, call);
            if place < positional.len() {
                if has_name(&parameter.name) {
                    (signature, call) = called();
                    return Err(BindError::Twice {
                        name: parameter.name.clone(),
                        signature,
                        call,
                    });
                }
            } else if !has_name(&parameter.name) && parameter.default.is_none() {
                (signature, call) = called();
                return Err(BindError::Missing {
                    name: parameter.name.clone(),
                    signature,
                    call,
                });
            }
        }
        let rest = of_kind(ParameterKind::VarPositional).next().is_some();
        if positional.len() > by_place && !rest {
            let (signature, call) = called();
            return Err(BindError::TooMany { signature, call });
        }
        for parameter in of_kind(ParameterKind::KeywordOnly) {
            if parameter.default.is_none() && !has_name(&parameter.name) {
                let (signature, call) = called();
                return Err(BindError::Missing {
                    name: parameter.name.clone(),
                    signature,
                    call,
                });
            }
        }
        let is_named = |name: &str| {
            parameters.iter().any(|parameter| {
                parameter.name == name
                    && matches!(
                        parameter.kind,
                        ParameterKind::PositionalOrKeyword | ParameterKind::KeywordOnly
                    )
            })
        };
        let named_rest = of_kind(ParameterKind::VarKeyword).next().is_some();
        if let Some((name, _)) = keyword.iter().find(|(name, _)| !is_named(name))
            && !named_rest
        {
            let (signature, call) = called();
            return Err(BindError::UnknownName {
                name: name.clone(),
                signature,
                call,
            });
        }
        let (mut named, further): (Vec<_>, Vec<_>) =
            keyword.into_iter().partition(|(name, _)| is_named(name));
        let mut places = positional.into_iter();
        let mut bound = Vec::with_capacity(parameters.len());
        for parameter in parameters {
            let value = match parameter.kind {
                ParameterKind::PositionalOrKeyword => places.next(),
                ParameterKind::KeywordOnly => None,
                ParameterKind::VarPositional | ParameterKind::VarKeyword => continue,
            };
            let value = value.or_else(|| {
                let at = named.iter().position(|(name, _)| *name == parameter.name)?;
                Some(named.swap_remove(at).1)
            });
            let value = value.or_else(|| parameter.default.as_ref().map(inline));
            // In the order in which joblib has them, and shows them: those with a default first.
            let rank = match (&parameter.default, parameter.kind) {
                (Some(_), _) => 0,
                (None, ParameterKind::PositionalOrKeyword) => 1,
                (None, _) => 3,
            };
            bound.extend(value.map(|value| (rank, (parameter.name.clone(), value))));
        }
        if rest {
            bound.push((2, ("*".to_owned(), Skeleton::List(places.collect()))));
        }
        if named_rest {
            bound.push((4, ("**".to_owned(), Skeleton::Map(further))));
        }
        bound.sort_by_key(|(rank, _)| *rank);
        Ok(bound.into_iter().map(|(_, argument)| argument).collect())
    }

    /// The function's name with its parameters, as Python writes it: `f(x, y=2, *args)`.
    pub fn signature(&self) -> String {
        let Some(parameters) = &self.parameters else {
            return self.short_name().to_owned();
        };
        let mut parts = Vec::new();
        let mut names_only = false;
        for parameter in parameters {
            let name = &parameter.name;
            match parameter.kind {
                ParameterKind::VarPositional => {
                    names_only = true;
                    parts.push(format!("*{name}"));
                    continue;
                }
                ParameterKind::VarKeyword => {
                    parts.push(format!("**{name}"));
                    continue;
                }
                ParameterKind::KeywordOnly if !names_only => {
                    names_only = true;
                    parts.push("*".to_owned());
                }
                ParameterKind::KeywordOnly | ParameterKind::PositionalOrKeyword => {}
            }
            parts.push(match &parameter.default {
                Some(default) => format!("{name}={}", python::repr(&inline(default))),
                None => name.clone(),
            });
        }
        format!("{}({})", self.short_name(), parts.join(", "))
    }

    /// The call as a person would write it.
    fn call_text(&self, positional: &[Skeleton], keyword: &[(String, Skeleton)]) -> String {
        let places = positional.iter().map(python::repr);
        let names = keyword
            .iter()
            .map(|(name, value)| format!("{name}={}", python::repr(value)));
        let all: Vec<_> = places.chain(names).collect();
        format!("{}({})", self.short_name(), all.join(", "))
    }
}
