//! Section `[notifications]`: tries and pauses of outgoing messages.

use serde::{Deserialize, Serialize};

/// Section `[notifications]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Tries before a message is given up; pauses between them grow by powers of two with jitter.
    pub attempts: i64,
    /// Seconds after which a sent text message without a receipt is no longer waited for.
    pub receipt_wait_seconds: i64,
    /// Days for which «Это был не я» in a message works (practice sheet §9.6: 10).
    pub not_me_days: i64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { attempts: 12, receipt_wait_seconds: 2 * 86_400, not_me_days: 10 }
    }
}
