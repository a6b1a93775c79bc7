//! Which pages of a database file a plan leads to, counted in the file itself (<https://www.sqlite.org/fileformat.html>).
//!
//! SQLite reads and writes whole pages. Here the trees of the file are walked as the plan says SQLite walks them, and every
//! page that is met is counted once: as if nothing of the file were in memory before, and everything stayed there.

use std::collections::{BTreeMap, BTreeSet};

use super::plan::{Access, Line, access};
use crate::catalogue::Touched;
use crate::questions::{Asked, BORN_FROM, BORN_TO, Question};

/// Trees of a well-formed file are not deeper.
const DEEPEST: usize = 32;

/// A database file.
#[derive(Clone, Debug)]
pub struct Pages<'a> {
    bytes: &'a [u8],
    page_size: usize,
    /// The first pages of tables and indexes, by name.
    roots: BTreeMap<String, u32>,
}

/// A cell of a page, as far as it is needed.
enum Cell<'a> {
    Table { rowid: i64 },
    Index { record: &'a [u8] },
}

struct Page<'a> {
    /// In leaves none.
    children: Vec<u32>,
    cells: Vec<Cell<'a>>,
}

impl<'a> Pages<'a> {
    /// Reads the file's header and its schema; none if this is no database file.
    pub fn open(bytes: &'a [u8]) -> Option<Self> {
        if !bytes.starts_with(b"SQLite format 3\0") {
            return None;
        }
        let page_size = match be(bytes, 16, 2)? {
            1 => 65_536,
            size => size as usize,
        };
        let mut pages = Self {
            bytes,
            page_size,
            roots: BTreeMap::new(),
        };
        let mut roots = BTreeMap::new();
        pages.each_record(1, 0, &mut |record| {
            // type, name, tbl_name, rootpage, sql
            if let (Some(Field::Text(name)), Some(Field::Int(root))) =
                (field(record, 1), field(record, 3))
            {
                roots.insert(String::from_utf8_lossy(name).into_owned(), root as u32);
            }
        });
        pages.roots = roots;
        Some(pages)
    }

    /// The size of a page, in bytes.
    pub const fn page_size(&self) -> usize {
        self.page_size
    }

    /// The size of the file, in pages.
    pub const fn len(&self) -> usize {
        self.bytes.len() / self.page_size
    }

    /// Whether the file has no pages.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All pages of a table or an index; none if there is none of that name.
    pub fn of(&self, name: &str) -> BTreeSet<u32> {
        let mut found = BTreeSet::new();
        if let Some(root) = self.roots.get(name) {
            self.collect(*root, 0, &mut found);
        }
        found
    }

    /// The pages from the root of a table to the row of that number.
    pub fn path(&self, table: &str, rowid: i64) -> BTreeSet<u32> {
        let mut found = BTreeSet::new();
        let mut next = self.roots.get(table).copied();
        while let Some(number) = next.take() {
            found.insert(number);
            if found.len() > DEEPEST {
                break;
            }
            let Some(page) = self.page(number) else { break };
            let child = page
                .cells
                .iter()
                .position(|cell| matches!(cell, Cell::Table { rowid: last } if rowid <= *last))
                .unwrap_or(page.cells.len());
            next = page.children.get(child).copied();
        }
        found
    }

    /// The pages of an index that hold entries whose text is within a range or that lead there, and the numbers of the
    /// rows they stand for.
    pub fn range(&self, index: &str, from: &str, to: &str) -> (BTreeSet<u32>, Vec<i64>) {
        let (mut pages, mut rows) = (BTreeSet::new(), Vec::new());
        if let Some(root) = self.roots.get(index) {
            self.walk_range(
                *root,
                (from.as_bytes(), to.as_bytes()),
                0,
                &mut pages,
                &mut rows,
            );
        }
        (pages, rows)
    }

    fn walk_range(
        &self,
        number: u32,
        (from, to): (&[u8], &[u8]),
        depth: usize,
        pages: &mut BTreeSet<u32>,
        rows: &mut Vec<i64>,
    ) {
        let Some(page) = self.page(number).filter(|_| depth < DEEPEST) else {
            return;
        };
        pages.insert(number);
        for at in 0..=page.cells.len() {
            let key = page.cells.get(at).and_then(|cell| match cell {
                Cell::Index { record } => Some(*record),
                Cell::Table { .. } => None,
            });
            let text = key.and_then(|record| match field(record, 0) {
                Some(Field::Text(text)) => Some(text),
                _ => None,
            });
            // What is left of an entry is not greater than it.
            if text.is_none_or(|text| text >= from)
                && let Some(child) = page.children.get(at)
            {
                self.walk_range(*child, (from, to), depth + 1, pages, rows);
            }
            match (text, key) {
                (Some(text), _) if text > to => return,
                (Some(text), Some(record)) if text >= from => {
                    if let Some(Field::Int(row)) = last_field(record) {
                        rows.push(row);
                    }
                }
                _ => {}
            }
        }
    }

