//! The stores that are pure keep the contract; what stores write reads back, and nothing that was altered is taken for whole.
#![allow(clippy::unwrap_used, clippy::panic)]

mod journal;
mod layout;

use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};

use memory::{Arguments, Function, InMemory, Rationed, Rules, Store, Stored, contract};
use values::{Parcel, Value};

/// The stores of these tests never wait.
fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("a store of these tests waited"),
    }
}

#[test]
fn the_store_in_memory_keeps_the_contract() {
    let store = InMemory::<Vec<u8>>::default();
    now(contract::check(&store, |bytes| bytes)).unwrap();
    now(contract::check_two(&store, &store, |bytes| bytes)).unwrap();
    now(contract::check_long(&store, |bytes| bytes, 1 << 20)).unwrap();
}

#[test]
fn a_rationed_store_keeps_the_contract_and_the_ration() {
    let store = Rationed::new(InMemory::<Vec<u8>>::default());
    now(contract::check(&store, |bytes| bytes)).unwrap();
    now(contract::check_two(&store, &store, |bytes| bytes)).unwrap();

    let sample = |location: &str, number: i64, length: usize| {
        let function = Function::task("f", 1);
        let arguments = Arguments::<Vec<u8>>::of_task(Parcel::pack(Value::Int(number))).unwrap();
        let call = function.call(Some(location), arguments, &Rules::default());
        let value = Parcel::pack(Value::Str("x".repeat(length)));
        Stored::new(call.unwrap().key, value, 0.0, 0.0)
    };
    store.set_room("small", Some(1_000));
    now(store.put(&[sample("small", 1, 600)])).unwrap();
    let refused = now(store.put(&[sample("small", 2, 600), sample("large", 1, 600)]));
    assert_eq!(refused.unwrap_err().code(), "store-full");
    assert!(now(store.entries("large")).unwrap().is_empty());
    // In place of the first there is room, elsewhere there always is.
    now(store.put(&[sample("small", 1, 900)])).unwrap();
    now(store.put(&[sample("large", 1, 9_000)])).unwrap();
    store.set_room("small", None);
    now(store.put(&[sample("small", 2, 600)])).unwrap();
    assert_eq!(now(store.entries("small")).unwrap().len(), 2);
}
