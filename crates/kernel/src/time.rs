//! Points in time and spans, in whole microseconds.

use serde::{Deserialize, Serialize};
use std::ops::{Add, Sub};

/// A point in time: microseconds since 1970-01-01T00:00:00Z, never in local time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(pub i64);

/// A length of time in microseconds; negative spans are allowed and point backwards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(pub i64);

impl Span {
    /// No time at all.
    pub const ZERO: Span = Span(0);

    /// A span of whole milliseconds.
    pub const fn millis(n: i64) -> Span {
        Span(n * 1_000)
    }

    /// A span of whole seconds.
    pub const fn seconds(n: i64) -> Span {
        Span(n * 1_000_000)
    }

    /// A span of whole minutes.
    pub const fn minutes(n: i64) -> Span {
        Span::seconds(n * 60)
    }

    /// A span of whole hours.
    pub const fn hours(n: i64) -> Span {
        Span::minutes(n * 60)
    }

    /// A span of whole days of 24 hours.
    pub const fn days(n: i64) -> Span {
        Span::hours(n * 24)
    }

    /// Whole seconds, rounded up, never below zero: what a person is told to wait.
    pub const fn whole_seconds_up(self) -> i64 {
        if self.0 <= 0 { 0 } else { (self.0 + 999_999) / 1_000_000 }
    }

    /// The same length for the standard library; negative spans become zero.
    pub const fn to_std(self) -> std::time::Duration {
        std::time::Duration::from_micros(if self.0 < 0 { 0 } else { self.0 as u64 })
    }
}

impl Add<Span> for Time {
    type Output = Time;
    fn add(self, span: Span) -> Time {
        Time(self.0.saturating_add(span.0))
    }
}

impl Sub<Span> for Time {
    type Output = Time;
    fn sub(self, span: Span) -> Time {
        Time(self.0.saturating_sub(span.0))
    }
}

impl Sub<Time> for Time {
    type Output = Span;
    fn sub(self, other: Time) -> Span {
        Span(self.0.saturating_sub(other.0))
    }
}

/// Where the present moment comes from: the system in production, a mock in tests and simulations.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Time;
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods)] // the one place that asks the machine
    fn now(&self) -> Time {
        match std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH) {
            Ok(since) => Time(i64::try_from(since.as_micros()).unwrap_or(i64::MAX)),
            Err(before) => Time(-i64::try_from(before.duration().as_micros()).unwrap_or(i64::MAX)),
        }
    }
}
