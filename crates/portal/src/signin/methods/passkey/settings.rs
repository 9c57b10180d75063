//! Section `[passkeys]`.

use serde::{Deserialize, Serialize};

/// Section `[passkeys]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Seconds in which a challenge must be answered (practice sheet §6: 5 min).
    pub challenge_seconds: i64,
    /// Keys of one account.
    pub most: i64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { challenge_seconds: 300, most: 20 }
    }
}
