//! Waiting.

use core::time::Duration;

use gloo::timers::callback::Timeout;
use gloo::timers::future::TimeoutFuture;

/// Something that will happen later, unless this is dropped.
#[derive(Debug)]
pub struct Timer(#[expect(dead_code, reason = "dropping it is what stops the timer")] Timeout);

impl Timer {
    /// Calls `then` after this time.
    pub fn after(time: Duration, then: impl FnOnce() + 'static) -> Self {
        // Rounded up: waking before a deadline would only mean waiting once more.
        let milliseconds = u32::try_from(time.as_micros().div_ceil(1000)).unwrap_or(u32::MAX);
        Self(Timeout::new(milliseconds, then))
    }
}

/// Waits.
pub async fn sleep(time: Duration) {
    TimeoutFuture::new(u32::try_from(time.as_millis()).unwrap_or(u32::MAX)).await;
}

/// Lets messages that have arrived be handled first.
pub async fn pause() {
    TimeoutFuture::new(0).await;
}
