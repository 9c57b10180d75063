//! When the other side is left alone: a circuit breaker. No I/O.
//!
//! Several failures in a row open it; after a pause one probe goes through. A good probe closes it, a bad one
//! doubles the pause up to a limit.

use crate::ConfigProblem;
use kernel::{Span, Time};
use serde::{Deserialize, Serialize};

/// When a breaker opens and how long it waits; the `breaker` table of a connector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BreakerConfig {
    /// This many failures in a row open the breaker.
    pub failures: u32,
    /// The first pause before a probe, in seconds; doubles after each failed probe.
    pub pause_seconds: u32,
    /// The longest such pause, in seconds.
    pub pause_max_seconds: u32,
    /// A probe without a result is given up after this many seconds.
    pub probe_limit_seconds: u32,
}

impl BreakerConfig {
    /// The defaults as a constant.
    pub const DEFAULT: BreakerConfig =
        BreakerConfig { failures: 5, pause_seconds: 10, pause_max_seconds: 300, probe_limit_seconds: 60 };

    /// Every problem of these values, paths below the `breaker` table.
    pub fn problems(&self) -> Vec<ConfigProblem> {
        let longest = "pause_max_seconds";
        let table = [
            ("failures", self.failures, 1, 1000),
            ("pause_seconds", self.pause_seconds, 1, 86_400),
            (longest, self.pause_max_seconds, self.pause_seconds.clamp(1, 86_400), 86_400),
            ("probe_limit_seconds", self.probe_limit_seconds, 1, 3600),
        ];
        let bad = table.into_iter().filter(|(_, value, low, high)| !(*low..=*high).contains(value));
        bad.map(|(path, _, low, high)| ConfigProblem::new(path, format!("expected {low} to {high}")))
            .collect()
    }

    pub(crate) fn rules(&self) -> Rules {
        Rules {
            failures: self.failures,
            first_pause: Span::seconds(self.pause_seconds.into()),
            longest_pause: Span::seconds(self.pause_max_seconds.into()),
            probe_limit: Span::seconds(self.probe_limit_seconds.into()),
        }
    }
}

impl Default for BreakerConfig {
    fn default() -> BreakerConfig {
        BreakerConfig::DEFAULT
    }
}

/// The same, in the units the breaker counts in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    pub(crate) failures: u32,
    pub(crate) first_pause: Span,
    pub(crate) longest_pause: Span,
    pub(crate) probe_limit: Span,
}

/// The state of the way to one other side.
#[derive(Debug, Default)]
pub(crate) struct Breaker {
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
    /// Whether something may be tried now. Counting as a probe is [`Breaker::begin`]'s business.
    pub(crate) fn admits(&self, now: Time) -> bool {
        self.wait(now) == Span::ZERO
    }

    /// How long nothing may be tried; zero when something may be now.
    pub(crate) fn wait(&self, now: Time) -> Span {
        let Some(open) = &self.open else { return Span::ZERO };
        let until = open.probing_until.map_or(open.probe_at, |until| until.max(open.probe_at));
        (until - now).max(Span::ZERO)
    }

    /// Notes that something goes out now; for an open breaker it is the one probe.
    pub(crate) fn begin(&mut self, now: Time, rules: &Rules) {
        if let Some(open) = &mut self.open {
            open.probing_until = Some(now + rules.probe_limit);
        }
    }

    /// Notes how it fared; `true` means that the other side did its work. Tells whether an outage is over.
    pub(crate) fn end(&mut self, now: Time, good: bool, rules: &Rules) -> bool {
        if good {
            self.failures_in_row = 0;
            return self.open.take().is_some();
        }
        self.failures_in_row = self.failures_in_row.saturating_add(1);
        match &mut self.open {
            // Answers to what left before the breaker opened do not lengthen the pause.
            Some(open) if open.probing_until.is_none() => {}
            Some(open) => {
                open.pause = Span((open.pause.0 * 2).min(rules.longest_pause.0));
                open.probe_at = now + open.pause;
                open.probing_until = None;
            }
            None if self.failures_in_row >= rules.failures => {
                let pause = rules.first_pause;
                self.open = Some(Open { probe_at: now + pause, pause, probing_until: None });
            }
            None => {}
        }
        false
    }

    /// Whether the breaker is open, waiting or probing.
    pub(crate) fn is_open(&self) -> bool {
        self.open.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: BreakerConfig = BreakerConfig::DEFAULT;

    fn at(seconds: i64) -> Time {
        Time(0) + Span::seconds(seconds)
    }

    fn opened(at_second: i64) -> Breaker {
        let mut breaker = Breaker::default();
        for _ in 0..CONFIG.failures {
            breaker.end(at(at_second), false, &CONFIG.rules());
        }
        breaker
    }

    #[test]
    fn opens_after_failures_in_a_row_and_lets_one_probe_through() {
        let mut breaker = opened(0);
        assert!(!breaker.admits(at(1)));
        let due = CONFIG.pause_seconds as i64;
        assert_eq!(breaker.wait(at(1)), Span::seconds(due - 1));
        assert!(breaker.admits(at(due)));
        breaker.begin(at(due), &CONFIG.rules());
        assert!(!breaker.admits(at(due)), "a second probe at the same time");
        assert!(breaker.end(at(due + 1), true, &CONFIG.rules()), "the outage is over");
        assert!(breaker.admits(at(due + 1)) && !breaker.is_open());
        assert!(!breaker.end(at(due + 1), true, &CONFIG.rules()), "there was none");
    }

    #[test]
    fn a_good_answer_begins_the_count_anew() {
        let mut breaker = Breaker::default();
        for n in 0..100 {
            breaker.end(at(n), n % 3 == 0, &CONFIG.rules());
        }
        assert!(!breaker.is_open());
    }

    #[test]
    fn a_failed_probe_doubles_the_pause_up_to_the_longest() {
        let mut breaker = opened(0);
        let mut now = CONFIG.pause_seconds as i64;
        let mut pause = now;
        for _ in 0..10 {
            assert!(breaker.admits(at(now)));
            breaker.begin(at(now), &CONFIG.rules());
            breaker.end(at(now), false, &CONFIG.rules());
            pause = (pause * 2).min(CONFIG.pause_max_seconds as i64);
            assert!(!breaker.admits(at(now + pause - 1)));
            now += pause;
        }
        assert_eq!(pause, CONFIG.pause_max_seconds as i64);
    }

    #[test]
    fn a_probe_that_vanished_does_not_close_the_door_for_ever() {
        let mut breaker = opened(0);
        let due = at(CONFIG.pause_seconds as i64);
        breaker.begin(due, &CONFIG.rules());
        assert!(!breaker.admits(due));
        assert!(breaker.admits(due + CONFIG.rules().probe_limit));
    }

    #[test]
    fn late_failures_of_earlier_messages_do_not_lengthen_the_pause() {
        let mut breaker = opened(0);
        for _ in 0..50 {
            breaker.end(at(1), false, &CONFIG.rules());
        }
        assert!(breaker.admits(at(CONFIG.pause_seconds as i64)));
    }

    #[test]
    fn bad_values_are_told_with_their_places() {
        assert!(CONFIG.problems().is_empty());
        let bad = BreakerConfig { failures: 0, pause_seconds: 600, ..CONFIG };
        let paths: Vec<_> = bad.problems().into_iter().map(|problem| problem.path).collect();
        assert_eq!(paths, ["failures", "pause_max_seconds"]);
    }
}
