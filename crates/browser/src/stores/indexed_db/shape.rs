//! A result as it is written: its frame, and what stands elsewhere.

use js_sys::{Array, Uint8Array};
use memory::{Entry, Form, Frame, Key, MOST_INLINE_BYTES, Place, Stored};
use values::{Buffer, Parcel};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbKeyRange, IdbObjectStore};

use super::requests::Fault;
use crate::JsBuffer;
use crate::stores::deflate::{deflate, inflate};
use crate::stores::files::Files;

/// Contents of at least this many bytes are written to files. From here on Firefox reads them faster than records; Chromium does
/// from a quarter of it on. The figures are in ADR 21.
pub(super) const FILE_FROM_BYTES: u64 = 4 << 20;

/// A result as it is written.
pub(super) struct Shape {
    key: JsValue,
    frame: Uint8Array,
    outer: Outer,
}

enum Outer {
    None,
    Record(JsValue),
    File(String),
}

/// The key of a payload: in the record itself, or in the file of that name.
fn payload_key(key: &JsValue, file: Option<&str>) -> JsValue {
    let second = file.map_or(JsValue::from(0), JsValue::from);
    Array::of2(key, &second).into()
}

/// All payloads of the entries from the first key to the last.
pub(super) fn payloads_of(first: &JsValue, last: &JsValue) -> Result<IdbKeyRange, JsValue> {
    let end = Array::of2(last, &Array::new());
    IdbKeyRange::bound(&Array::of1(first), &end)
}

/// The storage key of a payload, and the file in which it is.
pub(super) fn read_payload_key(key: &JsValue) -> Option<(String, Option<String>)> {
    let parts: &Array = key.dyn_ref()?;
    Some((parts.get(0).as_string()?, parts.get(1).as_string()))
}

/// Head and buffers as one run of bytes.
fn run(value: &Parcel<JsBuffer>) -> Uint8Array {
    let bytes = Uint8Array::new_with_length(value.byte_length() as u32);
    put_run(&bytes, 0, value);
    bytes
}

fn put_run(bytes: &Uint8Array, from: u32, value: &Parcel<JsBuffer>) {
    let mut at = from + value.head.len() as u32;
    bytes.subarray(from, at).copy_from(&value.head);
    for buffer in &value.buffers {
        bytes.set(buffer.array(), at);
        at += buffer.byte_length() as u32;
    }
}

/// The shape of a result that is neither compressed nor written to a file.
pub(super) fn plain(stored: &Stored<JsBuffer>) -> Shape {
    if stored.value.byte_length() <= MOST_INLINE_BYTES {
        let frame = Frame::of(stored, Form::Parts, Place::Frame).encode();
        let bytes = Uint8Array::new_with_length((frame.len() + stored.value.byte_length()) as u32);
        bytes.subarray(0, frame.len() as u32).copy_from(&frame);
        put_run(&bytes, frame.len() as u32, &stored.value);
        return Shape::new(stored, bytes, Outer::None);
    }
    let form = long_form(stored);
    let outer = Outer::Record(match form {
        Form::Parts => parts(&stored.value),
        _ => run(&stored.value).into(),
    });
    Shape::new(stored, frame_of_long(stored, form, Place::Record), outer)
}

/// The shape of a result: compressed if its entry says so and that makes it shorter, in a file if it is long and `files`
/// takes it.
pub(super) async fn of(stored: &Stored<JsBuffer>, files: &Files) -> Shape {
    let length = stored.value.byte_length() as u64;
    if stored.entry.compress
        && let Some(packed) = deflate(&run(&stored.value)).await
        && u64::from(packed.byte_length()) < length
    {
        return compressed(stored, packed, files).await;
    }
    if length < FILE_FROM_BYTES {
        return plain(stored);
    }
    let form = long_form(stored);
    let whole;
    let pieces: Vec<&Uint8Array> = if form == Form::Parts {
        stored.value.buffers.iter().map(JsBuffer::array).collect()
    } else {
        whole = run(&stored.value);
        vec![&whole]
    };
    match files.write(&pieces).await {
        Some(name) => {
            let frame = frame_of_long(stored, form, Place::File(name.clone()));
            Shape::new(stored, frame, Outer::File(name))
        }
        None => plain(stored),
    }
}

