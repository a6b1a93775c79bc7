//! Stores that fail, locks within one process, and an executor that polls in turn.
#![allow(dead_code, reason = "each test binary uses a part")]

use core::cell::{Cell, RefCell};
use core::future::Future;
use core::pin::{Pin, pin};
use core::task::{Context, Poll, Waker};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use memory::{
    Arguments, Call, Departure, Entry, Flight, Freed, Function, FunctionRecord, Hit, InMemory, Key,
    Locks, Memory, Milliseconds, Parameter, Rules, Store, StoreError, Stored, Use,
};
use values::{Parcel, Value};

pub(crate) type Buffer = Vec<u8>;

/// Runs what never waits for anybody else.
pub(crate) fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("something waits that should not"),
    }
}

/// Lets others go first once.
pub(crate) async fn turn() {
    let mut is_first = true;
    core::future::poll_fn(|_| {
        if core::mem::take(&mut is_first) {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    })
    .await;
}

/// Futures that are polled one after the other, in the order that `pick` says.
#[derive(Default)]
pub(crate) struct Executor<'a> {
    tasks: Vec<Pin<Box<dyn Future<Output = ()> + 'a>>>,
}

impl<'a> Executor<'a> {
    pub(crate) fn spawn(&mut self, future: impl Future<Output = ()> + 'a) {
        self.tasks.push(Box::pin(future));
    }

    /// Polls the one that `pick` chooses among so many; whether any is left.
    pub(crate) fn step(&mut self, pick: impl FnOnce(usize) -> usize) -> bool {
        if self.tasks.is_empty() {
            return false;
        }
        let at = pick(self.tasks.len());
        let done = self.tasks[at]
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
            .is_ready();
        if done {
            // The others stay in their order.
            drop(self.tasks.remove(at));
        }
        !self.tasks.is_empty()
    }

    /// Polls all in turn until all have ended.
    pub(crate) fn run(&mut self) {
        for _ in 0..100_000 {
            let count = self.tasks.len();
            for at in (0..count).rev() {
                self.step(|_| at);
            }
            if self.tasks.is_empty() {
                return;
            }
        }
        panic!("{} futures never end", self.tasks.len());
    }
}

/// A store that fails when told to, lets others go first when told to, and counts what it is asked.
#[derive(Default)]
pub(crate) struct Faulty {
    pub(crate) inner: InMemory<Buffer>,
    pub(crate) read_error: RefCell<Option<StoreError>>,
    pub(crate) write_error: RefCell<Option<StoreError>>,
    /// Results larger than this are refused.
    pub(crate) most_bytes: Cell<Option<u64>>,
    /// There is room for so many bytes.
    pub(crate) room: Cell<Option<u64>>,
    /// How often others go first at each question.
    pub(crate) slow: Cell<usize>,
    pub(crate) asked: RefCell<BTreeMap<&'static str, usize>>,
    /// How many results were read.
    pub(crate) payloads: Cell<usize>,
    pub(crate) generation: Cell<u32>,
}

impl Faulty {
    pub(crate) fn times(&self, what: &str) -> usize {
        self.asked.borrow().get(what).copied().unwrap_or(0)
    }

    pub(crate) fn fail_reads(&self, error: Option<StoreError>) {
        *self.read_error.borrow_mut() = error;
    }

    pub(crate) fn fail_writes(&self, error: Option<StoreError>) {
        *self.write_error.borrow_mut() = error;
    }

    async fn read(&self, what: &'static str) -> Result<(), StoreError> {
        *self.asked.borrow_mut().entry(what).or_default() += 1;
        for _ in 0..self.slow.get() {
            turn().await;
        }
        self.read_error.borrow().clone().map_or(Ok(()), Err)
    }

    async fn write(&self, what: &'static str) -> Result<(), StoreError> {
        *self.asked.borrow_mut().entry(what).or_default() += 1;
        for _ in 0..self.slow.get() {
            turn().await;
        }
        self.write_error.borrow().clone().map_or(Ok(()), Err)
    }

    pub(crate) fn held(&self, location: &str) -> u64 {
        now(self.inner.entries(location))
            .unwrap()
            .iter()
            .map(|(_, entry)| entry.bytes)
            .sum()
    }
}

impl Store<Buffer> for Faulty {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Stored<Buffer>>>, StoreError> {
        self.read("get").await?;
        let found = self.inner.get(keys).await?;
        self.payloads
            .set(self.payloads.get() + found.iter().flatten().count());
        Ok(found)
    }

