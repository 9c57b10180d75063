//! Rows of `recovery`.

use super::{Draft, Given, RecoveryId, Settings};
use crate::accounts::AccountId;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::sessions;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use kernel::{Span, Time};
use store::{Tx, keys::Purpose, params};

/// A recovery that was found.
#[derive(Clone)]
pub struct Found {
    pub id: RecoveryId,
    pub account: Option<AccountId>,
    pub draft: Draft,
    pub given: Given,
    pub created_at: Time,
    pub verified_at: Option<Time>,
    pub done: bool,
}

/// Begins a recovery; answers its id and the cookie's value.
pub fn insert(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    settings: &Settings,
    account: Option<&AccountId>,
    draft: &Draft,
) -> Result<(RecoveryId, String)> {
    let mut rng = ctx.rng();
    let token = B64.encode(rng.bytes::<32>());
    let id = RecoveryId::new(ctx.now, &mut rng);
    let (key, wrapped) = ctx.keys.new_subject_key(&mut rng);
    let sealed = key.seal("recovery.draft", &serde_json::to_vec(draft)?, &mut rng);
    tx.exec(
        "INSERT INTO recovery (id, token_hash, data_key, draft, account_id, created_at, expires_at, visitor_hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            &id,
            &sessions::hash(&token),
            &wrapped,
            &sealed,
            account.map(|account| account.as_str()),
            ctx.now,
            ctx.now + Span::hours(settings.keep_hours),
            &visitor(ctx)
        ],
    )?;
    Ok((id, token))
}

/// The browser that a recovery belongs to: its cookie is of no use in another one.
fn visitor(ctx: &Ctx) -> [u8; 32] {
    ctx.keys.mac(Purpose::Token, &[b"recovery", ctx.visitor.as_bytes()])
}

/// The living recovery of a cookie.
pub fn find(tx: &mut Tx<'_>, ctx: &Ctx, token: &str) -> Result<Option<Found>> {
    let row = tx.opt(
        "SELECT id, account_id, data_key, draft, verified_at, done_at, proofs, created_at FROM recovery
         WHERE token_hash = $1 AND expires_at > $2 AND visitor_hash = $3",
        params![&sessions::hash(token), ctx.now, &visitor(ctx)],
        |row| {
            Ok((
                row.get::<RecoveryId>(0)?,
                row.get::<Option<AccountId>>(1)?,
                row.get::<Vec<u8>>(2)?,
                row.get::<Vec<u8>>(3)?,
                row.get::<Option<Time>>(4)?,
                row.get::<Option<Time>>(5)?,
                (row.get::<String>(6)?, row.get::<Time>(7)?),
            ))
        },
    )?;
    let Some((id, account, wrapped, sealed, verified_at, done_at, (proofs, created_at))) = row else {
        return Ok(None);
    };
    let key = ctx.keys.unwrap_subject_key(&wrapped)?;
    let draft = serde_json::from_slice(&key.open("recovery.draft", &sealed)?)?;
    let given = Given::from_words(&proofs);
    Ok(Some(Found { id, account, draft, given, created_at, verified_at, done: done_at.is_some() }))
}

/// What a recovery was given, as it stands now; the row is held until the commit, so that proofs that come at one
/// moment are all kept.
pub fn hold_proofs(tx: &mut Tx<'_>, id: &RecoveryId) -> Result<Given> {
    let words: String =
        tx.one("UPDATE recovery SET proofs = proofs WHERE id = $1 RETURNING proofs", params![id], |row| {
            row.get(0)
        })?;
    Ok(Given::from_words(&words))
}

/// Keeps what was given, and when the last of it was.
pub fn keep_proofs(tx: &mut Tx<'_>, id: &RecoveryId, given: &Given, now: Time) -> Result<()> {
    let sql = "UPDATE recovery SET proofs = $1, verified_at = $2 WHERE id = $3 AND done_at IS NULL";
    tx.exec(sql, params![&given.words(), now, id])?;
    Ok(())
}

/// Counts a wrong second factor; when there were too many, the recovery is over.
pub fn count_wrong_second(tx: &mut Tx<'_>, id: &RecoveryId, most: i64, now: Time) -> Result<()> {
    tx.exec(
        "UPDATE recovery SET second_tries = second_tries + 1,
           expires_at = CASE WHEN second_tries + 1 >= $1 THEN CAST($2 AS BIGINT) ELSE expires_at END WHERE id = $3",
        params![most, now, id],
    )?;
    Ok(())
}

/// Ends every other recovery of an account that is under way.
pub fn end_others(tx: &mut Tx<'_>, account: &AccountId, but: &RecoveryId, now: Time) -> Result<()> {
    tx.exec(
        "UPDATE recovery SET expires_at = $1 WHERE account_id = $2 AND id <> $3 AND done_at IS NULL AND expires_at > $1",
        params![now, account, but],
    )?;
    Ok(())
}

/// Takes the recovery for the one transaction that sets the password; `false` when another was first.
pub fn finish(tx: &mut Tx<'_>, id: &RecoveryId, now: Time, verified_after: Time) -> Result<bool> {
    let taken = tx.exec(
        "UPDATE recovery SET done_at = $1 WHERE id = $2 AND done_at IS NULL AND account_id IS NOT NULL AND verified_at > $3",
        params![now, id, verified_after],
    )?;
    Ok(taken == 1)
}

/// Deletes recoveries whose time is over; a retention job.
///
/// # Errors
/// The storage is away.
pub fn sweep(tx: &mut Tx<'_>, before: Time, batch: i64) -> Result<u64> {
    Ok(tx.exec(
        "DELETE FROM recovery WHERE id IN (SELECT id FROM recovery WHERE expires_at < $1 LIMIT $2)",
        params![before, batch],
    )?)
}
