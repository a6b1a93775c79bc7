//! One computes, the others wait.

use core::cell::{Cell, RefCell};
use std::rc::Rc;

use memory::{Departure, Memory, Rules, Span, expires_after};
use values::Value;

use crate::support::{
    Executor, Faulty, InProcess, Shared, call, compute, now, packed, tested, turn, value_of,
};

type Tab = Memory<Vec<u8>, Shared, InProcess>;

fn tabs(count: usize) -> (Rc<Faulty>, InProcess, Vec<Rc<Tab>>) {
    let store = Rc::new(Faulty::default());
    store.slow.set(1);
    let locks = InProcess::default();
    let tabs = (0..count)
        .map(|_| Rc::new(Memory::new(Shared(Rc::clone(&store)), locks.clone())))
        .collect();
    (store, locks, tabs)
}

/// Asks, waits, computes if it has to (and fails the first so many times), and writes what it computed.
async fn caller(
    tab: Rc<Tab>,
    x: i64,
    failures: Rc<Cell<usize>>,
    runs: Rc<Cell<usize>>,
) -> Option<Value> {
    let rules = Rules::default();
    let mut departure = tab
        .take_off(vec![call(x)], &rules, 0.0)
        .await
        .pop()
        .unwrap();
    if let Departure::Wait(call) = departure {
        departure = tab.wait(call, &rules, || 0.0).await;
    }
    match departure {
        Departure::Found(hit) => Some(value_of(&hit)),
        Departure::Compute(flight) => {
            for _ in 0..3 {
                turn().await;
            }
            if failures.get() > 0 {
                failures.set(failures.get() - 1);
                return None;
            }
            runs.set(runs.get() + 1);
            tab.land(flight, packed(x * 10), 1.0, 0.0);
            turn().await;
            tab.flush(0.0).await;
            Some(Value::Int(x * 10))
        }
        other => panic!("{other:?}"),
    }
}

fn race(tab_count: usize, callers: usize, failing: usize) -> (usize, Vec<Option<Value>>) {
    let (_, locks, tabs) = tabs(tab_count);
    let (runs, failures) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(failing)));
    let results = RefCell::new(Vec::new());
    let mut executor = Executor::default();
    for number in 0..callers {
        let one = caller(
            Rc::clone(&tabs[number % tab_count]),
            7,
            Rc::clone(&failures),
            Rc::clone(&runs),
        );
        let results = &results;
        executor.spawn(async move {
            let result = one.await;
            results.borrow_mut().push(result);
        });
    }
    executor.run();
    drop(executor);
    assert!(locks.is_free());
    assert!(tabs.iter().all(|tab| tab.is_idle()));
    (runs.get(), results.into_inner())
}

#[test]
fn several_callers_of_one_front_compute_once() {
    let (runs, results) = race(1, 5, 0);
    assert_eq!(runs, 1);
    assert_eq!(results, vec![Some(Value::Int(70)); 5]);
}

#[test]
fn several_tabs_compute_once() {
    let (runs, results) = race(3, 9, 0);
    assert_eq!(runs, 1);
    assert_eq!(results, vec![Some(Value::Int(70)); 9]);
}

#[test]
fn a_failure_is_not_shared_and_the_next_computes() {
    for tab_count in [1, 3] {
        let (runs, results) = race(tab_count, 9, 2);
        assert_eq!(runs, 1);
        assert_eq!(results.iter().filter(|result| result.is_none()).count(), 2);
        assert_eq!(results.iter().flatten().count(), 7);
    }
}

#[test]
fn one_who_gives_up_waiting_holds_up_nobody() {
    let (_, locks, tabs) = tabs(2);
    let rules = Rules::default();
    let mut executor = Executor::default();
    let flight = Rc::new(RefCell::new(None));
    let (first, kept) = (Rc::clone(&tabs[0]), Rc::clone(&flight));
    executor.spawn(async move {
        let departure = first.take_off(vec![call(1)], &Rules::default(), 0.0).await;
        let Some(Departure::Compute(flight)) = departure.into_iter().next() else {
            panic!("nobody else asked");
        };
        *kept.borrow_mut() = Some(flight);
    });
    executor.run();
    let (done, second) = (Rc::new(Cell::new(0)), Rc::clone(&tabs[1]));
    {
        // Two wait in the other tab, of whom the first gives up.
        let mut first = Box::pin(second.wait::<memory::Hit<Vec<u8>>>(call(1), &rules, || 0.0));
        let mut waker = core::task::Context::from_waker(core::task::Waker::noop());
        for _ in 0..20 {
            assert!(first.as_mut().poll(&mut waker).is_pending());
        }
        let (other, done) = (Rc::clone(&tabs[1]), Rc::clone(&done));
        executor.spawn(async move {
            let rules = Rules::default();
            let departure = other.wait::<memory::Hit<Vec<u8>>>(call(1), &rules, || 0.0);
            assert!(matches!(departure.await, Departure::Compute(_)));
            done.set(1);
        });
        for _ in 0..20 {
            executor.step(|_| 0);
        }
        drop(first);
        for _ in 0..20 {
            executor.step(|_| 0);
        }
    }
    assert_eq!(done.get(), 0, "it is still being computed");
    drop(flight.borrow_mut().take());
    executor.run();
    assert_eq!(done.get(), 1);
    drop(executor);
    assert!(locks.is_free());
}

#[test]
fn the_lock_is_held_until_the_result_is_written() {
    let (_, locks, tabs) = tabs(1);
    let mut executor = Executor::default();
    let tab = Rc::clone(&tabs[0]);
    let held = locks.clone();
    executor.spawn(async move {
        let departure = tab.take_off(vec![call(1)], &Rules::default(), 0.0).await;
        let Some(Departure::Compute(flight)) = departure.into_iter().next() else {
            panic!("nobody else asked");
        };
        tab.land(flight, packed(1), 1.0, 0.0);
        assert!(!held.is_free());
        tab.flush(0.0).await;
        assert!(held.is_free());
    });
    executor.run();
}

#[test]
fn an_expired_result_is_given_at_once_and_computed_anew_by_one() {
    let memory = tested();
    let rules = Rules {
        expires_after: Some(expires_after(Span {
            seconds: 10.0,
            ..Span::default()
        })),
        stale_for: 60_000.0,
        ..Rules::default()
    };
    compute(&memory, call(1), packed(1), 0.0);
    now(memory.flush(0.0));
    let ask = |time| {
        now(memory.take_off(vec![call(1)], &rules, time))
            .pop()
            .unwrap()
    };
    assert!(matches!(ask(9_999.0), Departure::Found(_)));
    let Departure::Stale(hit, Some(flight)) = ask(10_000.0) else {
        panic!("it is to be computed anew");
    };
    assert_eq!(value_of(&hit), Value::Int(1));
    assert!(matches!(ask(10_001.0), Departure::Stale(_, None)));
    memory.land(flight, packed(2), 1.0, 10_002.0);
    let Departure::Found(hit) = ask(10_003.0) else {
        panic!("it was computed anew");
    };
    assert_eq!(value_of(&hit), Value::Int(2));
    now(memory.flush(10_004.0));
    assert!(
        matches!(ask(80_002.0), Departure::Compute(_)),
        "too old even for that"
    );
}
