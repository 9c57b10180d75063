//! Rows of `registration`: drafts, sealed under a key of their own.

use super::rules::Draft;
use super::{RegistrationId, Settings};
use crate::accounts::AccountId;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::sessions;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use kernel::{Span, Time};
use store::{Tx, keys::Purpose, params};

/// A draft that was found.
pub struct Found {
    pub id: RegistrationId,
    /// The account, when the registration is finished; the draft is gone then.
    pub account: Option<AccountId>,
    pub draft: Option<Draft>,
}

/// The living draft of a cookie.
pub fn find(tx: &mut Tx<'_>, ctx: &Ctx, token: &str) -> Result<Option<Found>> {
    let sql =
        "SELECT id, account_id, data_key, draft FROM registration WHERE token_hash = $1 AND expires_at > $2";
    read(tx, ctx, sql, params![&sessions::hash(token), ctx.now])
}

/// The living draft of an identifier (from the link in a letter).
pub fn find_by_id(tx: &mut Tx<'_>, ctx: &Ctx, id: &RegistrationId) -> Result<Option<Found>> {
    let sql = "SELECT id, account_id, data_key, draft FROM registration WHERE id = $1 AND expires_at > $2";
    read(tx, ctx, sql, params![id, ctx.now])
}

fn read(tx: &mut Tx<'_>, ctx: &Ctx, sql: &'static str, values: &[store::Value<'_>]) -> Result<Option<Found>> {
    let row = tx.opt(sql, values, |row| {
        Ok((
            row.get::<RegistrationId>(0)?,
            row.get::<Option<AccountId>>(1)?,
            row.get::<Vec<u8>>(2)?,
            row.get::<Vec<u8>>(3)?,
        ))
    })?;
    let Some((id, account, wrapped, sealed)) = row else { return Ok(None) };
    if account.is_some() {
        return Ok(Some(Found { id, account, draft: None }));
    }
    let key = ctx.keys.unwrap_subject_key(&wrapped)?;
    let draft = serde_json::from_slice(&key.open("registration.draft", &sealed)?)?;
    Ok(Some(Found { id, account, draft: Some(draft) }))
}

/// A fresh value for a draft's cookie.
pub fn new_token(ctx: &Ctx) -> String {
    B64.encode(ctx.rng().bytes::<32>())
}

/// The cookie's value that belongs to one drawn page of one browser; none for a form without a number.
/// It is a keyed hash: who knows the page and the browser's mark but not our key cannot make it.
pub fn token_of_form(ctx: &Ctx, form: &str) -> Option<String> {
    let parts: [&[u8]; 3] = [b"registration form", ctx.visitor.as_bytes(), form.as_bytes()];
    (!form.is_empty() && !ctx.visitor.is_empty()).then(|| B64.encode(ctx.keys.mac(Purpose::Token, &parts)))
}

/// Begins a draft under a cookie's value; `None` when there is one under it already.
pub fn insert(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    settings: &Settings,
    draft: &Draft,
    token: &str,
) -> Result<Option<RegistrationId>> {
    let mut rng = ctx.rng();
    let id = RegistrationId::new(ctx.now, &mut rng);
    let (key, wrapped) = ctx.keys.new_subject_key(&mut rng);
    let sealed = key.seal("registration.draft", &serde_json::to_vec(draft)?, &mut rng);
    let inserted = tx.exec(
        "INSERT INTO registration (id, token_hash, data_key, draft, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (token_hash) DO NOTHING",
        params![
            &id,
            &sessions::hash(token),
            &wrapped,
            &sealed,
            ctx.now,
            ctx.now + Span::hours(settings.draft_hours)
        ],
    )?;
    Ok((inserted == 1).then_some(id))
}

/// Writes a changed draft; a finished one is left alone.
pub fn update(tx: &mut Tx<'_>, ctx: &Ctx, id: &RegistrationId, draft: &Draft) -> Result<()> {
    let mut rng = ctx.rng();
    let wrapped: Vec<u8> =
        tx.one("SELECT data_key FROM registration WHERE id = $1", params![id], |row| row.get(0))?;
    let key = ctx.keys.unwrap_subject_key(&wrapped)?;
    let sealed = key.seal("registration.draft", &serde_json::to_vec(draft)?, &mut rng);
    tx.exec("UPDATE registration SET draft = $1 WHERE id = $2 AND account_id IS NULL", params![&sealed, id])?;
    Ok(())
}

/// Gives a draft a new cookie (it goes on in another browser); the old cookie opens nothing any more.
pub fn move_to_new_token(tx: &mut Tx<'_>, ctx: &Ctx, id: &RegistrationId) -> Result<String> {
    let token = new_token(ctx);
    tx.exec("UPDATE registration SET token_hash = $1 WHERE id = $2", params![&sessions::hash(&token), id])?;
    Ok(token)
}

/// Takes the draft for the one transaction that opens the account; `false` when another was first.
///
/// The draft's key and words are destroyed: only the fact and the account remain, for a form that is sent again.
pub fn finish(tx: &mut Tx<'_>, id: &RegistrationId, account: &AccountId) -> Result<bool> {
    let empty: &[u8] = &[];
    let taken = tx.exec(
        "UPDATE registration SET account_id = $1, data_key = $2, draft = $3 WHERE id = $4 AND account_id IS NULL",
        params![account, empty, empty, id],
    )?;
    Ok(taken == 1)
}

/// Locks the row on engines that write side by side, so that two finishing forms come one after the other.
pub fn lock(tx: &mut Tx<'_>, id: &RegistrationId) -> Result<()> {
    tx.exec("UPDATE registration SET expires_at = expires_at WHERE id = $1", params![id])?;
    Ok(())
}

/// Throws a draft away.
pub fn discard(tx: &mut Tx<'_>, token: &str) -> Result<()> {
    tx.exec(
        "DELETE FROM registration WHERE token_hash = $1 AND account_id IS NULL",
        params![&sessions::hash(token)],
    )?;
    Ok(())
}

/// Deletes drafts whose time is over; a retention job.
///
/// # Errors
/// The storage is away.
pub fn sweep(tx: &mut Tx<'_>, now: Time, batch: i64) -> Result<u64> {
    Ok(tx.exec(
        "DELETE FROM registration WHERE id IN (SELECT id FROM registration WHERE expires_at < $1 LIMIT $2)",
        params![now, batch],
    )?)
}
