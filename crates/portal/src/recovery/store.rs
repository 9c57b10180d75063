//! Rows of `recovery`.

use super::{Draft, RecoveryId, Settings};
use crate::accounts::AccountId;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::sessions;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use kernel::{Span, Time};
use store::{Tx, params};

/// A recovery that was found.
#[derive(Clone)]
pub struct Found {
    pub id: RecoveryId,
    pub account: Option<AccountId>,
    pub draft: Draft,
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
        "INSERT INTO recovery (id, token_hash, data_key, draft, account_id, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            &id,
            &sessions::hash(&token),
            &wrapped,
            &sealed,
            account.map(|account| account.as_str()),
            ctx.now,
            ctx.now + Span::hours(settings.keep_hours)
        ],
    )?;
    Ok((id, token))
}

/// The living recovery of a cookie.
pub fn find(tx: &mut Tx<'_>, ctx: &Ctx, token: &str) -> Result<Option<Found>> {
    let row = tx.opt(
        "SELECT id, account_id, data_key, draft, verified_at, done_at FROM recovery WHERE token_hash = $1 AND expires_at > $2",
        params![&sessions::hash(token), ctx.now],
        |row| {
            Ok((
                row.get::<RecoveryId>(0)?,
                row.get::<Option<AccountId>>(1)?,
                row.get::<Vec<u8>>(2)?,
                row.get::<Vec<u8>>(3)?,
                row.get::<Option<Time>>(4)?,
                row.get::<Option<Time>>(5)?,
            ))
        },
    )?;
    let Some((id, account, wrapped, sealed, verified_at, done_at)) = row else { return Ok(None) };
    let key = ctx.keys.unwrap_subject_key(&wrapped)?;
    let draft = serde_json::from_slice(&key.open("recovery.draft", &sealed)?)?;
    Ok(Some(Found { id, account, draft, verified_at, done: done_at.is_some() }))
}

/// The code was right.
pub fn mark_verified(tx: &mut Tx<'_>, id: &RecoveryId, now: Time) -> Result<()> {
    tx.exec("UPDATE recovery SET verified_at = $1 WHERE id = $2 AND verified_at IS NULL", params![now, id])?;
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
