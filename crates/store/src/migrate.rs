//! Brings the schema up to date: embedded files, forward only, each applied once, under a lock.
//!
//! A file is `migrations/NNNN_name.sql`. Its text serves both engines; the one type that differs is written `BLOB`
//! and becomes `BYTEA` on PostgreSQL. When more than that must differ, `NNNN_name.postgres.sql` replaces the file there.
//! Each file and the row that says it was applied are one transaction, so a killed start simply goes on at the next one.

use crate::StoreError;
use crate::error::from_sqlite;
use rusqlite::Connection;

/// Every file of the migrations folder: (file name, text), in order of names.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

pub(crate) const TABLE: &str = "CREATE TABLE IF NOT EXISTS migration (version BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL)";

/// One step of the schema.
pub(crate) struct Migration {
    pub version: i64,
    pub name: &'static str,
    /// SHA-256 of the text as applied, in hexadecimal.
    pub checksum: String,
    pub sql: String,
}

/// The steps of one engine, in order.
pub(crate) fn steps(postgres: bool) -> Result<Vec<Migration>, StoreError> {
    let mut steps: Vec<Migration> = Vec::new();
    for (file, text) in FILES {
        let stem = file.trim_end_matches(".sql");
        let (stem, special) = stem.strip_suffix(".postgres").map_or((stem, false), |stem| (stem, true));
        if special && !postgres {
            continue;
        }
        let sql = if postgres && !special { blob_to_bytea(text) } else { (*text).to_owned() };
        let version = stem.split('_').next().and_then(|n| n.parse().ok());
        let version =
            version.ok_or_else(|| StoreError::Bug(format!("a migration without a number: {file}")))?;
        let step = Migration { version, name: stem, checksum: checksum(&sql), sql };
        match steps.iter_mut().find(|other| other.version == version) {
            // Names are sorted, so both orders of the plain and the special file occur.
            Some(other) if other.name == step.name => {
                if special {
                    *other = step;
                }
            }
            Some(other) => {
                return Err(StoreError::Bug(format!(
                    "two migrations have one number: {} and {file}",
                    other.name
                )));
            }
            None => steps.push(step),
        }
    }
    steps.sort_by_key(|step| step.version);
    Ok(steps)
}

/// The numbers and names of the embedded migrations, for the log and for `admin` commands.
pub fn embedded() -> Vec<(i64, &'static str)> {
    steps(false).map(|steps| steps.into_iter().map(|s| (s.version, s.name)).collect()).unwrap_or_default()
}

/// A mark of the whole state of the embedded migrations, for caches of migrated databases.
pub fn fingerprint() -> String {
    let all: String = FILES.iter().flat_map(|(name, text)| [*name, *text]).collect();
    checksum(&all)[..16].to_owned()
}

fn checksum(sql: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, sql.as_bytes());
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Replaces the word `BLOB`; strings and comments of migrations do not use the word otherwise.
fn blob_to_bytea(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len() + 16);
    let mut word = String::new();
    for c in sql.chars().chain(std::iter::once('\n')) {
        if c.is_ascii_alphanumeric() || c == '_' {
            word.push(c);
            continue;
        }
        out.push_str(if word == "BLOB" { "BYTEA" } else { &word });
        word.clear();
        out.push(c);
    }
    out
}

/// Which steps are still to be applied, given the (version, checksum) rows of the database.
///
/// Rows of a newer program are left alone: an instance of the version before may run beside it during an upgrade.
pub(crate) fn missing(
    steps: Vec<Migration>,
    applied: &[(i64, String)],
) -> Result<Vec<Migration>, StoreError> {
    let mut rest = Vec::new();
    for step in steps {
        match applied.iter().find(|(version, _)| *version == step.version) {
            None => rest.push(step),
            Some((_, checksum)) if *checksum == step.checksum => {}
            Some(_) => {
                return Err(StoreError::Bug(format!(
                    "migration {} was changed after it was applied",
                    step.name
                )));
            }
        }
    }
    Ok(rest)
}

