//! Transactions, values, errors: the same on both engines.

use kernel::{Id, Lang, Level, Span, Time};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use store::{Db, Options, StoreError, params};
use testkit::db::{each_engine, each_engine_with, options};

kernel::id_kinds! {
    /// A thing of the tests.
    Thing = "thg";
}

async fn table(db: &Db) {
    let made = db.write(|tx| {
        tx.exec("CREATE TABLE test_thing (id TEXT PRIMARY KEY, n BIGINT NOT NULL, note TEXT)", &[])?;
        tx.exec("CREATE UNIQUE INDEX test_thing_note ON test_thing (note)", &[])
    });
    made.await.unwrap();
}

async fn add(db: &Db, id: &'static str, n: i64) -> Result<u64, StoreError> {
    db.write(move |tx| tx.exec("INSERT INTO test_thing (id, n) VALUES ($1, $2)", params![id, n])).await
}

async fn count(db: &Db) -> i64 {
    db.read(|tx| tx.one("SELECT COUNT(*) FROM test_thing", &[], |row| row.get::<i64>(0))).await.unwrap()
}

#[tokio::test]
async fn values_come_back_as_they_went_in() {
    each_engine(|db| async move {
        let id: Id<Thing> = Id::new(Time(1_700_000_000_000_000), &mut kernel::Rng::seeded(1));
        let kept = id.clone();
        db.write(move |tx| {
            // Written BLOB in migrations; a test has to choose by itself.
            let blob = if tx.engine() == store::Engine::Postgres { "BYTEA" } else { "BLOB" };
            tx.exec(
                &format!(
                    "CREATE TABLE test_v (id TEXT, i BIGINT, b BOOLEAN, x {blob}, t BIGINT, s BIGINT, l TEXT, g TEXT, j TEXT, z TEXT)"
                ),
                &[],
            )?;
            let json = serde_json::json!({ "a": [1, "два"] });
            let x = vec![0_u8, 255, 7];
            tx.exec(
                "INSERT INTO test_v VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                params![&id, i64::MIN, true, &x, Time(-5), Span::seconds(3), Level::Standard, Lang::En, &json, None::<&str>],
            )
        })
        .await
        .unwrap();
        db.read(move |tx| {
            tx.one("SELECT id, i, b, x, t, s, l, g, j, z FROM test_v WHERE b AND i = $1", params![i64::MIN], |row| {
                assert_eq!(row.get::<Id<Thing>>(0)?, kept);
                assert_eq!(row.get::<i64>(1)?, i64::MIN);
                assert!(row.get::<bool>(2)?);
                assert_eq!(row.get::<Vec<u8>>(3)?, [0, 255, 7]);
                assert_eq!(row.get::<[u8; 3]>(3)?, [0, 255, 7]);
                assert_eq!(row.get::<Time>(4)?, Time(-5));
                assert_eq!(row.get::<Option<Span>>(5)?, Some(Span::seconds(3)));
                assert_eq!(row.get::<Level>(6)?, Level::Standard);
                assert_eq!(row.get::<Lang>(7)?, Lang::En);
                assert_eq!(row.get::<serde_json::Value>(8)?["a"][1], "два");
                assert_eq!(row.get::<Option<String>>(9)?, None);
                assert!(matches!(row.get::<String>(9), Err(StoreError::Bug(_))), "NULL is not a text");
                assert!(matches!(row.get::<i64>(0), Err(StoreError::Bug(_))), "a text is not a number");
                assert!(matches!(row.get::<u8>(1), Err(StoreError::Bug(_))), "out of range");
                assert!(matches!(row.get::<i64>(10), Err(StoreError::Bug(_))), "no such column");
                Ok(())
            })
        })
        .await
        .unwrap();
    })
    .await;
}

#[tokio::test]
async fn parameters_may_stand_in_any_order_and_twice() {
    each_engine(|db| async move {
        table(&db).await;
        db.write(|tx| {
            tx.exec("INSERT INTO test_thing (note, n, id) VALUES ($3, $2, $1)", params!["a", 7, "note"])
        })
        .await
        .unwrap();
        let found = db.read(|tx| {
            let sql = "SELECT id FROM test_thing WHERE note = $2 AND n = $1 AND (n = $1 OR note <> $2)";
            tx.opt(sql, params![7, "note"], |row| row.get::<String>(0))
        });
        assert_eq!(found.await.unwrap().as_deref(), Some("a"));
        // Too few and too many are refused.
        for wrong in [params![7].to_vec(), params![7, "note", 1].to_vec()] {
            let asked = db.read(move |tx| {
                tx.all("SELECT id FROM test_thing WHERE note = $2 AND n = $1", &wrong, |_| Ok(()))
            });
            assert!(matches!(asked.await, Err(StoreError::Bug(_))));
        }
    })
    .await;
}

