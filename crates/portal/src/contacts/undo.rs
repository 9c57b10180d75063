//! Undoing a change by the link of its notice: what was there comes back, what was new goes, everybody is signed out.

use super::change::{masked, token_hashes};
use super::rules::is_settled;
use super::store::{self, Change};
use crate::accounts::{self, AccountId, Contact};
use crate::audit::{self, Chain, Event};
use crate::codes::page::shown;
use crate::config::Config;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::factors;
use crate::notifications::{self, Details, Notice};
use crate::sessions::{self, End};
use ::store::Tx;
use kernel::Time;

/// What a link is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// A change that can be undone until a moment.
    Live {
        /// Masked: the contact that comes back, when one left.
        back: Option<String>,
        /// When it was made.
        at: Time,
        /// Until when it can be undone.
        until: Time,
    },
    /// It was undone already.
    Used,
    /// Unknown, or its time is over.
    Dead,
}

/// Looks at a link and changes nothing.
///
/// # Errors
/// The storage is away.
pub fn look(tx: &mut Tx<'_>, ctx: &Ctx, token: &str) -> Result<Look> {
    let Some(change) = find(tx, ctx, token)? else { return Ok(Look::Dead) };
    if change.undone_at.is_some() {
        return Ok(Look::Used);
    }
    if change.expires_at <= ctx.now {
        return Ok(Look::Dead);
    }
    let back = match &change.old {
        Some(old) => accounts::departed(tx, ctx, &change.account, old)?,
        None => None,
    };
    let back = back.map(|(kind, value)| masked(kind, &value));
    Ok(Look::Live { back, at: change.at, until: change.expires_at })
}

fn find(tx: &mut Tx<'_>, ctx: &Ctx, token: &str) -> Result<Option<Change>> {
    for hash in token_hashes(ctx, token) {
        if let Some(change) = store::change_of(tx, &hash)? {
            return Ok(Some(change));
        }
    }
    Ok(None)
}

/// What undoing led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undone {
    /// The former contacts are back; every session of this account is over.
    Done(AccountId),
    /// It was undone already.
    Used,
    /// Unknown, or its time is over.
    Dead,
}

/// Undoes a change and every later one of the account. What was too new at that moment to be trusted goes with them.
///
/// # Errors
/// The storage is away.
pub fn undo(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, token: &str) -> Result<Undone> {
    let Some(change) = find(tx, ctx, token)? else { return Ok(Undone::Dead) };
    let account = change.account.clone();
    accounts::lock(tx, &account)?;
    if !store::take_change(tx, &change.id, ctx.now)? {
        // Looked at again: another press of the button may have been first.
        let undone = find(tx, ctx, token)?.is_some_and(|change| change.undone_at.is_some());
        return Ok(if undone { Undone::Used } else { Undone::Dead });
    }
    let mut back = vec![change];
    for later in store::changes_since(tx, &account, back[0].at)? {
        store::take_change(tx, &later.id, ctx.now)?;
        back.push(later);
    }
    let gone = roll_back(tx, ctx, config, &account, &back)?;
    store::end_flow(tx, &account)?;
    sessions::end_all(tx, ctx, &account, None, End::Lockdown)?;
    accounts::close_password(tx, &account)?;
    super::hold(tx, &account, config.contacts.hold_until(ctx.now))?;
    tell(tx, ctx, &account, &gone)?;
    metrics::counter!("contact_changes_undone_total").increment(1);
    Ok(Undone::Done(account))
}

/// Puts the contacts back to what they were before the first of these changes; answers what left.
fn roll_back(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    account: &AccountId,
    back: &[Change],
) -> Result<Vec<Contact>> {
    let since = back.iter().map(|change| change.at).min().unwrap_or(ctx.now);
    let mut returning = Vec::new();
    for change in back {
        let Some(old) = &change.old else { continue };
        let settled = store::times_of(tx, old)?
            .is_some_and(|(held_until, confirmed_at)| held_until <= since && confirmed_at <= since);
        if settled {
            returning.push((old.clone(), change.was_primary));
        }
    }
    let live = accounts::contacts(tx, ctx, account)?;
    let (stays, mut goes): (Vec<_>, Vec<_>) =
        live.into_iter().partition(|contact| is_settled(contact, since));
    if stays.is_empty() && returning.is_empty() {
        // Nothing would be left to reach the owner by.
        goes.clear();
    }
    for contact in &goes {
        // A second factor that went to this number is gone with it: nobody could give its codes.
        if let Some((factor, number)) = factors::contact_of_sms(tx, account)?
            && number == contact.id.as_str()
        {
            factors::remove(tx, ctx, config, account, None, &factor)?;
        }
        accounts::retire(tx, ctx, account, &contact.id, None)?;
        store::end_changes_of(tx, account, &contact.id, ctx.now)?;
        let event =
            Event::ContactRemoved { contact: contact.id.to_string(), kind: contact.kind.word().into() };
        let note = shown(contact.kind, &contact.value);
        audit::record_with(tx, ctx, Chain::Account(account.as_str()), &event, &note)?;
    }
    for (contact, was_primary) in &returning {
        if accounts::restore(tx, account, contact)? && *was_primary {
            accounts::make_primary(tx, account, contact)?;
        }
    }
    let named = returning.first().map(|(contact, _)| contact.clone());
    let named = named.or_else(|| back.first().and_then(|change| change.new.clone()));
    let event = Event::ContactChangeUndone { contact: named.map(|id| id.to_string()).unwrap_or_default() };
    audit::record(tx, ctx, Chain::Account(account.as_str()), &event)?;
    Ok(goes)
}

/// Tells everybody: the contacts that are there now, and those that left.
fn tell(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, gone: &[Contact]) -> Result<()> {
    let details = Details::default();
    notifications::notify_owner_with(tx, ctx, account, Notice::ContactUndone, &details)?;
    let Some(owner) = accounts::load(tx, ctx, account)? else { return Ok(()) };
    for contact in gone {
        let to = (contact.kind, contact.value.clone());
        let message = notifications::notice(
            ctx,
            owner.lang,
            Notice::ContactUndone,
            to,
            Some(account.clone()),
            &details,
        );
        notifications::queue(tx, ctx, message)?;
    }
    Ok(())
}
