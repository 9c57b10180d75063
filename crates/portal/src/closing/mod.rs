//! One's own data: a copy of all of it, and deleting the account (spec 01 §5, practice sheet §8).
//!
//! Invariants: what the portal holds about an account is one list ([`holdings`]) that the copy and the erasure both go
//! through, and a test compares it with the schema; within the days of grace a sign-in restores everything, and of a
//! sign-in and the erasure at the same instant the database lets one win; an erased account has no data key, so nothing
//! sealed under it can be read again, while the journal keeps its pseudonymous events and still verifies.

pub mod export;
mod holding;
mod holdings;
mod identity;
pub mod jobs;
mod settings;
pub mod web;

pub use holdings::{Erase, Export, Holding, holdings};
pub use settings::Settings;

use crate::accounts::{AccountId, leaving};
use crate::audit::{self, Chain, Event};
use crate::ctx::Ctx;
use crate::error::Result;
use crate::notifications::{self, Notice};
use crate::sessions::{self, End};
use ::store::{Tx, params};
use kernel::{Span, Time};

/// Begins the days of grace: every session ends, every contact is told the date and the way back. Answers when the data
/// will be erased; `None` when the account is not open.
///
/// # Errors
/// The storage is away.
pub fn start(tx: &mut Tx<'_>, ctx: &Ctx, settings: &Settings, account: &AccountId) -> Result<Option<Time>> {
    let until = ctx.now + settings.grace();
    if !leaving::begin(tx, ctx, account, until)? {
        return Ok(None);
    }
    sessions::end_all(tx, ctx, account, None, End::Closing)?;
    audit::record(tx, ctx, Chain::Account(account.as_str()), &Event::ClosingStarted { until: until.0 })?;
    notifications::notify_owner(tx, ctx, account, Notice::ClosingStarted(until), None)?;
    metrics::counter!("closings_total").increment(1);
    Ok(Some(until))
}

/// Reminds one owner that the end is near; `false` when that is done or not due any more.
///
/// # Errors
/// The storage is away.
pub fn remind(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, until: Time) -> Result<bool> {
    if !leaving::remind(tx, ctx, account)? {
        return Ok(false);
    }
    notifications::notify_owner(tx, ctx, account, Notice::ClosingReminder(until), None)?;
    Ok(true)
}

/// Erases one account whose grace is over: its data key is destroyed, its rows go, its contacts are free. `false` when
/// it was restored, or erased before: doing it twice does nothing twice.
///
/// # Errors
/// The storage is away: then nothing of it was done.
pub fn erase(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<bool> {
    if !leaving::destroy_key(tx, ctx, account)? {
        return Ok(false);
    }
    for holding in holdings() {
        if let Erase::Run(sql) = holding.erase {
            tx.exec(sql, params![account])?;
        }
    }
    audit::record(tx, ctx, Chain::Account(account.as_str()), &Event::AccountErased)?;
    metrics::counter!("accounts_erased_total").increment(1);
    Ok(true)
}

/// When owners are reminded: everybody whose end comes before this moment.
pub fn reminders_before(settings: &Settings, now: Time) -> Time {
    now + Span::days(settings.reminder_days)
}
