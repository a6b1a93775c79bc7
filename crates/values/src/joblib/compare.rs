//! Python's `<` and `==`, as far as joblib needs them to sort keys.
//!
//! <https://docs.python.org/3/reference/expressions.html#value-comparisons>: numbers compare by value and exactly, whatever
//! their types; texts by code points; lists and tuples by their first elements that differ; `<` of sets is "is a subset of".

use core::cmp::Ordering;

use super::stream::shortest;
use super::{Look, Node};

/// How deeply what is compared may be nested; CPython ends at its limit of recursion, 1000.
const MOST_DEPTH: usize = 500;

/// Why two objects do not compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CompareError {
    /// Python's `TypeError`: there is no `<` between these.
    NoOrder,
    /// The comparison of arrays gives an array.
    Ambiguous,
    /// Too deep.
    TooDeep,
}

/// Python's `left < right`.
pub(super) fn less<N: Node>(left: &N, right: &N) -> Result<bool, CompareError> {
    less_at(left, right, 0)
}

/// Whether two objects are the same or equal, as containers compare their elements.
pub(super) fn equal<N: Node>(left: &N, right: &N) -> Result<bool, CompareError> {
    equal_at(left, right, 0)
}

fn less_at<N: Node>(left: &N, right: &N, depth: usize) -> Result<bool, CompareError> {
    if depth > MOST_DEPTH {
        return Err(CompareError::TooDeep);
    }
    match (left.look(), right.look()) {
        (Look::Str(a), Look::Str(b)) | (Look::Bytes(a), Look::Bytes(b)) => {
            Ok(a.whole() < b.whole())
        }
        (Look::Tuple(a), Look::Tuple(b)) | (Look::List(a), Look::List(b)) => {
            for index in 0..a.min(b) {
                if let (Some(a), Some(b)) = (left.item(index), right.item(index))
                    && !equal_at(&a, &b, depth + 1)?
                {
                    return less_at(&a, &b, depth + 1);
                }
            }
            Ok(a < b)
        }
        (Look::Set | Look::FrozenSet, Look::Set | Look::FrozenSet) => {
            let (a, b) = (left.elements(), right.elements());
            Ok(a.len() < b.len() && within(&a, &b, depth + 1)?)
        }
        (Look::Array(_) | Look::Scalar(..), _) | (_, Look::Array(_) | Look::Scalar(..)) => {
            Err(CompareError::Ambiguous)
        }
        (a, b) => match (Number::of(a), Number::of(b)) {
            (Some(a), Some(b)) => Ok(a.compare(b) == Some(Ordering::Less)),
            _ => Err(CompareError::NoOrder),
        },
    }
}