    fn collect(&self, number: u32, depth: usize, found: &mut BTreeSet<u32>) {
        if depth > DEEPEST || !found.insert(number) {
            return;
        }
        for child in self
            .page(number)
            .map(|page| page.children)
            .unwrap_or_default()
        {
            self.collect(child, depth + 1, found);
        }
    }

    /// Gives the records of a table. For small tables only: each page is read as a whole.
    fn each_record(&self, number: u32, depth: usize, each: &mut dyn FnMut(&[u8])) {
        if depth > DEEPEST {
            return;
        }
        let Some((bytes, start)) = self.page_bytes(number) else {
            return;
        };
        let Some(kind) = bytes.get(start) else { return };
        if *kind == LEAF_TABLE {
            let cells = be(bytes, start + 3, 2).unwrap_or(0) as usize;
            for cell in 0..cells {
                let Some(at) = be(bytes, start + 8 + 2 * cell, 2) else {
                    return;
                };
                let Some((length, rest)) = varint(bytes, at as usize) else {
                    return;
                };
                let Some((_, record)) = varint(bytes, rest) else {
                    return;
                };
                if let Some(record) = bytes.get(record..(record + length as usize).min(bytes.len()))
                {
                    each(record);
                }
            }
        }
        for child in self
            .page(number)
            .map(|page| page.children)
            .unwrap_or_default()
        {
            self.each_record(child, depth + 1, each);
        }
    }

    /// A page, and where in it its header is.
    fn page_bytes(&self, number: u32) -> Option<(&'a [u8], usize)> {
        let first = (number as usize)
            .checked_sub(1)?
            .checked_mul(self.page_size)?;
        let bytes = self.bytes.get(first..first + self.page_size)?;
        // The first page begins with the header of the file.
        Some((bytes, if number == 1 { 100 } else { 0 }))
    }

    fn page(&self, number: u32) -> Option<Page<'a>> {
        let (bytes, start) = self.page_bytes(number)?;
        let kind = *bytes.get(start)?;
        let interior = matches!(kind, INTERIOR_TABLE | INTERIOR_INDEX);
        let count = be(bytes, start + 3, 2)? as usize;
        let pointers = start + if interior { 12 } else { 8 };
        let mut page = Page {
            children: Vec::new(),
            cells: Vec::with_capacity(count),
        };
        for cell in 0..count {
            let mut at = be(bytes, pointers + 2 * cell, 2)? as usize;
            if interior {
                page.children.push(be(bytes, at, 4)? as u32);
                at += 4;
            }
            page.cells.push(match kind {
                INTERIOR_TABLE => Cell::Table {
                    rowid: varint(bytes, at)?.0,
                },
                LEAF_TABLE => {
                    let (_, at) = varint(bytes, at)?;
                    Cell::Table {
                        rowid: varint(bytes, at)?.0,
                    }
                }
                LEAF_INDEX | INTERIOR_INDEX => {
                    let (length, at) = varint(bytes, at)?;
                    Cell::Index {
                        record: bytes.get(at..at.checked_add(usize::try_from(length).ok()?)?)?,
                    }
                }
                _ => return None,
            });
        }
        if interior {
            page.children.push(be(bytes, start + 8, 4)? as u32);
        }
        Some(page)
    }
}

const LEAF_TABLE: u8 = 13;
const INTERIOR_TABLE: u8 = 5;
const LEAF_INDEX: u8 = 10;
const INTERIOR_INDEX: u8 = 2;

