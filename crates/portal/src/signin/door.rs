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
use crate::notifications::{self, Details, Notice};
use crate::safety::{self, Restriction};
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
    /// The owner forbade this way in, or signing in from this place.
    Restricted(Restriction),
}

impl Refusal {
    /// The word in the journal.
    pub const fn word(self) -> &'static str {
        match self {
            Refusal::NotOpen => "not-open",
            Refusal::Restricted(_) => "restricted",
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
    if let Some(ban) = safety::refusal(tx, ctx, entry.account, entry.methods)? {
        safety::note_refusal(tx, ctx, entry.account, entry.methods, ban)?;
        return Ok(Entered::Refused(Refusal::Restricted(ban)));
    }
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
    // A recovery is told by a notice of its own, with the same link.
    let told = entry.methods.split(' ').any(|word| word == "recovery");
    if !told && (met.new || met.new_country.is_some()) {
        tell_owner(tx, ctx, entry.account, &token)?;
    }
    Ok(Entered::In(token.on_device(met.new)))
}

/// A sign-in from a new device or country is told by every contact, with «Это был не я» (spec 01 §2).
fn tell_owner(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, token: &sessions::Token) -> Result<()> {
    let args = safety::whence(ctx).to_vec();
    let session = Some(token.session().to_string());
    let details = Details { args, session, ..Details::default() };
    notifications::notify_owner_with(tx, ctx, account, Notice::NewDevice, &details)
}
