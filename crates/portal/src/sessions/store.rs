//! Rows of `session`.

use super::{Device, Listed, Session, SessionId, Settings, TokenHash};
use crate::accounts::{self, AccountId};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::notifications;
use kernel::{Lang, Level, Rng, Span, Time};
use store::{Tx, params};

/// A session to be written.
pub struct NewSession<'a> {
    pub token_hash: TokenHash,
    pub id: SessionId,
    pub account: &'a AccountId,
    pub methods: &'a str,
    pub remember: bool,
    pub device: Device,
    pub expires_at: Time,
}

pub fn insert(tx: &mut Tx<'_>, ctx: &Ctx, rng: &mut Rng, new: &NewSession<'_>) -> Result<()> {
    let wrapped: Vec<u8> =
        tx.one("SELECT data_key FROM account WHERE id = $1", params![new.account], |row| row.get(0))?;
    let key = ctx.keys.unwrap_subject_key(&wrapped)?;
    let device = key.seal("session.device", &serde_json::to_vec(&new.device)?, rng);
    tx.exec(
        "INSERT INTO session (token_hash, id, account_id, methods, remember, device, created_at, auth_at, seen_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $7, $8)",
        params![
            &new.token_hash,
            &new.id,
            new.account,
            new.methods,
            i64::from(new.remember),
            &device,
            ctx.now,
            new.expires_at
        ],
    )?;
    Ok(())
}

pub fn find(tx: &mut Tx<'_>, ctx: &Ctx, token_hash: &TokenHash) -> Result<Option<Session>> {
    let row = tx.opt(
        "SELECT s.id, s.account_id, a.level, a.lang, a.data_key, a.person, s.remember, s.created_at, s.auth_at, s.seen_at, s.expires_at,
           a.tour_done_at IS NOT NULL, s.methods, COALESCE(a.restored_at = s.created_at, FALSE)
         FROM session s JOIN account a ON a.id = s.account_id
         WHERE s.token_hash = $1 AND s.ended_at IS NULL AND a.status = 'open'",
        params![token_hash],
        |row| {
            Ok((
                (row.get::<SessionId>(0)?, row.get::<AccountId>(1)?, row.get::<String>(2)?, row.get::<String>(3)?),
                (row.get::<Vec<u8>>(4)?, row.get::<Vec<u8>>(5)?, row.get::<i64>(6)?),
                (row.get::<Time>(7)?, row.get::<Time>(8)?, row.get::<Time>(9)?, row.get::<Time>(10)?),
                (row.get::<bool>(11)?, row.get::<String>(12)?, row.get::<bool>(13)?),
            ))
        },
    )?;
    let Some((
        (id, account, level, lang),
        (wrapped, person, remember),
        (created_at, auth_at, seen_at, expires_at),
        (tour_done, methods, restored),
    )) = row
    else {
        return Ok(None);
    };
    let unread = notifications::feed::unread(tx, &account)?;
    Ok(Some(Session {
        id,
        token_hash: *token_hash,
        account,
        level: Level::from_word(&level).ok_or_else(|| Error::Bug(format!("level «{level}»")))?,
        lang: Lang::from_tag(&lang).unwrap_or_default(),
        person: accounts::account_person(ctx, &wrapped, &person)?,
        unread,
        tour_done,
        restored,
        methods,
        remember: remember != 0,
        created_at,
        auth_at,
        seen_at,
        expires_at,
        home: super::Rendered::default(),
    }))
}

