//! What happens after an upload, when the request that brought it did not: judging.

use super::ScanId;
use super::judge::{self, Judged};
use super::orphans::{self, Orphans};
use crate::accounts::AccountId;
use crate::app::App;
use crate::ctx::Ctx;
use crate::error::Result;
use ::store::Tx;
use ::store::jobs::{self, Handler, Job, NewJob, Outcome, Worker};
use kernel::Span;
use serde_json::json;
use std::sync::Arc;

/// The kind of the jobs that judge.
pub const JUDGE: &str = "documents.judge";
/// The kind of the jobs that tell staff that something they look at may have changed; the slice `review` works them.
pub const LOOK: &str = "review.look";
/// Tries that end in an error of our own storage before the job is dead.
const LOOKS: u32 = 1_000;
/// After this the request that brought the file has answered, or was killed.
const AFTER: Span = Span::seconds(30);
/// The pause while something outside is away.
const AGAIN: Span = Span::seconds(60);
/// The pause while every place is taken.
const BUSY: Span = Span::seconds(5);

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

/// Says that what staff know of an account may have changed: a scan is there, something was sent, no register can decide.
///
/// # Errors
/// The storage is away.
pub fn enqueue_look(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<()> {
    let payload = json!({ "account": account.as_str() });
    let job = NewJob { kind: LOOK, key: None, payload, run_at: ctx.now, max_attempts: LOOKS };
    jobs::enqueue(tx, &job, ctx.now, &mut ctx.rng())?;
    Ok(())
}

/// Registers the jobs.
pub fn register(worker: Worker, app: &App) -> Worker {
    let worker = worker.on(JUDGE, Arc::new(Judging(app.clone())));
    worker.every(orphans::KIND, orphans::EVERY, Arc::new(Orphans(app.clone())))
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
