//! The journal: what an event costs beside the request that it belongs to, and how long verifying a million takes.

use crate::factors::{CODE_SIGN_INS, KEY_SIGN_INS};
use crate::ground::{Engine, Ground};
use crate::portal::{Setting, cpu_seconds, family_cpu_seconds, fresh_folder};
use crate::report::{Aim, Report};
use crate::run::{SIGN_INS, WRITES};
use crate::{FEW, Plan};
use anyhow::Context as _;
use portal::audit::{self, Chain, Event};
use portal::ctx::Actor;
use std::time::Instant;

/// Accounts among which the events are spread, at most.
const CHAINS: u32 = 10_000;
/// Events written in one transaction here; requests share their commits in the same way.
const BATCH: u32 = 500;

/// What writing cost.
struct Written {
    /// Events a second.
    rate: f64,
    /// Milliseconds of processor time of one, in the program that writes it.
    own_ms: f64,
    /// The same of PostgreSQL.
    storage_ms: f64,
}

/// Writes as many events as there are accounts in the larger setting, signs a head, verifies.
pub fn run(plan: &Plan, engine: &str, report: &mut Report) -> anyhow::Result<()> {
    let storage = Engine::start(plan, engine)?;
    let folder = fresh_folder(&plan.folder.join(format!("{}-journal", storage.name)))?;
    let setting = Setting {
        program: plan.program.clone(),
        engine: storage.name,
        database: storage.database(&folder, "bench_journal")?,
        folder,
        stand_url: "http://127.0.0.1:9".to_owned(),
        accounts: plan.many.min(CHAINS),
        hash: "rustcrypto",
    };
    // Real accounts: an event's address and browser are sealed under its account's key.
    setting.seed()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().worker_threads(2).build()?;
    let written = runtime.block_on(write(&setting, plan.many, storage.postmaster))?;
    told(plan, &setting, &written, report);
    verified(plan, &setting, report)
}

/// What an event costs, beside the requests that were measured.
fn told(plan: &Plan, setting: &Setting, written: &Written, report: &mut Report) {
    let place = (setting.engine, None);
    let what = format!("journal: {} events written, one writer", plan.many);
    let note = format!(
        "processor time of an event: writer {:.0} µs, PostgreSQL {:.0} µs",
        written.own_ms * 1000.0,
        written.storage_ms * 1000.0
    );
    report.figure(place, &what, (written.rate, "/s"), Aim::None, &note);
    for (request, aim) in [
        (SIGN_INS, Aim::AtMost(0.05)),
        (CODE_SIGN_INS, Aim::AtMost(0.05)),
        (KEY_SIGN_INS, Aim::None),
        (WRITES, Aim::None),
    ] {
        if let Some(cost) = report.cost_of(setting.engine, FEW, request) {
            let what = format!("journal: cost of an event ÷ cost of one of: {request}");
            report.ratio(place, &what, (written.own_ms * 1000.0, "cpu µs", cost * 1000.0), aim, "");
        }
    }
}

/// Places the events in the tree, signs its head, verifies everything.
fn verified(plan: &Plan, setting: &Setting, report: &mut Report) -> anyhow::Result<()> {
    let place = (setting.engine, None);
    let begun = Instant::now();
    setting.admin(&["audit", "publish"])?;
    let rate = f64::from(plan.many) / begun.elapsed().as_secs_f64();
    report.figure(place, "journal: events placed in the tree and a head signed", (rate, "/s"), Aim::None, "");
    let told: serde_json::Value = serde_json::from_str(&setting.admin(&["audit", "verify"])?)?;
    let number = |name: &str| told[name].as_f64().with_context(|| name.to_owned());
    anyhow::ensure!(told["good"] == true, "the journal of the bench does not verify: {told}");
    let (events, seconds) = (number("events")?, number("seconds")?);
    anyhow::ensure!(events >= f64::from(plan.many), "only {events} events were verified");
    let what = format!("journal: {events} events verified");
    let note = format!("{seconds:.1} s");
    report.figure(place, &what, (events / seconds, "/s"), Aim::AtLeast(100_000.0), &note);
    Ok(())
}

/// Writes events of the accounts in turn.
async fn write(setting: &Setting, events: u32, postmaster: Option<u32>) -> anyhow::Result<Written> {
    let ground = Ground::open(setting).await?;
    let sql = "SELECT id FROM account ORDER BY id";
    let accounts: Vec<String> = ground.db.read(move |tx| tx.all(sql, &[], |row| row.get(0))).await?;
    let accounts: std::sync::Arc<[String]> = accounts.into();
    let spent = || {
        let storage = postmaster.map_or(Ok(0.0), family_cpu_seconds)?;
        anyhow::Ok([cpu_seconds(std::process::id())?, storage])
    };
    let (begun, before) = (Instant::now(), spent()?);
    for first in (0..events).step_by(BATCH as usize) {
        let (ctx, accounts) = (ground.ctx(), std::sync::Arc::clone(&accounts));
        ground
            .db
            .write(move |tx| {
                for number in first..events.min(first + BATCH) {
                    let account = &accounts[number as usize * 7 % accounts.len()];
                    let mut ctx = ctx.clone().acting_as(Actor::Account(account.clone()));
                    ctx.agent = "Firefox, Linux".to_owned();
                    let event = Event::SignedIn { methods: "pwd".into(), remember: false, new_device: false };
                    audit::record(tx, &ctx, Chain::Account(account), &event)?;
                }
                Ok::<_, portal::error::Error>(())
            })
            .await?;
    }
    let (seconds, after) = (begun.elapsed().as_secs_f64(), spent()?);
    ground.db.close().await;
    let [own_ms, storage_ms] =
        [0, 1].map(|who: usize| (after[who] - before[who]) * 1000.0 / f64::from(events));
    Ok(Written { rate: f64::from(events) / seconds, own_ms, storage_ms })
}
