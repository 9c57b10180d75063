//! The level of an account. Who raises it writes the evidence in the same transaction (`checks`).

use super::{AccountId, Login};
use crate::ctx::Ctx;
use crate::error::Result;
use kernel::Level;
use store::{Tx, params};

/// What became of a rise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Raised {
    /// The account has the standard level now, or had it.
    Done,
    /// The SNILS is a login of another account: one SNILS, one account of the standard level.
    Taken,
}

/// Raises a simplified account to the standard level, or confirms the level of a higher one; its SNILS becomes a login.
///
/// # Errors
/// The storage is away.
pub fn raise(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, snils: &str) -> Result<Raised> {
    let login = Login { kind: "snils", value: snils.to_owned(), key: snils.to_owned() };
    for index in login.indexes(ctx) {
        let sql = "SELECT account_id FROM login WHERE index_hash = $1";
        let owner: Option<AccountId> = tx.opt(sql, params![&index], |row| row.get(0))?;
        match owner {
            Some(owner) if owner == *account => return raise_level(tx, account, &index),
            Some(_) => return Ok(Raised::Taken),
            None => {}
        }
    }
    // Two accounts with one SNILS at the same moment: the key decides, and the loser is told as above.
    let taken = tx.exec(
        "INSERT INTO login (index_hash, account_id, kind) VALUES ($1, $2, $3) ON CONFLICT (index_hash) DO NOTHING",
        params![&login.index(ctx), account, login.kind],
    )?;
    if taken == 0 { Ok(Raised::Taken) } else { raise_level(tx, account, &login.index(ctx)) }
}

fn raise_level(tx: &mut Tx<'_>, account: &AccountId, index: &[u8; 32]) -> Result<Raised> {
    // A SNILS that was corrected signs nobody in any more.
    tx.exec(
        "DELETE FROM login WHERE account_id = $1 AND kind = 'snils' AND index_hash <> $2",
        params![account, index],
    )?;
    tx.exec(
        "UPDATE account SET level = $1 WHERE id = $2 AND level = $3",
        params![Level::Standard.word(), account, Level::Simplified.word()],
    )?;
    Ok(Raised::Done)
}

/// Lowers an account to the simplified level; `false` when it is there already. Its SNILS stays a login: whose it is was
/// never in doubt, and no other account may take it.
///
/// # Errors
/// The storage is away.
pub fn lower(tx: &mut Tx<'_>, account: &AccountId) -> Result<bool> {
    let lowered = tx.exec(
        "UPDATE account SET level = $1 WHERE id = $2 AND level <> $1 AND status <> 'erased'",
        params![Level::Simplified.word(), account],
    )?;
    Ok(lowered == 1)
}

/// Whose login a SNILS is.
///
/// # Errors
/// The storage is away.
pub fn holder_of_snils(tx: &mut Tx<'_>, ctx: &Ctx, snils: &str) -> Result<Option<AccountId>> {
    let login = Login { kind: "snils", value: snils.to_owned(), key: snils.to_owned() };
    for index in login.indexes(ctx) {
        let sql = "SELECT account_id FROM login WHERE index_hash = $1";
        if let Some(holder) = tx.opt(sql, params![&index], |row| row.get(0))? {
            return Ok(Some(holder));
        }
    }
    Ok(None)
}

/// The SNILS of an account is no login any more: staff found that it belongs to another account.
///
/// # Errors
/// The storage is away.
pub fn release_snils(tx: &mut Tx<'_>, account: &AccountId) -> Result<()> {
    tx.exec("DELETE FROM login WHERE account_id = $1 AND kind = 'snils'", params![account])?;
    Ok(())
}
