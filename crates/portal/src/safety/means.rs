//! What an account can prove itself with, as bans and lockdown ask.

use crate::accounts::AccountId;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::factors::{self, Kind};
use ::store::Tx;
use kernel::Time;

/// Whether the account has a second factor.
pub fn has_second(tx: &mut Tx<'_>, account: &AccountId) -> Result<bool> {
    Ok(factors::bound(tx, account)?.has_second())
}

/// How many passkeys it has.
pub fn keys(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<i64> {
    let bound = factors::list(tx, ctx, account)?;
    let keys = bound.iter().filter(|factor| factor.kind == Kind::Passkey).count();
    Ok(i64::try_from(keys).unwrap_or(i64::MAX))
}

/// Ends the factors that came after a moment.
pub fn forget_since(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, since: Time) -> Result<()> {
    factors::remove_since(tx, ctx, account, since)?;
    Ok(())
}

/// Ends every trust in a device.
pub fn distrust(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<()> {
    factors::distrust_all(tx, ctx, account)?;
    Ok(())
}
