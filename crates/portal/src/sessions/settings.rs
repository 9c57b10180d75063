//! Section `[sessions]`: how long a sign-in lasts (spec 01 §2).

use serde::{Deserialize, Serialize};

/// Section `[sessions]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Seconds without a request after which a session ends (spec 01 §2: 30 min).
    pub idle_seconds: i64,
    /// Seconds after which a session ends however busy it is (spec 01 §2: 12 h).
    pub absolute_seconds: i64,
    /// Days that «Запомнить меня» lasts after the last request (spec 01 §2: 30 days sliding).
    pub remember_days: i64,
    /// Days after which even a remembered session ends.
    pub remember_most_days: i64,
    /// Seconds for which a given factor is fresh enough for sensitive acts (spec 01 §2: 5 min).
    pub fresh_seconds: i64,
    /// Seconds before its end at which the page warns (practice sheet §5: 150).
    pub warn_seconds: i64,
    /// Sessions kept in memory, so that a page needs no read; 0 keeps none.
    pub cache: usize,
    /// Milliseconds for which another instance may still believe in a session that has ended here.
    /// With one instance (SQLite) ends are seen at once whatever stands here.
    pub cache_millis: i64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            idle_seconds: 1_800,
            absolute_seconds: 12 * 3_600,
            remember_days: 30,
            remember_most_days: 365,
            fresh_seconds: 300,
            warn_seconds: 150,
            cache: 20_000,
            cache_millis: 1_000,
        }
    }
}
