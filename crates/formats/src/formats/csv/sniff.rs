//! Finding the delimiter of a CSV file.

/// The delimiter that splits the first lines into the same number of cells, of comma, semicolon, tab and bar; none if
/// there is none, as in a text that is no table.
///
/// Looks at the first 8 KiB.
pub fn sniff(bytes: &[u8]) -> Option<u8> {
    let start = &bytes[..bytes.len().min(8192)];
    let complete = start.len() == bytes.len();
    let scored = b",;\t|".iter().filter_map(|&delimiter| {
        let counts = counts(start, delimiter, complete);
        let (&first, rest) = counts.split_first()?;
        (first > 0 && rest.iter().all(|&count| count == first)).then_some((first, delimiter))
    });
    scored
        .max_by_key(|(count, _)| *count)
        .map(|(_, delimiter)| delimiter)
}

/// How often the delimiter stands outside quotes in each line.
fn counts(bytes: &[u8], delimiter: u8, complete: bool) -> Vec<usize> {
    let (mut counts, mut count, mut quoted, mut any) = (Vec::new(), 0, false, false);
    for &byte in bytes {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => {
                if any {
                    counts.push(count);
                }
                (count, any) = (0, false);
                continue;
            }
            _ if byte == delimiter && !quoted => count += 1,
            _ => {}
        }
        any |= byte != b'\r';
    }
    if complete && any {
        counts.push(count);
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_found_outside_quotes() {
        assert_eq!(sniff(b"a;b\n\"1,2;3\";4\r\n"), Some(b';'));
        assert_eq!(sniff(b"a\tb\tc\n1\t2\t3"), Some(b'\t'));
        assert_eq!(
            sniff(b"Dear reader,\nthis is, as you see, no table.\n"),
            None
        );
        assert_eq!(sniff(b""), None);
    }
}
