//! The storage tests: each runs on SQLite, and on PostgreSQL where it is installed.

mod transactions;
