//! Arrays: their bytes in the order in which joblib reads them.

use super::{DType, Leaf};

/// An array of NumPy, with its memory borrowed.
#[derive(Clone, Copy, Debug)]
pub struct ArrayView<'a> {
    /// Module and name of the class.
    pub class: (&'a str, &'a str),
    /// The type of the elements.
    pub dtype: &'a DType,
    /// The length of each axis.
    pub shape: &'a [usize],
    /// From one element to the next along each axis, in bytes. Part of the digest, as everything above is.
    pub strides: &'a [isize],
    /// The elements.
    pub bytes: ArrayBytes<'a>,
}

/// Where the elements of an array are.
#[derive(Clone, Copy, Debug)]
pub enum ArrayBytes<'a> {
    /// The elements one after the other: as they are in memory if the array is contiguous, in C's order or Fortran's; else in
    /// C's order.
    InOrder(Leaf<'a>),
    /// A memory that holds them, and where in it the first element begins.
    Memory(&'a [u8], usize),
}

/// The class of common arrays.
pub const NDARRAY: (&str, &str) = ("numpy", "ndarray");

/// The elements of an array lie outside of its memory.
#[derive(Debug)]
pub(super) struct Outside;

/// Bytes of scattered elements are gathered up to so many.
const GATHERED_BYTES: usize = 4096;

impl ArrayView<'_> {
    /// Hands the elements' bytes to `take`, in the order in which joblib hashes them: contiguous arrays as they are in memory,
    /// others in C's order.
    pub(super) fn read(&self, take: &mut dyn FnMut(&[u8])) -> Result<(), Outside> {
        let item = self.dtype.item_bytes();
        let total = self
            .shape
            .iter()
            .try_fold(item, |bytes, length| bytes.checked_mul(*length))
            .ok_or(Outside)?;
        if self.shape.len() != self.strides.len() {
            return Err(Outside);
        }
        match self.bytes {
            ArrayBytes::InOrder(leaf) if leaf.byte_length() == total => {
                leaf.read(take);
                Ok(())
            }
            ArrayBytes::InOrder(_) => Err(Outside),
            ArrayBytes::Memory(..) if total == 0 => Ok(()),
            ArrayBytes::Memory(memory, first) if self.contiguous() => {
                let end = first.checked_add(total).ok_or(Outside)?;
                take(memory.get(first..end).ok_or(Outside)?);
                Ok(())
            }
            ArrayBytes::Memory(memory, first) => self.gather(memory, first, take),
        }
    }

    /// Whether the elements follow each other in memory, in C's order or in Fortran's; axes of length 1 do not count.
    fn contiguous(&self) -> bool {
        let follow = |axes: &mut dyn Iterator<Item = (&usize, &isize)>| {
            let mut expected = self.dtype.item_bytes();
            for (length, stride) in axes {
                if *length != 1 && usize::try_from(*stride) != Ok(expected) {
                    return false;
                }
                expected *= length;
            }
            true
        };
        let axes = || self.shape.iter().zip(self.strides);
        follow(&mut axes().rev()) || follow(&mut axes())
    }

    fn gather(
        &self,
        memory: &[u8],
        first: usize,
        take: &mut dyn FnMut(&[u8]),
    ) -> Result<(), Outside> {
        let item = self.dtype.item_bytes();
        let mut gathered = Vec::with_capacity(GATHERED_BYTES.max(item));
        let mut index = vec![0; self.shape.len()];
        let mut at = isize::try_from(first).map_err(|_| Outside)?;
        loop {
            let element = usize::try_from(at)
                .ok()
                .and_then(|begin| memory.get(begin..begin.checked_add(item)?))
                .ok_or(Outside)?;
            if gathered.len() + item > GATHERED_BYTES {
                take(&gathered);
                gathered.clear();
            }
            gathered.extend_from_slice(element);
            // The next index in C's order: the last axis runs fastest.
            let mut axis = self.shape.len();
            loop {
                if axis == 0 {
                    take(&gathered);
                    return Ok(());
                }
                axis -= 1;
                let stride = self.strides[axis];
                index[axis] += 1;
                if index[axis] < self.shape[axis] {
                    at = at.checked_add(stride).ok_or(Outside)?;
                    break;
                }
                let back = isize::try_from(self.shape[axis] - 1).map_err(|_| Outside)?;
                at = stride
                    .checked_mul(back)
                    .and_then(|back| at.checked_sub(back))
                    .ok_or(Outside)?;
                index[axis] = 0;
            }
        }
    }
}
