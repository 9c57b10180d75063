//! All measurements of one engine with one number of accounts.

use crate::acts::{self, Done, Target};
use crate::mailbox::Mailbox;
use crate::portal::{Portal, Setting, fresh_folder, on_core};
use crate::report::{Aim, Report};
use crate::{FEW, Hashes, Plan, limits};
use anyhow::{Context as _, anyhow};
use std::net::{SocketAddr, TcpListener};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;
use testkit::cluster::Cluster;

/// Names of lines that are compared between numbers of accounts.
pub const SIGN_INS: &str = "password sign-ins";
pub const REGISTRATIONS: &str = "registrations end to end";
pub const WRITES: &str = "durable acts without a hash, 64 clients";
pub const CABINET: &str = "cabinet page, signed in";

/// People who sign in at the same moment.
const AT_ONCE: u32 = 64;
/// People who want in while the password queue is full: more than it holds.
const CROWD: u32 = 400;

/// The engine's name as it stands in the table.
pub fn engine_name(engine: &str) -> &'static str {
    if engine == "postgres" { "postgres" } else { "sqlite" }
}

/// Runs everything for one engine and number of accounts.
pub fn setting(
    plan: &Plan,
    engine: &str,
    accounts: u32,
    hashes: &Hashes,
    report: &mut Report,
) -> anyhow::Result<()> {
    let name = engine_name(engine);
    let folder = fresh_folder(&plan.folder.join(format!("{name}-{accounts}")))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().worker_threads(2).build()?;
    let settings = stand::StandConfig {
        listen: SocketAddr::from(([127, 0, 0, 1], free_ports()?)),
        ..Default::default()
    };
    let stand = runtime.block_on(stand::run(settings))?;
    let cluster = match name {
        "postgres" => Some(
            Cluster::own(plan.folder.join("pg"), "-c max_connections=100 -c shared_buffers=256MB")
                .map_err(|e| anyhow!(e))?,
        ),
        _ => None,
    };
    let database = match &cluster {
        Some(cluster) => {
            let database = format!("bench_{accounts}");
            cluster.sql("postgres", &format!("CREATE DATABASE {database}")).map_err(|e| anyhow!(e))?;
            cluster.url(&database)
        }
        None => format!("sqlite:{}", folder.join("pristan.sqlite").display()),
    };
    let setting = Setting {
        program: plan.program.clone(),
        engine: name,
        database,
        folder,
        stand_url: stand.url(),
        accounts,
        hash: "rustcrypto",
    };
    let mailbox = runtime.block_on(async { Mailbox::follow(stand.messages()) });
    let measured = Measured { plan, setting, runtime: &runtime, mailbox, hashes };
    measured.starts(report)?;
    measured.acts(report)?;
    measured.pages(report)?;
    if accounts == FEW {
        measured.other_hash(report)?;
    }
    runtime.block_on(stand.stop());
    Ok(())
}

struct Measured<'a> {
    plan: &'a Plan,
    setting: Setting,
    runtime: &'a tokio::runtime::Runtime,
    mailbox: Mailbox,
    hashes: &'a Hashes,
}

