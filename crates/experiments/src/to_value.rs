//! From what was read to what the page can hold.

use formats::Datum;
use values::Value;

use crate::Remark;

/// The value as the page can hold it; what it has no place for is changed, and noted.
///
/// Whole numbers of more than 64 bits, dates and times become text; tuples and sets become lists; keys that are not text
/// become the text that JSON would write.
pub(crate) fn to_value(datum: Datum) -> (Value, Vec<Remark>) {
    let mut changes = Changes::default();
    let value = changes.convert(datum);
    (value, changes.0)
}

#[derive(Default)]
struct Changes(Vec<Remark>);

impl Changes {
    fn note(&mut self, code: &str, message: &str) {
        if let Some(remark) = self.0.iter_mut().find(|remark| remark.code == code) {
            remark.count += 1;
            return;
        }
        self.0.push(Remark {
            code: code.to_owned(),
            message: message.to_owned(),
            count: 1,
            place: None,
        });
    }

    fn convert(&mut self, datum: Datum) -> Value {
        match datum {
            Datum::Null => Value::Null,
            Datum::Bool(value) => Value::Bool(value),
            Datum::Int(number) => Value::Int(number),
            Datum::Float(number) => Value::Float(number),
            Datum::Str(text) => Value::Str(text.to_string()),
            Datum::Bytes(bytes) => Value::Bytes(bytes),
            Datum::List(items) => self.list(items),
            Datum::BigInt(number) => {
                self.note(
                    "big-integer",
                    "A whole number of more than 64 bits was given as text.",
                );
                Value::Str(number.to_string())
            }
            Datum::Date(date) => {
                self.note("date", "A date was given as text.");
                Value::Str(date.to_string())
            }
            Datum::Time(time) => {
                self.note("time", "A time of day was given as text.");
                Value::Str(time.to_string())
            }
            Datum::DateTime(moment) => {
                self.note("date-time", "A date with a time was given as text.");
                Value::Str(moment.to_string())
            }
            Datum::Tuple(items) => {
                self.note("tuple", "A tuple was given as a list.");
                self.list(items)
            }
            Datum::Set(items) => {
                self.note("set", "A set was given as a list.");
                self.list(items)
            }
            Datum::Map(entries) => Value::Map(
                entries
                    .into_iter()
                    .map(|(key, value)| (self.key(key), self.convert(value)))
                    .collect(),
            ),
        }
    }

    fn list(&mut self, items: Vec<Datum>) -> Value {
        Value::List(items.into_iter().map(|item| self.convert(item)).collect())
    }

    fn key(&mut self, key: Datum) -> String {
        if let Datum::Str(text) = key {
            return text.to_string();
        }
        self.note("key", "A key that is not text was given as text.");
        let options = formats::EncodeOptions::default();
        formats::find("json")
            .and_then(|json| json.encode(&key, &options).ok())
            .map_or_else(
                || key.kind().to_owned(),
                |encoded| String::from_utf8_lossy(&encoded.bytes).into_owned(),
            )
    }
}
