//! Bringing the schema up to date: once, under a lock, never half.

use store::{Db, StoreError, params};
use testkit::db::{each_engine, folder, options};

#[tokio::test]
async fn applied_once_and_a_changed_file_is_refused() {
    each_engine(|db| async move {
        let count = |db: Db| async move {
            db.read(|tx| tx.one("SELECT COUNT(*) FROM migration", &[], |row| row.get::<i64>(0)))
                .await
                .unwrap()
        };
        let all = store::migrate::embedded().len() as i64;
        assert_eq!(count(db.db()).await, all);
        let again = db.again(options()).await.unwrap();
        assert_eq!(count(again.clone()).await, all);
        again.close().await;
        // A newer program was here: an instance of the version before goes on working.
        db.write(|tx| tx.exec("INSERT INTO migration VALUES (9999, 'later', 'x')", &[])).await.unwrap();
        db.again(options()).await.unwrap().close().await;
        db.write(|tx| tx.exec("UPDATE migration SET checksum = 'other' WHERE version = $1", params![1]))
            .await
            .unwrap();
        assert!(matches!(db.again(options()).await, Err(StoreError::Bug(_))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_instances_may_start_on_an_empty_database_at_once() {
    let place = folder();
    let mut urls = vec![format!("sqlite:{}/new.db", place.display())];
    if let Some(db) = testkit::db::postgres().await {
        // Emptied again, so that the schema is made by the race and not by the template.
        db.write(|tx| tx.exec("DROP SCHEMA public CASCADE", &[])).await.unwrap();
        db.write(|tx| tx.exec("CREATE SCHEMA public", &[])).await.unwrap();
        urls.push(db.url().to_owned());
        race(urls.pop().unwrap()).await;
    }
    race(urls.pop().unwrap()).await;
    std::fs::remove_dir_all(place).unwrap();
}

async fn race(url: String) {
    let tasks: Vec<_> = (0..6)
        .map(|_| {
            let url = url.clone();
            tokio::spawn(async move { Db::open(&url, options()).await })
        })
        .collect();
    for task in tasks {
        let db = task.await.unwrap().unwrap();
        let count = db
            .read(|tx| tx.one("SELECT COUNT(*) FROM migration", &[], |row| row.get::<i64>(0)))
            .await
            .unwrap();
        assert_eq!(count, store::migrate::embedded().len() as i64);
        db.close().await;
    }
}
