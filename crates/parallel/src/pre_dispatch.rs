//! The little language of `pre_dispatch`.

use core::num::NonZeroUsize;

use crate::{OptionsError, PreDispatch};

/// The longest `pre_dispatch` allowed, in characters. joblib allows 30.
pub const MAX_PRE_DISPATCH_LENGTH: usize = 100;
/// How deep parentheses and signs in `pre_dispatch` may nest.
pub const MAX_PRE_DISPATCH_DEPTH: usize = 20;
/// joblib's bound (`_utils.py`, 1.6.0) on all numbers and results on the way.
const LARGEST: f64 = 1e6;

/// How far to read ahead, from joblib's text: `all`, or arithmetic in `n_jobs` with `+ - * / // % **`, parentheses and
/// decimal numbers, such as `1.5*n_jobs`. The operators mean what they mean in Python; a fraction is dropped at the end.
///
/// Unlike joblib, which puts the number in the place of the text `n_jobs`, this reads `n_jobs` as a name.
///
/// # Errors
///
/// The `PreDispatch…` variants of [`OptionsError`], most of them with a column: too long or deep, not arithmetic, division
/// by zero, numbers beyond a million, a result below 1.
///
/// ```
/// # use core::num::NonZeroUsize;
/// use parallel::{PreDispatch, parse_pre_dispatch};
///
/// let n_jobs = NonZeroUsize::new(4).unwrap();
/// let eight = PreDispatch::Tasks(NonZeroUsize::new(8).unwrap());
/// assert_eq!(parse_pre_dispatch("2 * n_jobs", n_jobs), Ok(eight));
/// assert_eq!(parse_pre_dispatch("2 * jobs", n_jobs).unwrap_err().column(), Some(5));
/// ```
pub fn parse_pre_dispatch(text: &str, n_jobs: NonZeroUsize) -> Result<PreDispatch, OptionsError> {
    let length = text.chars().count();
    if length > MAX_PRE_DISPATCH_LENGTH {
        return Err(OptionsError::PreDispatchTooLong { length });
    }
    if text.trim() == "all" {
        return Ok(PreDispatch::All);
    }
    let mut parser = Parser {
        text: text.chars().collect(),
        at: 0,
        n_jobs: n_jobs.get() as f64,
    };
    let tasks = parser.sum(0)?;
    parser.skip_blanks();
    if parser.at < parser.text.len() {
        return Err(parser.syntax());
    }
    NonZeroUsize::new(tasks as usize)
        .map(PreDispatch::Tasks)
        .ok_or(OptionsError::PreDispatchTooSmall)
}

/// A number together with nothing else: all results are checked when they are made.
type Value = Result<f64, OptionsError>;

struct Parser {
    text: Vec<char>,
    at: usize,
    n_jobs: f64,
}

impl Parser {
    fn sum(&mut self, depth: usize) -> Value {
        let mut left = self.product(depth)?;
        loop {
            let column = self.column();
            if self.eat("+") {
                left = bounded(left + self.product(depth)?, column)?;
            } else if self.eat("-") {
                left = bounded(left - self.product(depth)?, column)?;
            } else {
                return Ok(left);
            }
        }
    }

    fn product(&mut self, depth: usize) -> Value {
        let mut left = self.signed(depth)?;
        loop {
            let column = self.column();
            let operator = if self.looking_at("**") {
                None
            } else {
                ["*", "//", "/", "%"].into_iter().find(|o| self.eat(o))
            };
            let Some(operator) = operator else {
                return Ok(left);
            };
            let divisor = self.column();
            let right = self.signed(depth)?;
            if operator != "*" && right == 0.0 {
                return Err(OptionsError::PreDispatchDivision { column: divisor });
            }
            let result = match operator {
                "*" => left * right,
                "//" => floor_division(left, right).0,
                "%" => floor_division(left, right).1,
                _ => left / right,
            };
            left = bounded(result, column)?;
        }
    }

    fn signed(&mut self, depth: usize) -> Value {
        let column = self.column();
        if depth > MAX_PRE_DISPATCH_DEPTH {
            return Err(OptionsError::PreDispatchTooDeep { column });
        }
        if self.eat("-") {
            return Ok(-self.signed(depth + 1)?);
        }
        let base = self.atom(depth)?;
        let column = self.column();
        if !self.eat("**") {
            return Ok(base);
        }
        let power = self.signed(depth + 1)?;
        if base == 0.0 && power < 0.0 {
            return Err(OptionsError::PreDispatchDivision { column });
        }
        bounded(base.powf(power), column)
    }

