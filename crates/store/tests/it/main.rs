//! The storage tests: each runs on SQLite, and on PostgreSQL where it is installed.

#![allow(clippy::unwrap_used)]

mod backup;
mod crash;
mod groups;
mod jobs;
mod keys;
mod leases;
mod migrations;
mod tls;
mod transactions;

use kernel::{Clock, Span, Time};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A clock that stands until a test moves it.
#[derive(Clone)]
struct Standing(Arc<AtomicI64>);

impl Standing {
    fn new() -> Standing {
        Standing(Arc::new(AtomicI64::new(1_790_000_000_000_000)))
    }
    fn advance(&self, span: Span) {
        self.0.fetch_add(span.0, Ordering::SeqCst);
    }
}

impl Clock for Standing {
    fn now(&self) -> Time {
        Time(self.0.load(Ordering::SeqCst))
    }
}
