//! What people do, measured: signing in, registering, confirming codes, reading pages.

use crate::http::Connection;
use crate::mailbox::Mailbox;
use crate::portal::cpu_seconds;
use crate::visitor::{Page, Visitor};
use anyhow::{Context as _, bail, ensure};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// The password of the demonstration accounts (spec 09).
pub const PASSWORD: &str = "Demo-2026!x";

/// How the portal of one measurement is reached.
#[derive(Clone)]
pub struct Target {
    /// Where it listens.
    pub address: SocketAddr,
    /// How many demonstration accounts it has.
    pub accounts: u32,
    /// Where codes arrive.
    pub mailbox: Mailbox,
    /// Numbers that were not used yet: one for each registration and for each sign-in.
    pub next: Arc<AtomicU32>,
}

impl Target {
    fn number(&self) -> u32 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// The login of some account; a different one each time until all had their turn.
    fn login(&self) -> String {
        login(self.number(), self.accounts)
    }
}

/// The login of the `number`th account in an order that walks over all of them, far apart.
pub fn login(number: u32, accounts: u32) -> String {
    // A step that shares no factor with the count.
    let spread = u64::from(number) * 7_919 % u64::from(accounts);
    format!("+7900{spread:07}")
}

/// What many clients did in a while.
pub struct Done {
    /// Acts that went well, a second.
    pub rate: f64,
    /// Acts that went well in all, warming up included.
    pub total: u32,
    /// Acts that did not.
    pub failed: u32,
    /// The first thing that went wrong.
    pub trouble: Option<String>,
}

/// Lets `clients` repeat an act for `time`; the counting begins after the first second.
pub async fn repeat<F, A>(clients: u32, time: Duration, act: A) -> Done
where
    A: Fn() -> F + Clone + Send + 'static,
    F: Future<Output = anyhow::Result<u32>> + Send,
{
    let (good, failed, over) =
        (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)), Arc::new(AtomicBool::new(false)));
    let trouble = Arc::new(std::sync::OnceLock::new());
    let mut running = JoinSet::new();
    for _ in 0..clients {
        let (good, failed, over, trouble) =
            (Arc::clone(&good), Arc::clone(&failed), Arc::clone(&over), Arc::clone(&trouble));
        let act = act.clone();
        running.spawn(async move {
            while !over.load(Ordering::Relaxed) {
                match act().await {
                    Ok(acts) => good.fetch_add(acts, Ordering::Relaxed),
                    Err(error) => {
                        let _ = trouble.set(format!("{error:#}"));
                        failed.fetch_add(1, Ordering::Relaxed)
                    }
                };
            }
        });
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (before, begun) = (good.load(Ordering::Relaxed), Instant::now());
    tokio::time::sleep(time).await;
    let rate = f64::from(good.load(Ordering::Relaxed) - before) / begun.elapsed().as_secs_f64();
    over.store(true, Ordering::Relaxed);
    while running.join_next().await.is_some() {}
    Done {
        rate,
        total: good.load(Ordering::Relaxed),
        failed: failed.load(Ordering::Relaxed),
        trouble: trouble.get().cloned(),
    }
}

/// One sign-in by password on a browser of its own.
pub async fn sign_in(target: Target) -> anyhow::Result<u32> {
    let (mut visitor, request) = at_the_sign_in_form(&target).await?;
    let answer = visitor.send(&request).await?;
    ensure!(answer.status == 303, "signing in answered {}", answer.status);
    Ok(1)
}

/// A visitor with a filled sign-in form in hand.
async fn at_the_sign_in_form(target: &Target) -> anyhow::Result<(Visitor, Vec<u8>)> {
    let mut visitor = Visitor::new(target.address);
    let page = visitor.get("/sign-in").await?;
    let login = target.login();
    let (_, request) =
        visitor.form_request(&page, "password", &[("login", &login), ("password", PASSWORD)])?;
    Ok((visitor, request))
}

/// A visitor who signs in by password as somebody, and the page that follows.
pub async fn sign_in_as(address: SocketAddr, login: &str) -> anyhow::Result<(Visitor, Page)> {
    let mut visitor = Visitor::new(address);
    let page = visitor.get("/sign-in").await?;
    let page = visitor.submit(&page, "password", &[("login", login), ("password", PASSWORD)]).await?;
    Ok((visitor, page))
}

