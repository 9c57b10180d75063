//! The one door through which every sign-in goes, whatever its factors were: password, passkey, QR code, recovery.
//!
//! Invariants: nobody else begins a session for an existing account; who comes in is written in the journal in the same
//! transaction; what the owner or staff forbade is asked here and nowhere else.

use crate::accounts::AccountId;
use crate::audit::{self, Chain, Event};
use crate::config::Config;
use crate::ctx::{Actor, Ctx};
use crate::error::Result;
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
}

/// Lets a person in: a session begins, the journal says so.
///
/// # Errors
/// The storage is away.
pub fn enter(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, entry: &Entry<'_>) -> Result<Entered> {
    let owner = ctx.clone().acting_as(Actor::Account(entry.account.to_string()));
    let event =
        Event::SignedIn { methods: entry.methods.to_owned(), remember: entry.remember, new_device: false };
    audit::record(tx, &owner, Chain::Account(entry.account.as_str()), &event)?;
    let token = sessions::begin(tx, ctx, &config.sessions, entry.account, entry.methods, entry.remember)?;
    Ok(Entered::In(token))
}
