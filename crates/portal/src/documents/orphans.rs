//! Collects files whose scan is gone: removed by its owner, erased with the account, or never written down. A row is there
//! before its files, so a file without one belongs to nobody.
//!
//! A database that is not the store's own (restored from long ago, empty, a test's) knows none of the files; so nothing
//! is deleted when the files of nobody are too many to be rubbish.

use super::{ScanId, store};
use crate::app::App;
use crate::error::Result;
use ::store::jobs::{Handler, Job, Outcome};
use gateway::objects::{ObjectKey, Objects};
use kernel::Span;

/// The kind of the job.
pub const KIND: &str = "documents.orphans";
/// How often it looks.
pub(super) const EVERY: Span = Span::hours(6);
/// How long it may take: millions of names.
const LONGEST: Span = Span::hours(1);
/// Names that are listed in one go; a folder reads the names of all files for each go, so there are few.
const BATCH: usize = 10_000;
/// Names that are looked up in one read.
const LOOKED_UP: usize = 500;
/// The most files that one run deletes; the next run goes on.
const MOST: usize = 100_000;
/// Up to here files of nobody are rubbish, however few others there are.
const FEW: usize = 100;

/// The handler.
pub(super) struct Orphans(pub(super) App);

/// What is in the store.
#[derive(Default)]
struct Found {
    /// Files with a row.
    known: usize,
    /// Files without, up to [`MOST`].
    nobodys: Vec<ObjectKey>,
}

impl Found {
    /// Whether this is rather another database than rubbish.
    fn is_suspicious(&self) -> bool {
        self.nobodys.len() > FEW && self.nobodys.len() > self.known
    }
}

#[async_trait::async_trait]
impl Handler for Orphans {
    async fn run(&self, _job: &Job) -> Outcome {
        let Some(objects) = self.0.gateways().objects.clone() else { return Outcome::Done };
        let found = match look(&self.0, &*objects).await {
            Ok(found) => found,
            Err(reason) => return again(&reason),
        };
        if found.is_suspicious() {
            let (known, nobodys) = (found.known, found.nobodys.len());
            tracing::error!(
                known,
                nobodys,
                "more files without a row than with one: another database? none is deleted"
            );
            return Outcome::Done;
        }
        for key in &found.nobodys {
            if let Err(fault) = objects.delete(key).await {
                return again(fault.reason());
            }
            metrics::counter!("orphan_files_deleted_total").increment(1);
        }
        Outcome::Done
    }

    fn limit(&self) -> Option<Span> {
        Some(LONGEST)
    }
}

fn again(reason: &str) -> Outcome {
    tracing::warn!(reason, "files without a row could not be collected");
    Outcome::retry("files")
}

/// The scan that a file belongs to; `None` for files of something else, which are left alone.
fn owner(key: &ObjectKey) -> Option<ScanId> {
    let mut parts = key.as_str().split('/');
    (parts.next() == Some("scans")).then(|| parts.next().and_then(ScanId::parse)).flatten()
}

async fn look(app: &App, objects: &dyn Objects) -> std::result::Result<Found, String> {
    let (mut after, mut found): (Option<ObjectKey>, Found) = Default::default();
    loop {
        let keys = objects.list(after.as_ref(), BATCH).await.map_err(|fault| fault.to_string())?;
        let Some(last) = keys.last().cloned() else { return Ok(found) };
        let owned: Vec<_> = keys.into_iter().filter_map(|key| owner(&key).map(|scan| (scan, key))).collect();
        for part in owned.chunks(LOOKED_UP) {
            let scans: Vec<ScanId> = part.iter().map(|(scan, _)| scan.clone()).collect();
            let known: Result<Vec<bool>> =
                app.read(move |tx| scans.iter().map(|scan| store::exists(tx, scan)).collect()).await;
            for ((_, key), known) in part.iter().zip(known.map_err(|error| error.to_string())?) {
                match known {
                    true => found.known += 1,
                    false if found.nobodys.len() < MOST => found.nobodys.push(key.clone()),
                    false => {}
                }
            }
        }
        after = Some(last);
    }
}
