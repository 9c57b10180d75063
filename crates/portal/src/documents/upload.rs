//! A file on its way: begun, continued from where it broke off, whole.

use super::store::{self, Upload};
use super::told::{Told, harmless_name};
use super::{ScanId, Slot, UploadId, jobs};
use crate::accounts::{self, AccountId};
use crate::audit::{self, Chain, Event};
use crate::config::Config;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::limits::{self, Taken};
use ::store::Tx;
use kernel::{Span, Time};

/// What became of the wish to upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Created {
    /// It may begin.
    Made(Upload),
    /// The file is empty.
    Empty,
    /// The file is bigger than allowed.
    TooBig,
    /// There are as many scans as one account may have.
    TooMany,
    /// Begun too often: not before this moment.
    Wait(Time),
}

/// What became of bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Added {
    /// They are kept; the upload stands there now.
    Kept(u64),
    /// They were the last: the scan waits to be judged.
    Whole(ScanId),
    /// They are not what follows: the upload stands elsewhere.
    Conflict,
}

/// Begins an upload of so many bytes.
///
/// # Errors
/// The storage is away.
pub fn begin(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    account: &AccountId,
    (slot, name, length): (Slot, &str, u64),
) -> Result<Created> {
    let settings = &config.documents;
    accounts::hold_open(tx, account)?;
    if length == 0 {
        return Ok(Created::Empty);
    }
    if length > settings.max_bytes {
        return Ok(Created::TooBig);
    }
    if store::count_scans(tx, account)? >= settings.most_scans {
        return Ok(Created::TooMany);
    }
    if let Taken::Wait { until } = limits::take(tx, ctx, "uploads", account.as_str(), settings.uploads)? {
        return Ok(Created::Wait(until));
    }
    if !config.limits.exempt(ctx.address) {
        let address = limits::caller(ctx);
        let taken = limits::take(tx, ctx, "uploads-address", &address, settings.uploads_per_address)?;
        if let Taken::Wait { until } = taken {
            return Ok(Created::Wait(until));
        }
    }
    // A connection that broke while uploads began leaves them behind: they must not stand in the way of the next one.
    store::drop_oldest(tx, account, settings.most_uploads - 1)?;
    let upload = Upload {
        id: UploadId::new(ctx.now, &mut ctx.rng()),
        slot,
        length,
        received: 0,
        scan: None,
        expires_at: ctx.now + Span::hours(settings.upload_hours),
    };
    store::insert_upload(tx, ctx, account, &upload, &harmless_name(name))?;
    Ok(Created::Made(upload))
}

/// Where an upload of this account stands; `None` when there is none of that name, or its time is over.
///
/// # Errors
/// The storage is away.
pub fn state(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, id: &UploadId) -> Result<Option<Upload>> {
    Ok(store::upload(tx, account, id)?.filter(|upload| ctx.now < upload.expires_at))
}

/// Adds bytes at a place; the last ones make a scan.
///
/// # Errors
/// The storage is away.
pub fn add(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    id: &UploadId,
    (at, bytes): (u64, &[u8]),
) -> Result<Added> {
    accounts::hold_open(tx, account)?;
    let Some(upload) = state(tx, ctx, account, id)? else { return Ok(Added::Conflict) };
    let to = at + bytes.len() as u64;
    if to > upload.length || !store::advance(tx, id, at, to, ctx.now)? {
        return Ok(Added::Conflict);
    }
    store::insert_piece(tx, ctx, account, id, (at, bytes))?;
    if to < upload.length {
        return Ok(Added::Kept(to));
    }
    let scan = ScanId::new(ctx.now, &mut ctx.rng());
    let name = store::name(tx, ctx, account, id)?;
    store::drop_refused(tx, account, upload.slot)?;
    store::insert_scan(
        tx,
        ctx,
        account,
        (&scan, &upload),
        &Told { name, bytes: upload.length, ..Told::default() },
    )?;
    store::finish_upload(tx, id, &scan)?;
    jobs::enqueue(tx, ctx, &scan)?;
    audit::record(
        tx,
        ctx,
        Chain::Account(account.as_str()),
        &Event::ScanUploaded { slot: upload.slot.word().into() },
    )?;
    Ok(Added::Whole(scan))
}

/// Gives an upload up; `false` when there is none, or it is whole already.
///
/// # Errors
/// The storage is away.
pub fn drop_upload(tx: &mut Tx<'_>, account: &AccountId, id: &UploadId) -> Result<bool> {
    accounts::hold_open(tx, account)?;
    store::drop_upload(tx, account, id)
}
