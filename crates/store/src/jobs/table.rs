//! The SQL of the job table: enqueue, claim, finish.

use super::{ClaimKind, Job, JobKind, NewJob, Outcome, State, WorkerOptions};
use crate::{Engine, Row, StoreError, Tx, Value, params};
use kernel::{Id, Rng, Span, Time};

/// The columns of [`read`], in its order.
pub(super) const COLUMNS: &str = "id, kind, key, payload, state, run_at, attempts, max_attempts, lease_until, lease_by, \
                                  last_reason, created_at, ended_at";

pub(super) fn read(row: &Row<'_>) -> Result<Job, StoreError> {
    let state: String = row.get(4)?;
    Ok(Job {
        id: row.get(0)?,
        kind: row.get(1)?,
        key: row.get(2)?,
        payload: row.get(3)?,
        state: State::from_word(&state).ok_or_else(|| StoreError::bug("an unknown job state"))?,
        run_at: row.get(5)?,
        attempts: row.get(6)?,
        max_attempts: row.get(7)?,
        lease_until: row.get(8)?,
        claim: row.get(9)?,
        last_reason: row.get(10)?,
        created_at: row.get(11)?,
        ended_at: row.get(12)?,
    })
}

/// Adds a job to this transaction; the workers of this process are woken once it is committed.
///
/// `None` when a job with the same key exists already: it is left as it is.
pub fn enqueue(
    tx: &mut Tx<'_>,
    job: &NewJob<'_>,
    now: Time,
    rng: &mut Rng,
) -> Result<Option<Id<JobKind>>, StoreError> {
    let id = Id::new(now, rng);
    let added = tx.exec(
        "INSERT INTO job (id, kind, key, payload, state, run_at, attempts, max_attempts, created_at)
         VALUES ($1, $2, $3, $4, 'waiting', $5, 0, $6, $7) ON CONFLICT (key) DO NOTHING",
        params![&id, job.kind, job.key, &job.payload, job.run_at, job.max_attempts.max(1), now],
    )?;
    if added == 0 {
        return Ok(None);
    }
    tx.enqueued = true;
    Ok(Some(id))
}

/// Whether a job of these kinds can be claimed now.
pub fn due(tx: &mut Tx<'_>, kinds: &[&str], now: Time) -> Result<bool, StoreError> {
    let mut values = vec![Value::from(now)];
    let list = kind_list(kinds, &mut values);
    let sql = format!(
        "SELECT 1 FROM job WHERE state = 'waiting' AND run_at <= $1 AND (lease_until IS NULL OR lease_until <= $1)
         AND kind IN ({list}) LIMIT 1"
    );
    Ok(tx.opt(&sql, &values, |_| Ok(()))?.is_some())
}

/// The moment at which the next job of these kinds can be claimed, if there is one: where a
/// simulation moves its clock to. Reads every waiting row.
pub fn next_due(tx: &mut Tx<'_>, kinds: &[&str]) -> Result<Option<Time>, StoreError> {
    let mut values = Vec::new();
    let list = kind_list(kinds, &mut values);
    // A held job comes up again when its lease runs out.
    let sql = format!(
        "SELECT MIN(CASE WHEN lease_until > run_at THEN lease_until ELSE run_at END) FROM job
         WHERE state = 'waiting' AND kind IN ({list})"
    );
    tx.one(&sql, &values, |row| row.get(0))
}

/// Ends jobs whose last attempt never came back. Reads the jobs that are held, never those that only wait.
pub(super) const BURY: &str =
    "UPDATE job SET state = 'dead', ended_at = $1, lease_until = NULL, lease_by = NULL, last_reason = 'lease ran out'
     WHERE state = 'waiting' AND lease_until <= $1 AND attempts >= max_attempts";

/// Claims due jobs of these kinds, at most `limit`, until `now + lease`; nobody else gets them meanwhile.
///
/// A job whose lease ran out without an outcome (its process died) is claimed again; once its attempts are used up it
/// is dead, so that a job which kills its process cannot do so for ever.
pub fn claim(
    tx: &mut Tx<'_>,
    kinds: &[&str],
    limit: u32,
    lease: Span,
    now: Time,
    rng: &mut Rng,
) -> Result<Vec<Job>, StoreError> {
    if kinds.is_empty() || limit == 0 {
        return Ok(Vec::new());
    }
    tx.exec(BURY, params![now])?;
    let mark: Id<ClaimKind> = Id::new(now, rng);
    let mut values = vec![Value::from(now + lease), Value::from(&mark), Value::from(now), Value::from(limit)];
    let list = kind_list(kinds, &mut values);
    // On SQLite there is one writer, so nobody else can be claiming.
    let lock = if tx.engine() == Engine::Postgres { "FOR UPDATE SKIP LOCKED" } else { "" };
    let sql = format!(
        "UPDATE job SET lease_until = $1, lease_by = $2, attempts = attempts + 1
         WHERE id IN (SELECT id FROM job WHERE state = 'waiting' AND run_at <= $3
                      AND (lease_until IS NULL OR lease_until <= $3) AND kind IN ({list})
                      ORDER BY run_at, id LIMIT $4 {lock})
         RETURNING {COLUMNS}"
    );
    let mut jobs = tx.all(&sql, &values, read)?;
    jobs.sort_by(|a, b| (a.run_at, a.id.as_str()).cmp(&(b.run_at, b.id.as_str())));
    Ok(jobs)
}

