//! What an administrator sees and does: counts, lists, dead jobs, forgetting old ones.

use super::table::{COLUMNS, read};
use super::{Job, JobKind, State};
use crate::{StoreError, Tx, params};
use kernel::{Id, Time};
use std::collections::BTreeMap;

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

/// Counts for every kind, by name. Along the two indexes by kind, so that nothing is sorted: with a million jobs one
/// statement over the table would take 140 MB of memory on SQLite.
pub fn counts(tx: &mut Tx<'_>, now: Time) -> Result<Vec<Counts>, StoreError> {
    let mut kinds = BTreeMap::new();
    tx.all(
        "SELECT kind, COUNT(*), COUNT(CASE WHEN lease_until > $1 THEN 1 END), MIN(run_at)
         FROM job WHERE state = 'waiting' AND run_at >= 0 GROUP BY kind",
        params![now],
        |row| {
            let counts = of_kind(&mut kinds, row.get(0)?);
            (counts.waiting, counts.held) = (number(row.get(1)?), number(row.get(2)?));
            counts.oldest_due = row.get(3)?;
            Ok(())
        },
    )?;
    tx.all(
        "SELECT kind, state, COUNT(*) FROM job WHERE state <> 'waiting' GROUP BY kind, state",
        &[],
        |row| {
            let (counts, state) = (of_kind(&mut kinds, row.get(0)?), row.get::<String>(1)?);
            let place = if state == State::Dead.word() { &mut counts.dead } else { &mut counts.done };
            *place = number(row.get(2)?);
            Ok(())
        },
    )?;
    Ok(kinds.into_values().collect())
}

fn of_kind(kinds: &mut BTreeMap<String, Counts>, kind: String) -> &mut Counts {
    kinds.entry(kind).or_insert_with_key(|kind| Counts { kind: kind.clone(), ..Counts::default() })
}

fn number(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
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
        "DELETE FROM job WHERE id IN (SELECT id FROM job WHERE state = 'done' AND state <> 'waiting' AND ended_at < $1 ORDER BY ended_at LIMIT $2)",
        params![before, limit],
    )
}

/// Where a page of [`page`] goes on: the moment and the id of the last job of the page before.
pub type After<'a> = (Time, &'a Id<JobKind>);

/// Jobs in one state, of one kind or of all, page by page: those that wait by the moment they are due, those that
/// ended newest first. Reads a page's worth of rows however many there are (`state <> 'waiting'` stands there for
/// SQLite, which uses a partial index only when it sees the index's own condition).
pub fn page(
    tx: &mut Tx<'_>,
    state: State,
    kind: Option<&str>,
    after: Option<After<'_>>,
    limit: u32,
) -> Result<Vec<Job>, StoreError> {
    let waiting = state == State::Waiting;
    let edge = if waiting { (Time(i64::MIN), "") } else { (Time(i64::MAX), "k") };
    let (at, id) = after.map_or(edge, |(at, id)| (at, id.as_str()));
    let sql = page_sql(waiting, kind.is_some());
    match kind {
        Some(kind) => tx.all(&sql, params![state.word(), at, id, limit, kind], read),
        None => tx.all(&sql, params![state.word(), at, id, limit], read),
    }
}

/// The statement of [`page`]. `run_at >= 0` is the condition of an index that is there for this alone: without it a
/// planner could take that index for claiming, which wants the jobs of many kinds in one order.
fn page_sql(waiting: bool, of_kind: bool) -> String {
    match (waiting, of_kind) {
        (true, false) => format!(
            "SELECT {COLUMNS} FROM job WHERE state = 'waiting' AND state = $1 AND (run_at, id) > ($2, $3)
             ORDER BY run_at, id LIMIT $4"
        ),
        (true, true) => format!(
            "SELECT {COLUMNS} FROM job WHERE state = 'waiting' AND state = $1 AND run_at >= 0 AND (run_at, id) > ($2, $3)
               AND kind = $5 ORDER BY run_at, id LIMIT $4"
        ),
        (false, false) => format!(
            "SELECT {COLUMNS} FROM job WHERE state = $1 AND state <> 'waiting' AND (ended_at, id) < ($2, $3)
             ORDER BY ended_at DESC, id DESC LIMIT $4"
        ),
        (false, true) => format!(
            "SELECT {COLUMNS} FROM job WHERE state = $1 AND state <> 'waiting' AND (ended_at, id) < ($2, $3) AND kind = $5
             ORDER BY ended_at DESC, id DESC LIMIT $4"
        ),
    }
}

