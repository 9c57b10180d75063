//! Pages measured: the cabinet beside a bare server, the home page beside a crowd.

use crate::acts::{self, Manners, Served};
use crate::portal::{Portal, on_core};
use crate::report::{Aim, Report};
use crate::run::{CABINET, Measured};
use crate::visitor::Visitor;
use anyhow::{Context as _, anyhow};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// People who want in while the password queue is full. So many that it stays full although they wait as told: it holds
/// 192, and 80 a second leave it.
const PATIENT: u32 = 600;

/// The same for people who try again after a quarter of a second.
const PUSHING: u32 = 400;

impl Measured<'_> {
    /// The cabinet's first page beside a bare server that is asked the same and answers the same.
    pub fn cabinet(&self, report: &mut Report) -> anyhow::Result<()> {
        let portal = on_core(0, || self.setting.start())??;
        let target = self.target(&portal);
        let (request, body) = self.runtime.block_on(acts::cabinet(&target))?;
        let bare = self.bare_server(&body)?;
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..3 {
            ours.push(self.page_rate((portal.address, portal.process()), request.clone())?);
            theirs.push(self.page_rate((bare.address, bare.process), request.clone())?);
        }
        let mean =
            |all: &[Served], of: fn(&Served) -> f64| all.iter().map(of).sum::<f64>() / all.len() as f64;
        let (cabinet, limit) = (mean(&ours, |s| s.per_cpu), mean(&theirs, |s| s.per_cpu));
        let note = format!(
            "{} bytes; for each second of the server's processor time; by the clock {:.0} and {:.0} a second",
            body.len(),
            mean(&ours, |s| s.rate),
            mean(&theirs, |s| s.rate)
        );
        report.ratio(self.place(), CABINET, (cabinet, "/cpu s", limit), Aim::AtLeast(0.6), &note);
        report.cost(self.place(), CABINET, 1000.0 / cabinet);
        portal.stop()
    }

    /// The home page beside a crowd that keeps the password queue full.
    pub fn home(&self, report: &mut Report) -> anyhow::Result<()> {
        let portal = self.setting.start()?;
        let target = self.target(&portal);
        let crowds = [
            (
                "p99 of the home page, password queue full ÷ quiet",
                PATIENT,
                Manners::Patient,
                Aim::AtMost(2.0),
            ),
            ("the same, with a crowd that tries again at once", PUSHING, Manners::Pushing, Aim::None),
        ];
        for (what, people, manners, aim) in crowds {
            let quiet = self.home_p99(&portal)?;
            let over = Arc::new(AtomicBool::new(false));
            let crowd = acts::crowd(target.clone(), people, manners, Arc::clone(&over));
            let crowd = self.runtime.spawn(crowd);
            std::thread::sleep(Duration::from_secs(3));
            let busy = self.home_p99(&portal)?;
            over.store(true, Ordering::Relaxed);
            let refused = self.runtime.block_on(crowd)??;
            let note = format!("{refused} sign-ins told 503");
            report.ratio(self.place(), what, (busy, "ms", quiet), aim, &note);
        }
        portal.stop()
    }

    /// On a thread of its own, so that no other client of this program stands before the one that measures.
    fn home_p99(&self, portal: &Portal) -> anyhow::Result<f64> {
        let (address, time) = (portal.address, self.plan.time);
        let measuring = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(acts::home_p99(address, time))
        });
        measuring.join().map_err(|_| anyhow!("the measuring client broke"))?
    }

    fn page_rate(&self, server: (SocketAddr, u32), request: Vec<u8>) -> anyhow::Result<Served> {
        let time = self.plan.time / 3;
        on_core(1, move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(acts::page_rate(server, request, 16, time))
        })?
    }

    /// What a bare server spends on one answer with these bytes, in milliseconds of its processor time.
    pub fn bare_page_ms(&self, body: &[u8]) -> anyhow::Result<f64> {
        let bare = self.bare_server(body)?;
        let request = Visitor::new(bare.address).request("GET", "/cabinet", None);
        Ok(1000.0 / self.page_rate((bare.address, bare.process), request)?.per_cpu)
    }

    /// A bare server with the same bytes, in a process of its own on the server's core.
    fn bare_server(&self, body: &[u8]) -> anyhow::Result<Bare> {
        let file = self.setting.folder.join("page.html");
        std::fs::write(&file, body)?;
        let address =
            SocketAddr::from(([127, 0, 0, 1], TcpListener::bind("127.0.0.1:0")?.local_addr()?.port()));
        let program = std::env::current_exe()?;
        let child = on_core(0, || {
            let mut command = Command::new(program);
            command.args(["bare", &address.to_string()]).arg(&file).arg("text/html; charset=utf-8").spawn()
        })?
        .context("the bare server")?;
        let bare = Bare { process: child.id(), address, child };
        while std::net::TcpStream::connect(address).is_err() {
            std::thread::yield_now();
        }
        Ok(bare)
    }
}

/// The bare server; ends when dropped.
struct Bare {
    process: u32,
    address: SocketAddr,
    child: Child,
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
