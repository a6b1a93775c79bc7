//! Bytes in pieces: which record each belongs to, and where an error is.

use core::ops::Range;

use experiments::Span;

/// Bytes one after the other that are shown alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Where they are in the file.
    pub(super) bytes: Range<u64>,
    /// The record that they are of.
    pub(super) record: Option<u64>,
    /// Whether they are the place of an error.
    pub(super) is_error: bool,
}

/// That part of a file in pieces. The byte at `error` is one of its own; an error at the end has an empty one.
pub(super) fn pieces(part: Range<u64>, spans: &[Span], error: Option<Range<u64>>) -> Vec<Piece> {
    let mut spans: Vec<Span> = spans.to_vec();
    spans.sort_by_key(|span| span.start);
    let mut pieces = Vec::new();
    let mut at = part.start;
    for span in spans {
        let (start, end) = (span.start.max(at), span.end.min(part.end));
        if start < end {
            push(&mut pieces, at..start, None);
            push(&mut pieces, start..end, Some(span.record));
            at = end;
        }
    }
    push(&mut pieces, at..part.end, None);
    match error {
        Some(error) if error.start >= part.start && error.start <= part.end => {
            with_error(pieces, &error)
        }
        _ => pieces,
    }
}

fn push(pieces: &mut Vec<Piece>, bytes: Range<u64>, record: Option<u64>) {
    if !bytes.is_empty() {
        pieces.push(Piece {
            bytes,
            record,
            is_error: false,
        });
    }
}

fn with_error(pieces: Vec<Piece>, error: &Range<u64>) -> Vec<Piece> {
    let mut split = Vec::with_capacity(pieces.len() + 2);
    let mut is_marked = false;
    for piece in pieces {
        if !piece.bytes.contains(&error.start) {
            split.push(piece);
            continue;
        }
        let end = error.end.clamp(error.start + 1, piece.bytes.end);
        push(&mut split, piece.bytes.start..error.start, piece.record);
        split.push(Piece {
            bytes: error.start..end,
            record: piece.record,
            is_error: true,
        });
        push(&mut split, end..piece.bytes.end, piece.record);
        is_marked = true;
    }
    if !is_marked {
        split.push(Piece {
            bytes: error.start..error.start,
            record: None,
            is_error: true,
        });
    }
    split
}

/// The pieces within that part.
pub(super) fn within(pieces: &[Piece], part: &Range<u64>) -> Vec<Piece> {
    let touching = pieces.iter().filter_map(|piece| {
        let bytes = piece.bytes.start.max(part.start)..piece.bytes.end.min(part.end);
        let is_here = if piece.bytes.is_empty() {
            (part.start..=part.end).contains(&piece.bytes.start)
        } else {
            bytes.start < bytes.end
        };
        is_here.then(|| Piece {
            bytes,
            ..piece.clone()
        })
    });
    touching.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(bytes: Range<u64>, record: Option<u64>, is_error: bool) -> Piece {
        Piece {
            bytes,
            record,
            is_error,
        }
    }

    const SPANS: [Span; 2] = [
        Span {
            record: 0,
            start: 2,
            end: 5,
        },
        Span {
            record: 1,
            start: 5,
            end: 9,
        },
    ];

    #[test]
    fn every_byte_is_in_one_piece() {
        assert_eq!(
            pieces(0..10, &SPANS, Some(6..7)),
            [
                piece(0..2, None, false),
                piece(2..5, Some(0), false),
                piece(5..6, Some(1), false),
                piece(6..7, Some(1), true),
                piece(7..9, Some(1), false),
                piece(9..10, None, false),
            ]
        );
        assert_eq!(
            pieces(4..6, &SPANS, Some(8..9)),
            [piece(4..5, Some(0), false), piece(5..6, Some(1), false)]
        );
    }

    #[test]
    fn an_error_at_the_end_has_a_piece_without_bytes() {
        let all = pieces(0..4, &[], Some(4..5));
        assert_eq!(all, [piece(0..4, None, false), piece(4..4, None, true)]);
        assert_eq!(within(&all, &(0..4)).len(), 2);
        assert_eq!(within(&all, &(0..8)).len(), 2);
        assert_eq!(within(&all, &(0..2)), [piece(0..2, None, false)]);
    }
}
