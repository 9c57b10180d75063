//! Sign-ins with a second factor and with a passkey, measured.

use crate::acts::outbox_rows;
use crate::ground::Ground;
use crate::holders::{KeyRing, bind_apps, sign_in_with_code};
use crate::limits;
use crate::portal::{Portal, cpu_seconds};
use crate::report::{Aim, Report};
use crate::run::{Measured, told};
use crate::visitor::Visitor;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

/// Names of lines that are compared between numbers of accounts.
pub const CODE_SIGN_INS: &str = "sign-ins with password and code of an app";
pub const KEY_SIGN_INS: &str = "sign-ins with a passkey";

/// Clients of either measurement; so many accounts have a passkey, the first ones in the order of `acts::login`.
const CLIENTS: u32 = 32;
/// The number of the account that becomes a member of staff.
pub const STAFF: u32 = CLIENTS;
/// The most accounts with an application: a code is good once, so each signs in twice in half a minute at most.
const MOST_APPS: u32 = 4_000;

impl Measured<'_> {
    /// Passkeys and codes of applications; after everything that signs in by password alone.
    pub fn factors(&self, report: &mut Report) -> anyhow::Result<()> {
        let row = self.row_ms()?;
        let ground = self.runtime.block_on(Ground::open(&self.setting))?;
        let apps = STAFF + 1..self.setting.accounts.min(STAFF + 1 + MOST_APPS);
        let holders = self.runtime.block_on(bind_apps(&ground, apps, self.setting.accounts))?;
        self.runtime.block_on(ground.db.close());
        let portal = self.setting.start()?;
        let target = self.target(&portal);
        let (holders, next) = (Arc::new(holders), Arc::new(AtomicUsize::new(0)));
        let (done, raw) = self.beside_raw("rustcrypto", |time| {
            let (holders, next) = (Arc::clone(&holders), Arc::clone(&next));
            self.repeat((CLIENTS, time), &portal, &target, move |target| {
                sign_in_with_code(target, Arc::clone(&holders), Arc::clone(&next))
            })
        })?;
        self.hashing(CODE_SIGN_INS, &done, raw, Aim::AtLeast(0.9), report);
        self.passkeys(&portal, row, report)?;
        portal.stop()
    }

    /// Sign-ins without a password on devices that are known: beside raw signature checks by the clock, and beside the
    /// least that such a sign-in is made of by processor time.
    fn passkeys(&self, portal: &Portal, row_ms: f64, report: &mut Report) -> anyhow::Result<()> {
        let ring = self.runtime.block_on(KeyRing::make(portal.address, CLIENTS, self.setting.accounts))?;
        let target = self.target(portal);
        let raw = limits::raw_checks(self.plan.time / 4)?;
        let done =
            self.repeat((CLIENTS, self.plan.time), portal, &target, move |_| ring.clone().sign_in())?;
        let note = format!(
            "{} processor time an act: server {:.2} ms, clients with their keys {:.2} ms, PostgreSQL {:.2} ms",
            told(&done),
            done.cpu_ms,
            done.clients_ms,
            done.storage_ms
        );
        report.ratio(self.place(), KEY_SIGN_INS, (done.rate, "/s", raw.rate), Aim::None, note.trim());
        let page = self.runtime.block_on(Visitor::new(portal.address).get("/sign-in"))?.text;
        let page_ms = self.bare_page_ms(page.as_bytes())?;
        let least = 2.0 * page_ms + raw.cpu_ms + row_ms;
        let note = format!(
            "two bare pages {page_ms:.3} ms each, a signature checked {:.3} ms, a durable row {row_ms:.3} ms",
            raw.cpu_ms
        );
        let what = "what a passkey sign-in is made of, by the server's processor time";
        report.ratio(self.place(), what, (least, "ms", done.cpu_ms), Aim::None, &note);
        report.cost(self.place(), KEY_SIGN_INS, done.cpu_ms);
        Ok(())
    }

    /// What one durable row costs the program that writes it, in milliseconds of processor time, 64 at once.
    fn row_ms(&self) -> anyhow::Result<f64> {
        let own = std::process::id();
        let before = cpu_seconds(own)?;
        let rows = outbox_rows(&self.setting.database, 64, self.plan.time / 2);
        let done = self.runtime.block_on(rows)?;
        Ok((cpu_seconds(own)? - before) * 1000.0 / f64::from(done.total.max(1)))
    }
}
