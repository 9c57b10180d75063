//! The proof of one event: a file that its owner can keep and that anybody can check without the portal.

use super::heads;
use super::merkle::{self, Hash};
use super::note::{Checkpoint, Verifier};
use super::tiles::{Stored, signed};
use crate::error::{Error, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use serde::{Deserialize, Serialize};
use store::{Tx, params};

/// The form of the file.
pub const FORM: &str = "pristan-journal-proof-1";
/// The most hashes of a path: a tree has at most 2^64 leaves.
const MOST_HASHES: usize = 64;

/// The file, as it is downloaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// [`FORM`].
    pub form: String,
    /// The record, letter by letter as it is hashed.
    pub record: String,
    /// Its place in the tree, from 0.
    pub leaf_index: u64,
    /// The hashes beside its way to the root, from the leaf up (base64).
    pub audit_path: Vec<String>,
    /// The signed head.
    pub checkpoint: String,
    /// The key that signed it, as published on `/journal/keys`.
    pub key: String,
}

/// What came of asking for a proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Here it is.
    Here(Box<Proof>),
    /// No head covers the event yet.
    NotYet,
    /// There is no such event in this chain.
    NoEvent,
}

/// The proof of an event of a chain under the newest head.
///
/// # Errors
/// The storage is away.
pub fn of(tx: &mut Tx<'_>, chain: &str, event: &str) -> Result<Asked> {
    let found = tx.opt(
        "SELECT record, tree_index FROM journal WHERE id = $1 AND chain = $2",
        params![event, chain],
        |row| Ok((row.get::<String>(0)?, row.get::<Option<i64>>(1)?)),
    )?;
    let Some((record, index)) = found else { return Ok(Asked::NoEvent) };
    let (Some(index), Some(head)) = (index.map(i64::unsigned_abs), heads::latest(tx)?) else {
        return Ok(Asked::NotYet);
    };
    if index >= head.size {
        return Ok(Asked::NotYet);
    }
    let path = merkle::inclusion(&mut Stored::new(tx), index, head.size)?;
    let known = heads::verifiers(tx)?;
    let key = known.into_iter().find(|(id, _)| *id == head.key);
    let key = key.ok_or_else(|| Error::Bug("a head without its key".into()))?.1.text();
    let audit_path = path.iter().map(|hash| B64.encode(hash)).collect();
    let form = FORM.to_owned();
    Ok(Asked::Here(Box::new(Proof {
        form,
        record,
        leaf_index: index,
        audit_path,
        checkpoint: head.note,
        key,
    })))
}

/// The proof that the head of `old` events is the beginning of that of `new` events; `None` when the tree does not
/// have so many, or `old` is none or more than `new`.
///
/// # Errors
/// The storage is away.
pub fn consistency(tx: &mut Tx<'_>, old: u64, new: u64) -> Result<Option<Vec<Hash>>> {
    let published =
        tx.opt("SELECT size FROM journal_head ORDER BY size DESC LIMIT 1", &[], |row| row.get::<i64>(0))?;
    if old == 0 || old > new || published.is_none_or(|most| signed(new) > most) {
        return Ok(None);
    }
    Ok(Some(merkle::consistency(&mut Stored::new(tx), old, new)?))
}

/// What a good proof proves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proven {
    /// The event's identifier.
    pub id: String,
    /// Whose journal: an account's identifier, or another chain.
    pub chain: String,
    /// The event's place in that journal, from 1.
    pub number: i64,
    /// The word of what happened.
    pub event: String,
    /// When, microseconds since 1970.
    pub at: i64,
    /// Who acted.
    pub actor: String,
    /// Whose tree.
    pub origin: String,
    /// How many events the head covers.
    pub size: u64,
    /// Which head.
    pub head: u64,
    /// When the head was signed, seconds since 1970.
    pub signed_at: i64,
    /// The key that signed it.
    pub key: String,
    /// Whether the caller knew that key from elsewhere, and did not only take it from the file.
    pub key_known: bool,
}

/// Why a proof proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The file has another form.
    #[error("this is not a proof of the journal: {0}")]
    Form(String),
    /// The record cannot be read.
    #[error("the record in the file is not a record of the journal")]
    Record,
    /// The signature does not hold, or another key made it.
    #[error("the head in the file is not signed by {0}")]
    Signature(String),
    /// The file names another key than the one that was given.
    #[error("the head is signed by a key that is not among those that you gave")]
    Key,
    /// The path does not lead from the record to the root.
    #[error("the record is not in the tree of this head: record, place or path was changed")]
    Path,
}

/// The fields of a record that a proof tells about.
#[derive(Deserialize)]
struct Told {
    id: String,
    chain: String,
    n: i64,
    at: i64,
    actor: String,
    what: Word,
}

#[derive(Deserialize)]
struct Word {
    event: String,
}

/// Checks a file: record → leaf → root → signature. With `known` keys only theirs count; without, the file's own does,
/// which shows that the file is whole but not who made it.
///
/// # Errors
/// Why it proves nothing.
pub fn check(file: &str, known: &[Verifier]) -> std::result::Result<Proven, Broken> {
    let proof: Proof = serde_json::from_str(file).map_err(|error| Broken::Form(error.to_string()))?;
    if proof.form != FORM || proof.audit_path.len() > MOST_HASHES {
        return Err(Broken::Form(format!("expected the form {FORM}")));
    }
    let named = Verifier::parse(&proof.key).ok_or_else(|| Broken::Form("its key cannot be read".into()))?;
    if !known.is_empty() && !known.contains(&named) {
        return Err(Broken::Key);
    }
    let key = proof.key.clone();
    let (head, _) =
        Checkpoint::open(&proof.checkpoint, &[named]).ok_or_else(|| Broken::Signature(key.clone()))?;
    let path: Option<Vec<Hash>> =
        proof.audit_path.iter().map(|hash| B64.decode(hash).ok()?.try_into().ok()).collect();
    let path = path.ok_or_else(|| Broken::Form("a hash of its path cannot be read".into()))?;
    let leaf = merkle::leaf_hash(proof.record.as_bytes());
    if !merkle::includes(&leaf, proof.leaf_index, head.size, &path, &head.root) {
        return Err(Broken::Path);
    }
    let told: Told = serde_json::from_str(&proof.record).map_err(|_| Broken::Record)?;
    Ok(Proven {
        id: told.id,
        chain: told.chain,
        number: told.n,
        event: told.what.event,
        at: told.at,
        actor: told.actor,
        origin: head.origin,
        size: head.size,
        head: head.number,
        signed_at: head.time,
        key,
        key_known: !known.is_empty(),
    })
}
