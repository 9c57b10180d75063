//! The way out of an account: days of grace in which a sign-in restores it, then its data key is destroyed
//! (spec 01 §5). Each step is one conditional update, so of a sign-in and an erasure at the same instant one wins.

use super::AccountId;
use crate::ctx::Ctx;
use crate::error::Result;
use kernel::Time;
use store::{Tx, params};

/// Begins the days of grace; `false` when the account is not open.
///
/// # Errors
/// The storage is away.
pub fn begin(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, until: Time) -> Result<bool> {
    let changed = tx.exec(
        "UPDATE account SET status = 'closing', closing_asked_at = $1, closing_until = $2, closing_reminded_at = NULL
         WHERE id = $3 AND status = 'open'",
        params![ctx.now, until, account],
    )?;
    Ok(changed == 1)
}

/// Restores an account within its days of grace; `false` when there was nothing to restore.
///
/// # Errors
/// The storage is away.
pub fn restore(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<bool> {
    let changed = tx.exec(
        "UPDATE account SET status = 'open', restored_at = $1, closing_asked_at = NULL, closing_until = NULL
         WHERE id = $2 AND status = 'closing' AND closing_until > $1",
        params![ctx.now, account],
    )?;
    Ok(changed == 1)
}

/// When the account's data key will be destroyed; `None` when nobody asked for that.
///
/// # Errors
/// The storage is away.
pub fn until(tx: &mut Tx<'_>, account: &AccountId) -> Result<Option<Time>> {
    let sql = "SELECT closing_until FROM account WHERE id = $1 AND status = 'closing'";
    Ok(tx.opt(sql, params![account], |row| row.get(0))?.flatten())
}

/// Accounts whose grace is over, the oldest first.
///
/// # Errors
/// The storage is away.
pub fn over(tx: &mut Tx<'_>, now: Time, limit: i64) -> Result<Vec<AccountId>> {
    let sql = "SELECT id FROM account WHERE status = 'closing' AND closing_until <= $1 ORDER BY closing_until LIMIT $2";
    Ok(tx.all(sql, params![now, limit], |row| row.get(0))?)
}

/// Accounts whose grace ends before a moment and whose owners were not reminded.
///
/// # Errors
/// The storage is away.
pub fn to_remind(tx: &mut Tx<'_>, now: Time, before: Time, limit: i64) -> Result<Vec<(AccountId, Time)>> {
    let sql = "SELECT id, closing_until FROM account WHERE status = 'closing' AND closing_until > $1 AND closing_until <= $2
         AND closing_reminded_at IS NULL ORDER BY closing_until LIMIT $3";
    Ok(tx.all(sql, params![now, before, limit], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// Takes the reminding of one account; `false` when another instance did or the account is not leaving any more.
///
/// # Errors
/// The storage is away.
pub fn remind(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<bool> {
    let changed = tx.exec(
        "UPDATE account SET closing_reminded_at = $1
         WHERE id = $2 AND status = 'closing' AND closing_until > $1 AND closing_reminded_at IS NULL",
        params![ctx.now, account],
    )?;
    Ok(changed == 1)
}

/// Destroys the data key and the names of an account whose grace is over; `false` when it is not: somebody was faster.
///
/// # Errors
/// The storage is away.
pub fn destroy_key(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<bool> {
    let nothing: &[u8] = &[];
    let changed = tx.exec(
        "UPDATE account SET status = 'erased', erased_at = $1, data_key = $2, person = $2, password_hash = NULL,
           password_set_at = NULL, tour_done_at = NULL
         WHERE id = $3 AND status = 'closing' AND closing_until <= $1",
        params![ctx.now, nothing, account],
    )?;
    Ok(changed == 1)
}