pub fn list(tx: &mut Tx<'_>, ctx: &Ctx, settings: &Settings, account: &AccountId) -> Result<Vec<Listed>> {
    let wrapped: Vec<u8> =
        tx.one("SELECT data_key FROM account WHERE id = $1", params![account], |row| row.get(0))?;
    let key = ctx.keys.unwrap_subject_key(&wrapped)?;
    let rows = tx.all(
        "SELECT id, device, created_at, seen_at, remember FROM session
         WHERE account_id = $1 AND ended_at IS NULL AND expires_at > $2
           AND seen_at > CASE WHEN remember = 1 THEN CAST($3 AS BIGINT) ELSE CAST($4 AS BIGINT) END
         ORDER BY seen_at DESC, created_at DESC LIMIT 100",
        params![
            account,
            ctx.now,
            ctx.now - Span::days(settings.remember_days),
            ctx.now - Span::seconds(settings.idle_seconds)
        ],
        |row| {
            Ok((
                row.get::<SessionId>(0)?,
                row.get::<Vec<u8>>(1)?,
                row.get::<Time>(2)?,
                row.get::<Time>(3)?,
                row.get::<i64>(4)?,
            ))
        },
    )?;
    rows.into_iter()
        .map(|(id, device, created_at, seen_at, remember)| {
            let device = serde_json::from_slice(&key.open("session.device", &device)?)?;
            Ok(Listed { id, device, created_at, seen_at, remember: remember != 0 })
        })
        .collect()
}

pub fn end(tx: &mut Tx<'_>, account: &AccountId, id: &SessionId, why: &str, now: Time) -> Result<bool> {
    let ended = tx.exec(
        "UPDATE session SET ended_at = $1, ended_why = $2 WHERE id = $3 AND account_id = $4 AND ended_at IS NULL",
        params![now, why, id, account],
    )?;
    Ok(ended > 0)
}

pub fn end_all(
    tx: &mut Tx<'_>,
    account: &AccountId,
    except: Option<&SessionId>,
    why: &str,
    now: Time,
) -> Result<u64> {
    Ok(tx.exec(
        "UPDATE session SET ended_at = $1, ended_why = $2 WHERE account_id = $3 AND ended_at IS NULL AND id <> $4",
        params![now, why, account, except.map_or("", |id| id.as_str())],
    )?)
}

/// Whether a session and its account are open still, whatever its secret is by now.
///
/// # Errors
/// The storage is away.
pub fn is_open(tx: &mut Tx<'_>, id: &SessionId) -> Result<bool> {
    let found = tx.opt(
        "SELECT 1 FROM session s JOIN account a ON a.id = s.account_id
         WHERE s.id = $1 AND s.ended_at IS NULL AND a.status = 'open'",
        params![id],
        |_| Ok(()),
    )?;
    Ok(found.is_some())
}

/// When a session was last used, to the minute; `None` when it has ended or its account is not open.
pub fn seen_at(tx: &mut Tx<'_>, id: &SessionId) -> Result<Option<Time>> {
    Ok(tx.opt(
        "SELECT s.seen_at FROM session s JOIN account a ON a.id = s.account_id
         WHERE s.id = $1 AND s.ended_at IS NULL AND a.status = 'open'",
        params![id],
        |row| row.get(0),
    )?)
}

pub fn renew(tx: &mut Tx<'_>, old: &TokenHash, new: &TokenHash, methods: &str, now: Time) -> Result<bool> {
    let renewed = tx.exec(
        "UPDATE session SET token_hash = $1, methods = $2, auth_at = $3, seen_at = $3
         WHERE token_hash = $4 AND ended_at IS NULL",
        params![new, methods, now, old],
    )?;
    Ok(renewed == 1)
}

pub fn refresh_auth(tx: &mut Tx<'_>, id: &SessionId, now: Time) -> Result<()> {
    tx.exec(
        "UPDATE session SET auth_at = $1, seen_at = $1 WHERE id = $2 AND ended_at IS NULL",
        params![now, id],
    )?;
    Ok(())
}

/// Remembers that a session was used; never moves backwards.
///
/// # Errors
/// The storage is away.
pub fn touch(tx: &mut Tx<'_>, token_hash: &TokenHash, now: Time) -> Result<()> {
    tx.exec(
        "UPDATE session SET seen_at = $1 WHERE token_hash = $2 AND ended_at IS NULL AND seen_at < $1",
        params![now, token_hash],
    )?;
    Ok(())
}

/// Deletes sessions whose time was over before a moment; a retention job.
///
/// # Errors
/// The storage is away.
pub fn sweep(tx: &mut Tx<'_>, before: Time, batch: i64) -> Result<u64> {
    Ok(tx.exec(
        "DELETE FROM session WHERE token_hash IN
           (SELECT token_hash FROM session WHERE expires_at < $1 LIMIT $2)",
        params![before, batch],
    )?)
}
