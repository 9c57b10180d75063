//! A thread of the pool: takes closures from the queue and runs each as one transaction on its connection.

use super::error::Remedy;
use super::{Address, PgSession};
use crate::queue::Queue;
use crate::tx::{Session, Tx};
use crate::work::{Verdict, Work};
use crate::{Stats, StoreError};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

/// How often a closure is run again because another transaction was in its way, or the connection broke before the commit.
const TRIES: u32 = 8;

pub(super) struct Thread {
    address: Arc<Address>,
    stats: Arc<Stats>,
}

/// What became of one run of a closure.
enum Run {
    /// The caller may be answered.
    Over(Result<(), StoreError>),
    /// Something passing was in the way.
    Again,
}

impl Thread {
    pub fn new(address: Arc<Address>, stats: Arc<Stats>) -> Thread {
        Thread { address, stats }
    }

    /// Serves closures until the queue is closed.
    pub fn serve(&self, queue: &Queue<Box<dyn Work>>) {
        let mut session = None;
        while let Some(mut work) = queue.pop() {
            if work.abandoned() {
                continue;
            }
            // Closures catch their own panics; should one of ours get here, the thread lives on with a new connection.
            match catch_unwind(AssertUnwindSafe(|| self.transaction(&mut session, work.as_mut()))) {
                Ok(kept) => {
                    work.answer(kept);
                    session.iter_mut().for_each(PgSession::end_reading);
                }
                Err(_) => {
                    session = None;
                    work.answer(Err(StoreError::bug("a storage thread panicked")));
                }
            }
        }
    }

    fn transaction(&self, slot: &mut Option<PgSession>, work: &mut dyn Work) -> Result<(), StoreError> {
        let mut broken = 0;
        for attempt in 1..=TRIES {
            if slot.as_ref().is_none_or(PgSession::closed) {
                *slot = None;
                broken += 1;
                // An old connection may have died in its sleep; two dead ones in a row are an outage.
                if broken > 2 {
                    return Err(StoreError::Unavailable("PostgreSQL: connections break".into()));
                }
                *slot = Some(PgSession::connect(&self.address)?);
            }
            let Some(session) = slot.as_mut() else { continue };
            match self.once(session, work, attempt == TRIES) {
                Run::Over(kept) => return kept,
                Run::Again if session.remedy == Remedy::Again => {
                    // Let the others finish; later attempts stand further back.
                    let pause = Duration::from_millis(u64::from(attempt * attempt));
                    session.pause(pause);
                }
                Run::Again => session.replan(),
            }
        }
        Err(StoreError::Unavailable("PostgreSQL: transactions keep getting in each other's way".into()))
    }

    fn once(&self, session: &mut PgSession, work: &mut dyn Work, last: bool) -> Run {
        let reads = work.reads();
        session.begin(reads);
        let mut tx = Tx::new(Session::Postgres(session));
        let verdict = work.attempt(&mut tx);
        let enqueued = tx.enqueued;
        if verdict == Verdict::Undo {
            let remedy = session.remedy;
            if !session.closed() && session.end("ROLLBACK").is_err() {
                session.remedy = Remedy::Reconnect;
            }
            let again = remedy != Remedy::None && !last;
            if again && session.remedy == Remedy::None {
                session.remedy = remedy;
            }
            return if again { Run::Again } else { Run::Over(Ok(())) };
        }
        if reads {
            return Run::Over(Ok(()));
        }
        match session.end("COMMIT") {
            Ok(()) => {}
            // The server said that it undid the transaction, so it may be run again. A connection that broke
            // during the commit leaves its fate unknown: never run that again.
            Err(_) if session.remedy == Remedy::Again && !last => return Run::Again,
            Err(error) => return Run::Over(Err(unavailable(error))),
        }
        self.stats.committed(1, enqueued);
        Run::Over(Ok(()))
    }
}

fn unavailable(error: StoreError) -> StoreError {
    match error {
        StoreError::Unavailable(_) => error,
        other => StoreError::Unavailable(other.to_string()),
    }
}
