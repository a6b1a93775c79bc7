//! Values of the kinds that a format holds.

#![allow(dead_code, clippy::unwrap_used, clippy::struct_excessive_bools)]

use formats::{BigInt, ColumnType, Date, DateTime, Datum, Time};
use proptest::prelude::*;

/// Which kinds of values there are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kinds {
    null: bool,
    big: bool,
    non_finite: bool,
    bytes: bool,
    /// Dates with an offset, and whether only UTC; without one; dates; times.
    moments: bool,
    utc_only: bool,
    naive: bool,
    times: bool,
    sets: bool,
    tuples: bool,
    /// Keys that are not text.
    keys: bool,
    /// Keys and items of sets as Python has them: hashable, and 1, 1.0 and True the same.
    hashable: bool,
    /// Finer than microseconds.
    nanoseconds: bool,
}

impl Kinds {
    pub(crate) const ALL: Self = Self {
        null: true,
        big: true,
        non_finite: true,
        bytes: true,
        moments: true,
        utc_only: false,
        naive: true,
        times: true,
        sets: true,
        tuples: true,
        keys: true,
        hashable: false,
        nanoseconds: true,
    };
    pub(crate) const JSON: Self = Self {
        non_finite: false,
        bytes: false,
        moments: false,
        naive: false,
        times: false,
        sets: false,
        tuples: false,
        keys: false,
        ..Self::ALL
    };
    pub(crate) const PICKLE: Self = Self {
        hashable: true,
        nanoseconds: false,
        ..Self::ALL
    };
    pub(crate) const TOML: Self = Self {
        null: false,
        big: false,
        bytes: false,
        sets: false,
        tuples: false,
        keys: false,
        ..Self::ALL
    };
    /// CPython reads microseconds.
    pub(crate) const TOML_OF_CPYTHON: Self = Self {
        nanoseconds: false,
        ..Self::TOML
    };
    pub(crate) const YAML: Self = Self {
        times: false,
        tuples: false,
        ..Self::ALL
    };
    pub(crate) const MESSAGEPACK: Self = Self {
        big: false,
        utc_only: true,
        naive: false,
        times: false,
        sets: false,
        tuples: false,
        ..Self::ALL
    };
}

/// Texts, among them those that formats take for something else.
pub(crate) fn text() -> impl Strategy<Value = String> {
    let traps = [
        "",
        " ",
        "null",
        "~",
        "true",
        "no",
        "NaN",
        "-0",
        "007",
        "1e5",
        ".5",
        "0x1F",
        "2024-02-29",
        "12:30:00",
        "a,b",
        "\"",
        "'",
        "\\",
        "a\nb",
        "\r\n",
        "\n",
        "\t",
        "\0",
        "=1+1",
        "@x",
        "- a",
        "? a",
        "a: b",
        "#",
        "a #b",
        "&a",
        "*a",
        "!t",
        "%",
        "|",
        ">",
        "{",
        "[a]",
        "---",
        "...",
        "é",
        "日本",
        "🙂",
        "\u{feff}",
        "\u{2028}",
        "\u{85}",
        "\u{a0}",
        "\u{7f}",
        "\u{10ffff}",
        "\u{fffe}",
        "\\u0041",
        "y",
        "<<",
        "=",
    ];
    prop_oneof![
        prop::sample::select(traps.to_vec()).prop_map(str::to_owned),
        "[a-z]{1,8}",
        any::<String>(),
    ]
}

fn date() -> impl Strategy<Value = Date> {
    (1_u16..=9999, 1_u8..=12, 1_u8..=31).prop_map(|(year, month, day)| {
        Date::new(year, month, day).unwrap_or(Date::new(year, month, 28).unwrap())
    })
}

fn time(nanoseconds: bool) -> impl Strategy<Value = Time> {
    (
        0_u8..24,
        0_u8..60,
        0_u8..60,
        0_u32..1_000_000_000,
        any::<bool>(),
    )
        .prop_map(move |(h, m, s, n, whole)| {
            let n = if whole {
                0
            } else if nanoseconds {
                n
            } else {
                n / 1000 * 1000
            };
            Time::new(h, m, s, n).unwrap()
        })
}

fn scalar(kinds: Kinds) -> BoxedStrategy<Datum> {
    let mut all: Vec<BoxedStrategy<Datum>> = vec![
        any::<bool>().prop_map(Datum::Bool).boxed(),
        prop_oneof![
            any::<i64>(),
            -300_i64..70_000,
            Just(i64::MIN),
            Just(i64::MAX)
        ]
        .prop_map(Datum::Int)
        .boxed(),
        finite().prop_map(Datum::Float).boxed(),
        text().prop_map(Datum::from).boxed(),
    ];
    if kinds.null {
        all.push(Just(Datum::Null).boxed());
    }
    if kinds.big {
        let big = (any::<i128>(), 0_u32..6).prop_map(|(number, power)| {
            Datum::integer(BigInt::from(number) * BigInt::from(u64::MAX).pow(power))
        });
        all.push(big.boxed());
    }
    if kinds.non_finite {
        let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0];
        all.push(
            prop::sample::select(odd.to_vec())
                .prop_map(Datum::Float)
                .boxed(),
        );
    }
    if kinds.bytes {
        all.push(
            prop::collection::vec(any::<u8>(), 0..20)
                .prop_map(Datum::Bytes)
                .boxed(),
        );
    }
    if kinds.moments {
        let offset = if kinds.utc_only {
            (0_i16..1).boxed()
        } else {
            (-1439_i16..=1439).boxed()
        };
        let naive = kinds.naive;
        let moments = (date(), time(kinds.nanoseconds), offset, any::<bool>());
        all.push(
            moments
                .prop_map(move |(date, time, offset, has_offset)| {
                    let offset = (has_offset || !naive).then_some(offset);
                    Datum::DateTime(DateTime { date, time, offset })
                })
                .boxed(),
        );
        if naive {
            all.push(date().prop_map(Datum::Date).boxed());
        }
    }
    if kinds.times {
        all.push(time(kinds.nanoseconds).prop_map(Datum::Time).boxed());
    }
    prop::strategy::Union::new(all).boxed()
}

