//! Looking at stored bytes.

use serde::{Deserialize, Serialize};

use crate::bench::Now;
use crate::{Bench, Failure, Material, Outcome, Source};

/// Looks at stored bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inspect {
    /// The data set.
    pub source: Source,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inspected {}

impl Inspect {
    pub(super) fn run(
        self,
        bench: &mut Bench,
        lab: u32,
        material: &Material,
        _now: Now<'_>,
    ) -> Result<Outcome, Failure> {
        bench.data(lab, &self.source, material.bytes.as_deref())?;
        Ok(Outcome::Inspected(Inspected {}))
    }
}