impl Measured<'_> {
    fn place(&self) -> (&'static str, Option<u32>) {
        (self.setting.engine, Some(self.setting.accounts))
    }

    fn target(&self, portal: &Portal) -> Target {
        let used = std::process::id() % 1000; // numbers of an earlier run of the same minute are not met again
        Target {
            address: portal.address,
            accounts: self.setting.accounts,
            mailbox: self.mailbox.clone(),
            next: Arc::new(AtomicU32::new(used)),
        }
    }

    /// The first start ever, seeding, a start with data, memory.
    fn starts(&self, report: &mut Report) -> anyhow::Result<()> {
        let first = self.setting.start()?;
        report.figure(
            self.place(),
            "first start ever to first 200",
            (millis(first.first_answer), "ms"),
            Aim::AtMost(500.0),
            "",
        );
        first.stop()?;
        let took = self.setting.seed()?;
        report.figure(self.place(), "pristan admin seed", (took.as_secs_f64(), "s"), Aim::None, "");
        let mut best = Duration::MAX;
        for _ in 0..5 {
            let portal = self.setting.start()?;
            best = best.min(portal.first_answer);
            portal.stop()?;
        }
        report.figure(
            self.place(),
            "start with data to first 200, best of 5",
            (millis(best), "ms"),
            Aim::AtMost(50.0),
            "",
        );
        let portal = self.setting.start()?;
        std::thread::sleep(Duration::from_secs(3));
        let (all, arenas) = (portal.resident_kib()?, portal.arenas_kib()?);
        let note = format!("{:.1} MiB with the hash arenas", all as f64 / 1024.0);
        report.figure(
            self.place(),
            "memory idle besides hash arenas",
            ((all.saturating_sub(arenas)) as f64 / 1024.0, "MiB"),
            Aim::AtMost(20.0),
            &note,
        );
        portal.stop()
    }

    /// Signing in, registering, writing.
    fn acts(&self, report: &mut Report) -> anyhow::Result<()> {
        let portal = self.setting.start()?;
        let target = self.target(&portal);
        let (failed, trouble) = self.runtime.block_on(acts::sign_in_at_once(&target, AT_ONCE))?;
        report.figure(
            self.place(),
            "errors of 64 first sign-ins at the same moment",
            (failed.into(), ""),
            Aim::AtMost(0.0),
            &trouble.unwrap_or_default(),
        );
        let raw = self.hashes.of(self.setting.hash);
        let done = self.repeat(32, &target, acts::sign_in);
        report.ratio(self.place(), SIGN_INS, (done.rate, "/s", raw), Aim::AtLeast(0.95), &told(&done));
        let done = self.repeat(64, &target, acts::register);
        report.ratio(self.place(), REGISTRATIONS, (done.rate, "/s", raw), Aim::AtLeast(0.9), &told(&done));
        let before = limits::bare_syncs(&self.setting.folder, self.plan.time / 4)?;
        let done = self.repeat(64, &target, acts::confirm_a_code);
        let after = limits::bare_syncs(&self.setting.folder, self.plan.time / 4)?;
        let syncs = before.midpoint(after);
        // The aim is for disks where a sync is dear; on others the limit is the processor.
        let aim = if syncs <= 1000.0 { Aim::AtLeast(10.0) } else { Aim::None };
        report.ratio(
            self.place(),
            WRITES,
            (done.rate, "/s", syncs),
            aim,
            &format!("{} a sync takes {:.2} ms", told(&done), 1000.0 / syncs).trim(),
        );
        portal.stop()
    }

    /// Pages: the cabinet beside a bare server, the home page beside a crowd.
    fn pages(&self, report: &mut Report) -> anyhow::Result<()> {
        let portal = on_core(0, || self.setting.start())??;
        let target = self.target(&portal);
        let (request, body) = self.runtime.block_on(acts::cabinet(&target))?;
        let ours = self.page_rate(portal.address, request.clone())?;
        portal.stop()?;
        let bare = self.bare_rate(&body)?;
        report.ratio(
            self.place(),
            CABINET,
            (ours, "/s", bare),
            Aim::AtLeast(0.6),
            &format!("{} bytes; server on one core, clients on another", body.len()),
        );

        let portal = self.setting.start()?;
        let target = self.target(&portal);
        let quiet = self.runtime.block_on(acts::home_p99(portal.address, self.plan.time))?;
        let over = Arc::new(AtomicBool::new(false));
        let crowd = self.runtime.spawn(acts::crowd(target, CROWD, Arc::clone(&over)));
        std::thread::sleep(Duration::from_secs(3));
        let busy = self.runtime.block_on(acts::home_p99(portal.address, self.plan.time))?;
        over.store(true, Ordering::Relaxed);
        let refused = self.runtime.block_on(crowd)??;
        report.ratio(
            self.place(),
            "p99 of the home page, password queue full ÷ quiet",
            (busy, "ms", quiet),
            Aim::AtMost(2.0),
            &format!("{refused} sign-ins told 503"),
        );
        portal.stop()
    }

    /// Sign-ins with the other implementation of the hash.
    fn other_hash(&self, report: &mut Report) -> anyhow::Result<()> {
        let setting = Setting { hash: "simd", ..self.setting.clone() };
        let portal = setting.start()?;
        let done = self.repeat(32, &self.target(&portal), acts::sign_in);
        report.ratio(
            self.place(),
            "password sign-ins, SIMD implementation",
            (done.rate, "/s", self.hashes.of("simd")),
            Aim::AtLeast(0.95),
            &told(&done),
        );
        portal.stop()
    }

    fn repeat<F>(&self, clients: u32, target: &Target, act: fn(Target) -> F) -> Done
    where
        F: Future<Output = anyhow::Result<u32>> + Send + 'static,
    {
        let target = target.clone();
        self.runtime.block_on(acts::repeat(clients, self.plan.time, move || act(target.clone())))
    }

    fn page_rate(&self, address: SocketAddr, request: Vec<u8>) -> anyhow::Result<f64> {
        let time = self.plan.time;
        on_core(1, move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(acts::page_rate(address, request, 16, time))
        })?
    }

    fn bare_rate(&self, body: &[u8]) -> anyhow::Result<f64> {
        let file = self.setting.folder.join("page.html");
        std::fs::write(&file, body)?;
        let address =
            SocketAddr::from(([127, 0, 0, 1], TcpListener::bind("127.0.0.1:0")?.local_addr()?.port()));
        let program = std::env::current_exe()?;
        let mut child = on_core(0, || {
            Command::new(program)
                .args(["bare", &address.to_string()])
                .arg(&file)
                .arg("text/html; charset=utf-8")
                .spawn()
        })?
        .context("the bare server")?;
        while std::net::TcpStream::connect(address).is_err() {
            std::thread::yield_now();
        }
        let request = format!("GET / HTTP/1.1\r\nhost: {address}\r\n\r\n").into_bytes();
        let rate = self.page_rate(address, request);
        child.kill()?;
        child.wait()?;
        rate
    }
}

/// Three free ports in a row behind a free one, for the stand's systems.
fn free_ports() -> anyhow::Result<u16> {
    for _ in 0..100 {
        let first = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        if first < u16::MAX - 4
            && (first..first + 4).all(|port| TcpListener::bind(("127.0.0.1", port)).is_ok())
        {
            return Ok(first);
        }
    }
    Err(anyhow!("no free ports"))
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn told(done: &Done) -> String {
    match &done.trouble {
        Some(trouble) => format!("{} failed: {trouble};", done.failed),
        None => String::new(),
    }
}
