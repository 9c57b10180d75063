//! kill -9, a server that dies, a disk that is full: what was acknowledged is there, once, and nothing is half there.
//!
//! The processes that are killed are this test binary itself, run again with one of the ignored tests below.

use kernel::Rng;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use store::jobs::{self, NewJob};
use store::{Db, Options, StoreError, params};
use testkit::cluster::Cluster;
use testkit::db::{each_engine, options, sqlite};

/// Clients that write at the same time.
const CLIENTS: i64 = 24;

async fn tables(db: &Db) {
    db.write(|tx| {
        // No unique key on (client, n): a change that was made twice must show.
        tx.exec("CREATE TABLE test_entry (client BIGINT NOT NULL, n BIGINT NOT NULL)", &[])?;
        tx.exec("CREATE TABLE test_total (client BIGINT PRIMARY KEY, sum BIGINT NOT NULL)", &[])
    })
    .await
    .unwrap();
}

/// One change in three tables, one of them the outbox.
async fn change(db: &Db, client: i64, n: i64) -> Result<(), StoreError> {
    let mut rng = Rng::os();
    db.write(move |tx| {
        tx.exec("INSERT INTO test_entry VALUES ($1, $2)", params![client, n])?;
        let add = "INSERT INTO test_total VALUES ($1, 1) ON CONFLICT (client) DO UPDATE SET sum = test_total.sum + 1";
        tx.exec(add, params![client])?;
        let key = format!("{client}/{n}");
        let now = kernel::Time(n);
        let payload = serde_json::json!({});
        jobs::enqueue(tx, &NewJob { kind: "test", key: Some(&key), payload, run_at: now, max_attempts: 1 }, now, &mut rng)?;
        Ok(())
    })
    .await
}

/// Checks that the database holds every acknowledged change, none twice and none by half. Gives the number of changes.
async fn check(db: &Db, acked: &BTreeMap<i64, i64>) -> usize {
    let (entries, totals, jobs) = db
        .read(|tx| {
            let entries = tx.all("SELECT client, n FROM test_entry ORDER BY client, n", &[], |row| {
                Ok((row.get::<i64>(0)?, row.get::<i64>(1)?))
            })?;
            let totals = tx.all("SELECT client, sum FROM test_total", &[], |row| {
                Ok((row.get::<i64>(0)?, row.get::<i64>(1)?))
            })?;
            Ok::<_, StoreError>((
                entries,
                totals,
                tx.one("SELECT COUNT(*) FROM job", &[], |row| row.get::<usize>(0))?,
            ))
        })
        .await
        .unwrap();
    let mut by_client: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for (client, n) in &entries {
        by_client.entry(*client).or_default().push(*n);
    }
    for (client, numbers) in &by_client {
        assert!(
            numbers.iter().copied().eq(1..=numbers.len() as i64),
            "client {client}: lost or doubled: {numbers:?}"
        );
        assert!(
            acked.get(client).is_none_or(|last| *last <= numbers.len() as i64),
            "client {client}: acknowledged and lost"
        );
    }
    assert!(acked.keys().all(|client| by_client.contains_key(client)), "a client's changes are lost");
    let expected: Vec<_> =
        by_client.iter().map(|(client, numbers)| (*client, numbers.len() as i64)).collect();
    assert_eq!(totals.into_iter().collect::<BTreeMap<_, _>>().into_iter().collect::<Vec<_>>(), expected);
    assert_eq!(jobs, entries.len(), "the outbox has exactly the committed jobs");
    entries.len()
}

/// Runs this test binary again with one ignored test of this file.
fn run_again(name: &str, url: &str, prefix: &str) -> Child {
    let exe = std::env::current_exe().unwrap();
    let script = format!("{prefix} exec '{}' crash::{name} --exact --ignored --nocapture", exe.display());
    let mut command = Command::new("sh");
    command.args(["-c", &script]).env("STORE_TEST_URL", url);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap()
}

