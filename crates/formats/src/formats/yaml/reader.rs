//! From the parser's events to a value, with a stack of its own.

use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};

use super::records::Records;
use super::scalar;
use crate::reading::{Reading, clip};
use crate::{Datum, ErrorKind, FormatError, Position};

/// Reads all documents: the only one, or a list of them.
pub(super) fn documents(text: &str, reading: &mut Reading<'_>) -> Result<Datum, FormatError> {
    let limit = reading.options.limits.depth();
    let options = granit_parser::options! {
        flow_nesting_limit: limit,
        block_nesting_limit: limit,
        strict_indentation: true,
    };
    let mut reader = Reader {
        reading,
        open: Vec::new(),
        anchors: HashMap::new(),
        documents: Vec::new(),
        copied: 0,
    };
    let mut records = reader.reading.options.spans.then(Records::default);
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| broken(&error, text))?;
        let place = position(text, &span);
        let before = reader.open.len();
        let followed = records.is_some().then(|| event.clone());
        reader.event(event).map_err(|error| match error.position {
            Some(_) => error,
            None => error.at(place()),
        })?;
        if let (Some(records), Some(event)) = (&mut records, &followed) {
            let place = span.byte_range().unwrap_or_default();
            records.follow(event, text, place, (before, reader.open.len()));
        }
    }
    let mut documents = reader.documents;
    if let Some(records) = records {
        records.tell(reading);
    }
    if documents.len() <= 1 {
        return Ok(documents.pop().unwrap_or(Datum::Null));
    }
    reading.notes.add("several_documents", || {
        (
            format!(
                "There are {} documents; they are read as a list.",
                documents.len()
            ),
            None,
        )
    });
    Ok(Datum::List(documents))
}

enum Shape {
    List,
    Map,
    Set,
    Tuple,
}

/// A list or a map that is being read.
struct Open {
    shape: Shape,
    anchor: usize,
    parts: Vec<Datum>,
    /// The deepest nesting below, itself being 1.
    height: usize,
}

/// A value that aliases may repeat; none while it is being read.
struct Anchor {
    datum: Option<Datum>,
    items: usize,
    bytes: usize,
    height: usize,
}

struct Reader<'a, 'b> {
    reading: &'a mut Reading<'b>,
    open: Vec<Open>,
    anchors: HashMap<usize, Anchor>,
    documents: Vec<Datum>,
    /// Bytes of texts that aliases repeated.
    copied: usize,
}

