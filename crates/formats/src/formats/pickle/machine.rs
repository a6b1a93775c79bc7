//! The stack machine that a pickle runs on. It cannot import, call or set anything but what `calls` lists.

use std::collections::HashMap;

use super::calls::{self, Callable};
use super::graph::{Id, Node};
use super::{op, text};
use crate::reading::{Reading, clip};
use crate::{Datum, ErrorKind, FormatError, Position};

/// Runs a pickle; its nodes and the one that is the result.
pub(super) fn run(bytes: &[u8], reading: &mut Reading<'_>) -> Result<(Vec<Node>, Id), FormatError> {
    let mut machine = Machine {
        bytes,
        at: 0,
        start: 0,
        stack: Vec::new(),
        marks: Vec::new(),
        memo: HashMap::new(),
        nodes: Vec::new(),
        reading,
    };
    let root = loop {
        machine.start = machine.at;
        match machine.step() {
            Ok(None) => {}
            Ok(Some(root)) => break root,
            Err(error) => return Err(error.at(Position::offset(machine.start))),
        }
    };
    let rest = bytes.len() - machine.at;
    if rest > 0 {
        let position = Position::offset(machine.at);
        machine.reading.notes.add("trailing_bytes", || {
            let message =
                format!("{rest} bytes after the end of the pickle were not read, as in Python.");
            (message, Some(position))
        });
    }
    Ok((machine.nodes, root))
}

struct Machine<'a, 'b, 'c> {
    bytes: &'a [u8],
    /// The next byte, and the first of the instruction that runs.
    at: usize,
    start: usize,
    stack: Vec<Id>,
    /// Heights of the stack.
    marks: Vec<usize>,
    memo: HashMap<u64, Id>,
    nodes: Vec<Node>,
    reading: &'b mut Reading<'c>,
}

impl<'a> Machine<'a, '_, '_> {
    /// Runs one instruction; the result, if it was the last.
    fn step(&mut self) -> Result<Option<Id>, FormatError> {
        let code = self.byte()?;
        match code {
            op::STOP => return self.pop().map(Some),
            op::PROTO => {
                let protocol = self.byte()?;
                if protocol > 5 {
                    let message = format!("Protocol {protocol} is newer than 5.");
                    return Err(FormatError::new(ErrorKind::Unsupported, message));
                }
            }
            op::FRAME => {
                let length = self.length(8)?;
                if length > self.bytes.len() - self.at {
                    return Err(Self::truncated());
                }
            }
            op::NONE => self.leaf(Datum::Null)?,
            op::NEWTRUE => self.leaf(Datum::Bool(true))?,
            op::NEWFALSE => self.leaf(Datum::Bool(false))?,
            op::INT | op::LONG | op::FLOAT => self.decimal(code)?,
            op::BININT1 | op::BININT2 | op::BININT | op::LONG1 | op::LONG4 | op::BINFLOAT => {
                self.binary_number(code)?;
            }
            op::STRING | op::UNICODE => self.line_text(code)?,
            op::BINSTRING => self.string(4)?,
            op::SHORT_BINSTRING => self.string(1)?,
            op::SHORT_BINUNICODE => self.unicode(1)?,
            op::BINUNICODE => self.unicode(4)?,
            op::BINUNICODE8 => self.unicode(8)?,
            op::SHORT_BINBYTES => self.binary(1)?,
            op::BINBYTES => self.binary(4)?,
            op::BINBYTES8 => self.binary(8)?,
            op::BYTEARRAY8 => {
                let bytes = self.counted(8)?.to_vec();
                let node = calls::byte_array(bytes, self.reading);
                self.push(node)?;
            }
            op::PUT | op::BINPUT | op::LONG_BINPUT | op::MEMOIZE => self.put(code)?,
            op::GET | op::BINGET | op::LONG_BINGET => self.get(code)?,
            op::MARK => {
                self.bounded(self.marks.len())?;
                self.marks.push(self.stack.len());
            }
            op::POP => match self.marks.last() {
                Some(&mark) if mark == self.stack.len() => {
                    self.marks.pop();
                }
                _ => {
                    self.pop()?;
                }
            },
            op::POP_MARK => {
                self.since_mark()?;
            }
            op::DUP => {
                let top = self.pop()?;
                self.stack.push(top);
                self.repeat(top)?;
            }
            op::GLOBAL | op::STACK_GLOBAL | op::REDUCE => self.call(code)?,
            op::EXT1
            | op::EXT2
            | op::EXT4
            | op::INST
            | op::OBJ
            | op::BUILD
            | op::NEWOBJ
            | op::NEWOBJ_EX
            | op::PERSID
            | op::BINPERSID => return Err(self.forbidden(code)),
            op::NEXT_BUFFER | op::READONLY_BUFFER => {
                let message = "The pickle's buffers are outside its bytes (PEP 574).";
                return Err(FormatError::new(ErrorKind::Unsupported, message));
            }
            _ => self.container(code)?,
        }
        Ok(None)
    }

