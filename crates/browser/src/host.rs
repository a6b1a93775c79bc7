//! What a task may ask of the worker it runs in.

use core::cell::RefCell;
use core::time::Duration;

use js_sys::{Atomics, Int32Array, Object, Reflect, WebAssembly};
use tasks::Host;
use values::Value;
use wasm_bindgen::JsValue;

use crate::Clock;

/// The worker that a task runs in.
#[derive(Debug)]
pub(crate) struct WorkerHost {
    clock: Clock,
    /// Shared memory of our own to wait on. It may not be posted where the page is not isolated, but it may be waited on.
    bell: Option<Int32Array>,
    kept: RefCell<Value>,
}

impl WorkerHost {
    pub(crate) fn new() -> Self {
        Self {
            clock: Clock::default(),
            bell: make_bell().ok(),
            kept: RefCell::new(Value::Null),
        }
    }
}

fn make_bell() -> Result<Int32Array, JsValue> {
    let descriptor = Object::new();
    for (name, value) in [
        ("initial", JsValue::from(1)),
        ("maximum", JsValue::from(1)),
        ("shared", JsValue::TRUE),
    ] {
        Reflect::set(&descriptor, &name.into(), &value)?;
    }
    let memory = WebAssembly::Memory::new(&descriptor)?;
    Ok(Int32Array::new(&memory.buffer()))
}

impl Host for WorkerHost {
    fn sleep(&self, duration: Duration) {
        let end = self.clock.now() + duration.as_secs_f64() * 1000.0;
        loop {
            let left = end - self.clock.now();
            if left <= 0.0 {
                return;
            }
            if let Some(bell) = &self.bell {
                // Nobody rings; a browser that does not allow waiting here makes this a busy loop.
                let _ = Atomics::wait_with_timeout(bell, 0, 0, left);
            }
        }
    }

    fn compute(&self, duration: Duration) {
        let end = self.clock.now() + duration.as_secs_f64() * 1000.0;
        while self.clock.now() < end {}
    }

    fn end_worker(&self) {
        crate::pool::worker_side::close();
    }

    fn keep(&self, value: Value) {
        *self.kept.borrow_mut() = value;
    }

    fn kept(&self) -> Value {
        self.kept.borrow().clone()
    }
}