fn finite() -> impl Strategy<Value = f64> {
    any::<u64>()
        .prop_map(f64::from_bits)
        .prop_filter("finite", |n| n.is_finite())
}

/// Values of these kinds, nested.
pub(crate) fn datum(kinds: Kinds) -> BoxedStrategy<Datum> {
    scalar(kinds)
        .prop_recursive(4, 24, 4, move |inner| {
            let keys = if !kinds.keys {
                text().prop_map(Datum::from).boxed()
            } else if kinds.hashable {
                prop_oneof![
                    text().prop_map(Datum::from),
                    any::<i64>().prop_map(Datum::Int),
                    hashable()
                ]
                .boxed()
            } else {
                prop_oneof![4 => scalar(kinds), 1 => inner.clone()].boxed()
            };
            let mut all = vec![
                prop::collection::vec(inner.clone(), 0..4)
                    .prop_map(Datum::List)
                    .boxed(),
                prop::collection::vec((keys.clone(), inner.clone()), 0..4)
                    .prop_map(|entries| Datum::Map(once(entries, |(key, _)| key.clone()).into()))
                    .boxed(),
            ];
            if kinds.tuples {
                all.push(
                    prop::collection::vec(inner.clone(), 0..5)
                        .prop_map(Datum::Tuple)
                        .boxed(),
                );
            }
            if kinds.sets {
                let items = if kinds.hashable {
                    hashable()
                } else {
                    inner.boxed()
                };
                let sets = prop::collection::vec(items, 0..4);
                all.push(
                    sets.prop_map(|items| Datum::Set(once(items, Clone::clone)))
                        .boxed(),
                );
            }
            prop::strategy::Union::new(all)
        })
        .boxed()
}

/// What Python can hash, without numbers that Python takes for equal.
fn hashable() -> BoxedStrategy<Datum> {
    let leaf = prop_oneof![
        text().prop_map(Datum::from),
        any::<i64>().prop_map(Datum::Int),
        Just(Datum::Null),
        prop::collection::vec(any::<u8>(), 0..4).prop_map(Datum::Bytes),
        date().prop_map(Datum::Date),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Datum::Tuple),
            prop::collection::vec(inner, 0..3)
                .prop_map(|items| Datum::Set(once(items, Clone::clone))),
        ]
    })
    .boxed()
}

fn once<T>(items: Vec<T>, key: impl Fn(&T) -> Datum) -> Vec<T> {
    let mut seen = std::collections::HashSet::new();
    items
        .into_iter()
        .filter(|item| seen.insert(key(item)))
        .collect()
}

/// What a cell of a CSV file holds when types are guessed.
pub(crate) fn row_value() -> impl Strategy<Value = Datum> {
    prop_oneof![
        Just(Datum::Null),
        any::<bool>().prop_map(Datum::Bool),
        any::<i64>().prop_map(Datum::Int),
        any::<i128>().prop_map(|number| Datum::integer(BigInt::from(number))),
        finite().prop_map(Datum::Float),
        prop::sample::select(vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0])
            .prop_map(Datum::Float),
        "[A-Z][a-z \",\n;é🙂]{1,12}".prop_map(Datum::from),
        date().prop_map(Datum::Date),
        time(true).prop_map(Datum::Time),
        (date(), time(true), proptest::option::of(-1439_i16..=1439))
            .prop_map(|(date, time, offset)| Datum::DateTime(DateTime { date, time, offset })),
    ]
}

/// A type that is declared for a column, and what its cells may hold.
pub(crate) fn column() -> impl Strategy<Value = (ColumnType, BoxedStrategy<Datum>)> {
    let number = prop_oneof![
        finite(),
        prop::sample::select(vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 1.0]),
    ];
    let moment = (date(), time(true), proptest::option::of(-1439_i16..=1439))
        .prop_map(|(date, time, offset)| Datum::DateTime(DateTime { date, time, offset }));
    let whole = prop_oneof![
        any::<i64>().prop_map(Datum::Int),
        any::<i128>().prop_map(|number| Datum::integer(BigInt::from(number))),
    ];
    let columns = vec![
        (ColumnType::Int, whole.boxed()),
        (ColumnType::Float, number.prop_map(Datum::Float).boxed()),
        (
            ColumnType::Bool,
            any::<bool>().prop_map(Datum::Bool).boxed(),
        ),
        (ColumnType::Date, date().prop_map(Datum::Date).boxed()),
        (ColumnType::Time, time(true).prop_map(Datum::Time).boxed()),
        (ColumnType::DateTime, moment.boxed()),
        // No bytes are written as an empty cell, which is nothing.
        (
            ColumnType::Base64,
            prop::collection::vec(any::<u8>(), 1..20)
                .prop_map(Datum::Bytes)
                .boxed(),
        ),
        (ColumnType::Guess, row_value().boxed()),
    ];
    prop_oneof![
        1 => Just((ColumnType::Text, text().prop_map(Datum::from).boxed())),
        // An empty cell is nothing in every type but text.
        6 => prop::sample::select(columns).prop_map(|(kind, value)| {
            (kind, prop_oneof![1 => Just(Datum::Null), 4 => value].boxed())
        }),
    ]
}
