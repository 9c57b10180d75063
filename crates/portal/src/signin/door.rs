//! The one door through which every sign-in goes, whatever its factors were: password, passkey, QR code, recovery.
//!
//! Invariants: nobody else begins a session for an existing account; who comes in is written in the journal in the same
//! transaction; what the owner or staff forbade is asked here and nowhere else.

use crate::accounts::{self, AccountId};
use crate::audit::{self, Chain, Event};
use crate::config::Config;
use crate::ctx::{Actor, Ctx};
use crate::devices;
use crate::error::Result;
use crate::notifications::{self, Notice};
use crate::sessions;
use ::store::Tx;

/// Somebody who has given every factor that was asked of them.
pub struct Entry<'a> {
    /// Who.
    pub account: &'a AccountId,
    /// How: words of RFC 8176, see [`sessions::Strength`].
    pub methods: &'a str,
    /// Whether «Запомнить меня» was ticked.
    pub remember: bool,
}

/// What stands behind the door.
pub enum Entered {
    /// A session.
    In(sessions::Token),
    /// Nothing, whatever was proved: the journal has it already, so the transaction must be committed.
    Refused(Refusal),
}

/// Why nobody is let in. Who asked with a password alone is answered as with a wrong one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The account is not open: locked down, locked by staff, being deleted.
    NotOpen,
}

impl Refusal {
    /// The word in the journal.
    pub const fn word(self) -> &'static str {
        match self {
            Refusal::NotOpen => "not-open",
        }
    }
}

/// Lets a person in: a session begins on a device that is known from now on, the journal says so. Within its
/// days of grace an account that was to be deleted is restored.
///
/// # Errors
/// The storage is away.
pub fn enter(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, entry: &Entry<'_>) -> Result<Entered> {
    let owner = ctx.clone().acting_as(Actor::Account(entry.account.to_string()));
    let chain = Chain::Account(entry.account.as_str());
    if accounts::leaving::restore(tx, ctx, entry.account)? {
        audit::record(tx, &owner, chain, &Event::ClosingCancelled)?;
        notifications::notify_owner(tx, ctx, entry.account, Notice::ClosingCancelled, None)?;
    }
    // The row is held: a lockdown that happens at this moment comes after, and ends this session, or came before.
    if !accounts::hold_open(tx, entry.account)? {
        let refusal = Refusal::NotOpen;
        let event = Event::SignInFailed { method: entry.methods.to_owned(), reason: refusal.word().into() };
        audit::record(tx, ctx, chain, &event)?;
        return Ok(Entered::Refused(refusal));
    }
    let met = devices::meet(tx, ctx, &config.devices, entry.account)?;
    let event =
        Event::SignedIn { methods: entry.methods.to_owned(), remember: entry.remember, new_device: met.new };
    audit::record(tx, &owner, chain, &event)?;
    let token = sessions::begin(tx, ctx, &config.sessions, entry.account, entry.methods, entry.remember)?;
    Ok(Entered::In(token.on_device(met.new)))
}
