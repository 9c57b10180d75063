//! Demonstration accounts in great numbers: logins +79000000000, +79000000001, … (spec 09).
//!
//! The people are invented: their names come from the two short lists below, by the number of the account. All
//! share one stored password hash, because a million Argon2id hashes are hours of work; so these accounts must never
//! live in a real deployment, and [`seed`] refuses one.

use crate::accounts::{self, Login, NewAccount, Person};
use crate::config::Config;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::passwords::Passwords;
use kernel::phone::Phone;
use kernel::{Lang, Level, Secret};
use serde::Serialize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use store::{Db, Tx, params};

/// The password of every demonstration account (spec 09).
pub const PASSWORD: &str = "Demo-2026!x";

/// Accounts that are made or checked in one transaction.
const BATCH: u32 = 500;

/// Transactions at one time: PostgreSQL works on several, SQLite commits them together.
const LANES: u32 = 4;

/// The most accounts: the numbers +79000000000 to +79009999999.
pub const MOST: u32 = 10_000_000;

const SURNAMES: [&str; 12] = [
    "Образцов",
    "Примеров",
    "Опытный",
    "Пробный",
    "Учебный",
    "Черновик",
    "Макетов",
    "Эталонов",
    "Шаблонов",
    "Тестов",
    "Вымыслов",
    "Заглушкин",
];
const FIRST_NAMES: [&str; 10] = [
    "Александр",
    "Борис",
    "Виктор",
    "Георгий",
    "Дмитрий",
    "Евгений",
    "Игорь",
    "Константин",
    "Леонид",
    "Михаил",
];

/// What [`seed`] did.
#[derive(Clone, Debug, Serialize)]
pub struct Seeded {
    /// Accounts that are there now: as many as were asked for.
    pub accounts: u32,
    /// Of those: made just now.
    pub created: u32,
    /// The first login.
    pub first_login: String,
    /// The last login.
    pub last_login: String,
    /// The level of all of them.
    pub level: &'static str,
}

/// Why there are no demonstration accounts here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// This portal is reached over https and is not in demonstration mode.
    RealDeployment,
    /// More than [`MOST`], or none.
    Count,
}

/// Makes sure that the first `count` demonstration accounts exist at `level`; running it again changes nothing.
///
/// # Errors
/// The storage is away or the hashing queue is full.
pub async fn seed(
    config: &Config,
    db: &Db,
    passwords: &Passwords,
    ctx: &Ctx,
    count: u32,
    level: Level,
) -> Result<std::result::Result<Seeded, Refused>> {
    if !config.demo && config.is_https() {
        return Ok(Err(Refused::RealDeployment));
    }
    if count == 0 || count > MOST {
        return Ok(Err(Refused::Count));
    }
    let hash: Arc<str> = passwords.hash(&Secret::new(PASSWORD.to_owned()), &mut ctx.rng()).await?.into();
    let next = Arc::new(AtomicU32::new(0));
    let mut lanes = Vec::new();
    for _ in 0..LANES {
        lanes.push(tokio::spawn(lane(
            db.clone(),
            ctx.clone(),
            Arc::clone(&hash),
            Arc::clone(&next),
            count,
            level,
        )));
    }
    let mut created = 0;
    for lane in lanes {
        created += lane.await.map_err(|error| Error::Bug(format!("seeding: {error}")))??;
    }
    let (first_login, last_login) = (login_text(0), login_text(count - 1));
    Ok(Ok(Seeded { accounts: count, created, first_login, last_login, level: level.word() }))
}

/// Takes one batch after another until none is left; gives how many accounts it made.
async fn lane(
    db: Db,
    ctx: Ctx,
    hash: Arc<str>,
    next: Arc<AtomicU32>,
    count: u32,
    level: Level,
) -> Result<u32> {
    let mut created = 0;
    loop {
        let from = next.fetch_add(BATCH, Ordering::Relaxed);
        if from >= count {
            return Ok(created);
        }
        let (ctx, hash) = (ctx.clone(), Arc::clone(&hash));
        let numbers = from..count.min(from + BATCH);
        created += db
            .write(move |tx| {
                numbers.clone().try_fold(0, |made, number| {
                    Ok::<u32, Error>(made + ensure(tx, &ctx, &hash, number, level)?)
                })
            })
            .await?;
    }
}

/// One account; 1 when it had to be made.
fn ensure(tx: &mut Tx<'_>, ctx: &Ctx, hash: &str, number: u32, level: Level) -> Result<u32> {
    // Not `Phone::parse`: the numbering plans of the world fill 6 MiB, which a quiet portal does not need.
    let phone = Phone::parse_mobile_ru(&login_text(number))
        .map_err(|refusal| Error::Bug(format!("a made-up number: {refusal:?}")))?;
    let login = Login::phone(&phone);
    let (id, made) = match accounts::owner_of(tx, ctx, &login)? {
        Some(id) => (id, 0),
        None => {
            let new = NewAccount {
                person: person(number),
                contacts: vec![login],
                password_hash: hash.to_owned(),
                lang: Lang::Ru,
            };
            (accounts::create(tx, ctx, &new)?, 1)
        }
    };
    if made == 0 || level != Level::Simplified {
        // Nobody earned this level; these people do not exist.
        tx.exec("UPDATE account SET level = $1 WHERE id = $2", params![level.word(), &id])?;
    }
    Ok(made)
}

/// The login of an account, E.164.
pub fn login_text(number: u32) -> String {
    format!("+7900{number:07}")
}

fn person(number: u32) -> Person {
    let of = |list: &[&str], index: u32| list[index as usize % list.len()].to_owned();
    Person {
        surname: of(&SURNAMES, number),
        first_name: of(&FIRST_NAMES, number / SURNAMES.len() as u32),
        patronymic: None,
    }
}
