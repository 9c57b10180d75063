//! What an administrator sees and does: counts, lists, dead jobs, forgetting old ones.

use super::table::{COLUMNS, read};
use super::{Job, JobKind, State};
use crate::{StoreError, Tx, params};
use kernel::{Id, Time};

/// How many jobs of one kind stand where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// The kind.
    pub kind: String,
    /// To be run, held ones included.
    pub waiting: u64,
    /// Of those: held by a worker now.
    pub held: u64,
    /// Ended well and not forgotten yet.
    pub done: u64,
    /// Given up.
    pub dead: u64,
    /// When the oldest waiting one was due.
    pub oldest_due: Option<Time>,
}

/// Counts for every kind, by name.
pub fn counts(tx: &mut Tx<'_>, now: Time) -> Result<Vec<Counts>, StoreError> {
    let number = |n: i64| u64::try_from(n).unwrap_or(0);
    tx.all(
        "SELECT kind, COUNT(CASE WHEN state = 'waiting' THEN 1 END), COUNT(CASE WHEN lease_until > $1 THEN 1 END),
                COUNT(CASE WHEN state = 'done' THEN 1 END), COUNT(CASE WHEN state = 'dead' THEN 1 END),
                MIN(CASE WHEN state = 'waiting' THEN run_at END)
         FROM job GROUP BY kind ORDER BY kind",
        params![now],
        |row| {
            Ok(Counts {
                kind: row.get(0)?,
                waiting: number(row.get(1)?),
                held: number(row.get(2)?),
                done: number(row.get(3)?),
                dead: number(row.get(4)?),
                oldest_due: row.get(5)?,
            })
        },
    )
}

/// Jobs in one state, the newest first, `limit` of them; `before` is the id of the last one of the page before.
pub fn list(
    tx: &mut Tx<'_>,
    state: State,
    before: Option<&Id<JobKind>>,
    limit: u32,
) -> Result<Vec<Job>, StoreError> {
    let before = before.map_or("k", |id| id.as_str()); // every id starts with `job_`, so `k` is after all of them
    let sql = format!("SELECT {COLUMNS} FROM job WHERE state = $1 AND id < $2 ORDER BY id DESC LIMIT $3");
    tx.all(&sql, params![state.word(), before, limit], read)
}

/// One job.
pub fn get(tx: &mut Tx<'_>, id: &Id<JobKind>) -> Result<Option<Job>, StoreError> {
    tx.opt(&format!("SELECT {COLUMNS} FROM job WHERE id = $1"), params![id], read)
}

/// Sends a dead job round again, with all its attempts, now. `false` when it is not dead.
pub fn retry_dead(tx: &mut Tx<'_>, id: &Id<JobKind>, now: Time) -> Result<bool, StoreError> {
    let changed = tx.exec(
        "UPDATE job SET state = 'waiting', run_at = $1, attempts = 0, ended_at = NULL WHERE id = $2 AND state = 'dead'",
        params![now, id],
    )?;
    tx.enqueued |= changed == 1;
    Ok(changed == 1)
}

/// Removes a dead job for good. `false` when it is not dead.
pub fn discard_dead(tx: &mut Tx<'_>, id: &Id<JobKind>) -> Result<bool, StoreError> {
    Ok(tx.exec("DELETE FROM job WHERE id = $1 AND state = 'dead'", params![id])? == 1)
}

/// Removes jobs that ended well before this moment, at most `limit`; gives how many. Their keys are free again then.
pub fn forget_done(tx: &mut Tx<'_>, before: Time, limit: u32) -> Result<u64, StoreError> {
    tx.exec(
        "DELETE FROM job WHERE id IN (SELECT id FROM job WHERE state = 'done' AND ended_at < $1 ORDER BY ended_at LIMIT $2)",
        params![before, limit],
    )
}
