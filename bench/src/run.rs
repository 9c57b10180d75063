//! All measurements of one engine with one number of accounts.

use crate::acts::{self, Done, Target};
use crate::ground::Engine;
use crate::mailbox::Mailbox;
use crate::portal::{Portal, Setting, cpu_seconds, family_cpu_seconds, fresh_folder};
use crate::regulars::Regulars;
use crate::report::{Aim, Report};
use crate::{FEW, Plan, limits};
use anyhow::anyhow;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

/// Names of lines that are compared between numbers of accounts.
pub const SIGN_INS: &str = "password sign-ins on a known device";
pub const NEW_SIGN_INS: &str = "password sign-ins on a new device, told to the owner";
pub const SIMD_SIGN_INS: &str = "password sign-ins on a known device, SIMD implementation";
pub const NEW_SIMD_SIGN_INS: &str = "password sign-ins on a new device, SIMD implementation";
pub const REGISTRATIONS: &str = "registrations end to end";
pub const WRITES: &str = "durable acts without a hash, 64 clients";
pub const CABINET: &str = "cabinet page, signed in";

/// How often an act and its limit take turns within a measurement.
const TURNS: u32 = 4;

/// People who sign in at the same moment.
const AT_ONCE: u32 = 64;

/// The engine's name as it stands in the table.
pub fn engine_name(engine: &str) -> &'static str {
    if engine == "postgres" { "postgres" } else { "sqlite" }
}

/// Runs everything for one engine and number of accounts.
pub fn setting(plan: &Plan, engine: &str, accounts: u32, report: &mut Report) -> anyhow::Result<()> {
    let name = engine_name(engine);
    let folder = fresh_folder(&plan.folder.join(format!("{name}-{accounts}")))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().worker_threads(2).build()?;
    let settings = stand::StandConfig {
        listen: SocketAddr::from(([127, 0, 0, 1], free_ports()?)),
        ..Default::default()
    };
    let stand = runtime.block_on(stand::run(settings))?;
    let storage = Engine::start(plan, engine)?;
    let database = storage.database(&folder, &format!("bench_{accounts}"))?;
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
    let measured = Measured { plan, setting, runtime: &runtime, mailbox, cluster: storage.postmaster };
    measured.starts(report)?;
    if measured.needs("signin") || measured.needs("writes") || plan.wants("register") {
        measured.acts(report)?;
    }
    if plan.wants("storage") {
        measured.storage(report)?;
    }
    if plan.wants("cabinet") {
        measured.cabinet(report)?;
    }
    if plan.wants("home") {
        measured.home(report)?;
    }
    if accounts == FEW && plan.wants("simd") {
        measured.other_hash(report)?;
    }
    // Last: from here on some accounts ask for more than a password.
    if measured.needs("factors") {
        measured.factors(report)?;
    }
    if plan.wants("admin") {
        measured.admin(report)?;
    }
    runtime.block_on(stand.stop());
    Ok(())
}

/// One engine with one number of accounts.
pub struct Measured<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) setting: Setting,
    pub(crate) runtime: &'a tokio::runtime::Runtime,
    mailbox: Mailbox,
    /// PostgreSQL's first process, when it is the engine.
    cluster: Option<u32>,
}

