//! joblib's digest, in a worker of the bench `digest`.

use browser::JsBuffer;
use values::joblib::{
    Array, ArrayBytes, ArrayView, DType, Leaf, Look, NDARRAY, Node, Object, hash,
};
use values::{Parcel, Skeleton};
use wasm_bindgen::prelude::wasm_bindgen;

/// The values that joblib's side of the bench has too (tests/bench/lib/joblib_memory.py).
const INT: i64 = 123_456;
const ENTRIES: i64 = 10_000;
const FLOATS: u32 = 1_000_000;

/// A value, made ahead of its digest.
#[wasm_bindgen]
pub struct Hashed {
    made: Made,
}

enum Made {
    Object(Object),
    Parcel(Parcel<JsBuffer>),
    Floats { dtype: DType, bytes: JsBuffer },
}

#[wasm_bindgen]
impl Hashed {
    /// `int`, `dict` and `array` are in this module's memory; `dict-parcel` as it comes from the page, `array-page` with its
    /// bytes in JavaScript's memory.
    ///
    /// # Errors
    /// When there is no value of that name.
    #[wasm_bindgen(constructor)]
    pub fn new(name: &str) -> Result<Hashed, String> {
        let dtype = || DType::parse("<f8").map_err(|error| error.to_string());
        let floats: Vec<u8> = (0..FLOATS)
            .flat_map(|at| f64::from(at).to_le_bytes())
            .collect();
        let made = match name {
            "int" => Made::Object(Object::int(INT)),
            "dict" => Made::Object(Object::dict(
                (0..ENTRIES)
                    .map(|at| (Object::str(&format!("key {at}")), Object::int(at)))
                    .collect(),
            )),
            "dict-parcel" => {
                let entries = (0..ENTRIES)
                    .map(|at| (format!("key {at}"), Skeleton::Int(at)))
                    .collect();
                Made::Parcel(Parcel::from_skeleton(&Skeleton::Map(entries), Vec::new()))
            }
            "array" => Made::Object(Object::array(Array {
                dtype: dtype()?,
                shape: vec![FLOATS as usize],
                strides: vec![8],
                memory: floats,
                first: 0,
            })),
            "array-page" => Made::Floats {
                dtype: dtype()?,
                bytes: JsBuffer::copy_of(&floats),
            },
            _ => return Err(format!("There is no value `{name}`.")),
        };
        Ok(Self { made })
    }

    /// Its digest, made so many times.
    ///
    /// # Errors
    /// When it has none.
    pub fn digest(&self, times: u32) -> Result<String, String> {
        let mut found = String::new();
        for _ in 0..times {
            let digest = match &self.made {
                Made::Object(object) => hash(object).map_err(|error| error.to_string()),
                Made::Parcel(parcel) => parcel.joblib_digest().map_err(|error| error.to_string()),
                Made::Floats { dtype, bytes } => {
                    hash(&Floats { dtype, bytes }).map_err(|error| error.to_string())
                }
            };
            found = digest?.to_string();
        }
        Ok(found)
    }
}

/// A whole array in JavaScript's memory.
#[derive(Clone, Copy)]
struct Floats<'a> {
    dtype: &'a DType,
    bytes: &'a JsBuffer,
}

impl Node for Floats<'_> {
    fn look(&self) -> Look<'_> {
        Look::Array(ArrayView {
            class: NDARRAY,
            dtype: self.dtype,
            shape: &[FLOATS as usize],
            strides: &[8],
            bytes: ArrayBytes::InOrder(Leaf::Pieces(self.bytes)),
        })
    }
}
