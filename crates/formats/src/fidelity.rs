//! What each format keeps of each kind of value, found by writing it and reading it back.
//!
//! ```
//! use formats::fidelity::{self, Outcome};
//! let probes = fidelity::probes();
//! let nan = probes.iter().find(|probe| probe.name == "nan").unwrap();
//! let json = formats::find("json").unwrap();
//! let found = fidelity::run(json, nan, &Default::default(), &Default::default());
//! assert!(matches!(found.outcome, Outcome::Changed(formats::Datum::Null)));
//! ```

use num_bigint::BigInt;

use crate::{
    Date, DateTime, Datum, DecodeOptions, EncodeOptions, Format, FormatError, Note, Time, all,
};

/// A value to try.
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    /// A stable name: `big_int`.
    pub name: &'static str,
    /// Its kind in words: `whole number of more than 64 bits`.
    pub title: &'static str,
    /// The value.
    pub datum: Datum,
}

/// What became of a value.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// It came back as it was.
    Kept,
    /// Something else came back.
    Changed(Datum),
    /// Nothing came back where it was: its row or its name is gone.
    Lost,
    /// It could not be written.
    NotWritten(FormatError),
    /// It was written, but not read back.
    NotRead(FormatError),
}

impl Outcome {
    /// A stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Changed(_) => "changed",
            Self::Lost => "lost",
            Self::NotWritten(_) => "not_written",
            Self::NotRead(_) => "not_read",
        }
    }
}

/// One round trip.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The format's name.
    pub format: &'static str,
    /// The probe's name.
    pub probe: &'static str,
    /// What became of the value.
    pub outcome: Outcome,
    /// The notes of writing, then of reading: whether the change was said.
    pub notes: Vec<Note>,
    /// What was written, if it was.
    pub bytes: Vec<u8>,
}

/// How a format holds one value: as it is, or within what the format must have around it.
#[derive(Clone, Copy, PartialEq)]
enum Frame {
    /// By itself.
    Alone,
    /// `[{"value": …}]`.
    Row,
    /// `{"value": …}`.
    Named,
    /// `{"section": {"value": …}}`.
    Option,
}

fn frame(format: &dyn Format) -> Frame {
    match format.name() {
        "csv" | "json_lines" => Frame::Row,
        "toml" => Frame::Named,
        "ini" => Frame::Option,
        _ => Frame::Alone,
    }
}

impl Frame {
    fn around(self, datum: &Datum) -> Datum {
        let named = |datum: Datum| Datum::map([("value", datum)]);
        match self {
            Self::Alone => datum.clone(),
            Self::Row => Datum::List(vec![named(datum.clone())]),
            Self::Named => named(datum.clone()),
            Self::Option => Datum::map([("section", named(datum.clone()))]),
        }
    }

    fn within(self, datum: Datum) -> Option<Datum> {
        let take = |datum: Datum, name: &str| datum.get(name).cloned();
        match (self, datum) {
            (Self::Alone, datum) => Some(datum),
            (Self::Row, Datum::List(mut rows)) => take(rows.pop()?, "value"),
            (Self::Row, _) => None,
            (Self::Named, datum) => take(datum, "value"),
            (Self::Option, datum) => take(take(datum, "section")?, "value"),
        }
    }
}

