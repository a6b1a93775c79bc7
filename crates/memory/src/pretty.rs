//! Values over several lines, as Python's `pprint.pformat(value, indent=2, depth=3)` writes them
//! (<https://github.com/python/cpython/blob/3.11/Lib/pprint.py>): the arguments in joblib's lines.

use values::{Buffer, Skeleton};

use crate::python;

const WIDTH: usize = 80;
const INDENT: usize = 2;
const DEPTH: usize = 3;
/// So many bytes of a long part are looked at: what is shown is cut far before.
const MOST_READ: usize = 1 << 16;

/// The value over several lines where it does not fit into one of 80 columns.
pub(crate) fn pretty<B: Buffer>(value: &Skeleton, buffers: &[B]) -> String {
    let mut text = String::new();
    let value = with_long_parts(value, buffers);
    format(&mut text, &value, 0, 0, 0);
    text
}

/// The value with the beginnings of its long parts.
fn with_long_parts<B: Buffer>(value: &Skeleton, buffers: &[B]) -> Skeleton {
    let begin = |position: u32| {
        let mut bytes = Vec::new();
        if let Some(buffer) = buffers.get(position as usize) {
            buffer.read(&mut |piece| {
                let more = MOST_READ.saturating_sub(bytes.len()).min(piece.len());
                bytes.extend_from_slice(&piece[..more]);
            });
        }
        bytes
    };
    match value {
        Skeleton::LongStr(position) => {
            Skeleton::Str(String::from_utf8_lossy(&begin(*position)).into_owned())
        }
        Skeleton::LongBytes(position) => Skeleton::Bytes(begin(*position)),
        Skeleton::List(items) => Skeleton::List(
            items
                .iter()
                .map(|item| with_long_parts(item, buffers))
                .collect(),
        ),
        Skeleton::Map(entries) => {
            let mut entries: Vec<_> = entries
                .iter()
                .map(|(name, item)| (name.clone(), with_long_parts(item, buffers)))
                .collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Skeleton::Map(entries)
        }
        other => other.clone(),
    }
}

fn length(text: &str) -> usize {
    text.chars().count()
}

