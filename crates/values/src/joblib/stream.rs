//! The pickle stream, protocol 3, on its way into MD5.

use md5::{Digest as _, Md5};

use super::Leaf;
use crate::Digest;

/// The opcodes, with their names from CPython's Lib/pickle.py.
pub(super) mod op {
    pub(crate) const MARK: u8 = b'(';
    pub(crate) const STOP: u8 = b'.';
    pub(crate) const POP: u8 = b'0';
    pub(crate) const POP_MARK: u8 = b'1';
    pub(crate) const BINFLOAT: u8 = b'G';
    pub(crate) const BININT: u8 = b'J';
    pub(crate) const BININT1: u8 = b'K';
    pub(crate) const BININT2: u8 = b'M';
    pub(crate) const NONE: u8 = b'N';
    pub(crate) const REDUCE: u8 = b'R';
    pub(crate) const BINUNICODE: u8 = b'X';
    pub(crate) const APPEND: u8 = b'a';
    pub(crate) const BUILD: u8 = b'b';
    pub(crate) const GLOBAL: u8 = b'c';
    pub(crate) const APPENDS: u8 = b'e';
    pub(crate) const BINGET: u8 = b'h';
    pub(crate) const LONG_BINGET: u8 = b'j';
    pub(crate) const BINPUT: u8 = b'q';
    pub(crate) const LONG_BINPUT: u8 = b'r';
    pub(crate) const SETITEM: u8 = b's';
    pub(crate) const TUPLE: u8 = b't';
    pub(crate) const SETITEMS: u8 = b'u';
    pub(crate) const EMPTY_TUPLE: u8 = b')';
    pub(crate) const EMPTY_LIST: u8 = b']';
    pub(crate) const EMPTY_DICT: u8 = b'}';
    pub(crate) const PROTO: u8 = 0x80;
    pub(crate) const NEWOBJ: u8 = 0x81;
    pub(crate) const TUPLE1: u8 = 0x85;
    pub(crate) const TUPLE2: u8 = 0x86;
    pub(crate) const TUPLE3: u8 = 0x87;
    pub(crate) const NEWTRUE: u8 = 0x88;
    pub(crate) const NEWFALSE: u8 = 0x89;
    pub(crate) const LONG1: u8 = 0x8a;
    pub(crate) const LONG4: u8 = 0x8b;
    pub(crate) const BINBYTES: u8 = b'B';
    pub(crate) const SHORT_BINBYTES: u8 = b'C';
}

/// What of a walk goes into the hash.
///
/// joblib hashes the contents of arrays and the types of their elements at once, and the stream at the end: its hash begins
/// with all arrays. Where there are any, the tree is walked twice, so that neither the stream nor an array is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pass {
    /// There are no arrays yet: the stream goes into the hash, and the first array stops the walk.
    StreamAlone,
    /// Arrays alone.
    Arrays,
    /// The stream, after the arrays.
    Stream,
}

/// A text or bytes that pickle 3 cannot hold: its lengths have 32 bits.
#[derive(Debug)]
pub(super) struct TooLong;

/// Small pieces are gathered up to so many bytes.
const GATHERED_BYTES: usize = 4096;

/// MD5 (RFC 1321) over the stream.
pub(super) struct Stream {
    md5: Md5,
    gathered: Vec<u8>,
    pub(super) pass: Pass,
}

impl Stream {
    pub(super) fn new() -> Self {
        Self {
            md5: Md5::new(),
            gathered: Vec::with_capacity(GATHERED_BYTES),
            pass: Pass::StreamAlone,
        }
    }

    /// Begins another pass: the one over arrays begins the hash anew, the one after it goes on with it.
    pub(super) fn restart(&mut self, pass: Pass) {
        self.gathered.clear();
        if pass == Pass::Arrays {
            self.md5.reset();
        }
        self.pass = pass;
    }

    pub(super) fn finish(mut self) -> Digest {
        self.flush();
        Digest(self.md5.finalize().into())
    }

    fn flush(&mut self) {
        self.md5.update(&self.gathered);
        self.gathered.clear();
    }

    /// Bytes that are hashed ahead of the stream.
    pub(super) fn ahead(&mut self, bytes: &[u8]) {
        if self.pass == Pass::Arrays {
            self.md5.update(bytes);
        }
    }

