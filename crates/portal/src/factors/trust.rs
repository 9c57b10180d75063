//! «Доверять этому устройству»: rows of `trusted_device` (spec 01 §2).
//!
//! The cookie is 256 random bits, made anew at every trust; the row keeps a keyed hash of it together with the account,
//! so that one account's cookie is nothing for another. Trust stands in for the second factor, never for the password,
//! and never where a second factor is required by configuration.

use super::{Settings, TrustedKind};
use crate::accounts::{self, AccountId};
use crate::audit::{self, Chain, Event};
use crate::ctx::Ctx;
use crate::error::Result;
use crate::sessions::Device;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use kernel::{Id, Secret, Span, Time};
use store::keys::Purpose;
use store::{Tx, params};

/// A trusted device as its owner sees it.
pub struct Trusted {
    /// Its identifier.
    pub id: Id<TrustedKind>,
    /// The device.
    pub device: Device,
    /// Since when.
    pub created_at: Time,
    /// When it last signed in without a second factor.
    pub used_at: Time,
    /// Until when.
    pub expires_at: Time,
}

/// Trusts the caller's device; answers the cookie's value.
///
/// # Errors
/// The storage is away.
pub fn trust(tx: &mut Tx<'_>, ctx: &Ctx, settings: &Settings, account: &AccountId) -> Result<Secret<String>> {
    let mut rng = ctx.rng();
    let token = B64.encode(rng.bytes::<32>());
    let id = Id::<TrustedKind>::new(ctx.now, &mut rng);
    let device = Device { address: ctx.address.to_string(), agent: ctx.agent.clone() };
    let key = accounts::data_key(tx, ctx, account)?;
    let sealed = key.seal("trusted.device", &serde_json::to_vec(&device)?, &mut rng);
    let until = ctx.now + Span::days(settings.trust_days);
    tx.exec(
        "INSERT INTO trusted_device (id, account_id, token_hash, device, created_at, used_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $5, $6)",
        params![
            &id,
            account,
            &ctx.keys.mac(Purpose::Device, &parts(account, &token)),
            &sealed,
            ctx.now,
            until
        ],
    )?;
    let event = Event::DeviceTrusted { device: id.to_string(), until: until.0 };
    audit::record(tx, ctx, Chain::Account(account.as_str()), &event)?;
    Ok(Secret::new(token))
}

/// Whether a cookie is one of a device that this account trusts; `touch` remembers the use.
///
/// # Errors
/// The storage is away.
pub fn is_trusted(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, token: &str, touch: bool) -> Result<bool> {
    if token.len() != 43 {
        return Ok(false);
    }
    for hash in ctx.keys.macs(Purpose::Device, &parts(account, token)) {
        // A row from the future (the clock was set back) is no trust.
        let sql =
            "SELECT id FROM trusted_device WHERE token_hash = $1 AND account_id = $2 AND ended_at IS NULL
                     AND expires_at > $3 AND created_at <= $3";
        let found: Option<String> = tx.opt(sql, params![&hash, account, ctx.now], |row| row.get(0))?;
        if let Some(id) = found {
            if touch {
                tx.exec("UPDATE trusted_device SET used_at = $1 WHERE id = $2", params![ctx.now, &id])?;
            }
            return Ok(true);
        }
    }
    Ok(false)
}

fn parts<'a>(account: &'a AccountId, token: &'a str) -> [&'a [u8]; 3] {
    [b"trust", account.as_str().as_bytes(), token.as_bytes()]
}

/// The devices that an account trusts, newest first.
///
/// # Errors
/// The storage is away.
pub fn trusted(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<Vec<Trusted>> {
    let rows = tx.all(
        "SELECT id, device, created_at, used_at, expires_at FROM trusted_device
         WHERE account_id = $1 AND ended_at IS NULL AND expires_at > $2 ORDER BY created_at DESC, id LIMIT 100",
        params![account, ctx.now],
        |row| Ok((row.get(0)?, row.get::<Vec<u8>>(1)?, row.get(2)?, row.get(3)?, row.get(4)?)),
    )?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let key = accounts::data_key(tx, ctx, account)?;
    rows.into_iter()
        .map(|(id, device, created_at, used_at, expires_at)| {
            let device = serde_json::from_slice(&key.open("trusted.device", &device)?)?;
            Ok(Trusted { id, device, created_at, used_at, expires_at })
        })
        .collect()
}

/// Ends one trust; `false` when it is not there.
///
/// # Errors
/// The storage is away.
pub fn distrust(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, id: &Id<TrustedKind>) -> Result<bool> {
    let ended = tx.exec(
        "UPDATE trusted_device SET ended_at = $1 WHERE id = $2 AND account_id = $3 AND ended_at IS NULL",
        params![ctx.now, id, account],
    )?;
    if ended == 1 {
        let event = Event::DeviceDistrusted { device: id.to_string() };
        audit::record(tx, ctx, Chain::Account(account.as_str()), &event)?;
    }
    Ok(ended == 1)
}

/// Ends every trust: the password or a factor changed, the account was closed for everybody, access was recovered.
///
/// # Errors
/// The storage is away.
pub fn distrust_all(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<u64> {
    let ended = tx.exec(
        "UPDATE trusted_device SET ended_at = $1 WHERE account_id = $2 AND ended_at IS NULL",
        params![ctx.now, account],
    )?;
    if ended > 0 {
        let event = Event::DeviceDistrusted { device: "all".into() };
        audit::record(tx, ctx, Chain::Account(account.as_str()), &event)?;
    }
    Ok(ended)
}

/// Deletes trusts whose time was over before a moment; a retention job.
///
/// # Errors
/// The storage is away.
pub fn sweep(tx: &mut Tx<'_>, before: Time, batch: i64) -> Result<u64> {
    Ok(tx.exec(
        "DELETE FROM trusted_device WHERE id IN (SELECT id FROM trusted_device WHERE expires_at < $1 LIMIT $2)",
        params![before, batch],
    )?)
}