/// On one line, without what is nested too deeply.
fn one_line(value: &Skeleton, level: usize) -> String {
    match value {
        Skeleton::List(items) if items.is_empty() => "[]".to_owned(),
        Skeleton::Map(entries) if entries.is_empty() => "{}".to_owned(),
        Skeleton::List(_) if level >= DEPTH => "[...]".to_owned(),
        Skeleton::Map(_) if level >= DEPTH => "{...}".to_owned(),
        Skeleton::List(items) => {
            let items: Vec<_> = items.iter().map(|item| one_line(item, level + 1)).collect();
            format!("[{}]", items.join(", "))
        }
        Skeleton::Map(entries) => {
            let entries: Vec<_> = entries
                .iter()
                .map(|(name, item)| format!("{}: {}", repr_str(name), one_line(item, level + 1)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        scalar => python::repr(scalar),
    }
}

fn repr_str(text: &str) -> String {
    let mut repr = String::new();
    python::write_str(&mut repr, text);
    repr
}

fn repr_bytes(bytes: &[u8]) -> String {
    let mut repr = String::new();
    python::write_bytes(&mut repr, bytes);
    repr
}

/// `allowance` is what has to fit behind the value on its last line.
fn format(text: &mut String, value: &Skeleton, indent: usize, allowance: usize, level: usize) {
    let line = one_line(value, level);
    if length(&line) + indent + allowance <= WIDTH {
        text.push_str(&line);
        return;
    }
    match value {
        Skeleton::List(items) => {
            text.push('[');
            format_items(text, items, indent, allowance + 1, level + 1);
            text.push(']');
        }
        Skeleton::Map(entries) => {
            text.push('{');
            text.push_str(&" ".repeat(INDENT - 1));
            format_entries(text, entries, indent, allowance + 1, level + 1);
            text.push('}');
        }
        Skeleton::Str(string) => format_str(text, string, indent, allowance, level + 1),
        Skeleton::Bytes(bytes) => format_bytes(text, bytes, indent, allowance, level + 1),
        _ => text.push_str(&line),
    }
}

fn format_items(
    text: &mut String,
    items: &[Skeleton],
    indent: usize,
    allowance: usize,
    level: usize,
) {
    let indent = indent + INDENT;
    text.push_str(&" ".repeat(INDENT - 1));
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            new_line(text, indent);
        }
        let is_last = at + 1 == items.len();
        format(
            text,
            item,
            indent,
            if is_last { allowance } else { 1 },
            level,
        );
    }
}

fn format_entries(
    text: &mut String,
    entries: &[(String, Skeleton)],
    indent: usize,
    allowance: usize,
    level: usize,
) {
    let indent = indent + INDENT;
    for (at, (name, item)) in entries.iter().enumerate() {
        if at > 0 {
            new_line(text, indent);
        }
        let name = repr_str(name);
        text.push_str(&name);
        text.push_str(": ");
        let is_last = at + 1 == entries.len();
        let allowance = if is_last { allowance } else { 1 };
        format(text, item, indent + length(&name) + 2, allowance, level);
    }
}

fn new_line(text: &mut String, indent: usize) {
    text.push_str(",\n");
    text.push_str(&" ".repeat(indent));
}

/// A text as pieces, each a literal on a line of its own: at line ends, else between words.
fn format_str(
    text: &mut String,
    string: &str,
    mut indent: usize,
    mut allowance: usize,
    level: usize,
) {
    if string.is_empty() {
        text.push_str("''");
        return;
    }
    if level == 1 {
        indent += 1;
        allowance += 1;
    }
    let fits = |repr: &str, reserved: usize| length(repr) + reserved + indent <= WIDTH;
    let lines = split_lines(string);
    let mut chunks = Vec::new();
    let mut last_repr = String::new();
    for (at, line) in lines.iter().enumerate() {
        let is_last = at + 1 == lines.len();
        let reserved = if is_last { allowance } else { 0 };
        last_repr = repr_str(line);
        if fits(&last_repr, reserved) {
            chunks.push(last_repr.clone());
            continue;
        }
        let words = split_words(line);
        let mut current = String::new();
        for (word_at, word) in words.iter().enumerate() {
            let candidate = format!("{current}{word}");
            let reserved = if word_at + 1 == words.len() {
                reserved
            } else {
                0
            };
            if fits(&repr_str(&candidate), reserved) {
                current = candidate;
            } else {
                if !current.is_empty() {
                    chunks.push(repr_str(&current));
                }
                (*word).clone_into(&mut current);
            }
        }
        if !current.is_empty() {
            chunks.push(repr_str(&current));
        }
    }
    if chunks.len() == 1 {
        text.push_str(&last_repr);
        return;
    }
    if level == 1 {
        text.push('(');
    }
    let between = format!("\n{}", " ".repeat(indent));
    text.push_str(&chunks.join(&between));
    if level == 1 {
        text.push(')');
    }
}

/// Bytes as literals of as many groups of four as fit, each on a line of its own.
fn format_bytes(
    text: &mut String,
    bytes: &[u8],
    mut indent: usize,
    mut allowance: usize,
    level: usize,
) {
    if bytes.len() <= 4 {
        text.push_str(&repr_bytes(bytes));
        return;
    }
    let parens = level == 1;
    if parens {
        indent += 1;
        allowance += 1;
        text.push('(');
    }
    let mut reserved = 0;
    let last = bytes.len() / 4 * 4;
    let mut chunks = Vec::new();
    let mut current: &[u8] = &[];
    let mut begin = 0;
    for at in (0..bytes.len()).step_by(4) {
        let end = (at + 4).min(bytes.len());
        if at == last {
            reserved = allowance;
        }
        let candidate = &bytes[begin..end];
        if repr_bytes(candidate).len() + reserved + indent > WIDTH {
            if !current.is_empty() {
                chunks.push(repr_bytes(current));
            }
            begin = at;
        }
        current = &bytes[begin..end];
    }
    if !current.is_empty() {
        chunks.push(repr_bytes(current));
    }
    let between = format!("\n{}", " ".repeat(indent));
    text.push_str(&chunks.join(&between));
    if parens {
        text.push(')');
    }
}

/// As `str.splitlines(True)`.
fn split_lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let (mut begin, mut chars) = (0, text.char_indices().peekable());
    while let Some((at, c)) = chars.next() {
        let ends = matches!(
            c,
            '\n' | '\r' | '\x0b' | '\x0c' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}'
        );
        if !ends {
            continue;
        }
        let mut end = at + c.len_utf8();
        if c == '\r' && chars.next_if(|(_, next)| *next == '\n').is_some() {
            end += 1;
        }
        lines.push(&text[begin..end]);
        begin = end;
    }
    if begin < text.len() {
        lines.push(&text[begin..]);
    }
    lines
}

/// As `re.findall(r'\S*\s*', line)`: each word with the space behind it.
fn split_words(line: &str) -> Vec<&str> {
    let is_space = |c: char| c.is_whitespace() || matches!(c, '\x1c'..='\x1f');
    let mut words = Vec::new();
    let (mut begin, mut after_space) = (0, false);
    for (at, c) in line.char_indices() {
        if after_space && !is_space(c) {
            words.push(&line[begin..at]);
            begin = at;
        }
        after_space = is_space(c);
    }
    words.push(&line[begin..]);
    words
}