    pub(super) fn write(&mut self, bytes: &[u8]) {
        if self.pass == Pass::Arrays {
            return;
        }
        if self.gathered.len() + bytes.len() > GATHERED_BYTES {
            self.flush();
        }
        if bytes.len() < GATHERED_BYTES {
            self.gathered.extend_from_slice(bytes);
        } else {
            self.md5.update(bytes);
        }
    }

    pub(super) fn op(&mut self, op: u8) {
        self.write(&[op]);
    }

    fn with_u32(&mut self, op: u8, number: u32) {
        let [a, b, c, d] = number.to_le_bytes();
        self.write(&[op, a, b, c, d]);
    }

    pub(super) fn int(&mut self, number: i64) {
        if let Ok(number) = u8::try_from(number) {
            self.write(&[op::BININT1, number]);
        } else if let Ok(number) = u16::try_from(number) {
            let [a, b] = number.to_le_bytes();
            self.write(&[op::BININT2, a, b]);
        } else if let Ok(number) = i32::try_from(number) {
            self.with_u32(op::BININT, number.cast_unsigned());
        } else {
            let bytes = number.to_le_bytes();
            // A number of 64 bits is never too long.
            let _ = self.big_int(&bytes);
        }
    }

    /// A whole number as two's complement, lowest byte first; superfluous bytes are left out.
    pub(super) fn big_int(&mut self, bytes: &[u8]) -> Result<(), TooLong> {
        let bytes = shortest(bytes);
        if let Some(number) = small(bytes) {
            self.int(number);
            return Ok(());
        }
        if let Ok(length) = u8::try_from(bytes.len()) {
            self.write(&[op::LONG1, length]);
        } else {
            let length = i32::try_from(bytes.len()).map_err(|_| TooLong)?;
            self.with_u32(op::LONG4, length.cast_unsigned());
        }
        self.write(bytes);
        Ok(())
    }

    pub(super) fn float(&mut self, number: f64) {
        self.op(op::BINFLOAT);
        self.write(&number.to_be_bytes());
    }

    pub(super) fn str(&mut self, text: &str) {
        // The names and hexadecimal digits that joblib adds: never long.
        let _ = self.text(Leaf::Slice(text.as_bytes()));
    }

    pub(super) fn text(&mut self, text: Leaf<'_>) -> Result<(), TooLong> {
        let length = u32::try_from(text.byte_length()).map_err(|_| TooLong)?;
        self.with_u32(op::BINUNICODE, length);
        text.read(&mut |bytes| self.write(bytes));
        Ok(())
    }

    pub(super) fn bytes(&mut self, bytes: Leaf<'_>) -> Result<(), TooLong> {
        if let Ok(length) = u8::try_from(bytes.byte_length()) {
            self.write(&[op::SHORT_BINBYTES, length]);
        } else {
            let length = u32::try_from(bytes.byte_length()).map_err(|_| TooLong)?;
            self.with_u32(op::BINBYTES, length);
        }
        bytes.read(&mut |bytes| self.write(bytes));
        Ok(())
    }

    pub(super) fn global(&mut self, module: &str, name: &str) {
        self.op(op::GLOBAL);
        for line in [module, name] {
            self.write(line.as_bytes());
            self.op(b'\n');
        }
    }

    pub(super) fn put(&mut self, position: u32) {
        self.position(op::BINPUT, op::LONG_BINPUT, position);
    }

    pub(super) fn get(&mut self, position: u32) {
        self.position(op::BINGET, op::LONG_BINGET, position);
    }

    fn position(&mut self, short: u8, long: u8, position: u32) {
        if let Ok(position) = u8::try_from(position) {
            self.write(&[short, position]);
        } else {
            self.with_u32(long, position);
        }
    }
}

/// Two's complement without bytes that only repeat the sign; zero has no bytes.
pub(super) fn shortest(mut bytes: &[u8]) -> &[u8] {
    while let [rest @ .., last] = bytes {
        let below = rest.last().is_some_and(|below| below & 0x80 != 0);
        if (*last == 0 && !below) || (*last == 0xff && below) {
            bytes = rest;
        } else {
            break;
        }
    }
    bytes
}

/// The number, if it has at most 32 bits.
fn small(bytes: &[u8]) -> Option<i64> {
    let negative = bytes.last().is_some_and(|last| last & 0x80 != 0);
    let mut padded = [if negative { 0xff } else { 0 }; 4];
    padded.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(i64::from(i32::from_le_bytes(padded)))
}
