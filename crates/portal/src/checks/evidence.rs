//! Rows of `evidence`: what a level stands on.

use super::store::{check_of, odd};
use super::{CheckId, SendingId};
use crate::accounts::AccountId;
use crate::error::Result;
use gateway::register::Check;
use kernel::Time;
use store::{Tx, params};

/// A piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// What was checked.
    pub kind: Check,
    /// The check that confirmed it last.
    pub check: CheckId,
    /// Since when it is held.
    pub since: Time,
    /// When a register confirmed it last.
    pub checked_at: Time,
    /// When a register is asked again.
    pub recheck_at: Time,
    /// How many rechecks in a row no register answered.
    pub silent: i64,
}

/// The evidence of an account: SNILS, passport.
///
/// # Errors
/// The storage is away.
pub fn evidence(tx: &mut Tx<'_>, account: &AccountId) -> Result<Vec<Evidence>> {
    type Raw = (String, CheckId, (Time, Time, Time), i64);
    let rows: Vec<Raw> = tx.all(
        "SELECT kind, check_id, at, checked_at, recheck_at, silent FROM evidence WHERE account_id = $1 ORDER BY kind DESC",
        params![account],
        |row| Ok((row.get(0)?, row.get(1)?, (row.get(2)?, row.get(3)?, row.get(4)?), row.get(5)?)),
    )?;
    rows.into_iter()
        .map(|(kind, check, (since, checked_at, recheck_at), silent)| {
            let kind = check_of(&kind).ok_or_else(|| odd("evidence", &kind))?;
            Ok(Evidence { kind, check, since, checked_at, recheck_at, silent })
        })
        .collect()
}

/// Keeps what a sending has confirmed, in the place of what was held before.
pub fn keep(
    tx: &mut Tx<'_>,
    account: &AccountId,
    kind: Check,
    check: &CheckId,
    at: Time,
    recheck: Time,
) -> Result<()> {
    tx.exec(
        "INSERT INTO evidence (account_id, kind, check_id, at, checked_at, recheck_at, silent) VALUES ($1, $2, $3, $4, $4, $5, 0)
         ON CONFLICT (account_id, kind) DO UPDATE SET check_id = excluded.check_id, at = excluded.at,
           checked_at = excluded.checked_at, recheck_at = excluded.recheck_at, silent = 0",
        params![account, kind.word(), check, at, recheck],
    )?;
    Ok(())
}

/// Notes that a recheck has confirmed it.
pub fn renew(
    tx: &mut Tx<'_>,
    account: &AccountId,
    kind: Check,
    check: &CheckId,
    at: Time,
    recheck: Time,
) -> Result<()> {
    tx.exec(
        "UPDATE evidence SET check_id = $1, checked_at = $2, recheck_at = $3, silent = 0 WHERE account_id = $4 AND kind = $5",
        params![check, at, recheck, account, kind.word()],
    )?;
    Ok(())
}

/// Notes that nobody answered a recheck.
pub fn postpone(tx: &mut Tx<'_>, account: &AccountId, kind: Check, recheck: Time) -> Result<()> {
    tx.exec(
        "UPDATE evidence SET recheck_at = $1, silent = silent + 1 WHERE account_id = $2 AND kind = $3",
        params![recheck, account, kind.word()],
    )?;
    Ok(())
}

/// Notes that a recheck is under way or cannot be now: it is not due before this moment.
pub fn not_before(tx: &mut Tx<'_>, account: &AccountId, at: Time) -> Result<()> {
    tx.exec("UPDATE evidence SET recheck_at = $1 WHERE account_id = $2", params![at, account])?;
    Ok(())
}

/// Ends it; `false` when it is not there.
pub fn end(tx: &mut Tx<'_>, account: &AccountId, kind: Check) -> Result<bool> {
    let ended =
        tx.exec("DELETE FROM evidence WHERE account_id = $1 AND kind = $2", params![account, kind.word()])?;
    Ok(ended == 1)
}

/// Accounts with evidence to be confirmed anew, those that wait longest first.
pub fn due(tx: &mut Tx<'_>, now: Time, limit: i64) -> Result<Vec<AccountId>> {
    Ok(tx.all(
        "SELECT account_id, MIN(recheck_at) AS first FROM evidence WHERE recheck_at <= $1
         GROUP BY account_id ORDER BY first, account_id LIMIT $2",
        params![now, limit],
        |row| row.get(0),
    )?)
}

/// The sending whose values a piece of evidence stands on.
pub fn stands_on(tx: &mut Tx<'_>, evidence: &Evidence) -> Result<Option<SendingId>> {
    Ok(tx.opt("SELECT sending_id FROM register_check WHERE id = $1", params![&evidence.check], |row| {
        row.get(0)
    })?)
}
