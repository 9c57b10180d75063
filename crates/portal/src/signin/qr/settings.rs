//! Section `[qr]`.

use crate::limits::Limit;
use serde::{Deserialize, Serialize};

/// Section `[qr]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Seconds that a code on the screen lives: time to take the phone out, too short to be sent around.
    pub show_seconds: i64,
    /// Seconds in which the asking browser must confirm after the phone approved.
    pub collect_seconds: i64,
    /// Codes shown to one address.
    pub starts_per_address: Limit,
    /// Codes that one account may refuse by a wrong number before it must wait.
    pub wrong_per_account: Limit,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            show_seconds: 120,
            collect_seconds: 120,
            starts_per_address: Limit::new(30, 3_600),
            wrong_per_account: Limit::new(5, 3_600),
        }
    }
}
