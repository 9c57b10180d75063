//! A scan of nearly 5 MB judged on one core, in a process of its own, so that its memory can be told.

use crate::Plan;
use crate::portal::{cpu_seconds, on_core};
use crate::report::{Aim, Report};
use anyhow::Context as _;
use kernel::Rng;
use std::process::Command;

/// The sides of the picture: a camera's 12 million pixels.
const SIDES: (u32, u32) = (4000, 3000);
/// The size that is aimed at, in bytes: a little below the 5 MB that are taken (spec 02 §2).
const SIZE: usize = 4_900_000;
/// The most memory that judging may take besides the file itself: the ceiling of the rules and 64 MiB (docs/scans.md).
const MOST_MIB: f64 = 256.0;
/// How often it is judged; the mean counts.
const TIMES: u32 = 10;

/// Makes the picture, lets a process judge it, tells.
pub fn run(plan: &Plan, report: &mut Report) -> anyhow::Result<()> {
    let file = plan.folder.join("scan.jpg");
    let picture = picture().context("the picture of the bench")?;
    std::fs::write(&file, &picture)?;
    let program = std::env::current_exe()?;
    let done = on_core(0, || Command::new(program).arg("judge").arg(&file).output())??;
    anyhow::ensure!(done.status.success(), "judging: {}", String::from_utf8_lossy(&done.stderr));
    let told: serde_json::Value = serde_json::from_slice(&done.stdout)?;
    let number = |name: &str| told[name].as_f64().with_context(|| name.to_owned());
    let note = format!("{} bytes, {} × {} pixels, one core", picture.len(), SIDES.0, SIDES.1);
    report.figure(
        ("", None),
        "scans: judged, to the clean copy",
        (number("ms")?, "cpu ms"),
        Aim::AtMost(1000.0),
        &note,
    );
    report.figure(
        ("", None),
        "scans: memory of the process at most",
        (number("mib")?, "MiB"),
        Aim::AtMost(MOST_MIB),
        "",
    );
    Ok(())
}

/// Judges a file some times, tells the processor time of one and the peak of memory.
pub fn judge(file: &str) -> anyhow::Result<()> {
    let bytes = std::fs::read(file)?;
    // By the processor's time: strangers on the core do not count.
    let before = cpu_seconds(std::process::id())?;
    for _ in 0..TIMES {
        let inspected = scan::inspect(&bytes, &scan::Rules::default())?;
        std::hint::black_box(inspected.clean.len());
    }
    let ms = (cpu_seconds(std::process::id())? - before) * 1000.0 / f64::from(TIMES);
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("VmHWM")?;
    let kib: f64 = peak.trim().trim_end_matches(" kB").trim().parse()?;
    println!("{}", serde_json::json!({ "ms": ms, "mib": kib / 1024.0 }));
    Ok(())
}

/// A sheet with lines of dark strokes and the noise of a camera, of the quality that comes nearest to the size.
fn picture() -> Option<Vec<u8>> {
    let (width, height) = SIDES;
    let mut rng = Rng::seeded(5);
    let mut rgb = Vec::with_capacity(width as usize * height as usize * 3);
    for y in 0..height {
        for x in 0..width {
            let stroke = y % 64 < 28 && (x * 7 + (y / 64) * 131) % 41 < 17 && (200..width - 200).contains(&x);
            let ground = if stroke { 60 } else { 205 };
            let noise = rng.below(24) as u8;
            rgb.extend([ground + noise, ground + noise / 2, ground + noise]);
        }
    }
    let (mut low, mut high, mut best) = (20, 98, None);
    while low <= high {
        let quality = (low + high) / 2;
        let made = scan::jpeg_of(width, height, rgb.clone(), quality)?;
        if made.len() <= SIZE {
            (best, low) = (Some(made), quality + 1);
        } else {
            high = quality - 1;
        }
    }
    best
}