/// So many first sign-ins at the same moment; gives how many did not succeed, and what the first of them met.
pub async fn sign_in_at_once(target: &Target, people: u32) -> anyhow::Result<(u32, Option<String>)> {
    let mut ready = Vec::new();
    for _ in 0..people {
        ready.push(at_the_sign_in_form(target).await?);
    }
    let mut running = JoinSet::new();
    for (mut visitor, request) in ready {
        running.spawn(async move { visitor.send(&request).await });
    }
    let (mut failed, mut trouble) = (0, None);
    while let Some(done) = running.join_next().await {
        match done.context("a client broke")? {
            Ok(answer) if answer.status == 303 => {}
            Ok(answer) => (failed, trouble) = (failed + 1, Some(format!("answer {}", answer.status))),
            Err(error) => (failed, trouble) = (failed + 1, Some(format!("{error:#}"))),
        }
    }
    Ok((failed, trouble))
}

/// From the empty form to a confirmed code; the acts on the way that the portal made durable: two.
pub async fn confirm_a_code(target: Target) -> anyhow::Result<u32> {
    confirmed(&target).await.map(|_| 2)
}

async fn confirmed(target: &Target) -> anyhow::Result<(Visitor, Page)> {
    let number = target.number();
    let phone = format!("+79{:02}{:07}", 10 + number / 10_000_000 % 60, number % 10_000_000);
    let mut visitor = Visitor::new(target.address);
    let page = visitor.get("/register").await?;
    let code = target.mailbox.expect(&phone);
    let data = [
        ("surname", "Образцова"),
        ("first_name", "Анна"),
        ("phone", phone.as_str()),
        ("consent_terms", "on"),
        ("consent_data", "on"),
    ];
    let page = visitor.submit(&page, "surname", &data).await?;
    ensure!(page.asks("code"), "no code is asked for at {} ({})", page.path, page.status);
    let code = code.code().await?;
    let page = visitor.submit(&page, "code", &[("code", &code)]).await?;
    ensure!(page.asks("password_repeat"), "no password is asked for at {} ({})", page.path, page.status);
    Ok((visitor, page))
}

/// A whole registration by phone, to the cabinet.
pub async fn register(target: Target) -> anyhow::Result<u32> {
    let (mut visitor, page) = confirmed(&target).await?;
    let password = [("password", "Gavan-2026!x"), ("password_repeat", "Gavan-2026!x")];
    let page = visitor.submit(&page, "password_repeat", &password).await?;
    ensure!(
        page.path.starts_with("/cabinet") && page.status == 200,
        "registered, but at {} ({})",
        page.path,
        page.status
    );
    Ok(1)
}

/// A signed-in visitor's request for the cabinet, and the page that it brings.
pub async fn cabinet(target: &Target) -> anyhow::Result<(Vec<u8>, Vec<u8>)> {
    let (mut visitor, request) = at_the_sign_in_form(target).await?;
    visitor.send(&request).await?;
    let request = visitor.request("GET", "/cabinet", None);
    let page = visitor.send(&request).await?;
    if page.status != 200 {
        bail!("the cabinet answers {}", page.status);
    }
    Ok((request, page.body))
}

/// What a server did with the same request over and over.
#[derive(Clone, Copy)]
pub struct Served {
    /// Answers a second.
    pub rate: f64,
    /// Answers for each second of the server's processor time: what other work on the machine does not change.
    pub per_cpu: f64,
}

