//! What a data set is like.

use serde::{Deserialize, Serialize};

use crate::{Bench, Failure, Material, Outcome, Source};

/// Says what a data set is like.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Describe {
    /// The data set.
    pub source: Source,
}

/// What a data set is like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Described {
    /// How many records there are.
    pub records: u64,
    /// The names of the columns, in the order in which they first occur.
    pub columns: Vec<String>,
    /// Levels of maps and lists within a record; none if it is flat.
    pub depth: u32,
}

impl Describe {
    pub(super) fn run(
        self,
        bench: &mut Bench,
        lab: u32,
        material: &Material,
    ) -> Result<Outcome, Failure> {
        let data = bench.data(lab, &self.source, material.bytes.as_deref())?;
        let table = datasets::as_table(&data)
            .ok_or_else(|| Failure::new("no-records", "There is no list of records in this."))?;
        Ok(Outcome::Described(Described {
            records: table.records.len() as u64,
            columns: table
                .columns
                .iter()
                .map(|name| name.as_str().unwrap_or(name.kind()).to_owned())
                .collect(),
            depth: table.depth as u32,
        }))
    }
}
