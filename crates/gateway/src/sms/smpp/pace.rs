//! How fast parts leave: a token bucket that slows down when the centre asks for it and recovers by itself.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Stands for "no limit of ours", so that slowing down has something to start from.
const UNLIMITED: f64 = 10_000.0;

/// The slowest we ever get, in parts per second.
const SLOWEST: f64 = 0.5;

/// Part of the full rate that each accepted part gives back.
const RECOVERY: f64 = 0.02;

pub(super) struct Pace {
    full: f64,
    state: Mutex<State>,
}

struct State {
    rate: f64,
    tokens: f64,
    at: Instant,
}

impl Pace {
    /// `per_second` parts at most; 0 means no limit.
    pub(super) fn new(per_second: u32) -> Pace {
        let full = if per_second == 0 { UNLIMITED } else { f64::from(per_second) };
        Pace { full, state: Mutex::new(State { rate: full, tokens: 1.0, at: Instant::now() }) }
    }

    /// Waits for the turn of one part.
    pub(super) async fn take(&self) {
        loop {
            let wait = {
                let mut state = self.state();
                let now = Instant::now();
                // A tenth of a second's worth may leave at once, so that a short burst is not smeared out.
                let most = (state.rate / 10.0).max(1.0);
                state.tokens =
                    (state.tokens + now.duration_since(state.at).as_secs_f64() * state.rate).min(most);
                state.at = now;
                if state.tokens >= 1.0 {
                    state.tokens -= 1.0;
                    return;
                }
                Duration::from_secs_f64((1.0 - state.tokens) / state.rate)
            };
            tokio::time::sleep(wait).await;
        }
    }

    /// The centre said that it was too fast: half the rate.
    pub(super) fn slow_down(&self) {
        let mut state = self.state();
        state.rate = (state.rate / 2.0).max(SLOWEST);
        state.tokens = 0.0;
    }

    /// A part was accepted: a little faster again.
    pub(super) fn speed_up(&self) {
        let mut state = self.state();
        state.rate = (state.rate + self.full * RECOVERY).min(self.full);
    }

    /// Whether the rate is below the configured one.
    pub(super) fn is_slowed(&self) -> bool {
        self.state().rate < self.full
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn keeps_the_rate_and_halves_it_on_request() {
        let pace = Pace::new(10);
        let start = Instant::now();
        for _ in 0..21 {
            pace.take().await;
        }
        let took = start.elapsed().as_secs_f64();
        assert!((1.9..2.1).contains(&took), "20 more at 10 a second took {took}");
        pace.slow_down();
        assert!(pace.is_slowed());
        let start = Instant::now();
        for _ in 0..10 {
            pace.take().await;
        }
        let took = start.elapsed().as_secs_f64();
        assert!((1.9..2.1).contains(&took), "10 at 5 a second took {took}");
        for _ in 0..50 {
            pace.speed_up();
        }
        assert!(!pace.is_slowed());
    }
}
