//! Two tables that refer to each other, for questions with joins and groups.

use formats::{Date, Datum, Map};
use serde::{Deserialize, Serialize};

use crate::random::Random;
use crate::shape::MAX_ROWS;
use crate::words;

/// People and the cities where they live, made from a seed.
///
/// The first cities have the most people: of 100 cities the first has about a fifth of all. The same registry makes the
/// same tables on every machine. The first people stay as they are when more are asked for, but not when the number of
/// cities changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registry {
    /// People, at most [`MAX_ROWS`].
    pub people: usize,
    /// Cities, from 1 to [`MAX_ROWS`].
    pub cities: usize,
    /// Makes another registry of the same size.
    pub seed: u64,
}

/// Both tables, lists of maps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tables {
    /// `id` (from 1), `name`, `city_id`, `born` (a day), `height` (metres), `active` (true or false).
    pub people: Datum,
    /// `id` (from 1), `name`, `country`, `population` (never more than that of the city before).
    pub cities: Datum,
}

const PEOPLE: [&str; 6] = ["id", "name", "city_id", "born", "height", "active"];
const CITIES: [&str; 4] = ["id", "name", "country", "population"];

const GIVEN: [&str; 48] = [
    "Ada", "Agnes", "Alan", "Amina", "Ana", "Anton", "Ben", "Carla", "Chen", "Chloé", "Daniel",
    "Emil", "Emma", "Farid", "Fatima", "Grace", "Hana", "Hugo", "Ines", "Ivan", "Jana", "João",
    "Jonas", "Kofi", "Lars", "Leila", "Lena", "Luca", "Maria", "Marie", "Mei", "Mila", "Mohamed",
    "Nadia", "Nina", "Noah", "Olga", "Omar", "Paul", "Priya", "Rosa", "Sara", "Sofia", "Tariq",
    "Tom", "Yuki", "Zoë", "Łukasz",
];

const FAMILY: [&str; 48] = [
    "Abadi", "Bauer", "Becker", "Bianchi", "Brown", "Costa", "Dubois", "Diaz", "Eriksson", "Evans",
    "Fischer", "Garcia", "Haddad", "Hansen", "Ito", "Ivanova", "Jansen", "Jones", "Kaya", "Kim",
    "Kowalski", "Kumar", "Lopez", "Martin", "Mensah", "Meyer", "Moreau", "Müller", "Nguyen",
    "Novak", "O'Brien", "Okafor", "Olsen", "Patel", "Pereira", "Petrov", "Popescu", "Rossi",
    "Santos", "Schmidt", "Silva", "Singh", "Smith", "Suzuki", "Tanaka", "Wagner", "Wang", "Weber",
];

const COUNTRIES: [&str; 16] = [
    "Argentina",
    "Brazil",
    "Canada",
    "Chile",
    "Egypt",
    "France",
    "Germany",
    "Ghana",
    "India",
    "Italy",
    "Japan",
    "Kenya",
    "Mexico",
    "Poland",
    "Spain",
    "Vietnam",
];

/// Streams of chance that no column of people uses.
const OF_CITIES: u64 = 1 << 32;

impl Registry {
    /// Makes both tables, with the numbers brought within the limits.
    pub fn generate(&self) -> Tables {
        let cities = self.cities.clamp(1, MAX_ROWS) as u64;
        let people = self.people.min(MAX_ROWS) as u64;
        Tables {
            people: table(PEOPLE, (1..=people).map(|id| self.person(id, cities))),
            cities: table(CITIES, (1..=cities).map(|id| self.city(id))),
        }
    }

    fn person(&self, id: u64, cities: u64) -> [Datum; 6] {
        let mut random = Random::at(self.seed, id, 0);
        let name = format!("{} {}", random.of(&GIVEN), random.of(&FAMILY));
        // The cube of an even chance is small more often than not; multiplying rounds alike everywhere.
        let chance = random.unit();
        let city = ((cities as f64 * chance * chance * chance) as u64).min(cities - 1);
        // From 1930-01-01 on, for 80 years.
        let born = Date::from_days(random.below(29_220).cast_signed() - 14_610);
        // The sum of three even chances is nearly a bell.
        let centimetres = 140 + random.below(22) + random.below(22) + random.below(22);
        [
            Datum::Int(id.cast_signed()),
            name.into(),
            Datum::Int(city.cast_signed() + 1),
            born.map_or(Datum::Null, Datum::Date),
            Datum::Float(centimetres as f64 / 100.0),
            Datum::Bool(random.chance(0.7)),
        ]
    }

    fn city(&self, id: u64) -> [Datum; 4] {
        let mut random = Random::at(self.seed, id, OF_CITIES);
        let name = words::name(&mut random);
        let country = random.of(&COUNTRIES);
        // As the number of its rank says (Zipf), and less by up to a fifth of the step to the next.
        let population = 20_000_000 / id;
        let step = population - 20_000_000 / (id + 1);
        [
            Datum::Int(id.cast_signed()),
            name.into(),
            country.into(),
            Datum::Int((population - random.below(step / 5 + 1)).cast_signed()),
        ]
    }
}

/// Rows that share their keys.
fn table<const N: usize>(names: [&str; N], rows: impl Iterator<Item = [Datum; N]>) -> Datum {
    let empty: Map = names
        .into_iter()
        .map(|name| (Datum::from(name), Datum::Null))
        .collect();
    let maps = rows.map(|row| {
        let mut map = empty.clone();
        for (place, value) in map.values_mut().iter_mut().zip(row) {
            *place = value;
        }
        Datum::Map(map)
    });
    Datum::List(maps.collect())
}