    async fn put(&self, entries: &[Stored<Buffer>]) -> Result<(), StoreError> {
        self.write("put").await?;
        if let Some(most) = self.most_bytes.get()
            && let Some(large) = entries.iter().find(|stored| stored.entry.bytes > most)
        {
            return Err(StoreError::TooLarge {
                bytes: large.entry.bytes,
                most,
            });
        }
        if let Some(room) = self.room.get() {
            let mut held = 0;
            for location in self.inner.locations().await? {
                held += self.held(&location);
            }
            let more: u64 = entries.iter().map(|stored| stored.entry.bytes).sum();
            if held + more > room {
                return Err(StoreError::Full("no room".into()));
            }
        }
        self.inner.put(entries).await
    }

    async fn known(&self, keys: &[Key]) -> Result<Vec<Option<Entry>>, StoreError> {
        self.read("known").await?;
        self.inner.known(keys).await
    }

    async fn touch(&self, uses: &[Use]) -> Result<(), StoreError> {
        self.write("touch").await?;
        self.inner.touch(uses).await
    }

    async fn locations(&self) -> Result<Vec<String>, StoreError> {
        self.read("locations").await?;
        self.inner.locations().await
    }

    async fn clear(&self, location: &str, function: Option<&str>) -> Result<Freed, StoreError> {
        self.write("clear").await?;
        self.inner.clear(location, function).await
    }

    fn generation(&self) -> u32 {
        self.generation.get()
    }

    async fn function(
        &self,
        location: &str,
        function: &str,
    ) -> Result<Option<FunctionRecord>, StoreError> {
        self.read("function").await?;
        self.inner.function(location, function).await
    }

    async fn put_function(
        &self,
        location: &str,
        function: &str,
        record: &FunctionRecord,
    ) -> Result<(), StoreError> {
        self.write("put_function").await?;
        self.inner.put_function(location, function, record).await
    }

    async fn entries(&self, location: &str) -> Result<Vec<(Key, Entry)>, StoreError> {
        self.read("entries").await?;
        self.inner.entries(location).await
    }

    async fn delete(&self, keys: &[Key]) -> Result<(), StoreError> {
        self.write("delete").await?;
        self.inner.delete(keys).await
    }
}

/// Tabs share one store.
#[derive(Clone, Default)]
pub(crate) struct Shared(pub(crate) Rc<Faulty>);

impl Store<Buffer> for Shared {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Stored<Buffer>>>, StoreError> {
        self.0.get(keys).await
    }
    async fn put(&self, entries: &[Stored<Buffer>]) -> Result<(), StoreError> {
        self.0.put(entries).await
    }
    async fn known(&self, keys: &[Key]) -> Result<Vec<Option<Entry>>, StoreError> {
        self.0.known(keys).await
    }
    async fn touch(&self, uses: &[Use]) -> Result<(), StoreError> {
        self.0.touch(uses).await
    }
    async fn locations(&self) -> Result<Vec<String>, StoreError> {
        self.0.locations().await
    }
    async fn clear(&self, location: &str, function: Option<&str>) -> Result<Freed, StoreError> {
        self.0.clear(location, function).await
    }
    async fn function(
        &self,
        location: &str,
        function: &str,
    ) -> Result<Option<FunctionRecord>, StoreError> {
        self.0.function(location, function).await
    }
    async fn put_function(
        &self,
        location: &str,
        function: &str,
        record: &FunctionRecord,
    ) -> Result<(), StoreError> {
        self.0.put_function(location, function, record).await
    }
    async fn entries(&self, location: &str) -> Result<Vec<(Key, Entry)>, StoreError> {
        self.0.entries(location).await
    }
    async fn delete(&self, keys: &[Key]) -> Result<(), StoreError> {
        self.0.delete(keys).await
    }
}

/// Locks within one process, first come, first served.
#[derive(Clone, Debug, Default)]
pub(crate) struct InProcess(Rc<RefCell<Held>>);

#[derive(Debug, Default)]
struct Held {
    names: BTreeSet<String>,
    queues: BTreeMap<String, VecDeque<u64>>,
    next: u64,
}

/// A lock that is held.
#[derive(Debug)]
pub(crate) struct InProcessLock(String, InProcess);

impl Drop for InProcessLock {
    fn drop(&mut self) {
        self.1.0.borrow_mut().names.remove(&self.0);
    }
}

impl InProcess {
    pub(crate) fn is_free(&self) -> bool {
        self.0.borrow().names.is_empty()
    }

