//! Queued checks by registers, drained by the portal's own worker, with registers inside this program: first ones that answer
//! at once, so that the storage is what limits; then ones that take their time, so that they are.

use crate::Plan;
use crate::ground::{Engine, Ground};
use crate::portal::{Setting, fresh_folder};
use crate::report::{Aim, Report};
use anyhow::{Context as _, ensure};
use gateway::Health;
use gateway::register::{Answer, Asked, Connector, Question, Register, RequestId};
use kernel::{Clock, RngSource, Span, SystemClock};
use portal::accounts::AccountId;
use portal::app::{App, Gateways, Parts};
use portal::checks::{self, Sent};
use portal::config::Config;
use portal::passwords::{Passwords, Pool};
use portal::profile::{self, Field, Origin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use store::jobs::{self, Handler, Job, NewJob, Outcome, Worker, WorkerOptions};
use tokio::sync::watch;

/// Checks of one sending.
const EACH: u32 = 3;
/// Profiles that are sent in one transaction while the queue is filled.
const BATCH: usize = 100;
/// What a slow register takes for an answer.
const SLOW: Duration = Duration::from_millis(200);
/// Accounts whose checks meet slow registers.
const SLOW_ACCOUNTS: u32 = 320;

/// Fills the queue, drains it, tells.
pub fn run(plan: &Plan, engine: &str, report: &mut Report) -> anyhow::Result<()> {
    let storage = Engine::start(plan, engine)?;
    let folder = fresh_folder(&plan.folder.join(format!("{}-checks", storage.name)))?;
    let quick = (plan.checks / EACH).max(100);
    let setting = Setting {
        program: plan.program.clone(),
        engine: storage.name,
        database: storage.database(&folder, "bench_checks")?,
        folder,
        stand_url: "http://127.0.0.1:9".to_owned(),
        accounts: quick + SLOW_ACCOUNTS,
        hash: "rustcrypto",
    };
    setting.seed()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().worker_threads(2).build()?;
    runtime.block_on(measure(&setting, quick, report))
}

async fn measure(setting: &Setting, quick: u32, report: &mut Report) -> anyhow::Result<()> {
    let ground = Ground::open(setting).await?;
    let registers = Arc::new(Registers::default());
    let app = app(&ground, &registers)?;
    let sql = "SELECT id FROM account ORDER BY id";
    let accounts: Vec<String> = ground.db.read(move |tx| tx.all(sql, &[], |row| row.get(0))).await?;
    let accounts: Vec<(String, u32)> = accounts.into_iter().zip(0..).collect();
    let (first, rest) = accounts.split_at(quick as usize);
    let place = (setting.engine, None);

    // What the storage and the worker do alone: jobs without work, as many as there are checks, 10 thousand at most.
    let empty = (quick * EACH).min(10_000);
    let alone = f64::from(empty) / empty_jobs(&ground, &app, empty).await?;

    fill(&ground, &app, first).await?;
    let drained = drain(&app, &registers, quick * EACH).await?;
    let all = f64::from(quick * EACH);
    let what = format!("checks: {all} drained, registers answer at once ÷ jobs without work");
    let note = format!(
        "first quarter {:.0} /s, last {:.0} /s",
        all / 4.0 / drained.first_quarter,
        all / 4.0 / drained.last_quarter
    );
    report.ratio(place, &what, (all / drained.seconds, "/s", alone), Aim::None, &note);
    let what = "checks: rate of the last quarter ÷ rate of the first";
    let rates = (all / 4.0 / drained.last_quarter, "/s", all / 4.0 / drained.first_quarter);
    report.ratio(place, what, rates, Aim::AtLeast(0.8), "the queue's length costs nothing");

    registers.pause_ms.store(SLOW.as_millis() as u64, Ordering::Relaxed);
    fill(&ground, &app, rest).await?;
    let slow = f64::from(SLOW_ACCOUNTS * EACH);
    let drained = drain(&app, &registers, SLOW_ACCOUNTS * EACH).await?;
    let at_once = f64::from(app.config().checks.at_once);
    let limit = at_once / SLOW.as_secs_f64();
    let what = "checks: drained, registers take 200 ms ÷ what these registers allow";
    let note = format!("{at_once} at one time");
    report.ratio(place, what, (slow / drained.seconds, "/s", limit), Aim::AtLeast(0.9), &note);
    all_ended(&ground, quick * EACH + SLOW_ACCOUNTS * EACH).await?;
    ground.db.close().await;
    Ok(())
}

/// Nothing was asked twice, lost, or left open.
async fn all_ended(ground: &Ground, expected: u32) -> anyhow::Result<()> {
    let count = |sql: &'static str| {
        let db = ground.db.clone();
        async move { db.read(move |tx| tx.one(sql, &[], |row| row.get::<i64>(0))).await }
    };
    let passed = count("SELECT COUNT(*) FROM register_check WHERE state = 'passed'").await?;
    let asked = count("SELECT CAST(COALESCE(SUM(asks), 0) AS BIGINT) FROM register_check").await?;
    let expected = i64::from(expected);
    ensure!((passed, asked) == (expected, expected), "{passed} passed, {asked} asked, of {expected}");
    Ok(())
}

