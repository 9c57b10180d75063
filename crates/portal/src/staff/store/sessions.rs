//! Rows of `staff_session`.

use crate::error::Result;
use crate::staff::{StaffId, StaffSessionId};
use kernel::Time;
use store::{Tx, params};

/// A session to be written.
pub struct NewSession<'a> {
    pub token_hash: [u8; 32],
    pub id: StaffSessionId,
    pub staff: &'a StaffId,
    pub session: &'a str,
    pub expires_at: Time,
}

/// A session as it stands.
pub struct Found {
    pub id: StaffSessionId,
    pub staff: StaffId,
    pub session: String,
    pub created_at: Time,
    pub seen_at: Time,
    pub expires_at: Time,
}

pub fn insert_session(tx: &mut Tx<'_>, new: &NewSession<'_>, now: Time) -> Result<()> {
    tx.exec(
        "INSERT INTO staff_session (token_hash, id, staff_id, session_id, created_at, seen_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $5, $6)",
        params![&new.token_hash, &new.id, new.staff, new.session, now, new.expires_at],
    )?;
    Ok(())
}

pub fn find(tx: &mut Tx<'_>, token_hash: &[u8; 32]) -> Result<Option<Found>> {
    Ok(tx.opt(
        "SELECT id, staff_id, session_id, created_at, seen_at, expires_at FROM staff_session
         WHERE token_hash = $1 AND ended_at IS NULL",
        params![token_hash],
        |row| {
            Ok(Found {
                id: row.get(0)?,
                staff: row.get(1)?,
                session: row.get(2)?,
                created_at: row.get(3)?,
                seen_at: row.get(4)?,
                expires_at: row.get(5)?,
            })
        },
    )?)
}

/// Whether a token was ever one of ours: a browser that shows it is a member's.
pub fn is_known(tx: &mut Tx<'_>, token_hash: &[u8; 32]) -> Result<bool> {
    let found =
        tx.opt("SELECT 1 FROM staff_session WHERE token_hash = $1", params![token_hash], |_| Ok(()))?;
    Ok(found.is_some())
}

pub fn touch(tx: &mut Tx<'_>, id: &StaffSessionId, now: Time) -> Result<()> {
    tx.exec(
        "UPDATE staff_session SET seen_at = $1 WHERE id = $2 AND ended_at IS NULL AND seen_at < $1",
        params![now, id],
    )?;
    Ok(())
}

pub fn end(tx: &mut Tx<'_>, id: &StaffSessionId, why: &str, now: Time) -> Result<()> {
    tx.exec(
        "UPDATE staff_session SET ended_at = $1, ended_why = $2 WHERE id = $3 AND ended_at IS NULL",
        params![now, why, id],
    )?;
    Ok(())
}

/// Ends what was begun in an ordinary session.
pub fn end_of_session(tx: &mut Tx<'_>, session: &str, why: &str, now: Time) -> Result<()> {
    tx.exec(
        "UPDATE staff_session SET ended_at = $1, ended_why = $2 WHERE session_id = $3 AND ended_at IS NULL",
        params![now, why, session],
    )?;
    Ok(())
}

/// Ends every session of a member.
pub fn end_of_member(tx: &mut Tx<'_>, staff: &StaffId, why: &str, now: Time) -> Result<()> {
    tx.exec(
        "UPDATE staff_session SET ended_at = $1, ended_why = $2 WHERE staff_id = $3 AND ended_at IS NULL",
        params![now, why, staff],
    )?;
    Ok(())
}

/// Deletes sessions at the workplace whose time was over before a moment; a retention job.
///
/// # Errors
/// The storage is away.
pub fn sweep_sessions(tx: &mut Tx<'_>, before: Time, batch: i64) -> Result<u64> {
    Ok(tx.exec(
        "DELETE FROM staff_session WHERE token_hash IN
           (SELECT token_hash FROM staff_session WHERE expires_at < $1 LIMIT $2)",
        params![before, batch],
    )?)
}
