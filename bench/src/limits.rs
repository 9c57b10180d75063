//! What this machine can do at most: hashes, syncs of the disk, answers of a bare server. Measured in the same run.

use crate::portal::cpu_seconds;
use anyhow::Context as _;
use axum::http::header;
use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};
use testkit::authenticator::Authenticator;

/// The cost that the portal hashes with by default.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;

/// Argon2id hashes a second of one implementation, with as many threads as cores and memory that is kept. The
/// threads step back for others as the portal's own hashing threads do, so that a machine that is busy besides slows both
/// alike.
pub fn raw_hashes(hash: &str, time: Duration) -> anyhow::Result<Raw> {
    on_all_cores(|| one_thread(hash, time))
}

/// Runs the same on a thread for each core; each gives how often a second, and how often in all.
fn on_all_cores(work: impl Fn() -> anyhow::Result<(f64, u32)> + Sync) -> anyhow::Result<Raw> {
    let before = cpu_seconds(std::process::id())?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let done: anyhow::Result<Vec<(f64, u32)>> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(&work)).collect();
        running
            .into_iter()
            .map(|thread| thread.join().map_err(|_| anyhow::anyhow!("a measuring thread broke"))?)
            .collect()
    });
    let done = done?;
    let spent = cpu_seconds(std::process::id())? - before;
    let count: u32 = done.iter().map(|(_, count)| count).sum();
    Ok(Raw { rate: done.iter().map(|(rate, _)| rate).sum(), cpu_ms: spent * 1000.0 / f64::from(count) })
}

/// What raw hashes or checks cost.
#[derive(Clone, Copy)]
pub struct Raw {
    /// So many a second by the clock, of all cores together.
    pub rate: f64,
    /// Milliseconds of processor time for one.
    pub cpu_ms: f64,
}

impl Raw {
    /// What several measurements of equal length say together.
    pub fn mean(all: &[Raw]) -> Raw {
        let of = |what: fn(&Raw) -> f64| all.iter().map(what).sum::<f64>() / all.len() as f64;
        Raw { rate: of(|raw| raw.rate), cpu_ms: of(|raw| raw.cpu_ms) }
    }
}

/// Checks of ECDSA signatures over P-256 a second, with as many threads as cores: the arithmetic of a passkey.
pub fn raw_checks(time: Duration) -> anyhow::Result<Raw> {
    let key = Authenticator::passkey("localhost", "http://localhost");
    let (data, client) = ([7_u8; 37], [8_u8; 220]);
    let signature = key.sign(&data, &client);
    let message = [&data[..], ring::digest::digest(&ring::digest::SHA256, &client).as_ref()].concat();
    // The key as COSE: a head of ten bytes, x, a head of three bytes, y.
    let cose = key.cose();
    let (x, y) = (cose.get(10..42).context("x")?, cose.get(45..77).context("y")?);
    let point = [&[4_u8][..], x, y].concat();
    let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point);
    on_all_cores(|| rate(time, || public.verify(&message, &signature).map_err(|e| anyhow::anyhow!("{e}"))))
}

fn one_thread(hash: &str, time: Duration) -> anyhow::Result<(f64, u32)> {
    let _ = rustix::process::nice(10);
    let salt = [7_u8; 16];
    let secret = [9_u8; 32];
    let mut tag = [0; 32];
    match hash {
        "simd" => {
            let memory = argon2_rust::params::Memory::kib(u64::from(MEMORY_KIB));
            let params = argon2_rust::Params::builder()
                .memory(memory)
                .passes(PASSES)
                .lanes(1)
                .build()
                .map_err(|e| anyhow::anyhow!("{e}"))?;
            let kind = (argon2_rust::Algorithm::Argon2id, argon2_rust::Version::V0x13);
            let mut hasher = argon2_rust::Argon2::new(kind.0, kind.1, params).hasher();
            rate(time, || hasher.hash_into(&secret, &salt, &mut tag).map_err(|e| anyhow::anyhow!("{e}")))
        }
        _ => {
            let params =
                argon2::Params::new(MEMORY_KIB, PASSES, 1, Some(32)).map_err(|e| anyhow::anyhow!("{e}"))?;
            let mut blocks = vec![argon2::Block::default(); params.block_count()];
            let argon = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
            rate(time, || {
                argon
                    .hash_password_into_with_memory(&secret, &salt, &mut tag, blocks.as_mut_slice())
                    .map_err(|e| anyhow::anyhow!("{e}"))
            })
        }
    }
}

/// How often a second something can be done, where the first time warms up; and how often it was done in all.
fn rate(time: Duration, mut work: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<(f64, u32)> {
    work()?;
    let begun = Instant::now();
    let mut count = 0_u32;
    while begun.elapsed() < time {
        work()?;
        count += 1;
    }
    Ok((f64::from(count) / begun.elapsed().as_secs_f64(), count + 1))
}

/// One-row syncs of the disk a second: 4 KiB appended, then `fdatasync`, one after the other.
pub fn bare_syncs(folder: &Path, time: Duration) -> anyhow::Result<f64> {
    let path = folder.join("sync-probe");
    let mut file = std::fs::File::create(&path).context("sync-probe")?;
    let row = [0x5a_u8; 4096];
    let found = rate(time, || {
        file.write_all(&row)?;
        file.sync_data()?;
        Ok(())
    });
    drop(file);
    std::fs::remove_file(&path)?;
    found.map(|(rate, _)| rate)
}

/// Runs a bare axum server that answers `body` with `kind` at `/cabinet`, until the process ends; for a process of its own.
pub async fn bare_server(address: SocketAddr, body: &'static [u8], kind: &'static str) -> anyhow::Result<()> {
    let handler = move || async move { ([(header::CONTENT_TYPE, kind)], body) };
    let router = axum::Router::new().route("/cabinet", axum::routing::get(handler));
    let listener = tokio::net::TcpListener::bind(address).await?;
    axum::serve(listener, router).await?;
    Ok(())
}
