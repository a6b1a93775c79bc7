//! Whether a task is solved: facts compared, never texts.

use values::Value;
use widgets::Facts;

use crate::example_file::{Check, Literal, Operand, Relation};

/// What begins the name of a fact as it was in the run that the prediction was compared with.
const FIRST: &str = "first.";

/// How far the task is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Progress {
    /// Nothing has run.
    #[default]
    NotRun,
    /// Not yet, for this reason.
    Failing(String),
    /// Solved.
    Solved,
    /// Solved on a visit before this one.
    SolvedBefore,
}

impl Progress {
    pub(super) const fn is_solved(&self) -> bool {
        matches!(self, Self::Solved | Self::SolvedBefore)
    }
}

/// The fact of that name, of the last run or of the first.
pub(super) fn find<'a>(
    name: &str,
    facts: &'a Facts,
    first: Option<&'a Facts>,
) -> Option<&'a Value> {
    match name.strip_prefix(FIRST) {
        Some(name) => first?.get(name),
        None => facts.get(name),
    }
}

/// The first check that does not hold.
pub(super) fn failing<'a>(
    checks: &'a [Check],
    facts: &Facts,
    first: Option<&Facts>,
) -> Option<&'a Check> {
    checks.iter().find(|check| !holds(check, facts, first))
}

/// Whether a check holds. None holds of a fact that is not there.
fn holds(check: &Check, facts: &Facts, first: Option<&Facts>) -> bool {
    let Some(fact) = find(&check.fact, facts, first) else {
        return false;
    };
    match &check.to {
        Operand::Literal(literal) => compare(fact, check.is, &Value::from(literal)),
        Operand::Fact(other) => {
            find(&other.fact, facts, first).is_some_and(|other| compare(fact, check.is, other))
        }
    }
}

/// Whether a fact is what a literal says.
pub(super) fn is(fact: &Value, literal: &Literal) -> bool {
    compare(fact, Relation::Equal, &Value::from(literal))
}

/// A number as such, whatever its kind.
#[allow(clippy::cast_precision_loss)]
pub(super) const fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Int(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        _ => None,
    }
}

fn compare(fact: &Value, is: Relation, to: &Value) -> bool {
    let order = match (fact, to) {
        (Value::Int(fact), Value::Int(to)) => Some(fact.cmp(to)),
        _ => match (number(fact), number(to)) {
            (Some(fact), Some(to)) => fact.partial_cmp(&to),
            _ => None,
        },
    };
    let is_same = order.map_or_else(|| fact == to, core::cmp::Ordering::is_eq);
    match is {
        Relation::Equal => is_same,
        Relation::Unequal => !is_same,
        Relation::Less => order.is_some_and(core::cmp::Ordering::is_lt),
        Relation::AtMost => order.is_some_and(core::cmp::Ordering::is_le),
        Relation::More => order.is_some_and(core::cmp::Ordering::is_gt),
        Relation::AtLeast => order.is_some_and(core::cmp::Ordering::is_ge),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_as_such_and_other_things_are_the_same_or_not() {
        use Relation::{AtLeast, AtMost, Equal, Less, More, Unequal};
        let text = |text: &str| Value::Str(text.to_owned());
        assert!(compare(&Value::Int(3), Less, &Value::Float(3.5)));
        assert!(compare(&Value::Float(3.0), Equal, &Value::Int(3)));
        assert!(compare(
            &Value::Int(i64::MAX),
            More,
            &Value::Int(i64::MAX - 1)
        ));
        assert!(compare(&Value::Int(3), AtMost, &Value::Int(3)));
        assert!(compare(&Value::Int(3), AtLeast, &Value::Int(3)));
        assert!(compare(&text("csv"), Equal, &text("csv")));
        assert!(compare(&text("csv"), Unequal, &text("json")));
        assert!(compare(&Value::Bool(true), Unequal, &Value::Int(1)));
        assert!(!compare(&text("1"), Less, &text("2")));
        assert!(!compare(
            &Value::Float(f64::NAN),
            Equal,
            &Value::Float(f64::NAN)
        ));
    }
}
