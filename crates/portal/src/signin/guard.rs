//! Wrong passwords of one account: challenge after five, lock after ten, twice as long each time (spec 01 §2).
//!
//! Invariants: a try is counted before the password is compared, so parallel tries are all counted; a login that is
//! nobody's is counted just like an account; the lock holds for the password only, other ways in still work.

use super::Settings;
use kernel::{Span, Time};

/// The counters of one account or unknown login.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Guard {
    /// Tries since the last success or lock.
    pub failures: i64,
    /// Locks since all was forgotten.
    pub locks: i64,
    /// Locked until this moment.
    pub locked_until: Time,
    /// The last try.
    pub last_at: Time,
}

/// What a try is met with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// The password is compared.
    Open,
    /// A challenge must be solved as well.
    Challenge,
    /// Locked: the password is not even compared.
    Locked,
}

impl Guard {
    /// The counters as they stand at `now`: old ones are forgotten.
    pub fn at(self, settings: &Settings, now: Time) -> Guard {
        let quiet = now >= self.last_at + Span::seconds(settings.forget_seconds) && now >= self.locked_until;
        if quiet { Guard { last_at: now, ..Guard::default() } } else { self }
    }

    /// What the next try is met with.
    pub fn gate(&self, settings: &Settings, now: Time) -> Gate {
        if now < self.locked_until {
            Gate::Locked
        } else if self.failures >= settings.challenge_after {
            Gate::Challenge
        } else {
            Gate::Open
        }
    }

    /// Counts a try; `true` when this one begins a lock.
    pub fn count(&mut self, settings: &Settings, now: Time) -> bool {
        self.last_at = now;
        self.failures += 1;
        if self.failures < settings.lock_after {
            return false;
        }
        self.locked_until = now + lock_span(settings, self.locks);
        self.locks += 1;
        self.failures = settings.challenge_after;
        true
    }
}

/// How long lock number `locks` (from 0) lasts.
fn lock_span(settings: &Settings, locks: i64) -> Span {
    let doubled = settings
        .lock_seconds
        .saturating_mul(1_i64.checked_shl(locks.clamp(0, 40) as u32).unwrap_or(i64::MAX));
    Span::seconds(doubled.min(settings.lock_most_seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Time = Time(1_000_000_000_000_000);

    #[test]
    fn five_failures_ask_for_a_challenge_and_ten_lock() {
        let settings = Settings::default();
        let mut guard = Guard::default();
        for number in 1..=10 {
            let gate = guard.gate(&settings, START);
            assert_eq!(gate, if number <= 5 { Gate::Open } else { Gate::Challenge }, "try {number}");
            assert_eq!(guard.count(&settings, START), number == 10, "try {number}");
        }
        assert_eq!(guard.gate(&settings, START), Gate::Locked);
        assert_eq!(guard.gate(&settings, START + Span::minutes(30) - Span(1)), Gate::Locked);
        assert_eq!(guard.gate(&settings, START + Span::minutes(30)), Gate::Challenge);
    }

    #[test]
    fn locks_double_up_to_a_day() {
        let settings = Settings::default();
        let minutes: Vec<i64> = (0..9).map(|locks| lock_span(&settings, locks).0 / 60_000_000).collect();
        assert_eq!(minutes, [30, 60, 120, 240, 480, 960, 1_440, 1_440, 1_440]);
        assert_eq!(lock_span(&settings, i64::MAX).0, Span::hours(24).0);
    }

    #[test]
    fn a_quiet_day_forgets_but_not_during_a_lock() {
        let settings = Settings::default();
        let mut guard = Guard { failures: 9, locks: 8, last_at: START, ..Guard::default() };
        assert!(guard.count(&settings, START));
        let later = START + Span::hours(24) - Span(1);
        assert_eq!(guard.at(&settings, later).gate(&settings, later), Gate::Locked);
        let after = START + Span::hours(24);
        assert_eq!(guard.at(&settings, after), Guard { last_at: after, ..Guard::default() });
    }
}
