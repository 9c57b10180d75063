//! When a gateway is trusted with a message: error rate over a short past, and a circuit breaker. No I/O.

use super::router::RouterConfig;
use kernel::{Span, Time};
use std::collections::VecDeque;

/// The most outcomes that are remembered for the error rate.
const REMEMBERED: usize = 200;

/// What the router knows about one gateway.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    recent: VecDeque<(Time, bool)>,
    failures_in_row: u32,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    /// From this moment one probe may go through.
    probe_at: Time,
    /// The pause that led to `probe_at`; the next one is twice as long.
    pause: Span,
    /// Until when a probe on its way keeps others out; a probe whose sender vanished does not do so for ever.
    probing_until: Option<Time>,
}

impl Breaker {
    /// Whether a message may be tried now. Counting as a probe is [`Breaker::begin`]'s business.
    pub(super) fn admits(&self, now: Time) -> bool {
        match &self.open {
            None => true,
            Some(open) => now >= open.probe_at && open.probing_until.is_none_or(|until| now >= until),
        }
    }

    /// Notes that a message goes out now; for an open breaker it is the one probe.
    pub(super) fn begin(&mut self, now: Time, rules: &RouterConfig) {
        if let Some(open) = &mut self.open {
            open.probing_until = Some(now + rules.probe_limit());
        }
    }

    /// Notes how the message fared; `true` means that the gateway did its work.
    pub(super) fn end(&mut self, now: Time, good: bool, rules: &RouterConfig) {
        self.recent.push_back((now, good));
        if self.recent.len() > REMEMBERED {
            self.recent.pop_front();
        }
        if good {
            if self.open.take().is_some() {
                // The bad past belongs to the outage that is over.
                self.recent.clear();
            }
            self.failures_in_row = 0;
            return;
        }
        self.failures_in_row = self.failures_in_row.saturating_add(1);
        match &mut self.open {
            // Answers of messages that left before the breaker opened do not lengthen the pause.
            Some(open) if open.probing_until.is_none() => {}
            Some(open) => {
                open.pause = Span((open.pause.0 * 2).min(rules.longest_pause().0));
                open.probe_at = now + open.pause;
                open.probing_until = None;
            }
            None if self.failures_in_row >= rules.breaker_failures => {
                let pause = rules.first_pause();
                self.open = Some(Open { probe_at: now + pause, pause, probing_until: None });
            }
            None => {}
        }
    }

    /// Whether the breaker is open, waiting or probing.
    pub(super) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Share of failures in the remembered past in percent; `None` with too few outcomes to judge.
    pub(super) fn error_percent(&mut self, now: Time, rules: &RouterConfig) -> Option<u32> {
        let oldest = now - rules.remembered_for();
        while self.recent.front().is_some_and(|(at, _)| *at < oldest) {
            self.recent.pop_front();
        }
        let all = self.recent.len() as u32;
        let bad = self.recent.iter().filter(|(_, good)| !good).count() as u32;
        (all >= rules.error_samples).then(|| bad * 100 / all.max(1))
    }

    /// The weight with which this gateway takes part at present.
    pub(super) fn effective_weight(&mut self, configured: u32, now: Time, rules: &RouterConfig) -> u32 {
        match self.error_percent(now, rules) {
            Some(percent) if percent > rules.error_percent && configured > 0 => {
                (configured.saturating_mul(rules.lowered_to_percent) / 100).max(1)
            }
            _ => configured,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: RouterConfig = RouterConfig::DEFAULT;

    fn at(seconds: i64) -> Time {
        Time(0) + Span::seconds(seconds)
    }

    fn opened(at_second: i64) -> Breaker {
        let mut breaker = Breaker::default();
        for _ in 0..RULES.breaker_failures {
            breaker.end(at(at_second), false, &RULES);
        }
        breaker
    }

    #[test]
    fn opens_after_failures_in_a_row_and_lets_one_probe_through() {
        let mut breaker = opened(0);
        assert!(!breaker.admits(at(1)));
        let due = RULES.breaker_pause_seconds as i64;
        assert!(breaker.admits(at(due)));
        breaker.begin(at(due), &RULES);
        assert!(!breaker.admits(at(due)), "a second probe at the same time");
        breaker.end(at(due + 1), true, &RULES);
        assert!(breaker.admits(at(due + 1)) && !breaker.is_open());
        assert_eq!(breaker.error_percent(at(due + 1), &RULES), None, "the outage is forgotten");
    }

    #[test]
    fn a_failed_probe_doubles_the_pause_up_to_the_longest() {
        let mut breaker = opened(0);
        let mut now = RULES.breaker_pause_seconds as i64;
        let mut pause = now;
        for _ in 0..10 {
            assert!(breaker.admits(at(now)));
            breaker.begin(at(now), &RULES);
            breaker.end(at(now), false, &RULES);
            pause = (pause * 2).min(RULES.breaker_pause_max_seconds as i64);
            assert!(!breaker.admits(at(now + pause - 1)));
            now += pause;
        }
        assert_eq!(pause, RULES.breaker_pause_max_seconds as i64);
    }

    #[test]
    fn a_probe_that_vanished_does_not_close_the_door_for_ever() {
        let mut breaker = opened(0);
        let due = at(RULES.breaker_pause_seconds as i64);
        breaker.begin(due, &RULES);
        assert!(!breaker.admits(due));
        assert!(breaker.admits(due + RULES.probe_limit()));
    }

    #[test]
    fn late_failures_of_earlier_messages_do_not_lengthen_the_pause() {
        let mut breaker = opened(0);
        for _ in 0..50 {
            breaker.end(at(1), false, &RULES);
        }
        assert!(breaker.admits(at(RULES.breaker_pause_seconds as i64)));
    }

    #[test]
    fn a_high_error_rate_lowers_the_weight_and_time_restores_it() {
        let mut breaker = Breaker::default();
        for n in 0..RULES.error_samples {
            breaker.end(at(0), n % 2 == 0, &RULES);
        }
        let lowered = breaker.effective_weight(100, at(1), &RULES);
        assert_eq!(lowered, RULES.lowered_to_percent);
        assert_eq!(breaker.effective_weight(0, at(1), &RULES), 0, "a reserve stays a reserve");
        let later = at(RULES.error_window_seconds as i64 + 1);
        assert_eq!(breaker.effective_weight(100, later, &RULES), 100);
    }
}
