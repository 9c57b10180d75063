//! A reader thread: one snapshot for each closure, writes refused by the connection.

use crate::error::from_sqlite;
use crate::queue::Queue;
use crate::tx::{Session, Tx};
use crate::work::Work;
use rusqlite::Connection;

/// Serves reading closures until the queue is closed.
pub(super) fn serve(connection: &Connection, queue: &Queue<Box<dyn Work>>) {
    while let Some(mut work) = queue.pop() {
        if work.abandoned() {
            continue;
        }
        let begun = connection.prepare_cached("BEGIN").and_then(|mut begin| begin.raw_execute());
        if let Err(error) = begun {
            work.answer(Err(from_sqlite(error)));
            continue;
        }
        work.attempt(&mut Tx::new(Session::Sqlite(connection)));
        // Nothing was written, so how the snapshot ends makes no difference to the answer.
        let _ = connection.prepare_cached("ROLLBACK").and_then(|mut end| end.raw_execute());
        work.answer(Ok(()));
    }
}
