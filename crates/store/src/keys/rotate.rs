//! Sweeps: passes over stored rows, in small batches, after a key was rotated.
//!
//! Tables register themselves: the program collects one [`Sweep`] for each column that depends on a ring key, and runs
//! [`start`] after a rotation. Each batch is one job, so a pass survives restarts and never holds a lock for long.

use super::{KeyRing, Use};
use crate::jobs::{self, Handler, Job, NewJob, Outcome};
use crate::{Db, StoreError, Tx, params};
use kernel::{Clock, Rng, RngSource, Time};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The kind of the jobs that sweep.
pub const JOB: &str = "keys.sweep";
/// Rows looked at in one batch.
pub const BATCH: u32 = 500;

/// A pass over the rows that depend on a ring key.
pub trait Sweep: Send + Sync {
    /// A name of its own, for example `account.data_key`.
    fn name(&self) -> &str;

    /// The use of the keys that it depends on: it is run after keys of this use were rotated.
    fn key_use(&self) -> Use;

    /// Brings the rows after `after` (empty at first) up to date, at most `limit` of them, in order of their ids;
    /// gives the last id looked at, or `None` when there were no more rows.
    fn batch(
        &self,
        tx: &mut Tx<'_>,
        ring: &KeyRing,
        after: &str,
        limit: u32,
        rng: &mut Rng,
    ) -> Result<Option<String>, StoreError>;
}

/// The sweep of a column of wrapped subject keys; one such column a table. The names are part of SQL text: constants only.
#[derive(Clone, Copy, Debug)]
pub struct WrappedColumn {
    /// The table.
    pub table: &'static str,
    /// Its primary key, TEXT.
    pub id: &'static str,
    /// The wrapped key, BLOB; NULL once a subject was erased.
    pub wrapped: &'static str,
}

type IdAndKey = (String, Option<Vec<u8>>);

impl Sweep for WrappedColumn {
    fn name(&self) -> &str {
        self.table
    }

    fn key_use(&self) -> Use {
        Use::Kek
    }

    fn batch(
        &self,
        tx: &mut Tx<'_>,
        ring: &KeyRing,
        after: &str,
        limit: u32,
        rng: &mut Rng,
    ) -> Result<Option<String>, StoreError> {
        let active = ring.active_kek_id();
        let rows = self.rows(tx, after, limit)?;
        let WrappedColumn { table, id, wrapped } = self;
        for (key, old) in &rows {
            let Some(old) = old.as_ref().filter(|old| KeyRing::kek_of(old) != Some(active.as_str())) else {
                continue;
            };
            let subject = match ring.unwrap_subject_key(old) {
                Ok(subject) => subject,
                // One damaged row must not keep the others from their new key.
                Err(error) => {
                    tracing::error!(table, row = key, "a wrapped key does not open: {error}");
                    continue;
                }
            };
            let new = ring.wrap_subject_key(&subject, rng);
            // Only if nobody replaced or erased the key in the meantime.
            let sql = format!("UPDATE {table} SET {wrapped} = $1 WHERE {id} = $2 AND {wrapped} = $3");
            tx.exec(&sql, params![&new, key, old])?;
        }
        Ok(rows.into_iter().next_back().map(|(key, _)| key))
    }
}

impl WrappedColumn {
    fn rows(&self, tx: &mut Tx<'_>, after: &str, limit: u32) -> Result<Vec<IdAndKey>, StoreError> {
        let WrappedColumn { table, id, wrapped } = self;
        let sql = format!("SELECT {id}, {wrapped} FROM {table} WHERE {id} > $1 ORDER BY {id} LIMIT $2");
        tx.all(&sql, params![after, limit], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// How many rows each KEK still wraps: a key that is not named here may be retired.
    pub async fn in_use(&self, db: &Db) -> Result<BTreeMap<String, u64>, StoreError> {
        let column = *self;
        db.read(move |tx| {
            let mut counts = BTreeMap::new();
            let mut after = String::new();
            loop {
                let rows = column.rows(tx, &after, BATCH)?;
                let Some((last, _)) = rows.last() else { return Ok(counts) };
                after.clone_from(last);
                for kek in rows.iter().filter_map(|(_, wrapped)| KeyRing::kek_of(wrapped.as_deref()?)) {
                    *counts.entry(kek.to_owned()).or_insert(0) += 1;
                }
            }
        })
        .await
    }
}

/// Enqueues the first batch of every sweep of this use; safe to call again for the same state of the ring.
pub fn start(
    tx: &mut Tx<'_>,
    sweeps: &[Arc<dyn Sweep>],
    ring: &KeyRing,
    key_use: Use,
    now: Time,
    rng: &mut Rng,
) -> Result<(), StoreError> {
    for sweep in sweeps.iter().filter(|sweep| sweep.key_use() == key_use) {
        enqueue(tx, sweep.name(), &ring.active_id(key_use), "", now, rng)?;
    }
    Ok(())
}

fn enqueue(
    tx: &mut Tx<'_>,
    sweep: &str,
    active: &str,
    after: &str,
    now: Time,
    rng: &mut Rng,
) -> Result<(), StoreError> {
    let key = format!("{JOB}/{sweep}/{active}/{after}");
    let payload = json!({ "sweep": sweep, "active": active, "after": after });
    jobs::enqueue(
        tx,
        &NewJob { kind: JOB, key: Some(&key), payload, run_at: now, max_attempts: 20 },
        now,
        rng,
    )?;
    Ok(())
}

/// Runs the batches; register it for [`JOB`].
pub struct SweepHandler {
    /// The database.
    pub db: Db,
    /// The ring.
    pub ring: KeyRing,
    /// Every sweep of the program.
    pub sweeps: Vec<Arc<dyn Sweep>>,
    /// The clock for the next batch's row.
    pub clock: Arc<dyn Clock>,
    /// Chance for new nonces and ids.
    pub rng: RngSource,
}

#[async_trait::async_trait]
impl Handler for SweepHandler {
    async fn run(&self, job: &Job) -> Outcome {
        let text = |name: &str| job.payload.get(name).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
        let (name, active, after) = (text("sweep"), text("active"), text("after"));
        // An instance whose ring is behind would sweep towards the old key.
        if self.ring.reload().is_err() {
            return Outcome::retry("the key file is not readable");
        }
        let Some(new) = self.ring.list().into_iter().find(|key| key.id == active) else {
            return Outcome::retry("the new key is not in this instance's ring yet");
        };
        let mut sweeps = self.sweeps.iter().filter(|sweep| sweep.key_use() == new.key_use);
        let Some(sweep) = sweeps.find(|sweep| sweep.name() == name).cloned() else {
            return Outcome::fail("no such sweep");
        };
        let (ring, now, mut rng) = (self.ring.clone(), self.clock.now(), self.rng.fork());
        let swept = self.db.write(move |tx| {
            if let Some(last) = sweep.batch(tx, &ring, &after, BATCH, &mut rng)? {
                enqueue(tx, sweep.name(), &active, &last, now, &mut rng)?;
            }
            Ok::<_, StoreError>(())
        });
        match swept.await {
            Ok(()) => Outcome::Done,
            Err(error) => Outcome::retry(error.to_string()),
        }
    }
}
