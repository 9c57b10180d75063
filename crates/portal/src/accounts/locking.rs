//! Locking by staff: a locked account opens no session and finds no login until staff unlock it.

use super::AccountId;
use crate::error::Result;
use store::{Tx, params};

/// Locks an open account; `false` when it is not open. Its sessions are ended by the caller.
///
/// # Errors
/// The storage is away.
pub fn lock_by_staff(tx: &mut Tx<'_>, account: &AccountId) -> Result<bool> {
    let changed =
        tx.exec("UPDATE account SET status = 'locked' WHERE id = $1 AND status = 'open'", params![account])?;
    Ok(changed == 1)
}

/// Opens a locked account again; `false` when it is not locked.
///
/// # Errors
/// The storage is away.
pub fn unlock_by_staff(tx: &mut Tx<'_>, account: &AccountId) -> Result<bool> {
    let changed =
        tx.exec("UPDATE account SET status = 'open' WHERE id = $1 AND status = 'locked'", params![account])?;
    Ok(changed == 1)
}
