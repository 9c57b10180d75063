//! Group commit on SQLite: shared syncs, and no shared fate.

use std::sync::atomic::Ordering::Relaxed;
use store::{StoreError, params};
use testkit::db::{sqlite, sqlite_with};

/// Holds the writer until the returned sender speaks, so that a group gathers behind it.
async fn hold(db: &store::Db) -> (std::sync::mpsc::Sender<()>, tokio::task::JoinHandle<()>) {
    let (began, begun) = tokio::sync::oneshot::channel();
    let (go, gone) = std::sync::mpsc::channel();
    let (mut began, holder) = (Some(began), db.clone());
    let task = tokio::spawn(async move {
        let held = holder.write(move |_| {
            if let Some(began) = began.take() {
                began.send(()).expect("the test waits");
                gone.recv().expect("the test goes on");
            }
            Ok::<_, StoreError>(())
        });
        held.await.unwrap();
    });
    begun.await.unwrap();
    (go, task)
}

#[tokio::test(flavor = "multi_thread")]
async fn writers_that_wait_together_share_one_commit_and_not_their_failures() {
    let db = sqlite().await;
    db.write(|tx| tx.exec("CREATE TABLE test_t (n BIGINT PRIMARY KEY)", &[])).await.unwrap();
    let (commits, writes) = (db.stats().commits.load(Relaxed), db.stats().writes.load(Relaxed));
    let (go, held) = hold(&db).await;
    let tasks: Vec<_> = (0..90_i64)
        .map(|n| {
            let db = db.db();
            tokio::spawn(async move {
                db.write(move |tx| {
                    tx.exec("INSERT INTO test_t VALUES ($1)", params![n])?;
                    match n % 3 {
                        0 => Ok(n),
                        1 => Err(StoreError::bug("on purpose")),
                        _ => panic!("on purpose"),
                    }
                })
                .await
            })
        })
        .collect();
    while db.waiting().0 < 90 {
        tokio::task::yield_now().await;
    }
    go.send(()).unwrap();
    held.await.unwrap();
    for (n, task) in (0..).zip(tasks) {
        assert_eq!(task.await.unwrap().is_ok(), n % 3 == 0);
    }
    let kept =
        db.read(|tx| tx.all("SELECT n FROM test_t ORDER BY n", &[], |row| row.get::<i64>(0))).await.unwrap();
    assert_eq!(kept, (0..90).step_by(3).collect::<Vec<_>>());
    assert_eq!(db.stats().commits.load(Relaxed) - commits, 1, "one sync for all of them");
    assert_eq!(db.stats().writes.load(Relaxed) - writes, 31, "the holder and the thirty that were kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_has_a_largest_size() {
    let db = sqlite_with(store::Options { group_max: 10, ..testkit::db::options() }).await;
    db.write(|tx| tx.exec("CREATE TABLE test_t (n BIGINT PRIMARY KEY)", &[])).await.unwrap();
    let before = db.stats().commits.load(Relaxed);
    let (go, held) = hold(&db).await;
    let tasks: Vec<_> = (0..29_i64)
        .map(|n| {
            let db = db.db();
            tokio::spawn(async move {
                db.write(move |tx| tx.exec("INSERT INTO test_t VALUES ($1)", params![n])).await
            })
        })
        .collect();
    while db.waiting().0 < 29 {
        tokio::task::yield_now().await;
    }
    go.send(()).unwrap();
    held.await.unwrap();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(db.stats().commits.load(Relaxed) - before, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_fails_who_meets_it_and_nobody_else() {
    let db = sqlite().await;
    db.write(|tx| tx.exec("CREATE TABLE test_t (n BIGINT PRIMARY KEY, x TEXT)", &[])).await.unwrap();
    // SQLite's own limit of pages gives the very error of a full disk, inside the transaction.
    let pages = db.write(|tx| tx.one("PRAGMA page_count", &[], |row| row.get::<i64>(0))).await.unwrap();
    let limit = format!("PRAGMA max_page_count = {}", pages + 20);
    db.write(move |tx| tx.all(&limit, &[], |_| Ok(())).map(|_| ())).await.unwrap();
    let (go, held) = hold(&db).await;
    let write = |n: i64, size: usize| {
        let db = db.db();
        tokio::spawn(async move {
            let text = "x".repeat(size);
            db.write(move |tx| tx.exec("INSERT INTO test_t VALUES ($1, $2)", params![n, &text])).await
        })
    };
    let mut tasks = Vec::new();
    for n in 0..9 {
        tasks.push(write(n, if n == 4 { 1_000_000 } else { 10 }));
        while db.waiting().0 < tasks.len() {
            tokio::task::yield_now().await;
        }
    }
    go.send(()).unwrap();
    held.await.unwrap();
    for (n, task) in tasks.into_iter().enumerate() {
        let kept = task.await.unwrap();
        match n {
            4 => assert!(matches!(kept, Err(StoreError::Unavailable(_))), "{kept:?}"),
            _ => assert_eq!(kept, Ok(1), "{n}"),
        }
    }
    let kept =
        db.read(|tx| tx.one("SELECT COUNT(*) FROM test_t", &[], |row| row.get::<i64>(0))).await.unwrap();
    assert_eq!(kept, 8);
}
