//! The handle that the rest of the program holds.

use crate::queue::{Queue, Refused};
use crate::work::{Typed, Work};
use crate::{StoreError, Tx, postgres, sqlite};
use kernel::Span;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use tokio::sync::{oneshot, watch};

/// Which engine is below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// The embedded one, in a file.
    Sqlite,
    /// A server.
    Postgres,
}

/// Limits and sizes; every one may be set in the configuration.
#[derive(Clone, Debug)]
pub struct Options {
    /// SQLite: connections (and threads) that only read.
    pub readers: usize,
    /// PostgreSQL: connections (and threads) at most.
    pub pg_connections: usize,
    /// Closures that may wait before [`StoreError::Busy`] is answered; readers have a queue of the same size.
    pub write_queue: usize,
    /// SQLite: the most closures that share one commit.
    pub group_max: usize,
    /// SQLite: how long to wait for another process that holds the write lock. PostgreSQL: how long to wait for a connection.
    pub busy_timeout: Span,
    /// Prepared statements kept by each connection.
    pub statements: usize,
    /// PostgreSQL: a PEM file of the authorities trusted to sign the server's certificate. Without it there is no TLS.
    pub pg_ca: Option<PathBuf>,
    /// PostgreSQL: after so much silence of a server that owes an answer, the connection counts as broken.
    pub pg_silence: Span,
    /// PostgreSQL: the longest statement.
    pub pg_statement_timeout: Span,
    /// SQLite: pages of 4096 bytes in the write-ahead log before it is copied into the database file.
    pub wal_pages: u32,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            readers: 4,
            pg_connections: 16,
            write_queue: 4096,
            group_max: 512,
            busy_timeout: Span::seconds(5),
            statements: 256,
            pg_ca: None,
            pg_silence: Span::seconds(30),
            pg_statement_timeout: Span::seconds(30),
            wal_pages: 2000,
        }
    }
}

/// What the storage has done since it was opened; for metrics.
#[derive(Debug, Default)]
pub struct Stats {
    /// Commits, each with one sync of the disk.
    pub commits: AtomicU64,
    /// Closures kept by those commits.
    pub writes: AtomicU64,
    /// Counts commits that enqueued a job; watched by the workers.
    pub(crate) enqueued: watch::Sender<u64>,
}

/// The queues and threads of an open database.
pub(crate) struct Running {
    pub write: Arc<Queue<Box<dyn Work>>>,
    pub read: Arc<Queue<Box<dyn Work>>>,
    pub threads: Vec<JoinHandle<()>>,
}

pub(crate) fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreError> {
    let thread = std::thread::Builder::new().name(name.to_owned());
    thread.spawn(body).map_err(|e| StoreError::Unavailable(format!("a storage thread: {}", e.kind())))
}

impl Stats {
    /// Counts one commit of so many closures, and wakes the job workers if one of them enqueued.
    pub(crate) fn committed(&self, writes: u64, enqueued: bool) {
        if writes > 0 {
            self.commits.fetch_add(1, Relaxed);
            self.writes.fetch_add(writes, Relaxed);
        }
        if enqueued {
            self.enqueued.send_modify(|count| *count += 1);
        }
    }
}

/// An open database; cheap to clone.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Engine,
    write: Arc<Queue<Box<dyn Work>>>,
    read: Arc<Queue<Box<dyn Work>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    stats: Arc<Stats>,
    /// The file and its settings, on SQLite.
    file: Option<(sqlite::Place, Options)>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        // The threads end by themselves once they have served what is waiting.
        self.write.close();
        self.read.close();
    }
}

impl Db {
    /// Opens `sqlite:PATH`, `sqlite::memory:` or `postgres://…` (also over a unix socket), applies missing migrations
    /// under a lock and starts the connections.
    pub async fn open(url: &str, options: Options) -> Result<Db, StoreError> {
        let stats = Arc::new(Stats::default());
        let url = url.to_owned();
        let shared = stats.clone();
        let started = tokio::task::spawn_blocking(move || {
            if let Some(rest) = url.strip_prefix("sqlite:") {
                let place = sqlite::Place::parse(rest);
                let running = sqlite::start(&place, &options, &shared)?;
                Ok((Engine::Sqlite, running, Some((place, options))))
            } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
                let running = postgres::start(postgres::Address::parse(&url, &options)?, &shared)?;
                Ok((Engine::Postgres, running, None))
            } else {
                Err(StoreError::bug("a database address starts with sqlite: or postgres://"))
            }
        });
        let (engine, running, file) =
            started.await.map_err(|_| StoreError::bug("opening the database panicked"))??;
        let Running { write, read, threads } = running;
        Ok(Db { inner: Arc::new(Inner { engine, write, read, threads: Mutex::new(threads), stats, file }) })
    }

    /// The engine below.
    pub fn engine(&self) -> Engine {
        self.inner.engine
    }

    /// Runs `f` as one durable transaction: when this gives `Ok`, the change is on the disk.
    ///
    /// `f` may run more than once, see the crate's documentation.
    pub async fn write<T, E>(
        &self,
        f: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.run(&self.inner.write, false, f).await
    }

    /// Runs `f` on one snapshot of the database; statements that write are refused.
    pub async fn read<T, E>(
        &self,
        f: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.run(&self.inner.read, true, f).await
    }

    async fn run<T, E>(
        &self,
        queue: &Queue<Box<dyn Work>>,
        reads: bool,
        closure: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let work = Typed { closure, result: None, reply, reads };
        match queue.push(Box::new(work)) {
            Ok(()) => {}
            Err(Refused::Full) => return Err(StoreError::Busy.into()),
            Err(Refused::Closed) => return Err(StoreError::Unavailable("closed".into()).into()),
        }
        match answer.await {
            Ok(result) => result,
            Err(_) => Err(StoreError::Unavailable("a storage thread ended".into()).into()),
        }
    }

    /// Closures waiting now, writers and readers; for metrics.
    pub fn waiting(&self) -> (usize, usize) {
        (self.inner.write.len(), self.inner.read.len())
    }

    /// Counters since the opening.
    pub fn stats(&self) -> &Stats {
        &self.inner.stats
    }

    /// Changes after each commit of this process that enqueued a job.
    pub fn enqueued(&self) -> watch::Receiver<u64> {
        self.inner.stats.enqueued.subscribe()
    }

    /// Makes sure that deleted rows stand nowhere in the files any more: on SQLite the write-ahead log is written back
    /// and emptied (`false` when a reader was in the way: try again later). On PostgreSQL that is the work of vacuum
    /// and of the archive's rules; nothing is done here.
    pub async fn scrub(&self) -> Result<bool, StoreError> {
        let Some((place, options)) = self.inner.file.clone() else { return Ok(true) };
        let scrubbed = tokio::task::spawn_blocking(move || place.scrub(&options));
        scrubbed.await.map_err(|_| StoreError::bug("emptying the write-ahead log panicked"))?
    }

    /// Refuses new work, finishes what is waiting and closes the connections.
    pub async fn close(&self) {
        self.inner.write.close();
        self.inner.read.close();
        let threads = std::mem::take(&mut *self.inner.threads.lock().unwrap_or_else(|e| e.into_inner()));
        let joined =
            tokio::task::spawn_blocking(move || threads.into_iter().for_each(|t| drop(t.join()))).await;
        if joined.is_err() {
            tracing::error!("a storage thread panicked while closing");
        }
    }
}
