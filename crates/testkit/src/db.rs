//! Throw-away databases: a fresh one for each test, on SQLite always and on PostgreSQL when it is installed.
//!
//! `PRISTAN_TEST_PG=required` makes a missing PostgreSQL a failure, `PRISTAN_TEST_PG=off` leaves it out.

use crate::cluster::{self, Cluster};
use std::future::Future;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use store::{Db, Options, StoreError};

/// A database that disappears with this value.
pub struct TestDb {
    db: Db,
    url: String,
    _place: Place,
}

enum Place {
    Folder(PathBuf),
    Postgres { cluster: &'static Cluster, name: String },
}

impl Drop for Place {
    fn drop(&mut self) {
        match self {
            Place::Folder(folder) => drop(std::fs::remove_dir_all(folder)),
            Place::Postgres { cluster, name } => cluster.drop_database(name),
        }
    }
}

impl Deref for TestDb {
    type Target = Db;
    fn deref(&self) -> &Db {
        &self.db
    }
}

impl TestDb {
    /// The open database.
    pub fn db(&self) -> Db {
        self.db.clone()
    }

    /// Its address, for a second process.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Opens it once more, as a second instance of the program would.
    pub async fn again(&self, options: Options) -> Result<Db, StoreError> {
        Db::open(&self.url, options).await
    }
}

/// The options of tests: small, so that many tests fit beside each other.
pub fn options() -> Options {
    Options { readers: 2, pg_connections: 4, ..Options::default() }
}

static NUMBER: AtomicU64 = AtomicU64::new(0);

fn unique() -> String {
    format!("t_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed))
}

/// A new folder for one test; in memory where the system has such a place, since tests need no real disk.
pub fn folder() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    let base = if memory.is_dir() { memory } else { std::env::temp_dir() };
    let folder = base.join(format!("pristan_{}", unique()));
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    folder
}

/// A fresh SQLite database with these options.
pub async fn sqlite_with(options: Options) -> TestDb {
    let folder = folder();
    let url = format!("sqlite:{}/test.db", folder.display());
    let db = Db::open(&url, options).await.expect("a SQLite database opens");
    TestDb { db, url, _place: Place::Folder(folder) }
}

/// A fresh SQLite database.
pub async fn sqlite() -> TestDb {
    sqlite_with(options()).await
}

/// A fresh PostgreSQL database with these options, or `None` (said on standard error) where there is no PostgreSQL.
pub async fn postgres_with(options: Options) -> Option<TestDb> {
    let cluster = match tokio::task::spawn_blocking(cluster::shared).await.expect("no panic") {
        Ok(cluster) => cluster,
        Err(why) => {
            assert!(
                std::env::var("PRISTAN_TEST_PG").as_deref() != Ok("required"),
                "PostgreSQL is required: {why}"
            );
            eprintln!("skipped on PostgreSQL: {why}");
            return None;
        }
    };
    let name = unique();
    let (template, new) = (cluster.template().await, name.clone());
    tokio::task::spawn_blocking(move || cluster.create_database(&new, &template)).await.expect("no panic");
    let url = cluster.url(&name);
    let db = Db::open(&url, options).await.expect("a PostgreSQL database opens");
    Some(TestDb { db, url, _place: Place::Postgres { cluster, name } })
}

/// A fresh PostgreSQL database, or `None` (said on standard error) where there is no PostgreSQL.
pub async fn postgres() -> Option<TestDb> {
    postgres_with(options()).await
}

/// Runs the test on a fresh database of every engine that is there.
pub async fn each_engine<F: Future<Output = ()>>(test: impl FnMut(TestDb) -> F) {
    each_engine_with(options(), test).await;
}

/// The same with options of the test's own.
pub async fn each_engine_with<F: Future<Output = ()>>(options: Options, mut test: impl FnMut(TestDb) -> F) {
    eprintln!("on SQLite");
    test(sqlite_with(options.clone()).await).await;
    if let Some(db) = postgres_with(options).await {
        eprintln!("on PostgreSQL");
        test(db).await;
    }
}
