//! The command line (spec 09, «Names that stay put»).

use crate::admin::AdminCommand;
use crate::config::ConfigCommand;
use crate::journal::JournalCommand;
use crate::stand::StandOptions;
use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// Pristan: an open portal of public services with its own citizen identity provider.
#[derive(Parser)]
#[command(name = "pristan", version, propagate_version = true)]
pub struct Cli {
    /// The configuration file; without one the defaults hold. Any value can also be set by a variable PRISTAN_….
    #[arg(long, env = "PRISTAN_CONFIG", global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Run the portal: pages, identity provider, background work.
    Serve,
    /// Run the stand: SMS centres, voice caller, mail server and registers for demonstrations and tests.
    Stand(StandOptions),
    /// Look at the configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Check proofs of the journal; needs no portal.
    #[command(subcommand)]
    Journal(JournalCommand),
    /// Look after a portal: demonstration accounts, keys, backups, jobs.
    Admin {
        #[command(subcommand)]
        command: AdminCommand,
        /// Answer in JSON on standard output.
        #[arg(long, global = true)]
        json: bool,
    },
}