/// Writes a value in a format, reads it back and compares.
///
/// Where a format holds only a table, a map or sections, the value stands in one as `value`. A probe that is itself a table
/// (a list of maps) is written as it is to formats of tables.
pub fn run(
    format: &'static dyn Format,
    probe: &Probe,
    encode: &EncodeOptions,
    decode: &DecodeOptions,
) -> Finding {
    let is_table = matches!(&probe.datum, Datum::List(rows) if !rows.is_empty() && rows.iter().all(|row| matches!(row, Datum::Map(_))));
    let frame = match frame(format) {
        Frame::Row if is_table => Frame::Alone,
        frame => frame,
    };
    let mut finding = Finding {
        format: format.name(),
        probe: probe.name,
        outcome: Outcome::Kept,
        notes: Vec::new(),
        bytes: Vec::new(),
    };
    match format.encode(&frame.around(&probe.datum), encode) {
        Ok(encoded) => {
            finding.notes = encoded.notes;
            finding.bytes = encoded.bytes;
        }
        Err(error) => {
            finding.outcome = Outcome::NotWritten(error);
            return finding;
        }
    }
    finding.outcome = match format.decode(&finding.bytes, decode) {
        Ok(decoded) => {
            finding.notes.extend(decoded.notes);
            match frame.within(decoded.datum) {
                Some(datum) if datum == probe.datum => Outcome::Kept,
                Some(datum) => Outcome::Changed(datum),
                None => Outcome::Lost,
            }
        }
        Err(error) => Outcome::NotRead(error),
    };
    finding
}

/// Every probe in every format of the catalogue.
pub fn table(encode: &EncodeOptions, decode: &DecodeOptions) -> Vec<Finding> {
    let probes = probes();
    let of = |&format: &&'static dyn Format| {
        let probes = probes.iter();
        probes
            .map(|probe| run(format, probe, encode, decode))
            .collect::<Vec<_>>()
    };
    all().iter().flat_map(of).collect()
}

/// The findings as a table of Markdown, a row for each probe and a column for each format; docs/formats.md has it.
pub fn markdown(findings: &[Finding]) -> String {
    let titles: Vec<_> = all().iter().map(|format| format.title()).collect();
    let mut text = format!(
        "| value | {} |\n|---|{}\n",
        titles.join(" | "),
        "---|".repeat(titles.len())
    );
    for probe in probes() {
        text.push_str(&format!("| {} |", probe.title));
        for format in all() {
            let is = |found: &&Finding| found.format == format.name() && found.probe == probe.name;
            text.push_str(
                &match findings.iter().find(is).map(|found| &found.outcome) {
                    None => " – |".to_owned(),
                    Some(Outcome::Kept) => " kept |".to_owned(),
                    Some(Outcome::Changed(datum)) => format!(" → {} |", datum.kind()),
                    Some(Outcome::Lost) => " left out |".to_owned(),
                    Some(Outcome::NotWritten(error) | Outcome::NotRead(error)) => {
                        format!(" refused ({}) |", error.code())
                    }
                },
            );
        }
        text.push('\n');
    }
    text
}

/// The values to try, each of a kind that some format loses.
pub fn probes() -> Vec<Probe> {
    let mut probes = scalars();
    probes.extend(moments());
    probes.extend(shapes());
    probes
}

fn probe(name: &'static str, title: &'static str, datum: Datum) -> Probe {
    Probe { name, title, datum }
}

