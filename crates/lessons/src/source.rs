//! A file of an author, with places in it.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::{Fault, Problem};

/// A file as it was written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'a> {
    /// Where it is, from the root of the checkout.
    pub(crate) file: &'a str,
    /// What is in it.
    pub(crate) text: &'a str,
}

impl Source<'_> {
    /// A fault at this byte of the file.
    pub(crate) fn fault(&self, offset: usize, problem: Problem) -> Fault {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &self.text[..offset];
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        Fault {
            file: self.file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[start..].chars().count() + 1,
            problem,
        }
    }

    /// The fault that a TOML parser found in a part of the file that begins at `from`.
    pub(crate) fn toml(&self, from: usize, error: &toml::de::Error) -> Fault {
        let offset = from + error.span().map_or(0, |span| span.start);
        self.fault(offset, Problem::Toml(error.message().to_owned()))
    }
}

/// Where something is in a TOML text: names and numbers with dots between, such as `task.hints.1`; where it is not there,
/// the place that it would be in.
pub(crate) fn locate(table: &Spanned<DeTable<'_>>, path: &str) -> usize {
    let mut place = table.span().start;
    let mut names = path.split('.');
    let mut value = names.next().and_then(|name| table.get_ref().get(name));
    while let Some(found) = value {
        place = found.span().start;
        value = names.next().and_then(|name| match found.get_ref() {
            DeValue::Table(table) => table.get(name),
            DeValue::Array(items) => name.parse().ok().and_then(|index: usize| items.get(index)),
            _ => None,
        });
    }
    place
}

#[cfg(test)]
mod tests {
    use toml::de::DeTable;

    use super::{Source, locate};
    use crate::Problem;

    #[test]
    fn places_are_counted_in_lines_and_characters() {
        let source = Source {
            file: "a.md",
            text: "ä\nöß\n",
        };
        let fault = source.fault(5, Problem::RawHtml);
        assert_eq!((fault.line, fault.column), (2, 2));
        let end = source.fault(99, Problem::RawHtml);
        assert_eq!((end.line, end.column), (3, 1));
    }

    #[test]
    fn keys_and_positions_lead_to_their_place() -> Result<(), toml::de::Error> {
        let text = "a = 1\n[b]\nc = [1, 2]\n[[d]]\ne = 1\n[[d]]\ne = 22\n";
        let table = DeTable::parse(text)?;
        let at = |path| &text[locate(&table, path)..];
        assert!(at("b.c.1").starts_with("2]"));
        assert!(at("d.1.e").starts_with("22"));
        assert!(at("d.1.f").starts_with("[[d]]\ne = 22"), "{}", at("d.1.f"));
        Ok(())
    }
}
