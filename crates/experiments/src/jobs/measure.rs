//! Measuring how a format writes and reads.

use serde::{Deserialize, Serialize};

use crate::bench::Now;
use crate::{Bench, Failure, Material, Outcome, Source};

/// Measures a format.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// The data set.
    pub source: Source,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {}

impl Measure {
    pub(super) fn run(
        self,
        bench: &mut Bench,
        lab: u32,
        material: &Material,
        _now: Now<'_>,
    ) -> Result<Outcome, Failure> {
        bench.data(lab, &self.source, material.bytes.as_deref())?;
        Ok(Outcome::Measured(Measured {}))
    }
}
