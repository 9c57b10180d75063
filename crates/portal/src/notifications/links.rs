//! Links in messages that act without a sign-in: «Это был не я», «Оставить запрет».
//!
//! Invariants: opening a link changes nothing, only the button of its page does (mail scanners open links, practice
//! sheet §1 rule 10); a token is 128 random bits, kept as a keyed hash; it is spent by one conditional update and only
//! for the account, act and object that it was made for.

use super::{Details, Link, Notice};
use crate::accounts::AccountId;
use crate::ctx::Ctx;
use crate::error::Result;
use ::store::{Tx, keys::Purpose, params};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use kernel::{Lang, Span, Time};

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// «Это был не я»; the object is the session of the sign-in that was told, or empty.
    NotMe,
    /// What was asked for with a waiting period does not happen; the object says what and which.
    Keep,
}

impl Act {
    /// The word in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Act::NotMe => "not-me",
            Act::Keep => "keep",
        }
    }

    fn from_word(word: &str) -> Option<Act> {
        [Act::NotMe, Act::Keep].into_iter().find(|act| act.word() == word)
    }
}

/// A link that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Whose it is.
    pub account: AccountId,
    /// What it is for.
    pub act: Act,
    /// On what it acts.
    pub object: String,
    /// When the message was written.
    pub created_at: Time,
    /// Whether it can still be used.
    pub live: bool,
}

/// Makes a link; answers its address. Short, because it must fit into a text message.
///
/// # Errors
/// The storage is away.
pub fn mint(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    act: Act,
    object: &str,
    expires_at: Time,
) -> Result<String> {
    let token = B64.encode(ctx.rng().bytes::<16>());
    tx.exec(
        "INSERT INTO notice_link (token_hash, account_id, act, object, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        params![&hash(ctx, &token), account, act.word(), object, ctx.now, expires_at],
    )?;
    Ok(format!("{}/n/{token}", ctx.place.public_url))
}

fn hash(ctx: &Ctx, token: &str) -> [u8; 32] {
    ctx.keys.mac(Purpose::Token, &[b"notice link", token.as_bytes()])
}

/// The link of a token, whether it can still be used or not.
///
/// # Errors
/// The storage is away.
pub fn find(tx: &mut Tx<'_>, ctx: &Ctx, token: &str) -> Result<Option<Found>> {
    if token.len() != 22 {
        return Ok(None);
    }
    for hash in ctx.keys.macs(Purpose::Token, &[b"notice link", token.as_bytes()]) {
        let row = tx.opt(
            "SELECT account_id, act, object, created_at, used_at IS NULL AND expires_at > $1
             FROM notice_link WHERE token_hash = $2",
            params![ctx.now, &hash],
            |row| {
                Ok((
                    row.get::<AccountId>(0)?,
                    row.get::<String>(1)?,
                    row.get::<String>(2)?,
                    row.get::<Time>(3)?,
                    row.get::<bool>(4)?,
                ))
            },
        )?;
        if let Some((account, act, object, created_at, live)) = row {
            return Ok(Act::from_word(&act).map(|act| Found { account, act, object, created_at, live }));
        }
    }
    Ok(None)
}

/// Spends a link; `true` for the one call that did.
///
/// # Errors
/// The storage is away.
pub fn spend(tx: &mut Tx<'_>, ctx: &Ctx, token: &str) -> Result<bool> {
    for hash in ctx.keys.macs(Purpose::Token, &[b"notice link", token.as_bytes()]) {
        let spent = tx.exec(
            "UPDATE notice_link SET used_at = $1 WHERE token_hash = $2 AND used_at IS NULL AND expires_at > $1",
            params![ctx.now, &hash],
        )?;
        if spent == 1 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Ends every living link of an account for an act: what they were for has happened.
///
/// # Errors
/// The storage is away.
pub fn end_all(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, act: Act) -> Result<()> {
    tx.exec(
        "UPDATE notice_link SET used_at = $1 WHERE account_id = $2 AND act = $3 AND used_at IS NULL",
        params![ctx.now, account, act.word()],
    )?;
    Ok(())
}

/// Deletes links whose time was over before a moment; a retention job.
///
/// # Errors
/// The storage is away.
pub fn sweep(tx: &mut Tx<'_>, before: Time, batch: i64) -> Result<u64> {
    Ok(tx.exec(
        "DELETE FROM notice_link WHERE token_hash IN
           (SELECT token_hash FROM notice_link WHERE expires_at < $1 LIMIT $2)",
        params![before, batch],
    )?)
}

/// Adds «Это был не я» to a notice that has no link of its own. Each message has its own.
pub(super) fn with_not_me(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    (lang, kind): (Lang, Notice),
    details: &Details,
) -> Result<Details> {
    let mut details = details.clone();
    if details.link.is_none() && !kind.group().is_free() && kind.is_of_an_act() {
        let until = ctx.now + Span::days(ctx.place.not_me_days);
        let object = details.session.as_deref().unwrap_or_default();
        let url = mint(tx, ctx, account, Act::NotMe, object, until)?;
        details.link = Some(Link { label: "notice-not-me", hint: Some("notice-not-me-hint"), url });
        let until = crate::web::format::date(lang, until, &ctx.place.zone);
        details.args.push(("not_me_until", until.into()));
    }
    Ok(details)
}