    /// Instructions that make or fill lists, tuples, sets and maps.
    fn container(&mut self, code: u8) -> Result<(), FormatError> {
        match code {
            op::EMPTY_LIST => self.push(Node::List(Vec::new())),
            op::EMPTY_TUPLE => self.push(Node::Tuple(Vec::new())),
            op::EMPTY_SET => self.push(Node::Set(Vec::new())),
            op::EMPTY_DICT => self.push(Node::Map(Vec::new())),
            op::LIST => {
                let ids = self.since_mark()?;
                self.push(Node::List(ids))
            }
            op::TUPLE => {
                let ids = self.since_mark()?;
                self.push(Node::Tuple(ids))
            }
            op::FROZENSET => {
                let ids = self.since_mark()?;
                calls::frozen(self.reading);
                self.push(Node::Set(ids))
            }
            op::DICT => {
                let ids = self.since_mark()?;
                let entries = Self::pairs(&ids)?;
                self.push(Node::Map(entries))
            }
            op::TUPLE1 | op::TUPLE2 | op::TUPLE3 => {
                let ids = self.top(usize::from(code - op::TUPLE1) + 1)?;
                self.push(Node::Tuple(ids))
            }
            op::APPEND | op::APPENDS => {
                let added = if code == op::APPEND {
                    self.top(1)?
                } else {
                    self.since_mark()?
                };
                match self.target()? {
                    Node::List(items) => items.extend(added),
                    _ => return Err(self.misplaced("a list")),
                }
                Ok(())
            }
            op::ADDITEMS => {
                let added = self.since_mark()?;
                match self.target()? {
                    Node::Set(items) => items.extend(added),
                    _ => return Err(self.misplaced("a set")),
                }
                Ok(())
            }
            op::SETITEM | op::SETITEMS => {
                let added = if code == op::SETITEM {
                    self.top(2)?
                } else {
                    self.since_mark()?
                };
                let added = Self::pairs(&added)?;
                match self.target()? {
                    Node::Map(entries) => entries.extend(added),
                    _ => return Err(self.misplaced("a map")),
                }
                Ok(())
            }
            _ => {
                let message = format!("There is no instruction 0x{code:02x}.");
                Err(FormatError::new(ErrorKind::Malformed, message))
            }
        }
    }

    /// The error of an instruction that would import, call or set something: with its name.
    fn forbidden(&mut self, code: u8) -> FormatError {
        let what = match code {
            op::EXT1 | op::EXT2 | op::EXT4 => "call something of the extension registry".to_owned(),
            op::PERSID | op::BINPERSID => "load a persistent object from elsewhere".to_owned(),
            op::INST => match (self.line(), self.line()) {
                (Ok(module), Ok(name)) => return refused(&lossy(module), &lossy(name)),
                _ => "make an object".to_owned(),
            },
            // Only what is allowed can be on the stack, but not with this instruction.
            op::BUILD => "set the state of an object".to_owned(),
            _ => "make an object of a class".to_owned(),
        };
        FormatError::new(ErrorKind::Forbidden, format!("The pickle would {what}."))
    }

    fn call(&mut self, code: u8) -> Result<(), FormatError> {
        let (module, name) = match code {
            op::GLOBAL => (lossy(self.line()?), lossy(self.line()?)),
            op::STACK_GLOBAL => {
                let ids = self.top(2)?;
                match (&self.nodes[ids[0]], &self.nodes[ids[1]]) {
                    (Node::Leaf(Datum::Str(module)), Node::Leaf(Datum::Str(name))) => {
                        (module.as_str().to_owned(), name.as_str().to_owned())
                    }
                    _ => return Err(self.misplaced("two texts")),
                }
            }
            _ => {
                let ids = self.top(2)?;
                let (Node::Callable(callable), Node::Tuple(arguments)) =
                    (&self.nodes[ids[0]], &self.nodes[ids[1]])
                else {
                    let message = "The pickle would call something that is not a function with what is not its arguments.";
                    return Err(FormatError::new(ErrorKind::Forbidden, message));
                };
                let node = callable.call(arguments, &self.nodes, self.reading)?;
                return self.push(node);
            }
        };
        match Callable::find(&module, &name) {
            Some(callable) => self.push(Node::Callable(callable)),
            None => Err(refused(&module, &name)),
        }
    }

