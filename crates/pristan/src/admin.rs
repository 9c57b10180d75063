//! `pristan admin …`: commands for the person who looks after a portal. With `--json` the answer is one JSON value
//! on standard output; otherwise a few lines for people.

mod backup;
mod journal;

use crate::parts;
use anyhow::{Context as _, bail};
use clap::{Subcommand, ValueEnum};
use kernel::{Level, RngSource, SystemClock};
use portal::admin::{demo_staff, jobs, keys, seed};
use portal::app::App;
use portal::config::Config;
use serde::Serialize;
use serde_json::json;
use std::fmt::Display;
use store::jobs::State;
use store::keys::Use;

#[derive(Subcommand)]
pub enum AdminCommand {
    /// Make demonstration accounts +79000000000, +79000000001, … with the password Demo-2026!x.
    Seed {
        /// How many shall exist.
        #[arg(long)]
        accounts: u32,
        /// Their level.
        #[arg(long, value_enum, default_value_t = LevelWord::Simplified)]
        level: LevelWord,
    },
    /// Make the staff of a demonstration, one for each role, and print how they sign in.
    DemoStaff,
    /// The key ring.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Back the database up while the portal works (SQLite; for PostgreSQL see docs/operations.md).
    Backup(backup::BackupOptions),
    /// Put a backup back in the place of a database that is gone, or only try whether that would work.
    Restore(backup::RestoreOptions),
    /// Background work.
    #[command(subcommand)]
    Jobs(JobsCommand),
    /// The journal: verify it, sign its head, change the signing key.
    #[command(subcommand)]
    Audit(journal::AuditCommand),
    /// Print a link, good once, by which somebody becomes an administrator of the workplace /admin.
    CreateAdmin,
}

#[derive(Subcommand)]
pub enum KeysCommand {
    /// List the keys, without their secrets.
    List,
    /// Make a new active key while the portal runs; stored rows are brought over in the background.
    Rotate {
        /// Which key.
        #[arg(long = "use", value_enum, default_value_t = UseWord::Kek)]
        key_use: UseWord,
    },
}