    fn take(&self, name: &str) -> Option<InProcessLock> {
        let mut held = self.0.borrow_mut();
        let is_wanted = held.queues.get(name).is_some_and(|queue| !queue.is_empty());
        let is_taken = !is_wanted && held.names.insert(name.to_owned());
        is_taken.then(|| InProcessLock(name.to_owned(), self.clone()))
    }
}

/// One who waits, until it is given up.
struct Place(InProcess, String, u64);

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(queue) = self.0.0.borrow_mut().queues.get_mut(&self.1) {
            queue.retain(|other| *other != self.2);
        }
    }
}

impl Locks for InProcess {
    type Lock = InProcessLock;

    async fn try_lock(&self, names: &[String]) -> Vec<Option<InProcessLock>> {
        turn().await;
        names.iter().map(|name| self.take(name)).collect()
    }

    async fn lock(&self, name: &str) -> InProcessLock {
        let number = {
            let mut held = self.0.borrow_mut();
            held.next += 1;
            let number = held.next;
            held.queues
                .entry(name.to_owned())
                .or_default()
                .push_back(number);
            number
        };
        let place = Place(self.clone(), name.to_owned(), number);
        core::future::poll_fn(|_| {
            let mut held = self.0.borrow_mut();
            let first = held.queues.get(name).and_then(VecDeque::front) == Some(&number);
            if first && held.names.insert(name.to_owned()) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
        drop(place);
        InProcessLock(name.to_owned(), self.clone())
    }
}

/// `f(x)`, of a text.
pub(crate) fn f(text: &str) -> Function {
    Function::of_text("f", text, vec![Parameter::required("x")])
}

pub(crate) fn at(location: &str, function: &Function, x: Value, rules: &Rules) -> Call {
    let arguments = Arguments::of_call(Parcel::pack(Value::List(vec![
        Value::List(vec![x]),
        Value::Map(vec![]),
    ])));
    function
        .call(Some(location), arguments.unwrap(), rules)
        .unwrap()
}

/// `f(x)` of a number, in the location `here`.
pub(crate) fn call(x: i64) -> Call {
    at("here", &f("1"), Value::Int(x), &Rules::default())
}

pub(crate) fn packed(number: i64) -> Parcel<Buffer> {
    Parcel::pack(Value::Int(number))
}

/// A memory over a store that fails when told to.
pub(crate) type Tested<L = memory::Unlocked> = Memory<Buffer, Faulty, L>;

/// Locks that everybody gets, of one who knows whether others are there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Solo(pub(crate) Rc<Cell<bool>>);

impl Locks for Solo {
    type Lock = ();

    async fn try_lock(&self, names: &[String]) -> Vec<Option<()>> {
        names.iter().map(|_| Some(())).collect()
    }

    async fn lock(&self, _: &str) {}

    fn is_alone(&self) -> bool {
        self.0.get()
    }
}

pub(crate) fn tested() -> Tested {
    Memory::new(Faulty::default(), memory::Unlocked)
}

/// What is found of a call, if it is there; what is not is not computed.
pub(crate) fn found<S: Store<Buffer>, L: Locks>(
    memory: &Memory<Buffer, S, L>,
    call: Call,
    rules: &Rules,
    time: Milliseconds,
) -> Option<Hit<Buffer>> {
    match now(memory.take_off(vec![call], rules, time)).pop().unwrap() {
        Departure::Found(hit) | Departure::Stale(hit, _) => Some(hit),
        Departure::Compute(_) | Departure::Wait(_) | Departure::Ask(_) => None,
    }
}

pub(crate) fn value_of(hit: &Hit<Buffer>) -> Value {
    hit.value.unpack().unwrap()
}

/// Computes a call that is not there, in a millisecond.
pub(crate) fn compute<S: Store<Buffer>, L: Locks>(
    memory: &Memory<Buffer, S, L>,
    call: Call,
    value: Parcel<Buffer>,
    time: Milliseconds,
) -> Entry {
    let flight = flight(memory, call, time);
    memory.land(flight, value, 1.0, time)
}

pub(crate) fn flight<S: Store<Buffer>, L: Locks>(
    memory: &Memory<Buffer, S, L>,
    call: Call,
    time: Milliseconds,
) -> Flight<Buffer, L::Lock> {
    match now(memory.take_off(vec![call], &Rules::default(), time)).pop() {
        Some(Departure::Compute(flight)) => flight,
        _ => panic!("it is there already"),
    }
}

/// Runs what waits for nothing but its turn.
pub(crate) fn soon<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    for _ in 0..1_000 {
        if let Poll::Ready(output) = future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            return output;
        }
    }
    panic!("it waits for ever")
}
