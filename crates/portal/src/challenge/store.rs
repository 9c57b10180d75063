//! Remembers which challenges have been answered.

use kernel::Time;
use store::{StoreError, Tx, params};

/// Marks a challenge as answered; `false` when it was already.
pub(super) fn spend(tx: &mut Tx<'_>, id_hash: &[u8; 32], expires: Time) -> Result<bool, StoreError> {
    let added = tx.exec(
        "INSERT INTO challenge_spent (id_hash, expires_at) VALUES ($1, $2) ON CONFLICT (id_hash) DO NOTHING",
        params![id_hash, expires],
    )?;
    Ok(added == 1)
}

/// Forgets up to `limit` marks of challenges whose life is over; gives their number.
pub(super) fn forget(tx: &mut Tx<'_>, now: Time, limit: i64) -> Result<u64, StoreError> {
    tx.exec(
        "DELETE FROM challenge_spent WHERE id_hash IN \
         (SELECT id_hash FROM challenge_spent WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)",
        params![now, limit],
    )
}
