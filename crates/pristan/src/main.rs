//! The binary: `serve`, `stand`, `config check`, `admin …`. The composition root: it puts parts together and knows
//! no rule of its own.

mod admin;
mod cli;
mod config;
mod journal;
mod parts;
mod serve;
mod stand;

use clap::Parser as _;
use cli::{Cli, Command};
use std::process::ExitCode;

/// The command could not do its work; standard error says why.
const FAILED: u8 = 1;
/// The configuration is wrong; standard error lists every problem.
const WRONG_CONFIGURATION: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let file = cli.config.as_deref();
    match cli.command {
        Command::Stand(options) => finish(stand::run(&options)),
        Command::Config(config::ConfigCommand::Check { print, json }) => config::check(file, print, json),
        Command::Journal(command) => finish(journal::run(&command)),
        Command::Serve => match config::load(file) {
            Ok(config) => finish(serve::run(config)),
            Err(told) => told,
        },
        Command::Admin { command, json } => match config::load(file) {
            Ok(config) => finish(admin::run(config, command, json)),
            Err(told) => told,
        },
    }
}

fn finish(result: anyhow::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pristan: {error:#}");
            ExitCode::from(FAILED)
        }
    }
}
