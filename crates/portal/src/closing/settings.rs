//! Section `[closing]`.

use crate::limits::Limit;
use kernel::Span;
use serde::{Deserialize, Serialize};

/// Section `[closing]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Days in which signing in restores an account whose deletion was asked for (spec 01 §5: 14).
    pub grace_days: i64,
    /// Days before the end at which the owner is reminded (a choice).
    pub reminder_days: i64,
    /// Copies that one account may ask for (a choice: each reads everything).
    pub exports_per_account: Limit,
}

impl Settings {
    /// The days of grace.
    pub fn grace(&self) -> Span {
        Span::days(self.grace_days)
    }
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { grace_days: 14, reminder_days: 3, exports_per_account: Limit::new(3, 86_400) }
    }
}
