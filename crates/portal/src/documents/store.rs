//! Rows of `upload`, `upload_piece` and `scan`.

use super::told::Told;
use super::{ScanId, Slot, State, UploadId};
use crate::accounts::{self, AccountId};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use ::store::{Row, StoreError, Tx, params};
use kernel::Time;

/// An upload that is under way or has just ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Its identifier.
    pub id: UploadId,
    /// What is being uploaded.
    pub slot: Slot,
    /// Bytes announced.
    pub length: u64,
    /// Bytes that have arrived.
    pub received: u64,
    /// What became of it.
    pub scan: Option<ScanId>,
    /// Until when it can be continued.
    pub expires_at: Time,
}

/// A scan as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan {
    /// Its identifier.
    pub id: ScanId,
    /// What it shows.
    pub slot: Slot,
    /// Where it stands.
    pub state: State,
    /// What is said of it.
    pub told: Told,
    /// When the last byte came.
    pub created_at: Time,
}

/// The context in which `told` is sealed.
const TOLD: &str = "scan.told";

/// What the context of sealing says about a row's bytes: a piece or file cannot be passed off as another.
pub fn context(kind: &str, id: &str) -> String {
    format!("scan.{kind}.{id}")
}

fn number(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

fn count(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn odd(what: &str) -> Error {
    Error::Bug(format!("a scan's row with an odd {what}"))
}

/// Writes a new upload.
pub fn insert_upload(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    upload: &Upload,
    name: &str,
) -> Result<()> {
    let sealed = accounts::data_key(tx, ctx, account)?.seal(
        &context("name", upload.id.as_str()),
        name.as_bytes(),
        &mut ctx.rng(),
    );
    tx.exec(
        "INSERT INTO upload (id, account_id, slot, name, length, received, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, 0, $6, $7)",
        params![
            &upload.id,
            account,
            upload.slot.word(),
            &sealed,
            count(upload.length),
            ctx.now,
            upload.expires_at
        ],
    )?;
    Ok(())
}

/// An upload of this account; of another's there is none.
pub fn upload(tx: &mut Tx<'_>, account: &AccountId, id: &UploadId) -> Result<Option<Upload>> {
    type Raw = (String, i64, i64, Option<ScanId>, Time);
    let row: Option<Raw> = tx.opt(
        "SELECT slot, length, received, scan_id, expires_at FROM upload WHERE id = $1 AND account_id = $2",
        params![id, account],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)),
    )?;
    row.map(|(slot, length, received, scan, expires_at)| {
        let slot = Slot::from_word(&slot).ok_or_else(|| odd("slot"))?;
        let (length, received) = (number(length), number(received));
        Ok(Upload { id: id.clone(), slot, length, received, scan, expires_at })
    })
    .transpose()
}

/// The name that an upload was given.
pub fn name(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, id: &UploadId) -> Result<String> {
    let sealed: Vec<u8> = tx.one("SELECT name FROM upload WHERE id = $1", params![id], |row| row.get(0))?;
    let name = accounts::data_key(tx, ctx, account)?.open(&context("name", id.as_str()), &sealed)?;
    Ok(String::from_utf8_lossy(&name).into_owned())
}

/// Gives up the oldest uploads of an account that wait for bytes, but for so many.
pub fn drop_oldest(tx: &mut Tx<'_>, account: &AccountId, keep: i64) -> Result<()> {
    let open = tx.all(
        "SELECT id FROM upload WHERE account_id = $1 AND scan_id IS NULL ORDER BY created_at DESC, id DESC",
        params![account],
        |row| row.get::<UploadId>(0),
    )?;
    for id in open.iter().skip(usize::try_from(keep).unwrap_or(0)) {
        drop_upload(tx, account, id)?;
    }
    Ok(())
}

/// Moves an upload on from one place to another; of several at once one does.
pub fn advance(tx: &mut Tx<'_>, id: &UploadId, from: u64, to: u64, now: Time) -> Result<bool> {
    let moved = tx.exec(
        "UPDATE upload SET received = $1 WHERE id = $2 AND received = $3 AND scan_id IS NULL AND expires_at > $4",
        params![count(to), id, count(from), now],
    )?;
    Ok(moved == 1)
}

