//! Rows of `passkey` and `passkey_challenge`.

use crate::accounts::{self, AccountId};
use crate::ctx::Ctx;
use crate::error::Result;
use crate::factors::FactorId;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use kernel::Time;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use store::keys::SubjectKey;
use store::{StoreError, Tx, params};

/// What is sealed in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    #[serde(with = "bytes")]
    pub id: Vec<u8>,
    #[serde(with = "bytes")]
    pub key: Vec<u8>,
    #[serde(with = "bytes")]
    pub user: Vec<u8>,
    pub transports: Vec<String>,
    #[serde(with = "bytes")]
    pub model: Vec<u8>,
}

/// Bytes as text of the alphabet of URLs, inside JSON.
mod bytes {
    use super::B64;
    use base64::Engine as _;
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&B64.encode(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        B64.decode(String::deserialize(from)?).map_err(D::Error::custom)
    }
}

/// A key with its state.
#[derive(Clone)]
pub struct Row {
    pub factor: FactorId,
    pub account: AccountId,
    pub sealed: Sealed,
    pub counter: i64,
    pub portable: bool,
    pub backed_up: bool,
    pub verifies: bool,
    pub suspect_at: Option<Time>,
}

pub fn id_hash(id: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, id).as_ref());
    hash
}

type Raw = (FactorId, AccountId, Vec<u8>, i64, (bool, bool, bool), Option<Time>);

fn raw(row: &store::Row<'_>) -> std::result::Result<Raw, StoreError> {
    let flags = (row.get::<i64>(4)? != 0, row.get::<i64>(5)? != 0, row.get::<i64>(6)? != 0);
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, flags, row.get(7)?))
}

fn open(key: &SubjectKey, raw: Raw) -> Result<Row> {
    let (factor, account, sealed, counter, (portable, backed_up, verifies), suspect_at) = raw;
    let sealed = serde_json::from_slice(&key.open(&context(&factor), &sealed)?)?;
    Ok(Row { factor, account, sealed, counter, portable, backed_up, verifies, suspect_at })
}

fn context(factor: &FactorId) -> String {
    format!("passkey.key/{factor}")
}

/// The key of a credential's id; none when nobody has it or its owner removed it.
pub fn find(tx: &mut Tx<'_>, ctx: &Ctx, id: &[u8]) -> Result<Option<Row>> {
    let found = tx.opt(
        "SELECT p.factor_id, p.account_id, p.sealed, p.counter, p.portable, p.backed_up, p.verifies, p.suspect_at
         FROM passkey p JOIN factor f ON f.id = p.factor_id
         WHERE p.id_hash = $1 AND f.confirmed_at IS NOT NULL AND f.removed_at IS NULL",
        params![&id_hash(id)],
        raw,
    )?;
    let Some(raw) = found else { return Ok(None) };
    let key = accounts::data_key(tx, ctx, &raw.1)?;
    let row = open(&key, raw)?;
    Ok(kernel::secret::same(&row.sealed.id, id).then_some(row))
}

/// The keys of an account, oldest first.
pub fn list(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<Vec<Row>> {
    let rows = tx.all(
        "SELECT p.factor_id, p.account_id, p.sealed, p.counter, p.portable, p.backed_up, p.verifies, p.suspect_at
         FROM passkey p JOIN factor f ON f.id = p.factor_id
         WHERE p.account_id = $1 AND f.confirmed_at IS NOT NULL AND f.removed_at IS NULL ORDER BY f.created_at, f.id",
        params![account],
        raw,
    )?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let key = accounts::data_key(tx, ctx, account)?;
    rows.into_iter().map(|row| open(&key, row)).collect()
}

/// How many keys an account has.
///
/// # Errors
/// The storage is away.
pub fn count(tx: &mut Tx<'_>, account: &AccountId) -> Result<i64> {
    Ok(tx.one(
        "SELECT COUNT(*) FROM passkey p JOIN factor f ON f.id = p.factor_id
         WHERE p.account_id = $1 AND f.confirmed_at IS NOT NULL AND f.removed_at IS NULL",
        params![account],
        |row| row.get(0),
    )?)
}

/// Makes room for an id whose key was removed before; `false` when a living key has it.
pub fn make_room(tx: &mut Tx<'_>, id: &[u8]) -> Result<bool> {
    tx.exec(
        "DELETE FROM passkey WHERE id_hash = $1
           AND factor_id IN (SELECT id FROM factor WHERE kind = 'passkey' AND removed_at IS NOT NULL)",
        params![&id_hash(id)],
    )?;
    let left = tx.opt("SELECT 1 FROM passkey WHERE id_hash = $1", params![&id_hash(id)], |_| Ok(()))?;
    Ok(left.is_none())
}

/// Writes a key beside its factor.
pub fn insert(tx: &mut Tx<'_>, ctx: &Ctx, row: &Row) -> Result<()> {
    let key = accounts::data_key(tx, ctx, &row.account)?;
    let sealed = key.seal(&context(&row.factor), &serde_json::to_vec(&row.sealed)?, &mut ctx.rng());
    tx.exec(
        "INSERT INTO passkey (factor_id, account_id, id_hash, sealed, counter, portable, backed_up, verifies)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            &row.factor,
            &row.account,
            &id_hash(&row.sealed.id),
            &sealed,
            row.counter,
            i64::from(row.portable),
            i64::from(row.backed_up),
            i64::from(row.verifies)
        ],
    )?;
    Ok(())
}

/// Moves the counter on; answers the one before it. Held until the end of the transaction, so that of two answers at
/// one moment the second is judged against the first.
pub fn move_on(tx: &mut Tx<'_>, factor: &FactorId, counter: i64, backed_up: bool) -> Result<Option<i64>> {
    let before: Option<i64> = tx.opt(
        "UPDATE passkey SET counter = counter WHERE factor_id = $1 RETURNING counter",
        params![factor],
        |row| row.get(0),
    )?;
    if before.is_some_and(|before| before <= counter) {
        tx.exec(
            "UPDATE passkey SET counter = $1, backed_up = $2 WHERE factor_id = $3",
            params![counter, i64::from(backed_up), factor],
        )?;
    }
    Ok(before)
}

/// Marks a key; `true` for the first time.
pub fn mark_suspect(tx: &mut Tx<'_>, factor: &FactorId, now: Time) -> Result<bool> {
    let marked = tx.exec(
        "UPDATE passkey SET suspect_at = $1 WHERE factor_id = $2 AND suspect_at IS NULL",
        params![now, factor],
    )?;
    Ok(marked == 1)
}

/// Deletes challenges that ended before a moment, and keys that their owners removed before it; a retention job.
///
/// # Errors
/// The storage is away.
pub fn sweep(tx: &mut Tx<'_>, before: Time, batch: i64) -> Result<u64> {
    let challenges = tx.exec(
        "DELETE FROM passkey_challenge WHERE challenge_hash IN
           (SELECT challenge_hash FROM passkey_challenge WHERE expires_at < $1 LIMIT $2)",
        params![before, batch],
    )?;
    let keys = tx.exec(
        "DELETE FROM passkey WHERE factor_id IN
           (SELECT p.factor_id FROM passkey p JOIN factor f ON f.id = p.factor_id WHERE f.removed_at < $1 LIMIT $2)",
        params![before, batch],
    )?;
    Ok(challenges.max(keys))
}
