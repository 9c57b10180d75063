//! The writer thread: every closure that is waiting shares one transaction, one commit and one sync.
//!
//! Nothing waits for company: the first closure starts a group at once, and while its commit syncs, the next group
//! gathers in the queue. So a slow disk makes groups larger instead of making writers slower.

use crate::error::from_sqlite;
use crate::queue::Queue;
use crate::tx::{Session, Tx};
use crate::work::{Verdict, Work};
use crate::{Stats, StoreError};
use rusqlite::Connection;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

pub(super) struct Writer {
    connection: Connection,
    /// The most closures that share one commit; bounds how long the first of them waits.
    group_max: usize,
    stats: Arc<Stats>,
}

/// What a closure leaves in its group.
struct Ran {
    kept: bool,
    enqueued: bool,
}

impl Writer {
    pub fn new(connection: Connection, group_max: usize, stats: Arc<Stats>) -> Writer {
        Writer { connection, group_max: group_max.max(1), stats }
    }

    /// Serves closures until the queue is closed.
    pub fn serve(&self, queue: &Queue<Box<dyn Work>>) {
        while let Some(first) = queue.pop() {
            // Closures catch their own panics; should one of ours get here, the group is undone (its callers are
            // told that nobody answers) and the thread lives on.
            if catch_unwind(AssertUnwindSafe(|| self.group(first, || queue.try_pop()))).is_err() {
                self.undo();
            }
        }
        // A tidy end: a backup of the file alone is then complete.
        let _ = self.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    fn simple(&self, sql: &str) -> Result<(), StoreError> {
        let run = self.connection.prepare_cached(sql).and_then(|mut statement| statement.raw_execute());
        run.map(|_| ()).map_err(from_sqlite)
    }

    /// Runs one group: `first` and whatever `next` gives, up to the limit; commits once; answers all.
    fn group(&self, first: Box<dyn Work>, mut next: impl FnMut() -> Option<Box<dyn Work>>) {
        if let Err(error) = self.simple("BEGIN IMMEDIATE") {
            first.answer(Err(unavailable(error)));
            return;
        }
        let mut done = Vec::new();
        let (mut changed, mut enqueued) = (0, false);
        let mut waiting = Some(first);
        while let Some(mut work) = waiting.take() {
            if !work.abandoned() {
                let ran = self.member(work.as_mut());
                done.push(work);
                match ran {
                    Ok(ran) => {
                        changed += u64::from(ran.kept);
                        enqueued |= ran.enqueued;
                    }
                    Err(error) => return self.broken(done, error),
                }
            }
            if done.len() < self.group_max {
                waiting = next();
            }
        }
        let kept = self.commit();
        if kept.is_ok() {
            self.stats.committed(changed, enqueued);
        }
        for work in done {
            work.answer(kept.clone());
        }
    }

    /// Runs one closure in its own savepoint; `Err` says that the whole group is lost.
    fn member(&self, work: &mut dyn Work) -> Result<Ran, StoreError> {
        self.simple("SAVEPOINT member")?;
        let reads = work.reads();
        if reads {
            self.simple("PRAGMA query_only=ON")?;
        }
        let mut tx = Tx::new(Session::Sqlite(&self.connection));
        let verdict = work.attempt(&mut tx);
        let enqueued = tx.enqueued;
        if reads {
            self.simple("PRAGMA query_only=OFF")?;
        }
        // Some failures (a full disk, a read error) make SQLite undo the whole transaction by itself.
        if self.connection.is_autocommit() {
            return Err(StoreError::Unavailable("the engine undid the transaction".into()));
        }
        if verdict == Verdict::Undo {
            self.simple("ROLLBACK TO member")?;
        }
        self.simple("RELEASE member")?;
        let kept = verdict == Verdict::Keep;
        Ok(Ran { kept: kept && !reads, enqueued: kept && enqueued })
    }

    /// Ends whatever transaction is open; a failure here shows again at the next BEGIN.
    fn undo(&self) {
        if !self.connection.is_autocommit() {
            let _ = self.simple("ROLLBACK");
        }
    }

    fn commit(&self) -> Result<(), StoreError> {
        self.simple("COMMIT").map_err(|error| {
            self.undo();
            unavailable(error)
        })
    }

    /// The transaction fell apart under the last closure of `done`; the others did nothing wrong, so each of them
    /// runs once more, alone.
    fn broken(&self, mut done: Vec<Box<dyn Work>>, error: StoreError) {
        self.undo();
        tracing::warn!(members = done.len(), "a group of writes was undone by the engine: {error}");
        if let Some(last) = done.pop() {
            last.answer(Err(unavailable(error)));
        }
        for mut work in done {
            let kept = self.alone(work.as_mut());
            work.answer(kept);
        }
    }

    fn alone(&self, work: &mut dyn Work) -> Result<(), StoreError> {
        self.simple("BEGIN IMMEDIATE").map_err(unavailable)?;
        match self.member(work) {
            Ok(ran) => {
                self.commit()?;
                self.stats.committed(u64::from(ran.kept), ran.enqueued);
                Ok(())
            }
            Err(error) => {
                self.undo();
                Err(unavailable(error))
            }
        }
    }
}

/// Whatever stopped a begin or a commit, the caller cannot help it.
fn unavailable(error: StoreError) -> StoreError {
    match error {
        StoreError::Unavailable(_) => error,
        other => StoreError::Unavailable(other.to_string()),
    }
}
