//! The embedded engine: one writer thread with group commit, several reader threads.

mod reader;
mod writer;

use crate::error::from_sqlite;
use crate::queue::Queue;
use crate::{Options, Running, Stats, StoreError, spawn};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::fs::OpenOptions;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the database lives.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    File(PathBuf),
    /// One private database in memory, on the writer's connection; readers go through the writer.
    Memory,
}

impl Place {
    /// Reads what stands after `sqlite:` in an address.
    pub fn parse(rest: &str) -> Place {
        let path = rest.strip_prefix("//").unwrap_or(rest);
        if path == ":memory:" { Place::Memory } else { Place::File(PathBuf::from(path)) }
    }

    /// Moves everything from the write-ahead log into the file and empties the log; `false` when somebody still reads
    /// from it. What was deleted is then in neither: `secure_delete` overwrites freed space.
    pub fn scrub(&self, options: &Options) -> Result<bool, StoreError> {
        if matches!(self, Place::Memory) {
            return Ok(true);
        }
        let connection = self.connect(options)?;
        let busy: i64 = connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
            .map_err(from_sqlite)?;
        Ok(busy == 0)
    }

    /// Opens a connection with the settings that every connection has.
    pub fn connect(&self, options: &Options) -> Result<Connection, StoreError> {
        let connection = match self {
            Place::Memory => Connection::open_in_memory(),
            Place::File(path) => {
                let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
                    | OpenFlags::SQLITE_OPEN_CREATE
                    | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                Connection::open_with_flags(path, flags)
            }
        }
        .map_err(from_sqlite)?;
        connection.busy_timeout(options.busy_timeout.to_std()).map_err(from_sqlite)?;
        connection.set_prepared_statement_cache_capacity(options.statements);
        // FULL: a commit is on the disk before it is answered. `fullfsync` matters on macOS only.
        let settings = format!(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA fullfsync=ON; PRAGMA foreign_keys=ON;
             PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY; PRAGMA secure_delete=ON;
             PRAGMA wal_autocheckpoint={}; PRAGMA journal_size_limit={};",
            options.wal_pages,
            options.wal_pages * 4096 * 2,
        );
        connection.execute_batch(&settings).map_err(from_sqlite)?;
        // One plan for a statement whatever its values are: planning again for new values took a third of the writer's time.
        // So conditions of partial indexes stand in statements as literals, never as values.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(from_sqlite)?;
        Ok(connection)
    }
}

/// Opens the database, brings its schema up to date and starts its threads. Blocking.
pub(crate) fn start(place: &Place, options: &Options, shared: &Arc<Stats>) -> Result<Running, StoreError> {
    if let Place::File(path) = place {
        make_private(path)
            .map_err(|e| StoreError::Unavailable(format!("the database file: {}", e.kind())))?;
    }
    let connection = place.connect(options)?;
    crate::migrate::sqlite(&connection)?;

    let write = Arc::new(Queue::new(options.write_queue));
    let mut threads = Vec::new();
    let writer = writer::Writer::new(connection, options.group_max, shared.clone());
    let queue = write.clone();
    threads.push(spawn("store-writer", move || writer.serve(&queue))?);

    let read = match place {
        Place::Memory => write.clone(),
        Place::File(_) => {
            let read = Arc::new(Queue::new(options.write_queue));
            for number in 0..options.readers.max(1) {
                let connection = place.connect(options)?;
                connection.execute_batch("PRAGMA query_only=ON").map_err(from_sqlite)?;
                let queue = read.clone();
                threads.push(spawn(&format!("store-reader-{number}"), move || {
                    reader::serve(&connection, &queue)
                })?);
            }
            read
        }
    };
    Ok(Running { write, read, threads })
}

/// Makes the folder and an empty file that only their owner may read; SQLite gives its other files the same mode.
fn make_private(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path).map(|_| ())
}
