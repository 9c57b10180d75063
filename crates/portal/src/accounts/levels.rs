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

/// Raises a simplified account to the standard level; its SNILS becomes a login.
///
/// # Errors
/// The storage is away.
pub fn raise(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, snils: &str) -> Result<Raised> {
    let login = Login { kind: "snils", value: snils.to_owned(), key: snils.to_owned() };
    for index in login.indexes(ctx) {
        let owner: Option<AccountId> =
            tx.opt("SELECT account_id FROM login WHERE index_hash = $1", params![&index], |row| row.get(0))?;
        match owner {
            Some(owner) if owner == *account => return raise_level(tx, account),
            Some(_) => return Ok(Raised::Taken),
            None => {}
        }
    }
    // Two accounts with one SNILS at the same moment: the key decides, and the loser is told as above.
    let taken = tx.exec(
        "INSERT INTO login (index_hash, account_id, kind) VALUES ($1, $2, $3) ON CONFLICT (index_hash) DO NOTHING",
        params![&login.index(ctx), account, login.kind],
    )?;
    if taken == 0 { Ok(Raised::Taken) } else { raise_level(tx, account) }
}

fn raise_level(tx: &mut Tx<'_>, account: &AccountId) -> Result<Raised> {
    tx.exec(
        "UPDATE account SET level = $1 WHERE id = $2 AND level = $3",
        params![Level::Standard.word(), account, Level::Simplified.word()],
    )?;
    Ok(Raised::Done)
}
