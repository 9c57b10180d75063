//! How a gateway of the router stands: its circuit breaker, and its error rate over a short past. No I/O.

use super::router::RouterConfig;
use crate::breaker::Breaker;
use kernel::Time;
use std::collections::VecDeque;

/// The most outcomes that are remembered for the error rate.
const REMEMBERED: usize = 200;

/// What the router knows about one gateway.
#[derive(Debug, Default)]
pub(super) struct Standing {
    recent: VecDeque<(Time, bool)>,
    breaker: Breaker,
}

impl Standing {
    /// Whether a message may be tried now. Counting as a probe is [`Standing::begin`]'s business.
    pub(super) fn admits(&self, now: Time) -> bool {
        self.breaker.admits(now)
    }

    /// Notes that a message goes out now; for an open breaker it is the one probe.
    pub(super) fn begin(&mut self, now: Time, rules: &RouterConfig) {
        self.breaker.begin(now, &rules.breaker());
    }

    /// Notes how the message fared; `true` means that the gateway did its work.
    pub(super) fn end(&mut self, now: Time, good: bool, rules: &RouterConfig) {
        self.recent.push_back((now, good));
        if self.recent.len() > REMEMBERED {
            self.recent.pop_front();
        }
        if self.breaker.end(now, good, &rules.breaker()) {
            // The bad past belongs to the outage that is over.
            self.recent.clear();
        }
    }

    /// Whether the breaker is open, waiting or probing.
    pub(super) fn is_open(&self) -> bool {
        self.breaker.is_open()
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
    use kernel::Span;

    const RULES: RouterConfig = RouterConfig::DEFAULT;

    fn at(seconds: i64) -> Time {
        Time(0) + Span::seconds(seconds)
    }

    #[test]
    fn an_outage_that_is_over_is_forgotten() {
        let mut standing = Standing::default();
        for _ in 0..RULES.error_samples.max(RULES.breaker_failures) {
            standing.end(at(0), false, &RULES);
        }
        assert!(standing.is_open() && standing.error_percent(at(0), &RULES) == Some(100));
        let due = at(RULES.breaker_pause_seconds as i64);
        assert!(standing.admits(due));
        standing.begin(due, &RULES);
        standing.end(due, true, &RULES);
        assert!(!standing.is_open());
        assert_eq!(standing.error_percent(due, &RULES), None);
    }

    #[test]
    fn a_high_error_rate_lowers_the_weight_and_time_restores_it() {
        let mut standing = Standing::default();
        for n in 0..RULES.error_samples {
            standing.end(at(0), n % 2 == 0, &RULES);
        }
        let lowered = standing.effective_weight(100, at(1), &RULES);
        assert_eq!(lowered, RULES.lowered_to_percent);
        assert_eq!(standing.effective_weight(0, at(1), &RULES), 0, "a reserve stays a reserve");
        let later = at(RULES.error_window_seconds as i64 + 1);
        assert_eq!(standing.effective_weight(100, later, &RULES), 100);
    }
}
