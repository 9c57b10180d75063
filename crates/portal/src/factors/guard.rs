//! Wrong tries of one kind of factor of one account (practice sheet §3): a wait after five, longer each time, and so
//! many in a day.
//!
//! Invariants: a try is counted before it is compared; every kind counts for itself, apart from the password; known
//! devices count apart from all others, so that strangers keep nobody out; a success forgives its own kind only; a new
//! code by message forgives nothing.

use super::Settings;
use kernel::{Span, Time};

/// The counters of one account, kind and class of device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Guard {
    /// Tries since the last success.
    pub failures: i64,
    /// When the present day of counting began.
    pub day_start: Time,
    /// Tries since then.
    pub day_tries: i64,
    /// No try before this moment.
    pub wait_until: Time,
    /// The last try.
    pub last_at: Time,
}

impl Guard {
    /// Until when a try must wait, when it must.
    pub fn wait(&self, settings: &Settings, now: Time) -> Option<Time> {
        let day_end = self.day_start + Span::days(1);
        let spent = self.day_tries >= settings.tries_per_day && now < day_end;
        let until = if spent { self.wait_until.max(day_end) } else { self.wait_until };
        (now < until).then_some(until)
    }

    /// Counts a try that is about to be compared.
    pub fn count(&mut self, settings: &Settings, now: Time) {
        // A clock that jumped back opens no new day.
        if now >= self.day_start + Span::days(1) {
            (self.day_start, self.day_tries) = (now, 0);
        }
        self.day_tries += 1;
        self.failures += 1;
        self.last_at = now;
        let over = self.failures - settings.tries;
        if over >= 0 {
            let doubled = settings
                .wait_seconds
                .saturating_mul(1_i64.checked_shl(over.clamp(0, 40) as u32).unwrap_or(i64::MAX));
            self.wait_until = now + Span::seconds(doubled.min(settings.wait_most_seconds));
        }
    }

    /// Forgives after a success. Tries of the day are kept but for the one that was right: whoever alternates his own
    /// right codes with guesses gains nothing.
    pub fn forgive(&mut self) {
        self.failures = 0;
        self.wait_until = Time(0);
        self.day_tries = (self.day_tries - 1).max(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::factors::totp;

    const START: Time = Time(1_000_000_000_000_000);

    #[test]
    fn waits_grow_and_the_day_has_an_end() {
        let settings = Settings { tries_per_day: 1_000, ..Settings::default() };
        let (mut guard, mut now, mut waits) = (Guard::default(), START, Vec::new());
        for _ in 0..12 {
            assert_eq!(guard.wait(&settings, now), None);
            guard.count(&settings, now);
            let until = guard.wait(&settings, now).unwrap_or(now);
            waits.push((until - now).whole_seconds_up());
            now = until;
        }
        assert_eq!(waits, [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]);
    }

    #[test]
    fn a_day_holds_its_number_of_tries_whatever_succeeds_between() {
        let settings = Settings::default();
        let (mut guard, mut now, mut compared) = (Guard::default(), START, 0);
        while now < START + Span::hours(24) {
            if guard.wait(&settings, now).is_none() {
                guard.count(&settings, now);
                compared += 1;
                if compared % 3 == 0 {
                    // The attacker's own right code, which is no guess.
                    guard.count(&settings, now);
                    guard.forgive();
                }
            }
            now = now + Span::seconds(10);
        }
        assert!(compared <= settings.tries_per_day, "{compared}");
    }

    #[test]
    fn a_clock_that_jumps_back_gives_no_more_tries() {
        let settings = Settings::default();
        let mut guard = Guard::default();
        for _ in 0..settings.tries_per_day {
            guard.count(&settings, START);
        }
        for back in [Span::seconds(1), Span::hours(1), Span::days(30)] {
            assert!(guard.wait(&settings, START - back).is_some());
        }
    }

    #[test]
    fn the_guess_budget_of_an_application_holds() {
        let settings = Settings::default();
        // Both classes of devices; each guess is right for every step of the window.
        let guesses = 2.0 * settings.tries_per_day as f64 * totp::STEPS_ACCEPTED as f64;
        assert!(guesses / 1e6 <= 1e-4, "{guesses}");
    }
}
