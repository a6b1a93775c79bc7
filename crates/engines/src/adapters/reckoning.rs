//! What a program that reads record by record does with each of them.

use std::collections::{BTreeMap, HashMap};

use formats::{Date, Datum, ErrorKind, FormatError, Text};

use crate::catalogue::{FileEngine, Files};
use crate::questions::{Asked, NEW_HEIGHT, PEOPLE, Question, range};

/// Answers a question from records that come one after the other.
pub(super) enum Reckoning {
    Find {
        id: i64,
        found: Option<Vec<Datum>>,
    },
    Filter {
        from: Option<Date>,
        to: Option<Date>,
        rows: Vec<Vec<Datum>>,
    },
    /// How many people, and the sum of their heights in centimetres: whole numbers, so that no order of adding matters.
    Group(BTreeMap<i64, (i64, i64)>),
    Join {
        countries: HashMap<i64, Text>,
        counts: HashMap<Text, i64>,
    },
    /// How many people, the last number, and the sum of the numbers of their cities.
    Tally([i64; 3]),
}

impl Reckoning {
    /// For a question that only reads. `countries` are those of the cities, where both tables are asked.
    pub(super) fn new(asked: Asked, countries: HashMap<i64, Text>) -> Self {
        match asked.question {
            Question::Find | Question::Update => Self::Find {
                id: asked.id(),
                found: None,
            },
            Question::Filter => {
                let (from, to) = range();
                Self::Filter {
                    from,
                    to,
                    rows: Vec::new(),
                }
            }
            Question::Group => Self::Group(BTreeMap::new()),
            Question::Join => Self::Join {
                countries,
                counts: HashMap::new(),
            },
            Question::Add => Self::Tally([0; 3]),
        }
    }

    /// Takes a person in, whose cells are in the order of [`PEOPLE`]; whether the answer is complete.
    pub(super) fn take<'a>(
        &mut self,
        cell: impl Fn(usize) -> Option<&'a Datum>,
    ) -> Result<bool, FormatError> {
        let place = |name: &str| PEOPLE.iter().position(|column| column.0 == name);
        let named = |name: &str| place(name).and_then(&cell).ok_or_else(|| missing(name));
        let int = |name: &str| match named(name)? {
            Datum::Int(number) => Ok(*number),
            other => Err(wrong(name, other)),
        };
        match self {
            Self::Find { id, found } => {
                if int("id")? == *id {
                    let cells: Option<Vec<_>> = (0..PEOPLE.len())
                        .map(|at| cell(at).map(typed(at)))
                        .collect();
                    *found = Some(cells.ok_or_else(|| missing("a column"))?);
                }
                return Ok(found.is_some());
            }
            Self::Filter { from, to, rows } => {
                let born = day(named("born")?).ok_or_else(|| missing("born"))?;
                if Some(born) >= *from && Some(born) <= *to {
                    rows.push(vec![
                        Datum::Int(int("id")?),
                        named("name")?.clone(),
                        Datum::Date(born),
                    ]);
                }
            }
            Self::Group(groups) => {
                let (people, sum) = groups.entry(int("city_id")?).or_default();
                *people += 1;
                *sum += centimetres(named("height")?)?;
            }
            Self::Join { countries, counts } => {
                let country = countries
                    .get(&int("city_id")?)
                    .ok_or_else(|| missing("the city"))?;
                match counts.get_mut(country) {
                    Some(count) => *count += 1,
                    None => _ = counts.insert(country.clone(), 1),
                }
            }
            Self::Tally([people, last, sum]) => {
                *people += 1;
                *last = (*last).max(int("id")?);
                *sum += int("city_id")?;
            }
        }
        Ok(false)
    }

    /// The rows of the answer.
    pub(super) fn rows(self) -> Vec<Vec<Datum>> {
        match self {
            Self::Find { found, .. } => found.into_iter().collect(),
            Self::Filter { rows, .. } => rows,
            Self::Group(groups) => {
                let groups = groups.into_iter();
                let row = |(city, (people, sum)): (i64, (i64, i64))| {
                    let average = sum as f64 / people as f64;
                    vec![Datum::Int(city), Datum::Int(people), Datum::Float(average)]
                };
                groups.map(row).collect()
            }
            Self::Join { counts, .. } => {
                let counts = counts.into_iter();
                counts
                    .map(|(country, people)| vec![Datum::from(country), Datum::Int(people)])
                    .collect()
            }
            Self::Tally(numbers) => vec![numbers.map(Datum::Int).to_vec()],
        }
    }
}

/// What is read back after a question that writes.
pub(crate) fn read_back(
    engine: &dyn FileEngine,
    files: &mut Files,
    asked: Asked,
) -> Result<Vec<Vec<Datum>>, FormatError> {
    if asked.question == Question::Update {
        let find = Asked {
            question: Question::Find,
            ..asked
        };
        return Ok(engine.ask(files, find, &[])?.rows);
    }
    let read = formats::find(engine.name())
        .ok_or_else(|| FormatError::new(ErrorKind::Options, "There is no such format."))?
        .decode(&files.people, &formats::DecodeOptions::default())?;
    let mut tally = Reckoning::Tally([0; 3]);
    if let Datum::List(people) = &read.datum {
        for person in people {
            tally.take(|at| person.get(PEOPLE[at].0))?;
        }
    }
    Ok(tally.rows())
}

/// The cell of a person who is changed.
pub(super) const fn changed() -> (usize, Datum) {
    (4, Datum::Float(NEW_HEIGHT))
}

/// A cell as its column's type: a day may be a text in the file.
fn typed(at: usize) -> impl Fn(&Datum) -> Datum {
    move |cell| match PEOPLE[at].1 {
        crate::questions::Kind::Date => day(cell).map_or_else(|| cell.clone(), Datum::Date),
        _ => cell.clone(),
    }
}

fn day(cell: &Datum) -> Option<Date> {
    match cell {
        Datum::Date(date) => Some(*date),
        Datum::Str(text) => Date::parse(text),
        _ => None,
    }
}

fn centimetres(height: &Datum) -> Result<i64, FormatError> {
    match height {
        Datum::Float(metres) => Ok((metres * 100.0).round() as i64),
        Datum::Int(metres) => Ok(metres * 100),
        other => Err(wrong("height", other)),
    }
}

/// The number and the country of a city.
pub(super) fn country<'a>(
    cell: impl Fn(&'static str) -> Option<&'a Datum>,
) -> Result<(i64, Text), FormatError> {
    match (cell("id"), cell("country")) {
        (Some(Datum::Int(id)), Some(Datum::Str(country))) => Ok((*id, country.clone())),
        _ => Err(missing("the number or the country of a city")),
    }
}

pub(super) fn missing(what: &str) -> FormatError {
    FormatError::new(
        ErrorKind::Malformed,
        format!("`{what}` is missing in a record."),
    )
}

fn wrong(name: &str, found: &Datum) -> FormatError {
    let message = format!("`{name}` is {} in a record.", found.kind());
    FormatError::new(ErrorKind::Type, message)
}
