//! TOML 1.1, by the crate `toml`.

use ::toml::de::{DeTable, DeValue};
use ::toml::value::{Datetime, Offset};
use ::toml::{Table, Value};
use num_bigint::BigInt;

use crate::reading::{Reading, utf8};
use crate::writing::Writing;
use crate::{
    Date, DateTime, Datum, DecodeOptions, Decoded, EncodeOptions, Encoded, ErrorKind, Format,
    FormatError, Map, Position, Time,
};

/// Tom's Obvious Minimal Language.
#[derive(Clone, Copy, Debug)]
pub struct Toml;

/// The crate reads no deeper than this.
const DEPTH: usize = 80;

impl Format for Toml {
    fn name(&self) -> &'static str {
        "toml"
    }

    fn title(&self) -> &'static str {
        "TOML"
    }

    fn media_type(&self) -> &'static str {
        "application/toml"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["toml"]
    }

    fn specification(&self) -> &'static str {
        "https://toml.io/en/v1.1.0"
    }

    fn holds(&self) -> &'static str {
        "Maps by text of true and false, 64-bit numbers, text, dates, times, lists and maps. No nothing, bytes, tuples or sets."
    }

    fn encode(&self, datum: &Datum, options: &EncodeOptions) -> Result<Encoded, FormatError> {
        let options = EncodeOptions {
            depth: options.depth.min(DEPTH),
            ..options.clone()
        };
        let mut writing = Writing::new("TOML", &options);
        let Datum::Map(entries) = datum else {
            return Err(writing.unfit(&format!("{} where a map should be", datum.kind())));
        };
        let table = table(entries, 1, &mut writing)?;
        let text = ::toml::to_string(&table)
            .map_err(|error| FormatError::new(ErrorKind::Unfit, error.to_string()))?;
        Ok(Encoded {
            bytes: text.into_bytes(),
            notes: writing.notes.into_vec(),
        })
    }

    fn read(&self, bytes: &[u8], options: &DecodeOptions) -> Result<Decoded, FormatError> {
        let text = utf8(bytes)?;
        let table = DeTable::parse(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            let message = error.message();
            let kind = match message {
                _ if message.contains("recursion") => ErrorKind::LimitDepth,
                _ if message.contains("duplicate key") => ErrorKind::Duplicate,
                _ if at >= text.trim_end().len() => ErrorKind::Truncated,
                _ => ErrorKind::Malformed,
            };
            FormatError::new(kind, sentence(message)).at(Position::in_text(bytes, at))
        })?;
        let mut reader = Reader {
            reading: Reading::new(options),
            bytes,
        };
        let table = table.into_inner();
        if options.spans {
            reader.records(&table);
        }
        let datum = reader.map(table, 1)?;
        Ok(reader.reading.finish(datum))
    }
}

/// The crate's message as a sentence.
fn sentence(message: &str) -> String {
    let message = message.trim().replace('\n', ", ");
    let mut characters = message.chars();
    let first = characters.next().map(|c| c.to_ascii_uppercase());
    let rest = characters.as_str();
    first.map_or_else(String::new, |first| format!("{first}{rest}."))
}

struct Reader<'a> {
    reading: Reading<'a>,
    bytes: &'a [u8],
}

impl Reader<'_> {
    /// Says where the entries of the top table are, and each `[[table]]` of an array of them: from the line with its name
    /// to the line of the next.
    fn records(&mut self, table: &DeTable<'_>) {
        let mut starts = Vec::new();
        for (key, value) in table {
            let names_itself = |at: usize| self.bytes[at..].starts_with(b"[[");
            match value.get_ref() {
                DeValue::Array(items)
                    if !items.is_empty()
                        && items.iter().all(|item| names_itself(item.span().start)) =>
                {
                    starts.extend(items.iter().map(|item| item.span().start));
                }
                _ => starts.push(key.span().start),
            }
        }
        for start in &mut starts {
            let before = self.bytes[..*start].iter().rposition(|&b| b == b'\n');
            *start = before.map_or(0, |end| end + 1);
        }
        starts.sort_unstable();
        let ends = starts.iter().skip(1).copied().chain([self.bytes.len()]);
        for (&start, end) in starts.iter().zip(ends) {
            self.reading.record(start..end);
        }
    }

    fn map(&mut self, table: DeTable<'_>, depth: usize) -> Result<Datum, FormatError> {
        self.reading.depth(depth)?;
        let mut fields = self.reading.begin_map(depth, table.len());
        for (key, value) in table {
            self.reading.item()?;
            let span = value.span();
            let value =
                self.value(value.into_inner(), depth)
                    .map_err(|error| match error.position {
                        Some(_) => error,
                        None => error.at(Position::in_text(self.bytes, span.start)),
                    })?;
            self.reading.text_key(&mut fields, key.get_ref());
            fields.value(value);
        }
        self.reading.end_map(fields, || None)
    }

    fn value(&mut self, value: DeValue<'_>, depth: usize) -> Result<Datum, FormatError> {
        self.reading.item()?;
        Ok(match value {
            DeValue::String(text) => Datum::from(text.as_ref()),
            DeValue::Boolean(value) => Datum::Bool(value),
            DeValue::Integer(number) => {
                let text = number.as_str().replace('_', "");
                self.reading.digits(text.len())?;
                let number =
                    BigInt::parse_bytes(text.trim_start_matches('+').as_bytes(), number.radix());
                Datum::integer(number.ok_or_else(|| number_error(&text))?)
            }
            DeValue::Float(number) => {
                let text = number.as_str().replace('_', "");
                let number: f64 = text.parse().map_err(|_| number_error(&text))?;
                if number.is_infinite() && !text.contains("inf") {
                    let message = "The number is too large for 64 bits of floating point.";
                    return Err(FormatError::new(ErrorKind::Range, message));
                }
                // TOML gives the sign of NaN no meaning.
                Datum::Float(if number.is_nan() { f64::NAN } else { number })
            }
            DeValue::Datetime(moment) => from_toml(&moment).ok_or_else(|| {
                FormatError::new(ErrorKind::Range, "There is no such date or time.")
            })?,
            DeValue::Array(items) => {
                self.reading.depth(depth + 1)?;
                let items = items
                    .into_iter()
                    .map(|item| self.value(item.into_inner(), depth + 1));
                Datum::List(items.collect::<Result<_, _>>()?)
            }
            DeValue::Table(table) => self.map(table, depth + 1)?,
        })
    }
}

