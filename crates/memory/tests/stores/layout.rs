//! Frames and records of functions: what is written reads back, and the bytes are those of docs/cache-format.md.

use core::fmt::Write;

use memory::{Entry, Form, Frame, FunctionRecord, Journal, Key, Place, Stamp, Stored, Use};
use proptest::prelude::*;
use values::{Digest, Parcel, Value};

use super::journal::any_entry;

fn any_frame() -> impl Strategy<Value = Frame> {
    let form = prop_oneof![
        Just(Form::Parts),
        Just(Form::Run),
        (0_u64..1 << 40).prop_map(Form::Deflated),
    ];
    let place = prop_oneof![
        Just(Place::Frame),
        Just(Place::Record),
        "[a-z0-9]{0,30}".prop_map(Place::File),
    ];
    (
        any_entry(),
        0_u64..1 << 40,
        proptest::collection::vec(0_u64..1 << 40, 0..5),
        form,
        place,
    )
        .prop_map(|(entry, head, buffers, form, place)| Frame {
            entry,
            head,
            buffers,
            form,
            place,
        })
}

proptest! {
    #[test]
    fn a_frame_reads_back(frame in any_frame(), content in proptest::collection::vec(any::<u8>(), 0..40)) {
        let mut bytes = frame.encode();
        let begin = bytes.len();
        bytes.extend(content);
        prop_assert_eq!(Frame::decode(&bytes), Ok((frame, begin)));
    }

    #[test]
    fn an_altered_frame_is_refused(frame in any_frame(), at in any::<prop::sample::Index>(), byte: u8) {
        let bytes = frame.encode();
        let at = at.index(bytes.len());
        let mut altered = bytes.clone();
        altered[at] = byte;
        prop_assert_eq!(Frame::decode(&altered).is_err(), altered != bytes);
        prop_assert!(Frame::decode(&bytes[..at]).is_err());
    }

    #[test]
    fn descriptions_that_nobody_wrote_never_panic(
        frame in any_frame(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = frame.encode();
        for (at, byte) in changes {
            let at = 16 + at.index(bytes.len() - 16);
            bytes[at] = byte;
        }
        let sum = xxhash_rust::xxh64::xxh64(&bytes[16..], 0);
        bytes[4..12].copy_from_slice(&sum.to_le_bytes());
        if let Ok((frame, _)) = Frame::decode(&bytes) {
            let _ = (frame.inline_bytes(), frame.outer_bytes());
            let _ = frame.split(&bytes, <[u8]>::to_vec);
        }
    }

    #[test]
    fn a_function_reads_back(source in ".{0,40}", file in proptest::option::of(".{0,9}"), first_line: Option<u32>, at in any::<prop::sample::Index>(), byte: u8) {
        let record = FunctionRecord { source, file, first_line };
        let bytes = record.encode();
        let at = at.index(bytes.len());
        let mut altered = bytes.clone();
        altered[at] = byte;
        prop_assert_eq!(FunctionRecord::decode(&altered).is_err(), altered != bytes);
        prop_assert!(FunctionRecord::decode(&bytes[..at]).is_err());
        prop_assert_eq!(FunctionRecord::decode(&bytes), Ok(record));
    }
}

#[test]
fn what_cannot_be_read_is_never_sound() {
    let key = key();
    assert!(!Stored::<Vec<u8>>::unreadable(key.clone(), None).is_sound());
    let known = Stored::new(key.clone(), Parcel::pack(Value::Null), 1.0, 2.0).entry;
    assert!(!Stored::<Vec<u8>>::unreadable(key, Some(known)).is_sound());
}

fn key() -> Key {
    Key {
        location: "l".to_owned(),
        function: "f".to_owned(),
        digest: Digest([0x11; 16]),
    }
}

fn entry() -> Entry {
    Entry {
        created: 1.0,
        last_used: 2.0,
        hits: 3,
        duration: 4.0,
        bytes: 300,
        checksum: 0x0102_0304_0506_0708,
        arguments: "x=1".to_owned(),
        stamps: vec![Stamp {
            name: "a".to_owned(),
            modified: 5.0,
            bytes: 6,
        }],
        compress: true,
        source: 9,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

const ENTRY: &str = "000000000000f03f0000000000000040000000000000104008070605040302010900000000000000\
03ac0203783d3101010161000000000000144006";

/// docs/cache-format.md. If this fails, what is stored can no longer be read: raise the layout's version instead of changing
/// the bytes here.
#[test]
fn the_layout_of_frames_and_journals_is_the_one_that_is_stored() {
    let frame = Frame {
        entry: entry(),
        head: 7,
        buffers: vec![200, 1],
        form: Form::Deflated(129),
        place: Place::File("n".to_owned()),
    };
    let bytes = hex(&frame.encode());
    assert_eq!(&bytes[..8], hex(b"JbF2"));
    assert_eq!(&bytes[24..], format!("46000000{ENTRY}0702c80101228101016e"));
    let mut journal = Journal::new("l");
    journal.put(&key(), &entry());
    journal.used(&Use {
        key: key(),
        at: 2.0,
        hits: 1,
    });
    journal.deleted(&key());
    let bytes = hex(&journal.encode());
    let digest = "11".repeat(16);
    assert_eq!(&bytes[..8], hex(b"JbJ2"));
    assert_eq!(
        &bytes[24..],
        format!("010166030000{digest}{ENTRY}0100{digest}0000000000000040010200{digest}")
    );
    let record = FunctionRecord {
        source: "s".to_owned(),
        file: Some("f".to_owned()),
        first_line: Some(1),
    };
    let bytes = hex(&record.encode());
    assert_eq!(&bytes[..8], hex(b"JbR2"));
    assert_eq!(&bytes[24..], "06000000017303016601");
}
