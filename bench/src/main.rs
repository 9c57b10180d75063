//! `make bench`: the built program against the limits of this machine, taken in the same run.
//!
//! Every figure that has an aim is a ratio to a limit: raw Argon2id hashes, syncs of this disk, a bare server that
//! answers the same bytes. So it says the same on a quick and on a slow machine. What is measured is the real
//! program, as a process, over its real protocols, with the stand beside it.
//!
//! `PRISTAN_BENCH_ACCOUNTS` (1000000) is the larger number of accounts, `PRISTAN_BENCH_SECONDS` (8) the length of each
//! measurement, `PRISTAN_BENCH_ENGINES` (sqlite,postgres) which engines, `PRISTAN_BENCH_PARTS` which measurements:
//! `starts`, `signin`, `register`, `writes`, `storage`, `cabinet`, `home`, `simd`; `factors`: sign-ins with codes of an
//! application and with passkeys; `admin`: finding a person and the pages of staff; `journal`: the cost of an event and
//! the verification of as many events as there are accounts; `profile`: saving a section; `scans`: judging a scan;
//! `checks`: draining `PRISTAN_BENCH_CHECKS` (6000) queued checks by registers; `addresses`: a street among a million. The table goes to standard output, the same as JSON to
//! `target/bench/report.json`.
#![allow(clippy::disallowed_methods)] // measuring time is what this program is for

mod acts;
mod addresses;
mod desk;
mod factors;
mod furniture;
mod ground;
mod holders;
mod http;
mod journal;
mod limits;
mod mailbox;
mod pages;
mod portal;
mod profile;
mod queue;
mod regulars;
mod report;
mod run;
mod scans;
mod visitor;

use anyhow::Context as _;
use report::{Aim, Report};
use std::path::PathBuf;
use std::time::Duration;

/// The smaller number of accounts.
const FEW: u32 = 1_000;

/// What a run was asked for.
pub struct Plan {
    program: PathBuf,
    folder: PathBuf,
    time: Duration,
    many: u32,
    /// Checks by registers that are queued and drained.
    checks: u32,
    engines: Vec<String>,
    /// Which measurements; empty is all of them.
    parts: Vec<String>,
}

impl Plan {
    /// Whether a measurement was asked for.
    fn wants(&self, part: &str) -> bool {
        self.parts.is_empty() || self.parts.iter().any(|wanted| wanted == part)
    }
}

fn main() -> anyhow::Result<()> {
    let words: Vec<String> = std::env::args().collect();
    if let [_, word, address, file, kind] = words.as_slice()
        && word == "bare"
    {
        return bare(address, file, kind);
    }
    if let [_, word, file] = words.as_slice()
        && word == "judge"
    {
        return scans::judge(file);
    }
    let plan = plan()?;
    let mut report = Report::default();
    if ["signin", "register", "simd", "factors", "journal"].iter().any(|part| plan.wants(part)) {
        raw(&plan, &mut report)?;
    }
    if plan.wants("scans") {
        scans::run(&plan, &mut report)?;
    }
    if plan.wants("addresses") {
        addresses::run(plan.time, &mut report)?;
    }
    for engine in &plan.engines {
        if plan.wants("profile") {
            profile::run(&plan, engine, &mut report)?;
        }
        if plan.wants("checks") {
            queue::run(&plan, engine, &mut report)?;
        }
    }
    // The journal's cost is compared with that of acts.
    let apart = ["scans", "addresses", "profile", "checks"];
    let settings = plan.parts.is_empty() || plan.parts.iter().any(|part| !apart.contains(&part.as_str()));
    for engine in plan.engines.iter().filter(|_| settings) {
        let mut sizes = vec![FEW, plan.many];
        sizes.dedup();
        for accounts in sizes {
            run::setting(&plan, engine, accounts, &mut report)?;
        }
        if plan.many > FEW {
            compare(&plan, engine, &mut report);
        }
    }
    if plan.wants("journal") {
        for engine in &plan.engines {
            journal::run(&plan, engine, &mut report)?;
        }
    }
    report.write(&plan.folder.join("report.json"))?;
    println!("{}", report.table());
    let (met, aims) = report.met();
    println!("{met} of {aims} aims met; {}", plan.folder.join("report.json").display());
    Ok(())
}