fn number_error(text: &str) -> FormatError {
    FormatError::new(
        ErrorKind::Malformed,
        format!("`{}` is not a number.", crate::reading::clip(text)),
    )
}

fn from_toml(moment: &Datetime) -> Option<Datum> {
    let date = match moment.date {
        Some(date) => Some(Date::new(date.year, date.month, date.day)?),
        None => None,
    };
    let time = match moment.time {
        Some(time) => Some(Time::new(
            time.hour,
            time.minute,
            time.second.unwrap_or(0),
            time.nanosecond.unwrap_or(0),
        )?),
        None => None,
    };
    let offset = moment.offset.map(|offset| match offset {
        Offset::Z => 0,
        Offset::Custom { minutes } => minutes,
    });
    match (date, time) {
        (Some(date), Some(time)) => {
            let moment = DateTime { date, time, offset };
            moment.is_valid().then_some(Datum::DateTime(moment))
        }
        (Some(date), None) => Some(Datum::Date(date)),
        (None, Some(time)) => Some(Datum::Time(time)),
        (None, None) => None,
    }
}

fn table(entries: &Map, depth: usize, writing: &mut Writing<'_>) -> Result<Table, FormatError> {
    writing.depth(depth)?;
    let mut table = Table::new();
    for (key, value) in entries {
        let name = writing.key(key)?.into_owned();
        if matches!(value, Datum::Null) {
            writing.change(
                "null_left_out",
                value.kind(),
                "nothing at all: the name is left out",
            )?;
            continue;
        }
        let value = to_toml(value, depth, writing)?;
        if table.insert(name.clone(), value).is_some() {
            let name = crate::reading::clip(&name);
            return Err(writing.unfit(&format!("two keys that are both written as \"{name}\"")));
        }
    }
    Ok(table)
}

fn to_toml(datum: &Datum, depth: usize, writing: &mut Writing<'_>) -> Result<Value, FormatError> {
    Ok(match datum {
        Datum::Null => return Err(writing.unfit("nothing in a list")),
        Datum::Bool(value) => Value::Boolean(*value),
        Datum::Int(number) => Value::Integer(*number),
        Datum::Float(number) => Value::Float(*number),
        Datum::Str(text) => Value::String(text.as_str().to_owned()),
        Datum::BigInt(_) | Datum::Bytes(_) => Value::String(writing.as_text(datum)?),
        Datum::DateTime(_) | Datum::Date(_) | Datum::Time(_) => {
            let text = rfc3339(datum);
            let moment = text
                .parse()
                .map_err(|_| writing.unfit(&format!("the date {text}")))?;
            Value::Datetime(moment)
        }
        Datum::List(items) => Value::Array(list(items, depth + 1, writing)?),
        Datum::Tuple(items) => {
            writing.change("tuple_as_list", datum.kind(), "a list")?;
            Value::Array(list(items, depth + 1, writing)?)
        }
        Datum::Set(items) => {
            writing.change("set_as_list", datum.kind(), "a list")?;
            Value::Array(list(items, depth + 1, writing)?)
        }
        Datum::Map(entries) => Value::Table(table(entries, depth + 1, writing)?),
    })
}

/// A date or a time as TOML writes it.
fn rfc3339(datum: &Datum) -> String {
    match datum {
        Datum::DateTime(moment) => moment.to_string(),
        Datum::Date(date) => date.to_string(),
        Datum::Time(time) => time.to_string(),
        _ => String::new(),
    }
}

fn list(
    items: &[Datum],
    depth: usize,
    writing: &mut Writing<'_>,
) -> Result<Vec<Value>, FormatError> {
    writing.depth(depth)?;
    items
        .iter()
        .map(|item| to_toml(item, depth, writing))
        .collect()
}