fn app(ground: &Ground, registers: &Arc<Registers>) -> anyhow::Result<App> {
    let config = Config::default();
    let pool = Pool::start(&config.passwords).map_err(anyhow::Error::msg)?;
    let connectors = Register::ALL
        .map(|register| Arc::new(AtOnce { register, shared: Arc::clone(registers) }) as Arc<dyn Connector>);
    Ok(App::new(Parts {
        passwords: Passwords::new(&config.passwords, pool, ground.keys()),
        config,
        db: ground.db.clone(),
        clock: Arc::new(SystemClock),
        rng: RngSource::os(),
        keys: ground.keys(),
        gateways: Gateways { registers: connectors.to_vec(), ..Gateways::default() },
    }))
}

/// What all three registers share.
#[derive(Default)]
struct Registers {
    pause_ms: AtomicU64,
    answered: AtomicU32,
    told: watch::Sender<u32>,
}

/// A register that confirms everything, at once or after the pause.
struct AtOnce {
    register: Register,
    shared: Arc<Registers>,
}

#[async_trait::async_trait]
impl Connector for AtOnce {
    fn register(&self) -> Register {
        self.register
    }

    async fn ask(&self, _request: &RequestId, _question: &Question) -> Asked {
        let pause = self.shared.pause_ms.load(Ordering::Relaxed);
        if pause > 0 {
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
        let answered = self.shared.answered.fetch_add(1, Ordering::Relaxed) + 1;
        self.shared.told.send_replace(answered);
        Asked::Answered(match self.register {
            Register::Pension => Answer::Match,
            Register::Interior => Answer::Valid,
            Register::Tax => Answer::NoSuch,
        })
    }

    async fn collect(&self, _request: &RequestId) -> Asked {
        Asked::Unknown
    }

    fn health(&self) -> Health {
        Health::Up
    }
}

/// Sends a whole profile of each account.
async fn fill(ground: &Ground, app: &App, accounts: &[(String, u32)]) -> anyhow::Result<()> {
    for batch in accounts.chunks(BATCH) {
        let ctx = ground.ctx();
        let people: Vec<(AccountId, u32)> = batch
            .iter()
            .map(|(id, number)| Ok((AccountId::parse(id).context("an account's id")?, *number)))
            .collect::<anyhow::Result<_>>()?;
        let config = app.config_arc();
        let sent = ground
            .db
            .write(move |tx| {
                for (account, number) in &people {
                    profile::confirm(tx, &ctx, account, &whole(*number), Origin::Typed)?;
                    let sent = checks::send(tx, &ctx, &config, account)?;
                    if sent != Sent::Begun {
                        return Ok::<_, portal::error::Error>(Some(sent));
                    }
                }
                Ok(None)
            })
            .await?;
        ensure!(sent.is_none(), "a profile of the bench was answered {sent:?}");
    }
    Ok(())
}

/// An invented citizen's profile, as it is stored.
fn whole(number: u32) -> Vec<(Field, String)> {
    // Above 001-001-998, from where on numbers have control digits.
    let snils = 2_000_000 + number;
    let sum: u32 = (1..=9).map(|at| at * (snils / 10_u32.pow(at - 1) % 10)).sum();
    let control = sum % 101 % 100;
    let groups = (snils / 1_000_000, snils / 1000 % 1000, snils % 1000);
    [
        (Field::Surname, "Образцова".to_owned()),
        (Field::FirstName, "Анна".to_owned()),
        (Field::Patronymic, "Ильинична".to_owned()),
        (Field::Sex, "f".to_owned()),
        (Field::BirthDate, "1984-11-05".to_owned()),
        (Field::BirthPlace, "гор. Тверь".to_owned()),
        (Field::Citizenship, "rus".to_owned()),
        (Field::DocumentKind, "passport_rf".to_owned()),
        (Field::DocumentNumber, format!("2811 {:06}", 100_000 + number % 900_000)),
        (Field::IssuedOn, "2005-01-20".to_owned()),
        (Field::IssuedBy, "ОВД Центрального района г. Твери".to_owned()),
        (Field::Division, "690-001".to_owned()),
        (Field::Snils, format!("{:03}-{:03}-{:03} {control:02}", groups.0, groups.1, groups.2)),
    ]
    .into()
}

/// Seconds that draining took.
struct Drained {
    seconds: f64,
    first_quarter: f64,
    last_quarter: f64,
}

/// Lets the portal's worker ask until every check has its answer written down.
async fn drain(app: &App, registers: &Arc<Registers>, checks: u32) -> anyhow::Result<Drained> {
    let [_, worker] = portal::jobs::workers(app);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let mut told = registers.told.subscribe();
    let before = registers.answered.load(Ordering::Relaxed);
    let begun = Instant::now();
    let working = tokio::spawn(async move { worker.run(async { drop(stopped.await) }).await });
    let mut quarters = [0.0; 5];
    for (quarter, at) in (1..).zip(quarters.iter_mut().skip(1)) {
        let wanted = before + checks * quarter / 4;
        told.wait_for(|answered| *answered >= wanted).await?;
        *at = begun.elapsed().as_secs_f64();
    }
    // The last answers are written down, then the worker ends.
    let _ = stop.send(());
    working.await?;
    let [start, first, _, third, last] = quarters;
    Ok(Drained {
        seconds: begun.elapsed().as_secs_f64(),
        first_quarter: first - start,
        last_quarter: last - third,
    })
}

/// Does nothing; tells when it did so often enough.
struct Nothing {
    done: watch::Sender<u32>,
}

#[async_trait::async_trait]
impl Handler for Nothing {
    async fn run(&self, _job: &Job) -> Outcome {
        self.done.send_modify(|done| *done += 1);
        Outcome::Done
    }
}

/// Seconds in which a worker of the same size drains jobs without work.
async fn empty_jobs(ground: &Ground, app: &App, count: u32) -> anyhow::Result<f64> {
    let rng = RngSource::os();
    for _ in 0..count.div_ceil(1000) {
        let rng = rng.clone();
        let fill = move |tx: &mut store::Tx<'_>| {
            let now = SystemClock.now();
            for _ in 0..1000_u32.min(count) {
                let payload = serde_json::json!({ "check": "chk_00000000000000000000000000" });
                let job = NewJob { kind: "bench.nothing", key: None, payload, run_at: now, max_attempts: 1 };
                jobs::enqueue(tx, &job, now, &mut rng.fork())?;
            }
            Ok::<_, store::StoreError>(())
        };
        ground.db.write(fill).await?;
    }
    let done = watch::Sender::new(0);
    let mut told = done.subscribe();
    let options = WorkerOptions {
        concurrency: app.config().checks.at_once as usize,
        lease: Span::seconds(60),
        ..WorkerOptions::default()
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let worker =
        Worker::new(ground.db.clone(), clock, rng, options).on("bench.nothing", Arc::new(Nothing { done }));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let begun = Instant::now();
    let working = tokio::spawn(async move { worker.run(async { drop(stopped.await) }).await });
    told.wait_for(|done| *done >= count).await?;
    let _ = stop.send(());
    working.await?;
    Ok(begun.elapsed().as_secs_f64())
}
