//! INI as CPython's `configparser` reads and writes it, without interpolation.
//!
//! A map of sections, each a map of texts. The section `DEFAULT` is one like the others here: its options are not copied
//! into them. Names of options are read in lower case, as `configparser` does; a name that stands twice is refused.

use crate::formats::json;
use crate::reading::{Reading, clip, utf8};
use crate::writing::Writing;
use crate::{
    Datum, DecodeOptions, Decoded, EncodeOptions, Encoded, ErrorKind, Format, FormatError, Map,
    Position,
};

/// INI files, as of Python's `configparser`.
#[derive(Clone, Copy, Debug)]
pub struct Ini;

impl Format for Ini {
    fn name(&self) -> &'static str {
        "ini"
    }

    fn title(&self) -> &'static str {
        "INI"
    }

    fn media_type(&self) -> &'static str {
        "application/x-ini"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["ini", "cfg"]
    }

    fn specification(&self) -> &'static str {
        "https://docs.python.org/3/library/configparser.html#supported-ini-file-structure"
    }

    fn holds(&self) -> &'static str {
        "Sections of named texts, two levels and no more. Everything is text; names of options lose their case."
    }

    fn encode(&self, datum: &Datum, options: &EncodeOptions) -> Result<Encoded, FormatError> {
        let mut writing = Writing::new("INI", options);
        let Datum::Map(sections) = datum else {
            return Err(writing.unfit(&format!("{} where sections should be", datum.kind())));
        };
        let mut text = String::new();
        let mut names = Vec::new();
        for (name, options) in sections {
            let name = writing.key(name)?.into_owned();
            if name.is_empty() || name.contains(['\n', '\r']) {
                return Err(writing.unfit("a section whose name is empty or has several lines"));
            }
            let Datum::Map(options) = options else {
                return Err(writing.unfit(&format!("{} outside of a section", options.kind())));
            };
            text.push_str(&format!("[{name}]\n"));
            section(options, &mut text, &mut writing)?;
            text.push('\n');
            names.push(name);
        }
        writing.distinct(names.iter().map(String::as_str))?;
        Ok(Encoded {
            bytes: text.into_bytes(),
            notes: writing.notes.into_vec(),
        })
    }

    fn read(&self, bytes: &[u8], options: &DecodeOptions) -> Result<Decoded, FormatError> {
        let text = utf8(bytes)?;
        let mut reader = Reader {
            reading: Reading::new(options),
            sections: Vec::new(),
            places: std::collections::HashMap::new(),
            names: std::collections::HashSet::new(),
            value: None,
            indent: 0,
        };
        let (mut offset, mut record) = (0, None);
        // As of a file opened as text in Python, any of three line ends ends a line.
        for line in lines(text) {
            let before = reader.sections.len();
            reader.line(line).map_err(|error| match error.position {
                Some(_) => error,
                None => error.at(Position::in_text(bytes, offset)),
            })?;
            if reader.sections.len() > before
                && let Some(start) = record.replace(offset)
            {
                reader.reading.record(start..offset);
            }
            offset += line.len();
        }
        reader.end_value();
        if let Some(start) = record {
            reader.reading.record(start..offset);
        }
        let sections = reader.sections.into_iter();
        let sections = sections.map(|(name, options)| (name, Datum::map(options)));
        let datum = Datum::Map(sections.collect());
        Ok(reader.reading.finish(datum))
    }
}

fn section(options: &Map, text: &mut String, writing: &mut Writing<'_>) -> Result<(), FormatError> {
    let mut names = Vec::with_capacity(options.len());
    for (key, value) in options {
        let name = writing.key(key)?;
        if name.is_empty()
            || trim(&name) != name
            || name.contains(['=', ':', '\n', '\r'])
            || name.starts_with(['[', '#', ';'])
        {
            let name = clip(&name);
            return Err(writing.unfit(&format!("the name \"{name}\" of an option")));
        }
        let lower = name.to_lowercase();
        if lower != name {
            writing.change(
                "case_lost",
                "the case of an option's name",
                "it is, but read in lower case",
            )?;
        }
        names.push(lower);
        let value = value_text(value, writing)?;
        text.push_str(&format!("{name} = {}\n", value.replace('\n', "\n\t")));
    }
    writing.distinct(names.iter().map(String::as_str))
}

/// The text of a value, such that it reads back as the same text.
fn value_text(value: &Datum, writing: &mut Writing<'_>) -> Result<String, FormatError> {
    let text = match value {
        Datum::Str(text) => text.as_str().to_owned(),
        Datum::Null => {
            writing.change("null_as_empty", value.kind(), "an empty text")?;
            String::new()
        }
        Datum::Bool(value) => {
            writing.change("all_text", "true or false", "text")?;
            value.to_string()
        }
        Datum::Int(number) => {
            writing.change("all_text", value.kind(), "text")?;
            number.to_string()
        }
        Datum::List(_) | Datum::Tuple(_) | Datum::Set(_) | Datum::Map(_) => {
            let what = format!("{} in an option", value.kind());
            writing.change("nested_as_json", &what, "JSON in the option")?;
            json::text(value, writing.options)?
        }
        other => writing.as_text(other)?,
    };
    let comment = |line: &str| trim(line).starts_with(['#', ';']);
    if text.contains('\r') || text.split('\n').skip(1).any(comment) {
        return Err(writing
            .unfit("a text with a carriage return, or with a line that begins like a comment"));
    }
    let read: Vec<&str> = text.split('\n').map(trim).collect();
    if trim_end(&read.join("\n")) != text {
        writing.change(
            "blanks_lost",
            "blanks around the lines of a text",
            "they are, but not read",
        )?;
    }
    Ok(text)
}

