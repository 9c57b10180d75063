//! Section `[sign_in]`: what wrong passwords lead to (spec 01 §2).

use serde::{Deserialize, Serialize};

/// Section `[sign_in]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Failures after which a challenge must be solved with each try (spec 01 §2: 5).
    pub challenge_after: i64,
    /// Failures after which the password sign-in of the account is locked (spec 01 §2: 10).
    pub lock_after: i64,
    /// Seconds of the first lock (spec 01 §2: 30 min); each further one is twice as long.
    pub lock_seconds: i64,
    /// Seconds of the longest lock (spec 01 §2: 24 h).
    pub lock_most_seconds: i64,
    /// Seconds without a failure after which all is forgotten.
    pub forget_seconds: i64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            challenge_after: 5,
            lock_after: 10,
            lock_seconds: 1_800,
            lock_most_seconds: 86_400,
            forget_seconds: 86_400,
        }
    }
}