async fn compressed(stored: &Stored<JsBuffer>, packed: Uint8Array, files: &Files) -> Shape {
    let length = u64::from(packed.byte_length());
    let form = Form::Deflated(length);
    if length <= MOST_INLINE_BYTES as u64 {
        let frame = Frame::of(stored, form, Place::Frame).encode();
        let bytes = Uint8Array::new_with_length(frame.len() as u32 + packed.byte_length());
        bytes.subarray(0, frame.len() as u32).copy_from(&frame);
        bytes.set(&packed, frame.len() as u32);
        return Shape::new(stored, bytes, Outer::None);
    }
    if length >= FILE_FROM_BYTES
        && let Some(name) = files.write(&[&packed]).await
    {
        let frame = frame_of_long(stored, form, Place::File(name.clone()));
        return Shape::new(stored, frame, Outer::File(name));
    }
    let frame = frame_of_long(stored, form, Place::Record);
    Shape::new(stored, frame, Outer::Record(packed.into()))
}

/// A long head stands elsewhere too, so that what is known of an entry is read without it.
fn long_form(stored: &Stored<JsBuffer>) -> Form {
    if stored.value.head.len() <= MOST_INLINE_BYTES {
        Form::Parts
    } else {
        Form::Run
    }
}

fn frame_of_long(stored: &Stored<JsBuffer>, form: Form, place: Place) -> Uint8Array {
    let mut frame = Frame::of(stored, form, place).encode();
    if form == Form::Parts {
        frame.extend_from_slice(&stored.value.head);
    }
    Uint8Array::from(&frame[..])
}

/// The buffers as they are; one alone stands for itself.
fn parts(value: &Parcel<JsBuffer>) -> JsValue {
    match &value.buffers[..] {
        [one] => one.array().into(),
        several => several
            .iter()
            .map(JsBuffer::array)
            .collect::<Array>()
            .into(),
    }
}

impl Shape {
    fn new(stored: &Stored<JsBuffer>, frame: Uint8Array, outer: Outer) -> Self {
        Self {
            key: stored.key.storage_key().into(),
            frame,
            outer,
        }
    }

    pub(super) const fn key(&self) -> &JsValue {
        &self.key
    }

    /// The file that was written for it.
    pub(super) fn file(&self) -> Option<&str> {
        match &self.outer {
            Outer::File(name) => Some(name),
            _ => None,
        }
    }

    /// Whether a payload of the same entry, in that file or in none, is this one's.
    pub(super) fn owns(&self, file: Option<&str>) -> bool {
        match &self.outer {
            Outer::None => false,
            Outer::Record(_) => file.is_none(),
            Outer::File(name) => file == Some(name),
        }
    }

    /// Asks for it to be written.
    pub(super) fn write(
        &self,
        results: &IdbObjectStore,
        payloads: &IdbObjectStore,
    ) -> Result<(), Fault> {
        results.put_with_key(&self.frame, &self.key)?;
        match &self.outer {
            Outer::None => {}
            Outer::Record(value) => {
                payloads.put_with_key(value, &payload_key(&self.key, None))?;
            }
            Outer::File(name) => {
                payloads.put_with_key(&JsValue::TRUE, &payload_key(&self.key, Some(name)))?;
            }
        }
        Ok(())
    }
}

/// A frame that was read.
pub(super) enum Opened {
    /// There is none.
    Absent,
    /// It is there and cannot be read.
    Unreadable(Option<Entry>),
    /// It is read, and its content stands in it.
    Here(Frame, Vec<u8>),
    /// It is read; the content, but for these bytes, stands elsewhere.
    Elsewhere(Frame, Vec<u8>),
}

impl Opened {
    /// Reads what stands under a storage key.
    pub(super) fn of(value: &JsValue) -> Self {
        if value.is_undefined() {
            return Self::Absent;
        }
        let Some(array) = value.dyn_ref::<Uint8Array>() else {
            return Self::Unreadable(None);
        };
        let mut bytes = array.to_vec();
        let Ok((frame, begin)) = Frame::decode(&bytes) else {
            return Self::Unreadable(None);
        };
        let content = bytes.split_off(begin);
        if content.len() as u64 != frame.inline_bytes() {
            return Self::Unreadable(Some(frame.entry));
        }
        if frame.place == Place::Frame {
            Self::Here(frame, content)
        } else {
            Self::Elsewhere(frame, content)
        }
    }

