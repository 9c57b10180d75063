//! Rows of `throttle`: hits of a key in its present window.

use crate::error::Result;
use kernel::{Span, Time};
use store::{Tx, params};

/// Adds a hit, opening a new window when the old one is over; answers hits and the window's start.
pub fn hit(tx: &mut Tx<'_>, key: &[u8; 32], now: Time, window: Span) -> Result<(i64, Time)> {
    Ok(tx.one(
        "INSERT INTO throttle (key, hits, window_start, expires_at) VALUES ($1, 1, $2, $3)
         ON CONFLICT (key) DO UPDATE SET
           hits = CASE WHEN throttle.expires_at <= $2 THEN 1 ELSE throttle.hits + 1 END,
           window_start = CASE WHEN throttle.expires_at <= $2 THEN $2 ELSE throttle.window_start END,
           expires_at = CASE WHEN throttle.expires_at <= $2 THEN $3 ELSE throttle.expires_at END
         RETURNING hits, window_start",
        params![key, now, now + window],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?)
}

/// Hits and start of the present window, when there is one.
pub fn read(tx: &mut Tx<'_>, key: &[u8; 32], now: Time, window: Span) -> Result<Option<(i64, Time)>> {
    Ok(tx.opt(
        "SELECT hits, window_start FROM throttle WHERE key = $1 AND expires_at > $2 AND window_start > $3",
        params![key, now, now - window],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?)
}

/// Removes one counter.
pub fn clear(tx: &mut Tx<'_>, key: &[u8; 32]) -> Result<()> {
    tx.exec("DELETE FROM throttle WHERE key = $1", params![key])?;
    Ok(())
}

/// Removes up to `batch` counters whose windows are over.
pub fn sweep(tx: &mut Tx<'_>, now: Time, batch: i64) -> Result<u64> {
    Ok(tx.exec(
        "DELETE FROM throttle WHERE key IN (SELECT key FROM throttle WHERE expires_at <= $1 LIMIT $2)",
        params![now, batch],
    )?)
}
