//! What may be done to the contacts of an account. No storage, no clock.

use crate::accounts::{Contact, ContactKind, ContactType};
use kernel::{Id, Time};
use serde::{Deserialize, Serialize};

/// How far a new contact is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Proof {
    /// A code was or will be sent.
    #[default]
    Waiting,
    /// The person holds it, and it belongs to somebody else's account.
    Taken,
}

/// A contact on its way into an account, as sealed in its row.
#[derive(Clone, Serialize, Deserialize)]
pub struct Draft {
    /// Phone or e-mail.
    pub kind: ContactType,
    /// E.164 number or address.
    pub value: String,
    /// The contact that leaves when this one comes.
    pub replaces: Option<String>,
    /// How far it is.
    #[serde(default)]
    pub proof: Proof,
}

impl Draft {
    /// The contact that leaves when this one comes.
    pub fn replaces(&self) -> Option<Id<ContactKind>> {
        self.replaces.as_deref().and_then(Id::parse)
    }

    /// What bringing this contact is.
    pub fn act(&self) -> Act {
        if self.replaces.is_some() { Act::Replace } else { Act::Add }
    }
}

/// What somebody wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// One more contact.
    Add,
    /// A new contact for an old one.
    Replace,
    /// A contact fewer.
    Remove,
    /// Messages go there first.
    MakePrimary,
}

/// What an act is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Confirmed contacts of the account.
    pub contacts: usize,
    /// How many it may have.
    pub most: usize,
    /// Whether the contact that is meant is one of them; [`Act::Add`] means none.
    pub present: bool,
    /// Whether it is the primary one.
    pub primary: bool,
    /// Whether codes to it are a second factor of the account.
    pub in_use: bool,
    /// Until when contacts stay as they are.
    pub held_until: Option<Time>,
}

/// Why an act is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Contacts stay as they are until this moment.
    Held(Time),
    /// The contact is not there (any more).
    Gone,
    /// The account has this contact already.
    Own,
    /// The account has as many as it may.
    TooMany,
    /// The only contact cannot go.
    Last,
    /// Codes to this number are a second factor: that goes first.
    InUse,
    /// The contact left another account a short while ago; not before this moment.
    Reserved(Time),
    /// The number is the only way into somebody's protected account: it does not move.
    Protected,
}

/// The answer to a wish.
pub type Judged = Result<(), Refusal>;

/// Whether an act may be done.
///
/// # Errors
/// Why it may not.
pub fn judge(act: Act, facts: &Facts) -> Judged {
    if let Some(until) = facts.held_until {
        return Err(Refusal::Held(until));
    }
    if act != Act::Add && !facts.present {
        return Err(Refusal::Gone);
    }
    match act {
        Act::Add if facts.contacts >= facts.most => Err(Refusal::TooMany),
        Act::Remove if facts.contacts <= 1 => Err(Refusal::Last),
        Act::Remove | Act::Replace if facts.in_use => Err(Refusal::InUse),
        Act::Add | Act::Replace | Act::Remove | Act::MakePrimary => Ok(()),
    }
}

/// Whether a contact may recover access or undo a change: it has been there for a while and nobody else holds it.
pub fn may_recover(contact: &Contact, now: Time) -> bool {
    is_settled(contact, now) && !contact.muted
}

/// Whether a contact was past its first time at a moment. What was not does not outlive an undone change.
pub fn is_settled(contact: &Contact, at: Time) -> bool {
    contact.held_until <= at && contact.confirmed_at <= at
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Rng;

    const FREE: Facts =
        Facts { contacts: 2, most: 3, present: true, primary: false, in_use: false, held_until: None };

    #[test]
    fn every_act_in_every_state() {
        use Act::{Add, MakePrimary, Remove, Replace};
        use Refusal::{Gone, Held, InUse, Last, TooMany};
        let hold = Some(Time(9));
        let states = [
            ("two contacts", FREE),
            ("one contact", Facts { contacts: 1, ..FREE }),
            ("full", Facts { contacts: 3, ..FREE }),
            ("gone", Facts { present: false, ..FREE }),
            ("a second factor", Facts { in_use: true, ..FREE }),
            ("one contact, a second factor", Facts { contacts: 1, in_use: true, ..FREE }),
            ("on hold", Facts { held_until: hold, ..FREE }),
            ("on hold, full and gone", Facts { held_until: hold, contacts: 3, present: false, ..FREE }),
        ];
        // add, replace, remove, make primary
        let table: [[Judged; 4]; 8] = [
            [Ok(()), Ok(()), Ok(()), Ok(())],
            [Ok(()), Ok(()), Err(Last), Ok(())],
            [Err(TooMany), Ok(()), Ok(()), Ok(())],
            [Ok(()), Err(Gone), Err(Gone), Err(Gone)],
            [Ok(()), Err(InUse), Err(InUse), Ok(())],
            [Ok(()), Err(InUse), Err(Last), Ok(())],
            [Err(Held(Time(9))); 4],
            [Err(Held(Time(9))); 4],
        ];
        for ((name, facts), row) in states.iter().zip(table) {
            for (act, expected) in [Add, Replace, Remove, MakePrimary].into_iter().zip(row) {
                assert_eq!(judge(act, facts), expected, "{act:?} with {name}");
            }
        }
    }

    #[test]
    fn a_new_contact_recovers_nothing_before_its_moment() {
        let mut contact = Contact {
            id: Id::new(Time(100), &mut Rng::seeded(1)),
            kind: ContactType::Phone,
            value: String::new(),
            primary: false,
            confirmed_at: Time(100),
            held_until: Time(200),
            muted: false,
        };
        for (now, may) in [(0, false), (100, false), (199, false), (200, true), (201, true)] {
            assert_eq!(may_recover(&contact, Time(now)), may, "{now}");
        }
        contact.muted = true;
        assert!(!may_recover(&contact, Time(500)));
        // From registration: at once, but a clock that jumped back trusts nothing from the future.
        contact = Contact { muted: false, held_until: Time(0), ..contact };
        assert!(may_recover(&contact, Time(100)) && !may_recover(&contact, Time(99)));
    }
}
