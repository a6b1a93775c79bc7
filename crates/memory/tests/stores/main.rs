//! The stores that are pure keep the contract; what stores write reads back, and nothing that was altered is taken for whole.
#![allow(clippy::unwrap_used, clippy::panic)]

mod journal;
mod layout;

use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};

use memory::{InMemory, contract};

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