/// What Python's `str.strip()` takes for a blank.
fn is_blank(character: char) -> bool {
    character.is_whitespace() || ('\x1c'..='\x1f').contains(&character)
}

fn trim(text: &str) -> &str {
    text.trim_matches(is_blank)
}

fn trim_end(text: &str) -> &str {
    text.trim_end_matches(is_blank)
}

/// Lines with their ends: a line feed, a carriage return, or both.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    core::iter::from_fn(move || {
        let end = match rest.find(['\n', '\r']) {
            Some(at) if rest[at..].starts_with("\r\n") => at + 2,
            Some(at) => at + 1,
            None => rest.len(),
        };
        let (line, after) = rest.split_at(end);
        rest = after;
        (!line.is_empty()).then_some(line)
    })
}

type Section = (String, Vec<(String, Datum)>);

struct Reader<'a> {
    reading: Reading<'a>,
    sections: Vec<Section>,
    places: std::collections::HashMap<String, usize>,
    /// The names of the options of the section that is being read.
    names: std::collections::HashSet<String>,
    /// The lines of the value that is being read.
    value: Option<String>,
    /// How far the last option was indented; what is indented more continues it.
    indent: usize,
}

impl Reader<'_> {
    /// Reads a line, as `RawConfigParser._read` does.
    fn line(&mut self, line: &str) -> Result<(), FormatError> {
        let content = trim(line);
        if content.is_empty() {
            if let Some(value) = &mut self.value {
                value.push('\n');
            }
            return Ok(());
        }
        if content.starts_with(['#', ';']) {
            return Ok(());
        }
        let indent = line.chars().take_while(|&c| is_blank(c)).count();
        if let Some(value) = &mut self.value
            && indent > self.indent
        {
            value.push('\n');
            value.push_str(content);
            return Ok(());
        }
        self.end_value();
        self.indent = indent;
        if let Some(name) = header(content) {
            return self.section(name);
        }
        if self.sections.is_empty() {
            let message = "There is an option before the first section, as [name].";
            return Err(FormatError::new(ErrorKind::Malformed, message));
        }
        self.option(content)
    }

    fn section(&mut self, name: &str) -> Result<(), FormatError> {
        self.reading.item()?;
        self.reading.item()?;
        if self
            .places
            .insert(name.to_owned(), self.sections.len())
            .is_some()
        {
            let message = format!("The section [{}] stands twice.", clip(name));
            return Err(FormatError::new(ErrorKind::Duplicate, message));
        }
        self.names.clear();
        self.sections.push((name.to_owned(), Vec::new()));
        Ok(())
    }

    fn option(&mut self, content: &str) -> Result<(), FormatError> {
        let Some(at) = content.find(['=', ':']) else {
            let message = "This line is neither a section nor an option: it has no = and no colon.";
            return Err(FormatError::new(ErrorKind::Malformed, message));
        };
        let name = trim_end(&content[..at]);
        if name.is_empty() {
            let message = "The option has no name.";
            return Err(FormatError::new(ErrorKind::Malformed, message));
        }
        let lower = name.to_lowercase();
        if lower != name {
            self.reading.notes.add("case_lost", || {
                let name = clip(name);
                (
                    format!("The option \"{name}\" is read in lower case, as configparser does."),
                    None,
                )
            });
        }
        self.reading.item()?;
        self.reading.item()?;
        if !self.names.insert(lower.clone()) {
            let message = format!(
                "The option \"{}\" stands twice in its section.",
                clip(&lower)
            );
            return Err(FormatError::new(ErrorKind::Duplicate, message));
        }
        if let Some((_, options)) = self.sections.last_mut() {
            options.push((lower, Datum::Null));
        }
        self.value = Some(trim(&content[at + 1..]).to_owned());
        Ok(())
    }

    fn end_value(&mut self) {
        if let Some(value) = self.value.take()
            && let Some((_, options)) = self.sections.last_mut()
            && let Some((_, datum)) = options.last_mut()
        {
            *datum = Datum::from(trim_end(&value));
        }
    }
}

/// The name of a section: up to the last bracket of the line, what follows being ignored as in `configparser`.
fn header(content: &str) -> Option<&str> {
    let rest = content.strip_prefix('[')?;
    let end = rest.rfind(']')?;
    (end > 0).then(|| &rest[..end])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_value_goes_on_over_indented_lines() {
        let text = b"[a]\r\nKey : one\r\n  two\r\n\r\n  ; no\r\n  three\r\nother=\r\n";
        let decoded = Ini.decode(text, &DecodeOptions::default()).unwrap();
        let options = [
            ("key", Datum::from("one\ntwo\n\nthree")),
            ("other", "".into()),
        ];
        assert_eq!(decoded.datum, Datum::map([("a", Datum::map(options))]));
        assert_eq!(decoded.notes[0].code, "case_lost");
    }

    #[test]
    fn an_error_says_where() {
        for (text, code, line) in [
            ("a = 1", "malformed", 1),
            ("[a]\nb", "malformed", 2),
            ("[a]\n[a]", "duplicate", 2),
            ("[a]\nb=1\nB=2", "duplicate", 3),
        ] {
            let error = Ini
                .decode(text.as_bytes(), &DecodeOptions::default())
                .unwrap_err();
            assert_eq!(
                (error.code(), error.position.unwrap().line),
                (code, Some(line))
            );
        }
    }
}