impl Measured<'_> {
    pub(crate) fn place(&self) -> (&'static str, Option<u32>) {
        (self.setting.engine, Some(self.setting.accounts))
    }

    /// Whether a measurement was asked for, or is what the journal's cost is a share of.
    fn needs(&self, part: &str) -> bool {
        let by_journal = ["signin", "writes", "factors"].contains(&part) && self.plan.wants("journal");
        self.plan.wants(part) || (by_journal && self.setting.accounts == FEW)
    }

    pub(crate) fn target(&self, portal: &Portal) -> Target {
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
        if !self.plan.wants("starts") {
            return Ok(());
        }
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
        if self.needs("signin") {
            self.sign_ins(&portal, &target, report)?;
        }
        if self.plan.wants("register") {
            let (done, raw) = self
                .beside_raw("rustcrypto", |time| self.repeat((64, time), &portal, &target, acts::register))?;
            self.hashing(REGISTRATIONS, &done, raw, Aim::AtLeast(0.9), report);
        }
        if self.needs("writes") {
            self.writes(&portal, &target, report)?;
        }
        portal.stop()
    }

    fn sign_ins(&self, portal: &Portal, target: &Target, report: &mut Report) -> anyhow::Result<()> {
        self.sign_in("rustcrypto", [SIGN_INS, NEW_SIGN_INS], portal, target, report)
    }

    /// Sign-ins of people whose device is known, which most are, and of people at a new one, which costs a message too.
    fn sign_in(
        &self,
        hash: &str,
        [known, new]: [&'static str; 2],
        portal: &Portal,
        target: &Target,
        report: &mut Report,
    ) -> anyhow::Result<()> {
        let regulars = self.runtime.block_on(Regulars::make(target))?;
        let act = move |_| regulars.clone().sign_in();
        let (done, raw) =
            self.beside_raw(hash, |time| self.repeat((32, time), portal, target, act.clone()))?;
        self.hashing(known, &done, raw, Aim::AtLeast(0.95), report);
        let (done, raw) =
            self.beside_raw(hash, |time| self.repeat((32, time), portal, target, acts::sign_in))?;
        self.hashing(new, &done, raw, Aim::None, report);
        Ok(())
    }

    /// An act with one hash in it, twice: by the clock, where the clients, the stand and PostgreSQL take their share of
    /// the same cores; and by the server's own processor time, of which only the hash is the limit.
    pub(crate) fn hashing(
        &self,
        what: &'static str,
        done: &Acts,
        raw: limits::Raw,
        aim: Aim,
        report: &mut Report,
    ) {
        let hash_ms = raw.cpu_ms;
        let note = format!(
            "{} processor time an act: server {:.1} ms, clients and stand {:.1} ms, PostgreSQL {:.1} ms; a raw hash {hash_ms:.1} ms",
            told(done),
            done.cpu_ms,
            done.clients_ms,
            done.storage_ms
        );
        report.ratio(self.place(), what, (done.rate, "/s", raw.rate), aim, note.trim());
        let beside = format!("{what}, by the server's processor time");
        report.ratio(self.place(), &beside, (hash_ms, "ms", done.cpu_ms), Aim::None, "");
        report.cost(self.place(), what, done.cpu_ms);
    }

    /// What is made durable without a hash.
    fn writes(&self, portal: &Portal, target: &Target, report: &mut Report) -> anyhow::Result<()> {
        let before = limits::bare_syncs(&self.setting.folder, self.plan.time / 4)?;
        let done = self.repeat((64, self.plan.time), portal, target, acts::confirm_a_code)?;
        report.cost(self.place(), WRITES, done.cpu_ms);
        let after = limits::bare_syncs(&self.setting.folder, self.plan.time / 4)?;
        let syncs = before.midpoint(after);
        // The aim is for disks where a sync is dear; on others the limit is the processor.
        let aim = if syncs <= 1000.0 { Aim::AtLeast(10.0) } else { Aim::None };
        let note = format!("{} a sync takes {:.2} ms", told(&done), 1000.0 / syncs);
        report.ratio(self.place(), WRITES, (done.rate, "/s", syncs), aim, note.trim());
        Ok(())
    }

    /// Outbox rows without anything around them.
    fn storage(&self, report: &mut Report) -> anyhow::Result<()> {
        let before = limits::bare_syncs(&self.setting.folder, self.plan.time / 4)?;
        let done = self.runtime.block_on(acts::outbox_rows(&self.setting.database, 64, self.plan.time))?;
        let after = limits::bare_syncs(&self.setting.folder, self.plan.time / 4)?;
        let syncs = before.midpoint(after);
        let aim = if syncs <= 1000.0 { Aim::AtLeast(10.0) } else { Aim::None };
        let note = format!("{} a sync takes {:.2} ms", done.trouble.unwrap_or_default(), 1000.0 / syncs);
        let what = "durable outbox rows at the storage, 64 clients";
        report.ratio(self.place(), what, (done.rate, "/s", syncs), aim, note.trim());
        Ok(())
    }

    /// Sign-ins with the other implementation of the hash.
    fn other_hash(&self, report: &mut Report) -> anyhow::Result<()> {
        let setting = Setting { hash: "simd", ..self.setting.clone() };
        let portal = setting.start()?;
        let target = self.target(&portal);
        self.sign_in("simd", [SIMD_SIGN_INS, NEW_SIMD_SIGN_INS], &portal, &target, report)?;
        portal.stop()
    }

    /// Measures an act and the raw hash in turns, so that both meet the same machine: on shared cores the speed of a hash
    /// moves by a third within a minute.
    pub(crate) fn beside_raw(
        &self,
        hash: &str,
        mut work: impl FnMut(Duration) -> anyhow::Result<Acts>,
    ) -> anyhow::Result<(Acts, limits::Raw)> {
        let mut raw = vec![limits::raw_hashes(hash, self.plan.time / TURNS / 2)?];
        let mut done = Vec::new();
        for _ in 0..TURNS {
            done.push(work(self.plan.time / TURNS)?);
            raw.push(limits::raw_hashes(hash, self.plan.time / TURNS / 2)?);
        }
        Ok((Acts::mean(done), limits::Raw::mean(&raw)))
    }

    pub(crate) fn repeat<F>(
        &self,
        (clients, time): (u32, Duration),
        portal: &Portal,
        target: &Target,
        act: impl Fn(Target) -> F + Clone + Send + 'static,
    ) -> anyhow::Result<Acts>
    where
        F: Future<Output = anyhow::Result<u32>> + Send + 'static,
    {
        let target = target.clone();
        let before = self.spent(portal)?;
        let Done { rate, total, failed, trouble } =
            self.runtime.block_on(acts::repeat(clients, time, move || act(target.clone())));
        let after = self.spent(portal)?;
        let [cpu_ms, clients_ms, storage_ms] =
            [0, 1, 2].map(|who: usize| (after[who] - before[who]) * 1000.0 / f64::from(total.max(1)));
        Ok(Acts { rate, cpu_ms, clients_ms, storage_ms, failed, trouble })
    }

    /// Processor time so far, in seconds: the server, this program with clients and stand, PostgreSQL.
    pub(crate) fn spent(&self, portal: &Portal) -> anyhow::Result<[f64; 3]> {
        let storage = self.cluster.map_or(Ok(0.0), family_cpu_seconds)?;
        Ok([portal.cpu_seconds()?, cpu_seconds(std::process::id())?, storage])
    }
}

