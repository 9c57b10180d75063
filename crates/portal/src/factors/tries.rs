//! Rows of `factor_guard`: see [`super::guard`].

use super::guard::Guard;
use super::{Kind, Settings};
use crate::accounts::AccountId;
use crate::ctx::Ctx;
use crate::error::Result;
use kernel::Time;
use store::{Tx, params};

/// Counts a try of a kind before it is compared; until when it must wait, when it must (then nothing is counted and
/// nothing may be compared). What cannot be guessed is not counted.
///
/// # Errors
/// The storage is away: nothing may be compared then.
pub fn admit(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    settings: &Settings,
    account: &AccountId,
    kind: Kind,
    known_device: bool,
) -> Result<Option<Time>> {
    if !kind.is_guessable() {
        return Ok(None);
    }
    let mut guard = hold(tx, ctx, account, kind, known_device)?;
    if let Some(until) = guard.wait(settings, ctx.now) {
        return Ok(Some(until));
    }
    guard.count(settings, ctx.now);
    keep(tx, account, kind, known_device, &guard)?;
    Ok(None)
}

/// Forgives the counted tries of a kind after a right one.
///
/// # Errors
/// The storage is away.
pub fn forgive(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    kind: Kind,
    known_device: bool,
) -> Result<()> {
    if !kind.is_guessable() {
        return Ok(());
    }
    let mut guard = hold(tx, ctx, account, kind, known_device)?;
    guard.forgive();
    keep(tx, account, kind, known_device, &guard)
}

/// The counters, held until the end of the transaction.
fn hold(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, kind: Kind, known: bool) -> Result<Guard> {
    Ok(tx.one(
        "INSERT INTO factor_guard (account_id, kind, known, failures, day_start, day_tries, wait_until, last_at)
         VALUES ($1, $2, $3, 0, $4, 0, 0, $4)
         ON CONFLICT (account_id, kind, known) DO UPDATE SET failures = factor_guard.failures
         RETURNING failures, day_start, day_tries, wait_until, last_at",
        params![account, kind.word(), i64::from(known), ctx.now],
        |row| {
            Ok(Guard {
                failures: row.get(0)?,
                day_start: row.get(1)?,
                day_tries: row.get(2)?,
                wait_until: row.get(3)?,
                last_at: row.get(4)?,
            })
        },
    )?)
}

fn keep(tx: &mut Tx<'_>, account: &AccountId, kind: Kind, known: bool, guard: &Guard) -> Result<()> {
    tx.exec(
        "UPDATE factor_guard SET failures = $1, day_start = $2, day_tries = $3, wait_until = $4, last_at = $5
         WHERE account_id = $6 AND kind = $7 AND known = $8",
        params![
            guard.failures,
            guard.day_start,
            guard.day_tries,
            guard.wait_until,
            guard.last_at,
            account,
            kind.word(),
            i64::from(known)
        ],
    )?;
    Ok(())
}

/// Deletes counters without a try since a moment; a retention job.
///
/// # Errors
/// The storage is away.
pub fn sweep(tx: &mut Tx<'_>, before: Time, batch: i64) -> Result<u64> {
    // Row by row, because the key has three parts and the engines have no common name for a row.
    let rows: Vec<(String, String, i64)> = tx.all(
        "SELECT account_id, kind, known FROM factor_guard WHERE last_at < $1 AND wait_until < $1 LIMIT $2",
        params![before, batch],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let mut gone = 0;
    for (account, kind, known) in rows {
        gone += tx.exec(
            "DELETE FROM factor_guard WHERE account_id = $1 AND kind = $2 AND known = $3 AND last_at < $4",
            params![&account, &kind, known, before],
        )?;
    }
    Ok(gone)
}
