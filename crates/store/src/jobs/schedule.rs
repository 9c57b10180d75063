//! Work that comes back by itself: a row for each schedule, each turn enqueued once whatever the number of instances.

use super::{NewJob, enqueue};
use crate::{StoreError, Tx, params};
use kernel::{Rng, Span, Time};
use serde_json::json;

/// A repeated job. Its turns are jobs of the kind `name`, with an empty payload.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    /// The name, which is also the kind of its jobs, for example `retention.sessions`.
    pub name: &'static str,
    /// From one turn to the next.
    pub every: Span,
}

/// Enqueues a job for every schedule whose turn has come; gives how many.
pub(super) fn tick(
    tx: &mut Tx<'_>,
    schedules: &[Schedule],
    now: Time,
    rng: &mut Rng,
) -> Result<u32, StoreError> {
    let mut turns = 0;
    for schedule in schedules {
        tx.exec(
            "INSERT INTO schedule (name, next_run) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
            params![schedule.name, now],
        )?;
        // Only one instance can move the row from "due" to "not due".
        let won = tx.exec(
            "UPDATE schedule SET next_run = $1, last_run = $2 WHERE name = $3 AND next_run <= $2",
            params![now + schedule.every, now, schedule.name],
        )?;
        if won == 1 {
            let key = format!("schedule/{}/{}", schedule.name, now.0);
            let job = NewJob {
                kind: schedule.name,
                key: Some(&key),
                payload: json!({}),
                run_at: now,
                max_attempts: 5,
            };
            enqueue(tx, &job, now, rng)?;
            turns += 1;
        }
    }
    Ok(turns)
}

/// Whether a turn of any of these schedules has come.
pub(super) fn due(tx: &mut Tx<'_>, schedules: &[Schedule], now: Time) -> Result<bool, StoreError> {
    for schedule in schedules {
        let next =
            tx.opt("SELECT next_run FROM schedule WHERE name = $1", params![schedule.name], |row| {
                row.get(0)
            })?;
        if next.is_none_or(|next: Time| next <= now) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Every schedule row: name, next turn, last turn; for the administrator.
pub fn upcoming(tx: &mut Tx<'_>) -> Result<Vec<(String, Time, Option<Time>)>, StoreError> {
    tx.all("SELECT name, next_run, last_run FROM schedule ORDER BY name", &[], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })
}