/// Appends the kinds as parameters and gives their placeholders.
fn kind_list<'a>(kinds: &[&'a str], values: &mut Vec<Value<'a>>) -> String {
    let mut list = String::new();
    for kind in kinds {
        values.push(Value::from(*kind));
        let comma = if list.is_empty() { "" } else { ", " };
        list.push_str(&format!("{comma}${}", values.len()));
    }
    list
}

/// Stores how an attempt of a claimed job ended. `false` when the lease was lost meanwhile: nothing is changed then.
pub fn finish(
    tx: &mut Tx<'_>,
    job: &Job,
    outcome: &Outcome,
    options: &WorkerOptions,
    now: Time,
    rng: &mut Rng,
) -> Result<bool, StoreError> {
    let over = job.attempts >= job.max_attempts;
    let (state, run_at, used, reason) = match outcome {
        Outcome::Done => (State::Done, job.run_at, job.attempts, None),
        Outcome::Fail { reason } => (State::Dead, job.run_at, job.attempts, Some(reason.as_ref())),
        Outcome::Retry { reason } if over => (State::Dead, job.run_at, job.attempts, Some(reason.as_ref())),
        Outcome::Retry { reason } => {
            (State::Waiting, now + pause(job.attempts, options, rng), job.attempts, Some(reason.as_ref()))
        }
        Outcome::RetryAt(at) => (State::Waiting, *at, job.attempts.saturating_sub(1), None),
    };
    let ended = (state != State::Waiting).then_some(now);
    let changed = tx.exec(
        "UPDATE job SET state = $1, run_at = $2, attempts = $3, last_reason = $4, ended_at = $5,
                lease_until = NULL, lease_by = NULL
         WHERE id = $6 AND lease_by = $7 AND state = 'waiting'",
        params![state.word(), run_at, used, reason, ended, &job.id, job.claim.as_ref()],
    )?;
    Ok(changed == 1)
}

/// Holds a claimed job until a later time; `false` when it is not held any more.
pub fn renew(tx: &mut Tx<'_>, job: &Job, until: Time) -> Result<bool, StoreError> {
    let sql = "UPDATE job SET lease_until = $1 WHERE id = $2 AND lease_by = $3 AND state = 'waiting'";
    Ok(tx.exec(sql, params![until, &job.id, job.claim.as_ref()])? == 1)
}

/// Gives a claimed job back unrun, as if it had not been claimed.
pub fn give_back(tx: &mut Tx<'_>, job: &Job) -> Result<(), StoreError> {
    tx.exec(
        "UPDATE job SET lease_until = NULL, lease_by = NULL, attempts = attempts - 1
         WHERE id = $1 AND lease_by = $2 AND state = 'waiting'",
        params![&job.id, job.claim.as_ref()],
    )?;
    tx.enqueued = true;
    Ok(())
}

/// Frees every claimed job at once, for the start of a storage that one process uses alone (SQLite): who held a lease
/// then is gone, and a code must not wait for the lease to run out. The attempt stays counted. Gives how many.
pub fn free_leases(tx: &mut Tx<'_>) -> Result<u64, StoreError> {
    let freed = tx.exec(
        "UPDATE job SET lease_until = NULL, lease_by = NULL WHERE state = 'waiting' AND lease_until IS NOT NULL",
        &[],
    )?;
    tx.enqueued |= freed > 0;
    Ok(freed)
}

/// The pause after attempt number `attempts`: the base doubled each time up to the cap, then a random half of it off,
/// so that jobs which failed together do not come back together.
pub(super) fn pause(attempts: u32, options: &WorkerOptions, rng: &mut Rng) -> Span {
    let doubled = options.pause_base.0.saturating_mul(1_i64 << attempts.saturating_sub(1).min(40));
    let full = doubled.clamp(1, options.pause_cap.0.max(1));
    let half = full / 2;
    Span(half + i64::try_from(rng.below(u64::try_from(full - half + 1).unwrap_or(1))).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_the_cap_and_are_spread() {
        let options = WorkerOptions {
            pause_base: Span::seconds(1),
            pause_cap: Span::seconds(60),
            ..Default::default()
        };
        let mut rng = Rng::seeded(1);
        for (attempts, full) in [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (50, 60), (u32::MAX, 60)] {
            let draws: Vec<_> = (0..200).map(|_| pause(attempts, &options, &mut rng)).collect();
            let full = Span::seconds(full);
            assert!(draws.iter().all(|d| d.0 >= full.0 / 2 && *d <= full), "attempt {attempts}");
            assert!(
                draws.iter().any(|d| d.0 < full.0 * 6 / 10) && draws.iter().any(|d| d.0 > full.0 * 9 / 10)
            );
        }
    }
}
