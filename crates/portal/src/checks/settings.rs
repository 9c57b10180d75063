//! Section `[checks]`: how long registers may take, how often one may send.

use crate::limits::Limit;
use serde::{Deserialize, Serialize};

/// Section `[checks]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Days after which a check without an answer gives up (spec 02 §3: 10).
    pub longest_days: i64,
    /// Sendings of one account (spec 02 §3: 5 a day).
    pub sendings: Limit,
    /// Days after which evidence is checked anew (spec 02 §3: 90).
    pub recheck_days: i64,
    /// Days by which rechecks come earlier at most, by chance, so that people who came together do not come back together
    /// (a choice: a tenth of the 90 days).
    pub recheck_spread_days: i64,
    /// Days to the next recheck after one that no register answered; doubled after each further one, up to
    /// `recheck_days` (a choice: a week). The level stays meanwhile.
    pub recheck_again_days: i64,
    /// Accounts whose rechecks are begun in one minute at most (a choice: a million people within a day).
    pub recheck_batch: u32,
    /// Checks that one instance asks about at one time (a choice); they keep no message waiting.
    pub at_once: u32,
    /// Seconds to the second try of a register that did not answer; it doubles with each (a choice).
    pub first_pause_seconds: i64,
    /// The longest pause between two tries, in minutes (a choice: an hour).
    pub longest_pause_minutes: i64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            longest_days: 10,
            sendings: Limit::new(5, 86_400),
            recheck_days: 90,
            recheck_spread_days: 9,
            recheck_again_days: 7,
            recheck_batch: 1_000,
            at_once: 32,
            first_pause_seconds: 5,
            longest_pause_minutes: 60,
        }
    }
}
