//! What a recovery may build on when the account was closed: by staff, or in lockdown because somebody was in it.

use super::{Given, Proof, papers, store::Found};
use crate::accounts::{self, AccountId};
use crate::config::Config;
use crate::contacts;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::safety;
use ::store::Tx;

/// The recovery with those of its proofs that are believed; `None` when no proof opens this account, because staff locked
/// it. In lockdown a contact or a saved code that came within the last day before it proves nothing: it may be of whoever
/// was in the account then (their factors are gone already).
pub fn believed(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    account: &AccountId,
    found: Found,
) -> Result<Option<Found>> {
    let status = accounts::load_any(tx, ctx, account)?.map(|(status, _)| status);
    if !matches!(status.as_deref(), Some("open" | "closing" | "lockdown")) {
        return Ok(None);
    }
    let Some(held) = safety::lockdown(tx, account)? else { return Ok(Some(found)) };
    let until = safety::believed_until(config, held.since);
    let mut given = found.given.clone();
    if given.has(Proof::Saved) && papers::saved_at(tx, account)?.is_none_or(|made| made > until) {
        given = given.without(Proof::Saved);
    }
    let contacts = accounts::contacts(tx, ctx, account)?;
    let proved = contacts.iter().find(|contact| super::finish::is_target(contact, &found));
    // Added in the last day before the lockdown: its first day was not over then.
    if proved.is_some_and(|contact| !contacts::is_settled(contact, held.since)) {
        given = given.without(Proof::Phone).without(Proof::Email);
    }
    Ok(Some(Found { given, ..found }))
}

/// With what a lockdown would be lifted: two proofs are the stronger one. A single one, whichever it is, opens after a wait
/// of which every contact is told.
pub fn proof(given: &Given) -> safety::Proof {
    let kinds = [given.contact(), given.has(Proof::Second), given.has(Proof::Saved)];
    if given.has(Proof::Access) {
        safety::Proof::Staff
    } else if kinds.iter().filter(|kind| **kind).count() >= 2 {
        safety::Proof::ContactAndFactor
    } else {
        safety::Proof::Contact
    }
}
