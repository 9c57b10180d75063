//! `pristan admin backup` and `restore`: one encrypted file each time, whole or only what has changed since another.

use super::answer;
use crate::parts;
use anyhow::{Context as _, bail};
use clap::Args;
use kernel::{RngSource, Secret};
use portal::config::Config;
use std::path::{Path, PathBuf};
use store::backup::{self, BackupKey, Report};

#[derive(Args)]
pub struct BackupOptions {
    /// The file to write; it appears complete or not at all.
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
    /// An earlier backup: only what has changed since is written.
    #[arg(long, value_name = "FILE")]
    pub parent: Option<PathBuf>,
    /// A file with a passphrase to encrypt with, instead of the key ring.
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
}

#[derive(Args)]
pub struct RestoreOptions {
    /// A whole backup and, after it, the partial ones in their order.
    #[arg(required = true, value_name = "FILE")]
    pub backups: Vec<PathBuf>,
    /// The passphrase that the backup was made with; otherwise the key ring opens it.
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
    /// Only check that the backups can be restored; nothing is put in place.
    #[arg(long)]
    pub verify: bool,
}

/// Makes a backup.
pub fn create(config: &Config, options: &BackupOptions, as_json: bool) -> anyhow::Result<()> {
    let rng = RngSource::os();
    let key = key(config, options.passphrase_file.as_deref(), &rng)?;
    let database = database(config)?;
    let done = backup::create(&database, options.parent.as_deref(), &options.to, &key, &mut rng.fork())?;
    let kind = if done.partial { "changes" } else { "whole database" };
    let text = format!(
        "{}: {kind}, {} of {} blocks, {} bytes. The key ring is not in it: keep {} in another place.",
        options.to.display(),
        done.blocks_moved,
        done.blocks,
        done.backup_bytes,
        config.keys_file().display()
    );
    answer(as_json, &done, &text)
}

/// Restores a chain of backups, or only checks it.
pub fn restore(config: &Config, options: &RestoreOptions, as_json: bool) -> anyhow::Result<()> {
    let key = key(config, options.passphrase_file.as_deref(), &RngSource::os())?;
    let database = database(config)?;
    let done: Report = if options.verify {
        backup::verify(&options.backups, &database, &key)?
    } else {
        backup::restore(&options.backups, &database, &key)?
    };
    let text = if options.verify {
        format!("The backups are good: a database of {} bytes.", done.database_bytes)
    } else {
        format!("{} is restored: {} bytes.", database.display(), done.database_bytes)
    };
    answer(as_json, &done, &text)
}

/// The file of the SQLite database.
fn database(config: &Config) -> anyhow::Result<PathBuf> {
    match config.database_url().strip_prefix("sqlite:") {
        Some(path) => Ok(PathBuf::from(path)),
        None => bail!("PostgreSQL is backed up with its own tools; docs/operations.md says how"),
    }
}

fn key(config: &Config, passphrase: Option<&Path>, rng: &RngSource) -> anyhow::Result<BackupKey> {
    let Some(file) = passphrase else { return Ok(BackupKey::Ring(parts::open_keys(config, rng)?)) };
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    Ok(BackupKey::Passphrase(Secret::new(text.trim_end_matches(['\r', '\n']).to_owned())))
}
