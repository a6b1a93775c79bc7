//! Parameters of one or many executions.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::SqlValue;

/// Parameter sets, one per execution, laid end to end: a single list is much cheaper to copy to a worker than many.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Parameters {
    /// How many executions.
    pub count: u32,
    /// The names (with `:`, `@` or `$`) of the values of each set; empty when they are given by position.
    pub names: Vec<String>,
    /// All values; as many per execution.
    #[ts(type = "Array<SqlValue>")]
    pub values: Vec<SqlValue>,
}

impl Parameters {
    /// One execution without parameters.
    pub fn none() -> Self {
        Self::once(Vec::new())
    }

    /// One execution with values by position.
    pub fn once(values: Vec<SqlValue>) -> Self {
        Self {
            count: 1,
            names: Vec::new(),
            values,
        }
    }

    /// Many executions with values by position; none if the sets differ in length.
    pub fn many(sets: Vec<Vec<SqlValue>>) -> Option<Self> {
        let width = sets.first().map_or(0, Vec::len);
        if sets.iter().any(|set| set.len() != width) {
            return None;
        }
        Some(Self {
            count: u32::try_from(sets.len()).ok()?,
            names: Vec::new(),
            values: sets.into_iter().flatten().collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Parameters, SqlValue};

    #[test]
    fn sets_are_laid_end_to_end() {
        let set = |number| vec![SqlValue::Integer(number), SqlValue::Null];
        let many = Parameters::many(vec![set(1), set(2)]);
        assert_eq!(
            many.map(|many| (many.count, many.values.len())),
            Some((2, 4))
        );
    }

    #[test]
    fn sets_of_different_lengths_are_refused() {
        assert_eq!(
            Parameters::many(vec![vec![SqlValue::Null], Vec::new()]),
            None
        );
    }
}
