//! Measures durable writes: how many a second 64 clients get, beside what the disk gives one bare writer in the same minute.
//!
//! `cargo run --release -p store --example durable -- FOLDER [--seconds 3] [--rounds 5] [--clients 64] [--pg-connections 16] [--busy]`
//!
//! FOLDER lies on the disk to be measured. `--busy` lets another thread write and sync to the same disk meanwhile.
//! The bare rates: one row and one commit at a time, SQLite in WAL mode with synchronous FULL and with NORMAL.
//! PostgreSQL (when it is installed) is a cluster of its own in FOLDER with the server's durable defaults.

#![allow(clippy::unwrap_used, clippy::disallowed_methods)] // measuring: this is what the machine's clock is for

use kernel::{RngSource, Time};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use store::jobs::{self, NewJob};
use store::{Db, Options, StoreError, params};

struct Arguments {
    folder: PathBuf,
    length: Duration,
    rounds: usize,
    clients: i64,
    pg_connections: usize,
    busy: bool,
}

fn arguments() -> Option<Arguments> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str, default: u64| {
        let at = words.iter().position(|word| word == name)?;
        words.get(at + 1)?.parse().ok().or(Some(default))
    };
    Some(Arguments {
        folder: PathBuf::from(words.first().filter(|word| !word.starts_with("--"))?),
        length: Duration::from_secs(number("--seconds", 3).unwrap_or(3)),
        rounds: number("--rounds", 5).unwrap_or(5) as usize,
        clients: number("--clients", 64).unwrap_or(64) as i64,
        pg_connections: number("--pg-connections", 16).unwrap_or(16) as usize,
        busy: words.iter().any(|word| word == "--busy"),
    })
}

/// Commits of one row a second, by a bare connection.
fn bare(folder: &Path, length: Duration, synchronous: &str) -> f64 {
    let file = folder.join("bare.db");
    let connection = rusqlite::Connection::open(&file).unwrap();
    let settings = format!(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous}; CREATE TABLE IF NOT EXISTS t (n BIGINT)"
    );
    connection.execute_batch(&settings).unwrap();
    let mut insert = connection.prepare("INSERT INTO t VALUES (1)").unwrap();
    let (start, mut count) = (Instant::now(), 0_u32);
    while start.elapsed() < length {
        insert.execute([]).unwrap();
        count += 1;
    }
    f64::from(count) / start.elapsed().as_secs_f64()
}

async fn prepare(db: &Db, clients: i64) {
    db.write(move |tx| {
        tx.exec("CREATE TABLE IF NOT EXISTS bench_code (id BIGINT PRIMARY KEY, tries BIGINT NOT NULL)", &[])?;
        for client in 0..clients {
            tx.exec("INSERT INTO bench_code VALUES ($1, 0) ON CONFLICT (id) DO NOTHING", params![client])?;
        }
        Ok::<_, StoreError>(())
    })
    .await
    .unwrap();
}

/// Code confirmations with their outbox rows a second, by so many clients; and how many of them shared a commit.
async fn confirmations(db: &Db, clients: i64, length: Duration) -> (f64, f64) {
    let source = RngSource::os();
    let before = (db.stats().commits.load(Ordering::Relaxed), db.stats().writes.load(Ordering::Relaxed));
    let start = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for client in 0..clients {
        let (db, mut rng) = (db.clone(), source.fork());
        tasks.spawn(async move {
            let mut count = 0_u32;
            while start.elapsed() < length {
                let mut rng = kernel::Rng::seeded(u64::from_le_bytes(rng.bytes()));
                let now = Time(1_790_000_000_000_000 + i64::from(count));
                db.write(move |tx| {
                    tx.exec("UPDATE bench_code SET tries = tries + 1 WHERE id = $1", params![client])?;
                    let payload = serde_json::json!({ "contact": client });
                    let job = NewJob {
                        kind: "contact.confirmed",
                        key: None,
                        payload,
                        run_at: now,
                        max_attempts: 5,
                    };
                    jobs::enqueue(tx, &job, now, &mut rng)
                })
                .await
                .unwrap();
                count += 1;
            }
            count
        });
    }
    let total: u32 = tasks.join_all().await.into_iter().sum();
    let rate = f64::from(total) / start.elapsed().as_secs_f64();
    let commits = db.stats().commits.load(Ordering::Relaxed) - before.0;
    let writes = db.stats().writes.load(Ordering::Relaxed) - before.1;
    (rate, writes as f64 / commits.max(1) as f64)
}

