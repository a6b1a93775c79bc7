//! What joblib's own tests of `Memory` ask for (shared reference, section 4, 26 to 40), on a simulated clock. Each test bears the
//! name of joblib's (`joblib/test/test_memory.py`, 1.6.0) behind its number. What only a browser can show, as two tabs over one
//! database, is in tests/browser.
#![allow(clippy::unwrap_used, clippy::panic)]

mod calls;
mod keys;
mod loss;
mod sources;
#[path = "../support/mod.rs"]
mod support;

use core::cell::{Cell, RefCell};
use std::rc::Rc;

use memory::{
    Arguments, Call, Departure, Entry, Flight, Function, Hit, Memory, Reference, Rules, Unlocked,
};
use support::{Buffer, Faulty, Shared, now};
use values::{Parcel, Value};

/// A session: its memory, over a store that may outlive it.
pub(crate) struct Session {
    pub(crate) memory: Memory<Buffer, Shared, Unlocked>,
    /// In milliseconds.
    pub(crate) time: Cell<f64>,
}

impl Session {
    pub(crate) fn new() -> Self {
        Self::over(&Rc::default())
    }

    pub(crate) fn over(store: &Rc<Faulty>) -> Self {
        Self {
            memory: Memory::new(Shared(Rc::clone(store)), Unlocked),
            time: Cell::new(0.0),
        }
    }

    pub(crate) fn store(&self) -> &Faulty {
        &self.memory.store().0
    }

    pub(crate) fn flush(&self) {
        now(self.memory.flush(self.time.get()));
    }

    pub(crate) fn warnings(&self) -> Vec<&'static str> {
        let warnings = self.memory.take_warnings();
        warnings.iter().map(memory::Warning::code).collect()
    }
}

/// What a function does.
type Body<'a> = Box<dyn Fn(&Call) -> Result<Value, ()> + 'a>;

/// A function that is remembered, and what it does: joblib's `memory.cache(f)`.
pub(crate) struct Cached<'a> {
    pub(crate) session: &'a Session,
    pub(crate) location: Option<&'a str>,
    pub(crate) function: Function,
    pub(crate) rules: Rules,
    pub(crate) body: Body<'a>,
    /// What was evaluated, by the arguments as shown.
    pub(crate) evaluated: RefCell<Vec<String>>,
    /// What the validation callback answers.
    pub(crate) valid: Box<dyn Fn(&Entry) -> bool + 'a>,
}

impl<'a> Cached<'a> {
    pub(crate) fn new(session: &'a Session, function: Function) -> Self {
        now(session.memory.register("here", &function));
        Self {
            session,
            location: Some("here"),
            function,
            rules: Rules::default(),
            body: Box::new(|call| {
                let shown: Vec<_> = call
                    .arguments
                    .iter()
                    .map(|(_, value)| format!("{value:?}"))
                    .collect();
                Ok(Value::from(shown.join(",")))
            }),
            evaluated: RefCell::default(),
            valid: Box::new(|_| true),
        }
    }

    pub(crate) fn key(&self, positional: Vec<Value>, keyword: Vec<(&str, Value)>) -> Call {
        let parcel = Parcel::pack(Value::List(vec![
            Value::List(positional),
            Value::map(keyword),
        ]));
        let arguments = Arguments::of_call(parcel).unwrap();
        self.function
            .call(self.location, arguments, &self.rules)
            .unwrap()
    }

    fn evaluate(&self, flight: Flight<Buffer, ()>) -> Result<(Value, Entry), ()> {
        let call = flight.call();
        self.evaluated
            .borrow_mut()
            .push(format!("{:?}", call.arguments));
        let value = (self.body)(call)?;
        let time = self.session.time.get();
        let entry = self
            .session
            .memory
            .land(flight, Parcel::pack(value.clone()), 5.0, time);
        Ok((value, entry))
    }

    pub(crate) fn evaluations(&self) -> usize {
        self.evaluated.borrow().len()
    }

    pub(crate) fn try_call(&self, call: Call) -> Result<Value, ()> {
        let time = self.session.time.get();
        let memory = &self.session.memory;
        let mut departure = now(memory.take_off(vec![call], &self.rules, time)).pop();
        loop {
            departure = match departure {
                Some(Departure::Found(Hit { value, .. })) => return Ok(value.unpack().unwrap()),
                Some(Departure::Compute(flight)) => return Ok(self.evaluate(flight)?.0),
                Some(Departure::Ask(question)) => {
                    let valid = (self.valid)(question.entry());
                    now(memory.answer(vec![(question, valid)], &self.rules, time)).pop()
                }
                other => panic!("{other:?}"),
            };
        }
    }

    /// `f(x)`.
    pub(crate) fn call(&self, x: i64) -> Value {
        self.try_call(self.key(vec![Value::Int(x)], vec![]))
            .unwrap()
    }

    /// `f.call(x)`.
    pub(crate) fn force(&self, x: i64) -> (Value, Entry) {
        let call = self.key(vec![Value::Int(x)], vec![]);
        let flight = self.session.memory.force(vec![call], &self.rules).remove(0);
        self.evaluate(flight).unwrap()
    }

    /// `f.check_call_in_cache(x)`.
    pub(crate) fn check(&self, x: i64) -> bool {
        let call = self.key(vec![Value::Int(x)], vec![]);
        let (memory, time) = (&self.session.memory, self.session.time.get());
        let known = now(memory.probe(core::slice::from_ref(&call), &self.rules, time)).remove(0);
        known.is_some_and(|entry| {
            let valid = !self.rules.validates || (self.valid)(&entry);
            if !valid {
                now(memory.delete(&[call.key])).unwrap();
            }
            valid
        })
    }

    /// `f.call_and_shelve(x)`.
    pub(crate) fn shelve(&self, x: i64) -> Reference {
        let call = self.key(vec![Value::Int(x)], vec![]);
        let key = call.key.clone();
        let (memory, time) = (&self.session.memory, self.session.time.get());
        match now(memory.shelve(vec![call], &self.rules, time)).pop() {
            Some(Departure::Found(reference)) => reference,
            Some(Departure::Compute(flight)) => {
                let (_, entry) = self.evaluate(flight).unwrap();
                Reference { key, entry }
            }
            other => panic!("{other:?}"),
        }
    }
}

/// `def f(x)`, of this text, in this line of its file.
pub(crate) fn written(text: &str, first_line: u32, whole_file: &str) -> Function {
    let mut function = support::f(text);
    function.source = memory::Source::Text {
        text: text.to_owned(),
        file: Some("mod.py".to_owned()),
        first_line: Some(first_line),
        whole_file: Some(whole_file.to_owned()),
    };
    function
}
