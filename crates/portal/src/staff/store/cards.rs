//! Rows of `staff_opening`: a person's card, opened for a reason.

use crate::accounts::AccountId;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::staff::{CardId, Member, Why};
use kernel::Time;
use store::{Tx, params};

/// A card to be opened.
pub struct NewCard<'a> {
    pub id: &'a CardId,
    pub member: &'a Member,
    pub account: &'a AccountId,
    pub why: Why,
    pub reason: &'a str,
    pub expires_at: Time,
}

/// An open card.
#[derive(Clone)]
pub struct Card {
    pub id: CardId,
    pub account: AccountId,
    pub why: Why,
    pub reason: String,
    pub expires_at: Time,
}

pub fn insert_card(tx: &mut Tx<'_>, ctx: &Ctx, new: &NewCard<'_>) -> Result<()> {
    let wrapped: Vec<u8> =
        tx.one("SELECT data_key FROM account WHERE id = $1", params![new.account], |row| row.get(0))?;
    let key = ctx.keys.unwrap_subject_key(&wrapped)?;
    let sealed = key.seal("staff_opening.reason", new.reason.as_bytes(), &mut ctx.rng());
    tx.exec(
        "INSERT INTO staff_opening (id, staff_id, session_id, account_id, kind, reason, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            new.id,
            &new.member.id,
            &new.member.session,
            new.account,
            new.why.word(),
            &sealed,
            ctx.now,
            new.expires_at
        ],
    )?;
    Ok(())
}

/// A card that this very session at the workplace opened and whose time is not over.
pub fn card(tx: &mut Tx<'_>, ctx: &Ctx, member: &Member, id: &CardId) -> Result<Option<Card>> {
    let row = tx.opt(
        "SELECT o.account_id, o.kind, o.reason, o.expires_at, a.data_key
         FROM staff_opening o JOIN account a ON a.id = o.account_id
         WHERE o.id = $1 AND o.session_id = $2 AND o.staff_id = $3 AND o.expires_at > $4",
        params![id, &member.session, &member.id, ctx.now],
        |row| {
            Ok((
                row.get::<AccountId>(0)?,
                row.get::<String>(1)?,
                row.get::<Vec<u8>>(2)?,
                row.get::<Time>(3)?,
                row.get::<Option<Vec<u8>>>(4)?,
            ))
        },
    )?;
    let Some((account, kind, sealed, expires_at, wrapped)) = row else { return Ok(None) };
    // Erased meanwhile: there is nothing left to look at.
    let Some(wrapped) = wrapped.filter(|wrapped| !wrapped.is_empty()) else { return Ok(None) };
    let key = ctx.keys.unwrap_subject_key(&wrapped)?;
    let reason = String::from_utf8_lossy(&key.open("staff_opening.reason", &sealed)?).into_owned();
    let why = Why::from_word(&kind).ok_or_else(|| Error::Bug(format!("reason kind «{kind}»")))?;
    Ok(Some(Card { id: id.clone(), account, why, reason, expires_at }))
}

pub fn close_card(tx: &mut Tx<'_>, member: &Member, id: &CardId, now: Time) -> Result<()> {
    tx.exec(
        "UPDATE staff_opening SET expires_at = $1 WHERE id = $2 AND staff_id = $3 AND expires_at > $1",
        params![now, id, &member.id],
    )?;
    Ok(())
}

/// Deletes opened cards whose time was over before a moment; a retention job.
///
/// # Errors
/// The storage is away.
pub fn sweep_cards(tx: &mut Tx<'_>, before: Time, batch: i64) -> Result<u64> {
    Ok(tx.exec(
        "DELETE FROM staff_opening WHERE id IN (SELECT id FROM staff_opening WHERE expires_at < $1 LIMIT $2)",
        params![before, batch],
    )?)
}
