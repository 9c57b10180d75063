//! `pristan journal check`: checks a downloaded proof without the portal, its configuration or a network.

use anyhow::{Context as _, anyhow};
use clap::Subcommand;
use kernel::Time;
use portal::audit::note::Verifier;
use portal::audit::proof::{self, Proven};
use serde_json::json;
use std::path::{Path, PathBuf};

/// The largest file that is looked at: a proof has a few kilobytes.
const MOST_BYTES: u64 = 1024 * 1024;

#[derive(Subcommand)]
pub enum JournalCommand {
    /// Check the proof of an event that was downloaded in the cabinet.
    Check {
        /// The file.
        file: PathBuf,
        /// The portal's public key, or a file of keys (from /journal/keys) that you saved yourself. Without one only
        /// the file's own key is used, which shows that the file is whole but not who made it.
        #[arg(long, value_name = "KEY|FILE")]
        key: Vec<String>,
        /// Answer in JSON on standard output.
        #[arg(long)]
        json: bool,
    },
}

/// Runs one command.
pub fn run(command: &JournalCommand) -> anyhow::Result<()> {
    let JournalCommand::Check { file, key, json } = command;
    let text = read(file)?;
    match proof::check(&text, &keys(key)?) {
        Ok(proven) if *json => {
            println!("{}", json!({ "good": true, "proven": proven }));
            Ok(())
        }
        Ok(proven) => {
            println!("{}", told(&proven));
            Ok(())
        }
        Err(broken) => {
            if *json {
                println!("{}", json!({ "good": false, "problem": broken.to_string() }));
            }
            Err(anyhow!("{}: NOT PROVEN: {broken}", file.display()))
        }
    }
}

/// Keys as given: themselves, or files with one a line.
pub fn keys(given: &[String]) -> anyhow::Result<Vec<Verifier>> {
    let mut known = Vec::new();
    for word in given {
        if let Some(key) = Verifier::parse(word) {
            known.push(key);
            continue;
        }
        let text = read(Path::new(word))?;
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            known.push(Verifier::parse(line).ok_or_else(|| anyhow!("{word}: not a key: {line}"))?);
        }
    }
    Ok(known)
}

fn read(file: &Path) -> anyhow::Result<String> {
    let size = std::fs::metadata(file).with_context(|| file.display().to_string())?.len();
    anyhow::ensure!(size <= MOST_BYTES, "{}: too large for this", file.display());
    std::fs::read_to_string(file).with_context(|| file.display().to_string())
}

fn told(proven: &Proven) -> String {
    let time = |micros: i64| {
        kernel::Date::at(Time(micros)).map_or_else(String::new, |day| {
            let seconds = micros.div_euclid(1_000_000).rem_euclid(86_400);
            format!("{} {:02}:{:02}:{:02} UTC", day.iso(), seconds / 3_600, seconds / 60 % 60, seconds % 60)
        })
    };
    let who = if proven.key_known {
        "The head is signed with a key that you gave."
    } else {
        "The head is signed with the key in the file itself: compare it with the one that the portal publishes on \
         /journal/keys, or give it with --key."
    };
    format!(
        "PROVEN: the event {} ({}) of {}, number {} in its journal, written on {} by {}, is one of the {} events under \
         head {} of {}, signed on {}.\nNothing in its record was changed since then.\nKey: {}\n{who}",
        proven.id,
        proven.event,
        proven.chain,
        proven.number,
        time(proven.at),
        proven.actor,
        proven.size,
        proven.head,
        proven.origin,
        time(proven.signed_at.saturating_mul(1_000_000)),
        proven.key,
    )
}
