//! Half-signed-in: the first proof was right, the second is missing (practice sheet §5).
//!
//! Invariants: a half is a row and a cookie of its own and never a session; it is bound to the browser's mark and to the
//! password that was given; it ends after five minutes without an act, thirty in all, five wrong codes, or when it
//! is used; being used is decided by one conditional update.

use crate::accounts::{self, AccountId};
use crate::ctx::Ctx;
use crate::error::Result;
use crate::factors::Settings;
use crate::sessions;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use kernel::{Id, Secret, Span, Time};
use store::keys::Purpose;
use store::{Tx, params};

kernel::id_kinds! {
    /// A half-done sign-in.
    HalfKind = "hlf";
}

/// The cookie.
pub const COOKIE: &str = "half";

/// A half-done sign-in.
#[derive(Clone)]
pub struct Half {
    /// Its name: what codes and challenges are bound to.
    pub id: Id<HalfKind>,
    /// Whose.
    pub account: AccountId,
    /// What was given so far.
    pub methods: String,
    /// Whether «Запомнить меня» was ticked.
    pub remember: bool,
    /// Where to go afterwards.
    pub back: String,
    password_at: Time,
}

/// Begins one; the cookie's value.
pub fn begin(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    settings: &Settings,
    account: &AccountId,
    remember: bool,
    back: &str,
) -> Result<Secret<String>> {
    let mut rng = ctx.rng();
    let token = B64.encode(rng.bytes::<32>());
    let password_at = accounts::password_since(tx, ctx, account)?.unwrap_or(Time(i64::MIN));
    tx.exec(
        "INSERT INTO half_sign_in (id, token_hash, account_id, visitor_hash, methods, remember, back, password_at, tries,
           created_at, seen_at, expires_at)
         VALUES ($1, $2, $3, $4, 'pwd', $5, $6, $7, 0, $8, $8, $9)",
        params![
            &Id::<HalfKind>::new(ctx.now, &mut rng),
            &sessions::hash(&token),
            account,
            &visitor(ctx),
            i64::from(remember),
            crate::web::back::from_query(back),
            password_at,
            ctx.now,
            ctx.now + Span::seconds(settings.half_most_seconds)
        ],
    )?;
    Ok(Secret::new(token))
}

/// The living half of a cookie, when it is this browser's and the password is still the one that was given.
pub fn find(tx: &mut Tx<'_>, ctx: &Ctx, settings: &Settings, token: &str) -> Result<Option<Half>> {
    if token.len() != 43 {
        return Ok(None);
    }
    let row = tx.opt(
        "SELECT id, account_id, methods, remember, back, password_at FROM half_sign_in
         WHERE token_hash = $1 AND visitor_hash = $2 AND done_at IS NULL AND tries < $3
           AND expires_at > $4 AND seen_at > $5 AND created_at <= $4",
        params![
            &sessions::hash(token),
            &visitor(ctx),
            settings.half_tries,
            ctx.now,
            ctx.now - Span::seconds(settings.half_idle_seconds)
        ],
        |row| {
            let half = Half {
                id: row.get(0)?,
                account: row.get(1)?,
                methods: row.get(2)?,
                remember: row.get::<i64>(3)? != 0,
                back: row.get(4)?,
                password_at: row.get(5)?,
            };
            Ok(half)
        },
    )?;
    let Some(half) = row else { return Ok(None) };
    Ok(is_current(tx, ctx, &half)?.then_some(half))
}

/// Whether the password that was given is still the account's: neither changed nor taken away.
pub fn is_current(tx: &mut Tx<'_>, ctx: &Ctx, half: &Half) -> Result<bool> {
    Ok(accounts::password_since(tx, ctx, &half.account)? == Some(half.password_at))
}

/// Keeps a half alive for another while, because its owner did something; held until the end of the transaction.
pub fn touch(tx: &mut Tx<'_>, ctx: &Ctx, half: &Half) -> Result<()> {
    tx.exec(
        "UPDATE half_sign_in SET seen_at = $1 WHERE id = $2 AND done_at IS NULL AND seen_at <= $1",
        params![ctx.now, &half.id],
    )?;
    Ok(())
}

/// Counts a wrong code; `true` when it was the last that this half had.
pub fn failed(tx: &mut Tx<'_>, settings: &Settings, half: &Half) -> Result<bool> {
    let tries: i64 = tx.one(
        "UPDATE half_sign_in SET tries = tries + 1 WHERE id = $1 RETURNING tries",
        params![&half.id],
        |row| row.get(0),
    )?;
    Ok(tries >= settings.half_tries)
}

/// Uses the half up; `true` for the one caller who did.
pub fn finish(tx: &mut Tx<'_>, ctx: &Ctx, half: &Half) -> Result<bool> {
    let done = tx.exec(
        "UPDATE half_sign_in SET done_at = $1 WHERE id = $2 AND done_at IS NULL",
        params![ctx.now, &half.id],
    )?;
    Ok(done == 1)
}

fn visitor(ctx: &Ctx) -> [u8; 32] {
    ctx.keys.mac(Purpose::Token, &[b"half", ctx.visitor.as_bytes()])
}

/// Deletes halves whose time was over before a moment; a retention job.
///
/// # Errors
/// The storage is away.
pub fn sweep(tx: &mut Tx<'_>, before: Time, batch: i64) -> Result<u64> {
    Ok(tx.exec(
        "DELETE FROM half_sign_in WHERE id IN (SELECT id FROM half_sign_in WHERE expires_at < $1 LIMIT $2)",
        params![before, batch],
    )?)
}
