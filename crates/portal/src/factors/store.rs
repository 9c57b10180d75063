//! Rows of `factor`, `recovery_code` and `factor_duty`.

use super::{Codes, FactorId, Kind, Kinds, New, Settings, paper};
use crate::accounts::{self, AccountId};
use crate::audit::{self, Chain, Event};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use kernel::{Secret, Time};
use store::keys::Purpose;
use store::{Engine, Tx, params};
use zeroize::Zeroizing;

/// A bound factor as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factor {
    /// Its identifier.
    pub id: FactorId,
    /// Its kind.
    pub kind: Kind,
    /// What the owner calls it.
    pub name: String,
    /// When it was bound.
    pub created_at: Time,
    /// When it was last used.
    pub used_at: Option<Time>,
}

/// Which kinds an account has, in one indexed read.
///
/// # Errors
/// The storage is away.
pub fn bound(tx: &mut Tx<'_>, account: &AccountId) -> Result<Kinds> {
    let words: Vec<String> = tx.all(
        "SELECT DISTINCT kind FROM factor WHERE account_id = $1 AND confirmed_at IS NOT NULL AND removed_at IS NULL",
        params![account],
        |row| row.get(0),
    )?;
    Ok(words.iter().filter_map(|word| Kind::from_word(word)).collect())
}

/// The factors of an account, best kind first, then oldest first.
///
/// # Errors
/// The storage is away.
pub fn list(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<Vec<Factor>> {
    let rows = tx.all(
        "SELECT id, kind, name, created_at, used_at FROM factor
         WHERE account_id = $1 AND confirmed_at IS NOT NULL AND removed_at IS NULL ORDER BY created_at, id",
        params![account],
        |row| {
            Ok((
                row.get::<FactorId>(0)?,
                row.get::<String>(1)?,
                row.get::<Vec<u8>>(2)?,
                row.get::<Time>(3)?,
                row.get::<Option<Time>>(4)?,
            ))
        },
    )?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let key = accounts::data_key(tx, ctx, account)?;
    let mut factors = Vec::with_capacity(rows.len());
    for (id, kind, name, created_at, used_at) in rows {
        let kind = Kind::from_word(&kind).ok_or_else(|| Error::Bug(format!("factor kind «{kind}»")))?;
        let name = String::from_utf8(key.open("factor.name", &name)?)
            .map_err(|_| Error::Bug("a factor's name is not text".into()))?;
        factors.push(Factor { id, kind, name, created_at, used_at });
    }
    factors.sort_by_key(|factor| factor.kind);
    Ok(factors)
}

/// Holds the account until the end of the transaction, so that changes of its factors come one after another.
pub fn hold(tx: &mut Tx<'_>, account: &AccountId) -> Result<()> {
    if tx.engine() == Engine::Postgres {
        tx.opt("SELECT 1 FROM account WHERE id = $1 FOR NO KEY UPDATE", params![account], |row| {
            row.get::<i32>(0)
        })?;
    }
    Ok(())
}

/// Writes a factor; `None` when the same one is there already.
pub fn insert(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, new: &New<'_>) -> Result<Option<FactorId>> {
    hold(tx, account)?;
    let mut rng = ctx.rng();
    let key = accounts::data_key(tx, ctx, account)?;
    let id = FactorId::new(ctx.now, &mut rng);
    let name = key.seal("factor.name", new.name.as_bytes(), &mut rng);
    let secret = new.secret.map(|secret| key.seal("factor.secret", secret, &mut rng));
    let unique = key_hash(ctx, new.kind, new.unique);
    let written = tx.exec(
        "INSERT INTO factor (id, account_id, kind, name, secret, contact_id, key_hash, last_step, created_at, confirmed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) ON CONFLICT (key_hash) DO NOTHING",
        params![
            &id,
            account,
            new.kind.word(),
            &name,
            secret.as_deref(),
            new.contact,
            &unique,
            new.step,
            ctx.now
        ],
    )?;
    Ok((written == 1).then_some(id))
}

fn key_hash(ctx: &Ctx, kind: Kind, unique: &[u8]) -> [u8; 32] {
    ctx.keys.mac(Purpose::Token, &[b"factor", kind.word().as_bytes(), unique])
}

/// Whether a factor with this unique part ([`New::unique`]) is bound to anybody.
///
/// # Errors
/// The storage is away.
pub fn is_there(tx: &mut Tx<'_>, ctx: &Ctx, kind: Kind, unique: &[u8]) -> Result<bool> {
    let hash = key_hash(ctx, kind, unique);
    Ok(tx.opt("SELECT 1 FROM factor WHERE key_hash = $1", params![&hash], |_| Ok(()))?.is_some())
}

/// Ends a factor; its secret goes, its row stays.
pub fn remove(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, factor: &Factor) -> Result<()> {
    tx.exec(
        "UPDATE factor SET removed_at = $1, secret = NULL, key_hash = NULL WHERE id = $2 AND account_id = $3",
        params![ctx.now, &factor.id, account],
    )?;
    if factor.kind == Kind::RecoveryCodes {
        end_codes(tx, ctx, account)?;
    }
    Ok(())
}

/// Another name; the kind of what was renamed.
pub fn rename(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    id: &FactorId,
    name: &str,
) -> Result<Option<Kind>> {
    let sealed = accounts::data_key(tx, ctx, account)?.seal("factor.name", name.as_bytes(), &mut ctx.rng());
    let kind: Option<String> = tx.opt(
        "UPDATE factor SET name = $1 WHERE id = $2 AND account_id = $3 AND confirmed_at IS NOT NULL AND removed_at IS NULL
         RETURNING kind",
        params![&sealed, id, account],
        |row| row.get(0),
    )?;
    Ok(kind.and_then(|kind| Kind::from_word(&kind)))
}

/// Remembers a use.
pub fn used(tx: &mut Tx<'_>, id: &FactorId, now: Time) -> Result<()> {
    tx.exec("UPDATE factor SET used_at = $1 WHERE id = $2", params![now, id])?;
    Ok(())
}

/// Spends the time step of a typed code at the application it belongs to: `Right` once for a step.
///
/// # Errors
/// The storage is away.
pub fn spend_step(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, typed: &str) -> Result<Step> {
    let rows = tx.all(
        "SELECT id, secret, last_step FROM factor
         WHERE account_id = $1 AND kind = 'totp' AND confirmed_at IS NOT NULL AND removed_at IS NULL ORDER BY created_at",
        params![account],
        |row| Ok((row.get::<FactorId>(0)?, row.get::<Option<Vec<u8>>>(1)?, row.get::<i64>(2)?)),
    )?;
    if rows.is_empty() {
        return Ok(Step::Wrong);
    }
    let key = accounts::data_key(tx, ctx, account)?;
    let mut answer = Step::Wrong;
    for (id, sealed, last_step) in rows {
        let Some(sealed) = sealed else { continue };
        let secret = Zeroizing::new(key.open("factor.secret", &sealed)?);
        if let Some(step) = super::totp::matching_step(&secret, typed, ctx.now, last_step) {
            // Of many that read the old step at one moment, one moves it on.
            let spent = tx.exec(
                "UPDATE factor SET last_step = $1, used_at = $2 WHERE id = $3 AND last_step < $1 AND removed_at IS NULL",
                params![step, ctx.now, &id],
            )?;
            return Ok(if spent == 1 { Step::Right(id) } else { Step::Spent });
        }
        if super::totp::matching_step(&secret, typed, ctx.now, 0).is_some() {
            answer = Step::Spent;
        }
    }
    Ok(answer)
}

/// What a code of an application turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// It fits, and its step is spent now.
    Right(FactorId),
    /// It would fit, but its step was spent before.
    Spent,
    /// It fits nothing.
    Wrong,
}

