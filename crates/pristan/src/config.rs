//! `pristan config check`, and loading for the other commands.

use crate::WRONG_CONFIGURATION;
use clap::Subcommand;
use portal::config::{Config, Problem};
use std::path::Path;
use std::process::ExitCode;

#[derive(Subcommand)]
pub enum ConfigCommand {
    /// Check file and environment; every problem is told at once.
    Check {
        /// Show the effective values, secrets hidden.
        #[arg(long)]
        print: bool,
        /// Tell the problems as JSON on standard output.
        #[arg(long)]
        json: bool,
    },
}

/// The configuration of file and environment, or the exit code after every problem was told on standard error.
pub fn load(file: Option<&Path>) -> Result<Config, ExitCode> {
    read(file).map_err(|problems| {
        tell(&problems);
        ExitCode::from(WRONG_CONFIGURATION)
    })
}

/// `pristan config check`.
pub fn check(file: Option<&Path>, print: bool, json: bool) -> ExitCode {
    let loaded = read(file);
    let problems: &[Problem] = loaded.as_ref().err().map_or(&[], Vec::as_slice);
    if json {
        println!("{}", serde_json::json!({ "good": problems.is_empty(), "problems": problems }));
    } else {
        tell(problems);
    }
    match &loaded {
        Ok(config) => {
            if print {
                print!("{}", config.print());
            } else if !json {
                println!("The configuration is good.");
            }
            ExitCode::SUCCESS
        }
        Err(_) => ExitCode::from(WRONG_CONFIGURATION),
    }
}

fn read(file: Option<&Path>) -> Result<Config, Vec<Problem>> {
    // Variables that are not text cannot be ours.
    let variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Config::load(file, variables)
}

fn tell(problems: &[Problem]) {
    for problem in problems {
        eprintln!("{problem}");
    }
    if !problems.is_empty() {
        eprintln!(
            "pristan: {} in the configuration",
            if problems.len() == 1 {
                "one problem".to_owned()
            } else {
                format!("{} problems", problems.len())
            }
        );
    }
}
