//! Logins and contacts that come, leave, are kept for a while and come back.

use super::store::data_key;
use super::{AccountId, Contact, ContactKind, ContactType, Login};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use kernel::{Id, Time};
use store::keys::SubjectKey;
use store::{Engine, StoreError, Tx, params};

/// Whose a login is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nobody's.
    Free,
    /// This account's.
    Owned(AccountId),
    /// It left this account a short while ago and is kept for it.
    Reserved {
        /// For whom.
        account: AccountId,
        /// Until when.
        until: Time,
    },
}

/// Whose a login is, with those that are kept for an account.
///
/// # Errors
/// The storage is away.
pub fn standing(tx: &mut Tx<'_>, ctx: &Ctx, login: &Login) -> Result<Standing> {
    for index in login.indexes(ctx) {
        let row: Option<(AccountId, Option<Time>)> = tx.opt(
            "SELECT account_id, reserved_until FROM login WHERE index_hash = $1",
            params![&index],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        match row {
            Some((account, None)) => return Ok(Standing::Owned(account)),
            Some((account, Some(until))) if until > ctx.now => {
                return Ok(Standing::Reserved { account, until });
            }
            Some(_) | None => {}
        }
    }
    Ok(Standing::Free)
}

/// Adds a confirmed contact to an account; before `held_until` it recovers and undoes nothing.
///
/// # Errors
/// [`StoreError::Conflict`] when it belongs to somebody: nothing is written then and the transaction can go on.
pub fn add_contact(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    login: &Login,
    primary: bool,
    held_until: Time,
) -> Result<Id<ContactKind>> {
    let key = data_key(tx, ctx, account)?;
    insert_contact(tx, ctx, account, &key, login, primary, held_until)
}

pub(super) fn insert_contact(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    key: &SubjectKey,
    login: &Login,
    primary: bool,
    held_until: Time,
) -> Result<Id<ContactKind>> {
    let mut rng = ctx.rng();
    let index = login.index(ctx);
    // A login that is kept for an account may come back to it, and after its time go to anybody.
    let taken = tx.exec(
        "INSERT INTO login (index_hash, account_id, kind) VALUES ($1, $2, $3)
         ON CONFLICT (index_hash) DO UPDATE SET account_id = excluded.account_id, reserved_until = NULL
         WHERE login.reserved_until IS NOT NULL
           AND (login.reserved_until <= $4 OR login.account_id = excluded.account_id)",
        params![&index, account, login.kind, ctx.now],
    )?;
    if taken == 0 {
        return Err(Error::Store(StoreError::Conflict));
    }
    let id = Id::<ContactKind>::new(ctx.now, &mut rng);
    let sealed = key.seal("contact.value", login.value.as_bytes(), &mut rng);
    tx.exec(
        "INSERT INTO contact (id, account_id, kind, index_hash, value, is_primary, confirmed_at, held_until)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![&id, account, login.kind, &index, &sealed, i64::from(primary), ctx.now, held_until],
    )?;
    Ok(id)
}

/// Holds the account's row until the transaction ends, so that changes of its contacts come one after the other.
/// `false` when there is no such account.
///
/// # Errors
/// The storage is away.
pub fn lock(tx: &mut Tx<'_>, account: &AccountId) -> Result<bool> {
    // On SQLite the one writer is lock enough.
    let sql = match tx.engine() {
        Engine::Sqlite => "SELECT 1 FROM account WHERE id = $1",
        Engine::Postgres => "SELECT 1 FROM account WHERE id = $1 FOR NO KEY UPDATE",
    };
    Ok(tx.opt(sql, params![account], |row| row.get::<i64>(0))?.is_some())
}

/// Takes a contact away from its account. With `reserved_until` its login is kept for the account until then, else it
/// is free at once. `false` when the contact is not there (any more).
///
/// # Errors
/// The storage is away.
pub fn retire(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    contact: &Id<ContactKind>,
    reserved_until: Option<Time>,
) -> Result<bool> {
    let left = tx.exec(
        "UPDATE contact SET detached_at = $1, is_primary = 0 WHERE id = $2 AND account_id = $3 AND detached_at IS NULL",
        params![ctx.now, contact, account],
    )?;
    if left == 0 {
        return Ok(false);
    }
    match reserved_until {
        Some(until) => tx.exec(
            "UPDATE login SET reserved_until = $1
             WHERE account_id = $2 AND index_hash = (SELECT index_hash FROM contact WHERE id = $3)",
            params![until, account, contact],
        )?,
        None => tx.exec(
            "DELETE FROM login WHERE account_id = $1 AND index_hash = (SELECT index_hash FROM contact WHERE id = $2)",
            params![account, contact],
        )?,
    };
    elect_primary(tx, account)?;
    Ok(true)
}

/// Brings a contact back that left its account. `false` when it did not leave, or when its login is somebody's.
///
/// # Errors
/// The storage is away.
pub fn restore(tx: &mut Tx<'_>, account: &AccountId, contact: &Id<ContactKind>) -> Result<bool> {
    let back = tx.exec(
        "INSERT INTO login (index_hash, account_id, kind)
         SELECT index_hash, account_id, kind FROM contact WHERE id = $1 AND account_id = $2 AND detached_at IS NOT NULL
         ON CONFLICT (index_hash) DO UPDATE SET reserved_until = NULL
         WHERE login.account_id = excluded.account_id AND login.reserved_until IS NOT NULL",
        params![contact, account],
    )?;
    if back == 0 {
        return Ok(false);
    }
    tx.exec("UPDATE contact SET detached_at = NULL WHERE id = $1", params![contact])?;
    elect_primary(tx, account)?;
    Ok(true)
}

/// The kind and value of a contact that left its account and may come back.
///
/// # Errors
/// The storage is away or the row was tampered with.
pub fn departed(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    contact: &Id<ContactKind>,
) -> Result<Option<(ContactType, String)>> {
    let row: Option<(String, Vec<u8>)> = tx.opt(
        "SELECT kind, value FROM contact WHERE id = $1 AND account_id = $2 AND detached_at IS NOT NULL",
        params![contact, account],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let Some((kind, sealed)) = row else { return Ok(None) };
    let value = data_key(tx, ctx, account)?.open("contact.value", &sealed)?;
    Ok(ContactType::from_word(&kind).zip(String::from_utf8(value).ok()))
}

/// Makes the oldest contact the primary one when none is.
pub(super) fn elect_primary(tx: &mut Tx<'_>, account: &AccountId) -> Result<()> {
    tx.exec(
        "UPDATE contact SET is_primary = 1 WHERE id = (SELECT id FROM contact WHERE account_id = $1 AND detached_at IS NULL
           ORDER BY confirmed_at, id LIMIT 1)
         AND NOT EXISTS (SELECT 1 FROM contact WHERE account_id = $1 AND detached_at IS NULL AND is_primary = 1)",
        params![account],
    )?;
    Ok(())
}

/// Makes a contact the one that messages go to first. `false` when it is not there or is the primary one already.
///
/// # Errors
/// The storage is away.
pub fn make_primary(tx: &mut Tx<'_>, account: &AccountId, contact: &Id<ContactKind>) -> Result<bool> {
    let made = tx.exec(
        "UPDATE contact SET is_primary = 1
         WHERE id = $1 AND account_id = $2 AND detached_at IS NULL AND is_primary = 0",
        params![contact, account],
    )?;
    if made == 1 {
        tx.exec(
            "UPDATE contact SET is_primary = 0 WHERE account_id = $1 AND id <> $2 AND is_primary = 1",
            params![account, contact],
        )?;
    }
    Ok(made == 1)
}

/// Remembers that somebody else holds the number of this contact. `false` when that is known.
///
/// # Errors
/// The storage is away.
pub fn mute(tx: &mut Tx<'_>, ctx: &Ctx, contact: &Contact) -> Result<bool> {
    let muted = tx.exec(
        "UPDATE contact SET muted_at = $1 WHERE id = $2 AND muted_at IS NULL",
        params![ctx.now, &contact.id],
    )?;
    Ok(muted == 1)
}

/// Takes the password away: the owner signs in by other means or recovers access.
///
/// # Errors
/// The storage is away.
pub fn close_password(tx: &mut Tx<'_>, account: &AccountId) -> Result<()> {
    tx.exec("UPDATE account SET password_hash = NULL WHERE id = $1", params![account])?;
    Ok(())
}

/// Frees logins whose reservation is over; a retention job.
///
/// # Errors
/// The storage is away.
pub fn sweep_reserved(tx: &mut Tx<'_>, before: Time, batch: i64) -> Result<u64> {
    Ok(tx.exec(
        "DELETE FROM login WHERE index_hash IN
           (SELECT index_hash FROM login WHERE reserved_until IS NOT NULL AND reserved_until <= $1 LIMIT $2)
         AND reserved_until IS NOT NULL AND reserved_until <= $1",
        params![before, batch],
    )?)
}

/// Deletes contacts that left their account a while ago; a retention job.
///
/// # Errors
/// The storage is away.
pub fn sweep_contacts(tx: &mut Tx<'_>, before: Time, batch: i64) -> Result<u64> {
    Ok(tx.exec(
        "DELETE FROM contact WHERE id IN
           (SELECT id FROM contact WHERE detached_at IS NOT NULL AND detached_at < $1 LIMIT $2)
         AND detached_at IS NOT NULL",
        params![before, batch],
    )?)
}