fn equal_at<N: Node>(left: &N, right: &N, depth: usize) -> Result<bool, CompareError> {
    if depth > MOST_DEPTH {
        return Err(CompareError::TooDeep);
    }
    if left.id().is_some() && left.id() == right.id() {
        return Ok(true);
    }
    match (left.look(), right.look()) {
        (Look::None, Look::None) => Ok(true),
        (Look::Str(a), Look::Str(b)) | (Look::Bytes(a), Look::Bytes(b)) => {
            Ok(a.byte_length() == b.byte_length() && a.whole() == b.whole())
        }
        (Look::Tuple(a), Look::Tuple(b)) | (Look::List(a), Look::List(b)) => {
            if a != b {
                return Ok(false);
            }
            for index in 0..a {
                if let (Some(a), Some(b)) = (left.item(index), right.item(index))
                    && !equal_at(&a, &b, depth + 1)?
                {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        (Look::Set | Look::FrozenSet, Look::Set | Look::FrozenSet) => {
            let (a, b) = (left.elements(), right.elements());
            Ok(a.len() == b.len() && within(&a, &b, depth + 1)?)
        }
        (Look::Dict, Look::Dict) => {
            let (a, b) = (left.entries(), right.entries());
            if a.len() != b.len() {
                return Ok(false);
            }
            for (key, value) in &a {
                let mut found = false;
                for (other, theirs) in &b {
                    if equal_at(key, other, depth + 1)? {
                        found = equal_at(value, theirs, depth + 1)?;
                        break;
                    }
                }
                if !found {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        (Look::Array(_) | Look::Scalar(..), _) | (_, Look::Array(_) | Look::Scalar(..)) => {
            Err(CompareError::Ambiguous)
        }
        (Look::DType(a), Look::DType(b)) => Ok(a == b),
        (a, b) => Ok(match (Number::of(a), Number::of(b)) {
            (Some(a), Some(b)) => a.compare(b) == Some(Ordering::Equal),
            _ => false,
        }),
    }
}

/// Whether all elements of `left` are elements of `right`.
fn within<N: Node>(left: &[N], right: &[N], depth: usize) -> Result<bool, CompareError> {
    'elements: for element in left {
        for other in right {
            if equal_at(element, other, depth)? {
                continue 'elements;
            }
        }
        return Ok(false);
    }
    Ok(true)
}

/// A number of Python.
#[derive(Clone, Copy)]
enum Number<'a> {
    Int(i64),
    /// More than 64 bits; the shortest two's complement, lowest byte first.
    Big(&'a [u8]),
    Float(f64),
}

impl<'a> Number<'a> {
    fn of(look: Look<'a>) -> Option<Self> {
        Some(match look {
            Look::Bool(truth) => Self::Int(truth.into()),
            Look::Int(number) => Self::Int(number),
            Look::BigInt(bytes) => {
                let bytes = shortest(bytes);
                let mut padded = [if negative(bytes) { 0xff } else { 0 }; 8];
                match padded.get_mut(..bytes.len()) {
                    Some(low) => {
                        low.copy_from_slice(bytes);
                        Self::Int(i64::from_le_bytes(padded))
                    }
                    None => Self::Big(bytes),
                }
            }
            Look::Float(number) => Self::Float(number),
            _ => return None,
        })
    }

    /// `None` if one of them is NaN.
    fn compare(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Float(a), Self::Float(b)) => a.partial_cmp(&b),
            (Self::Int(a), Self::Int(b)) => Some(a.cmp(&b)),
            (Self::Big(a), Self::Big(b)) => Some(compare_big(a, b)),
            (Self::Int(_), Self::Big(b)) => Some(if negative(b) {
                Ordering::Greater
            } else {
                Ordering::Less
            }),
            (Self::Int(a), Self::Float(b)) => compare_int(a, b),
            (Self::Big(a), Self::Float(b)) => compare_big_and_float(a, b),
            (_, _) => other.compare(self).map(Ordering::reverse),
        }
    }
}

fn negative(bytes: &[u8]) -> bool {
    bytes.last().is_some_and(|last| last & 0x80 != 0)
}

fn compare_big(a: &[u8], b: &[u8]) -> Ordering {
    match (negative(a), negative(b)) {
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (below, _) => {
            // More bytes are further from zero; of as many, two's complement compares like numbers without a sign.
            let lengths = a.len().cmp(&b.len());
            let lengths = if below { lengths.reverse() } else { lengths };
            lengths.then_with(|| a.iter().rev().cmp(b.iter().rev()))
        }
    }
}

fn compare_int(a: i64, b: f64) -> Option<Ordering> {
    const END: f64 = 9_223_372_036_854_775_808.0;
    if b.is_nan() {
        return None;
    }
    if b >= END {
        return Some(Ordering::Less);
    }
    if b < -END {
        return Some(Ordering::Greater);
    }
    // Within the range of 64 bits the whole part is exact.
    let whole = b.trunc();
    Some(a.cmp(&(whole as i64)).then_with(|| {
        if b > whole {
            Ordering::Less
        } else if b < whole {
            Ordering::Greater
        } else {
            Ordering::Equal
        }
    }))
}

/// A whole number beyond 64 bits, and a float.
fn compare_big_and_float(a: &[u8], b: f64) -> Option<Ordering> {
    const END: f64 = 9_223_372_036_854_775_808.0;
    if b.is_nan() {
        return None;
    }
    let beyond = if negative(a) {
        Ordering::Less
    } else {
        Ordering::Greater
    };
    if b.is_infinite() {
        return Some(if b > 0.0 {
            Ordering::Less
        } else {
            Ordering::Greater
        });
    }
    // A float inside the range of 64 bits is nearer to zero, and one of the other sign is on the other side of it.
    if b.abs() < END || (b < 0.0) != negative(a) {
        return Some(beyond);
    }
    let whole = whole_bytes(b);
    Some(compare_big(a, shortest(&whole)))
}

/// A finite float of at least 2^63 or at most -2^63, which is whole, as two's complement.
fn whole_bytes(number: f64) -> [u8; 136] {
    let bits = number.to_bits();
    let digits = u128::from(bits & ((1 << 52) - 1) | 1 << 52);
    let shift = ((bits >> 52 & 0x7ff) as usize).saturating_sub(1075);
    let mut bytes = [0; 136];
    let shifted = (digits << (shift % 8)).to_le_bytes();
    bytes[shift / 8..shift / 8 + 8].copy_from_slice(&shifted[..8]);
    if number < 0.0 {
        let mut carry = true;
        for byte in &mut bytes {
            let (negated, carried) = (!*byte).overflowing_add(carry.into());
            *byte = negated;
            carry = carried;
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(a: i128, b: f64) -> Option<Ordering> {
        let bytes = a.to_le_bytes();
        Number::of(Look::BigInt(&bytes))
            .and_then(|a| Some((a, Number::of(Look::Float(b))?)))
            .and_then(|(a, b)| a.compare(b))
    }

    #[test]
    fn whole_numbers_and_floats_compare_exactly() {
        let two_53 = 1_i128 << 53;
        for (a, b, order) in [
            (two_53 + 1, 9_007_199_254_740_992.0, Ordering::Greater),
            (two_53, 9_007_199_254_740_992.0, Ordering::Equal),
            (-3, -3.5, Ordering::Greater),
            (-4, -3.5, Ordering::Less),
            (0, -0.0, Ordering::Equal),
            (1 << 63, 9_223_372_036_854_775_808.0, Ordering::Equal),
            ((1 << 63) - 1, 9_223_372_036_854_775_808.0, Ordering::Less),
            (-(1 << 63), -9_223_372_036_854_775_808.0, Ordering::Equal),
            (-(1 << 63) - 1, -9_223_372_036_854_775_808.0, Ordering::Less),
            (1 << 100, 2.0_f64.powi(100), Ordering::Equal),
            ((1 << 100) + 1, 2.0_f64.powi(100), Ordering::Greater),
            (-(1 << 100), -(2.0_f64.powi(100)), Ordering::Equal),
            (-(1 << 100) - 1, -(2.0_f64.powi(100)), Ordering::Less),
            (1 << 100, 1e300, Ordering::Less),
            (1 << 100, f64::INFINITY, Ordering::Less),
            (1 << 100, f64::MAX, Ordering::Less),
            (-(1 << 100), f64::MIN, Ordering::Greater),
            (1 << 100, -1e300, Ordering::Greater),
            (1 << 100, 1.5, Ordering::Greater),
            (-(1 << 100), f64::NEG_INFINITY, Ordering::Greater),
        ] {
            assert_eq!(compare(a, b), Some(order), "{a} and {b}");
        }
        assert_eq!(compare(1, f64::NAN), None);
        assert_eq!(compare(1 << 100, f64::NAN), None);
    }
}