fn url_of_child() -> String {
    std::env::var("STORE_TEST_URL").expect("run by the crash tests only")
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("\nACK {line}\n").as_bytes()).expect("the parent listens");
    out.flush().expect("the parent listens");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the process that the crash loop kills"]
async fn writer_process() {
    let db = Db::open(&url_of_child(), options()).await.unwrap();
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..CLIENTS {
        let db = db.clone();
        clients.spawn(async move {
            let last = "SELECT COALESCE(MAX(n), 0) FROM test_entry WHERE client = $1";
            let mut n =
                db.read(move |tx| tx.one(last, params![client], |row| row.get::<i64>(0))).await.unwrap();
            loop {
                n += 1;
                change(&db, client, n).await.unwrap();
                say(&format!("{client} {n}"));
            }
        });
    }
    // They write until this process is killed.
    clients.join_next().await.unwrap().unwrap();
}

#[tokio::test]
async fn kill_9_loses_nothing_that_was_acknowledged_and_doubles_nothing() {
    each_engine(|db| async move {
        tables(&db).await;
        let mut acked: BTreeMap<i64, i64> = BTreeMap::new();
        let mut rng = Rng::os();
        let mut kept = 0;
        for round in 0..8 {
            let mut child = run_again("writer_process", db.url(), "");
            let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
            // Killed after a random number of acknowledgements; what is already in the pipe counts too.
            let mut left = 1 + rng.below(600);
            while left > 0 {
                left -= u64::from(note(&lines.next().unwrap().unwrap(), &mut acked));
            }
            child.kill().unwrap();
            child.wait().unwrap();
            lines.map_while(Result::ok).for_each(|line| {
                note(&line, &mut acked);
            });
            settled(&db).await;
            let now = check(&db, &acked).await;
            assert!(now > kept, "round {round} wrote something");
            kept = now;
        }
        eprintln!("{kept} changes in 8 lives");
    })
    .await;
}

/// Waits until the server has noticed that the killed process is gone and has ended its sessions.
async fn settled(db: &Db) {
    if db.engine() == store::Engine::Sqlite {
        return;
    }
    let others =
        "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'
                  AND pid <> pg_backend_pid()";
    while db.read(move |tx| tx.one(others, &[], |row| row.get::<i64>(0))).await.unwrap() > 0 {
        tokio::task::yield_now().await;
    }
}

