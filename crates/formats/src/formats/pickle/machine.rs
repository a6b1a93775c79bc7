//! The stack machine that a pickle runs on. It cannot import, call or set anything but what `calls` lists.

use super::calls::{self, Callable};
use super::graph::{Node, Nodes, Part, too_much};
use super::input::Input;
use super::memo::Memo;
use super::records::Records;
use super::stack::Stack;
use super::{op, scalars};
use crate::reading::{Reading, clip};
use crate::{Datum, ErrorKind, FormatError, Position, Text};

/// Runs a pickle; its nodes, and what is the result.
pub(super) fn run(bytes: &[u8], reading: &mut Reading<'_>) -> Result<(Nodes, Part), FormatError> {
    let mut machine = Machine {
        input: Input::new(bytes),
        start: 0,
        stack: Stack::default(),
        memo: Memo::default(),
        nodes: Nodes::default(),
        made: 0,
        recalled: 0,
        records: Records::default(),
        reading,
    };
    let root = loop {
        machine.start = machine.input.at();
        match machine.step() {
            Ok(None) => {}
            Ok(Some(root)) => break root,
            Err(error) => return Err(error.at(Position::offset(machine.start))),
        }
    };
    let (end, rest) = (machine.input.at(), machine.input.left());
    machine
        .records
        .tell(&root, &machine.nodes, end, machine.reading);
    if rest > 0 {
        machine.reading.notes.add("trailing_bytes", || {
            let message =
                format!("{rest} bytes after the end of the pickle were not read, as in Python.");
            (message, Some(Position::offset(end)))
        });
    }
    Ok((machine.nodes, root))
}

struct Machine<'a, 'b, 'c> {
    input: Input<'a>,
    /// The first byte of the instruction that runs.
    start: usize,
    stack: Stack,
    memo: Memo,
    nodes: Nodes,
    /// How often something was put on the stack.
    made: usize,
    /// Bytes of texts that were recalled from the memo.
    recalled: usize,
    records: Records,
    reading: &'b mut Reading<'c>,
}

