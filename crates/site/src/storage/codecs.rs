//! Writing and reading values for the page.

use std::rc::Rc;

use browser::{JsBuffer, Values, to_parcel};
use experiments::{DecodeValue, EncodeValue, Failure, Job, Outcome, Place, Remark, Settings};
use protocol::{CodecOptions, ErrorInfo, NoteInfo, Position, Reply};
use values::{Parcel, Skeleton, Value};
use wasm_bindgen::JsValue;

use super::StorageKernel;
use super::work::{Asked, PAGE};
use super::workbench::Answer;

impl StorageKernel {
    pub(super) fn encode(
        self: &Rc<Self>,
        request: u32,
        format: String,
        options: CodecOptions,
        values: &Values,
    ) {
        match to_parcel(values.first().unwrap_or(&JsValue::UNDEFINED), "value") {
            Ok(value) => self.ask(Asked {
                lab: PAGE,
                number: request,
                job: Job::EncodeValue(EncodeValue {
                    format,
                    settings: settings(options),
                }),
                bytes: None,
                value: Some(value),
            }),
            Err(error) => self.coded(request, failed("untransferable", error.to_string())),
        }
    }

    pub(super) fn decode(
        self: &Rc<Self>,
        request: u32,
        format: String,
        options: CodecOptions,
        values: &Values,
    ) {
        let bytes = values
            .first()
            .and_then(|value| to_parcel(value, "bytes").ok())
            .and_then(bytes_of);
        match bytes {
            Some(bytes) => self.ask(Asked {
                lab: PAGE,
                number: request,
                job: Job::DecodeValue(DecodeValue {
                    format,
                    settings: settings(options),
                }),
                bytes: Some(bytes),
                value: None,
            }),
            None => self.coded(
                request,
                failed("bytes", "Bytes are wanted: a Uint8Array.".to_owned()),
            ),
        }
    }

    /// Answers the page.
    pub(super) fn coded(&self, request: u32, answer: Answer) {
        let (value, notes, error) = match answer.outcome {
            Ok(Outcome::Encoded(encoded)) => {
                let bytes = JsBuffer::copy_of(&encoded.bytes);
                let bytes = Parcel::from_skeleton(&Skeleton::LongBytes(0), vec![bytes]);
                (Some(bytes), encoded.remarks, None)
            }
            Ok(Outcome::Value(remarks)) => (answer.value, remarks, None),
            Ok(_) => (None, Vec::new(), None),
            Err(failure) => (None, Vec::new(), Some(error(failure))),
        };
        let reply = Reply::Coded {
            request,
            notes: notes.into_iter().map(note).collect(),
            error,
        };
        self.page.send_values(&reply, &[value]);
    }
}

fn failed(code: &str, message: String) -> Answer {
    Answer::failed(Failure::new(code, message))
}

/// The bytes that a value is.
fn bytes_of(value: Parcel<JsBuffer>) -> Option<JsBuffer> {
    match value.skeleton() {
        Ok(Skeleton::LongBytes(_)) => value.buffers.into_iter().next(),
        Ok(Skeleton::Bytes(bytes)) => Some(JsBuffer::copy_of(&bytes)),
        _ => match value.unpack() {
            Ok(Value::Bytes(bytes)) => Some(JsBuffer::copy_of(&bytes)),
            _ => None,
        },
    }
}

fn settings(options: CodecOptions) -> Settings {
    Settings {
        delimiter: options.delimiter,
        header: options.header,
        types: options.types,
        neutralise: options.neutralise.unwrap_or_default(),
        indent: options.indent,
        non_finite: options.non_finite.unwrap_or_default(),
        protocol: options.protocol,
        refuse_misfits: options.refuse_misfits.unwrap_or_default(),
        refuse_duplicates: options.refuse_duplicates.unwrap_or_default(),
    }
}

fn position(place: Place) -> Position {
    Position {
        offset: place.offset as u32,
        line: place.line.map(|line| line as u32),
        column: place.column.map(|column| column as u32),
    }
}

fn note(remark: Remark) -> NoteInfo {
    NoteInfo {
        code: remark.code,
        message: remark.message,
        count: remark.count as u32,
        position: remark.place.map(position),
    }
}

fn error(failure: Failure) -> ErrorInfo {
    let message = match &failure.looks_like {
        Some(other) => format!("{} It looks like {other}.", failure.message),
        None => failure.message,
    };
    ErrorInfo {
        code: failure.code,
        message,
        task: None,
        position: failure.place.map(position),
    }
}