fn scalars() -> Vec<Probe> {
    let float = |name, title, number| probe(name, title, Datum::Float(number));
    let text = |name, title, text: &str| probe(name, title, Datum::from(text));
    vec![
        probe("none", "nothing", Datum::Null),
        probe("true", "true", Datum::Bool(true)),
        probe("one", "the number 1", Datum::Int(1)),
        probe(
            "int_2_53",
            "2⁵³ + 1, more than a float holds",
            Datum::Int(9_007_199_254_740_993),
        ),
        probe(
            "int_max",
            "the largest whole number of 64 bits",
            Datum::Int(i64::MAX),
        ),
        probe(
            "big_unsigned",
            "2⁶³, of 64 bits without a sign",
            Datum::integer(BigInt::from(1_u64 << 63)),
        ),
        probe(
            "big_int",
            "10⁴⁰, of more than 64 bits",
            Datum::integer(BigInt::from(10).pow(40)),
        ),
        float("float_one", "1.0, not 1", 1.0),
        float("float_bits", "0.1 + 0.2, to the last bit", 0.1 + 0.2),
        float("float_tiny", "the smallest float", f64::from_bits(1)),
        float("float_large", "10²², written with an exponent", 1e22),
        float("minus_zero", "-0.0", -0.0),
        float("nan", "NaN", f64::NAN),
        float("infinity", "infinity", f64::INFINITY),
        text("empty_text", "an empty text", ""),
        text("text_number", "the text 42", "42"),
        text("text_zeros", "the text 007", "007"),
        text("text_true", "the text true", "true"),
        text("text_no", "the text no (Norway)", "no"),
        text("text_null", "the text null", "null"),
        text("text_date", "the text 2024-02-29", "2024-02-29"),
        text("text_blanks", "a text with blanks around it", "  x  "),
        text("text_lines", "a text of two lines", "one\ntwo"),
        text("text_crlf", "a text with CR and LF", "one\r\ntwo"),
        text(
            "text_quotes",
            "quotes, commas and backslashes",
            "\"a\", 'b' \\ c",
        ),
        text("text_nul", "a text with NUL", "a\0b"),
        text("emoji", "Unicode: ä, 日本, 👩‍🔬", "ä 日本 👩‍🔬"),
        text("formula", "a text that a spreadsheet runs", "=1+1"),
        probe("bytes", "bytes", Datum::Bytes(vec![0, 0xff, b'a'])),
    ]
}

fn moments() -> Vec<Probe> {
    let date = Date {
        year: 2024,
        month: 2,
        day: 29,
    };
    let time = |nanosecond| Time {
        hour: 23,
        minute: 30,
        second: 5,
        nanosecond,
    };
    let moment = |nanosecond, offset| {
        let time = time(nanosecond);
        Datum::DateTime(DateTime { date, time, offset })
    };
    vec![
        probe("date", "a date", Datum::Date(date)),
        probe("time", "a time of day", Datum::Time(time(0))),
        probe("moment", "a date with a time, no zone", moment(0, None)),
        probe(
            "moment_utc",
            "a date with a time in UTC",
            moment(0, Some(0)),
        ),
        probe(
            "moment_zone",
            "a date with a time at +05:45",
            moment(0, Some(345)),
        ),
        probe("microseconds", "microseconds", moment(123_456_000, Some(0))),
        probe("nanoseconds", "nanoseconds", moment(123_456_789, Some(0))),
    ]
}

fn shapes() -> Vec<Probe> {
    let one = || Datum::Int(1);
    let nested = Datum::map([(
        "a",
        Datum::map([("b", Datum::List(vec![one(), Datum::map([("c", one())])]))]),
    )]);
    let missing = Datum::List(vec![
        Datum::map([("a", one()), ("b", one())]),
        Datum::map([("a", one())]),
    ]);
    vec![
        probe("list", "a list", Datum::List(vec![one(), Datum::from("b")])),
        probe("empty_list", "an empty list", Datum::List(Vec::new())),
        probe(
            "tuple",
            "a tuple, not a list",
            Datum::Tuple(vec![one(), Datum::from("b")]),
        ),
        probe("set", "a set", Datum::Set(vec![one(), Datum::from("b")])),
        probe("nested", "maps and lists within each other", nested),
        probe("empty_map", "an empty map", Datum::Map(crate::Map::new())),
        probe("missing_field", "rows of which one has no b", missing),
        probe(
            "null_in_list",
            "nothing within a list",
            Datum::List(vec![one(), Datum::Null]),
        ),
        probe(
            "mixed_list",
            "a list of several kinds",
            Datum::List(vec![one(), Datum::from("1"), Datum::Bool(true)]),
        ),
        probe(
            "upper_key",
            "a key with capitals",
            Datum::map([("Key", one())]),
        ),
        probe("empty_key", "an empty key", Datum::map([("", one())])),
        probe(
            "int_key",
            "a whole number as a key",
            Datum::Map(vec![(one(), Datum::from("a"))].into()),
        ),
        probe(
            "key_collision",
            "the keys 1 and \"1\"",
            Datum::Map(
                vec![
                    (one(), Datum::from("a")),
                    (Datum::from("1"), Datum::from("b")),
                ]
                .into(),
            ),
        ),
        probe(
            "bool_key",
            "the keys 1 and true",
            Datum::Map(
                vec![
                    (one(), Datum::from("a")),
                    (Datum::Bool(true), Datum::from("b")),
                ]
                .into(),
            ),
        ),
        probe(
            "tuple_key",
            "a tuple as a key",
            Datum::Map(vec![(Datum::Tuple(vec![one(), one()]), Datum::from("a"))].into()),
        ),
    ]
}

