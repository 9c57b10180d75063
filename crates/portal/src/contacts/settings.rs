//! Section `[contacts]`.

use crate::limits::Limit;
use kernel::{Span, Time};
use serde::{Deserialize, Serialize};

/// Section `[contacts]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Hours in which a change can be undone by the link of its notice; so long the login of a contact that left is
    /// kept for its account (practice sheet §9.7: 72).
    pub undo_hours: i64,
    /// Hours in which a new contact recovers and undoes nothing (practice sheet §9.7: 24).
    pub new_contact_hours: i64,
    /// Hours without changes of contacts after a recovery or an undone change (practice sheet §9.2: 24).
    pub hold_hours: i64,
    /// Hours that a new contact waits for its code: as long as the longest code (spec 01 §1: e-mail, 24 h).
    pub draft_hours: i64,
    /// Contacts that one account has at most (choice).
    pub most: i64,
    /// Contacts that one account may begin to add (choice: nobody is written to without end by a stolen session).
    pub starts_per_account: Limit,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            undo_hours: 72,
            new_contact_hours: 24,
            hold_hours: 24,
            draft_hours: 24,
            most: 10,
            starts_per_account: Limit::new(10, 86_400),
        }
    }
}

impl Settings {
    /// Until when a change made at this moment can be undone.
    pub fn undo_until(&self, now: Time) -> Time {
        now + Span::hours(self.undo_hours)
    }

    /// Until when a contact added at this moment recovers and undoes nothing.
    pub fn new_contact_until(&self, now: Time) -> Time {
        now + Span::hours(self.new_contact_hours)
    }

    /// Until when contacts stay as they are after a recovery at this moment.
    pub fn hold_until(&self, now: Time) -> Time {
        now + Span::hours(self.hold_hours)
    }
}