#[tokio::test]
async fn an_upsert_returns_its_rows_and_exec_counts() {
    each_engine(|db| async move {
        table(&db).await;
        for expected in [1_i64, 2, 3] {
            let n = db.write(|tx| {
                let sql = "INSERT INTO test_thing (id, n) VALUES ($1, 1) ON CONFLICT (id) DO UPDATE SET n = test_thing.n + 1 RETURNING n";
                tx.one(sql, params!["a"], |row| row.get::<i64>(0))
            });
            assert_eq!(n.await.unwrap(), expected);
        }
        add(&db, "b", 3).await.unwrap();
        let changed = db.write(|tx| tx.exec("UPDATE test_thing SET n = 9 WHERE n = $1", params![3]));
        assert_eq!(changed.await.unwrap(), 2);
        // A reader that only wants the first row does not stop the statement from changing all of them.
        let first = db.write(|tx| tx.opt("UPDATE test_thing SET n = 10 RETURNING id", &[], |row| row.get::<String>(0)));
        assert!(first.await.unwrap().is_some());
        let tens = db.read(|tx| tx.one("SELECT COUNT(*) FROM test_thing WHERE n = 10", &[], |row| row.get::<i64>(0)));
        assert_eq!(tens.await.unwrap(), 2);
    })
    .await;
}

#[tokio::test]
async fn an_err_or_a_panic_undoes_everything_and_nothing_else() {
    each_engine(|db| async move {
        table(&db).await;
        let refused = db.write(|tx| {
            tx.exec("INSERT INTO test_thing (id, n) VALUES ('x', 1)", &[])?;
            Err::<(), _>(StoreError::bug("on purpose"))
        });
        assert_eq!(refused.await, Err(StoreError::bug("on purpose")));
        let panicked = db.write(|tx| {
            tx.exec("INSERT INTO test_thing (id, n) VALUES ('y', 1)", &[])?;
            if tx.engine() == tx.engine() {
                panic!("on purpose");
            }
            Ok::<_, StoreError>(())
        });
        assert!(matches!(panicked.await, Err(StoreError::Bug(_))));
        assert_eq!(count(&db).await, 0);
        add(&db, "z", 1).await.unwrap();
        assert_eq!(count(&db).await, 1);
    })
    .await;
}

#[tokio::test]
async fn conflicts_are_told_and_do_not_name_values() {
    each_engine(|db| async move {
        table(&db).await;
        add(&db, "secret-name", 1).await.unwrap();
        let twice = add(&db, "secret-name", 1).await.unwrap_err();
        assert_eq!(twice, StoreError::Conflict);
        for sql in [
            "INSERT INTO test_thing (id) VALUES ('secret-name-2')",
            "SELECT nothing FROM test_thing WHERE id = 'a'",
        ] {
            let error = db.write(move |tx| tx.exec(sql, &[])).await.unwrap_err();
            assert!(matches!(error, StoreError::Bug(_)), "{error:?}");
            assert!(!error.to_string().contains("secret"), "{error}");
        }
        let nul =
            db.write(|tx| tx.exec("INSERT INTO test_thing (id, n) VALUES ($1, 1)", params!["a\0b"])).await;
        assert!(matches!(nul, Err(StoreError::Bug(_))));
    })
    .await;
}

