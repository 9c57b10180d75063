//! Rows of `journal` and `journal_chain`.

use super::merkle::{leaf_hash, sha256};
use super::{Chain, Event, EventId, Private};
use crate::ctx::Ctx;
use crate::error::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as B64;
use serde::{Deserialize, Serialize};
use store::{Tx, params};

/// What is hashed: the public part of an event. The stored text is these fields in this order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The form of the record: 1.
    pub v: u8,
    /// The event's identifier.
    pub id: String,
    /// The chain.
    pub chain: String,
    /// The place in the chain, from 1.
    pub n: i64,
    /// Microseconds since 1970 (UTC).
    pub at: i64,
    /// `owner`, `visitor`, `other`, `system` or `staff:<id>`.
    pub actor: String,
    /// What happened.
    pub what: Event,
    /// The hash of the event before this one in the chain (base64), empty for the first.
    pub prev: String,
    /// SHA-256 of the sealed part (base64), empty when there is none.
    pub sealed: String,
}

/// Appends an event to its chain. The chain's row is held until the commit, so that chains never fork.
pub fn append(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    chain: Chain<'_>,
    actor: &str,
    event: &Event,
    private: &Private,
) -> Result<()> {
    let name = chain.name();
    let (number, prev) = tx.one(
        "INSERT INTO journal_chain (chain, number, hash) VALUES ($1, 1, $2)
         ON CONFLICT (chain) DO UPDATE SET number = journal_chain.number + 1
         RETURNING number, hash",
        params![&name, &Vec::<u8>::new()],
        |row| Ok((row.get::<i64>(0)?, row.get::<Vec<u8>>(1)?)),
    )?;
    let mut rng = ctx.rng();
    let id = EventId::new(ctx.now, &mut rng);
    let sealed = match chain {
        Chain::Account(account) => seal(tx, ctx, account, private, &mut rng)?,
        _ => None,
    };
    let record = Record {
        v: 1,
        id: id.to_string(),
        chain: name.clone(),
        n: number,
        at: ctx.now.0,
        actor: actor.to_owned(),
        what: event.clone(),
        prev: B64.encode(&prev),
        sealed: sealed.as_deref().map(|sealed| B64.encode(sha256(&[sealed]))).unwrap_or_default(),
    };
    let text = serde_json::to_string(&record)?;
    let hash = leaf_hash(text.as_bytes());
    tx.exec(
        "INSERT INTO journal (id, chain, number, at, event, record, sealed, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![&id, &name, number, ctx.now, event.word(), &text, &sealed, &hash],
    )?;
    tx.exec("UPDATE journal_chain SET hash = $1 WHERE chain = $2", params![&hash, &name])?;
    Ok(())
}

/// Seals the private part; `None` when the account is erased already.
fn seal(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &str,
    private: &Private,
    rng: &mut kernel::Rng,
) -> Result<Option<Vec<u8>>> {
    let wrapped: Option<Option<Vec<u8>>> =
        tx.opt("SELECT data_key FROM account WHERE id = $1", params![account], |row| row.get(0))?;
    let Some(wrapped) = wrapped.flatten().filter(|wrapped| !wrapped.is_empty()) else { return Ok(None) };
    let key = ctx.keys.unwrap_subject_key(&wrapped)?;
    Ok(Some(key.seal("journal.private", &serde_json::to_vec(private)?, rng)))
}