    fn atom(&mut self, depth: usize) -> Value {
        let column = self.column();
        if self.eat("n_jobs") {
            return bounded(self.n_jobs, column);
        }
        if self.eat("(") {
            let value = self.sum(depth + 1)?;
            return if self.eat(")") {
                Ok(value)
            } else {
                Err(self.syntax())
            };
        }
        let start = self.at;
        while self
            .text
            .get(self.at)
            .is_some_and(|c| c.is_ascii_digit() || *c == '.')
        {
            self.at += 1;
        }
        let digits: String = self
            .text
            .get(start..self.at)
            .unwrap_or_default()
            .iter()
            .collect();
        let number = digits
            .parse()
            .map_err(|_| OptionsError::PreDispatchSyntax { column })?;
        bounded(number, column)
    }

    fn eat(&mut self, token: &str) -> bool {
        let found = self.looking_at(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn looking_at(&mut self, token: &str) -> bool {
        self.skip_blanks();
        let rest = self.text.get(self.at..).unwrap_or_default();
        rest.len() >= token.len()
            && token
                .chars()
                .zip(rest)
                .all(|(wanted, &there)| wanted == there)
    }

    fn skip_blanks(&mut self) {
        while self.text.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
    }

    /// Where the next token begins, from 1.
    fn column(&mut self) -> usize {
        self.skip_blanks();
        self.at + 1
    }

    fn syntax(&mut self) -> OptionsError {
        OptionsError::PreDispatchSyntax {
            column: self.column(),
        }
    }
}

fn bounded(value: f64, column: usize) -> Value {
    if value.abs() <= LARGEST {
        Ok(value)
    } else {
        Err(OptionsError::PreDispatchTooLarge { column })
    }
}

/// Quotient and remainder as Python has them: the remainder has the sign of the divisor and is exact, which
/// `(left / right).floor()` is not for fractions.
fn floor_division(left: f64, right: f64) -> (f64, f64) {
    let remainder = left % right;
    let quotient = ((left - remainder) / right).round();
    if remainder != 0.0 && (remainder < 0.0) != (right < 0.0) {
        (quotient - 1.0, remainder + right)
    } else {
        (quotient, remainder)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn on_four(text: &str) -> Result<PreDispatch, OptionsError> {
        parse_pre_dispatch(text, NonZeroUsize::new(4).unwrap())
    }

    #[test]
    fn all_means_the_whole_source() {
        assert_eq!(on_four(" all "), Ok(PreDispatch::All));
    }

    /// Recorded from joblib itself by the script beside the file.
    #[test]
    fn arithmetic_means_what_joblib_makes_of_it() {
        let recorded = include_str!("../tests/fixtures/pre_dispatch.txt");
        let lines = recorded.lines().filter(|line| !line.starts_with('#'));
        let mut count = 0;
        for line in lines {
            let mut parts = line.split('\t');
            let (text, n_jobs, expected) = (
                parts.next().unwrap(),
                parts.next().unwrap(),
                parts.next().unwrap(),
            );
            let tasks = parse_pre_dispatch(text, n_jobs.parse().unwrap())
                .ok()
                .and_then(|window| match window {
                    PreDispatch::Tasks(tasks) => Some(tasks.to_string()),
                    PreDispatch::All => None,
                });
            assert_eq!(
                tasks.as_deref().unwrap_or("error"),
                expected,
                "{text} with n_jobs={n_jobs}"
            );
            count += 1;
        }
        assert!(count > 500);
    }

    #[test]
    fn errors_say_where_they_are() {
        for (text, error) in [
            ("", OptionsError::PreDispatchSyntax { column: 1 }),
            ("2 * jobs", OptionsError::PreDispatchSyntax { column: 5 }),
            ("2 n_jobs", OptionsError::PreDispatchSyntax { column: 3 }),
            ("(1 + 2", OptionsError::PreDispatchSyntax { column: 7 }),
            ("1.2.3", OptionsError::PreDispatchSyntax { column: 1 }),
            (
                "8 // (n_jobs - 4)",
                OptionsError::PreDispatchDivision { column: 6 },
            ),
            (
                "n_jobs * 999999",
                OptionsError::PreDispatchTooLarge { column: 8 },
            ),
            (
                "9 ** 9 ** 9",
                OptionsError::PreDispatchTooLarge { column: 8 },
            ),
            ("0", OptionsError::PreDispatchTooSmall),
            ("0.9", OptionsError::PreDispatchTooSmall),
            ("-n_jobs", OptionsError::PreDispatchTooSmall),
            (
                &"(".repeat(50),
                OptionsError::PreDispatchTooDeep { column: 22 },
            ),
            (
                &"-".repeat(50),
                OptionsError::PreDispatchTooDeep { column: 22 },
            ),
            (
                &"1+".repeat(51),
                OptionsError::PreDispatchTooLong { length: 102 },
            ),
        ] {
            assert_eq!(on_four(text), Err(error.clone()), "{text}");
            let column = error.column();
            assert!(
                column.is_none_or(|column| error.to_string().contains(&format!("column {column}")))
            );
        }
    }
}
