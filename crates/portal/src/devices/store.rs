//! Rows of `device`.

use super::{DeviceId, Label};
use crate::accounts::AccountId;
use crate::ctx::Ctx;
use crate::error::Result;
use kernel::Time;
use store::keys::SubjectKey;
use store::{Tx, params};

/// A row.
pub struct Row {
    pub id: DeviceId,
    pub label: Vec<u8>,
    pub first_at: Time,
    pub last_at: Time,
}

/// The device of a mark's hash, not seen for too long ones left out.
pub fn by_mark(
    tx: &mut Tx<'_>,
    account: &AccountId,
    hash: &[u8; 32],
    seen_after: Time,
) -> Result<Option<DeviceId>> {
    Ok(tx.opt(
        "SELECT id FROM device WHERE account_id = $1 AND mark_hash = $2 AND last_at > $3",
        params![account, hash, seen_after],
        |row| row.get(0),
    )?)
}

/// The account's data key.
pub fn data_key(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<SubjectKey> {
    let wrapped: Vec<u8> =
        tx.one("SELECT data_key FROM account WHERE id = $1", params![account], |row| row.get(0))?;
    Ok(ctx.keys.unwrap_subject_key(&wrapped)?)
}

pub fn seal(ctx: &Ctx, key: &SubjectKey, label: &Label) -> Result<Vec<u8>> {
    Ok(key.seal("device.label", &serde_json::to_vec(label)?, &mut ctx.rng()))
}

pub fn open(key: &SubjectKey, sealed: &[u8]) -> Result<Label> {
    Ok(serde_json::from_slice(&key.open("device.label", sealed)?)?)
}

/// Every device of an account, last used first.
pub fn all(tx: &mut Tx<'_>, account: &AccountId, seen_after: Time) -> Result<Vec<Row>> {
    Ok(tx.all(
        "SELECT id, label, first_at, last_at FROM device WHERE account_id = $1 AND last_at > $2
         ORDER BY last_at DESC, id DESC LIMIT 200",
        params![account, seen_after],
        |row| Ok(Row { id: row.get(0)?, label: row.get(1)?, first_at: row.get(2)?, last_at: row.get(3)? }),
    )?)
}

/// Writes a new device; the one used longest ago makes room.
pub fn insert(
    tx: &mut Tx<'_>,
    account: &AccountId,
    id: &DeviceId,
    hash: &[u8; 32],
    label: &[u8],
    now: Time,
    most: i64,
) -> Result<()> {
    tx.exec(
        "INSERT INTO device (id, account_id, mark_hash, label, first_at, last_at) VALUES ($1, $2, $3, $4, $5, $5)",
        params![id, account, hash, label, now],
    )?;
    tx.exec(
        "DELETE FROM device WHERE account_id = $1 AND id IN
           (SELECT id FROM device WHERE account_id = $1 ORDER BY last_at DESC, id DESC LIMIT 1000 OFFSET $2)",
        params![account, most],
    )?;
    Ok(())
}

/// Remembers where a known device was met last.
pub fn touch(tx: &mut Tx<'_>, id: &DeviceId, label: &[u8], now: Time) -> Result<()> {
    tx.exec("UPDATE device SET label = $1, last_at = $2 WHERE id = $3", params![label, now, id])?;
    Ok(())
}

/// Forgets one device; `false` when it is not there or not theirs.
pub fn remove(tx: &mut Tx<'_>, account: &AccountId, id: &DeviceId) -> Result<bool> {
    Ok(tx.exec("DELETE FROM device WHERE id = $1 AND account_id = $2", params![id, account])? > 0)
}

/// Forgets every device of an account.
pub fn remove_all(tx: &mut Tx<'_>, account: &AccountId) -> Result<u64> {
    Ok(tx.exec("DELETE FROM device WHERE account_id = $1", params![account])?)
}

/// Deletes devices not seen since a moment; a retention job.
///
/// # Errors
/// The storage is away.
pub fn sweep(tx: &mut Tx<'_>, before: Time, batch: i64) -> Result<u64> {
    Ok(tx.exec(
        "DELETE FROM device WHERE id IN (SELECT id FROM device WHERE last_at < $1 LIMIT $2)",
        params![before, batch],
    )?)
}
