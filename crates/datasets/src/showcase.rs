//! A few records in which formats differ.

use formats::{BigInt, Date, Datum};
use serde::{Deserialize, Serialize};

use crate::random::Random;

/// A small table of which each column is hard for some format: a day, a whole number beyond 53 and beyond 64 bits, a float,
/// texts with commas, quotes, line ends and emoji, a text that looks like a number, nothing, true and false.
///
/// The same showcase makes the same records on every machine; the first stay as they are when more are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Showcase {
    /// Records, at most [`Showcase::MOST`].
    pub records: usize,
    /// Whether each record has a list and a map within.
    pub nested: bool,
    /// Makes other records of the same kind.
    pub seed: u64,
}

impl Default for Showcase {
    fn default() -> Self {
        Self {
            records: 5,
            nested: false,
            seed: 1,
        }
    }
}

const NAMES: [&str; 8] = [
    "Zoë 🎻",
    "Tom \"Tiny\" Ray",
    "O'Neil, Ada",
    "Ana\nMaria",
    "山田 Yuki",
    "Łukasz",
    "Sam; Jo",
    "Grace",
];

const CODES: [&str; 6] = ["007", "no", "1e5", "2024-02-29", "true", "A-7"];

const NOTES: [&str; 5] = [
    "paid, thanks",
    "call back",
    "said \"later\"",
    "50 % off",
    "two\nlines",
];

const TAGS: [&str; 5] = ["new", "gift", "fragile", "a,b", "🎁"];

const CITIES: [&str; 4] = ["Lima", "São Paulo", "Oslo", "Kyoto"];

impl Showcase {
    /// Records at most.
    pub const MOST: usize = 100;

    /// Makes the records: a list of maps.
    pub fn generate(&self) -> Datum {
        let records = 0..self.records.min(Self::MOST) as u64;
        Datum::List(records.map(|row| self.record(row)).collect())
    }

    fn record(&self, row: u64) -> Datum {
        let random = |column| Random::at(self.seed, row, column);
        // One after the other, from a place that the seed says: few records show many kinds.
        let turn = |all: &[&str], column| {
            let start = Random::at(self.seed, 0, column).below(all.len() as u64);
            Datum::from(all[((start + row) % all.len() as u64) as usize])
        };
        let big = random(4).next() >> 1;
        let big = if row.is_multiple_of(2) {
            BigInt::from(big | 1 << 53)
        } else {
            BigInt::from(big | 1 << 62) * 1_000_000
        };
        let day = 10_957 + random(3).below(9132).cast_signed();
        let mut fields = vec![
            ("id", Datum::Int(row.cast_signed() + 1)),
            ("name", turn(&NAMES, 1)),
            ("code", turn(&CODES, 2)),
            (
                "born",
                Date::from_days(day).map_or(Datum::Null, Datum::Date),
            ),
            ("big", Datum::integer(big)),
            ("price", Datum::Float(price(&mut random(5)))),
            ("active", Datum::Bool(random(6).chance(0.5))),
            (
                "note",
                if row % 3 == 1 {
                    Datum::Null
                } else {
                    turn(&NOTES, 7)
                },
            ),
        ];
        if self.nested {
            let mut random = random(8);
            let tags = (0..=random.below(3)).map(|_| Datum::from(random.of(&TAGS)));
            let tags = Datum::List(tags.collect());
            let at =
                |random: &mut Random, span: f64| Datum::Float((random.unit() * span).round() / 8.0);
            let place = Datum::map([
                ("city", Datum::from(random.of(&CITIES))),
                (
                    "at",
                    Datum::List(vec![at(&mut random, 720.0), at(&mut random, 1440.0)]),
                ),
            ]);
            fields.extend([("tags", tags), ("place", place)]);
        }
        Datum::map(fields)
    }
}

/// Some are round and some are sums that binary fractions do not hold.
fn price(random: &mut Random) -> f64 {
    let cents = random.below(10_000) as f64 / 100.0;
    match random.below(3) {
        0 => cents.round(),
        1 => cents,
        _ => cents + 0.1 + 0.2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_records_stay_as_they_are() {
        let of = |records| match (Showcase {
            records,
            nested: true,
            seed: 7,
        })
        .generate()
        {
            Datum::List(records) => records,
            _ => Vec::new(),
        };
        assert_eq!(of(20)[..5], of(5));
        assert_eq!(of(1000).len(), Showcase::MOST);
    }

    #[test]
    fn five_records_have_every_kind() {
        for seed in 0..20 {
            let made = Showcase {
                seed,
                ..Showcase::default()
            }
            .generate();
            let Datum::List(records) = made else { return };
            let kinds: Vec<_> = records
                .iter()
                .flat_map(|record| match record {
                    Datum::Map(fields) => fields.iter().map(|(_, value)| value.kind()).collect(),
                    _ => Vec::new(),
                })
                .collect();
            for kind in [
                "nothing",
                "a date",
                "a number",
                "true or false",
                "a whole number of more than 64 bits",
            ] {
                assert!(kinds.contains(&kind), "{kind}, seed {seed}");
            }
        }
    }
}