/// What many clients did, and what one act cost the server.
pub(crate) struct Acts {
    pub(crate) rate: f64,
    pub(crate) cpu_ms: f64,
    /// What one act cost the clients and the stand, which live in this process.
    pub(crate) clients_ms: f64,
    /// What one act cost PostgreSQL's processes.
    pub(crate) storage_ms: f64,
    failed: u32,
    trouble: Option<String>,
}

impl Acts {
    /// What several measurements of equal length say together.
    fn mean(all: Vec<Acts>) -> Acts {
        let share = 1.0 / all.len() as f64;
        let nothing =
            Acts { rate: 0.0, cpu_ms: 0.0, clients_ms: 0.0, storage_ms: 0.0, failed: 0, trouble: None };
        all.into_iter().fold(nothing, |sum, one| Acts {
            rate: sum.rate + one.rate * share,
            cpu_ms: sum.cpu_ms + one.cpu_ms * share,
            clients_ms: sum.clients_ms + one.clients_ms * share,
            storage_ms: sum.storage_ms + one.storage_ms * share,
            failed: sum.failed + one.failed,
            trouble: sum.trouble.or(one.trouble),
        })
    }
}

/// Three free ports in a row behind a free one, for the stand's systems.
pub fn free_ports() -> anyhow::Result<u16> {
    for _ in 0..100 {
        let first = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        if first < u16::MAX - 5
            && (first..first + 5).all(|port| TcpListener::bind(("127.0.0.1", port)).is_ok())
        {
            return Ok(first);
        }
    }
    Err(anyhow!("no free ports"))
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// What went wrong, as a note.
pub(crate) fn told(done: &Acts) -> String {
    match &done.trouble {
        Some(trouble) => format!("{} failed: {trouble};", done.failed),
        None => String::new(),
    }
}
