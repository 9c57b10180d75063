//! Rows of `sign_in_guard`.

use super::guard::Guard;
use crate::error::Result;
use kernel::Time;
use store::{Tx, params};

/// The counters of a subject, held until the end of the transaction so that parallel tries come one after another.
pub fn hold(tx: &mut Tx<'_>, subject: &[u8; 32], now: Time) -> Result<Guard> {
    Ok(tx.one(
        "INSERT INTO sign_in_guard (subject_hash, failures, locks, locked_until, last_at) VALUES ($1, 0, 0, 0, $2)
         ON CONFLICT (subject_hash) DO UPDATE SET failures = sign_in_guard.failures
         RETURNING failures, locks, locked_until, last_at",
        params![subject, now],
        |row| Ok(Guard { failures: row.get(0)?, locks: row.get(1)?, locked_until: row.get(2)?, last_at: row.get(3)? }),
    )?)
}

/// The counters without holding them.
pub fn peek(tx: &mut Tx<'_>, subject: &[u8; 32]) -> Result<Guard> {
    let guard = tx.opt(
        "SELECT failures, locks, locked_until, last_at FROM sign_in_guard WHERE subject_hash = $1",
        params![subject],
        |row| {
            Ok(Guard {
                failures: row.get(0)?,
                locks: row.get(1)?,
                locked_until: row.get(2)?,
                last_at: row.get(3)?,
            })
        },
    )?;
    Ok(guard.unwrap_or_default())
}

/// Writes counters.
pub fn keep(tx: &mut Tx<'_>, subject: &[u8; 32], guard: &Guard) -> Result<()> {
    tx.exec(
        "UPDATE sign_in_guard SET failures = $1, locks = $2, locked_until = $3, last_at = $4 WHERE subject_hash = $5",
        params![guard.failures, guard.locks, guard.locked_until, guard.last_at, subject],
    )?;
    Ok(())
}

/// Takes back the last try, which was right.
pub fn uncount(tx: &mut Tx<'_>, subject: &[u8; 32]) -> Result<()> {
    tx.exec(
        "UPDATE sign_in_guard SET failures = failures - 1 WHERE subject_hash = $1 AND failures > 0",
        params![subject],
    )?;
    Ok(())
}

/// Forgets counters.
pub fn clear(tx: &mut Tx<'_>, subject: &[u8; 32]) -> Result<()> {
    tx.exec("DELETE FROM sign_in_guard WHERE subject_hash = $1", params![subject])?;
    Ok(())
}

/// Deletes counters without a failure since a moment; a retention job.
///
/// # Errors
/// The storage is away.
pub fn sweep(tx: &mut Tx<'_>, before: Time, batch: i64) -> Result<u64> {
    Ok(tx.exec(
        "DELETE FROM sign_in_guard WHERE subject_hash IN
           (SELECT subject_hash FROM sign_in_guard WHERE last_at < $1 AND locked_until < $1 LIMIT $2)",
        params![before, batch],
    )?)
}
