//! Time. Workers and the page have clocks with different origins; all times here are since 1970, so that they compare.

use core::time::Duration;

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Performance;

/// The clock of this worker.
#[derive(Clone, Debug)]
pub struct Clock {
    performance: Option<Performance>,
    /// The performance's own origin, in milliseconds since 1970; asking for it each time would double the price.
    origin: f64,
}

impl Default for Clock {
    fn default() -> Self {
        let performance: Option<Performance> =
            Reflect::get(&js_sys::global(), &JsValue::from("performance"))
                .ok()
                .and_then(|found| found.dyn_into().ok());
        Self {
            origin: performance.as_ref().map_or(0.0, Performance::time_origin),
            performance,
        }
    }
}

impl Clock {
    /// Milliseconds since 1970, with the fraction that the browser gives.
    pub fn now(&self) -> f64 {
        self.performance
            .as_ref()
            .map_or_else(js_sys::Date::now, |performance| {
                self.origin + performance.now()
            })
    }

    /// The time since an origin given in milliseconds since 1970; nothing if it lies before.
    pub fn since(&self, origin: f64) -> Duration {
        Self::span(origin, self.now())
    }

    /// The time between two times in milliseconds since 1970; nothing if the second is the earlier one.
    pub fn span(from: f64, to: f64) -> Duration {
        Duration::try_from_secs_f64((to - from) / 1000.0).unwrap_or_default()
    }
}

/// The smallest step of the clock that was seen in a few milliseconds, in microseconds.
pub fn timer_resolution_us() -> f64 {
    let clock = Clock::default();
    let begin = clock.now();
    let (mut last, mut smallest) = (begin, f64::INFINITY);
    // The clock of a page that is not isolated steps by 0.1 to 1 ms; four steps of the slowest are enough.
    while last - begin < 4.0 {
        let now = clock.now();
        if now > last {
            smallest = smallest.min(now - last);
            last = now;
        }
    }
    (smallest * 1000.0).round()
}
