//! JSON, decoded as a whole: where a record begins cannot be known before everything in front of it has been read, and the
//! last bracket closes the list, so nothing can be added behind it.

use std::collections::HashMap;

use formats::{Datum, DecodeOptions, ErrorKind, FormatError};

use super::reckoning::{Reckoning, changed, country, missing};
use crate::catalogue::{FileEngine, Files, Step, Told, Touched};
use crate::questions::{Asked, PEOPLE, Question};

/// A program that reads a list of records, and writes it.
#[derive(Clone, Copy, Debug)]
pub struct Json;

impl FileEngine for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn title(&self) -> &'static str {
        "JSON"
    }

    fn store(&self, table: &Datum) -> Result<Vec<u8>, FormatError> {
        super::encoded("json", table)
    }

    fn ask(&self, files: &mut Files, asked: Asked, new: &[Datum]) -> Result<Told, FormatError> {
        let mut steps = Vec::new();
        let mut countries = HashMap::new();
        let mut read = files.people.len() as u64;
        if asked.question == Question::Join {
            for city in records(&files.cities)? {
                let (id, name) = country(|name| city.get(name))?;
                countries.insert(id, name);
            }
            let bytes = files.cities.len() as u64;
            read += bytes;
            let table = || "cities".to_owned();
            steps.push(Step::ReadAll {
                table: table(),
                bytes,
            });
            steps.push(Step::Kept {
                table: table(),
                records: countries.len() as u64,
            });
        }
        let mut people = records(&files.people)?;
        steps.push(Step::ReadAll {
            table: "people".to_owned(),
            bytes: files.people.len() as u64,
        });
        let mut touched = Touched { read, written: 0 };
        match asked.question {
            Question::Update => change(&mut people, asked)?,
            Question::Add => people.extend_from_slice(new),
            _ => {
                let mut reckoning = Reckoning::new(asked, countries);
                for person in &people {
                    if reckoning.take(|at| person.get(PEOPLE[at].0))? {
                        break;
                    }
                }
                let rows = reckoning.rows();
                return Ok(Told {
                    rows,
                    touched,
                    steps,
                });
            }
        }
        files.people = self.store(&Datum::List(people))?;
        touched.written = files.people.len() as u64;
        steps.push(Step::Rewritten {
            bytes: touched.written,
        });
        Ok(Told {
            rows: Vec::new(),
            touched,
            steps,
        })
    }
}

fn records(bytes: &[u8]) -> Result<Vec<Datum>, FormatError> {
    let json = formats::find("json")
        .ok_or_else(|| FormatError::new(ErrorKind::Options, "There is no JSON."))?;
    match json.decode(bytes, &DecodeOptions::default())?.datum {
        Datum::List(records) => Ok(records),
        other => {
            let message = format!("A list of records was expected, not {}.", other.kind());
            Err(FormatError::new(ErrorKind::Type, message))
        }
    }
}

fn change(people: &mut [Datum], asked: Asked) -> Result<(), FormatError> {
    let (place, value) = changed();
    let id = Datum::Int(asked.id());
    let person = people
        .iter_mut()
        .find(|person| person.get("id") == Some(&id));
    match person {
        Some(Datum::Map(map)) => {
            map.insert(PEOPLE[place].0, value);
            Ok(())
        }
        _ => Err(missing("id")),
    }
}
