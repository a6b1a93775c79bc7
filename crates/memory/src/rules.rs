//! What may be asked of remembered calls.

use core::fmt;

use crate::{Entry, Milliseconds, Stamp};

/// How calls are remembered: of a location, a function or one question.
#[derive(Clone, Debug, PartialEq)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own"
)]
pub struct Rules {
    /// Arguments that are no part of the key. A name that the function does not have is an error.
    pub ignore: Vec<String>,
    /// Part of the key, if given: the maker's own version of the results.
    pub version: Option<String>,
    /// Whether the texts of the functions that it calls are part of the key.
    pub dependencies: bool,
    /// A result is no longer valid when it is as old as this: [`expires_after`].
    pub expires_after: Option<Milliseconds>,
    /// A result that expired less than this ago is given all the same, and computed anew behind it.
    pub stale_for: Milliseconds,
    /// Whether the caller wants to be asked if a result is still valid, each time: joblib's `cache_validation_callback`.
    pub validates: bool,
    /// Whether of several that ask for a missing result only one computes it.
    pub single_flight: bool,
    /// Whether results are to be kept compressed, where the store can.
    pub compress: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            ignore: Vec::new(),
            version: None,
            dependencies: false,
            expires_after: None,
            stale_for: 0.0,
            validates: false,
            single_flight: true,
            compress: false,
        }
    }
}

/// Whether a result that is there can be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Validity {
    /// It can.
    Fresh,
    /// It can, but has to be computed anew.
    Stale,
    /// It is the result of another source, of files that have changed since, or too old.
    Invalid,
}

impl Rules {
    /// What these say about a result, made from this source and of files with these stamps.
    pub(crate) fn validity(
        &self,
        entry: &Entry,
        source: u64,
        stamps: &[Stamp],
        now: Milliseconds,
    ) -> Validity {
        if entry.source != source || entry.stamps != stamps {
            return Validity::Invalid;
        }
        let age = now - entry.created;
        match self.expires_after {
            None => Validity::Fresh,
            Some(most) if age < most => Validity::Fresh,
            Some(most) if age < most + self.stale_for => Validity::Stale,
            Some(_) => Validity::Invalid,
        }
    }
}

/// A span of time as joblib's `expires_after` takes it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Span {
    /// Days of 24 hours.
    pub days: f64,
    /// Seconds.
    pub seconds: f64,
    /// Millionths of a second.
    pub microseconds: f64,
    /// Thousandths of a second.
    pub milliseconds: f64,
    /// Minutes.
    pub minutes: f64,
    /// Hours.
    pub hours: f64,
    /// Weeks of 7 days.
    pub weeks: f64,
}

/// The sum of a span's parts, for [`Rules::expires_after`]. A result is valid as long as it is younger; with a span of nothing, or
/// a negative one, none ever is.
pub fn expires_after(span: Span) -> Milliseconds {
    let days = span.weeks * 7.0 + span.days;
    let minutes = (days * 24.0 + span.hours) * 60.0 + span.minutes;
    (minutes * 60.0 + span.seconds) * 1000.0 + span.milliseconds + span.microseconds / 1000.0
}

/// A limit that is none.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum LimitError {
    /// Not a size such as `10G`, `500M` or `50K`.
    Size(String),
    /// Not a number from 0.
    Negative {
        /// Which limit.
        name: &'static str,
        /// What was given.
        given: f64,
    },
}

impl LimitError {
    /// The stable name of this error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Size(_) => "limit-size",
            Self::Negative { .. } => "limit-negative",
        }
    }
}

impl fmt::Display for LimitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Size(given) => write!(
                f,
                "`{given}` is not a size. A size is a number and one of the letters K, M or G, such as 50K, 500M or 10G."
            ),
            Self::Negative { name, given } => {
                write!(f, "`{name}` must be a number from 0, but it is {given}.")
            }
        }
    }
}

impl core::error::Error for LimitError {}

/// The number of bytes that a text such as `12K`, `1.5M` or `2G` stands for; a unit is 1024 of the next smaller one, as in
/// joblib's `memstr_to_bytes` (`joblib/disk.py`).
///
/// # Errors
/// If it is not a number from 0 and one of the letters K, M and G.
pub fn bytes_from_text(text: &str) -> Result<u64, LimitError> {
    let refused = || LimitError::Size(text.to_owned());
    let unit = match text.chars().last() {
        Some('K') => 1024_f64,
        Some('M') => 1024_f64.powi(2),
        Some('G') => 1024_f64.powi(3),
        _ => return Err(refused()),
    };
    let number: f64 = text[..text.len() - 1]
        .trim()
        .parse()
        .map_err(|_| refused())?;
    if !number.is_finite() || number < 0.0 {
        return Err(refused());
    }
    Ok((unit * number) as u64)
}
