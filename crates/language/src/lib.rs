//! The texts of the interface in the visitor's language.
//!
//! A text stands in the code in English, within [`t!`]. That is also its key: a catalogue says for each English text what it
//! is in another language, and where it says nothing the English text is shown. The language is that of the thread: a
//! kernel has its worker to itself, and the build renders one language after the other.

mod catalogue;

use core::cell::RefCell;
use core::fmt::Display;

pub use catalogue::{Catalogue, CatalogueError};

thread_local! {
    static CHOSEN: RefCell<Option<Catalogue>> = const { RefCell::new(None) };
}

/// How a number is written in English, as a text: what a catalogue makes of it says which separators its language has.
pub const NUMBER: &str = "1,234.5";

/// Chooses the language of this thread; without a catalogue it is English.
pub fn choose(catalogue: Option<Catalogue>) {
    CHOSEN.with(|chosen| *chosen.borrow_mut() = catalogue);
}

/// The text in the language of this thread. The values take the places of their names in braces.
///
/// Called through [`t!`], which lets a check find all texts.
pub fn fill(english: &str, values: &[(&str, &dyn Display)]) -> String {
    CHOSEN.with(|chosen| {
        let chosen = chosen.borrow();
        let text = chosen.as_ref().and_then(|chosen| chosen.get(english));
        filled(text.unwrap_or(english), values)
    })
}

/// The text in the language of this thread: for texts that are no literals there. Where they are written stands [`mark!`].
pub fn text(english: &str) -> String {
    fill(english, &[])
}

/// A number that is written in English, such as `1,234.5`, as it is written in the language of this thread.
pub fn number(english: &str) -> String {
    let pattern = text(NUMBER);
    let mut separators = pattern.chars().filter(|sign| !sign.is_ascii_digit());
    let (Some(thousands), Some(point)) = (separators.next(), separators.next()) else {
        return english.to_owned();
    };
    let sign = |sign| match sign {
        ',' => thousands,
        '.' => point,
        other => other,
    };
    english.chars().map(sign).collect()
}

/// What stands in braces is replaced, if there is a value of that name; two braces stand for one, as in `format!`.
fn filled(text: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        if after.starts_with(&rest[at..=at]) {
            out.push_str(&rest[at..=at]);
            rest = &after[1..];
            continue;
        }
        let value = after.split_once('}').and_then(|(name, after)| {
            let (_, value) = values.iter().find(|(known, _)| *known == name)?;
            Some((value, after))
        });
        if let Some((value, after)) = value {
            out.push_str(&value.to_string());
            rest = after;
        } else {
            out.push_str(&rest[at..=at]);
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// A text of the interface, written in English, in the language of this thread.
///
/// ```
/// use language::t;
///
/// let rows = 3;
/// assert_eq!(t!("Stop"), "Stop");
/// assert_eq!(t!("{rows} rows of {name}", rows, name = "people"), "3 rows of people");
/// ```
#[macro_export]
macro_rules! t {
    ($english:literal $(,)?) => {
        $crate::text($english)
    };
    ($english:literal, $($name:ident $(= $value:expr)?),+ $(,)?) => {
        $crate::fill($english, &[$((stringify!($name), $crate::value!($name $(= $value)?))),+])
    };
}

/// A text of the interface that is put into a table or constant: the text itself, for [`text`] at the place where it is shown.
#[macro_export]
macro_rules! mark {
    ($english:literal) => {
        $english
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! value {
    ($name:ident) => {
        &$name as &dyn ::core::fmt::Display
    };
    ($name:ident = $value:expr) => {
        &$value as &dyn ::core::fmt::Display
    };
}
