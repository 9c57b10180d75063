//! Rows of `code`.

use super::{CodeKind, Purpose};
use crate::error::{Error, Result};
use crate::notifications::Channel;
use kernel::{Id, Time};
use store::{Tx, params};

/// A code to be written.
pub struct NewCode<'a> {
    pub id: Id<CodeKind>,
    pub purpose: Purpose,
    pub subject: &'a str,
    pub channel: Channel,
    pub address_hash: [u8; 32],
    pub code_hash: [u8; 32],
    pub link_hash: Option<[u8; 32]>,
    pub now: Time,
    pub expires_at: Time,
}

/// The newest code of a flow.
pub struct Row {
    pub id: Id<CodeKind>,
    pub channel: Channel,
    pub address_hash: [u8; 32],
    pub tries: i64,
    pub created_at: Time,
    pub expires_at: Time,
    pub used_at: Option<Time>,
}

/// Writes a code and ends the older ones of the same flow.
pub fn insert(tx: &mut Tx<'_>, new: &NewCode<'_>) -> Result<()> {
    tx.exec(
        "UPDATE code SET ended_at = $1 WHERE subject = $2 AND purpose = $3 AND used_at IS NULL AND ended_at IS NULL",
        params![new.now, new.subject, new.purpose.word()],
    )?;
    tx.exec(
        "INSERT INTO code (id, purpose, subject, channel, address_hash, code_hash, link_hash, tries, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9)",
        params![
            &new.id,
            new.purpose.word(),
            new.subject,
            new.channel.word(),
            &new.address_hash,
            &new.code_hash,
            new.link_hash.as_ref().map(|hash| hash.as_slice()),
            new.now,
            new.expires_at
        ],
    )?;
    Ok(())
}

/// The newest code of a flow, spent or not.
pub fn last(tx: &mut Tx<'_>, subject: &str, purpose: Purpose) -> Result<Option<Row>> {
    let row = tx.opt(
        "SELECT id, channel, address_hash, tries, created_at, expires_at, used_at FROM code
         WHERE subject = $1 AND purpose = $2 ORDER BY created_at DESC, (ended_at IS NULL) DESC, id DESC LIMIT 1",
        params![subject, purpose.word()],
        |row| {
            Ok((
                row.get::<Id<CodeKind>>(0)?,
                row.get::<String>(1)?,
                row.get::<Vec<u8>>(2)?,
                row.get::<i64>(3)?,
                row.get::<Time>(4)?,
                row.get::<Time>(5)?,
                row.get::<Option<Time>>(6)?,
            ))
        },
    )?;
    row.map(|(id, channel, address_hash, tries, created_at, expires_at, used_at)| {
        Ok(Row {
            id,
            channel: Channel::from_word(&channel)
                .ok_or_else(|| Error::Bug(format!("channel «{channel}»")))?,
            address_hash: address_hash.try_into().map_err(|_| Error::Bug("address_hash".into()))?,
            tries,
            created_at,
            expires_at,
            used_at,
        })
    })
    .transpose()
}

/// Codes sent in a flow.
pub fn count(tx: &mut Tx<'_>, subject: &str, purpose: Purpose) -> Result<i64> {
    Ok(tx.one(
        "SELECT COUNT(*) FROM code WHERE subject = $1 AND purpose = $2",
        params![subject, purpose.word()],
        |row| row.get(0),
    )?)
}

/// Counts a try and hands out the hash to compare with; `None` when the code is spent, ended, dead or over.
pub fn count_try(tx: &mut Tx<'_>, id: &Id<CodeKind>, now: Time, most: i64) -> Result<Option<(Vec<u8>, i64)>> {
    Ok(tx.opt(
        "UPDATE code SET tries = tries + 1
         WHERE id = $1 AND used_at IS NULL AND ended_at IS NULL AND expires_at > $2 AND tries < $3
         RETURNING code_hash, tries",
        params![id, now, most],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?)
}

/// Marks the code spent.
pub fn spend(tx: &mut Tx<'_>, id: &Id<CodeKind>, now: Time) -> Result<()> {
    tx.exec("UPDATE code SET used_at = $1 WHERE id = $2 AND used_at IS NULL", params![now, id])?;
    Ok(())
}

/// The flow of a live link.
pub fn subject_of_link(
    tx: &mut Tx<'_>,
    hash: &[u8; 32],
    purpose: Purpose,
    now: Time,
) -> Result<Option<String>> {
    Ok(tx.opt(
        "SELECT subject FROM code WHERE link_hash = $1 AND purpose = $2 AND used_at IS NULL AND ended_at IS NULL AND expires_at > $3",
        params![hash, purpose.word(), now],
        |row| row.get(0),
    )?)
}

/// Spends a link once.
pub fn spend_link(tx: &mut Tx<'_>, hash: &[u8; 32], purpose: Purpose, now: Time) -> Result<bool> {
    let spent = tx.exec(
        "UPDATE code SET used_at = $3 WHERE link_hash = $1 AND purpose = $2 AND used_at IS NULL AND ended_at IS NULL AND expires_at > $3",
        params![hash, purpose.word(), now],
    )?;
    Ok(spent == 1)
}

/// Deletes codes that died a while ago; a retention job.
///
/// # Errors
/// The storage is away.
pub fn sweep(tx: &mut Tx<'_>, before: Time, batch: i64) -> Result<u64> {
    Ok(tx.exec(
        "DELETE FROM code WHERE id IN (SELECT id FROM code WHERE expires_at < $1 LIMIT $2)",
        params![before, batch],
    )?)
}