#[tokio::test]
async fn after_a_failed_statement_only_attempt_can_go_on() {
    each_engine(|db| async move {
        table(&db).await;
        add(&db, "a", 1).await.unwrap();
        // Swallowing the error does not make half a transaction.
        let swallowed = db.write(|tx| {
            tx.exec("INSERT INTO test_thing (id, n) VALUES ('b', 1)", &[])?;
            let _ = tx.exec("INSERT INTO test_thing (id, n) VALUES ('a', 1)", &[]);
            Ok::<_, StoreError>(())
        });
        assert!(matches!(swallowed.await, Err(StoreError::Bug(_))));
        assert_eq!(count(&db).await, 1);
        let tried = db.write(|tx| {
            tx.exec("INSERT INTO test_thing (id, n) VALUES ('c', 1)", &[])?;
            let inner = tx.attempt(|tx| {
                tx.exec("INSERT INTO test_thing (id, n) VALUES ('d', 1)", &[])?;
                tx.attempt(|tx| tx.exec("INSERT INTO test_thing (id, n) VALUES ('a', 1)", &[]))
            });
            assert_eq!(inner, Err(StoreError::Conflict));
            let inner = tx.attempt(|tx| tx.exec("INSERT INTO test_thing (id, n) VALUES ('e', 1)", &[]));
            assert_eq!(inner, Ok(1));
            Ok::<_, StoreError>(())
        });
        tried.await.unwrap();
        let ids =
            db.read(|tx| tx.all("SELECT id FROM test_thing ORDER BY id", &[], |row| row.get::<String>(0)));
        assert_eq!(ids.await.unwrap(), ["a", "c", "e"]);
    })
    .await;
}

