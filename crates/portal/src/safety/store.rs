//! Rows of `lockdown` and `restriction`.

use super::{LockdownId, Restriction};
use crate::accounts::AccountId;
use crate::error::Result;
use kernel::Time;
use store::{Tx, params};

/// A lockdown that holds.
pub struct Lockdown {
    pub begun_at: Time,
    pub lift_at: Option<Time>,
}

/// The lockdown of an account, if it holds.
pub fn lockdown(tx: &mut Tx<'_>, account: &AccountId) -> Result<Option<Lockdown>> {
    Ok(tx.opt(
        "SELECT begun_at, lift_at FROM lockdown WHERE account_id = $1 AND ended_at IS NULL",
        params![account],
        |row| Ok(Lockdown { begun_at: row.get(0)?, lift_at: row.get(1)? }),
    )?)
}

/// Closes an open account for everybody; `false` when it was not open.
pub fn close(tx: &mut Tx<'_>, account: &AccountId) -> Result<bool> {
    let changed = tx.exec(
        "UPDATE account SET status = 'lockdown', password_hash = NULL
         WHERE id = $1 AND status IN ('open', 'closing')",
        params![account],
    )?;
    Ok(changed == 1)
}

/// Opens an account that was in lockdown; `false` when it was not.
pub fn open(tx: &mut Tx<'_>, account: &AccountId) -> Result<bool> {
    let changed = tx
        .exec("UPDATE account SET status = 'open' WHERE id = $1 AND status = 'lockdown'", params![account])?;
    Ok(changed == 1)
}

pub fn begin(tx: &mut Tx<'_>, id: &LockdownId, account: &AccountId, by: &str, now: Time) -> Result<()> {
    tx.exec(
        "INSERT INTO lockdown (id, account_id, begun_by, begun_at) VALUES ($1, $2, $3, $4)",
        params![id, account, by, now],
    )?;
    Ok(())
}

/// Begins the wait; `false` when it had begun or there is no lockdown.
pub fn wait(tx: &mut Tx<'_>, account: &AccountId, until: Time) -> Result<bool> {
    let changed = tx.exec(
        "UPDATE lockdown SET lift_at = $1 WHERE account_id = $2 AND ended_at IS NULL AND lift_at IS NULL",
        params![until, account],
    )?;
    Ok(changed == 1)
}

/// Stops this very wait; `false` when there is another or none.
pub fn stop_wait(tx: &mut Tx<'_>, account: &AccountId, which: Time) -> Result<bool> {
    let changed = tx.exec(
        "UPDATE lockdown SET lift_at = NULL WHERE account_id = $1 AND ended_at IS NULL AND lift_at = $2",
        params![account, which],
    )?;
    Ok(changed == 1)
}

pub fn end(tx: &mut Tx<'_>, account: &AccountId, proof: &str, now: Time) -> Result<bool> {
    let changed = tx.exec(
        "UPDATE lockdown SET ended_at = $1, proof = $2 WHERE account_id = $3 AND ended_at IS NULL",
        params![now, proof, account],
    )?;
    Ok(changed == 1)
}

/// A ban of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ban {
    /// Which.
    pub restriction: Restriction,
    /// Since when.
    pub set_at: Time,
    /// When it ends, once its owner asked for that.
    pub lift_at: Option<Time>,
}

/// The bans of an account.
///
/// # Errors
/// The storage is away.
pub fn bans(tx: &mut Tx<'_>, account: &AccountId) -> Result<Vec<Ban>> {
    let rows = tx.all(
        "SELECT kind, set_at, lift_at FROM restriction WHERE account_id = $1 ORDER BY kind",
        params![account],
        |row| Ok((row.get::<String>(0)?, row.get::<Time>(1)?, row.get::<Option<Time>>(2)?)),
    )?;
    let known = rows.into_iter().filter_map(|(word, set_at, lift_at)| {
        Restriction::from_word(&word).map(|restriction| Ban { restriction, set_at, lift_at })
    });
    Ok(known.collect())
}

/// Sets a ban; `false` when it was set already.
pub fn set(tx: &mut Tx<'_>, account: &AccountId, ban: Restriction, now: Time) -> Result<bool> {
    let changed = tx.exec(
        "INSERT INTO restriction (account_id, kind, set_at) VALUES ($1, $2, $3)
         ON CONFLICT (account_id, kind) DO NOTHING",
        params![account, ban.word(), now],
    )?;
    Ok(changed == 1)
}

/// Begins the wait that ends a ban; `false` when it had begun or there is no such ban.
pub fn lift(
    tx: &mut Tx<'_>,
    account: &AccountId,
    ban: Restriction,
    until: Time,
    proof: &str,
) -> Result<bool> {
    let changed = tx.exec(
        "UPDATE restriction SET lift_at = $1, proof = $2 WHERE account_id = $3 AND kind = $4 AND lift_at IS NULL",
        params![until, proof, account, ban.word()],
    )?;
    Ok(changed == 1)
}

/// Stops a wait: any one, or only the one that ends at `which`. `false` when there is none.
pub fn keep(tx: &mut Tx<'_>, account: &AccountId, ban: Restriction, which: Option<Time>) -> Result<bool> {
    let changed = tx.exec(
        "UPDATE restriction SET lift_at = NULL, proof = NULL
         WHERE account_id = $1 AND kind = $2 AND lift_at IS NOT NULL AND (CAST($3 AS BIGINT) = 0 OR lift_at = CAST($3 AS BIGINT))",
        params![account, ban.word(), which.map_or(0, |which| which.0)],
    )?;
    Ok(changed == 1)
}

/// Ends a ban whose wait is over; answers with what its owner asked for that, or nothing when it is not over.
pub fn end_ban(tx: &mut Tx<'_>, account: &AccountId, ban: Restriction, now: Time) -> Result<Option<String>> {
    Ok(tx.opt(
        "DELETE FROM restriction WHERE account_id = $1 AND kind = $2 AND lift_at IS NOT NULL AND lift_at <= $3
         RETURNING proof",
        params![account, ban.word(), now],
        |row| Ok(row.get::<Option<String>>(0)?.unwrap_or_default()),
    )?)
}
