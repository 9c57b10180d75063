//! A section of the profile, saved: how long the server takes when the disk's sync costs nothing.

use crate::Plan;
use crate::acts::{self, login};
use crate::ground::Engine;
use crate::portal::{Setting, fresh_folder};
use crate::report::{Aim, Report};
use crate::run::free_ports;
use anyhow::ensure;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

/// Where files are only memory, so that a sync costs nothing.
const MEMORY: &str = "/dev/shm";
const PERSONAL: &str = "/cabinet/profile/section/personal";
/// Saves before the measured ones.
const WARM: usize = 20;

/// One person saves their section again and again, each time with another name.
pub fn run(plan: &Plan, engine: &str, report: &mut Report) -> anyhow::Result<()> {
    if !Path::new(MEMORY).is_dir() {
        eprintln!("profile: left out, there is no {MEMORY}");
        return Ok(());
    }
    let folder = fresh_folder(&Path::new(MEMORY).join(format!("pristan-bench-{}", std::process::id())))?;
    let measured = measured(plan, engine, &folder);
    std::fs::remove_dir_all(&folder)?;
    let (name, mut took) = measured?;
    took.sort_by(f64::total_cmp);
    let at = |share: usize| took.get(took.len() * share / 100).copied().unwrap_or_default();
    let note = format!("p99 {:.1} ms, {} saves, storage in memory", at(99), took.len());
    report.figure(
        (name, None),
        "profile: a section saved, median, seen by the client",
        (at(50), "ms"),
        Aim::AtMost(3.0),
        &note,
    );
    Ok(())
}

fn measured(plan: &Plan, engine: &str, folder: &Path) -> anyhow::Result<(&'static str, Vec<f64>)> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().worker_threads(2).build()?;
    let listen = SocketAddr::from(([127, 0, 0, 1], free_ports()?));
    let stand = runtime.block_on(stand::run(stand::StandConfig { listen, ..Default::default() }))?;
    let storage = Engine::start_in(folder, engine)?;
    let setting = Setting {
        program: plan.program.clone(),
        engine: storage.name,
        database: storage.database(folder, "bench_profile")?,
        folder: folder.to_owned(),
        stand_url: stand.url(),
        accounts: 10,
        hash: "rustcrypto",
    };
    setting.seed()?;
    let portal = setting.start()?;
    let took = runtime.block_on(saves(portal.address, plan.time));
    portal.stop()?;
    runtime.block_on(stand.stop());
    Ok((storage.name, took?))
}

/// From the last byte of the form sent to the whole answer, each in milliseconds. Opening the form is not measured.
async fn saves(address: SocketAddr, time: Duration) -> anyhow::Result<Vec<f64>> {
    let (mut visitor, _) = acts::sign_in_as(address, &login(1, 10)).await?;
    let (mut took, begun) = (Vec::new(), Instant::now());
    while took.len() < WARM * 2 || begun.elapsed() < time {
        let page = visitor.get(PERSONAL).await?;
        let surname = if took.len() % 2 == 0 { "Лодкина" } else { "Причалова" };
        let fields = [
            ("surname", surname),
            ("first_name", "Вера"),
            ("patronymic", "Ильинична"),
            ("sex", "f"),
            ("birth_date", "05.11.1984"),
            ("birth_place", "гор. Тверь"),
            ("citizenship", "rus"),
        ];
        let (_, request) = visitor.form_request(&page, "surname", &fields)?;
        let sent = Instant::now();
        let answer = visitor.send(&request).await?;
        took.push(sent.elapsed().as_secs_f64() * 1000.0);
        ensure!(answer.status == 303, "saving answered {}", answer.status);
    }
    Ok(took.split_off(WARM))
}
