//! Runs test vectors against the rules of this crate.
//!
//! `cargo run --release -p kernel --example vectors -- DIR` reads every `NAME.json` of the folder:
//! `[{"input": …, "valid": bool, "normalized": string or null, "why": code, …}]`. A wrong case is a line; the
//! last line is `N passed, N failed`. A file in this format that no rule is named after counts as one failure; a
//! file of another format is named as not covered.

mod rules;

use serde_json::Value;
use std::path::Path;
use std::process::ExitCode;

/// How much of an input a line shows: enough to find the case.
const SHOWN: usize = 60;

#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
    other_reason: usize,
}

fn main() -> ExitCode {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("usage: vectors DIR");
        return ExitCode::from(2);
    };
    let mut tally = Tally::default();
    match files(Path::new(&folder)) {
        Ok(files) if !files.is_empty() => files.iter().for_each(|file| run(file, &mut tally)),
        Ok(_) => {
            println!("no .json file in {folder}");
            tally.failed += 1;
        }
        Err(error) => {
            println!("{folder}: {error}");
            tally.failed += 1;
        }
    }
    if tally.other_reason > 0 {
        println!(
            "{} refused for another reason than recommended (not counted as failed)",
            tally.other_reason
        );
    }
    println!("{} passed, {} failed", tally.passed, tally.failed);
    if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn files(folder: &Path) -> std::io::Result<Vec<std::path::PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn run(file: &Path, tally: &mut Tally) {
    let name = file.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    let cases = std::fs::read_to_string(file).ok().and_then(|text| serde_json::from_str::<Value>(&text).ok());
    let Some(cases) = cases.as_ref().and_then(Value::as_array) else {
        // Another topic's file beside ours is not a failure, but it is not silent either.
        println!("{name}: NOT COVERED, not a list of cases in this format");
        return;
    };
    let Some(rule) = rules::named(name) else {
        println!("{name}: NOT COVERED, {} cases without a rule", cases.len());
        tally.failed += 1;
        return;
    };
    let before = (tally.passed, tally.failed);
    for (place, case) in cases.iter().enumerate() {
        if let Err(line) = check(case, rule, tally) {
            println!("{name}[{place}]: {line}");
            tally.failed += 1;
        } else {
            tally.passed += 1;
        }
    }
    println!("{name}: {} passed, {} failed", tally.passed - before.0, tally.failed - before.1);
}

fn check(case: &Value, rule: rules::Rule, tally: &mut Tally) -> Result<(), String> {
    let valid = case.get("valid").and_then(Value::as_bool).ok_or("no \"valid\"")?;
    let normalized = case.get("normalized").and_then(Value::as_str);
    let why = case.get("why").and_then(Value::as_str).unwrap_or_default();
    let input = shown(case.get("input").unwrap_or(&Value::Null));
    match (rule(case), valid) {
        (Ok(got), true) if Some(got.as_str()) == normalized => Ok(()),
        (Ok(got), true) => {
            Err(format!("{input} gave {}, expected {}", shown(&got.into()), shown(&normalized.into())))
        }
        (Ok(_), false) => Err(format!("{input} was taken, expected {why}")),
        (Err(got), true) => Err(format!("{input} was refused as {got}, expected good")),
        (Err(got), false) => {
            tally.other_reason += usize::from(got != why && !why.is_empty());
            if std::env::var_os("VECTORS_REASONS").is_some() && got != why {
                println!("  reason: {input} refused as {got}, recommended {why}");
            }
            Ok(())
        }
    }
}

/// A value in ASCII with escapes, cut to a readable length.
fn shown(value: &Value) -> String {
    let text: String = value.to_string().chars().flat_map(char::escape_default).collect();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}