impl Machine<'_, '_, '_> {
    /// Runs one instruction; the result, if it was the last.
    #[inline]
    fn step(&mut self) -> Result<Option<Part>, FormatError> {
        let code = self.input.byte()?;
        match code {
            op::STOP => return self.stack.pop().map(Some),
            op::NONE => self.leaf(Datum::Null)?,
            op::NEWTRUE => self.leaf(Datum::Bool(true))?,
            op::NEWFALSE => self.leaf(Datum::Bool(false))?,
            op::BININT1 => {
                let number = self.input.byte()?;
                self.leaf(Datum::Int(number.into()))?;
            }
            op::BININT2 => {
                let number = u16::from_le_bytes(self.input.array()?);
                self.leaf(Datum::Int(number.into()))?;
            }
            op::BININT => {
                let number = i32::from_le_bytes(self.input.array()?);
                self.leaf(Datum::Int(number.into()))?;
            }
            op::BINFLOAT => {
                let number = f64::from_be_bytes(self.input.array()?);
                self.leaf(Datum::Float(number))?;
            }
            op::SHORT_BINUNICODE => self.unicode(1)?,
            op::BINUNICODE => self.unicode(4)?,
            op::MEMOIZE => self.put(self.memo.len() as u64)?,
            op::BINPUT => {
                let place = self.input.byte()?;
                self.put(place.into())?;
            }
            op::LONG_BINPUT => {
                let place = u32::from_le_bytes(self.input.array()?);
                self.put(place.into())?;
            }
            op::BINGET => {
                let place = self.input.byte()?;
                self.get(place.into())?;
            }
            op::LONG_BINGET => {
                let place = u32::from_le_bytes(self.input.array()?);
                self.get(place.into())?;
            }
            op::MARK => {
                self.reading.room(self.stack.marks() + 1)?;
                self.stack.push_mark(self.start);
            }
            op::EMPTY_DICT => self.push(Node::Map(Vec::new()), self.start)?,
            op::EMPTY_LIST => self.push(Node::List(Vec::new()), self.start)?,
            op::SETITEMS | op::APPENDS | op::ADDITEMS => {
                let (height, _) = self.stack.mark()?;
                self.fill(code, height)?;
            }
            _ => self.rare(code)?,
        }
        Ok(None)
    }

    /// Instructions of which a pickle of today has few.
    #[inline(never)]
    fn rare(&mut self, code: u8) -> Result<(), FormatError> {
        match code {
            op::PROTO => {
                let protocol = self.input.byte()?;
                if protocol > 5 {
                    let message = format!("Protocol {protocol} is newer than 5.");
                    return Err(FormatError::new(ErrorKind::Unsupported, message));
                }
                Ok(())
            }
            op::FRAME => self.input.frame(),
            op::INT | op::LONG | op::FLOAT => {
                let datum = scalars::decimal(code, &mut self.input, self.reading)?;
                self.leaf(datum)
            }
            op::LONG1 | op::LONG4 => {
                let datum = scalars::long(code, &mut self.input, self.reading)?;
                self.leaf(datum)
            }
            op::STRING | op::UNICODE => {
                let datum = scalars::line(code, &mut self.input, self.reading)?;
                self.leaf(datum)
            }
            op::BINSTRING | op::SHORT_BINSTRING => {
                let width = if code == op::BINSTRING { 4 } else { 1 };
                let bytes = self.input.counted(width)?;
                let datum = scalars::python2(bytes, self.start, self.reading);
                self.leaf(datum)
            }
            op::BINUNICODE8 => self.unicode(8),
            op::SHORT_BINBYTES => self.binary(1),
            op::BINBYTES => self.binary(4),
            op::BINBYTES8 => self.binary(8),
            op::BYTEARRAY8 => {
                let bytes = self.input.counted(8)?.to_vec();
                let datum = calls::byte_array(bytes, self.reading);
                self.leaf(datum)
            }
            op::PUT => {
                let place = scalars::place(&mut self.input)?;
                self.put(place)
            }
            op::GET => {
                let place = scalars::place(&mut self.input)?;
                self.get(place)
            }
            op::POP if self.stack.is_at_mark() => self.stack.mark().map(drop),
            op::POP => self.stack.pop().map(drop),
            op::POP_MARK => {
                let (height, _) = self.stack.mark()?;
                self.stack.truncate(height);
                Ok(())
            }
            op::DUP => {
                let top = self.shared()?;
                self.recall(top)
            }
            op::GLOBAL | op::STACK_GLOBAL | op::REDUCE => self.call(code),
            op::NEXT_BUFFER | op::READONLY_BUFFER => {
                let message = "The pickle's buffers are outside its bytes (PEP 574).";
                Err(FormatError::new(ErrorKind::Unsupported, message))
            }
            op::EXT1
            | op::EXT2
            | op::EXT4
            | op::INST
            | op::OBJ
            | op::BUILD
            | op::NEWOBJ
            | op::NEWOBJ_EX
            | op::PERSID
            | op::BINPERSID => Err(self.forbidden(code)),
            _ => self.container(code),
        }
    }

    /// Further instructions that make or fill lists, tuples, sets and maps.
    fn container(&mut self, code: u8) -> Result<(), FormatError> {
        match code {
            op::EMPTY_TUPLE => self.push(Node::Tuple(Vec::new()), self.start),
            op::EMPTY_SET => self.push(Node::Set(Vec::new()), self.start),
            op::TUPLE1 | op::TUPLE2 | op::TUPLE3 => {
                let height = self.stack.below(usize::from(code - op::TUPLE1) + 1)?;
                let start = self.stack.places(height)[0];
                self.collect(code, height, start)
            }
            op::LIST | op::TUPLE | op::FROZENSET | op::DICT => {
                let (height, start) = self.stack.mark()?;
                self.collect(code, height, start)
            }
            op::APPEND => {
                let height = self.stack.below(1)?;
                self.fill(op::APPENDS, height)
            }
            op::SETITEM => {
                let height = self.stack.below(2)?;
                self.fill(op::SETITEMS, height)
            }
            _ => {
                let message = format!("There is no instruction 0x{code:02x}.");
                Err(FormatError::new(ErrorKind::Malformed, message))
            }
        }
    }

    /// Adds what is on the stack from that height on to the collection under it.
    #[inline]
    fn fill(&mut self, code: u8, height: usize) -> Result<(), FormatError> {
        let id = match self.stack.under(height)? {
            Part::Node(id) => *id,
            Part::Leaf(_) => return Err(self.misplaced(needed(code))),
        };
        let in_pairs = code == op::SETITEMS;
        if in_pairs {
            even(self.stack.len() - height)?;
        }
        if height == 1 && self.reading.options.spans {
            let places = self.stack.places(height);
            self.records.add(id, places, self.start, in_pairs);
        }
        match (code, self.nodes.get_mut(id)) {
            (op::SETITEMS, Node::Map(parts))
            | (op::APPENDS, Node::List(parts))
            | (op::ADDITEMS, Node::Set(parts)) => {
                parts.extend(self.stack.drain(height));
                Ok(())
            }
            _ => Err(self.misplaced(needed(code))),
        }
    }

    /// Puts a collection of what is on the stack from that height on in its place.
    fn collect(&mut self, code: u8, height: usize, start: usize) -> Result<(), FormatError> {
        let in_pairs = code == op::DICT;
        if in_pairs {
            even(self.stack.len() - height)?;
        }
        if height == 0 && self.reading.options.spans {
            let places = self.stack.places(height);
            self.records
                .add(self.nodes.len(), places, self.start, in_pairs);
        }
        let parts = self.stack.drain(height).collect();
        let node = match code {
            op::LIST => Node::List(parts),
            op::DICT => Node::Map(parts),
            op::FROZENSET => {
                calls::frozen(self.reading);
                Node::Set(parts)
            }
            _ => Node::Tuple(parts),
        };
        self.push(node, start)
    }

    /// The error of an instruction that would import, call or set something: with its name.
    fn forbidden(&mut self, code: u8) -> FormatError {
        let what = match code {
            op::EXT1 | op::EXT2 | op::EXT4 => "call something of the extension registry".to_owned(),
            op::PERSID | op::BINPERSID => "load a persistent object from elsewhere".to_owned(),
            op::INST => match (self.input.line(), self.input.line()) {
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
        if code == op::GLOBAL {
            let (module, name) = (lossy(self.input.line()?), lossy(self.input.line()?));
            let callable = allowed(&module, &name)?;
            return self.push(Node::Callable(callable), self.start);
        }
        let height = self.stack.below(2)?;
        let start = self.stack.places(height)[0];
        let (first, second) = (&self.stack.from(height)[0], &self.stack.from(height)[1]);
        let node = if code == op::STACK_GLOBAL {
            let texts = (self.nodes.leaf(first), self.nodes.leaf(second));
            let (Some(Datum::Str(module)), Some(Datum::Str(name))) = texts else {
                return Err(self.misplaced("two texts"));
            };
            Node::Callable(allowed(module, name)?)
        } else {
            let nodes = (self.nodes.node(first), self.nodes.node(second));
            let (Some(Node::Callable(callable)), Some(Node::Tuple(arguments))) = nodes else {
                let message = "The pickle would call something that is not a function with what is not its arguments.";
                return Err(FormatError::new(ErrorKind::Forbidden, message));
            };
            callable.call(arguments, &self.nodes, self.reading)?
        };
        self.stack.truncate(height);
        self.push(node, start)
    }

    #[inline]
    fn unicode(&mut self, width: usize) -> Result<(), FormatError> {
        let datum = scalars::unicode(self.input.counted(width)?)?;
        self.leaf(datum)
    }

    fn binary(&mut self, width: usize) -> Result<(), FormatError> {
        let bytes = self.input.counted(width)?.to_vec();
        self.leaf(Datum::Bytes(bytes))
    }

    /// Remembers what is on top.
    fn put(&mut self, place: u64) -> Result<(), FormatError> {
        self.reading.room(self.memo.len() + 1)?;
        let part = self.shared()?;
        self.memo.put(place, part);
        Ok(())
    }

    fn get(&mut self, place: u64) -> Result<(), FormatError> {
        match self.memo.get(place) {
            Some(part) => {
                let part = part.clone();
                self.recall(part)
            }
            None => {
                let message = format!("Nothing was remembered under {place}.");
                Err(FormatError::new(ErrorKind::Malformed, message))
            }
        }
    }

    /// What is on top, for a second use: what is not quick to copy becomes a node.
    #[inline]
    fn shared(&mut self) -> Result<Part, FormatError> {
        let top = self.stack.top()?;
        if let Part::Leaf(datum @ (Datum::Bytes(_) | Datum::BigInt(_))) = top {
            let datum = core::mem::replace(datum, Datum::Null);
            *top = Part::Node(self.nodes.add(Node::Leaf(datum), self.start));
        }
        Ok(top.clone())
    }

    /// Puts something on the stack once more.
    #[inline]
    fn recall(&mut self, part: Part) -> Result<(), FormatError> {
        if let Part::Leaf(Datum::Str(text)) = &part
            && text.len() > Text::INLINE_LIMIT
        {
            self.recalled += text.len();
            if self.recalled > self.reading.options.limits.bytes {
                return Err(too_much());
            }
        }
        self.count()?;
        self.stack.push(part, self.start);
        Ok(())
    }

    #[inline]
    fn leaf(&mut self, datum: Datum) -> Result<(), FormatError> {
        self.count()?;
        self.stack.push(Part::Leaf(datum), self.start);
        Ok(())
    }

    /// Puts a node on the stack that was made from that place on.
    #[inline]
    fn push(&mut self, node: Node, place: usize) -> Result<(), FormatError> {
        self.count()?;
        let part = match node {
            Node::Leaf(datum) => Part::Leaf(datum),
            node => Part::Node(self.nodes.add(node, place)),
        };
        self.stack.push(part, place);
        Ok(())
    }

    /// Refuses more on the stack than there may be values.
    #[inline]
    fn count(&mut self) -> Result<(), FormatError> {
        self.made += 1;
        self.reading.room(self.made)
    }

    fn misplaced(&self, needed: &str) -> FormatError {
        let code = self.input.byte_at(self.start);
        let message =
            format!("Instruction 0x{code:02x} needs {needed}, but something else is there.");
        FormatError::new(ErrorKind::Malformed, message)
    }
}

/// What an instruction fills.
const fn needed(code: u8) -> &'static str {
    match code {
        op::SETITEMS => "a map",
        op::APPENDS => "a list",
        _ => "a set",
    }
}

fn even(count: usize) -> Result<(), FormatError> {
    if count.is_multiple_of(2) {
        return Ok(());
    }
    let message = "A key has no value.";
    Err(FormatError::new(ErrorKind::Malformed, message))
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn allowed(module: &str, name: &str) -> Result<Callable, FormatError> {
    Callable::find(module, name).ok_or_else(|| refused(module, name))
}

fn refused(module: &str, name: &str) -> FormatError {
    let name = format!("{}.{}", clip(module), clip(name));
    let message =
        format!("The pickle would import `{name}`, so it was not run: it may do anything.");
    FormatError::new(ErrorKind::Forbidden, message)
}
