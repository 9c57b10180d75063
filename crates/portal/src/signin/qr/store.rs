//! Rows of `qr_sign_in`.

use super::{Asking, QrId, Secrets};
use crate::accounts::AccountId;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::sessions::{self, Session, SessionId};
use kernel::Time;
use store::keys::Purpose;
use store::{StoreError, Tx, params};

/// A sign-in that is asked for.
#[derive(Clone)]
pub struct Found {
    pub id: QrId,
    pub asking: Asking,
    pub created_at: Time,
    pub expires_at: Time,
    pub decided_at: Option<Time>,
    pub verdict: Option<String>,
    pub account: Option<AccountId>,
    pub session: Option<SessionId>,
    pub methods: Option<String>,
    pub done: bool,
    number_hash: Vec<u8>,
}

impl Found {
    /// Whether these are the two digits on the asking screen.
    pub fn is_number(&self, ctx: &Ctx, typed: &str) -> bool {
        let known = ctx.keys.macs(Purpose::Code, &[b"qr", self.id.as_str().as_bytes(), typed.as_bytes()]);
        known.iter().any(|known| kernel::secret::same(known, &self.number_hash))
    }
}

fn visitor(ctx: &Ctx) -> [u8; 32] {
    ctx.keys.mac(Purpose::Token, &[b"qr", ctx.visitor.as_bytes()])
}

pub fn insert(tx: &mut Tx<'_>, ctx: &Ctx, secrets: &Secrets, asking: &Asking, until: Time) -> Result<()> {
    let mut rng = ctx.rng();
    let id = QrId::new(ctx.now, &mut rng);
    let (key, wrapped) = ctx.keys.new_subject_key(&mut rng);
    let sealed = key.seal("qr.asked", &serde_json::to_vec(asking)?, &mut rng);
    let number = ctx.keys.mac(Purpose::Code, &[b"qr", id.as_str().as_bytes(), secrets.number.as_bytes()]);
    tx.exec(
        "INSERT INTO qr_sign_in (id, token_hash, link_hash, visitor_hash, number_hash, data_key, asked, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        params![
            &id,
            &sessions::hash(secrets.token.expose()),
            &sessions::hash(&secrets.link),
            &visitor(ctx),
            &number,
            &wrapped,
            &sealed,
            ctx.now,
            until
        ],
    )?;
    Ok(())
}

type Raw = (
    (QrId, Vec<u8>, Vec<u8>, Vec<u8>),
    (Time, Time, Option<Time>, Option<String>),
    (Option<AccountId>, Option<SessionId>, Option<String>, Option<Time>),
);

fn raw(row: &store::Row<'_>) -> std::result::Result<Raw, StoreError> {
    Ok((
        (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?),
        (row.get(4)?, row.get(5)?, row.get(6)?, row.get(7)?),
        (row.get(8)?, row.get(9)?, row.get(10)?, row.get(11)?),
    ))
}

fn open(ctx: &Ctx, raw: Raw) -> Result<Found> {
    let (
        (id, number_hash, wrapped, sealed),
        (created_at, expires_at, decided_at, verdict),
        (account, session, methods, done_at),
    ) = raw;
    let key = ctx.keys.unwrap_subject_key(&wrapped)?;
    let asking = serde_json::from_slice(&key.open("qr.asked", &sealed)?)?;
    let done = done_at.is_some();
    Ok(Found {
        id,
        asking,
        created_at,
        expires_at,
        decided_at,
        verdict,
        account,
        session,
        methods,
        done,
        number_hash,
    })
}

/// The row of the asking browser's cookie, when it is this browser.
pub fn of_token(tx: &mut Tx<'_>, ctx: &Ctx, token: &str) -> Result<Option<Found>> {
    let found = tx.opt(
        "SELECT id, number_hash, data_key, asked, created_at, expires_at, decided_at, verdict, account_id, session_id, methods, done_at
         FROM qr_sign_in WHERE token_hash = $1 AND visitor_hash = $2",
        params![&sessions::hash(token), &visitor(ctx)],
        raw,
    )?;
    found.map(|found| open(ctx, found)).transpose()
}

/// The row of a link that may still be decided.
pub fn of_link(tx: &mut Tx<'_>, ctx: &Ctx, link: &str) -> Result<Option<Found>> {
    let found = tx.opt(
        "SELECT id, number_hash, data_key, asked, created_at, expires_at, decided_at, verdict, account_id, session_id, methods, done_at
         FROM qr_sign_in WHERE link_hash = $1 AND decided_at IS NULL AND done_at IS NULL AND expires_at > $2",
        params![&sessions::hash(link), ctx.now],
        raw,
    )?;
    found.map(|found| open(ctx, found)).transpose()
}

/// Decides, once: `true` for the one who did.
pub fn decide(tx: &mut Tx<'_>, ctx: &Ctx, id: &QrId, verdict: &str, by: &Session) -> Result<bool> {
    let decided = tx.exec(
        "UPDATE qr_sign_in SET decided_at = $1, verdict = $2, account_id = $3, session_id = $4, methods = $5
         WHERE id = $6 AND decided_at IS NULL AND done_at IS NULL AND expires_at > $1",
        params![ctx.now, verdict, &by.account, &by.id, by.methods.as_str(), id],
    )?;
    Ok(decided == 1)
}

/// Uses an approval up, or turns the code away; `true` for the one who did.
pub fn finish(tx: &mut Tx<'_>, ctx: &Ctx, id: &QrId, approved_after: Option<Time>) -> Result<bool> {
    let done = match approved_after {
        Some(after) => tx.exec(
            "UPDATE qr_sign_in SET done_at = $1
             WHERE id = $2 AND done_at IS NULL AND verdict = 'approved' AND decided_at > $3",
            params![ctx.now, id, after],
        )?,
        None => tx.exec(
            "UPDATE qr_sign_in SET done_at = $1 WHERE id = $2 AND done_at IS NULL",
            params![ctx.now, id],
        )?,
    };
    Ok(done == 1)
}

/// Deletes rows that ended before a moment; a retention job.
///
/// # Errors
/// The storage is away.
pub fn sweep(tx: &mut Tx<'_>, before: Time, batch: i64) -> Result<u64> {
    Ok(tx.exec(
        "DELETE FROM qr_sign_in WHERE id IN (SELECT id FROM qr_sign_in WHERE expires_at < $1 LIMIT $2)",
        params![before, batch],
    )?)
}
