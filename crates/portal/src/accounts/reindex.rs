//! After the key of blind indexes has rotated: every login and contact gets its index under the new key.
//!
//! While this runs, look-ups try the new index first and then the older ones.

use super::{AccountId, ContactType, Login};
use ::store::keys::rotate::Sweep;
use ::store::keys::{KeyRing, SubjectKey, Use};
use ::store::{StoreError, Tx, params};
use kernel::Rng;

/// The pass over accounts that renews `login.index_hash` and `contact.index_hash`.
pub struct LoginIndex;

impl Sweep for LoginIndex {
    fn name(&self) -> &str {
        "login.index"
    }

    fn key_use(&self) -> Use {
        Use::Index
    }

    fn batch(
        &self,
        tx: &mut Tx<'_>,
        ring: &KeyRing,
        after: &str,
        limit: u32,
        _rng: &mut Rng,
    ) -> Result<Option<String>, StoreError> {
        over_accounts(tx, ring, (after, limit), |tx, account, key| renew(tx, ring, account, key))
    }
}

/// The next accounts of a pass that renews indexes, each with its key: gives the last of them, or none at the end. An
/// account whose key does not open is told and left out; one that was erased has nothing to renew.
///
/// # Errors
/// The storage is away, or `renew` says so.
pub fn over_accounts(
    tx: &mut Tx<'_>,
    ring: &KeyRing,
    (after, limit): (&str, u32),
    mut renew: impl FnMut(&mut Tx<'_>, &AccountId, &SubjectKey) -> Result<(), StoreError>,
) -> Result<Option<String>, StoreError> {
    let rows: Vec<(AccountId, Option<Vec<u8>>)> = tx.all(
        "SELECT id, data_key FROM account WHERE id > $1 ORDER BY id LIMIT $2",
        params![after, limit],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    for (account, wrapped) in &rows {
        let Some(wrapped) = wrapped.as_ref().filter(|wrapped| !wrapped.is_empty()) else { continue };
        match ring.unwrap_subject_key(wrapped) {
            Ok(key) => renew(tx, account, &key)?,
            Err(_) => tracing::error!(account = %account, "a wrapped key does not open"),
        }
    }
    Ok(rows.last().map(|(account, _)| account.to_string()))
}

fn renew(tx: &mut Tx<'_>, ring: &KeyRing, account: &AccountId, key: &SubjectKey) -> Result<(), StoreError> {
    let contacts: Vec<(String, Vec<u8>, Vec<u8>)> = tx.all(
        // Contacts that left but whose login is kept for the account are renewed too: they may come back.
        "SELECT kind, value, index_hash FROM contact WHERE account_id = $1 AND (detached_at IS NULL OR EXISTS
           (SELECT 1 FROM login WHERE login.index_hash = contact.index_hash AND login.account_id = $1))",
        params![account],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    for (kind, sealed, old) in contacts {
        let value = key.open("contact.value", &sealed).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let login = value
            .zip(ContactType::from_word(&kind))
            .and_then(|(value, kind)| Login::of_contact(kind, &value));
        let Some(login) = login else { continue };
        let new = ring.blind_index(login.kind, &login.key);
        if new[..] == old[..] {
            continue;
        }
        tx.exec("UPDATE login SET index_hash = $1 WHERE index_hash = $2", params![&new, &old])?;
        tx.exec(
            "UPDATE contact SET index_hash = $1 WHERE account_id = $2 AND index_hash = $3",
            params![&new, account, &old],
        )?;
    }
    Ok(())
}
