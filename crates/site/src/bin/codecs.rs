//! The storage formats, written and read in a worker of the bench `formats`.

use formats::Datum;
use formats::sample::Sample;
use wasm_bindgen::prelude::wasm_bindgen;

/// Records in a format. What was made last is kept until [`Codec::forget`], so that taking it away is not timed.
#[wasm_bindgen]
pub struct Codec {
    sample: Sample,
    written: Vec<u8>,
    read: Datum,
}

#[wasm_bindgen]
impl Codec {
    /// About so many bytes of records in that format.
    ///
    /// # Errors
    /// When there is no such format.
    #[wasm_bindgen(constructor)]
    pub fn new(format: &str, bytes: usize) -> Result<Codec, String> {
        let sample = Sample::of_bytes(format, bytes).map_err(|error| error.to_string())?;
        Ok(Self {
            sample,
            written: Vec::new(),
            read: Datum::Null,
        })
    }

    /// How many records there are.
    #[must_use]
    pub fn records(&self) -> usize {
        self.sample.records()
    }

    /// What is read.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.sample.bytes().to_vec()
    }

    /// Writes the records; how many bytes they are.
    ///
    /// # Errors
    /// Those of the format.
    pub fn encode(&mut self) -> Result<usize, String> {
        self.written = self.sample.encode().map_err(|error| error.to_string())?;
        Ok(self.written.len())
    }

    /// Reads the records.
    ///
    /// # Errors
    /// Those of the format.
    pub fn decode(&mut self) -> Result<(), String> {
        self.read = self.sample.decode().map_err(|error| error.to_string())?;
        Ok(())
    }

    /// Whether what was read last is what was written.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.read == *self.sample.datum()
    }

    /// Takes away what was made last.
    pub fn forget(&mut self) {
        self.written = Vec::new();
        self.read = Datum::Null;
    }
}

fn main() {}