    /// A number as a line of text.
    fn decimal(&mut self, code: u8) -> Result<(), FormatError> {
        let line = core::str::from_utf8(self.line()?).unwrap_or_default();
        let datum = match code {
            op::INT if line == "00" => Some(Datum::Bool(false)),
            op::INT if line == "01" => Some(Datum::Bool(true)),
            op::FLOAT => line.trim().parse().ok().map(Datum::Float),
            _ => {
                let text = line.trim();
                let text = text.strip_suffix('L').unwrap_or(text);
                self.reading.digits(text.len())?;
                text.parse().ok().map(Datum::integer)
            }
        };
        match datum {
            Some(datum) => self.leaf(datum),
            None => {
                let message = format!("\"{}\" is not a number.", clip(line));
                Err(FormatError::new(ErrorKind::Malformed, message))
            }
        }
    }

    fn binary_number(&mut self, code: u8) -> Result<(), FormatError> {
        let datum = match code {
            op::BININT1 => Datum::Int(i64::from(self.byte()?)),
            op::BININT2 => Datum::Int(i64::from(u16::from_le_bytes(self.array()?))),
            op::BININT => Datum::Int(i64::from(i32::from_le_bytes(self.array()?))),
            op::BINFLOAT => Datum::Float(f64::from_be_bytes(self.array()?)),
            _ => {
                let bytes = self.counted(if code == op::LONG1 { 1 } else { 4 })?;
                // A byte is 2.41 decimal digits.
                self.reading.digits(bytes.len().saturating_mul(241) / 100)?;
                text::long(bytes)
            }
        };
        self.leaf(datum)
    }

    fn line_text(&mut self, code: u8) -> Result<(), FormatError> {
        let line = self.line()?;
        if code == op::STRING {
            return match text::quoted(line) {
                Some(bytes) => self.python2(&bytes),
                None => Err(FormatError::new(
                    ErrorKind::Malformed,
                    "A text has no quotes or a wrong escape.",
                )),
            };
        }
        match text::raw_unicode(line) {
            Some(text) => self.leaf(Datum::from(text)),
            None => Err(FormatError::new(
                ErrorKind::Malformed,
                "A text has a wrong escape.",
            )),
        }
    }

    fn string(&mut self, width: usize) -> Result<(), FormatError> {
        let bytes = self.counted(width)?;
        self.python2(bytes)
    }

    /// A `str` of Python 2: text if it is ASCII, else bytes.
    fn python2(&mut self, bytes: &[u8]) -> Result<(), FormatError> {
        if bytes.is_ascii() {
            return self.leaf(Datum::Str(bytes.iter().map(|&b| char::from(b)).collect()));
        }
        let position = Position::offset(self.start);
        self.reading.notes.add("python2_str_as_bytes", || {
            let message = "A text of Python 2 that is not ASCII is read as bytes.";
            (message.to_owned(), Some(position))
        });
        self.leaf(Datum::Bytes(bytes.to_vec()))
    }

    fn unicode(&mut self, width: usize) -> Result<(), FormatError> {
        let bytes = self.counted(width)?;
        match core::str::from_utf8(bytes) {
            Ok(text) => self.leaf(Datum::from(text)),
            Err(_) => Err(FormatError::new(
                ErrorKind::Encoding,
                "A text is not UTF-8; it may hold half a character (a lone surrogate).",
            )),
        }
    }

    fn binary(&mut self, width: usize) -> Result<(), FormatError> {
        let bytes = self.counted(width)?.to_vec();
        self.leaf(Datum::Bytes(bytes))
    }

    fn put(&mut self, code: u8) -> Result<(), FormatError> {
        let place = match code {
            op::MEMOIZE => self.memo.len() as u64,
            _ => self.place(code == op::PUT, code == op::BINPUT)?,
        };
        let top = self.pop()?;
        self.stack.push(top);
        self.bounded(self.memo.len())?;
        self.memo.insert(place, top);
        Ok(())
    }

    fn get(&mut self, code: u8) -> Result<(), FormatError> {
        let place = self.place(code == op::GET, code == op::BINGET)?;
        match self.memo.get(&place) {
            Some(&id) => self.repeat(id),
            None => {
                let message = format!("Nothing was remembered under {place}.");
                Err(FormatError::new(ErrorKind::Malformed, message))
            }
        }
    }

    /// A place of the memo: a line, a byte or four.
    fn place(&mut self, is_line: bool, is_byte: bool) -> Result<u64, FormatError> {
        if !is_line {
            return if is_byte {
                self.byte().map(u64::from)
            } else {
                Ok(u64::from(u32::from_le_bytes(self.array()?)))
            };
        }
        let line = core::str::from_utf8(self.line()?).unwrap_or_default();
        line.parse().map_err(|_| {
            FormatError::new(ErrorKind::Malformed, "A place in the memo is not a number.")
        })
    }