/// A text in which a key stands twice, and what a format makes of it.
#[derive(Clone, Debug, PartialEq)]
pub struct DuplicateFinding {
    /// The format's name.
    pub format: &'static str,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// What was read, or why it was refused.
    pub outcome: Result<Datum, FormatError>,
    /// The notes of reading.
    pub notes: Vec<Note>,
}

/// What each format makes of the key `a` that stands twice, with 1 and 2; formats without names are left out.
pub fn duplicates(options: &DecodeOptions) -> Vec<DuplicateFinding> {
    const CASES: [(&str, &[u8]); 8] = [
        ("csv", b"a,a\n1,2\n"),
        ("json", b"{\"a\": 1, \"a\": 2}"),
        ("json_lines", b"{\"a\": 1, \"a\": 2}\n"),
        (
            "pickle",
            b"\x80\x02}(X\x01\x00\x00\x00aK\x01X\x01\x00\x00\x00aK\x02u.",
        ),
        ("ini", b"[s]\na = 1\na = 2\n"),
        ("toml", b"a = 1\na = 2\n"),
        ("yaml", b"a: 1\na: 2\n"),
        ("messagepack", b"\x82\xa1a\x01\xa1a\x02"),
    ];
    let cases = CASES
        .iter()
        .filter_map(|&(name, bytes)| Some((crate::find(name)?, bytes)));
    cases
        .map(|(format, bytes)| {
            let decoded = format.decode(bytes, options);
            let (outcome, notes) = match decoded {
                Ok(decoded) => (Ok(decoded.datum), decoded.notes),
                Err(error) => (Err(error), Vec::new()),
            };
            DuplicateFinding {
                format: format.name(),
                bytes: bytes.to_vec(),
                outcome,
                notes,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Misfit;

    #[test]
    fn a_change_is_always_said_unless_the_format_has_only_text() {
        let silent: Vec<_> = table(&EncodeOptions::default(), &DecodeOptions::default())
            .into_iter()
            .filter(|found| matches!(found.outcome, Outcome::Changed(_) | Outcome::Lost))
            .filter(|found| found.notes.is_empty() && found.format != "csv")
            .map(|found| (found.format, found.probe))
            .collect();
        assert_eq!(silent, []);
    }

    #[test]
    fn what_is_written_is_read() {
        let findings = table(&EncodeOptions::default(), &DecodeOptions::default());
        let unread: Vec<_> = findings
            .into_iter()
            .filter(|found| matches!(found.outcome, Outcome::NotRead(_)))
            .collect();
        assert_eq!(unread, []);
    }

    #[test]
    fn when_told_to_refuse_a_format_that_says_its_kinds_changes_nothing() {
        let options = EncodeOptions {
            misfit: Misfit::Refuse,
            ..EncodeOptions::default()
        };
        let changed: Vec<_> = table(&options, &DecodeOptions::default())
            .into_iter()
            .filter(|found| matches!(found.outcome, Outcome::Changed(_) | Outcome::Lost))
            .filter(|found| found.format != "csv")
            .map(|found| (found.format, found.probe))
            .collect();
        assert_eq!(changed, []);
    }
}
