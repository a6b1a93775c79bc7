//! Asking a question of a file.

use serde::{Deserialize, Serialize};

use crate::bench::Now;
use crate::{Bench, Failure, Material, Outcome, Source};

/// Asks a question of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// The data set.
    pub source: Source,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answered {}

impl Ask {
    pub(super) fn run(
        self,
        bench: &mut Bench,
        lab: u32,
        material: &Material,
        _now: Now<'_>,
    ) -> Result<Outcome, Failure> {
        bench.data(lab, &self.source, material.bytes.as_deref())?;
        Ok(Outcome::Answered(Answered {}))
    }
}