impl Reader<'_, '_> {
    fn event(&mut self, event: Event<'_>) -> Result<(), FormatError> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.reading.item()?;
                let datum = self.scalar(&text, style, tag.as_deref())?;
                self.done(datum, anchor, 0)
            }
            Event::SequenceStart(_, anchor, tag) => {
                let shape = match name(tag.as_deref()).as_deref() {
                    Some("python/tuple") => Shape::Tuple,
                    other => {
                        self.untagged(other, &["seq", "omap", "pairs"])?;
                        Shape::List
                    }
                };
                self.begin(shape, anchor)
            }
            Event::MappingStart(_, anchor, tag) => {
                let shape = match name(tag.as_deref()).as_deref() {
                    Some("set") => Shape::Set,
                    other => {
                        self.untagged(other, &["map"])?;
                        Shape::Map
                    }
                };
                self.begin(shape, anchor)
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(open) => {
                    let (anchor, height) = (open.anchor, open.height);
                    let datum = self.finish(open)?;
                    self.done(datum, anchor, height)
                }
                None => Ok(()),
            },
            Event::Alias(anchor) => self.alias(anchor),
            Event::DocumentStart(..) => {
                self.anchors.clear();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn begin(&mut self, shape: Shape, anchor: usize) -> Result<(), FormatError> {
        self.reading.item()?;
        self.reading.depth(self.open.len() + 1)?;
        if anchor > 0 {
            let unfinished = Anchor {
                datum: None,
                items: 0,
                bytes: 0,
                height: 0,
            };
            self.anchors.insert(anchor, unfinished);
        }
        self.open.push(Open {
            shape,
            anchor,
            parts: Vec::new(),
            height: 1,
        });
        Ok(())
    }

    /// Puts a value where it belongs, and remembers it if it has an anchor.
    fn done(&mut self, datum: Datum, anchor: usize, height: usize) -> Result<(), FormatError> {
        if anchor > 0 {
            let (items, bytes) = (datum.count(), text_bytes(&datum));
            self.copy(items, bytes)?;
            let datum = Some(datum.clone());
            let anchored = Anchor {
                datum,
                items,
                bytes,
                height,
            };
            self.anchors.insert(anchor, anchored);
        }
        match self.open.last_mut() {
            Some(open) => {
                open.parts.push(datum);
                open.height = open.height.max(height + 1);
            }
            None => self.documents.push(datum),
        }
        Ok(())
    }

    /// Counts what is copied, before it is.
    fn copy(&mut self, items: usize, bytes: usize) -> Result<(), FormatError> {
        self.reading.room(items)?;
        for _ in 0..items {
            self.reading.item()?;
        }
        self.copied += bytes;
        if self.copied <= self.reading.options.limits.bytes {
            return Ok(());
        }
        let message = "The texts that aliases repeat are too many bytes.";
        Err(FormatError::new(ErrorKind::LimitBytes, message))
    }

    fn alias(&mut self, anchor: usize) -> Result<(), FormatError> {
        let Some(found) = self.anchors.get(&anchor) else {
            return Err(FormatError::new(
                ErrorKind::Malformed,
                "There is no such anchor.",
            ));
        };
        if found.datum.is_none() {
            let message = "A value contains itself, which no other format here can hold.";
            return Err(FormatError::new(ErrorKind::Unsupported, message));
        }
        let (items, bytes, height) = (found.items, found.bytes, found.height);
        self.copy(items, bytes)?;
        self.reading.depth(self.open.len() + height)?;
        let datum = self
            .anchors
            .get(&anchor)
            .and_then(|anchor| anchor.datum.clone());
        self.done(datum.unwrap_or(Datum::Null), 0, height)
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
    ) -> Result<Datum, FormatError> {
        match name(tag).as_deref() {
            None if style == ScalarStyle::Plain && tag.is_none() => {
                scalar::plain(text, self.reading)
            }
            None => {
                if tag.is_some_and(|tag| !tag.suffix().is_empty()) {
                    self.ignored(&tag.map(ToString::to_string).unwrap_or_default());
                }
                Ok(Datum::from(text))
            }
            Some(name) => {
                if let Some(datum) = scalar::tagged(name, text, self.reading)? {
                    return Ok(datum);
                }
                self.untagged(Some(name), &[])?;
                Ok(Datum::from(text))
            }
        }
    }

    /// Refuses a tag that calls Python, and notes one that is not known.
    fn untagged(&mut self, name: Option<&str>, known: &[&str]) -> Result<(), FormatError> {
        let Some(name) = name else {
            return Ok(());
        };
        if name.starts_with("python/") {
            let message = format!(
                "The YAML would make `{}`, which may do anything.",
                clip(name)
            );
            return Err(FormatError::new(ErrorKind::Forbidden, message));
        }
        if !known.contains(&name) {
            self.ignored(name);
        }
        Ok(())
    }

    fn ignored(&mut self, name: &str) {
        self.reading.notes.add("tag_ignored", || {
            (
                format!("The tag {} is not known and was ignored.", clip(name)),
                None,
            )
        });
    }

    fn finish(&mut self, open: Open) -> Result<Datum, FormatError> {
        if let Shape::List = open.shape {
            return Ok(Datum::List(open.parts));
        }
        if let Shape::Tuple = open.shape {
            return Ok(Datum::Tuple(open.parts));
        }
        let depth = self.open.len() + 1;
        let mut fields = self.reading.begin_map(depth, open.parts.len() / 2);
        let mut parts = open.parts.into_iter();
        while let (Some(key), Some(value)) = (parts.next(), parts.next()) {
            self.reading.key(&mut fields, key);
            fields.value(value);
        }
        let map = self.reading.end_unique_map(fields).map_err(|repeated| {
            let key = match &repeated.keys[repeated.second] {
                Datum::Str(text) => format!("\"{}\"", clip(text)),
                other => other.kind().to_owned(),
            };
            let message = format!("The key {key} stands twice in a map, which YAML forbids.");
            FormatError::new(ErrorKind::Duplicate, message)
        })?;
        match (open.shape, map) {
            (Shape::Set, Datum::Map(map)) if map.values().iter().any(|v| *v != Datum::Null) => {
                let message = "A set has a value beside a key.";
                Err(FormatError::new(ErrorKind::Malformed, message))
            }
            (Shape::Set, Datum::Map(map)) => Ok(Datum::Set(map.keys().to_vec())),
            (_, map) => Ok(map),
        }
    }
}

/// The name of a tag of YAML's own: `binary` of `!!binary`.
fn name(tag: Option<&Tag>) -> Option<String> {
    let name = tag?.suffix_in_namespace("tag:yaml.org,2002:")?;
    Some(name.into_owned())
}

fn text_bytes(datum: &Datum) -> usize {
    match datum {
        Datum::Str(text) => text.len(),
        Datum::Bytes(bytes) => bytes.len(),
        Datum::List(items) | Datum::Tuple(items) | Datum::Set(items) => {
            items.iter().map(text_bytes).sum()
        }
        Datum::Map(entries) => entries
            .iter()
            .map(|(k, v)| text_bytes(k) + text_bytes(v))
            .sum(),
        _ => 0,
    }
}

/// Where a span begins; only made when asked for.
fn position(text: &str, span: &Span) -> impl Fn() -> Position {
    let offset = span.byte_range().map_or(0, |range| range.start);
    move || Position::in_text(text.as_bytes(), offset)
}

fn broken(error: &ScanError, text: &str) -> FormatError {
    use granit_parser::ErrorKind as E;
    let marker = error.marker();
    let offset = marker.byte_offset().unwrap_or_else(|| {
        text.char_indices()
            .nth(marker.index())
            .map_or(text.len(), |(offset, _)| offset)
    });
    let kind = match error.kind() {
        E::RecursionLimitExceeded => ErrorKind::LimitDepth,
        E::UnexpectedEof
        | E::UnexpectedEofFlowSequence
        | E::UnexpectedEofFlowMapping
        | E::UnexpectedEofImplicitFlowMapping
        | E::UnexpectedEofBlockSequence
        | E::UnexpectedEofBlockMapping
        | E::UnclosedFlowCollection { .. }
        | E::UnclosedQuotedScalar => ErrorKind::Truncated,
        E::UnsupportedYamlMajorVersion => ErrorKind::Unsupported,
        _ => ErrorKind::Malformed,
    };
    let message = error.info();
    let mut characters = message.chars();
    let first = characters
        .next()
        .map(|c| c.to_ascii_uppercase())
        .unwrap_or_default();
    let message = format!("{first}{}.", characters.as_str());
    FormatError::new(kind, message).at(Position::in_text(text.as_bytes(), offset))
}
