//! Signed heads and the keys that sign them: rows of `journal_head` and `journal_key`.

use super::merkle;
use super::note::{Checkpoint, Verifier};
use super::tiles::{self, Stored, hash_of, signed};
use super::{Chain, Event, record};
use crate::ctx::{Ctx, Place};
use crate::error::{Error, Result};
use kernel::{Id, Time};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use store::{Row, StoreError, Tx, params};
use zeroize::Zeroizing;

kernel::id_kinds! {
    /// A key that signs heads.
    KeyKind = "jky";
}

/// A published head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// How many events it covers.
    pub size: u64,
    /// Which head it is, from 1.
    pub number: u64,
    /// The root over them.
    pub root: Vec<u8>,
    /// When it was signed.
    pub at: Time,
    /// The signed text.
    pub note: String,
    /// The row of the key that signed it.
    pub key: String,
}

/// The name under which this deployment signs.
pub fn origin(place: &Place) -> String {
    format!("{}/journal", place.host())
}

/// The columns that [`read`] takes, and the rest of the statement.
macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT size, number, root, at, note, key_id FROM journal_head ", $rest)
    };
}

fn read(row: &Row<'_>) -> std::result::Result<Head, StoreError> {
    Ok(Head {
        size: row.get::<i64>(0)?.unsigned_abs(),
        number: row.get::<i64>(1)?.unsigned_abs(),
        root: row.get(2)?,
        at: row.get(3)?,
        note: row.get(4)?,
        key: row.get(5)?,
    })
}

/// The newest heads, newest first.
///
/// # Errors
/// The storage is away.
pub fn newest(tx: &mut Tx<'_>, limit: u32) -> Result<Vec<Head>> {
    Ok(tx.all(select!("ORDER BY number DESC LIMIT $1"), params![limit], read)?)
}

/// Heads from a number on, oldest first.
///
/// # Errors
/// The storage is away.
pub fn after(tx: &mut Tx<'_>, number: u64, limit: u32) -> Result<Vec<Head>> {
    let sql = select!("WHERE number > $1 ORDER BY number LIMIT $2");
    Ok(tx.all(sql, params![signed(number), limit], read)?)
}

/// The newest head.
///
/// # Errors
/// The storage is away.
pub fn latest(tx: &mut Tx<'_>) -> Result<Option<Head>> {
    Ok(newest(tx, 1)?.into_iter().next())
}

/// The head of exactly so many events.
///
/// # Errors
/// The storage is away.
pub fn of_size(tx: &mut Tx<'_>, size: u64) -> Result<Option<Head>> {
    Ok(tx.opt(select!("WHERE size = $1"), params![signed(size)], read)?)
}

/// When the next head is due, as far as the schedule knows.
///
/// # Errors
/// The storage is away.
pub fn next_due(tx: &mut Tx<'_>) -> Result<Option<Time>> {
    Ok(tx
        .opt("SELECT next_run FROM schedule WHERE name = $1", params![super::jobs::HEAD], |row| row.get(0))?)
}

/// Every key that ever signed, the newest first: its row and what others need to check with.
///
/// # Errors
/// The storage is away.
pub fn verifiers(tx: &mut Tx<'_>) -> Result<Vec<(String, Verifier)>> {
    let rows = tx.all("SELECT id, name, public FROM journal_key ORDER BY id DESC", &[], |row| {
        Ok((row.get::<String>(0)?, row.get::<String>(1)?, row.get::<Vec<u8>>(2)?))
    })?;
    rows.into_iter()
        .map(|(id, name, public)| Ok((id, Verifier { name, public: hash_of(&public)? })))
        .collect()
}

/// A key that can sign.
struct Signer {
    id: String,
    verifier: Verifier,
    seed: Zeroizing<Vec<u8>>,
}

/// Signs a head over everything that is in the tree; `None` when nothing is new since the last one.
///
/// # Errors
/// The storage is away, or the key does not open.
pub fn publish(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Option<Head>> {
    let size = tiles::lock(tx)?;
    let before = latest(tx)?;
    if size == 0 || before.as_ref().is_some_and(|head| head.size >= size) {
        return Ok(None);
    }
    let root = merkle::root(&mut Stored::new(tx), size)?;
    let signer = signer(tx, ctx)?;
    let number = before.map_or(0, |head| head.number) + 1;
    let origin = signer.verifier.name.clone();
    let checkpoint = Checkpoint { origin, size, root, number, time: ctx.now.0 / 1_000_000 };
    let note = checkpoint
        .sign(&signer.seed, &signer.verifier)
        .ok_or_else(|| Error::Bug("the journal's key is not the one of its public part".into()))?;
    tx.exec(
        "INSERT INTO journal_head (size, number, root, at, key_id, note) VALUES ($1, $2, $3, $4, $5, $6)",
        params![signed(size), signed(number), &root, ctx.now, &signer.id, &note],
    )?;
    Ok(Some(Head { size, number, root: root.to_vec(), at: ctx.now, note, key: signer.id }))
}

/// The active key; the first head makes it, and so does a new name of the deployment.
fn signer(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Signer> {
    let found = tx.opt(
        "SELECT id, name, public, data_key, secret FROM journal_key WHERE retired_at IS NULL
         ORDER BY id DESC LIMIT 1",
        &[],
        |row| {
            Ok((
                row.get::<String>(0)?,
                row.get::<String>(1)?,
                row.get::<Vec<u8>>(2)?,
                row.get::<Vec<u8>>(3)?,
                row.get::<Vec<u8>>(4)?,
            ))
        },
    )?;
    match found {
        Some((id, name, public, data_key, secret)) if name == origin(&ctx.place) => {
            let key = ctx.keys.unwrap_subject_key(&data_key)?;
            let seed = Zeroizing::new(key.open(&context(&id), &secret)?);
            Ok(Signer { id, verifier: Verifier { name, public: hash_of(&public)? }, seed })
        }
        _ => new_key(tx, ctx),
    }
}

/// Makes a new key for the heads to come; the public parts of those before stay published.
///
/// # Errors
/// The storage is away.
pub fn rotate(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Verifier> {
    tiles::lock(tx)?;
    Ok(new_key(tx, ctx)?.verifier)
}

fn new_key(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Signer> {
    let mut rng = ctx.rng();
    let id = Id::<KeyKind>::new(ctx.now, &mut rng).to_string();
    let seed = Zeroizing::new(rng.bytes::<32>().to_vec());
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed)
        .map_err(|_| Error::Bug("32 bytes are no seed of an Ed25519 key".into()))?;
    let verifier = Verifier { name: origin(&ctx.place), public: hash_of(pair.public_key().as_ref())? };
    let (key, wrapped) = ctx.keys.new_subject_key(&mut rng);
    let secret = key.seal(&context(&id), &seed, &mut rng);
    tx.exec("UPDATE journal_key SET retired_at = $1 WHERE retired_at IS NULL", params![ctx.now])?;
    tx.exec(
        "INSERT INTO journal_key (id, name, public, data_key, secret, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        params![&id, &verifier.name, &verifier.public, &wrapped, &secret, ctx.now],
    )?;
    record(tx, ctx, Chain::Portal, &Event::KeysRotated { key_use: "journal".into() })?;
    Ok(Signer { id, verifier, seed })
}

fn context(id: &str) -> String {
    format!("journal_key.secret/{id}")
}