/// Asks a server process for the same page over `connections` kept connections.
pub async fn page_rate(
    (address, process): (SocketAddr, u32),
    request: Vec<u8>,
    connections: u32,
    time: Duration,
) -> anyhow::Result<Served> {
    let over = Arc::new(AtomicBool::new(false));
    let count = Arc::new(AtomicU32::new(0));
    let mut running = JoinSet::new();
    // The client never sleeps: waking it is work of the server's core, and only the slower of two servers would pay it.
    let asked = Arc::clone(&over);
    running.spawn(async move {
        while !asked.load(Ordering::Relaxed) {
            tokio::task::yield_now().await;
        }
        Ok(())
    });
    for _ in 0..connections {
        let (over, count, request) = (Arc::clone(&over), Arc::clone(&count), request.clone());
        running.spawn(async move {
            let mut connection = Connection::new(address);
            while !over.load(Ordering::Relaxed) {
                let status = connection.status(&request).await?;
                ensure!(status == 200, "answer {status}");
                count.fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        });
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let (before, cpu, begun) = (count.load(Ordering::Relaxed), cpu_seconds(process)?, Instant::now());
    tokio::time::sleep(time).await;
    let answers = f64::from(count.load(Ordering::Relaxed) - before);
    let served = Served {
        rate: answers / begun.elapsed().as_secs_f64(),
        per_cpu: answers / (cpu_seconds(process)? - cpu),
    };
    over.store(true, Ordering::Relaxed);
    while let Some(done) = running.join_next().await {
        done.context("a client broke")??;
    }
    Ok(served)
}

/// How long the home page takes, asked for at an even pace: the 99th of a hundred, in milliseconds.
pub async fn home_p99(address: SocketAddr, time: Duration) -> anyhow::Result<f64> {
    const PAUSE: Duration = Duration::from_millis(5);
    let request = Visitor::new(address).request("GET", "/", None);
    let mut connection = Connection::new(address);
    let mut took = Vec::new();
    let mut ticks = tokio::time::interval(PAUSE);
    let begun = Instant::now();
    while begun.elapsed() < time {
        ticks.tick().await;
        let asked = Instant::now();
        let status = connection.status(&request).await?;
        ensure!(status == 200, "the home page answers {status}");
        took.push(asked.elapsed().as_secs_f64() * 1000.0);
    }
    took.sort_by(f64::total_cmp);
    took.get(took.len() * 99 / 100).copied().context("no answers")
}

/// How the people of a crowd take a 503.
#[derive(Clone, Copy)]
pub enum Manners {
    /// They wait as long as the answer asks them to.
    Patient,
    /// They try again after a quarter of a second.
    Pushing,
}

/// Keeps the password queue full until told to stop; gives how many were refused with 503.
pub async fn crowd(
    target: Target,
    people: u32,
    manners: Manners,
    over: Arc<AtomicBool>,
) -> anyhow::Result<u32> {
    let refused = Arc::new(AtomicU32::new(0));
    let mut running = JoinSet::new();
    for person in 0..people {
        let (target, over, refused) = (target.clone(), Arc::clone(&over), Arc::clone(&refused));
        // People are not a drum: each has a pace of their own, from three quarters to five quarters of the pause.
        let pace = 0.75 + f64::from(person * 97 % 101) / 202.0;
        running.spawn(async move {
            let (mut visitor, request) = at_the_sign_in_form(&target).await?;
            while !over.load(Ordering::Relaxed) {
                let answer = visitor.send(&request).await?;
                if answer.status == 503 {
                    refused.fetch_add(1, Ordering::Relaxed);
                    let asked = answer.header("retry-after").and_then(|seconds| seconds.parse().ok());
                    let pause = match manners {
                        Manners::Patient => Duration::from_secs(asked.context("503 without Retry-After")?),
                        Manners::Pushing => Duration::from_millis(250),
                    };
                    tokio::time::sleep(pause.mul_f64(pace)).await;
                }
            }
            anyhow::Ok(())
        });
    }
    while let Some(done) = running.join_next().await {
        done.context("a client broke")??;
    }
    Ok(refused.load(Ordering::Relaxed))
}

/// Outbox rows by `clients` straight into the storage, each in a transaction of its own that is on disk before the
/// next: what group commit makes of the disk, without pages around it.
pub async fn outbox_rows(database: &str, clients: u32, time: Duration) -> anyhow::Result<Done> {
    let db = store::Db::open(database, store::Options::default()).await?;
    let rng = kernel::RngSource::os();
    let used = db.clone();
    let act = move || {
        let (db, rng) = (used.clone(), rng.clone());
        async move {
            db.write(move |tx| {
                let now = kernel::Clock::now(&kernel::SystemClock);
                let payload = serde_json::json!({ "row": "bench" });
                let job = store::jobs::NewJob {
                    kind: "bench.row",
                    key: None,
                    payload,
                    run_at: now,
                    max_attempts: 1,
                };
                store::jobs::enqueue(tx, &job, now, &mut rng.fork()).map(drop)
            })
            .await?;
            Ok(1)
        }
    };
    let done = repeat(clients, time, act).await;
    db.write(|tx| tx.exec("DELETE FROM job WHERE kind = 'bench.row'", &[])).await?;
    db.close().await;
    Ok(done)
}