/// Migrates a SQLite database; several processes may start at once, one of them does the work.
pub(crate) fn sqlite(connection: &Connection) -> Result<(), StoreError> {
    // No sync for each step: whatever a power cut takes away is the end of the list, and is applied again. The first
    // commit of a citizen's data syncs the whole log, these steps included.
    connection.execute_batch("PRAGMA synchronous=NORMAL").map_err(from_sqlite)?;
    let done = sqlite_steps(connection, steps(false)?);
    connection.execute_batch("PRAGMA synchronous=FULL").map_err(from_sqlite)?;
    done
}

fn sqlite_steps(connection: &Connection, steps: Vec<Migration>) -> Result<(), StoreError> {
    connection.execute_batch(TABLE).map_err(from_sqlite)?;
    for step in missing(steps, &applied_sqlite(connection)?)? {
        connection.execute_batch("BEGIN IMMEDIATE").map_err(from_sqlite)?;
        let applied = apply_sqlite(connection, step);
        let end = if applied.is_ok() { "COMMIT" } else { "ROLLBACK" };
        let ended = connection.execute_batch(end).map_err(from_sqlite);
        applied?;
        ended?;
    }
    Ok(())
}

fn applied_sqlite(connection: &Connection) -> Result<Vec<(i64, String)>, StoreError> {
    let mut rows =
        connection.prepare_cached("SELECT version, checksum FROM migration").map_err(from_sqlite)?;
    let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).map_err(from_sqlite)?;
    rows.collect::<Result<_, _>>().map_err(from_sqlite)
}

/// Applies one step inside the transaction, unless another process was faster.
fn apply_sqlite(connection: &Connection, step: Migration) -> Result<(), StoreError> {
    for step in missing(vec![step], &applied_sqlite(connection)?)? {
        tracing::info!(migration = step.name, "applying");
        let failed = |error| StoreError::Bug(format!("migration {}: {}", step.name, from_sqlite(error)));
        connection.execute_batch(&step.sql).map_err(failed)?;
        connection
            .execute("INSERT INTO migration VALUES (?1, ?2, ?3)", (step.version, step.name, &step.checksum))
            .map_err(from_sqlite)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(version: i64, name: &'static str, sql: &str) -> Migration {
        Migration { version, name, checksum: checksum(sql), sql: sql.to_owned() }
    }

    #[test]
    fn a_step_that_breaks_leaves_nothing_and_the_next_start_goes_on_there() {
        let connection = Connection::open_in_memory().unwrap();
        let tables = || {
            let mut rows = connection
                .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
                .unwrap();
            rows.query_map([], |row| row.get::<_, String>(0)).unwrap().map(Result::unwrap).collect::<Vec<_>>()
        };
        let good = || step(1, "0001_a", "CREATE TABLE a (x)");
        let broken = step(2, "0002_b", "CREATE TABLE b (x); INSERT INTO nowhere VALUES (1)");
        let error = sqlite_steps(&connection, vec![good(), broken]).unwrap_err();
        assert!(matches!(&error, StoreError::Bug(text) if text.contains("0002_b")), "{error}");
        assert_eq!(tables(), ["a", "migration"]);
        let mended = || step(2, "0002_b", "CREATE TABLE b (x)");
        sqlite_steps(&connection, vec![good(), mended()]).unwrap();
        sqlite_steps(&connection, vec![good(), mended()]).unwrap();
        assert_eq!(tables(), ["a", "b", "migration"]);
        let changed = step(1, "0001_a", "CREATE TABLE a (y)");
        assert!(sqlite_steps(&connection, vec![changed]).is_err());
    }

    #[test]
    fn only_the_word_blob_is_translated() {
        assert_eq!(
            blob_to_bytea("a BLOB, blob_id TEXT, BLOBS TEXT,\nx BLOB);"),
            "a BYTEA, blob_id TEXT, BLOBS TEXT,\nx BYTEA);\n"
        );
    }

    #[test]
    fn the_embedded_files_are_well_formed_for_both_engines() {
        for postgres in [false, true] {
            let steps = steps(postgres).unwrap();
            assert!(steps.windows(2).all(|pair| pair[0].version < pair[1].version));
        }
    }
}
