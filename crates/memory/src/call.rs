//! One call: its key, and what is known of it before it is looked up.

use values::{Buffer, Digest, Digester, Skeleton, joblib};

use crate::{Arguments, BindError, Bound, Function, Key, Rules, Stamp, python};

/// The arguments of an entry are shown with at most about so many bytes.
const MOST_SHOWN: usize = 400;

/// One call of a function, or of a task.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// By what its result is found.
    pub key: Key,
    /// Whether it is remembered at all. One that is not is always computed, as with joblib's `Memory(location=None)`.
    pub kept: bool,
    /// What stands for the function's source; entries of another are not its results.
    pub source: u64,
    /// The arguments that the key is made of.
    pub arguments: Vec<(String, Skeleton)>,
    /// The files that the result is made from, as they are now, in the order of their names.
    pub stamps: Vec<Stamp>,
}

impl Function {
    /// A call with these arguments. Without a location it is not remembered.
    ///
    /// # Errors
    /// If the arguments do not fit the function, or cannot be digested.
    pub fn call<B: Buffer>(
        &self,
        location: Option<&str>,
        arguments: Arguments<B>,
        rules: &Rules,
    ) -> Result<Call, BindError> {
        let bound = self.bind(arguments, &rules.ignore)?;
        let key = |digest| Key {
            location: location.unwrap_or_default().to_owned(),
            function: self.name.clone(),
            digest,
        };
        let (digest, arguments) = arguments_digest(bound)?;
        Ok(Call {
            key: key(self.extended(digest, rules)),
            kept: location.is_some(),
            source: self.source.fingerprint(),
            arguments,
            stamps: Vec::new(),
        })
    }

    /// The digest with what else the rules make a part of the key; the same if that is nothing.
    fn extended(&self, arguments: Digest, rules: &Rules) -> Digest {
        let dependencies = rules.dependencies && !self.dependencies.is_empty();
        if rules.version.is_none() && !dependencies {
            return arguments;
        }
        let mut digester = Digester::new();
        digester.part(&arguments.0);
        match &rules.version {
            Some(version) => {
                digester.part(b"version");
                digester.part(version.as_bytes());
            }
            None => digester.part(b""),
        }
        if dependencies {
            let mut texts: Vec<_> = self.dependencies.iter().collect();
            texts.sort();
            for (name, text) in texts {
                digester.part(name.as_bytes());
                digester.part(text.as_bytes());
            }
        }
        digester.finish()
    }
}

impl Call {
    /// The same call, whose result is made from these files as they are now.
    #[must_use]
    pub fn with_stamps(mut self, mut stamps: Vec<Stamp>) -> Self {
        stamps.sort_by(|a, b| a.name.cmp(&b.name));
        self.stamps = stamps;
        self
    }

    /// The arguments as a person would write them, cut short.
    pub fn shown(&self) -> String {
        python::named(&self.arguments, MOST_SHOWN)
    }
}

/// joblib's digest of named arguments, which are a dict to it: their order makes no difference.
fn arguments_digest<B: Buffer>(
    bound: Bound<B>,
) -> Result<(Digest, Vec<(String, Skeleton)>), BindError> {
    let skeleton = Skeleton::Map(bound.arguments);
    let digest = joblib::digest_parts(&skeleton, &bound.buffers)?;
    match skeleton {
        Skeleton::Map(arguments) => Ok((digest, arguments)),
        _ => Ok((digest, Vec::new())),
    }
}
