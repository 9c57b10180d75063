//! Section `[factors]`: second factors, who must have one, how often one may be tried.

use crate::limits::Limit;
use kernel::Level;
use serde::{Deserialize, Serialize};

/// Section `[factors]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Who must have a second factor: levels `simplified`, `standard`, `confirmed` (spec 01 §2 «required by
    /// configuration per role»). Staff always must.
    pub required_for: Vec<Level>,
    /// Days that «Доверять этому устройству» lasts (spec 01 §2: 30). 0 offers no trust.
    pub trust_days: i64,
    /// Seconds without an act after which a half-done sign-in ends (practice sheet §5: 5 min).
    pub half_idle_seconds: i64,
    /// Seconds after which a half-done sign-in ends whatever happens (practice sheet §5: 30 min).
    pub half_most_seconds: i64,
    /// Wrong codes of one half-done sign-in; then the password is asked again.
    pub half_tries: i64,
    /// Wrong codes of one kind in a row before there is a wait (practice sheet §3: 5).
    pub tries: i64,
    /// Seconds of the first wait (practice sheet §3: 30); each further one is twice as long.
    pub wait_seconds: i64,
    /// Seconds of the longest wait (practice sheet §3: 15 min).
    pub wait_most_seconds: i64,
    /// Wrong codes of one kind in a day, from known devices and from all others each (checklist 3.4: guesses a day
    /// that an application's code can be hit by ÷ 10⁶ ≤ 10⁻⁴).
    pub tries_per_day: i64,
    /// Wrong second factors from one address (reverse guessing: one guess on many accounts).
    pub tries_per_address: Limit,
    /// Minutes in which a new application must give its first code.
    pub bind_minutes: i64,
    /// Applications of one account.
    pub applications: i64,
    /// Recovery codes of a set (practice sheet §6: 10).
    pub recovery_codes: u32,
    /// Left-over recovery codes at which the owner is asked to make new ones.
    pub recovery_low: u32,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            required_for: Vec::new(),
            trust_days: 30,
            half_idle_seconds: 300,
            half_most_seconds: 1_800,
            half_tries: 5,
            tries: 5,
            wait_seconds: 30,
            wait_most_seconds: 900,
            tries_per_day: 15,
            tries_per_address: Limit::new(30, 3_600),
            bind_minutes: 15,
            applications: 5,
            recovery_codes: 10,
            recovery_low: 3,
        }
    }
}
