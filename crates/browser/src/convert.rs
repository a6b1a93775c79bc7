//! Values of JavaScript to parcels and back.

use core::fmt;

use js_sys::{Array, ArrayBuffer, BigInt, JsString, Number, Object, Uint8Array};
use values::{Buffer, BundleReader, OUT_OF_LINE_BYTES, Parcel, ParcelError, Place, Skeleton};
use wasm_bindgen::{JsCast, JsValue};

use crate::JsBuffer;

/// How deeply arrays and objects may be nested.
const MOST_DEPTH: usize = 100;

/// A value that cannot travel, and where in the whole it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConvertError {
    /// The path to the offending part, such as `items[3].when`.
    pub path: String,
    /// What it is, in words.
    pub what: String,
}

impl fmt::Display for ConvertError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` cannot travel to a worker: it is {}. Null, booleans, numbers, big integers of 64 bits, strings, \
             Uint8Array, ArrayBuffer, arrays and plain objects can.",
            self.path, self.what
        )
    }
}

impl core::error::Error for ConvertError {}

/// Packs a value. Long texts and bytes become buffers in JavaScript's memory; bytes are taken over, not copied.
///
/// # Errors
/// If some part of it is of a kind that cannot travel; `name` begins the path in the error.
pub fn to_parcel(value: &JsValue, name: &str) -> Result<Parcel<JsBuffer>, ConvertError> {
    let mut packer = Packer {
        path: vec![name.to_owned()],
        buffers: Vec::new(),
    };
    let skeleton = packer.skeleton(value)?;
    Ok(Parcel::from_skeleton(&skeleton, packer.buffers))
}

/// Takes apart what the page sent: a block of parcels, their buffers, and, as the last `shared` values, buffers that this and
/// later blocks share. These are added to `known`; `number` gives each a number that no other has.
///
/// # Errors
/// If the page sent something else.
pub fn read_bundle(
    values: &[JsValue],
    shared: usize,
    known: &mut Vec<JsBuffer>,
    mut number: impl FnMut() -> u64,
) -> Result<Vec<Parcel<JsBuffer>>, ParcelError> {
    let (block, buffers) = values.split_first().ok_or(ParcelError::Head)?;
    let block: &Uint8Array = block.dyn_ref().ok_or(ParcelError::Head)?;
    let own = buffers.len().checked_sub(shared).ok_or(ParcelError::Head)?;
    let mut buffers = buffers
        .iter()
        .map(|buffer| buffer.dyn_ref::<Uint8Array>().cloned());
    let own: Vec<_> = buffers.by_ref().take(own).collect();
    for buffer in buffers {
        let buffer = buffer.ok_or(ParcelError::Head)?;
        known.push(JsBuffer::shared(buffer, number()));
    }
    let mut own = own.into_iter();
    let block = block.to_vec();
    BundleReader::new(&block)
        .map(|entry| {
            let entry = entry?;
            let find = |place: &Place| match place {
                Place::Own => own.next().flatten().map(JsBuffer::new),
                Place::Shared(place) => known.get(*place as usize).cloned(),
            };
            let buffers = entry.buffers.iter().map(find);
            Ok(Parcel {
                head: entry.head.to_vec(),
                buffers: buffers.collect::<Option<_>>().ok_or(ParcelError::Head)?,
            })
        })
        .collect()
}

struct Packer {
    path: Vec<String>,
    buffers: Vec<JsBuffer>,
}

impl Packer {
    fn skeleton(&mut self, value: &JsValue) -> Result<Skeleton, ConvertError> {
        if self.path.len() > MOST_DEPTH {
            return Err(self.error(format!(
                "nested more than {MOST_DEPTH} levels deep, or contains itself"
            )));
        }
        if value.is_null() || value.is_undefined() {
            return Ok(Skeleton::Null);
        }
        if let Some(truth) = value.as_bool() {
            return Ok(Skeleton::Bool(truth));
        }
        if let Some(number) = value.as_f64() {
            return Ok(number_skeleton(number));
        }
        if let Some(text) = value.dyn_ref::<JsString>() {
            return Ok(self.text(text));
        }
        if value.is_bigint() {
            return i64::try_from(value.clone())
                .map(Skeleton::Int)
                .map_err(|_| self.error("an integer of more than 64 bits".to_owned()));
        }
        if let Some(bytes) = value.dyn_ref::<Uint8Array>() {
            return Ok(self.bytes(JsBuffer::new(bytes.clone())));
        }
        if let Some(buffer) = value.dyn_ref::<ArrayBuffer>() {
            return Ok(self.bytes(JsBuffer::new(Uint8Array::new(buffer))));
        }
        if let Some(items) = value.dyn_ref::<Array>() {
            return self.list(items);
        }
        if let Some(object) = value.dyn_ref::<Object>()
            && is_plain(object)
        {
            return self.map(object);
        }
        Err(self.error(kind_of(value)))
    }

    fn list(&mut self, items: &Array) -> Result<Skeleton, ConvertError> {
        let mut list = Vec::with_capacity(items.length() as usize);
        for (at, item) in items.iter().enumerate() {
            self.path.push(format!("[{at}]"));
            list.push(self.skeleton(&item)?);
            self.path.pop();
        }
        Ok(Skeleton::List(list))
    }

    fn map(&mut self, object: &Object) -> Result<Skeleton, ConvertError> {
        let entries = Object::entries(object);
        let mut map = Vec::with_capacity(entries.length() as usize);
        for entry in entries.iter() {
            let entry: Array = entry.unchecked_into();
            let name = entry.get(0).as_string().unwrap_or_default();
            self.path.push(format!(".{name}"));
            map.push((name, self.skeleton(&entry.get(1))?));
            self.path.pop();
        }
        Ok(Skeleton::Map(map))
    }

    /// A text of a quarter of the limit may have as many bytes as the limit; only the bytes decide, so that equal texts
    /// always have equal parcels.
    fn text(&mut self, text: &JsString) -> Skeleton {
        let text = String::from(text);
        if text.len() >= OUT_OF_LINE_BYTES {
            self.buffers.push(JsBuffer::copy_of(text.as_bytes()));
            Skeleton::LongStr(self.buffers.len() as u32 - 1)
        } else {
            Skeleton::Str(text)
        }
    }

    fn bytes(&mut self, buffer: JsBuffer) -> Skeleton {
        if buffer.byte_length() >= OUT_OF_LINE_BYTES {
            self.buffers.push(buffer);
            Skeleton::LongBytes(self.buffers.len() as u32 - 1)
        } else {
            Skeleton::Bytes(buffer.to_vec())
        }
    }

    fn error(&self, what: String) -> ConvertError {
        ConvertError {
            path: self.path.concat(),
            what,
        }
    }
}

/// Numbers without a fraction are whole numbers, as far as JavaScript itself can tell them apart; -0 is not one.
fn number_skeleton(number: f64) -> Skeleton {
    if Number::is_safe_integer(&number.into()) && !(number == 0.0 && number.is_sign_negative()) {
        Skeleton::Int(number as i64)
    } else {
        Skeleton::Float(number)
    }
}

fn is_plain(object: &Object) -> bool {
    let prototype = Object::get_prototype_of(object);
    // What a message brings has the prototype of this worker, or none.
    prototype.is_null() || Object::is(&prototype, &Object::get_prototype_of(&Object::new()))
}

fn kind_of(value: &JsValue) -> String {
    if value.is_function() {
        return "a function".to_owned();
    }
    if value.is_symbol() {
        return "a symbol".to_owned();
    }
    let name = value
        .dyn_ref::<Object>()
        .map(|object| String::from(object.constructor().name()))
        .unwrap_or_default();
    format!("an object of the class {name}")
}

/// Unpacks a value. Buffers are handed to it as they are, not copied.
///
/// # Errors
/// If the parcel does not hold a value.
pub fn from_parcel(parcel: &Parcel<JsBuffer>) -> Result<JsValue, ParcelError> {
    build(parcel.skeleton()?, &parcel.buffers)
}

fn build(skeleton: Skeleton, buffers: &[JsBuffer]) -> Result<JsValue, ParcelError> {
    let buffer = |position: u32| {
        buffers
            .get(position as usize)
            .ok_or(ParcelError::MissingBuffer(position))
    };
    Ok(match skeleton {
        Skeleton::Null => JsValue::NULL,
        Skeleton::Bool(truth) => truth.into(),
        Skeleton::Int(number) => int_value(number),
        Skeleton::Float(number) => number.into(),
        Skeleton::Str(text) => text.into(),
        Skeleton::Bytes(bytes) => Uint8Array::from(&bytes[..]).into(),
        Skeleton::List(items) => items
            .into_iter()
            .map(|item| build(item, buffers))
            .collect::<Result<Array, _>>()?
            .into(),
        Skeleton::Map(entries) => {
            let entries = entries
                .into_iter()
                .map(|(name, value)| Ok(Array::of2(&name.into(), &build(value, buffers)?)))
                .collect::<Result<Array, ParcelError>>()?;
            // From entries, so that a name such as `__proto__` is a name and nothing else.
            Object::from_entries(&entries)
                .map_err(|_| ParcelError::Head)?
                .into()
        }
        Skeleton::LongStr(position) => String::from_utf8(buffer(position)?.to_vec())
            .map_err(|_| ParcelError::NotUtf8(position))?
            .into(),
        Skeleton::LongBytes(position) => buffer(position)?.array().clone().into(),
    })
}

fn int_value(number: i64) -> JsValue {
    if number.unsigned_abs() <= Number::MAX_SAFE_INTEGER as u64 {
        JsValue::from(number as f64)
    } else {
        BigInt::from(number).into()
    }
}