/// The factor and the contact that codes by message go to, when the account has that.
///
/// # Errors
/// The storage is away.
pub fn contact_of_sms(tx: &mut Tx<'_>, account: &AccountId) -> Result<Option<(FactorId, String)>> {
    Ok(tx.opt(
        "SELECT id, contact_id FROM factor WHERE account_id = $1 AND kind = 'sms' AND contact_id IS NOT NULL
           AND confirmed_at IS NOT NULL AND removed_at IS NULL ORDER BY created_at DESC LIMIT 1",
        params![account],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?)
}

/// Whether a second factor sends its codes to this contact: it cannot be taken away before the factor is.
///
/// # Errors
/// The storage is away.
pub fn uses_contact(tx: &mut Tx<'_>, account: &AccountId, contact: &str) -> Result<bool> {
    Ok(tx
        .opt(
            "SELECT 1 FROM factor WHERE account_id = $1 AND contact_id = $2 AND confirmed_at IS NOT NULL AND removed_at IS NULL",
            params![account, contact],
            |_| Ok(()),
        )?
        .is_some())
}

/// Makes a set of recovery codes; an older set is dead from now on.
///
/// # Errors
/// The storage is away.
pub fn make_codes(tx: &mut Tx<'_>, ctx: &Ctx, settings: &Settings, account: &AccountId) -> Result<Codes> {
    hold(tx, account)?;
    end_codes(tx, ctx, account)?;
    let mut rng = ctx.rng();
    let mut codes = Codes::new();
    for _ in 0..settings.recovery_codes {
        let code = paper::generate(&mut rng);
        let plain = paper::parse(&code).ok_or_else(|| Error::Bug("a code that cannot be read".into()))?;
        tx.exec(
            "INSERT INTO recovery_code (code_hash, account_id, created_at) VALUES ($1, $2, $3)",
            params![&code_hash(ctx, account, &plain), account, ctx.now],
        )?;
        codes.push(Secret::new(code.to_string()));
    }
    let mut words = list(tx, ctx, account)?.into_iter().filter(|factor| factor.kind == Kind::RecoveryCodes);
    match words.next() {
        Some(kept) => {
            tx.exec(
                "UPDATE factor SET created_at = $1, used_at = NULL WHERE id = $2",
                params![ctx.now, &kept.id],
            )?;
        }
        None => {
            let unique = rng.bytes::<16>();
            let new = New {
                kind: Kind::RecoveryCodes,
                name: "",
                secret: None,
                contact: None,
                unique: &unique,
                step: 0,
            };
            insert(tx, ctx, account, &new)?;
        }
    }
    let event = Event::RecoveryCodesMade { count: settings.recovery_codes };
    audit::record(tx, ctx, Chain::Account(account.as_str()), &event)?;
    Ok(codes)
}

fn end_codes(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<()> {
    tx.exec(
        "UPDATE recovery_code SET ended_at = $1 WHERE account_id = $2 AND ended_at IS NULL",
        params![ctx.now, account],
    )?;
    Ok(())
}

/// Spends a recovery code that was typed; how many are left, when it was a living one.
///
/// # Errors
/// The storage is away.
pub fn spend_code(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, typed: &str) -> Result<Option<u32>> {
    let Some(plain) = paper::parse(typed) else { return Ok(None) };
    for hash in
        ctx.keys.macs(Purpose::Code, &[b"recovery-code", account.as_str().as_bytes(), plain.as_bytes()])
    {
        let spent = tx.exec(
            "UPDATE recovery_code SET used_at = $1
             WHERE code_hash = $2 AND account_id = $3 AND used_at IS NULL AND ended_at IS NULL",
            params![ctx.now, &hash, account],
        )?;
        if spent == 1 {
            let left = codes_left(tx, account)?;
            tx.exec(
                "UPDATE factor SET used_at = $1 WHERE account_id = $2 AND kind = 'recovery-codes' AND removed_at IS NULL",
                params![ctx.now, account],
            )?;
            audit::record(tx, ctx, Chain::Account(account.as_str()), &Event::RecoveryCodeUsed { left })?;
            return Ok(Some(left));
        }
    }
    Ok(None)
}

/// How many recovery codes are left.
///
/// # Errors
/// The storage is away.
pub fn codes_left(tx: &mut Tx<'_>, account: &AccountId) -> Result<u32> {
    let left: i64 = tx.one(
        "SELECT COUNT(*) FROM recovery_code WHERE account_id = $1 AND used_at IS NULL AND ended_at IS NULL",
        params![account],
        |row| row.get(0),
    )?;
    Ok(u32::try_from(left).unwrap_or(0))
}

fn code_hash(ctx: &Ctx, account: &AccountId, plain: &str) -> [u8; 32] {
    ctx.keys.mac(Purpose::Code, &[b"recovery-code", account.as_str().as_bytes(), plain.as_bytes()])
}

/// From now on this account must have a second factor, for a reason such as `staff`.
///
/// # Errors
/// The storage is away.
pub fn oblige(tx: &mut Tx<'_>, account: &AccountId, why: &str) -> Result<()> {
    tx.exec(
        "INSERT INTO factor_duty (account_id, why) VALUES ($1, $2) ON CONFLICT (account_id, why) DO NOTHING",
        params![account, why],
    )?;
    Ok(())
}

/// The reason is gone.
///
/// # Errors
/// The storage is away.
pub fn release(tx: &mut Tx<'_>, account: &AccountId, why: &str) -> Result<()> {
    tx.exec("DELETE FROM factor_duty WHERE account_id = $1 AND why = $2", params![account, why])?;
    Ok(())
}

/// Whether there is any such reason.
pub fn has_duty(tx: &mut Tx<'_>, account: &AccountId) -> Result<bool> {
    Ok(tx
        .opt("SELECT 1 FROM factor_duty WHERE account_id = $1 LIMIT 1", params![account], |_| Ok(()))?
        .is_some())
}
