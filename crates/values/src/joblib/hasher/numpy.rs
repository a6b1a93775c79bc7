//! What joblib's `NumpyHasher` adds: arrays, dtypes and scalars.

use super::{Fault, Hasher, tuple_op};
use crate::joblib::stream::{Pass, op};
use crate::joblib::{ArrayView, DType, HashError, Leaf, Node};

const MY_HASH: (&str, &str) = ("joblib.hashing", "_MyHash");

/// The module of the function that makes NumPy's scalars, in NumPy 2.
const SCALARS: &str = "numpy._core._multiarray_umath";

impl<N: Node> Hasher<N> {
    /// `(class, ("HASHED", dtype, shape, strides))`, with the bytes and the dtype ahead.
    pub(super) fn save_array(&mut self, array: ArrayView<'_>) -> Result<(), Fault> {
        match self.stream.pass {
            Pass::StreamAlone => return Err(Fault::Arrays),
            Pass::Arrays => {
                let read = array.read(&mut |bytes| self.stream.ahead(bytes));
                if read.is_err() {
                    return Err(Fault::Error(HashError::Outside { path: self.path() }));
                }
            }
            Pass::Stream => {}
        }
        self.class(array.class);
        self.stream.op(op::MARK);
        self.stream.str("HASHED");
        self.save_dtype(array.dtype)?;
        self.save_numbers(
            array
                .shape
                .iter()
                .map(|length| i64::try_from(*length).unwrap_or(i64::MAX)),
        );
        self.save_numbers(array.strides.iter().map(|stride| *stride as i64));
        self.stream.op(op::TUPLE);
        self.memoize(None);
        self.stream.op(op::TUPLE2);
        self.memoize(None);
        Ok(())
    }

    /// A dtype is hashed ahead of the stream and leaves nothing in it.
    pub(super) fn save_dtype(&mut self, dtype: &DType) -> Result<(), Fault> {
        match self.stream.pass {
            Pass::StreamAlone => return Err(Fault::Arrays),
            Pass::Arrays => {
                self.stream.ahead(b"_HASHED_DTYPE");
                self.stream.ahead(&dtype.pickle());
            }
            Pass::Stream => {}
        }
        Ok(())
    }

    pub(super) fn save_numbers(&mut self, numbers: impl ExactSizeIterator<Item = i64>) {
        let length = numbers.len();
        if length == 0 {
            self.stream.op(op::EMPTY_TUPLE);
            return;
        }
        if length > 3 {
            self.stream.op(op::MARK);
        }
        numbers.for_each(|number| self.stream.int(number));
        self.stream.op(tuple_op(length));
        self.memoize(None);
    }

    /// `scalar(dtype, bytes)`, where joblib takes the function `scalar` to pieces, as all that C's modules define.
    pub(super) fn save_scalar(
        &mut self,
        id: Option<u64>,
        dtype: &DType,
        bytes: &[u8],
    ) -> Result<(), Fault> {
        self.begin_object(MY_HASH);
        self.stream.str("args");
        self.stream.str("scalar");
        self.stream.str(SCALARS);
        self.stream.op(op::TUPLE2);
        self.memoize(None);
        self.end_object();
        self.save_dtype(dtype)?;
        let written = self.stream.bytes(Leaf::Slice(bytes));
        self.long(written)?;
        self.stream.op(op::TUPLE2);
        self.memoize(None);
        self.stream.op(op::REDUCE);
        // `numpy.str_` and `numpy.bytes_` are texts and bytes also to joblib, which does not share these.
        if !dtype.is_text() {
            self.memoize(id);
        }
        Ok(())
    }
}