/// Point reads a second through the storage, and by a bare connection with a prepared statement on one thread.
async fn reads(db: &Db, file: PathBuf, clients: i64, length: Duration) -> (f64, f64) {
    const SQL: &str = "SELECT tries FROM bench_code WHERE id = $1";
    let start = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for client in 0..clients {
        let db = db.clone();
        tasks.spawn(async move {
            let mut count = 0_u32;
            while start.elapsed() < length {
                let read = db.read(move |tx| tx.one(SQL, params![client], |row| row.get::<i64>(0)));
                read.await.unwrap();
                count += 1;
            }
            count
        });
    }
    let total: u32 = tasks.join_all().await.into_iter().sum();
    let rate = f64::from(total) / start.elapsed().as_secs_f64();
    let bare = tokio::task::spawn_blocking(move || {
        let connection = rusqlite::Connection::open(file).unwrap();
        let mut select = connection.prepare(SQL).unwrap();
        let (start, mut count) = (Instant::now(), 0_u32);
        while start.elapsed() < length {
            select.query_row([1], |row| row.get::<_, i64>(0)).unwrap();
            count += 1;
        }
        f64::from(count) / start.elapsed().as_secs_f64()
    });
    (rate, bare.await.unwrap())
}

fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

#[tokio::main]
async fn main() {
    let Some(arguments) = arguments() else {
        eprintln!(
            "usage: durable FOLDER [--seconds 3] [--rounds 5] [--clients 64] [--pg-connections 16] [--busy]"
        );
        std::process::exit(2);
    };
    let Arguments { folder, length, rounds, clients, pg_connections, busy } = arguments;
    std::fs::create_dir_all(&folder).unwrap();
    let url = format!("sqlite:{}/durable.db", folder.display());
    for what in ["the first opening", "opened again"] {
        let start = Instant::now();
        Db::open(&url, Options::default()).await.unwrap().close().await;
        println!("SQLite, {what} and closed: {:.1} ms", start.elapsed().as_secs_f64() * 1000.0);
    }
    let sqlite = Db::open(&url, Options::default()).await.unwrap();
    prepare(&sqlite, clients).await;
    let place = folder.join("pg");
    let cluster =
        tokio::task::spawn_blocking(move || testkit::cluster::Cluster::own(place, "-c max_connections=80"));
    let cluster = cluster.await.unwrap().inspect_err(|why| eprintln!("without PostgreSQL: {why}")).ok();
    let mut postgres = None;
    if let Some(cluster) = &cluster {
        let options = Options { pg_connections, ..Options::default() };
        let db = Db::open(&cluster.url("postgres"), options).await.unwrap();
        prepare(&db, clients).await;
        postgres = Some(db);
    }

    let stop = Arc::new(AtomicBool::new(false));
    let noise = busy.then(|| {
        let (file, stop) = (folder.join("noise"), stop.clone());
        std::thread::spawn(move || {
            let bytes = vec![7_u8; 1 << 20];
            while !stop.load(Ordering::Relaxed) {
                std::fs::write(&file, &bytes).and_then(|()| std::fs::File::open(&file)?.sync_all()).unwrap();
            }
        })
    });
    let (mut full, mut normal, mut ratios, mut pg_ratios) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for round in 1..=rounds {
        let at = folder.clone();
        let (f, n) =
            tokio::task::spawn_blocking(move || (bare(&at, length, "FULL"), bare(&at, length, "NORMAL")))
                .await
                .unwrap();
        let (rate, group) = confirmations(&sqlite, clients, length).await;
        print!(
            "round {round}: bare FULL {f:.0}/s, NORMAL {n:.0}/s; SQLite {clients} clients {rate:.0}/s ({group:.1} a commit)"
        );
        if let Some(db) = &postgres {
            let (rate, _) = confirmations(db, clients, length).await;
            print!("; PostgreSQL {rate:.0}/s");
            pg_ratios.push(rate / f);
        }
        println!();
        full.push(f);
        normal.push(rate / n);
        ratios.push(rate / f);
    }
    let (through, alone) = reads(&sqlite, folder.join("durable.db"), clients, length).await;
    println!("SQLite point reads: {clients} clients {through:.0}/s, one bare thread {alone:.0}/s");
    stop.store(true, Ordering::Relaxed);
    if let Some(thread) = noise {
        thread.join().unwrap();
    }
    println!("medians: bare FULL {:.0}/s ({:.2} ms a sync)", median(&full), 1000.0 / median(&full));
    println!("  SQLite, {clients} clients ÷ bare FULL     {:.1}", median(&ratios));
    println!("  SQLite, {clients} clients ÷ bare NORMAL   {:.2}", median(&normal));
    if postgres.is_some() {
        println!("  PostgreSQL, {clients} clients ÷ bare FULL {:.1}", median(&pg_ratios));
    }
    sqlite.close().await;
    if let Some(db) = postgres {
        db.close().await;
    }
}
