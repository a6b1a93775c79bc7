//! What a Markdown file begins with: TOML between two lines `+++`.

use serde::de::DeserializeOwned;

use crate::source::Source;
use crate::{Fault, Problem};

const FENCE: &str = "+++";

/// What is said first, and where the rest begins.
pub(crate) fn read<T: DeserializeOwned>(source: Source<'_>) -> Result<(T, usize), Fault> {
    let (toml, from, body) =
        split(source.text).ok_or_else(|| source.fault(0, Problem::FrontMatter))?;
    let said = toml::from_str(toml).map_err(|error| source.toml(from, &error))?;
    Ok((said, body))
}

/// The TOML, where it begins, and where the rest begins.
fn split(text: &str) -> Option<(&str, usize, usize)> {
    let mut lines = text.split_inclusive('\n');
    let first = lines.next()?;
    if first.trim_end() != FENCE {
        return None;
    }
    let mut end = first.len();
    for line in lines {
        if line.trim_end() == FENCE {
            return Some((&text[first.len()..end], first.len(), end + line.len()));
        }
        end += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn the_rest_begins_after_the_second_fence() {
        let text = "+++\na = 1\n+++\nRest\n";
        assert_eq!(split(text), Some(("a = 1\n", 4, 14)));
        assert_eq!(&text[14..], "Rest\n");
    }

    #[test]
    fn both_fences_are_needed() {
        assert!(split("# Title\n").is_none());
        assert!(split("+++\na = 1\n").is_none());
        assert!(split("").is_none());
    }
}
