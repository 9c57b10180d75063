//! `cargo xtask …`: see [`USAGE`].

use anyhow::{Result, bail};
use std::process::ExitCode;
use xtask::{ci, processes, root, run, sbom, setup, tidy};

const USAGE: &str = "\
cargo xtask <command>

  setup     install what the tests need: PostgreSQL, Chromium, Node (Debian; elsewhere: says what to install)
  tidy      check the rules of the repository
  ci        setup, format, clippy, tidy, Rust tests on both engines, browser tests; counts at the end
  e2e       the browser tests alone
  run       build and start the portal and the stand with demonstration data
  bench     measure (arguments are handed on)
  sbom      write the software bill of materials (CycloneDX) to target/sbom.cdx.json
  interop   other people's clients and servers against ours
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let command = arguments.first().map(String::as_str).unwrap_or("help");
    match dispatch(command, arguments.get(1..).unwrap_or_default()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask {command}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: &str, rest: &[String]) -> Result<()> {
    match command {
        "setup" => setup::everything(),
        "tidy" => report_tidy(),
        "ci" => ci::everything(),
        "e2e" => ci::browser_tests_alone(),
        "run" => run::demonstration(rest),
        "bench" => processes::cargo("run", &["--profile", "dist", "--package", "pristan-bench", "--"], rest),
        "sbom" => sbom::write(),
        "interop" => ci::interop(),
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(())
        }
        other => bail!("no command {other:?}\n\n{USAGE}"),
    }
}

fn report_tidy() -> Result<()> {
    let report = tidy::check(&root())?;
    for finding in &report.findings {
        eprintln!("{finding}");
    }
    if !report.findings.is_empty() {
        bail!("{} findings in {} files", report.findings.len(), report.files);
    }
    println!("tidy: {} rules, {} files, nothing to mend", tidy::CHECKS.len(), report.files);
    Ok(())
}