    fn pairs(ids: &[Id]) -> Result<Vec<(Id, Id)>, FormatError> {
        let (pairs, rest) = ids.as_chunks::<2>();
        if rest.is_empty() {
            return Ok(pairs.iter().map(|&[key, value]| (key, value)).collect());
        }
        Err(FormatError::new(
            ErrorKind::Malformed,
            "A key has no value.",
        ))
    }

    fn leaf(&mut self, datum: Datum) -> Result<(), FormatError> {
        self.push(Node::Leaf(datum))
    }

    fn push(&mut self, node: Node) -> Result<(), FormatError> {
        self.bounded(self.nodes.len())?;
        self.stack.push(self.nodes.len());
        self.nodes.push(node);
        Ok(())
    }

    /// Puts a node on the stack once more.
    fn repeat(&mut self, id: Id) -> Result<(), FormatError> {
        self.bounded(self.stack.len())?;
        self.stack.push(id);
        Ok(())
    }

    /// Refuses more of something than there may be values.
    fn bounded(&self, count: usize) -> Result<(), FormatError> {
        self.reading.room(count.saturating_add(1))
    }

    fn pop(&mut self) -> Result<Id, FormatError> {
        let floor = self.marks.last().copied().unwrap_or(0);
        match self.stack.pop() {
            Some(id) if self.stack.len() >= floor => Ok(id),
            _ => Err(FormatError::new(
                ErrorKind::Malformed,
                "An instruction needs a value that is not there.",
            )),
        }
    }

    /// The topmost so many, lowest first.
    fn top(&mut self, count: usize) -> Result<Vec<Id>, FormatError> {
        let mut ids: Vec<Id> = (0..count).map(|_| self.pop()).collect::<Result<_, _>>()?;
        ids.reverse();
        Ok(ids)
    }

    fn since_mark(&mut self) -> Result<Vec<Id>, FormatError> {
        match self.marks.pop() {
            Some(mark) if mark <= self.stack.len() => Ok(self.stack.split_off(mark)),
            _ => Err(FormatError::new(
                ErrorKind::Malformed,
                "An instruction needs a mark that is not there.",
            )),
        }
    }

    /// The node on top, to be filled.
    fn target(&mut self) -> Result<&mut Node, FormatError> {
        let top = self.pop()?;
        self.stack.push(top);
        Ok(&mut self.nodes[top])
    }

    fn misplaced(&self, needed: &str) -> FormatError {
        let code = self.bytes[self.start];
        let message =
            format!("Instruction 0x{code:02x} needs {needed}, but something else is there.");
        FormatError::new(ErrorKind::Malformed, message)
    }

    fn truncated() -> FormatError {
        FormatError::new(ErrorKind::Truncated, "The pickle ends too early.")
    }

    fn byte(&mut self) -> Result<u8, FormatError> {
        let [byte] = self.array()?;
        Ok(byte)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], FormatError> {
        match self.bytes[self.at..].first_chunk::<N>() {
            Some(array) => {
                self.at += N;
                Ok(*array)
            }
            None => Err(Self::truncated()),
        }
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], FormatError> {
        let bytes = self.bytes;
        match bytes[self.at..].get(..length) {
            Some(taken) => {
                self.at += length;
                Ok(taken)
            }
            None => Err(Self::truncated()),
        }
    }

    /// A length of so many bytes, lowest first.
    fn length(&mut self, width: usize) -> Result<usize, FormatError> {
        let bytes = self.take(width)?;
        let length = bytes
            .iter()
            .rev()
            .fold(0_u64, |n, &b| (n << 8) | u64::from(b));
        usize::try_from(length).map_err(|_| Self::truncated())
    }

    /// Bytes after their length.
    fn counted(&mut self, width: usize) -> Result<&'a [u8], FormatError> {
        let length = self.length(width)?;
        self.take(length)
    }

    /// The rest of a line, without its end.
    fn line(&mut self) -> Result<&'a [u8], FormatError> {
        let bytes = self.bytes;
        match bytes[self.at..].iter().position(|&b| b == b'\n') {
            Some(length) => {
                let line = &bytes[self.at..self.at + length];
                self.at += length + 1;
                Ok(line)
            }
            None => Err(Self::truncated()),
        }
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn refused(module: &str, name: &str) -> FormatError {
    let name = format!("{}.{}", clip(module), clip(name));
    let message =
        format!("The pickle would import `{name}`, so it was not run: it may do anything.");
    FormatError::new(ErrorKind::Forbidden, message)
}
