//! What follows a wrong password: counters of addresses, an event, and a word to the owner when a lock begins.

use super::addresses;
use crate::accounts::AccountId;
use crate::audit::{self, Chain, Event};
use crate::ctx::Ctx;
use crate::error::Result;
use crate::limits;
use crate::notifications::{self, Notice};
use ::store::Tx;

/// What follows a wrong password: the address and its network are counted, a new lock is told to the owner.
pub(super) fn failed(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    settings: &limits::Settings,
    owner: Option<&AccountId>,
    subject: &[u8; 32],
    locks_now: bool,
) -> Result<()> {
    addresses::count(tx, ctx, settings)?;
    let event = Event::SignInFailed { method: "pwd".into(), reason: "wrong".into() };
    audit::record(tx, ctx, chain(owner, subject), &event)?;
    if locks_now { tell_owner(tx, ctx, owner) } else { Ok(()) }
}

/// What follows a right password that opens nothing: for the address it counts like a wrong one, or whoever tries
/// would see from the address's own limit which passwords are right.
pub(super) fn refused(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    settings: &limits::Settings,
    owner: &AccountId,
    locks_now: bool,
) -> Result<()> {
    addresses::count(tx, ctx, settings)?;
    if locks_now { tell_owner(tx, ctx, Some(owner)) } else { Ok(()) }
}

/// Whose journal a try belongs to: the account's, or one of those for logins that are nobody's.
fn chain<'a>(owner: Option<&'a AccountId>, subject: &[u8; 32]) -> Chain<'a> {
    owner.map_or(Chain::Nobody(subject[0]), |owner| Chain::Account(owner.as_str()))
}

/// The owner learns of a lock at most once in an hour, by every contact.
fn tell_owner(tx: &mut Tx<'_>, ctx: &Ctx, account: Option<&AccountId>) -> Result<()> {
    metrics::counter!("sign_in_locks_total").increment(1);
    let Some(account) = account else { return Ok(()) };
    if limits::take(tx, ctx, "lock-notice", account.as_str(), limits::Limit::new(1, 3_600))?.allowed() {
        notifications::notify_owner(tx, ctx, account, Notice::Locked, None)?;
    }
    Ok(())
}
