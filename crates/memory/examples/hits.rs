//! How long a hit from memory takes, natively: `cargo run --release -p memory --example hits`. The clock of the machine is read
//! around 100,000 hits; the store is one in memory.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use core::future::Future;
use core::hint::black_box;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use std::time::Instant;

use memory::{Arguments, Departure, Function, InMemory, Memory, Parameter, Rules, Unlocked};
use values::{Parcel, Value};

fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("a store in memory does not wait"),
    }
}

fn main() {
    const ENTRIES: i64 = 100;
    const HITS: i64 = 100_000;
    let memory = Memory::<Vec<u8>, _, _>::new(InMemory::default(), Unlocked);
    let function = Function::of_text("f", "x => x", vec![Parameter::required("x")]);
    let rules = Rules::default();
    let call = |x: i64| {
        let arguments = Parcel::pack(Value::List(vec![
            Value::List(vec![Value::Int(x)]),
            Value::Map(vec![]),
        ]));
        let arguments = Arguments::of_call(arguments).unwrap();
        function.call(Some("here"), arguments, &rules).unwrap()
    };
    let result = || Parcel::pack(Value::Bytes(vec![7; 1024]));
    let missed = Instant::now();
    for x in 0..ENTRIES {
        for departure in now(memory.take_off(vec![call(x)], &rules, 0.0)) {
            let Departure::Compute(flight) = departure else {
                panic!("it was not asked for before");
            };
            memory.land(flight, result(), 1.0, 0.0);
        }
    }
    now(memory.flush(0.0));
    let missed = missed.elapsed() / u32::try_from(ENTRIES).unwrap();
    let keyed = Instant::now();
    for number in 0..HITS {
        black_box(call(number % ENTRIES));
    }
    let keyed = keyed.elapsed() / u32::try_from(HITS).unwrap();
    let hit = Instant::now();
    for number in 0..HITS {
        black_box(now(memory.take_off(
            vec![call(number % ENTRIES)],
            &rules,
            1.0,
        )));
    }
    let hit = hit.elapsed() / u32::try_from(HITS).unwrap();
    println!("miss and write, 1 KB: {missed:?}; key: {keyed:?}; key and hit from memory: {hit:?}");
}