/// What a question touches, by its plan: `before` is the file, `after` the file after a question that writes.
///
/// Read are the pages the plan leads to; of a question that writes also every page that was there and is another now.
/// Written are the pages that are others afterwards. The journal, which SQLite writes first so that it can undo, is not
/// counted. None if a file cannot be read.
pub fn touched(
    plan: &[Line],
    asked: Asked,
    before: &[u8],
    after: Option<&[u8]>,
) -> Option<Touched> {
    let pages = Pages::open(before)?;
    let mut read = BTreeSet::new();
    for line in plan {
        read.extend(led_to(&pages, access(&line.detail), asked));
    }
    if asked.question == Question::Add {
        read.extend(pages.path("people", i64::MAX));
    }
    let mut written = 0;
    if let Some(after) = after {
        let size = pages.page_size;
        let mut others = before.chunks(size);
        for (at, page) in after.chunks(size).enumerate() {
            let same = others.next();
            if same != Some(page) {
                written += 1;
                if same.is_some() {
                    read.insert(at as u32 + 1);
                }
            }
        }
    }
    let bytes = |count: usize| (count * pages.page_size) as u64;
    Some(Touched {
        read: bytes(read.len()),
        written: bytes(written),
    })
}

/// The pages that one line of the plan leads to.
fn led_to(pages: &Pages<'_>, access: Access<'_>, asked: Asked) -> BTreeSet<u32> {
    match access {
        Access::Key("people") => pages.path("people", asked.id()),
        // Of cities every one is asked for, sooner or later.
        Access::Key(table) | Access::Scan(table) | Access::AutomaticIndex(table) => pages.of(table),
        Access::SearchIndex {
            table,
            index,
            covering,
        } if asked.question == Question::Filter => {
            let (mut found, rows) = pages.range(index, BORN_FROM, BORN_TO);
            if !covering {
                for row in rows {
                    found.extend(pages.path(table, row));
                }
            }
            found
        }
        // Of the cities again every one, so all entries.
        Access::ScanIndex {
            table,
            index,
            covering,
        }
        | Access::SearchIndex {
            table,
            index,
            covering,
        } => {
            let mut found = pages.of(index);
            if !covering {
                found.extend(pages.of(table));
            }
            found
        }
        Access::Sorter(_) | Access::Other => BTreeSet::new(),
    }
}

/// A number of so many bytes, the largest first.
fn be(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(length)?)?;
    Some(
        bytes
            .iter()
            .fold(0, |number, byte| number << 8 | u64::from(*byte)),
    )
}

/// A number of SQLite's varying length, and where what follows it begins.
fn varint(bytes: &[u8], at: usize) -> Option<(i64, usize)> {
    let mut number: u64 = 0;
    for place in 0..9 {
        let byte = *bytes.get(at + place)?;
        if place == 8 {
            return Some(((number << 8 | u64::from(byte)).cast_signed(), at + 9));
        }
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((number.cast_signed(), at + place + 1));
        }
    }
    None
}

/// A field of a record, as far as it is needed.
enum Field<'a> {
    Int(i64),
    Text(&'a [u8]),
    Other,
}

/// The fields of a record: their kinds, and where they are.
fn fields(record: &[u8]) -> Option<Vec<(i64, usize)>> {
    let (header, mut at) = varint(record, 0)?;
    let header = usize::try_from(header).ok()?;
    let mut place = header;
    let mut fields = Vec::new();
    while at < header {
        let (kind, next) = varint(record, at)?;
        at = next;
        fields.push((kind, place));
        place = place.checked_add(width(kind)?)?;
    }
    Some(fields)
}

/// How many bytes a field of that kind has.
fn width(kind: i64) -> Option<usize> {
    Some(match kind {
        0 | 8 | 9 => 0,
        1..=4 => kind as usize,
        5 => 6,
        6 | 7 => 8,
        12.. => usize::try_from((kind - 12) / 2).ok()?,
        _ => return None,
    })
}

fn read_field(record: &[u8], (kind, at): (i64, usize)) -> Option<Field<'_>> {
    let width = width(kind)?;
    Some(match kind {
        8 => Field::Int(0),
        9 => Field::Int(1),
        1..=6 => {
            let number = be(record, at, width)?;
            let unused = 64 - 8 * width as u32;
            Field::Int((number << unused).cast_signed() >> unused)
        }
        13.. if kind % 2 == 1 => Field::Text(record.get(at..at.checked_add(width)?)?),
        _ => Field::Other,
    })
}

fn field(record: &[u8], at: usize) -> Option<Field<'_>> {
    let fields = fields(record)?;
    read_field(record, *fields.get(at)?)
}

fn last_field(record: &[u8]) -> Option<Field<'_>> {
    let fields = fields(record)?;
    read_field(record, *fields.last()?)
}
