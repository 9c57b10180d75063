//! The transaction that a closure works with, and the rows it reads: the same on both engines.

use crate::error::from_sqlite;
use crate::postgres::{self, PgSession};
use crate::value::{Cell, Column, unexpected};
use crate::{Engine, StoreError, Value};
use rusqlite::types::{ToSqlOutput, ValueRef};

/// One transaction. Statements are one SQL text for both engines, see the crate's documentation.
///
/// After a statement has failed (for example with [`StoreError::Conflict`]) the transaction can only be undone,
/// as PostgreSQL has it; to go on after an expected failure write `ON CONFLICT`, or wrap the part in [`Tx::attempt`].
pub struct Tx<'c> {
    session: Session<'c>,
    failure: Option<StoreError>,
    depth: u32,
    pub(crate) enqueued: bool,
}

pub(crate) enum Session<'c> {
    Sqlite(&'c rusqlite::Connection),
    Postgres(&'c mut PgSession),
}

impl<'c> Tx<'c> {
    pub(crate) fn new(session: Session<'c>) -> Tx<'c> {
        Tx { session, failure: None, depth: 0, enqueued: false }
    }

    /// The engine below, for the rare statement that must differ (they live in `dialect.rs`).
    pub fn engine(&self) -> Engine {
        match self.session {
            Session::Sqlite(_) => Engine::Sqlite,
            Session::Postgres(_) => Engine::Postgres,
        }
    }

    pub(crate) fn failed(&self) -> bool {
        self.failure.is_some()
    }

    /// Runs a statement; gives the number of rows it changed.
    pub fn exec(&mut self, sql: &str, params: &[Value<'_>]) -> Result<u64, StoreError> {
        let mut none = |_: &Row<'_>| Ok(());
        self.run(sql, params, &mut none)
    }

    /// The first row, or a bug if there is none.
    pub fn one<T>(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
        read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.opt(sql, params, read)?.ok_or_else(|| StoreError::bug("no row where one must be"))
    }

    /// The first row, if there is one.
    pub fn opt<T>(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut found = None;
        self.run(sql, params, &mut |row| {
            if found.is_none() {
                found = Some(read(row)?);
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// Every row, in order.
    pub fn all<T>(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut rows = Vec::new();
        self.run(sql, params, &mut |row| {
            rows.push(read(row)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// A part that may fail by itself: when `part` gives `Err`, only what it did is undone and the transaction goes on.
    pub fn attempt<T, E: From<StoreError>>(
        &mut self,
        part: impl FnOnce(&mut Tx<'c>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.depth += 1;
        let name = format!("part_{}", self.depth);
        self.exec(&format!("SAVEPOINT {name}"), &[])?;
        let enqueued = self.enqueued;
        let result = part(self);
        self.depth -= 1;
        if result.is_ok() && self.failure.is_none() {
            self.exec(&format!("RELEASE SAVEPOINT {name}"), &[])?;
            return result;
        }
        let failure = self.failure.take();
        self.enqueued = enqueued;
        self.exec(&format!("ROLLBACK TO SAVEPOINT {name}"), &[])?;
        self.exec(&format!("RELEASE SAVEPOINT {name}"), &[])?;
        match (result, failure) {
            (Ok(_), Some(failure)) => Err(failure.into()),
            (result, _) => result,
        }
    }

    /// Runs the statement and shows each row to `each`; remembers a failure of the engine, not one of `each`.
    fn run(&mut self, sql: &str, params: &[Value<'_>], each: Each<'_>) -> Result<u64, StoreError> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        // PostgreSQL cannot store it; so that a program tested on one engine works on the other, neither takes it.
        if params.iter().any(|value| matches!(value, Value::Text(text) if text.contains('\0'))) {
            return Err(StoreError::bug("a text parameter holds U+0000"));
        }
        let ran = match &mut self.session {
            Session::Sqlite(connection) => run_sqlite(connection, sql, params, each),
            Session::Postgres(session) => session.run(sql, params, each),
        };
        ran.map_err(|problem| match problem {
            Problem::Reading(error) => error,
            Problem::Engine(error) => {
                self.failure = Some(error.clone());
                error
            }
        })
    }
}

/// Shown each row; `Ok` goes on to the next.
pub(crate) type Each<'e> = &'e mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>;

/// Who failed: the engine (which dooms the transaction) or the reader of a row (which does not).
pub(crate) enum Problem {
    Engine(StoreError),
    Reading(StoreError),
}

/// One row of a result.
pub struct Row<'r>(pub(crate) RowOf<'r>);

pub(crate) enum RowOf<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r tokio_postgres::Row),
}

impl Row<'_> {
    /// The column at `index`, counted from 0; a bug if it has another type.
    pub fn get<T: Column>(&self, index: usize) -> Result<T, StoreError> {
        let cell = match &self.0 {
            RowOf::Postgres(row) => postgres::cell::<T>(row, index)?,
            RowOf::Sqlite(row) => match row.get_ref(index).map_err(from_sqlite)? {
                ValueRef::Null => Cell::Null,
                ValueRef::Integer(n) => Cell::Int(n),
                ValueRef::Text(text) => {
                    Cell::Text(std::str::from_utf8(text).map_err(|_| unexpected::<T>(index))?)
                }
                ValueRef::Blob(bytes) => Cell::Blob(bytes),
                ValueRef::Real(_) => return Err(unexpected::<T>(index)),
            },
        };
        T::from_cell(cell).ok_or_else(|| unexpected::<T>(index))
    }
}

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(n) => ValueRef::Integer(*n),
            Value::Bool(b) => ValueRef::Integer(i64::from(*b)),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn run_sqlite(
    connection: &rusqlite::Connection,
    sql: &str,
    params: &[Value<'_>],
    each: Each<'_>,
) -> Result<u64, Problem> {
    let engine = |error| Problem::Engine(from_sqlite(error));
    let mut statement = connection.prepare_cached(sql).map_err(engine)?;
    let count = statement.parameter_count();
    if count != params.len() {
        return Err(Problem::Engine(StoreError::Bug(format!(
            "{count} parameters asked, {} given",
            params.len()
        ))));
    }
    for index in 1..=count {
        // SQLite numbers `$3` by its first appearance; its name says which parameter is meant.
        let number = statement.parameter_name(index).and_then(|name| name[1..].parse::<usize>().ok());
        let value = number.and_then(|n| params.get(n.wrapping_sub(1)));
        let value = value.ok_or_else(|| Problem::Engine(StoreError::bug("parameters must be $1 to $n")))?;
        statement.raw_bind_parameter(index, value).map_err(engine)?;
    }
    let reads = statement.column_count() > 0;
    let mut rows = statement.raw_query();
    let mut seen = 0;
    let mut bad = None;
    // The statement is always run to its end, so that RETURNING changes the same rows on both engines.
    while let Some(row) = rows.next().map_err(engine)? {
        seen += 1;
        if bad.is_none() {
            bad = each(&Row(RowOf::Sqlite(row))).err();
        }
    }
    drop(rows);
    match bad {
        Some(error) => Err(Problem::Reading(error)),
        None if reads => Ok(seen),
        None => Ok(connection.changes()),
    }
}
