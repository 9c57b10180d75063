//! Numbers that came to somebody else (practice sheet §9.7): a number moves, an account never does.

use crate::accounts::{self, AccountId, Login, Standing};
use crate::audit::{self, Chain, Event};
use crate::ctx::Ctx;
use crate::error::Result;
use crate::factors;
use crate::notifications::{self, Notice};
use ::store::Tx;
use kernel::{Level, Time};

/// What becomes of a phone number that somebody has proved to hold and says to be theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is nobody's: nothing stands against it.
    Free,
    /// It leaves its account for theirs.
    Moves,
    /// It left an account a short while ago, which may still take it back until this moment.
    Reserved(Time),
    /// It is the only contact of an account that a person was confirmed for, that has second factors or that is closed
    /// for everybody: there it stays what is typed to sign in, but it gets no more notices and recovers nothing.
    Protected,
}

/// What a claim would lead to.
///
/// # Errors
/// The storage is away.
pub fn claim_of(tx: &mut Tx<'_>, ctx: &Ctx, login: &Login, claimant: Option<&AccountId>) -> Result<Claim> {
    Ok(match accounts::standing(tx, ctx, login)? {
        Standing::Free => Claim::Free,
        Standing::Owned(owner) | Standing::Reserved { account: owner, .. } if Some(&owner) == claimant => {
            Claim::Free
        }
        Standing::Reserved { until, .. } => Claim::Reserved(until),
        Standing::Owned(owner) if is_protected(tx, ctx, &owner)? => Claim::Protected,
        Standing::Owned(_) => Claim::Moves,
    })
}

/// Whether an account would lose the only way to name itself, and is more than a proved contact.
fn is_protected(tx: &mut Tx<'_>, ctx: &Ctx, owner: &AccountId) -> Result<bool> {
    let Some((status, account)) = accounts::load_any(tx, ctx, owner)? else { return Ok(false) };
    // Closed against somebody: its owner needs the number to come back.
    let closed = matches!(status.as_str(), "lockdown" | "locked");
    let strong = closed || account.level == Level::Confirmed || factors::bound(tx, owner)?.has_second();
    Ok(strong && accounts::contacts(tx, ctx, owner)?.len() <= 1)
}

/// Takes a number away from its account, as far as it may go, and tells the old owner by their other contacts.
///
/// # Errors
/// The storage is away.
pub fn take_over(tx: &mut Tx<'_>, ctx: &Ctx, login: &Login, claimant: Option<&AccountId>) -> Result<Claim> {
    let claim = claim_of(tx, ctx, login, claimant)?;
    let Standing::Owned(owner) = accounts::standing(tx, ctx, login)? else { return Ok(claim) };
    match claim {
        Claim::Free | Claim::Reserved(_) => return Ok(claim),
        Claim::Moves => {
            accounts::detach_login(tx, ctx, login)?;
        }
        Claim::Protected => {
            let held = accounts::contacts(tx, ctx, &owner)?;
            let Some(contact) = held.iter().find(|contact| contact.is(login)) else {
                return Ok(claim);
            };
            if !accounts::mute(tx, ctx, contact)? {
                return Ok(claim);
            }
        }
    }
    let moved = Event::ContactMoved { kind: login.kind.into() };
    audit::record(tx, ctx, Chain::Account(owner.as_str()), &moved)?;
    notifications::notify_owner(tx, ctx, &owner, Notice::PhoneMoved, Some(&login.value))?;
    Ok(claim)
}