fn plan() -> anyhow::Result<Plan> {
    let number = |name: &str, default: u32| {
        std::env::var(name).map_or(Ok(default), |text| text.parse().with_context(|| name.to_owned()))
    };
    let engines = std::env::var("PRISTAN_BENCH_ENGINES").unwrap_or_else(|_| "sqlite,postgres".to_owned());
    // Started by cargo: then what is measured is built first, so that it is never an old one.
    if let Some(cargo) = std::env::var_os("CARGO") {
        let built = std::process::Command::new(cargo)
            .args(["build", "--profile", "dist", "--package", "pristan"])
            .status()?;
        anyhow::ensure!(built.success(), "pristan could not be built");
    }
    // The program lies beside this one: target/dist/pristan.
    let program = std::env::current_exe()?.with_file_name("pristan");
    anyhow::ensure!(
        program.is_file(),
        "{} is missing; build it with: cargo build --profile dist -p pristan",
        program.display()
    );
    let target = program.ancestors().nth(2).context("target")?;
    let folder = target.join("bench");
    std::fs::create_dir_all(&folder)?;
    Ok(Plan {
        program,
        folder,
        time: Duration::from_secs(number("PRISTAN_BENCH_SECONDS", 8)?.into()),
        many: number("PRISTAN_BENCH_ACCOUNTS", 1_000_000)?.max(FEW),
        checks: number("PRISTAN_BENCH_CHECKS", 6_000)?.max(300),
        engines: words(&engines),
        parts: words(&std::env::var("PRISTAN_BENCH_PARTS").unwrap_or_default()),
    })
}

fn words(list: &str) -> Vec<String> {
    list.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn raw(plan: &Plan, report: &mut Report) -> anyhow::Result<()> {
    // In turns, so that both meet the same machine.
    let mut rates = [0.0; 2];
    for _ in 0..4 {
        for (rate, hash) in rates.iter_mut().zip(["rustcrypto", "simd"]) {
            *rate += limits::raw_hashes(hash, plan.time / 4)?.rate / 4.0;
        }
    }
    let [rustcrypto, simd] = rates;
    let place = ("", None);
    report.figure(place, "raw Argon2id 19 MiB t=2, RustCrypto, all cores", (rustcrypto, "/s"), Aim::None, "");
    let what = "raw Argon2id, SIMD implementation ÷ RustCrypto";
    report.ratio(place, what, (simd, "/s", rustcrypto), Aim::AtLeast(1.8), "");
    Ok(())
}

/// What more accounts cost: the server's processor time for one act, which other work on the machine does not change.
fn compare(plan: &Plan, engine: &str, report: &mut Report) {
    let name = run::engine_name(engine);
    let acts = [run::SIGN_INS, run::REGISTRATIONS, run::WRITES, run::CABINET];
    let acts = acts.into_iter().chain([factors::CODE_SIGN_INS, factors::KEY_SIGN_INS, desk::SEARCH]);
    for what in acts.chain(desk::PAGES.map(|(what, _)| what)) {
        let (few, many) = (report.cost_of(name, FEW, what), report.cost_of(name, plan.many, what));
        if let (Some(few), Some(many)) = (few, many) {
            let what = format!("cost with {} accounts ÷ with {FEW}: {what}", plan.many);
            report.ratio((name, Some(plan.many)), &what, (many, "cpu ms", few), Aim::AtMost(1.2), "");
        }
    }
}

/// A bare server in a process of its own, to compare pages with.
fn bare(address: &str, file: &str, kind: &str) -> anyhow::Result<()> {
    let body: &'static [u8] = Box::leak(std::fs::read(file)?.into_boxed_slice());
    let kind: &'static str = Box::leak(kind.to_owned().into_boxed_str());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(limits::bare_server(address.parse()?, body, kind))
}
