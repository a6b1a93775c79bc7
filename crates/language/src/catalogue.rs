//! A catalogue: what the English texts are in another language.

use std::collections::HashMap;

/// What the English texts are in another language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalogue {
    texts: HashMap<String, String>,
}

/// A line of a packed catalogue that is no pair of texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CatalogueError {
    /// The line, counted from 1.
    pub line: usize,
}

impl CatalogueError {
    /// The stable name of the error.
    #[must_use]
    pub const fn code(self) -> &'static str {
        "catalogue-line"
    }
}

impl core::fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Line {} is no pair of texts.", self.line)
    }
}

impl core::error::Error for CatalogueError {}

impl Catalogue {
    /// Of pairs: the English text and what it is in the other language.
    pub fn new(texts: impl IntoIterator<Item = (String, String)>) -> Self {
        Self {
            texts: texts.into_iter().collect(),
        }
    }

    /// What this English text is in the other language.
    pub fn get(&self, english: &str) -> Option<&str> {
        self.texts.get(english).map(String::as_str)
    }

    /// As it travels to a page: a line for each pair, in order, with a tab between the two; in a text a backslash is
    /// doubled, a line feed is `\n` and a tab `\t`.
    #[must_use]
    pub fn packed(&self) -> String {
        let mut pairs: Vec<_> = self.texts.iter().collect();
        pairs.sort();
        let mut packed = String::new();
        for (english, text) in pairs {
            packed.push_str(&escaped(english));
            packed.push('\t');
            packed.push_str(&escaped(text));
            packed.push('\n');
        }
        packed
    }

    /// Reads what [`Catalogue::packed`] made.
    ///
    /// # Errors
    /// When a line is no pair.
    pub fn unpacked(packed: &str) -> Result<Self, CatalogueError> {
        let lines = packed.lines().enumerate();
        let pairs = lines.map(|(at, line)| {
            let (english, text) = line
                .split_once('\t')
                .ok_or(CatalogueError { line: at + 1 })?;
            Ok((plain(english), plain(text)))
        });
        Ok(Self {
            texts: pairs.collect::<Result<_, _>>()?,
        })
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('\n', "\\n")
        .replace('\r', "\\r")
        .replace('\t', "\\t")
}

fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut signs = text.chars();
    while let Some(sign) = signs.next() {
        match (sign, sign == '\\') {
            (_, true) => match signs.next() {
                Some('n') => out.push('\n'),
                Some('r') => out.push('\r'),
                Some('t') => out.push('\t'),
                Some(other) => out.push(other),
                None => {}
            },
            (sign, false) => out.push(sign),
        }
    }
    out
}