    /// What is known of the entry.
    pub(super) fn entry(self) -> Option<Entry> {
        match self {
            Self::Absent | Self::Unreadable(_) => None,
            Self::Here(frame, _) | Self::Elsewhere(frame, _) => Some(frame.entry),
        }
    }

    /// Under which key of the payloads the content stands.
    pub(super) fn payload(&self, key: &JsValue) -> Option<JsValue> {
        match self {
            Self::Elsewhere(frame, _) if frame.place == Place::Record => {
                Some(payload_key(key, None))
            }
            _ => None,
        }
    }

    /// The whole of it. `payload` is what stands under [`Opened::payload`].
    pub(super) async fn stored(
        self,
        key: &Key,
        payload: Option<JsValue>,
        files: &Files,
    ) -> Option<Stored<JsBuffer>> {
        let (frame, value) = match self {
            Self::Absent => return None,
            Self::Unreadable(entry) => return Some(Stored::unreadable(key.clone(), entry)),
            Self::Here(frame, content) => {
                let value = match frame.form {
                    Form::Parts | Form::Run => frame.split(&content, JsBuffer::copy_of),
                    Form::Deflated(_) => unpacked(&frame, &Uint8Array::from(&content[..])).await,
                };
                (frame, value)
            }
            Self::Elsewhere(frame, head) => {
                let value = elsewhere(&frame, head, payload, files).await;
                (frame, value)
            }
        };
        Some(match value {
            Some(value) => Stored {
                key: key.clone(),
                entry: frame.entry,
                value,
            },
            None => Stored::unreadable(key.clone(), Some(frame.entry)),
        })
    }
}

async fn elsewhere(
    frame: &Frame,
    head: Vec<u8>,
    payload: Option<JsValue>,
    files: &Files,
) -> Option<Parcel<JsBuffer>> {
    let payload: JsValue = match &frame.place {
        Place::File(name) => files.read(name, frame.outer_bytes()).await?.into(),
        _ => payload?,
    };
    match (frame.form, payload.dyn_into::<Uint8Array>()) {
        (Form::Parts, Ok(bytes)) if u64::from(bytes.byte_length()) == frame.outer_bytes() => {
            let buffers = cut(&bytes, &frame.buffers)?;
            Some(Parcel { head, buffers })
        }
        (Form::Parts, Err(several)) => {
            let buffers = several
                .dyn_into::<Array>()
                .ok()?
                .iter()
                .map(|buffer| buffer.dyn_into().map(JsBuffer::new).ok())
                .collect::<Option<Vec<_>>>()?;
            let fits = buffers
                .iter()
                .map(|buffer| buffer.byte_length() as u64)
                .eq(frame.buffers.iter().copied());
            fits.then_some(Parcel { head, buffers })
        }
        (Form::Run, Ok(bytes)) => split(frame, &bytes),
        (Form::Deflated(_), Ok(bytes)) => unpacked(frame, &bytes).await,
        _ => None,
    }
}

async fn unpacked(frame: &Frame, packed: &Uint8Array) -> Option<Parcel<JsBuffer>> {
    let bytes = inflate(packed, frame.whole_bytes()).await?;
    split(frame, &bytes)
}

/// The parcel in a run of bytes.
fn split(frame: &Frame, bytes: &Uint8Array) -> Option<Parcel<JsBuffer>> {
    if u64::from(bytes.byte_length()) != frame.whole_bytes() {
        return None;
    }
    let head = bytes.subarray(0, frame.head as u32);
    let rest = bytes.subarray(frame.head as u32, bytes.length());
    Some(Parcel {
        head: head.to_vec(),
        buffers: cut(&rest, &frame.buffers)?,
    })
}

/// Bytes cut into buffers of these lengths, of which they are the sum. One alone is not copied.
fn cut(bytes: &Uint8Array, lengths: &[u64]) -> Option<Vec<JsBuffer>> {
    if lengths.len() == 1 {
        return Some(vec![JsBuffer::new(bytes.clone())]);
    }
    let mut at = 0_u32;
    lengths
        .iter()
        .map(|length| {
            let end = at.checked_add(u32::try_from(*length).ok()?)?;
            let part = bytes.slice(at, end);
            at = end;
            Some(JsBuffer::new(part))
        })
        .collect()
}
