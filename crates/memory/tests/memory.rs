//! The memory and its stores, as their callers meet them.
#![allow(clippy::unwrap_used, clippy::panic)]

use core::cell::{Cell, RefCell};
use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};

use memory::{
    Entry, Freed, FunctionRecord, InMemory, Key, Limits, Lookup, Memory, Store, StoreError, Stored,
    Use, Warning,
};
use values::{Parcel, Value};

type Buffer = Vec<u8>;

/// The stores of these tests never wait.
fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("a store of these tests waited"),
    }
}

/// A store that fails when told to, and counts what it is asked.
#[derive(Default)]
struct Faulty {
    inner: InMemory<Buffer>,
    read_error: RefCell<Option<StoreError>>,
    write_error: RefCell<Option<StoreError>>,
    most_bytes: Cell<Option<u64>>,
    puts: Cell<usize>,
}

impl Store<Buffer> for Faulty {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Stored<Buffer>>>, StoreError> {
        self.read_error.borrow().clone().map_or(Ok(()), Err)?;
        self.inner.get(keys).await
    }

    async fn put(&self, entries: &[Stored<Buffer>]) -> Result<(), StoreError> {
        self.puts.set(self.puts.get() + 1);
        self.write_error.borrow().clone().map_or(Ok(()), Err)?;
        if let Some(most) = self.most_bytes.get()
            && let Some(large) = entries.iter().find(|stored| stored.entry.bytes > most)
        {
            return Err(StoreError::TooLarge {
                bytes: large.entry.bytes,
                most,
            });
        }
        self.inner.put(entries).await
    }

    async fn known(&self, keys: &[Key]) -> Result<Vec<Option<Entry>>, StoreError> {
        self.read_error.borrow().clone().map_or(Ok(()), Err)?;
        self.inner.known(keys).await
    }

    async fn touch(&self, uses: &[Use]) -> Result<(), StoreError> {
        self.write_error.borrow().clone().map_or(Ok(()), Err)?;
        self.inner.touch(uses).await
    }

    async fn locations(&self) -> Result<Vec<String>, StoreError> {
        self.inner.locations().await
    }

    async fn clear(&self, location: &str, function: Option<&str>) -> Result<Freed, StoreError> {
        self.write_error.borrow().clone().map_or(Ok(()), Err)?;
        self.inner.clear(location, function).await
    }

    async fn function(
        &self,
        location: &str,
        function: &str,
    ) -> Result<Option<FunctionRecord>, StoreError> {
        self.read_error.borrow().clone().map_or(Ok(()), Err)?;
        self.inner.function(location, function).await
    }

    async fn put_function(
        &self,
        location: &str,
        function: &str,
        record: &FunctionRecord,
    ) -> Result<(), StoreError> {
        self.write_error.borrow().clone().map_or(Ok(()), Err)?;
        self.inner.put_function(location, function, record).await
    }

    async fn entries(&self, location: &str) -> Result<Vec<(Key, Entry)>, StoreError> {
        self.inner.entries(location).await
    }

    async fn delete(&self, keys: &[Key]) -> Result<(), StoreError> {
        self.inner.delete(keys).await
    }
}

fn key(number: i64) -> Key {
    Key::of_call("lesson", "task", 1, &Parcel::pack(Value::Int(number)))
}

fn value(number: i64) -> Parcel<Buffer> {
    Parcel::pack(Value::Int(number * 10))
}

fn hit(memory: &Memory<Buffer, Faulty>, number: i64) -> Option<Value> {
    match now(memory.lookup(&[key(number)], 500.0)).remove(0) {
        Lookup::Hit(parcel, _) => Some(parcel.unpack().unwrap()),
        Lookup::Miss => None,
    }
}

#[test]
fn the_store_in_memory_keeps_the_contract() {
    let store = InMemory::default();
    assert_eq!(
        now(memory::contract::check::<Buffer>(&store, |bytes| bytes)),
        Ok(())
    );
}

#[test]
fn the_contract_notices_a_store_that_forgets() {
    let store = Faulty::default();
    *store.write_error.borrow_mut() = Some(StoreError::Full("test".into()));
    assert!(now(memory::contract::check::<Buffer>(&store, |bytes| bytes)).is_err());
}

#[test]
fn a_result_is_found_before_and_after_it_is_written() {
    let memory = Memory::new(Faulty::default());
    assert_eq!(hit(&memory, 1), None);
    memory.remember(key(1), value(1), 3.0, 0.0);
    assert_eq!(hit(&memory, 1), Some(Value::Int(10)));
    assert_eq!(memory.store().puts.get(), 0);
    now(memory.flush());
    assert_eq!(hit(&memory, 1), Some(Value::Int(10)));
    assert_eq!(memory.store().puts.get(), 1);
    assert!(memory.take_warnings().is_empty());
}

