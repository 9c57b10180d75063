//! Looking at the jobs and sending dead ones round again.

use crate::error::{Error, Result};
use kernel::{Clock, Id};
use serde::Serialize;
use store::Db;
use store::jobs::{self, Job, JobKind, State};

/// One kind of job, counted.
#[derive(Clone, Debug, Serialize)]
pub struct KindRow {
    /// The kind, such as `notifications.send`.
    pub kind: String,
    /// To be run.
    pub waiting: u64,
    /// Of those: being run now.
    pub held: u64,
    /// Ended well, not forgotten yet.
    pub done: u64,
    /// Given up after all attempts.
    pub dead: u64,
}

/// One job. Payloads hold ids only and are not shown.
#[derive(Clone, Debug, Serialize)]
pub struct JobRow {
    /// Its identifier.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// `waiting`, `done` or `dead`.
    pub state: &'static str,
    /// Attempts so far.
    pub attempts: u32,
    /// When it is due, microseconds since 1970.
    pub run_at: i64,
    /// Why the last attempt failed.
    pub last_reason: Option<String>,
}

/// Every kind with its counts.
///
/// # Errors
/// The storage is away.
pub async fn counts(db: &Db, clock: &dyn Clock) -> Result<Vec<KindRow>> {
    let now = clock.now();
    let counts = db.read(move |tx| jobs::counts(tx, now)).await.map_err(Error::from)?;
    let row = |c: jobs::Counts| KindRow {
        kind: c.kind,
        waiting: c.waiting,
        held: c.held,
        done: c.done,
        dead: c.dead,
    };
    Ok(counts.into_iter().map(row).collect())
}

/// The newest jobs in one state.
///
/// # Errors
/// The storage is away.
pub async fn list(db: &Db, state: State, limit: u32) -> Result<Vec<JobRow>> {
    let found = db.read(move |tx| jobs::list(tx, state, None, limit)).await.map_err(Error::from)?;
    Ok(found.into_iter().map(row).collect())
}

/// Sends a dead job round again; `false` when there is no dead job of this id.
///
/// # Errors
/// The storage is away.
pub async fn retry(db: &Db, clock: &dyn Clock, id: &str) -> Result<bool> {
    let Some(id) = Id::<JobKind>::parse(id) else { return Ok(false) };
    let now = clock.now();
    db.write(move |tx| jobs::retry_dead(tx, &id, now)).await.map_err(Error::from)
}

fn row(job: Job) -> JobRow {
    JobRow {
        id: job.id.to_string(),
        kind: job.kind,
        state: job.state.word(),
        attempts: job.attempts,
        run_at: job.run_at.0,
        last_reason: job.last_reason,
    }
}
