//! CSV, read as a stream: what is kept is one row, and reading stops when the answer is there.

use std::collections::HashMap;

use formats::{
    ColumnType, CsvDecoder, CsvEncoder, CsvTypes, Datum, DecodeOptions, EncodeOptions, FormatError,
    Row, Text,
};

use super::reckoning::{Reckoning, changed, country, missing};
use crate::catalogue::{FileEngine, Files, Step, Told, Touched};
use crate::questions::{Asked, CITY, Column, Kind, PEOPLE, Question};

/// As many bytes are read at once, like a page of a database.
pub const PIECE: usize = 4096;

/// A program that reads CSV row by row.
#[derive(Clone, Copy, Debug)]
pub struct Csv;

impl FileEngine for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn title(&self) -> &'static str {
        "CSV"
    }

    fn store(&self, table: &Datum) -> Result<Vec<u8>, FormatError> {
        super::encoded("csv", table)
    }

    fn ask(&self, files: &mut Files, asked: Asked, new: &[Datum]) -> Result<Told, FormatError> {
        match asked.question {
            Question::Update => update(&mut files.people, asked),
            Question::Add => add(&mut files.people, new),
            _ => read(files, asked),
        }
    }
}

fn read(files: &Files, asked: Asked) -> Result<Told, FormatError> {
    let mut steps = Vec::new();
    let mut countries = HashMap::new();
    let mut touched = Touched::default();
    if asked.question == Question::Join {
        let read = cities(&files.cities, &mut countries)?;
        touched.read += read;
        steps.push(Step::ReadAll {
            table: "cities".to_owned(),
            bytes: read,
        });
        steps.push(Step::Kept {
            table: "cities".to_owned(),
            records: countries.len() as u64,
        });
    }
    let mut reckoning = Reckoning::new(asked, countries);
    let read = scan(&files.people, &PEOPLE, &mut |row, places| {
        reckoning.take(|at| row.get(places[at]))
    })?;
    touched.read += read;
    let (table, of) = ("people".to_owned(), files.people.len() as u64);
    steps.push(if read < of {
        Step::ReadUntil {
            table,
            bytes: read,
            of,
        }
    } else {
        Step::ReadAll { table, bytes: of }
    });
    Ok(Told {
        rows: reckoning.rows(),
        touched,
        steps,
    })
}

fn cities(bytes: &[u8], countries: &mut HashMap<i64, Text>) -> Result<u64, FormatError> {
    scan(bytes, &CITY, &mut |row, places| {
        let cell = |name: &str| {
            let at = CITY.iter().position(|column| column.0 == name)?;
            row.get(places[at])
        };
        let (id, name) = country(cell)?;
        countries.insert(id, name);
        Ok(false)
    })
}

/// Takes a row, and where in it the columns stand; whether that is enough.
type Each<'a> = dyn FnMut(&Row, &[usize]) -> Result<bool, FormatError> + 'a;

/// Gives the rows one after the other, with where in them the columns stand, until `each` has enough; the bytes read.
fn scan(bytes: &[u8], columns: &[Column], each: &mut Each<'_>) -> Result<u64, FormatError> {
    let mut decoder = CsvDecoder::new(&reading(columns))?;
    let mut places: Vec<usize> = Vec::new();
    let mut rows: Vec<Row> = Vec::new();
    let mut read = 0;
    let mut pieces = bytes.chunks(PIECE);
    loop {
        let piece = pieces.next();
        match piece {
            Some(piece) => {
                read += piece.len();
                decoder.push(piece, &mut |row| rows.push(row))?;
            }
            None => decoder.finish(&mut |row| rows.push(row))?,
        }
        if places.is_empty()
            && let Some(header) = decoder.header()
        {
            let found = columns.iter().map(|column| {
                let place = header.iter().position(|name| name == column.0);
                place.ok_or_else(|| missing(column.0))
            });
            places = found.collect::<Result<_, _>>()?;
        }
        for row in rows.drain(..) {
            if each(&row, &places)? {
                return Ok(read as u64);
            }
        }
        if piece.is_none() {
            return Ok(read as u64);
        }
    }
}

/// A program knows what its columns hold.
fn reading(columns: &[Column]) -> DecodeOptions {
    let types = columns.iter().map(|column| match column.1 {
        Kind::Int => ColumnType::Int,
        Kind::Real => ColumnType::Float,
        Kind::Text => ColumnType::Text,
        Kind::Date => ColumnType::Date,
        Kind::Bool => ColumnType::Bool,
    });
    DecodeOptions {
        csv_types: CsvTypes::Declared(types.collect()),
        ..DecodeOptions::default()
    }
}

/// A row in the middle of a file may get longer or shorter, so everything is written anew.
fn update(people: &mut Vec<u8>, asked: Asked) -> Result<Told, FormatError> {
    let options = EncodeOptions::default();
    let mut encoder = CsvEncoder::new(&options)?;
    encoder.columns(PEOPLE.map(|column| column.0))?;
    let (place, value) = changed();
    let read = scan(people, &PEOPLE, &mut |row, places| {
        let mut row: Row = places
            .iter()
            .map(|&at| row.get(at).cloned().unwrap_or(Datum::Null))
            .collect();
        if row.first() == Some(&Datum::Int(asked.id())) {
            row[place] = value.clone();
        }
        encoder.row(&Datum::List(row))?;
        Ok(false)
    })?;
    *people = encoder.finish().bytes;
    let written = people.len() as u64;
    Ok(Told {
        rows: Vec::new(),
        touched: Touched { read, written },
        steps: vec![
            Step::ReadAll {
                table: "people".to_owned(),
                bytes: read,
            },
            Step::Rewritten { bytes: written },
        ],
    })
}

/// New rows go to the end; nothing that is there has to be read.
fn add(people: &mut Vec<u8>, new: &[Datum]) -> Result<Told, FormatError> {
    let options = EncodeOptions::default();
    let mut encoder = CsvEncoder::new(&options)?;
    for person in new {
        let cells = PEOPLE.iter().map(|column| {
            let cell = person.get(column.0).cloned();
            cell.ok_or_else(|| missing(column.0))
        });
        encoder.row(&Datum::List(cells.collect::<Result<_, _>>()?))?;
    }
    let rows = encoder.finish().bytes;
    people.extend_from_slice(&rows);
    let written = rows.len() as u64;
    Ok(Told {
        rows: Vec::new(),
        touched: Touched { read: 0, written },
        steps: vec![Step::Appended { bytes: written }],
    })
}
