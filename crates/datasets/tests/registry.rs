//! The two tables of a registry fit together.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::HashMap;

use datasets::{Registry, Tables, as_table};
use formats::Datum;
use proptest::prelude::*;

fn column(table: &Datum, name: &str) -> Vec<i64> {
    let records = as_table(table).unwrap().records.iter();
    let cells = records.map(|record| match record.get(name) {
        Some(Datum::Int(number)) => *number,
        other => panic!("{name} is {other:?}"),
    });
    cells.collect()
}

fn names(table: &Datum) -> Vec<String> {
    let columns = as_table(table).unwrap().columns.into_iter();
    columns
        .map(|name| name.as_str().unwrap().to_owned())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn every_person_lives_in_a_city_that_is_there(people in 1..500_usize, cities in 1..100_usize, seed: u64) {
        let tables = Registry { people, cities, seed }.generate();
        prop_assert_eq!(column(&tables.people, "id"), (1..=i64::try_from(people).unwrap()).collect::<Vec<_>>());
        prop_assert_eq!(column(&tables.cities, "id"), (1..=i64::try_from(cities).unwrap()).collect::<Vec<_>>());
        for city in column(&tables.people, "city_id") {
            prop_assert!((1..=i64::try_from(cities).unwrap()).contains(&city));
        }
        let population = column(&tables.cities, "population");
        prop_assert!(population.is_sorted_by(|a, b| a > b) && population.iter().all(|&count| count > 0));
    }

    #[test]
    fn more_people_leave_the_first_as_they_are(people in 1..100_usize, seed: u64) {
        let few = Registry { people, cities: 50, seed }.generate();
        let many = Registry { people: people + 100, cities: 50, seed }.generate();
        let (Datum::List(few), Datum::List(many)) = (few.people, many.people) else { panic!("lists") };
        prop_assert_eq!(&few[..], &many[..people]);
    }
}

#[test]
fn the_first_city_has_many_and_the_last_few() {
    let registry = Registry {
        people: 10_000,
        cities: 100,
        seed: 7,
    };
    let Tables { people, .. } = registry.generate();
    let mut counts = HashMap::new();
    for city in column(&people, "city_id") {
        *counts.entry(city).or_insert(0) += 1;
    }
    // The cube root of 1/100 is 0.215; that of 99/100 is 0.997.
    assert!((2000..2310).contains(&counts[&1]), "{}", counts[&1]);
    assert!((10..70).contains(&counts[&100]), "{}", counts[&100]);
}

#[test]
fn the_columns_are_those_the_questions_name() {
    let tables = Registry {
        people: 1,
        cities: 1,
        seed: 1,
    }
    .generate();
    assert_eq!(
        names(&tables.people),
        ["id", "name", "city_id", "born", "height", "active"]
    );
    assert_eq!(
        names(&tables.cities),
        ["id", "name", "country", "population"]
    );
}
