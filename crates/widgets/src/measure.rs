//! Repeated measurements of one thing.

use serde::{Deserialize, Serialize};

/// Times in milliseconds, in the order in which they were measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Samples(Vec<f64>);

impl Samples {
    /// Takes in one more.
    pub fn add(&mut self, milliseconds: f64) {
        self.0.push(milliseconds);
    }

    /// How many there are.
    pub fn n(&self) -> usize {
        self.0.len()
    }

    /// The smallest, the median and the largest; nothing where nothing was measured.
    pub fn spread(&self) -> Option<(f64, f64, f64)> {
        // There are few of them, and a sort of the library's is kilobytes of code.
        let mut sorted: Vec<f64> = Vec::with_capacity(self.0.len());
        for time in &self.0 {
            let place = sorted.partition_point(|other| other <= time);
            sorted.insert(place, *time);
        }
        let (first, last) = (*sorted.first()?, *sorted.last()?);
        let half = sorted.len() / 2;
        let median = if sorted.len().is_multiple_of(2) {
            f64::midpoint(sorted[half - 1], sorted[half])
        } else {
            sorted[half]
        };
        Some((first, median, last))
    }
}

impl FromIterator<f64> for Samples {
    fn from_iter<I: IntoIterator<Item = f64>>(times: I) -> Self {
        Self(times.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_stands_in_the_middle() {
        let mut samples = Samples::default();
        assert_eq!(samples.spread(), None);
        for milliseconds in [5.0, 1.0, 9.0] {
            samples.add(milliseconds);
        }
        assert_eq!(samples.spread(), Some((1.0, 5.0, 9.0)));
        samples.add(7.0);
        assert_eq!(samples.spread(), Some((1.0, 6.0, 9.0)));
        assert_eq!(samples.n(), 4);
    }
}
