//! Rows of `contact_flow`, `contact_change` and `account_hold`.

use super::rules::Draft;
use super::{ChangeId, FlowId};
use crate::accounts::{AccountId, ContactKind};
use crate::ctx::Ctx;
use crate::error::Result;
use kernel::{Id, Span, Time};
use store::keys::SubjectKey;
use store::{Tx, params};

fn data_key(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<SubjectKey> {
    let wrapped: Vec<u8> =
        tx.one("SELECT data_key FROM account WHERE id = $1", params![account], |row| row.get(0))?;
    Ok(ctx.keys.unwrap_subject_key(&wrapped)?)
}

/// The open flow of an account.
pub fn flow(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<Option<(FlowId, Draft)>> {
    let row: Option<(FlowId, Vec<u8>)> = tx.opt(
        "SELECT id, draft FROM contact_flow WHERE account_id = $1 AND expires_at > $2",
        params![account, ctx.now],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let Some((id, sealed)) = row else { return Ok(None) };
    let draft = data_key(tx, ctx, account)?.open("contact.draft", &sealed)?;
    Ok(Some((id, serde_json::from_slice(&draft)?)))
}

/// Whose flow this is (from the link in a letter).
pub fn account_of_flow(tx: &mut Tx<'_>, id: &FlowId, now: Time) -> Result<Option<AccountId>> {
    Ok(tx.opt(
        "SELECT account_id FROM contact_flow WHERE id = $1 AND expires_at > $2",
        params![id, now],
        |row| row.get(0),
    )?)
}

/// Writes the flow of an account; an older one is over then.
pub fn keep_flow(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    id: &FlowId,
    draft: &Draft,
    hours: i64,
) -> Result<()> {
    let sealed =
        data_key(tx, ctx, account)?.seal("contact.draft", &serde_json::to_vec(draft)?, &mut ctx.rng());
    tx.exec(
        "INSERT INTO contact_flow (account_id, id, draft, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (account_id) DO UPDATE SET id = excluded.id, draft = excluded.draft,
           created_at = excluded.created_at, expires_at = excluded.expires_at",
        params![account, id, &sealed, ctx.now, ctx.now + Span::hours(hours)],
    )?;
    Ok(())
}

/// Ends the flow of an account.
pub fn end_flow(tx: &mut Tx<'_>, account: &AccountId) -> Result<()> {
    tx.exec("DELETE FROM contact_flow WHERE account_id = $1", params![account])?;
    Ok(())
}

/// A change that can be undone.
pub struct Change {
    pub id: ChangeId,
    pub account: AccountId,
    pub old: Option<Id<ContactKind>>,
    pub new: Option<Id<ContactKind>>,
    /// Whether the old one was the primary one.
    pub was_primary: bool,
    pub at: Time,
    pub expires_at: Time,
    pub undone_at: Option<Time>,
}

pub fn insert_change(tx: &mut Tx<'_>, change: &Change, token_hash: &[u8; 32]) -> Result<()> {
    tx.exec(
        "INSERT INTO contact_change (id, account_id, old_contact, new_contact, was_primary, token_hash, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            &change.id,
            &change.account,
            change.old.as_ref().map(|id| id.as_str()),
            change.new.as_ref().map(|id| id.as_str()),
            i64::from(change.was_primary),
            token_hash,
            change.at,
            change.expires_at
        ],
    )?;
    Ok(())
}

fn read_change(row: &store::Row<'_>) -> std::result::Result<Change, store::StoreError> {
    Ok(Change {
        id: row.get(0)?,
        account: row.get(1)?,
        old: row.get(2)?,
        new: row.get(3)?,
        was_primary: row.get(4)?,
        at: row.get(5)?,
        expires_at: row.get(6)?,
        undone_at: row.get(7)?,
    })
}

/// The change of a token, undone or over or not.
pub fn change_of(tx: &mut Tx<'_>, token_hash: &[u8; 32]) -> Result<Option<Change>> {
    Ok(tx.opt(
        "SELECT id, account_id, old_contact, new_contact, was_primary, created_at, expires_at, undone_at
         FROM contact_change WHERE token_hash = $1",
        params![token_hash],
        read_change,
    )?)
}

/// Takes a change for the one transaction that undoes it; `false` when another was first or its time is over.
pub fn take_change(tx: &mut Tx<'_>, id: &ChangeId, now: Time) -> Result<bool> {
    let taken = tx.exec(
        "UPDATE contact_change SET undone_at = $1 WHERE id = $2 AND undone_at IS NULL AND expires_at > $1",
        params![now, id],
    )?;
    Ok(taken == 1)
}

/// The changes of an account since a moment that are not undone, the newest first.
pub fn changes_since(tx: &mut Tx<'_>, account: &AccountId, since: Time) -> Result<Vec<Change>> {
    Ok(tx.all(
        "SELECT id, account_id, old_contact, new_contact, was_primary, created_at, expires_at, undone_at
         FROM contact_change
         WHERE account_id = $1 AND created_at >= $2 AND undone_at IS NULL ORDER BY created_at DESC, id DESC",
        params![account, since],
        read_change,
    )?)
}

/// Ends the links of the changes that brought a contact.
pub fn end_changes_of(tx: &mut Tx<'_>, account: &AccountId, new: &Id<ContactKind>, now: Time) -> Result<()> {
    tx.exec(
        "UPDATE contact_change SET undone_at = $1 WHERE account_id = $2 AND new_contact = $3 AND undone_at IS NULL",
        params![now, account, new],
    )?;
    Ok(())
}

/// Before which moment a contact row recovers and undoes nothing, and when it was confirmed.
pub fn times_of(tx: &mut Tx<'_>, contact: &Id<ContactKind>) -> Result<Option<(Time, Time)>> {
    Ok(tx.opt("SELECT held_until, confirmed_at FROM contact WHERE id = $1", params![contact], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?)
}

pub fn hold(tx: &mut Tx<'_>, account: &AccountId, until: Time) -> Result<()> {
    tx.exec(
        "INSERT INTO account_hold (account_id, kind, until) VALUES ($1, 'contacts', $2)
         ON CONFLICT (account_id, kind) DO UPDATE SET until = excluded.until WHERE account_hold.until < excluded.until",
        params![account, until],
    )?;
    Ok(())
}

pub fn release(tx: &mut Tx<'_>, account: &AccountId) -> Result<()> {
    tx.exec("DELETE FROM account_hold WHERE account_id = $1 AND kind = 'contacts'", params![account])?;
    Ok(())
}

pub fn held_until(tx: &mut Tx<'_>, account: &AccountId, now: Time) -> Result<Option<Time>> {
    Ok(tx.opt(
        "SELECT until FROM account_hold WHERE account_id = $1 AND kind = 'contacts' AND until > $2",
        params![account, now],
        |row| row.get(0),
    )?)
}

/// Deletes what waits no more: flows and holds past their end; a retention job.
///
/// # Errors
/// The storage is away.
pub fn sweep_flows(tx: &mut Tx<'_>, before: Time, batch: i64) -> Result<u64> {
    let flows = tx.exec(
        "DELETE FROM contact_flow WHERE account_id IN (SELECT account_id FROM contact_flow WHERE expires_at <= $1 LIMIT $2)
         AND expires_at <= $1",
        params![before, batch],
    )?;
    let holds = tx.exec(
        "DELETE FROM account_hold WHERE account_id IN (SELECT account_id FROM account_hold WHERE until <= $1 LIMIT $2)
         AND until <= $1",
        params![before, batch],
    )?;
    // The job goes on as long as one of both was full.
    Ok(flows.max(holds))
}

/// Deletes changes that could be undone until a while ago; a retention job.
///
/// # Errors
/// The storage is away.
pub fn sweep_changes(tx: &mut Tx<'_>, before: Time, batch: i64) -> Result<u64> {
    Ok(tx.exec(
        "DELETE FROM contact_change WHERE id IN (SELECT id FROM contact_change WHERE expires_at < $1 LIMIT $2)",
        params![before, batch],
    )?)
}
