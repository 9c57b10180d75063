//! The journal: what an event costs beside the sign-in that it belongs to, and how long verifying a million takes.

use crate::portal::{Setting, cpu_seconds, fresh_folder};
use crate::report::{Aim, Report};
use crate::run::SIGN_INS;
use crate::{FEW, Plan};
use anyhow::Context as _;
use kernel::{Clock as _, RngSource, SystemClock};
use portal::audit::{self, Chain, Event};
use portal::ctx::{Ctx, Place};
use portal::web::page::Brand;
use std::sync::Arc;
use std::time::Instant;
use store::keys::KeyRing;
use store::{Db, Options};

/// Accounts among which the events are spread.
const CHAINS: u32 = 10_000;
/// Events written in one transaction here; requests share their commits in the same way.
const BATCH: u32 = 500;

/// Writes as many events as there are accounts in the larger setting, signs a head, verifies.
pub fn run(plan: &Plan, report: &mut Report) -> anyhow::Result<()> {
    let folder = fresh_folder(&plan.folder.join("journal"))?;
    let database = format!("sqlite:{}", folder.join("pristan.sqlite").display());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().worker_threads(2).build()?;
    let (rate, cpu_ms) = runtime.block_on(write(&database, &folder.join("keys.json"), plan.many))?;
    let place = ("sqlite", None);
    let what = format!("journal: {} events written, one writer", plan.many);
    report.figure(place, &what, (rate, "/s"), Aim::None, "");
    if let Some(sign_in) = report.cost_of("sqlite", FEW, SIGN_INS) {
        let what = "journal: cost of an event ÷ cost of a password sign-in";
        report.ratio(place, what, (cpu_ms, "cpu ms", sign_in), Aim::AtMost(0.05), "");
    }
    let setting = Setting {
        program: plan.program.clone(),
        engine: "sqlite",
        database,
        folder,
        stand_url: "http://127.0.0.1:9".to_owned(),
        accounts: 0,
        hash: "rustcrypto",
    };
    let begun = Instant::now();
    setting.admin(&["audit", "publish"])?;
    let seconds = begun.elapsed().as_secs_f64();
    let rate = f64::from(plan.many) / seconds;
    report.figure(place, "journal: events placed in the tree", (rate, "/s"), Aim::None, "");
    let told: serde_json::Value = serde_json::from_str(&setting.admin(&["audit", "verify"])?)?;
    let number = |name: &str| told[name].as_f64().with_context(|| name.to_owned());
    anyhow::ensure!(told["good"] == true, "the journal of the bench does not verify: {told}");
    let (events, seconds) = (number("events")?, number("seconds")?);
    let what = format!("journal: {events} events verified");
    report.figure(
        place,
        &what,
        (events / seconds, "/s"),
        Aim::AtLeast(100_000.0),
        &format!("{seconds:.1} s"),
    );
    Ok(())
}

/// Writes events of accounts that nobody has; gives how many a second and the processor time of one.
async fn write(database: &str, keys: &std::path::Path, events: u32) -> anyhow::Result<(f64, f64)> {
    let rng = RngSource::os();
    let keys = KeyRing::load_or_create(keys, &mut rng.fork())?;
    let db = Db::open(database, Options::default()).await?;
    let brand = Brand::default();
    let zone = brand.zone().map_err(anyhow::Error::msg)?;
    let place = Place {
        not_me_days: 10,
        public_url: "http://localhost:8080".into(),
        brand: Arc::new(brand),
        zone,
        geo: Default::default(),
    };
    let own = std::process::id();
    let (begun, used) = (Instant::now(), cpu_seconds(own)?);
    for batch in 0..events / BATCH {
        let ctx = Ctx::of_job(SystemClock.now(), keys.clone(), place.clone(), rng.clone());
        db.write(move |tx| {
            for number in 0..BATCH {
                let chain = format!("acc_{:08}", (batch * BATCH + number) * 7 % CHAINS);
                let event = Event::SignedIn { methods: "pwd".into(), remember: false, new_device: false };
                audit::record(tx, &ctx, Chain::Account(&chain), &event)?;
            }
            Ok::<_, portal::error::Error>(())
        })
        .await?;
    }
    let (seconds, cpu) = (begun.elapsed().as_secs_f64(), cpu_seconds(own)? - used);
    db.close().await;
    Ok((f64::from(events) / seconds, 1000.0 * cpu / f64::from(events)))
}
