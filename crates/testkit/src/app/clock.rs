//! A clock that stands until a test moves it.

use kernel::{Clock, Span, Time};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Monday, 21 September 2026, 14:13:20 UTC: an ordinary afternoon to begin at.
pub const START: Time = Time(1_790_000_000_000_000);

/// The mock clock; clones show the same time.
#[derive(Clone)]
pub struct MockClock(Arc<AtomicI64>);

impl Default for MockClock {
    fn default() -> MockClock {
        MockClock(Arc::new(AtomicI64::new(START.0)))
    }
}

impl MockClock {
    /// Moves the hands on.
    pub fn advance(&self, span: Span) {
        self.0.fetch_add(span.0, Ordering::SeqCst);
    }

    /// Sets the hands, forwards or back.
    pub fn set(&self, now: Time) {
        self.0.store(now.0, Ordering::SeqCst);
    }
}

impl Clock for MockClock {
    fn now(&self) -> Time {
        Time(self.0.load(Ordering::SeqCst))
    }
}
