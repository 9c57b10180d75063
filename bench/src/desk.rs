//! The workplace of staff, measured: finding one person among all, the pages that read large tables.

use crate::acts::login;
use crate::factors::STAFF;
use crate::furniture::furnish;
use crate::ground::Ground;
use crate::holders::{Holder, bind_apps};
use crate::portal::Portal;
use crate::report::{Aim, Report};
use crate::run::Measured;
use crate::visitor::{Page, Visitor};
use anyhow::{Context as _, ensure};
use kernel::Lang;
use portal::web::texts;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// The name of a line that is compared between numbers of accounts.
pub const SEARCH: &str = "admin: a person found by an exact contact, to the open card";

/// Pages that are compared too, and their addresses.
pub const PAGES: [(&str, &str); 5] = [
    ("admin: the first page", "/admin"),
    ("admin: ended jobs of a rare kind", "/admin/jobs?state=done&kind=bench.rare"),
    ("admin: waiting jobs of a rare kind", "/admin/jobs?state=waiting&kind=bench.rare"),
    ("admin: dead jobs of a rare kind", "/admin/jobs?state=dead&kind=bench.rare"),
    ("admin: acts of staff", "/admin/log"),
];

impl Measured<'_> {
    /// One administrator at work, on one connection, without a pause.
    pub fn admin(&self, report: &mut Report) -> anyhow::Result<()> {
        let accounts = self.setting.accounts;
        let ground = self.runtime.block_on(Ground::open(&self.setting))?;
        let member = self.runtime.block_on(async {
            furnish(&ground, accounts).await?;
            bind_apps(&ground, STAFF..STAFF + 1, accounts).await
        })?;
        let member = member.first().context("a member of staff")?;
        self.runtime.block_on(ground.db.close());
        let told: serde_json::Value = serde_json::from_str(&self.setting.admin(&["create-admin"])?)?;
        let link = told["link"].as_str().context("a link")?.to_owned();
        let portal = self.setting.start()?;
        let mut desk = self.runtime.block_on(join(portal.address, member, &link))?;
        self.runtime.block_on(counted(&mut desk))?;
        let mut number = STAFF;
        let form = self.runtime.block_on(desk.get("/admin/people"))?;
        self.timed(&portal, SEARCH, report, async || {
            number = (number + 1) % accounts;
            number = if number == STAFF { number + 1 } else { number };
            find(&mut desk, &form, &login(number, accounts)).await
        })?;
        for (what, path) in PAGES {
            let request = desk.request("GET", path, None);
            self.timed(&portal, what, report, async || {
                let answer = desk.send(&request).await?;
                ensure!(answer.status == 200, "{path} answers {}", answer.status);
                Ok(())
            })?;
        }
        portal.stop()
    }

    /// Does something over and over, one after the other, and tells how long it takes; its cost is what server and
    /// PostgreSQL spend on it together.
    fn timed(
        &self,
        portal: &Portal,
        what: &'static str,
        report: &mut Report,
        mut act: impl AsyncFnMut() -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        self.runtime.block_on(act())?;
        let before = self.spent(portal)?;
        let mut took = self.runtime.block_on(async {
            let (begun, mut took) = (Instant::now(), Vec::new());
            while begun.elapsed() < self.plan.time || took.len() < 100 {
                let asked = Instant::now();
                act().await?;
                took.push(asked.elapsed().as_secs_f64() * 1000.0);
            }
            anyhow::Ok(took)
        })?;
        let after = self.spent(portal)?;
        let count = took.len();
        let [server, _, storage] = [0, 1, 2].map(|who| (after[who] - before[who]) * 1000.0 / count as f64);
        took.sort_by(f64::total_cmp);
        let at = |hundredth: usize| took.get(count * hundredth / 100).copied().unwrap_or_default();
        let note =
            format!("{count} times; processor time: server {server:.2} ms, PostgreSQL {storage:.2} ms");
        report.figure(self.place(), &format!("{what}, p50"), (at(50), "ms"), Aim::None, &note);
        report.figure(self.place(), &format!("{what}, p99"), (at(99), "ms"), Aim::None, "");
        report.cost(self.place(), what, server + storage);
        Ok(())
    }
}

/// Becomes an administrator by a printed link and opens the workplace, as a person does.
async fn join(address: SocketAddr, member: &Holder, link: &str) -> anyhow::Result<Visitor> {
    let (_, token) = link.split_once("/staff/join/").context("a link to join")?;
    let mut desk = member.sign_in(address).await?;
    let page = desk.get(&format!("/staff/join/{token}")).await?;
    let page = desk.press(&page, "/staff/join").await?;
    ensure!(page.path.starts_with("/admin/enter"), "joined, but at {} ({})", page.path, page.status);
    let page = desk.press(&page, "/admin/enter").await?;
    ensure!(page.path == "/admin" && page.status == 200, "entered, but at {} ({})", page.path, page.status);
    Ok(desk)
}

/// Waits until the figures of the first page are counted, so that the counting is not measured with the pages.
async fn counted(desk: &mut Visitor) -> anyhow::Result<()> {
    const PATIENCE: Duration = Duration::from_secs(300);
    let not_yet = texts::text(Lang::default(), "staff-counted-not-yet");
    let begun = Instant::now();
    while desk.get("/admin").await?.text.contains(not_yet) {
        ensure!(begun.elapsed() < PATIENCE, "the figures are not counted");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

/// Looks for a person and reads the card.
async fn find(desk: &mut Visitor, form: &Page, login: &str) -> anyhow::Result<()> {
    let values = [("who", login), ("why", "request"), ("reason", "Обращение 4711: не приходит код")];
    let page = desk.submit(form, "reason", &values).await?;
    let found = page.status == 200 && page.path.starts_with("/admin/people/opn_");
    ensure!(found, "{login} was looked for, but at {} ({})", page.path, page.status);
    Ok(())
}
