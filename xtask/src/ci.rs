//! `cargo xtask ci`: every check, in the order in which a failure is cheapest to learn of.

use crate::{processes, root, setup, tidy};
use anyhow::{Context, Result, bail};
use std::process::Command;
use std::time::{Duration, Instant};

/// How many tests passed, failed and were left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Passed.
    pub passed: u64,
    /// Failed.
    pub failed: u64,
    /// Left out on purpose.
    pub ignored: u64,
}

/// One line of the summary.
struct Step {
    name: &'static str,
    ok: bool,
    took: Duration,
    counts: Option<Counts>,
}

/// Runs everything, goes on after a failure so that one run tells all, and fails when anything failed.
///
/// # Errors
/// When a step fails, or a program cannot be started.
pub fn everything() -> Result<()> {
    let mut steps = vec![
        step("setup", || setup::everything().map(|()| None)),
        step("format", || processes::cargo("fmt", &["--all", "--check"], &[]).map(|()| None)),
        step("clippy", clippy),
        step("tidy", tidy),
        step("tests", rust_tests),
    ];
    steps.push(step("browser", browser_tests));
    summary(&steps)
}

/// The browser tests alone, with their set-up.
///
/// # Errors
/// When a test fails or nothing could be started.
pub fn browser_tests_alone() -> Result<()> {
    setup::everything()?;
    summary(&[step("browser", browser_tests)])
}

/// Programs of other people against ours (tests/interop), when their tools are there.
///
/// # Errors
/// When one of them fails.
pub fn interop() -> Result<()> {
    let script = root().join("tests/interop/run.sh");
    if !script.is_file() {
        bail!("tests/interop/run.sh is not there");
    }
    processes::show(Command::new("bash").current_dir(root()).arg(script))
}

fn step(name: &'static str, work: impl FnOnce() -> Result<Option<Counts>>) -> Step {
    println!("\n== {name}");
    let start = moment();
    let (ok, counts) = match work() {
        Ok(counts) => (counts.is_none_or(|counts| counts.failed == 0), counts),
        Err(error) => {
            eprintln!("{name}: {error:#}");
            (false, None)
        }
    };
    Step { name, ok, took: moment().duration_since(start), counts }
}

// Measuring how long a step took is this tool's own business; nothing of the product sees it.
#[expect(clippy::disallowed_methods)]
fn moment() -> Instant {
    Instant::now()
}

fn clippy() -> Result<Option<Counts>> {
    processes::cargo("clippy", &["--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"], &[])?;
    Ok(None)
}

fn tidy() -> Result<Option<Counts>> {
    let report = tidy::check(&root())?;
    for finding in &report.findings {
        eprintln!("{finding}");
    }
    if !report.findings.is_empty() {
        bail!("{} findings", report.findings.len());
    }
    println!("{} files keep the rules", report.files);
    Ok(None)
}

/// Every Rust test, on SQLite and on a throw-away PostgreSQL, which must be there.
fn rust_tests() -> Result<Option<Counts>> {
    let mut command = processes::cargo_program();
    command.args(["test", "--workspace", "--no-fail-fast"]);
    command.env("PRISTAN_TEST_PG", "required");
    counted(&mut command, rust_counts)
}

fn browser_tests() -> Result<Option<Counts>> {
    processes::cargo("build", &["--package", "pristan"], &[])?;
    let mut command = Command::new("node");
    command.current_dir(root().join("e2e")).args(["run.mjs"]);
    counted(&mut command, node_counts)
}

fn counted(command: &mut Command, read: fn(&str, &mut Counts)) -> Result<Option<Counts>> {
    let mut counts = Counts::default();
    let ok = processes::watch(command, |line| read(line, &mut counts))?;
    if counts.passed == 0 {
        bail!("no test ran");
    }
    if !ok && counts.failed == 0 {
        // A crash or a compile error beside green tests: count it, or the summary would lie.
        counts.failed = 1;
    }
    Ok(Some(counts))
}

/// Adds up `test result: ok. 12 passed; 0 failed; 1 ignored; …`.
pub fn rust_counts(line: &str, counts: &mut Counts) {
    let Some((_, rest)) = line.split_once("test result: ") else { return };
    for part in rest.split(['.', ';']) {
        let mut words = part.split_whitespace();
        let (Some(number), Some(what)) = (words.next().and_then(|n| n.parse::<u64>().ok()), words.next())
        else {
            continue;
        };
        match what {
            "passed" => counts.passed += number,
            "failed" => counts.failed += number,
            "ignored" => counts.ignored += number,
            _ => {}
        }
    }
}

/// Reads the closing lines of Node's test runner: `# pass 12`, or `ℹ pass 12`.
pub fn node_counts(line: &str, counts: &mut Counts) {
    let Some(rest) = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ ")) else { return };
    let Some((what, number)) = rest.split_once(' ') else { return };
    let Ok(number) = number.trim().parse::<u64>() else { return };
    match what {
        "pass" => counts.passed += number,
        "fail" | "cancelled" => counts.failed += number,
        "skipped" | "todo" => counts.ignored += number,
        _ => {}
    }
}

fn summary(steps: &[Step]) -> Result<()> {
    println!("\n== summary");
    for step in steps {
        let counts = step.counts.map_or(String::new(), |c| {
            format!("{} passed, {} failed, {} left out", c.passed, c.failed, c.ignored)
        });
        let word = if step.ok { "ok" } else { "FAILED" };
        println!("{:<8} {:<7} {:>5} s  {counts}", step.name, word, step.took.as_secs());
    }
    let total = steps.iter().filter_map(|step| step.counts).fold(Counts::default(), |a, b| Counts {
        passed: a.passed + b.passed,
        failed: a.failed + b.failed,
        ignored: a.ignored + b.ignored,
    });
    println!("in all: {} passed, {} failed, {} left out", total.passed, total.failed, total.ignored);
    let failed: Vec<&str> = steps.iter().filter(|step| !step.ok).map(|step| step.name).collect();
    if failed.is_empty() {
        Ok(())
    } else {
        Err(anyhow::anyhow!("failed: {}", failed.join(", "))).context("not all is well")
    }
}