/// Keeps bytes of an upload.
pub fn insert_piece(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    id: &UploadId,
    (at, bytes): (u64, &[u8]),
) -> Result<()> {
    let context = context(&format!("piece.{at}"), id.as_str());
    let sealed = accounts::data_key(tx, ctx, account)?.seal(&context, bytes, &mut ctx.rng());
    tx.exec(
        "INSERT INTO upload_piece (upload_id, account_id, at, bytes) VALUES ($1, $2, $3, $4)",
        params![id, account, count(at), &sealed],
    )?;
    Ok(())
}

/// The whole file of an upload.
pub fn whole(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, id: &UploadId) -> Result<Vec<u8>> {
    let pieces =
        tx.all("SELECT at, bytes FROM upload_piece WHERE upload_id = $1 ORDER BY at", params![id], |row| {
            Ok((row.get::<i64>(0)?, row.get::<Vec<u8>>(1)?))
        })?;
    let key = accounts::data_key(tx, ctx, account)?;
    let mut whole = Vec::new();
    for (at, sealed) in pieces {
        whole.extend(key.open(&context(&format!("piece.{at}"), id.as_str()), &sealed)?);
    }
    Ok(whole)
}

/// Writes what became of an upload.
pub fn finish_upload(tx: &mut Tx<'_>, id: &UploadId, scan: &ScanId) -> Result<()> {
    tx.exec("UPDATE upload SET scan_id = $1 WHERE id = $2", params![scan, id])?;
    Ok(())
}

/// Lets go of an upload's bytes.
pub fn drop_pieces(tx: &mut Tx<'_>, id: &UploadId) -> Result<()> {
    tx.exec("DELETE FROM upload_piece WHERE upload_id = $1", params![id])?;
    Ok(())
}

/// Gives an upload up; `false` when there is none, or it has become a scan.
pub fn drop_upload(tx: &mut Tx<'_>, account: &AccountId, id: &UploadId) -> Result<bool> {
    let own = "SELECT 1 FROM upload WHERE id = $1 AND account_id = $2 AND scan_id IS NULL";
    if tx.opt(own, params![id, account], |_| Ok(()))?.is_none() {
        return Ok(false);
    }
    drop_pieces(tx, id)?;
    Ok(tx.exec("DELETE FROM upload WHERE id = $1 AND scan_id IS NULL", params![id])? == 1)
}

/// Writes a scan that is to be judged.
pub fn insert_scan(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    (id, of): (&ScanId, &Upload),
    told: &Told,
) -> Result<()> {
    let sealed = seal_told(tx, ctx, account, told)?;
    tx.exec(
        "INSERT INTO scan (id, account_id, upload_id, slot, state, told, created_at)
         VALUES ($1, $2, $3, $4, 'checking', $5, $6)",
        params![id, account, &of.id, of.slot.word(), &sealed, ctx.now],
    )?;
    Ok(())
}

fn seal_told(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, told: &Told) -> Result<Vec<u8>> {
    let key = accounts::data_key(tx, ctx, account)?;
    Ok(key.seal(TOLD, &serde_json::to_vec(told)?, &mut ctx.rng()))
}

/// Ends the judging of a scan; of several verdicts the first counts.
pub fn end_scan(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    id: &ScanId,
    (state, told, pixels): (State, &Told, Option<&[u8; 32]>),
) -> Result<bool> {
    let sealed = seal_told(tx, ctx, account, told)?;
    let pixels = pixels.map(|index| index.to_vec());
    let ended = tx.exec(
        "UPDATE scan SET state = $1, told = $2, pixels = $3, judged_at = $4 WHERE id = $5 AND state = 'checking'",
        params![state.word(), &sealed, &pixels, ctx.now, id],
    )?;
    Ok(ended == 1)
}

