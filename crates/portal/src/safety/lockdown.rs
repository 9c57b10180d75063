//! The lockdown: the owner, or who holds the link of a notice, closes the account for everybody.
//!
//! Invariants: in one transaction every session ends, the password is gone, no device is known or trusted, factors of the last day are gone, contacts stay
//! as they are because nobody can sign in to change them; a sign-in at the same moment either came before and is ended, or finds the door closed; only a stronger
//! proof opens it again ([`super::Proof`]); the account looks like nobody's to who tries to sign in.

use super::{Lift, Proof, means, rules, store};
use crate::accounts::AccountId;
use crate::audit::{self, Chain, Event};
use crate::config::Config;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::notifications::{self, Details, Link, Notice, Said, links};
use crate::sessions::{self, End};
use crate::{devices, web::texts};
use ::store::Tx;
use kernel::{Span, Time};

/// Who began a lockdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The owner, signed in.
    Owner,
    /// Who holds the link of a notice.
    Notice,
}

impl By {
    /// The word in the row and in the journal.
    pub const fn word(self) -> &'static str {
        match self {
            By::Owner => "owner",
            By::Notice => "notice",
        }
    }
}

/// Closes an account; `false` when it was closed already. The caller forgets its sessions in memory after the commit.
///
/// # Errors
/// The storage is away.
pub fn lock_down(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, account: &AccountId, by: By) -> Result<bool> {
    if !store::close(tx, account)? {
        return Ok(false);
    }
    let id = super::LockdownId::new(ctx.now, &mut ctx.rng());
    store::begin(tx, &id, account, by.word(), ctx.now)?;
    let event = Event::LockedDown { by: by.word().into() };
    audit::record(tx, ctx, Chain::Account(account.as_str()), &event)?;
    sessions::end_all(tx, ctx, account, None, End::Lockdown)?;
    devices::forget_all(tx, account)?;
    means::distrust(tx, ctx, account)?;
    means::forget_since(tx, ctx, account, believed_until(config, ctx.now))?;
    links::end_all(tx, ctx, account, links::Act::NotMe)?;
    notifications::notify_owner(tx, ctx, account, Notice::LockedDown, None)?;
    metrics::counter!("lockdowns_total", "by" => by.word()).increment(1);
    Ok(true)
}

/// Until when what had come into an account by then is believed, for a lockdown that began at `since`: whoever was in
/// it had time to bring a factor, a contact or a saved code of their own.
pub fn believed_until(config: &Config, since: Time) -> Time {
    since - Span::hours(config.safety.lockdown_back_hours)
}

/// A lockdown that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Since when.
    pub since: Time,
    /// From when on a recovery without a second factor opens the account; none when nobody asked, or one is needed.
    pub opens_at: Option<Time>,
}

/// The lockdown of an account, if it holds.
///
/// # Errors
/// The storage is away.
pub fn held(tx: &mut Tx<'_>, account: &AccountId) -> Result<Option<Held>> {
    let held = store::lockdown(tx, account)?;
    Ok(held.map(|held| Held { since: held.begun_at, opens_at: held.lift_at }))
}

/// What a recovery that proved a contact does about a lockdown. Recovery calls this before it sets the new password,
/// and goes on only after `None` (there is no lockdown) or [`Lift::Now`] (it has ended in this transaction).
///
/// # Errors
/// The storage is away.
pub fn lift(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    account: &AccountId,
    proof: Proof,
) -> Result<Option<Lift>> {
    let Some(held) = store::lockdown(tx, account)? else { return Ok(None) };
    let has_second = means::has_second(tx, account)?;
    let wait = Span::hours(config.safety.lockdown_wait_hours);
    let decided = rules::lift(proof, has_second, held.lift_at, ctx.now, wait);
    match decided {
        Lift::Now if store::end(tx, account, proof.word(), ctx.now)? => {
            store::open(tx, account)?;
            links::end_all(tx, ctx, account, links::Act::Keep)?;
            let event = Event::LockdownLifted { proof: proof.word().into() };
            audit::record(tx, ctx, Chain::Account(account.as_str()), &event)?;
            notifications::notify_owner(tx, ctx, account, Notice::LockdownLifted, None)?;
        }
        Lift::Begin(until) if store::wait(tx, account, until)? => {
            let event = Event::RecoveryStarted { how: "lockdown".into() };
            audit::record(tx, ctx, Chain::Account(account.as_str()), &event)?;
            tell_of_wait(tx, ctx, account, until)?;
        }
        _ => {}
    }
    Ok(Some(decided))
}

/// Every contact learns that the account will open, with a button that stops it.
fn tell_of_wait(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, until: Time) -> Result<()> {
    let url = links::mint(tx, ctx, account, links::Act::Keep, &format!("lockdown/{}", until.0), until)?;
    let link = Link { label: "notice-keep", hint: Some("notice-lift-asked-hint"), url };
    let details = Details { args: vec![("until", Said::At(until))], link: Some(link), ..Details::default() };
    notifications::notify_owner_with(tx, ctx, account, Notice::LiftAsked, &details)
}

/// Stops a wait: the account stays closed. `false` when there is no such wait.
pub(super) fn keep(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, which: Time) -> Result<bool> {
    if !store::stop_wait(tx, account, which)? {
        return Ok(false);
    }
    let event = Event::RecoveryCancelled { how: "lockdown".into() };
    audit::record(tx, ctx, Chain::Account(account.as_str()), &event)?;
    let what = Said::each(|lang| texts::text(lang, "safety-lockdown-title").to_owned());
    let details = Details { args: vec![("restriction", what)], ..Details::default() };
    notifications::notify_owner_with(tx, ctx, account, Notice::Kept, &details)?;
    Ok(true)
}
