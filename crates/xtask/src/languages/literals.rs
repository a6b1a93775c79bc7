//! The literals in source code that are texts of the interface.

/// The literals that directly follow one of the starts, such as `t!(`.
///
/// # Errors
/// The line, counted from 1, on which something else follows.
pub(super) fn after(source: &str, starts: &[&str]) -> Result<Vec<String>, usize> {
    let mut found = Vec::new();
    for start in starts {
        for (at, _) in source.match_indices(start) {
            let before = source[..at].chars().next_back();
            let is_within_word =
                before.is_some_and(|sign| sign.is_alphanumeric() || "_.$".contains(sign));
            let line_start = source[..at].rfind('\n').map_or(0, |at| at + 1);
            let line = source[line_start..at].trim_start();
            let is_comment = line.starts_with("//") || line.starts_with('*');
            if is_within_word || is_comment || line.ends_with("function ") {
                continue;
            }
            let rest = source[at + start.len()..].trim_start();
            let literal = rest.strip_prefix('"').and_then(literal);
            let Some(literal) = literal else {
                return Err(source[..at].matches('\n').count() + 1);
            };
            found.push(literal);
        }
    }
    Ok(found)
}

/// What a literal means whose first quote is behind us.
fn literal(rest: &str) -> Option<String> {
    let mut text = String::new();
    let mut signs = rest.chars();
    loop {
        match signs.next()? {
            '"' => return Some(text),
            '\\' => match signs.next()? {
                'n' => text.push('\n'),
                't' => text.push('\t'),
                'u' => {
                    let (code, after) = signs.as_str().strip_prefix('{')?.split_once('}')?;
                    text.push(char::from_u32(u32::from_str_radix(code, 16).ok()?)?);
                    signs = after.chars();
                }
                sign @ ('"' | '\\' | '\'') => text.push(sign),
                _ => return None,
            },
            '\n' => return None,
            sign => text.push(sign),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::after;

    #[test]
    fn literals_are_found_with_what_they_mean() {
        let source = "html! { (t!(\"Stop\")) (t!(\n  \"{a} \\\"b\\\" \\u{e9}\", a)) assert!(\"no\") format!(\"no\") }\n// t!(nothing)";
        let found = after(source, &["t!("]);
        assert_eq!(found, Ok(vec!["Stop".to_owned(), "{a} \"b\" é".to_owned()]));
    }

    #[test]
    fn what_is_no_literal_is_named_by_its_line() {
        assert_eq!(after("a\nt(name)", &["t("]), Err(2));
        assert_eq!(after("t!(\"a\\\n b\")", &["t!("]), Err(1));
        assert_eq!(
            after("export function t(english: string) {}", &["t("]),
            Ok(Vec::new())
        );
    }
}
