//! What the measurement says: who was the fastest, and where the lines cross.

use language::{number, t};
use widgets::format;

use super::state::{Choice, SizeResult, SqlOrFiles, Way};

/// The median time of a choice at a size; of SQLite that of its faster way.
pub(super) fn median(lab: &SqlOrFiles, size: &SizeResult, choice: Choice) -> Option<f64> {
    let of = |way: Way| {
        let (_, median, _) = lab.samples(way, size.ways.get(&way)?).spread()?;
        Some(median)
    };
    match choice {
        Choice::Csv => of(Way::Csv),
        Choice::Json => of(Way::Json),
        Choice::Sqlite => [of(Way::Sqlite), of(Way::Indexed)]
            .into_iter()
            .flatten()
            .min_by(f64::total_cmp),
    }
}

/// The choices by their medians, the fastest first; none before all three are measured.
pub(super) fn ranking(lab: &SqlOrFiles, size: &SizeResult) -> Option<[(Choice, f64); 3]> {
    let mut ranking = [
        (Choice::Csv, median(lab, size, Choice::Csv)?),
        (Choice::Json, median(lab, size, Choice::Json)?),
        (Choice::Sqlite, median(lab, size, Choice::Sqlite)?),
    ];
    ranking.sort_by(|a, b| a.1.total_cmp(&b.1));
    Some(ranking)
}

/// Which of two is the faster, as the number of people grows.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Crossing {
    /// The first at every size.
    First,
    /// The second at every size.
    Second,
    /// The first from about so many people on.
    FirstFrom(f64),
    /// The second from about so many people on.
    SecondFrom(f64),
    /// Now the one, now the other.
    Often,
}

/// Where two lines cross, given as people and the two times. Between two sizes the lines are taken as straight on scales
/// that count powers of ten, as they are drawn.
pub(super) fn crossing(points: &[(f64, f64, f64)]) -> Option<Crossing> {
    let gaps: Vec<_> = points
        .iter()
        .map(|(people, first, second)| (people.log10(), (first / second).log10()))
        .collect();
    let (_, begin) = *gaps.first()?;
    let mut places = gaps.windows(2).filter_map(|pair| {
        let [(x0, y0), (x1, y1)] = *pair else {
            return None;
        };
        let crosses = (y0 <= 0.0) != (y1 <= 0.0);
        crosses.then(|| 10_f64.powf(x0 + (x1 - x0) * y0 / (y0 - y1)))
    });
    Some(match (places.next(), places.next(), begin <= 0.0) {
        (None, _, true) => Crossing::First,
        (None, _, false) => Crossing::Second,
        (Some(at), None, true) => Crossing::SecondFrom(at),
        (Some(at), None, false) => Crossing::FirstFrom(at),
        (Some(_), Some(_), _) => Crossing::Often,
    })
}

/// The crossing of SQLite with a file, in a sentence.
pub(super) fn sentence(lab: &SqlOrFiles, sizes: &[SizeResult], file: Choice) -> Option<String> {
    let points: Vec<_> = sizes
        .iter()
        .filter_map(|size| {
            let sqlite = median(lab, size, Choice::Sqlite)?;
            Some((f64::from(size.people), sqlite, median(lab, size, file)?))
        })
        .collect();
    if points.len() < 2 {
        return None;
    }
    let file = file.title();
    Some(match crossing(&points)? {
        Crossing::First => t!("SQLite was faster than {file} at every size.", file),
        Crossing::Second => t!("{file} was faster than SQLite at every size.", file),
        Crossing::FirstFrom(people) => {
            t!(
                "From about {people} people on SQLite is faster than {file}.",
                people = about(people),
                file
            )
        }
        Crossing::SecondFrom(people) => {
            t!(
                "From about {people} people on {file} is faster than SQLite.",
                people = about(people),
                file
            )
        }
        Crossing::Often => {
            t!(
                "Now SQLite was faster, now {file}: the two are too close to tell.",
                file
            )
        }
    })
}

/// A number of which only the first digit means something.
fn about(people: f64) -> String {
    let step = 10_f64.powf(people.log10().floor());
    format::count(((people / step).round() * step) as u64)
}

/// How often the one time is the other.
pub(super) fn ratio(slow: f64, fast: f64) -> String {
    let ratio = slow / fast.max(f64::MIN_POSITIVE);
    if ratio < 10.0 {
        number(&format!("{ratio:.1} ×"))
    } else {
        format!("{} ×", format::count(ratio.round() as u64))
    }
}

/// A time given in milliseconds, also one that is very short.
pub(super) fn time(milliseconds: f64) -> String {
    match milliseconds * 1e3 {
        us if us < 10.0 => number(&format!("{us:.1} µs")),
        us if us < 1_000.0 => format!("{us:.0} µs"),
        _ => format::time(milliseconds),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_cross_once_cross_where_they_are_drawn_to_cross() {
        // At 100 four times as slow, at 10,000 four times as fast: in the middle of a scale of powers of ten.
        let points = [(100.0, 4.0, 1.0), (10_000.0, 1.0, 4.0)];
        match crossing(&points) {
            Some(Crossing::FirstFrom(people)) => {
                assert!((people - 1000.0).abs() < 1e-6, "{people}");
            }
            other => unreachable!("{other:?}"),
        }
        let swapped = points.map(|(people, a, b)| (people, b, a));
        assert!(matches!(crossing(&swapped), Some(Crossing::SecondFrom(_))));
    }

    #[test]
    fn lines_that_do_not_cross_or_cross_often_are_told_apart() {
        assert_eq!(
            crossing(&[(1.0, 1.0, 2.0), (10.0, 1.0, 3.0)]),
            Some(Crossing::First)
        );
        assert_eq!(
            crossing(&[(1.0, 2.0, 1.0), (10.0, 2.0, 1.0)]),
            Some(Crossing::Second)
        );
        let often = [(1.0, 1.0, 2.0), (10.0, 2.0, 1.0), (100.0, 1.0, 2.0)];
        assert_eq!(crossing(&often), Some(Crossing::Often));
        assert_eq!(crossing(&[]), None);
    }

    #[test]
    fn numbers_are_no_more_exact_than_they_are() {
        assert_eq!(about(683.0), "700");
        assert_eq!(about(12_345.0), "10,000");
        assert_eq!(about(97.0), "100");
        assert_eq!(time(0.0042), "4.2 µs");
        assert_eq!(time(0.25), "250 µs");
        assert_eq!(time(12.0), "12.0 ms");
        assert_eq!(ratio(30.0, 10.0), "3.0 ×");
        assert_eq!(ratio(30_000.0, 10.0), "3,000 ×");
    }
}
