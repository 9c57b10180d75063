//! A street found among a million by the letters that somebody types.

use crate::report::{Aim, Report};
use anyhow::anyhow;
use gateway::addresses::{Builder, Directory as _, Fit, Id, Index, Level, Row};
use kernel::Rng;
use std::time::{Duration, Instant};

/// Streets, all of one town: more than any town has.
const STREETS: u64 = 1_000_000;
const SYLLABLES: [&str; 16] =
    ["ба", "во", "ге", "ди", "жа", "зу", "ка", "ле", "мо", "ни", "по", "ра", "се", "ту", "хо", "ше"];
/// From the first letter to several words.
const TYPED: [&str; 7] = ["к", "ка", "кале", "калемони", "ул кале", "ше ба", "ба во ге"];

/// Builds the directory, then asks.
pub fn run(time: Duration, report: &mut Report) -> anyhow::Result<()> {
    let (before, begun) = (resident_kib(), Instant::now());
    let index = town()?;
    let (built, after) = (begun.elapsed().as_secs_f64(), resident_kib());
    let note = format!("built in {built:.1} s, {} MiB", after.saturating_sub(before) / 1024);
    let (mut took, asking) = (Vec::new(), Instant::now());
    while asking.elapsed() < time.min(Duration::from_secs(3)) {
        for typed in TYPED {
            let asked = Instant::now();
            let found = index.find(Level::Street, &[Id::number(2)], typed, Fit::Begins, 10);
            took.push(asked.elapsed().as_secs_f64() * 1000.0);
            std::hint::black_box(found);
        }
    }
    took.sort_by(f64::total_cmp);
    for (what, share) in [("half", 50), ("99 of 100", 99)] {
        let value = took.get(took.len() * share / 100).copied().unwrap_or_default();
        let what = format!("addresses: a street among a million, {what} of searches take at most");
        report.figure(("", None), &what, (value, "ms"), Aim::AtMost(1.0), &note);
    }
    Ok(())
}

fn town() -> anyhow::Result<Index> {
    let mut rng = Rng::seeded(7);
    let mut builder = Builder::default();
    let mut add = |id: u64, parent: Option<u64>, level, kind, name: &str| {
        let (id, parent) = (Id::number(id), parent.map(Id::number));
        builder.add(Row { id, parent, level, kind, name, postcode: "" }).map_err(|why| anyhow!(why))
    };
    add(1, None, Level::Region, "обл", "Большая")?;
    add(2, Some(1), Level::City, "г", "Миллион")?;
    for number in 0..STREETS {
        let mut name = String::new();
        for at in 0..7 {
            name.push_str(if at == 3 { " " } else { "" });
            name.push_str(SYLLABLES.get(rng.below(16) as usize).copied().unwrap_or_default());
        }
        add(number + 3, Some(2), Level::Street, "ул", &name)?;
    }
    builder.build().map_err(|trouble| anyhow!("{trouble:?}"))
}

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").trim().parse().unwrap_or_default()
}
