//! Beginning anew when everything is lost but a contact: after a waiting period the account is deleted, without days of
//! grace, and its contacts are free for a new one (practice sheet §9.4).
//!
//! Nothing of the account is opened, so no second factor is gone around. Only for simplified accounts: a proven identity is
//! recovered by proving it again. Staff are helped by another administrator.

use super::store::{self, Found};
use super::waiting::{self, Aim};
use super::{Next, finish, next};
use crate::accounts::{self, AccountId, leaving};
use crate::audit::{self, Chain, Event};
use crate::config::Config;
use crate::ctx::{Actor, Ctx};
use crate::error::Result;
use crate::factors;
use crate::sessions::{self, End};
use ::store::Tx;
use kernel::{Level, Span, Time};

/// How far somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Not for this recovery or this account.
    NotHere,
    /// It can be asked for.
    Possible,
    /// It was asked for; not before this moment.
    Waits(Time),
    /// The account can be deleted now.
    Over,
}

/// How far this recovery is: a contact was proved, and a second factor is what it lacks.
///
/// # Errors
/// The storage is away.
pub fn stage(tx: &mut Tx<'_>, ctx: &Ctx, found: &Found) -> Result<Stage> {
    let Some(account) = &found.account else { return Ok(Stage::NotHere) };
    let lacks = found.given.contact() && next(tx, ctx, found)? == Next::Second;
    if !lacks || !may_be_deleted(tx, ctx, account)? {
        return Ok(Stage::NotHere);
    }
    Ok(match waiting::until(tx, ctx, account, Aim::Restart)? {
        None => Stage::Possible,
        Some(until) if until > ctx.now => Stage::Waits(until),
        Some(_) => Stage::Over,
    })
}

fn may_be_deleted(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<bool> {
    let opened = accounts::load(tx, ctx, account)?;
    let simple = opened.is_some_and(|account| account.level == Level::Simplified);
    Ok(simple && !factors::has_duty(tx, account)?)
}

/// Begins the waiting period; every contact is told.
///
/// # Errors
/// The storage is away.
pub fn ask(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, found: &Found) -> Result<Stage> {
    match (stage(tx, ctx, found)?, &found.account) {
        (Stage::Possible, Some(account)) => {
            Ok(Stage::Waits(waiting::begin(tx, ctx, config, account, Aim::Restart)?))
        }
        (stage, _) => Ok(stage),
    }
}

/// Ends the account: the next run of the job `closing.erase` destroys its data and frees its contacts. `false` when the
/// period was cancelled, made void by a sign-in or is not over, or when the contact is not theirs any more.
///
/// # Errors
/// The storage is away.
pub fn delete(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, found: &Found) -> Result<bool> {
    let Some(account) = &found.account else { return Ok(false) };
    accounts::hold_open(tx, account)?;
    let verified_after = ctx.now - Span::minutes(config.recovery.password_minutes);
    let found = Found { given: store::hold_proofs(tx, &found.id)?, ..found.clone() };
    if stage(tx, ctx, &found)? != Stage::Over
        || !finish::still_theirs(tx, ctx, account, &found)?
        || !store::finish(tx, &found.id, ctx.now, verified_after)?
        || !leaving::begin(tx, ctx, account, ctx.now)?
    {
        return Ok(false);
    }
    waiting::end(tx, ctx, account, "used")?;
    sessions::end_all(tx, ctx, account, None, End::Closing)?;
    let owner = ctx.clone().acting_as(Actor::Account(account.to_string()));
    let event = Event::ClosingStarted { until: ctx.now.0 };
    audit::record(tx, &owner, Chain::Account(account.as_str()), &event)?;
    metrics::counter!("restarts_total").increment(1);
    Ok(true)
}
