//! Section `[recovery]`.

use serde::{Deserialize, Serialize};

/// Section `[recovery]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Hours that a recovery is kept: as long as the longest code (spec 01 §1: e-mail, 24 h).
    pub keep_hours: i64,
    /// Minutes in which the new password must be set after the code was right (practice sheet §5: 30).
    pub password_minutes: i64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { keep_hours: 24, password_minutes: 30 }
    }
}