fn note(line: &str, acked: &mut BTreeMap<i64, i64>) -> bool {
    let Some((client, n)) = line.strip_prefix("ACK ").and_then(|rest| rest.split_once(' ')) else {
        return false;
    };
    // A line cut short by the kill is not an acknowledgement; its number may only be too small.
    let (Ok(client), Ok(n)) = (client.parse::<i64>(), n.parse::<i64>()) else { return false };
    let last = acked.entry(client).or_insert(0);
    *last = n.max(*last);
    true
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_dies_is_told_and_comes_back_with_everything() {
    let folder = testkit::db::folder();
    // Needs a cluster of its own to kill; where there is none, `each_engine` has said so in other tests.
    if testkit::db::postgres().await.is_none() {
        return;
    }
    let settings = "-c shared_buffers=16MB -c max_connections=40";
    let started = tokio::task::spawn_blocking(move || Cluster::own(folder, settings)).await.unwrap();
    let cluster = std::sync::Arc::new(started.unwrap());
    let options = Options { pg_connections: 8, ..Options::default() };
    let db = Db::open(&cluster.url("postgres"), options).await.unwrap();
    tables(&db).await;
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let failures = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let writes = std::sync::Arc::new(tokio::sync::Semaphore::new(0));
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..CLIENTS {
        let (db, stop, failures, writes) = (db.clone(), stop.clone(), failures.clone(), writes.clone());
        clients.spawn(async move {
            use std::sync::atomic::Ordering::SeqCst;
            let mut n = 1;
            while !stop.load(SeqCst) {
                match change(&db, client, n).await {
                    Ok(()) => n += 1,
                    Err(StoreError::Unavailable(_)) => {
                        failures.fetch_add(1, SeqCst);
                        // Its fate may be unknown: look before going on, as a person would press the button again.
                        let last = "SELECT COALESCE(MAX(n), 0) FROM test_entry WHERE client = $1";
                        let last = loop {
                            let found = db.read::<_, StoreError>(move |tx| {
                                tx.one(last, params![client], |row| row.get::<i64>(0))
                            });
                            if let Ok(last) = found.await {
                                break last;
                            }
                            tokio::task::yield_now().await;
                        };
                        assert!(last >= n - 1, "acknowledged and lost");
                        n = last + 1;
                    }
                    Err(other) => panic!("{other:?}"),
                }
                writes.add_permits(1);
            }
            (client, n - 1)
        });
    }
    for _ in 0..3 {
        writes.acquire_many(300).await.unwrap().forget();
        let server = cluster.clone();
        tokio::task::spawn_blocking(move || server.crash().and_then(|()| server.resume(settings)))
            .await
            .unwrap()
            .unwrap();
    }
    writes.acquire_many(300).await.unwrap().forget();
    stop.store(true, std::sync::atomic::Ordering::SeqCst);
    let mut acked = BTreeMap::new();
    while let Some(client) = clients.join_next().await {
        let (client, last) = client.unwrap();
        acked.insert(client, last);
    }
    acked.retain(|_, last| *last > 0);
    assert!(failures.load(std::sync::atomic::Ordering::SeqCst) > 0, "the crashes were felt");
    while db.read::<_, StoreError>(|tx| tx.one("SELECT 1", &[], |_| Ok(()))).await.is_err() {}
    check(&db, &acked).await;
    db.close().await;
}

#[tokio::test]
#[ignore = "the process whose files may not grow"]
async fn limited_process() {
    let db = Db::open(&url_of_child(), options()).await.unwrap();
    let count = || db.read(|tx| tx.one("SELECT COUNT(*) FROM test_big", &[], |row| row.get::<i64>(0)));
    let write = || {
        db.write(|tx| {
            let text = "x".repeat(20_000);
            tx.exec("INSERT INTO test_big VALUES ($1)", params![&text])
        })
    };
    let mut kept = 0;
    let failure = loop {
        match write().await {
            Ok(_) => kept += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(failure, StoreError::Unavailable(_)), "{failure:?}");
    assert!(kept > 5, "there was room at first");
    // Reading goes on, and nothing acknowledged is gone; more writes are refused the same way.
    assert_eq!(count().await.unwrap(), kept);
    assert!(matches!(write().await, Err(StoreError::Unavailable(_))));
    // Somebody makes room: the same process goes on by itself.
    let pid = format!("--pid={}", std::process::id());
    let freed = Command::new("prlimit").args([&pid, "--fsize=unlimited:unlimited"]).status().unwrap();
    assert!(freed.success());
    for _ in 0..10 {
        write().await.unwrap();
    }
    assert_eq!(count().await.unwrap(), kept + 10);
    let whole = db.read(|tx| tx.one("PRAGMA integrity_check", &[], |row| row.get::<String>(0)));
    assert_eq!(whole.await.unwrap(), "ok");
    say("0 1");
}

#[tokio::test]
async fn a_full_disk_stops_writing_only_until_there_is_room_again() {
    let db = sqlite().await;
    db.write(|tx| tx.exec("CREATE TABLE test_big (text TEXT NOT NULL)", &[])).await.unwrap();
    db.close().await;
    // Files of this process may not grow beyond 600 blocks of 512 bytes: a write gives EFBIG instead of ENOSPC.
    // The hard limit stays open so that the process can be freed again without privileges.
    let child = run_again("limited_process", db.url(), "trap '' XFSZ; ulimit -S -f 600;");
    let done = tokio::task::spawn_blocking(|| child.wait_with_output()).await.unwrap().unwrap();
    let text = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && text.contains("ACK 0 1"), "{text}");
}
