//! The row of `profile`.

use super::lists::Profile;
use crate::accounts::{self, AccountId};
use crate::ctx::Ctx;
use crate::error::Result;
use store::keys::SubjectKey;
use store::{Tx, params};

/// The context of the sealed document.
const CONTEXT: &str = "profile";

/// The profile as it was kept; `None` when nothing was.
pub fn find(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<Option<Profile>> {
    let sealed: Option<Vec<u8>> =
        tx.opt("SELECT sealed FROM profile WHERE account_id = $1", params![account], |row| row.get(0))?;
    let Some(sealed) = sealed else { return Ok(None) };
    let document = accounts::data_key(tx, ctx, account)?.open(CONTEXT, &sealed)?;
    Ok(Some(serde_json::from_slice(&document)?))
}

/// Opens the sealed document; `None` when it was tampered with.
pub fn open(key: &SubjectKey, sealed: &[u8]) -> Option<Profile> {
    serde_json::from_slice(&key.open(CONTEXT, sealed).ok()?).ok()
}

/// Keeps the profile in the place of the one before.
pub fn keep(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, profile: &Profile) -> Result<()> {
    let document = serde_json::to_vec(profile)?;
    let sealed = accounts::data_key(tx, ctx, account)?.seal(CONTEXT, &document, &mut ctx.rng());
    tx.exec(
        "INSERT INTO profile (account_id, sealed, changed_at) VALUES ($1, $2, $3)
         ON CONFLICT (account_id) DO UPDATE SET sealed = excluded.sealed, changed_at = excluded.changed_at",
        params![account, &sealed, ctx.now],
    )?;
    Ok(())
}