/// Which account and upload a scan is of, while it is to be judged.
pub fn waiting(tx: &mut Tx<'_>, id: &ScanId) -> Result<Option<(AccountId, UploadId)>> {
    Ok(tx.opt(
        "SELECT account_id, upload_id FROM scan WHERE id = $1 AND state = 'checking'",
        params![id],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?)
}

type Raw = (ScanId, String, String, Vec<u8>, Time);

fn read(row: &Row<'_>) -> std::result::Result<Raw, StoreError> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
}

fn opened(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    (id, slot, state, told, created_at): Raw,
) -> Result<Scan> {
    let told = accounts::data_key(tx, ctx, account)?.open(TOLD, &told)?;
    Ok(Scan {
        slot: Slot::from_word(&slot).ok_or_else(|| odd("slot"))?,
        state: State::from_word(&state).ok_or_else(|| odd("state"))?,
        told: serde_json::from_slice(&told)?,
        id,
        created_at,
    })
}

/// The scans of an account, the newest first.
pub fn scans(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<Vec<Scan>> {
    let rows = tx.all(
        "SELECT id, slot, state, told, created_at FROM scan WHERE account_id = $1 ORDER BY created_at DESC, id DESC",
        params![account],
        read,
    )?;
    rows.into_iter().map(|row| opened(tx, ctx, account, row)).collect()
}

/// A scan of this account; of another's there is none.
pub fn scan(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, id: &ScanId) -> Result<Option<Scan>> {
    let row = tx.opt(
        "SELECT id, slot, state, told, created_at FROM scan WHERE id = $1 AND account_id = $2",
        params![id, account],
        read,
    )?;
    row.map(|row| opened(tx, ctx, account, row)).transpose()
}

/// Scans of an account that are kept or being judged.
pub fn count_scans(tx: &mut Tx<'_>, account: &AccountId) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM scan WHERE account_id = $1 AND state <> 'refused'";
    Ok(tx.one(sql, params![account], |row| row.get(0))?)
}

/// Whether an account keeps a picture of the same pixels.
pub fn has_pixels(tx: &mut Tx<'_>, account: &AccountId, index: &[u8; 32]) -> Result<bool> {
    let sql = "SELECT 1 FROM scan WHERE account_id = $1 AND pixels = $2 AND state = 'kept'";
    Ok(tx.opt(sql, params![account, index], |_| Ok(()))?.is_some())
}

/// The kept scans of a slot.
pub fn kept(tx: &mut Tx<'_>, account: &AccountId, slot: Slot) -> Result<Vec<ScanId>> {
    let sql = "SELECT id FROM scan WHERE account_id = $1 AND slot = $2 AND state = 'kept'";
    Ok(tx.all(sql, params![account, slot.word()], |row| row.get(0))?)
}

/// Deletes a scan that has been judged; `false` when there is none.
pub fn drop_scan(tx: &mut Tx<'_>, account: &AccountId, id: &ScanId) -> Result<bool> {
    let gone = tx.exec(
        "DELETE FROM scan WHERE id = $1 AND account_id = $2 AND state <> 'checking'",
        params![id, account],
    )?;
    Ok(gone == 1)
}

/// Takes away the words about refused files of a slot: a new file is there.
pub fn drop_refused(tx: &mut Tx<'_>, account: &AccountId, slot: Slot) -> Result<()> {
    tx.exec(
        "DELETE FROM scan WHERE account_id = $1 AND slot = $2 AND state = 'refused'",
        params![account, slot.word()],
    )?;
    Ok(())
}

/// Whether there is a scan of this identifier, whoever's.
pub fn exists(tx: &mut Tx<'_>, id: &ScanId) -> Result<bool> {
    Ok(tx.opt("SELECT 1 FROM scan WHERE id = $1", params![id], |_| Ok(()))?.is_some())
}

/// Deletes uploads past their time, with their bytes, but for those whose file still waits to be judged.
pub fn sweep_uploads(tx: &mut Tx<'_>, before: Time, batch: i64) -> Result<u64> {
    let over = tx.all(
        "SELECT id FROM upload WHERE expires_at < $1 AND NOT EXISTS
           (SELECT 1 FROM scan WHERE scan.id = upload.scan_id AND scan.state = 'checking') LIMIT $2",
        params![before, batch],
        |row| row.get::<UploadId>(0),
    )?;
    for id in &over {
        drop_pieces(tx, id)?;
        tx.exec("DELETE FROM upload WHERE id = $1", params![id])?;
    }
    Ok(over.len() as u64)
}

/// Deletes the words about refused files.
pub fn sweep_refused(tx: &mut Tx<'_>, before: Time, batch: i64) -> Result<u64> {
    Ok(tx.exec(
        "DELETE FROM scan WHERE id IN
           (SELECT id FROM scan WHERE state = 'refused' AND judged_at < $1 LIMIT $2)",
        params![before, batch],
    )?)
}
