//! Numbers, texts and entries as stored bytes: what frames, journals and snapshots are written with (docs/cache-format.md).

use xxhash_rust::xxh64::xxh64;

use crate::{Entry, FunctionRecord, Stamp};

/// Stored bytes that do not hold what they should: where reading them stopped, in bytes from the beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damaged {
    /// Where.
    pub at: usize,
}

impl Damaged {
    /// The stable name of this error.
    pub const fn code(self) -> &'static str {
        "store-damaged"
    }
}

impl core::fmt::Display for Damaged {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(
            f,
            "What is stored was altered or cut short (at byte {}).",
            self.at
        )
    }
}

impl core::error::Error for Damaged {}

/// The checksum of stored bytes.
pub(crate) fn checksum(bytes: &[u8]) -> u64 {
    xxh64(bytes, 0)
}

/// Writes to the end of bytes.
#[derive(Debug, Default)]
pub(crate) struct Writer(pub(crate) Vec<u8>);

impl Writer {
    pub(crate) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// Seven bits at a time, least significant first; the highest bit says that more follows.
    pub(crate) fn varint(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    pub(crate) fn u64(&mut self, number: u64) {
        self.raw(&number.to_le_bytes());
    }

    pub(crate) fn f64(&mut self, number: f64) {
        self.raw(&number.to_le_bytes());
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.varint(text.len() as u64);
        self.raw(text.as_bytes());
    }

    pub(crate) fn entry(&mut self, entry: &Entry) {
        let Entry {
            created,
            last_used,
            hits,
            duration,
            bytes,
            checksum,
            arguments,
            stamps,
            compress,
            source,
        } = entry;
        self.f64(*created);
        self.f64(*last_used);
        self.f64(*duration);
        self.u64(*checksum);
        self.u64(*source);
        self.varint(u64::from(*hits));
        self.varint(*bytes);
        self.text(arguments);
        self.byte(u8::from(*compress));
        self.varint(stamps.len() as u64);
        for Stamp {
            name,
            modified,
            bytes,
        } in stamps
        {
            self.text(name);
            self.f64(*modified);
            self.varint(*bytes);
        }
    }

    pub(crate) fn function(&mut self, record: &FunctionRecord) {
        let FunctionRecord {
            source,
            file,
            first_line,
        } = record;
        self.text(source);
        self.byte(u8::from(file.is_some()) | u8::from(first_line.is_some()) << 1);
        if let Some(file) = file {
            self.text(file);
        }
        if let Some(line) = first_line {
            self.varint(u64::from(*line));
        }
    }
}

/// Reads from the front of bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    pub(crate) at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(crate) const fn damaged(&self) -> Damaged {
        Damaged { at: self.at }
    }

    pub(crate) const fn is_at_end(&self) -> bool {
        self.at == self.bytes.len()
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    pub(crate) fn take(&mut self, length: u64) -> Result<&'a [u8], Damaged> {
        let taken = usize::try_from(length)
            .ok()
            .and_then(|length| self.rest().get(..length))
            .ok_or(self.damaged())?;
        self.at += taken.len();
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Damaged> {
        let taken = self
            .rest()
            .first_chunk::<N>()
            .copied()
            .ok_or(self.damaged())?;
        self.at += N;
        Ok(taken)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, Damaged> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(crate) fn varint(&mut self) -> Result<u64, Damaged> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(self.damaged())
    }

    /// How many of something follow, of which each takes at least `least` bytes.
    pub(crate) fn count(&mut self, least: usize) -> Result<usize, Damaged> {
        let count = self.varint()?;
        usize::try_from(count)
            .ok()
            .filter(|count| {
                count
                    .checked_mul(least)
                    .is_some_and(|bytes| bytes <= self.rest().len())
            })
            .ok_or(self.damaged())
    }

    pub(crate) fn u32(&mut self) -> Result<u32, Damaged> {
        let number = self.varint()?;
        u32::try_from(number).map_err(|_| self.damaged())
    }

    pub(crate) fn u64(&mut self) -> Result<u64, Damaged> {
        self.array().map(u64::from_le_bytes)
    }

    pub(crate) fn f64(&mut self) -> Result<f64, Damaged> {
        self.array().map(f64::from_le_bytes)
    }

    pub(crate) fn text(&mut self) -> Result<String, Damaged> {
        let length = self.varint()?;
        let bytes = self.take(length)?;
        core::str::from_utf8(bytes)
            .map(str::to_owned)
            .map_err(|_| self.damaged())
    }

    pub(crate) fn entry(&mut self) -> Result<Entry, Damaged> {
        let (created, last_used, duration) = (self.f64()?, self.f64()?, self.f64()?);
        let (checksum, source) = (self.u64()?, self.u64()?);
        let (hits, bytes, arguments) = (self.u32()?, self.varint()?, self.text()?);
        let compress = self.flag()?;
        let stamps = (0..self.count(10)?)
            .map(|_| {
                Ok(Stamp {
                    name: self.text()?,
                    modified: self.f64()?,
                    bytes: self.varint()?,
                })
            })
            .collect::<Result<_, Damaged>>()?;
        Ok(Entry {
            created,
            last_used,
            hits,
            duration,
            bytes,
            checksum,
            arguments,
            stamps,
            compress,
            source,
        })
    }

    pub(crate) fn function(&mut self) -> Result<FunctionRecord, Damaged> {
        let source = self.text()?;
        let flags = self.byte()?;
        if flags > 3 {
            return Err(self.damaged());
        }
        let file = (flags & 1 != 0).then(|| self.text()).transpose()?;
        let first_line = (flags & 2 != 0).then(|| self.u32()).transpose()?;
        Ok(FunctionRecord {
            source,
            file,
            first_line,
        })
    }

    fn flag(&mut self) -> Result<bool, Damaged> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.damaged()),
        }
    }
}