#[test]
fn writes_are_gathered_until_they_are_due() {
    let memory = Memory::new(Faulty::default());
    assert!(!memory.flush_due(1e9));
    for number in 0..255 {
        memory.remember(key(number), value(number), 1.0, 0.0);
    }
    assert!(!memory.flush_due(99.0));
    assert!(memory.flush_due(100.0));
    memory.remember(key(255), value(255), 1.0, 50.0);
    assert!(
        memory.flush_due(51.0),
        "many results are written without waiting"
    );
    now(memory.flush());
    assert_eq!(memory.store().puts.get(), 1);
    assert!(!memory.has_waiting());
    memory.remember(
        key(256),
        Parcel::pack(Value::Bytes(vec![0; 5 << 20])),
        1.0,
        60.0,
    );
    assert!(
        memory.flush_due(60.0),
        "large results are written without waiting"
    );
}

#[test]
fn a_store_that_cannot_be_written_still_gives_the_value_and_warns_once() {
    let memory = Memory::new(Faulty::default());
    *memory.store().write_error.borrow_mut() = Some(StoreError::Full("quota".into()));
    memory.remember(key(1), value(1), 1.0, 0.0);
    memory.remember(key(2), value(2), 1.0, 0.0);
    now(memory.flush());
    assert_eq!(hit(&memory, 1), Some(Value::Int(10)));
    let error = StoreError::Full("quota".into());
    assert_eq!(
        memory.take_warnings(),
        [Warning::Unwritten { count: 2, error }]
    );
    assert!(memory.take_warnings().is_empty());
    assert_eq!(now(memory.stats("lesson")).unwrap().entries, 2);
}

#[test]
fn one_result_that_is_too_large_does_not_cost_the_others() {
    let memory = Memory::new(Faulty::default());
    memory.store().most_bytes.set(Some(1000));
    memory.remember(key(1), Parcel::pack(Value::Bytes(vec![0; 2000])), 1.0, 0.0);
    memory.remember(key(2), value(2), 1.0, 0.0);
    now(memory.flush());
    assert!(matches!(
        memory.take_warnings()[..],
        [Warning::Unwritten {
            count: 1,
            error: StoreError::TooLarge { .. }
        }]
    ));
    assert!(now(memory.store().inner.get(&[key(2)])).unwrap()[0].is_some());
    assert_eq!(hit(&memory, 1), Some(Value::Bytes(vec![0; 2000])));
}

#[test]
fn a_store_that_cannot_be_read_is_a_miss_and_a_warning() {
    let memory = Memory::new(Faulty::default());
    *memory.store().read_error.borrow_mut() = Some(StoreError::Failed("gone".into()));
    assert_eq!(hit(&memory, 1), None);
    assert_eq!(
        memory.take_warnings(),
        [Warning::Unread(StoreError::Failed("gone".into()))]
    );
}

#[test]
fn an_altered_result_is_a_miss_and_one_warning_and_can_be_replaced() {
    let memory = Memory::new(Faulty::default());
    let mut stored = Stored::new(key(1), value(1), 1.0, 0.0);
    stored.value.head[1] ^= 1;
    now(memory.store().inner.put(&[stored])).unwrap();
    assert_eq!(hit(&memory, 1), None);
    assert_eq!(memory.take_warnings(), [Warning::Corrupt(key(1))]);
    memory.remember(key(1), value(1), 1.0, 0.0);
    now(memory.flush());
    assert_eq!(hit(&memory, 1), Some(Value::Int(10)));
    assert!(memory.take_warnings().is_empty());
}

#[test]
fn clearing_says_what_it_freed_and_leaves_other_locations_alone() {
    let memory = Memory::new(Faulty::default());
    let foreign = Key::of_call("other", "task", 1, &Parcel::pack(Value::Int(1)));
    memory.remember(foreign.clone(), value(1), 1.0, 0.0);
    memory.remember(key(1), value(1), 1.0, 0.0);
    now(memory.flush());
    memory.remember(key(2), value(2), 1.0, 0.0);
    let freed = now(memory.clear("lesson")).unwrap();
    assert_eq!(freed.entries, 2);
    assert_eq!(freed.bytes, 2 * value(1).byte_length() as u64);
    assert_eq!((hit(&memory, 1), hit(&memory, 2)), (None, None));
    assert!(matches!(
        now(memory.lookup(&[foreign], 0.0))[0],
        Lookup::Hit(..)
    ));
}

#[test]
fn reducing_keeps_what_was_used_last() {
    let memory = Memory::new(Faulty::default());
    for number in 0..4 {
        memory.remember(key(number), value(number), 1.0, number as f64);
    }
    now(memory.flush());
    assert!(hit(&memory, 0).is_some(), "used at 500");
    let limits = Limits {
        items: Some(2),
        ..Limits::default()
    };
    assert_eq!(
        now(memory.reduce_size("lesson", limits, 501.0))
            .unwrap()
            .entries,
        2
    );
    let left: Vec<_> = (0..4)
        .filter(|number| hit(&memory, *number).is_some())
        .collect();
    assert_eq!(left, [0, 3]);
}

#[test]
fn the_time_of_use_reaches_the_store() {
    let memory = Memory::new(Faulty::default());
    memory.remember(key(1), value(1), 1.0, 0.0);
    now(memory.flush());
    assert!(hit(&memory, 1).is_some());
    now(memory.flush());
    let entries = now(memory.store().entries("lesson")).unwrap();
    assert!((entries[0].1.last_used - 500.0).abs() < f64::EPSILON);
}