#[tokio::test]
async fn readers_cannot_write_and_see_one_state() {
    each_engine(|db| async move {
        table(&db).await;
        add(&db, "a", 1).await.unwrap();
        let wrote = db.read(|tx| tx.exec("INSERT INTO test_thing (id, n) VALUES ('b', 1)", &[]));
        assert!(matches!(wrote.await, Err(StoreError::Bug(_))));
        // While a reader stands between two statements, a writer commits; the reader does not see it.
        let (go, gone) = std::sync::mpsc::channel();
        let (began, begun) = tokio::sync::oneshot::channel();
        let mut began = Some(began);
        let reader = db.db();
        let reader = tokio::spawn(async move {
            let both = reader.read(move |tx| {
                let count = |tx: &mut store::Tx<'_>| {
                    tx.one("SELECT COUNT(*) FROM test_thing", &[], |row| row.get::<i64>(0))
                };
                let before = count(tx)?;
                began.take().expect("runs once").send(()).expect("the test waits");
                gone.recv().expect("the test goes on");
                Ok::<_, StoreError>((before, count(tx)?))
            });
            both.await
        });
        begun.await.unwrap();
        add(&db, "c", 1).await.unwrap();
        go.send(()).unwrap();
        assert_eq!(reader.await.unwrap(), Ok((1, 1)));
        assert_eq!(count(&db).await, 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_at_once_one_wins() {
    each_engine(|db| async move {
        table(&db).await;
        db.write(|tx| tx.exec("INSERT INTO test_thing (id, n) VALUES ('code', 1)", &[])).await.unwrap();
        let tasks: Vec<_> = (0..100)
            .map(|_| {
                let db = db.db();
                tokio::spawn(async move {
                    db.write(|tx| tx.exec("UPDATE test_thing SET n = 0 WHERE id = 'code' AND n = 1", &[]))
                        .await
                })
            })
            .collect();
        let mut winners = 0;
        for task in tasks {
            winners += task.await.unwrap().unwrap();
        }
        assert_eq!(winners, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deadlocks_are_run_again_until_both_are_done() {
    each_engine(|db| async move {
        table(&db).await;
        add(&db, "a", 0).await.unwrap();
        add(&db, "b", 0).await.unwrap();
        let runs = Arc::new(AtomicUsize::new(0));
        let tasks: Vec<_> = (0..20)
            .map(|number| {
                let (db, runs) = (db.db(), runs.clone());
                let (first, second) = if number % 2 == 0 { ("a", "b") } else { ("b", "a") };
                tokio::spawn(async move {
                    db.write(move |tx| {
                        runs.fetch_add(1, Ordering::Relaxed);
                        tx.exec("UPDATE test_thing SET n = n + 1 WHERE id = $1", params![first])?;
                        tx.exec("UPDATE test_thing SET n = n + 1 WHERE id = $1", params![second])
                    })
                    .await
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        let sums = db.read(|tx| tx.all("SELECT n FROM test_thing", &[], |row| row.get::<i64>(0)));
        assert_eq!(sums.await.unwrap(), [20, 20]);
        eprintln!("20 closures, {} runs", runs.load(Ordering::Relaxed));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_refuses_at_once() {
    let small = Options { write_queue: 2, pg_connections: 1, ..options() };
    each_engine_with(small, |db| async move {
        let (began, begun) = tokio::sync::oneshot::channel();
        let (go, gone) = std::sync::mpsc::channel::<()>();
        let mut began = Some(began);
        let holder = db.db();
        let holder = tokio::spawn(async move {
            holder
                .write(move |_| {
                    began.take().expect("runs once").send(()).expect("the test waits");
                    gone.recv().expect("the test goes on");
                    Ok::<_, StoreError>(())
                })
                .await
        });
        begun.await.unwrap();
        // While a closure holds the only writer, two wait and the third is refused.
        let waiting: Vec<_> = (0..2)
            .map(|_| {
                let db = db.db();
                tokio::spawn(async move { db.write(|_| Ok::<_, StoreError>(())).await })
            })
            .collect();
        while db.waiting().0 < 2 {
            tokio::task::yield_now().await;
        }
        assert_eq!(db.write(|_| Ok::<_, StoreError>(())).await, Err(StoreError::Busy));
        go.send(()).unwrap();
        holder.await.unwrap().unwrap();
        for task in waiting {
            task.await.unwrap().unwrap();
        }
        db.close().await;
        assert!(matches!(db.write(|_| Ok::<_, StoreError>(())).await, Err(StoreError::Unavailable(_))));
    })
    .await;
}

#[tokio::test]
async fn a_changed_table_and_a_lost_connection_are_not_noticed_by_callers() {
    each_engine(|db| async move {
        table(&db).await;
        add(&db, "a", 1).await.unwrap();
        let width = || db.read(|tx| tx.all("SELECT * FROM test_thing", &[], |row| row.get::<String>(0)));
        // Every connection has prepared the statement before the table changes, as in a rolling upgrade.
        for _ in 0..20 {
            assert_eq!(width().await.unwrap(), ["a"]);
        }
        db.write(|tx| tx.exec("ALTER TABLE test_thing ADD COLUMN later TEXT", &[])).await.unwrap();
        for _ in 0..20 {
            assert_eq!(width().await.unwrap(), ["a"]);
        }
        if db.engine() == store::Engine::Postgres {
            let others = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity
                          WHERE datname = current_database() AND pid <> pg_backend_pid()";
            assert!(db.write(move |tx| tx.one(others, &[], |row| row.get::<i64>(0))).await.unwrap() > 0);
        }
        for n in 0..20 {
            db.write(move |tx| tx.exec("UPDATE test_thing SET n = $1", params![n])).await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn the_memory_database_behaves_the_same() {
    let db = Db::open("sqlite::memory:", options()).await.unwrap();
    table(&db).await;
    add(&db, "a", 1).await.unwrap();
    assert_eq!(count(&db).await, 1);
    let wrote = db.read(|tx| tx.exec("INSERT INTO test_thing (id, n) VALUES ('b', 1)", &[]));
    assert!(matches!(wrote.await, Err(StoreError::Bug(_))));
    assert_eq!(add(&db, "a", 1).await, Err(StoreError::Conflict));
    add(&db, "b", 1).await.unwrap();
    assert_eq!(count(&db).await, 2);
    db.close().await;
}

#[tokio::test]
async fn a_wrong_address_is_told_without_its_password() {
    for url in [
        "mysql://x:sesame@h/d",
        "postgres://x:sesame@/?nonsense=1",
        "postgres://x:sesame@[::1/d",
        "postgres://x:sesame@127.0.0.1:1/d",
    ] {
        let error =
            Db::open(url, Options { busy_timeout: Span::seconds(2), ..options() }).await.err().unwrap();
        assert!(!error.to_string().contains("sesame"), "{error}");
    }
    let require = Db::open("postgres://x@localhost/d?sslmode=require", options()).await.err().unwrap();
    assert!(matches!(require, StoreError::Bug(_)), "no silent fall-back to clear text: {require}");
}

#[tokio::test]
async fn the_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let db = testkit::db::sqlite().await;
    add(&db, "a", 1).await.unwrap_err(); // no such table; the log exists now
    let folder =
        std::path::PathBuf::from(db.url().strip_prefix("sqlite:").unwrap()).parent().unwrap().to_owned();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o077, 0, "{:?}", entry.file_name());
    }
}