/// What is to be done now, counted up to a bound: due jobs, dead jobs, and since when the oldest one waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Due and not ended; [`Load::MOST`] means as many or more.
    pub due: i64,
    /// Given up; [`Load::MOST`] means as many or more.
    pub dead: i64,
    /// The moment at which the oldest waiting job was or will be due.
    pub oldest: Option<Time>,
}

impl Load {
    /// Where counting stops.
    pub const MOST: i64 = 1_000;
}

/// The present load, quick however many rows there are: the order keeps the planner to the index, where a count without
/// one read the whole table.
pub fn load(tx: &mut Tx<'_>, now: Time) -> Result<Load, StoreError> {
    let due = tx.one(
        "SELECT COUNT(*) FROM
           (SELECT 1 FROM job WHERE state = 'waiting' AND run_at <= $1 ORDER BY run_at LIMIT $2) AS some_jobs",
        params![now, Load::MOST],
        |row| row.get(0),
    )?;
    let dead = tx.one(
        "SELECT COUNT(*) FROM
           (SELECT 1 FROM job WHERE state = 'dead' AND state <> 'waiting' ORDER BY ended_at LIMIT $1) AS some_jobs",
        params![Load::MOST],
        |row| row.get(0),
    )?;
    let oldest =
        tx.one("SELECT MIN(run_at) FROM job WHERE state = 'waiting'", &[], |row| row.get::<Option<Time>>(0))?;
    Ok(Load { due, dead, oldest })
}

/// Sends dead jobs of a kind round again, at most `limit`; gives how many.
pub fn retry_dead_of(tx: &mut Tx<'_>, kind: &str, limit: u32, now: Time) -> Result<u64, StoreError> {
    let changed = tx.exec(
        "UPDATE job SET state = 'waiting', run_at = $1, attempts = 0, ended_at = NULL
         WHERE state = 'dead' AND id IN
           (SELECT id FROM job WHERE kind = $2 AND state = 'dead' AND state <> 'waiting' LIMIT $3)",
        params![now, kind, limit],
    )?;
    tx.enqueued |= changed > 0;
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each list goes along an index in its order: nothing is read that is not shown.
    #[test]
    fn every_list_of_jobs_goes_along_an_index_of_its_own() {
        let db = rusqlite::Connection::open_in_memory().unwrap();
        crate::migrate::sqlite(&db).unwrap();
        for (waiting, of_kind, index) in [
            (true, false, "job_due (run_at>?)"),
            (true, true, "job_kind (kind=? AND run_at>?)"),
            (false, false, "job_ended (state=? AND ended_at<?)"),
            (false, true, "job_ended_kind (kind=? AND state=? AND ended_at<?)"),
        ] {
            let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {}", page_sql(waiting, of_kind))).unwrap();
            let values = vec![rusqlite::types::Null; plan.parameter_count()];
            let values = rusqlite::params_from_iter(values);
            let steps = plan.query_map(values, |row| row.get::<_, String>(3)).unwrap();
            let steps: Vec<String> = steps.map(Result::unwrap).collect();
            assert!(steps[0].contains(index), "{waiting} {of_kind}: {steps:?}");
            // Rows of one moment may be sorted by id, a whole list may not.
            assert!(steps[1..].iter().all(|step| !step.ends_with("FOR ORDER BY")), "{steps:?}");
        }
    }

    /// A claim looks for leases that ran out: among a million waiting jobs it reads the held ones.
    #[test]
    fn leases_that_ran_out_are_found_without_reading_what_waits() {
        let db = rusqlite::Connection::open_in_memory().unwrap();
        crate::migrate::sqlite(&db).unwrap();
        let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {}", super::super::table::BURY)).unwrap();
        let steps = plan.query_map([rusqlite::types::Null], |row| row.get::<_, String>(3)).unwrap();
        let steps: Vec<String> = steps.map(Result::unwrap).collect();
        assert!(steps[0].contains("job_leased (lease_until<?)"), "{steps:?}");
    }
}
