//! Scans of documents: uploaded by pieces or by a form, judged, kept sealed in the storage of files (spec 02 §2).
//!
//! Invariants: a byte that was answered for is on the disk, and an upload goes on from there; an upload and a scan are
//! seen by their owner only; bytes lie sealed under the owner's key everywhere, so they are gone with it; what is kept
//! was written by `scan` from what it understood, never what was sent; a scan's row is there before its files, so a file
//! without a row is nobody's; the first verdict about a scan counts, whoever brings it.

pub mod compare;
pub mod jobs;
pub mod judge;
pub mod orphans;
mod settings;
pub mod show;
mod slot;
mod store;
pub mod told;
mod upload;
pub mod web;

pub use settings::Settings;
pub use slot::Slot;
pub use store::{Scan, Upload};
pub use upload::{Added, Created, add, begin, drop_upload, state};

use crate::accounts::AccountId;
use crate::audit::{self, Chain, Event};
use crate::ctx::Ctx;
use crate::error::Result;
use ::store::Tx;
use gateway::objects::ObjectKey;
use kernel::{Id, Time};

kernel::id_kinds! {
    /// A file that is being uploaded.
    UploadKind = "upl";
    /// A scan of a document.
    ScanKind = "scn";
}

/// An upload's identifier.
pub type UploadId = Id<UploadKind>;
/// A scan's identifier, which is the name of its files.
pub type ScanId = Id<ScanKind>;

/// Where a scan stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Whole, and being judged.
    Checking,
    /// Fit to be kept; there may be advice.
    Kept,
    /// Not kept; it says why.
    Refused,
}

impl State {
    /// The word in rows.
    pub const fn word(self) -> &'static str {
        match self {
            State::Checking => "checking",
            State::Kept => "kept",
            State::Refused => "refused",
        }
    }

    /// The one of a word.
    pub fn from_word(word: &str) -> Option<State> {
        [State::Checking, State::Kept, State::Refused].into_iter().find(|state| state.word() == word)
    }
}

/// A file of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What is kept of the upload.
    Clean,
    /// A small picture.
    Preview,
}

impl Part {
    /// The last part of its name in the storage of files.
    pub const fn word(self) -> &'static str {
        match self {
            Part::Clean => "clean",
            Part::Preview => "preview",
        }
    }

    /// Where it lies.
    pub fn key(self, id: &ScanId) -> Option<ObjectKey> {
        ObjectKey::parse(&format!("scans/{}/{}", id.as_str(), self.word()))
    }
}

/// The context in which a file of a scan is sealed: it cannot be passed off as another.
pub fn file_context(part: Part, id: &ScanId) -> String {
    store::context(part.word(), id.as_str())
}

/// The scans of an account, the newest first.
///
/// # Errors
/// The storage is away.
pub fn scans(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<Vec<Scan>> {
    store::scans(tx, ctx, account)
}

/// A scan of this account; of another's there is none.
///
/// # Errors
/// The storage is away.
pub fn scan(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, id: &ScanId) -> Result<Option<Scan>> {
    store::scan(tx, ctx, account, id)
}

/// The kept scans of a document.
///
/// # Errors
/// The storage is away.
pub fn kept(tx: &mut Tx<'_>, account: &AccountId, slot: Slot) -> Result<Vec<ScanId>> {
    store::kept(tx, account, slot)
}

/// Takes a scan away; its files follow. `false` when there is none, or it is being judged.
///
/// # Errors
/// The storage is away.
pub fn remove(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, id: &ScanId) -> Result<bool> {
    let Some(found) = store::scan(tx, ctx, account, id)? else { return Ok(false) };
    if !store::drop_scan(tx, account, id)? {
        return Ok(false);
    }
    let event = Event::ScanRemoved { slot: found.slot.word().into() };
    audit::record(tx, ctx, Chain::Account(account.as_str()), &event)?;
    Ok(true)
}

/// Deletes uploads past their time; a retention job.
///
/// # Errors
/// The storage is away.
pub fn sweep_uploads(tx: &mut Tx<'_>, before: Time, batch: i64) -> Result<u64> {
    store::sweep_uploads(tx, before, batch)
}

/// Deletes the words about refused files; a retention job.
///
/// # Errors
/// The storage is away.
pub fn sweep_refused(tx: &mut Tx<'_>, before: Time, batch: i64) -> Result<u64> {
    store::sweep_refused(tx, before, batch)
}
