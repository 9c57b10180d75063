//! Backups of a SQLite database in use, and what becomes of damaged ones.

use kernel::{Rng, Secret};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use store::backup::{self, BackupError, BackupKey};
use store::keys::{KeyRing, Use};
use store::{Db, StoreError, params};
use testkit::db::{folder, options, sqlite};

fn passphrase(text: &str) -> BackupKey {
    BackupKey::Passphrase(Secret::new(text.to_owned()))
}

fn file(url: &str) -> PathBuf {
    PathBuf::from(url.strip_prefix("sqlite:").unwrap())
}

async fn pairs(db: &Db) -> (i64, i64) {
    let sql = "SELECT COUNT(*), CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM test_pair";
    db.read(move |tx| tx.one(sql, &[], |row| Ok((row.get(0)?, row.get(1)?)))).await.unwrap()
}

/// Opens a restored file as the program would, and looks at it.
async fn restored(path: &Path) -> (i64, i64) {
    let db = Db::open(&format!("sqlite:{}", path.display()), options()).await.unwrap();
    let found = pairs(&db).await;
    db.close().await;
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn whole_and_partial_backups_are_consistent_while_writers_write() {
    let (db, place) = (sqlite().await, folder());
    db.write(|tx| tx.exec("CREATE TABLE test_pair (n BIGINT NOT NULL, filler TEXT NOT NULL)", &[]))
        .await
        .unwrap();
    let filler = Arc::new("f".repeat(900));
    // Every transaction adds n and -n: the sum is 0 in every state that was ever committed.
    let add = |n: i64| {
        let (db, filler) = (db.db(), filler.clone());
        async move {
            let insert = "INSERT INTO test_pair VALUES ($1, $2)";
            db.write(move |tx| {
                tx.exec(insert, params![n, filler.as_str()])?;
                tx.exec(insert, params![-n, filler.as_str()])
            })
            .await
            .unwrap();
        }
    };
    for n in 0..2000 {
        add(n).await;
    }
    let stop = Arc::new(AtomicBool::new(false));
    let writer = tokio::spawn({
        let (stop, db, filler) = (stop.clone(), db.db(), filler.clone());
        async move {
            let mut n = 10_000;
            while !stop.load(Ordering::SeqCst) {
                n += 1;
                let filler = filler.clone();
                let both = db.write(move |tx| {
                    let insert = "INSERT INTO test_pair VALUES ($1, $2)";
                    tx.exec(insert, params![n, filler.as_str()])?;
                    tx.exec(insert, params![-n, filler.as_str()])
                });
                both.await.unwrap();
            }
        }
    });
    let ring = KeyRing::in_memory(&mut Rng::seeded(1));
    let (database, at, key) = (file(db.url()), place.clone(), BackupKey::Ring(ring.clone()));
    let (chain, reports) = tokio::task::spawn_blocking(move || {
        let mut rng = Rng::seeded(2);
        let (mut chain, mut reports): (Vec<PathBuf>, Vec<backup::Report>) = (Vec::new(), Vec::new());
        for number in 0..3 {
            let out = at.join(format!("{number}.backup"));
            let made =
                backup::create(&database, chain.last().map(PathBuf::as_path), &out, &key, &mut rng).unwrap();
            chain.push(out);
            reports.push(made);
        }
        (chain, reports)
    })
    .await
    .unwrap();
    stop.store(true, Ordering::SeqCst);
    writer.await.unwrap();
    assert!(!reports[0].partial && reports[0].blocks == reports[0].blocks_moved, "{:?}", reports[0]);
    for partial in &reports[1..] {
        assert!(partial.partial && partial.blocks_moved < partial.blocks / 2, "{partial:?}");
    }

    // A KEK that was replaced meanwhile still opens them.
    ring.rotate(Use::Kek, &mut Rng::seeded(3)).unwrap();
    let mut rows = 3999;
    for length in 1..=3 {
        let target = place.join(format!("restored-{length}.db"));
        let key = BackupKey::Ring(ring.clone());
        let report = backup::restore(&chain[..length], &target, &key).unwrap();
        assert_eq!(report.database_bytes, reports[length - 1].database_bytes);
        let (count, sum) = restored(&target).await;
        assert_eq!(sum, 0, "one committed state");
        assert!(count >= rows, "states in order");
        rows = count;
        assert!(matches!(backup::restore(&chain[..length], &target, &key), Err(BackupError::Exists)));
    }
    let key = BackupKey::Ring(ring);
    assert!(matches!(backup::verify(&chain[1..], &place.join("x"), &key), Err(BackupError::Chain)));
    let gap = [chain[0].clone(), chain[2].clone()];
    assert!(matches!(backup::verify(&gap, &place.join("x"), &key), Err(BackupError::Chain)));
    assert!(matches!(backup::verify(&[], &place.join("x"), &key), Err(BackupError::Chain)));
    backup::verify(&chain, &place.join("x"), &key).unwrap();
    let names: Vec<_> =
        std::fs::read_dir(&place).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert!(
        names
            .iter()
            .all(|name| !name.contains(".part") && !name.contains(".copy") && !name.contains("drill")),
        "{names:?}"
    );
    std::fs::remove_dir_all(place).unwrap();
}

#[tokio::test]
async fn a_backup_shows_nothing_and_a_changed_one_is_refused() {
    let (db, place) = (sqlite().await, folder());
    db.write(|tx| {
        tx.exec("CREATE TABLE test_pair (n BIGINT NOT NULL, filler TEXT NOT NULL)", &[])?;
        tx.exec("INSERT INTO test_pair VALUES (7, 'a very special word')", &[])?;
        Ok::<_, StoreError>(())
    })
    .await
    .unwrap();
    let (out, key, mut rng) = (place.join("a.backup"), passphrase("correct horse battery"), Rng::seeded(1));
    backup::create(&file(db.url()), None, &out, &key, &mut rng).unwrap();
    let bytes = std::fs::read(&out).unwrap();
    assert!(!bytes.windows(9).any(|part| part == b"very spec" || part == b"test_pair"));
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(std::fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);

    let scratch = place.join("scratch");
    let chain = [out.clone()];
    let wrong = backup::verify(&chain, &scratch, &passphrase("correct horse batterz"));
    assert!(matches!(wrong, Err(BackupError::Refused)), "{wrong:?}");
    assert!(matches!(backup::verify(&chain, &scratch, &passphrase("short")), Err(BackupError::Short)));
    let ring = BackupKey::Ring(KeyRing::in_memory(&mut rng));
    assert!(matches!(backup::verify(&chain, &scratch, &ring), Err(BackupError::Refused)));
    // Any changed byte, any cut, any addition.
    let places = [0, 9, 40, 200, bytes.len() / 2, bytes.len() - 1];
    let changed = places.iter().map(|at| {
        let mut changed = bytes.clone();
        changed[*at] ^= 1;
        changed
    });
    let cut =
        [0, 5, 100, 400, bytes.len() - 1, bytes.len() - 65_552 / 2].map(|length| bytes[..length].to_vec());
    for bad in changed.chain(cut).chain([[bytes.clone(), vec![0]].concat()]) {
        std::fs::write(&out, bad).unwrap();
        let told = backup::verify(&chain, &scratch, &key);
        assert!(matches!(told, Err(BackupError::Refused | BackupError::Format)), "{told:?}");
    }
    std::fs::write(&out, &bytes).unwrap();
    let target = place.join("new.db");
    backup::restore(&chain, &target, &key).unwrap();
    assert_eq!(restored(&target).await, (1, 7));
    std::fs::remove_dir_all(place).unwrap();
}
