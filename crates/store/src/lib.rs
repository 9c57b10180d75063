//! Storage on SQLite or PostgreSQL from one code base: transactions, migrations, jobs, keys, backup. No business here.
//!
//! # The common SQL
//! One text serves both engines:
//! - parameters are `$1`, `$2`, …, each used at least once, given by [`params!`];
//! - columns are `TEXT`, `BIGINT`, `BOOLEAN` and `BLOB` (the migration runner writes `BYTEA` on PostgreSQL);
//!   times are `BIGINT` microseconds ([`kernel::Time`]), ids and JSON are `TEXT`;
//! - `INSERT … ON CONFLICT … DO UPDATE … RETURNING`, partial indexes, `CAST(SUM(x) AS BIGINT)` (PostgreSQL sums to
//!   NUMERIC), `IS NOT DISTINCT FROM`, `LIMIT $n`; no triggers, no stored code, no sequences;
//! - where PostgreSQL cannot know a parameter's type (`SELECT $1`), write `CAST($1 AS BIGINT)`.
//!
//! # Closures
//! [`Db::write`] runs a synchronous closure as one transaction. It may be run more than once (another session won a
//! race, a group of writes was undone), so it must build its result from its inputs each time and touch nothing else:
//! no network, no waiting. `Err` or a panic undoes the transaction, and only this one.

pub mod backup;
mod db;
mod error;
pub mod jobs;
pub mod keys;
pub mod migrate;
mod postgres;
mod queue;
mod sqlite;
mod tx;
mod value;
mod work;

pub use db::{Db, Engine, Options, Stats};
pub(crate) use db::{Running, spawn};
pub use error::StoreError;
pub use tx::{Row, Tx};
pub use value::{Cell, Column, Value};