#[derive(Subcommand)]
pub enum JobsCommand {
    /// Count the jobs, or list those in one state.
    List {
        /// List the newest jobs in this state.
        #[arg(long, value_enum)]
        state: Option<StateWord>,
        /// How many.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Send a dead job round again.
    Retry {
        /// Its identifier, job_….
        id: String,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub enum LevelWord {
    Simplified,
    Standard,
    Confirmed,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum UseWord {
    /// Key-encryption key: wraps the data keys of the accounts.
    Kek,
    /// Blind-index key: finds accounts by phone, e-mail and SNILS.
    Index,
    /// Pepper of the password hashes.
    Pepper,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum StateWord {
    Waiting,
    Done,
    Dead,
}

/// Runs one command.
pub fn run(config: Config, command: AdminCommand, as_json: bool) -> anyhow::Result<()> {
    let runtime = parts::runtime(2)?;
    runtime.block_on(async {
        match command {
            AdminCommand::Seed { accounts, level } => {
                make_accounts(config, accounts, level.into(), as_json).await
            }
            AdminCommand::DemoStaff => make_staff(config, as_json).await,
            AdminCommand::Keys(KeysCommand::List) => list_keys(&config, as_json),
            AdminCommand::Keys(KeysCommand::Rotate { key_use }) => {
                rotate(config, key_use.into(), as_json).await
            }
            AdminCommand::Backup(options) => backup::create(&config, &options, as_json),
            AdminCommand::Restore(options) => backup::restore(&config, &options, as_json),
            AdminCommand::Jobs(command) => run_jobs(&config, command, as_json).await,
            AdminCommand::Audit(command) => journal::run(config, command, as_json).await,
            AdminCommand::CreateAdmin => create_admin(config, as_json).await,
        }
    })
}

async fn make_accounts(config: Config, accounts: u32, level: Level, as_json: bool) -> anyhow::Result<()> {
    let app = App::new(parts::build(config).await?);
    let ctx = app.job_ctx();
    let done = seed::seed(app.config(), app.db(), app.passwords(), &ctx, accounts, level).await?;
    app.db().close().await;
    match done {
        Ok(done) => answer(
            as_json,
            &done,
            &format!(
                "{} accounts, {} of them made now: {} to {}, password {}",
                done.accounts,
                done.created,
                done.first_login,
                done.last_login,
                seed::PASSWORD
            ),
        ),
        Err(seed::Refused::RealDeployment) => bail!(
            "this portal is reached over https: demonstration accounts, whose password everybody knows, are made only with demo = true"
        ),
        Err(seed::Refused::Count) => bail!("expected 1 to {} accounts", seed::MOST),
    }
}

async fn make_staff(config: Config, as_json: bool) -> anyhow::Result<()> {
    let app = App::new(parts::build(config).await?);
    let made = demo_staff::seed(&app).await?;
    app.db().close().await;
    let Some(made) = made else {
        bail!("these people's password and codes are public: they are made only with demo = true")
    };
    let line = |one: &demo_staff::DemoStaff| {
        format!(
            "{:9} {}, password {}, code: oathtool --totp -b {}",
            one.role, one.login, one.password, one.secret
        )
    };
    let lines: Vec<String> = made.iter().map(line).collect();
    answer(as_json, &made, &lines.join("\n"))
}

async fn create_admin(config: Config, as_json: bool) -> anyhow::Result<()> {
    let app = App::new(parts::build(config).await?);
    let (ctx, settings) = (app.job_ctx(), app.config().staff.clone());
    let hours = settings.invitation_hours;
    let (tx_ctx, role) = (ctx.clone(), portal::staff::Role::Admin);
    let token = app.write(move |tx| portal::staff::invite(tx, &tx_ctx, &settings, role, None)).await?;
    app.db().close().await;
    let link = portal::staff::link(&ctx, token.expose());
    answer(
        as_json,
        &json!({ "link": link, "role": role.word(), "hours": hours }),
        &format!(
            "{link}\n\nOpen it within {hours} hours, signed in with your own account and a second factor. It works once."
        ),
    )
}

fn list_keys(config: &Config, as_json: bool) -> anyhow::Result<()> {
    let ring = parts::open_keys(config, &RngSource::os())?;
    let keys = ring.list();
    let lines: Vec<String> = keys
        .iter()
        .map(|key| {
            format!(
                "{}  {:7}  {}",
                key.id,
                key.key_use.word(),
                if key.active { "active" } else { "only opens" }
            )
        })
        .collect();
    answer(as_json, &keys, &lines.join("\n"))
}

async fn rotate(config: Config, key_use: Use, as_json: bool) -> anyhow::Result<()> {
    let rng = RngSource::os();
    let ring = parts::open_keys(&config, &rng)?;
    let db = parts::open_db(&config).await?;
    let id = keys::rotate(&ring, &db, portal::jobs::sweeps(), key_use, &SystemClock, &rng).await?;
    db.close().await;
    let text = format!("{id} is the active {} key; keep the others until no row needs them", key_use.word());
    answer(as_json, &json!({ "id": id, "use": key_use.word(), "active": true }), &text)
}

async fn run_jobs(config: &Config, command: JobsCommand, as_json: bool) -> anyhow::Result<()> {
    let db = parts::open_db(config).await?;
    let done = match command {
        JobsCommand::List { state: None, .. } => {
            let rows = jobs::counts(&db, &SystemClock).await?;
            let lines: Vec<String> = rows
                .iter()
                .map(|row| {
                    format!(
                        "{}: {} waiting ({} running), {} done, {} dead",
                        row.kind, row.waiting, row.held, row.done, row.dead
                    )
                })
                .collect();
            answer(as_json, &rows, &lines.join("\n"))
        }
        JobsCommand::List { state: Some(state), limit } => {
            let rows = jobs::list(&db, state.into(), limit).await?;
            let lines: Vec<String> = rows
                .iter()
                .map(|row| {
                    format!(
                        "{}  {}  {} attempts  {}",
                        row.id,
                        row.kind,
                        row.attempts,
                        row.last_reason.as_deref().unwrap_or("")
                    )
                })
                .collect();
            answer(as_json, &rows, &lines.join("\n"))
        }
        JobsCommand::Retry { id } => {
            if !jobs::retry(&db, &SystemClock, &id).await? {
                bail!("there is no dead job {id}");
            }
            answer(as_json, &json!({ "id": id, "state": "waiting" }), &format!("{id} runs again"))
        }
    };
    db.close().await;
    done
}

fn answer(as_json: bool, value: &impl Serialize, text: &impl Display) -> anyhow::Result<()> {
    if as_json {
        println!("{}", serde_json::to_string(value).context("the answer")?);
    } else {
        println!("{text}");
    }
    Ok(())
}

impl From<LevelWord> for Level {
    fn from(word: LevelWord) -> Level {
        match word {
            LevelWord::Simplified => Level::Simplified,
            LevelWord::Standard => Level::Standard,
            LevelWord::Confirmed => Level::Confirmed,
        }
    }
}

impl From<UseWord> for Use {
    fn from(word: UseWord) -> Use {
        match word {
            UseWord::Kek => Use::Kek,
            UseWord::Index => Use::Index,
            UseWord::Pepper => Use::Pepper,
        }
    }
}

impl From<StateWord> for State {
    fn from(word: StateWord) -> State {
        match word {
            StateWord::Waiting => State::Waiting,
            StateWord::Done => State::Done,
            StateWord::Dead => State::Dead,
        }
    }
}
