//! What happens after an upload, when the request that brought it did not: judging, and collecting files of nobody.

use super::judge::{self, Judged};
use super::{ScanId, store};
use crate::app::App;
use crate::ctx::Ctx;
use crate::error::Result;
use ::store::Tx;
use ::store::jobs::{self, Handler, Job, NewJob, Outcome, Worker};
use gateway::objects::{ObjectKey, Objects};
use kernel::Span;
use serde_json::json;
use std::sync::Arc;

/// The kind of the jobs that judge.
pub const JUDGE: &str = "documents.judge";
/// The job that collects files without a row.
pub const ORPHANS: &str = "documents.orphans";
/// How often it looks.
const ORPHANS_EVERY: Span = Span::hours(6);
/// After this the request that brought the file has answered, or was killed.
const AFTER: Span = Span::seconds(30);
/// The pause while something outside is away.
const AGAIN: Span = Span::seconds(60);
/// The pause while every place is taken.
const BUSY: Span = Span::seconds(5);
/// Names that are looked at in one go; a folder reads the names of all files for each go, so there are few.
const BATCH: usize = 10_000;

/// Enqueues the judging of a scan; its id is the key.
///
/// # Errors
/// The storage is away.
pub fn enqueue(tx: &mut Tx<'_>, ctx: &Ctx, id: &ScanId) -> Result<()> {
    let payload = json!({ "scan": id.as_str() });
    let job =
        NewJob { kind: JUDGE, key: Some(id.as_str()), payload, run_at: ctx.now + AFTER, max_attempts: 40 };
    jobs::enqueue(tx, &job, ctx.now, &mut ctx.rng())?;
    Ok(())
}

/// Registers the jobs.
pub fn register(worker: Worker, app: &App) -> Worker {
    worker.on(JUDGE, Arc::new(Judging(app.clone()))).every(
        ORPHANS,
        ORPHANS_EVERY,
        Arc::new(Orphans(app.clone())),
    )
}

struct Judging(App);

#[async_trait::async_trait]
impl Handler for Judging {
    async fn run(&self, job: &Job) -> Outcome {
        let Some(id) = job.payload.get("scan").and_then(|id| id.as_str()).and_then(ScanId::parse) else {
            return Outcome::fail("no scan id");
        };
        let now = self.0.clock().now();
        match judge::when_free(&self.0, &id).await {
            Ok(Judged::Ended) => Outcome::Done,
            Ok(Judged::Busy) => Outcome::RetryAt(now + BUSY),
            Ok(Judged::Later(reason)) => {
                tracing::warn!(scan.id = %id, reason, "a scan waits to be judged");
                Outcome::RetryAt(now + AGAIN)
            }
            Err(error) => {
                tracing::warn!(scan.id = %id, %error, "a scan could not be judged");
                Outcome::retry("storage")
            }
        }
    }
}

/// Deletes files whose scan is gone: removed by its owner, erased with the account, or never written down. A row is there
/// before its files, so a file without one belongs to nobody.
struct Orphans(App);

#[async_trait::async_trait]
impl Handler for Orphans {
    async fn run(&self, _job: &Job) -> Outcome {
        let Some(objects) = self.0.gateways().objects.clone() else { return Outcome::Done };
        match collect(&self.0, &*objects).await {
            Ok(count) => {
                metrics::counter!("orphan_files_deleted_total").increment(count);
                Outcome::Done
            }
            Err(reason) => {
                tracing::warn!(reason, "files without a row could not be collected");
                Outcome::retry("files")
            }
        }
    }
}

/// The scan that a file belongs to; `None` for files of something else, which are left alone.
fn owner(key: &ObjectKey) -> Option<ScanId> {
    let mut parts = key.as_str().split('/');
    (parts.next() == Some("scans")).then(|| parts.next().and_then(ScanId::parse)).flatten()
}

async fn collect(app: &App, objects: &dyn Objects) -> std::result::Result<u64, String> {
    let (mut after, mut gone): (Option<ObjectKey>, u64) = (None, 0);
    loop {
        let keys = objects.list(after.as_ref(), BATCH).await.map_err(|fault| fault.to_string())?;
        let Some(last) = keys.last().cloned() else { return Ok(gone) };
        for key in keys {
            let Some(id) = owner(&key) else { continue };
            let known =
                app.read(move |tx| store::exists(tx, &id)).await.map_err(|error| error.to_string())?;
            if !known {
                objects.delete(&key).await.map_err(|fault| fault.to_string())?;
                gone += 1;
            }
        }
        after = Some(last);
    }
}
