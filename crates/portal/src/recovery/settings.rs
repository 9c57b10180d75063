//! Section `[recovery]`.

use crate::limits::Limit;
use serde::{Deserialize, Serialize};

/// Section `[recovery]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Hours that a recovery is kept: as long as the longest code (spec 01 §1: e-mail, 24 h).
    pub keep_hours: i64,
    /// Minutes in which the new password must be set after the code was right (practice sheet §5: 30).
    pub password_minutes: i64,
    /// Wrong second factors of one recovery, after which it is over (practice sheet §1: 5).
    pub second_tries: i64,
    /// Saved or access codes that may be typed for one login or account (a choice: they cannot be guessed anyway).
    pub paper_tries: Limit,
    /// Hours that a temporary access code of staff is valid (spec 01 §3: 24).
    pub access_code_hours: i64,
    /// Hours to wait when the second factor is lost (practice sheet §9: 24).
    pub wait_hours: i64,
    /// Hours to wait after the owner reported that something was not theirs (practice sheet §9: 30 days).
    pub wait_hours_suspect: i64,
    /// Hours after the waiting period in which it can be used (a choice: a week).
    pub wait_use_hours: i64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            keep_hours: 24,
            password_minutes: 30,
            second_tries: 5,
            paper_tries: Limit::new(10, 86_400),
            access_code_hours: 24,
            wait_hours: 24,
            wait_hours_suspect: 720,
            wait_use_hours: 168,
        }
    }
}
