//! Section `[safety]`: the lockdown, and what the owner forbids to themselves.

use serde::{Deserialize, Serialize};

/// Section `[safety]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Hours that a lockdown lasts after somebody recovered without a second factor (practice sheet §9.4: 24).
    pub lockdown_wait_hours: i64,
    /// Hours between asking to lift a ban and its end (practice sheet §9.4, §9.9: 24).
    pub restriction_wait_hours: i64,
    /// Hours before a lockdown from which on what came into the account is not believed: factors go, contacts and a saved
    /// code do not open it (as long as a new contact is not believed, practice sheet §9.7: 24).
    pub lockdown_back_hours: i64,
    /// Passkeys that an account needs before the password may be forbidden: one may get lost, so two.
    pub keys_for_ban: i64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            lockdown_wait_hours: 24,
            restriction_wait_hours: 24,
            lockdown_back_hours: 24,
            keys_for_ban: 2,
        }
    }
}
