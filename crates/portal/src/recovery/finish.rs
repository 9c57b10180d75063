//! The last act of a recovery: the new password, and what goes with it.

use super::store::Found;
use super::{Next, Proof, closed, next, papers, store, waiting};
use crate::accounts::{self, AccountId};
use crate::audit::{self, Chain, Event};
use crate::config::Config;
use crate::contacts;
use crate::ctx::{Actor, Ctx};
use crate::error::Result;
use crate::factors;
use crate::notifications::{self, Notice};
use crate::safety::{self, Lift};
use crate::sessions::{self, End};
use crate::signin;
use crate::signin::door::{self, Entered, Entry};
use ::store::Tx;
use kernel::Span;

/// Whether a contact that was proved still belongs to the account: it may have been replaced since.
pub(super) fn still_theirs(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, found: &Found) -> Result<bool> {
    if !found.given.contact() {
        return Ok(true);
    }
    let contacts = accounts::contacts(tx, ctx, account)?;
    Ok(contacts.iter().any(|contact| is_target(contact, found)))
}

/// Whether this is the contact that the codes of a recovery go to.
pub(super) fn is_target(contact: &accounts::Contact, found: &Found) -> bool {
    contact.kind == found.draft.kind
        && kernel::secret::same(contact.value.as_bytes(), found.draft.to.as_bytes())
}

/// Whether the owner changed the password after this recovery began: then it is not theirs to finish.
fn overtaken(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, found: &Found) -> Result<bool> {
    let set_at = accounts::load_any(tx, ctx, account)?.and_then(|(_, account)| account.password_set_at);
    Ok(set_at.is_some_and(|at| at > found.created_at))
}

/// Sets the new password, ends every session, forgets failures, tells the owner, signs this browser in.
/// `None` when the recovery was used already or is too old, when the account stays in lockdown for now
/// ([`safety::lift_lockdown`]), or when the door is closed by a ban of the owner.
///
/// # Errors
/// The storage is away.
pub fn finish(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    found: &Found,
    password_hash: &str,
) -> Result<Option<sessions::Token>> {
    let Some(account) = &found.account else { return Ok(None) };
    // Held until the commit: a change of contacts or of the password comes before this or after it.
    accounts::hold_open(tx, account)?;
    let verified_after = ctx.now - Span::minutes(config.recovery.password_minutes);
    let found = Found { given: store::hold_proofs(tx, &found.id)?, ..found.clone() };
    let Some(found) = closed::believed(tx, ctx, config, account, found)? else { return Ok(None) };
    if next(tx, ctx, &found)? != Next::Password
        || !still_theirs(tx, ctx, account, &found)?
        || overtaken(tx, ctx, account, &found)?
        || !store::finish(tx, &found.id, ctx.now, verified_after)?
    {
        return Ok(None);
    }
    if matches!(safety::lift_lockdown(tx, ctx, config, account, closed::proof(&found.given))?, Some(lift) if lift != Lift::Now)
    {
        return Ok(None);
    }
    let owner = ctx.clone().acting_as(Actor::Account(account.to_string()));
    store::end_others(tx, account, &found.id, ctx.now)?;
    accounts::set_password(tx, ctx, account, password_hash)?;
    sessions::end_all(tx, ctx, account, None, End::PasswordChanged)?;
    factors::distrust_all(tx, &owner, account)?;
    spend(tx, &owner, account, &found)?;
    signin::unlock(tx, ctx, account)?;
    contacts::hold(tx, account, config.contacts.hold_until(ctx.now))?;
    let with = found.given.words().split(' ').map(str::to_owned).collect();
    audit::record(tx, &owner, Chain::Account(account.as_str()), &Event::PasswordRecovered { with })?;
    notifications::notify_owner(tx, ctx, account, Notice::PasswordChanged, None)?;
    metrics::counter!("recoveries_total").increment(1);
    let mut methods =
        if found.given.has(Proof::Second) { "pwd recovery otp" } else { "pwd recovery" }.to_owned();
    if factors::required(tx, ctx, config, account)? && !factors::bound(tx, account)?.has_second() {
        methods = format!("{methods} {}", factors::BIND_ONLY);
    }
    let entry = Entry { account, methods: &methods, remember: false };
    match door::enter(tx, ctx, config, &entry)? {
        Entered::In(token) => Ok(Some(token)),
        Entered::Refused(_) => Ok(None),
    }
}

/// What was used up: the saved code; and after a waiting period, or with a code of staff, the factors that were lost.
fn spend(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, found: &Found) -> Result<()> {
    if found.given.has(Proof::Saved) {
        papers::forget_saved(tx, account)?;
    }
    let needs_wait = !found.given.has(Proof::Second) && !found.given.has(Proof::Saved);
    if needs_wait && factors::bound(tx, account)?.has_second() {
        waiting::end(tx, ctx, account, "used")?;
        factors::remove_all(tx, ctx, account)?;
    }
    Ok(())
}
