//! Codes on paper: the saved recovery code of the owner, and the temporary access code that staff issue.
//!
//! Both are kept as keyed hashes and compared by looking the hash up; a temporary code is spent by one conditional
//! update; a newer one ends the older.

use super::{Draft, Proof, store};
use crate::accounts::{self, AccountId, ContactType, Login};
use crate::audit::{self, Chain, Event};
use crate::config::Config;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::factors::paper;
use crate::limits::{self, Taken};
use crate::notifications::{self, Notice};
use ::store::keys::Purpose;
use ::store::{Tx, params};
use kernel::{Id, Secret, Span, Time};

kernel::id_kinds! {
    /// A temporary access code.
    AccessCodeKind = "tac";
}

/// Signs of a temporary access code (spec 01 §3: 12).
const ACCESS_SIGNS: usize = 12;

/// Which code on paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paper {
    /// The owner's saved recovery code.
    Saved,
    /// The temporary access code of staff.
    Access,
}

impl Paper {
    fn proof(self) -> Proof {
        match self {
            Paper::Saved => Proof::Saved,
            Paper::Access => Proof::Access,
        }
    }
}

fn hashes(ctx: &Ctx, what: Paper, account: &str, plain: &str) -> Vec<[u8; 32]> {
    ctx.keys.macs(Purpose::Code, &[what.proof().word().as_bytes(), account.as_bytes(), plain.as_bytes()])
}

fn plain(shown: &str) -> String {
    shown.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// Makes the saved recovery code; the old one is dead. It is shown once.
///
/// # Errors
/// The storage is away.
pub fn make_saved(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<Secret<String>> {
    let shown = paper::generate(&mut ctx.rng());
    let hash = ctx.keys.mac(
        Purpose::Code,
        &[Proof::Saved.word().as_bytes(), account.as_str().as_bytes(), plain(&shown).as_bytes()],
    );
    tx.exec(
        "INSERT INTO saved_code (account_id, code_hash, created_at) VALUES ($1, $2, $3)
         ON CONFLICT (account_id) DO UPDATE SET code_hash = $2, created_at = $3",
        params![account, &hash, ctx.now],
    )?;
    audit::record(tx, ctx, Chain::Account(account.as_str()), &Event::RecoveryCodesMade { count: 1 })?;
    notifications::notify_owner(tx, ctx, account, Notice::SavedCodeMade, None)?;
    Ok(Secret::new(shown.to_string()))
}

/// When the saved code was made; `None` when there is none.
///
/// # Errors
/// The storage is away.
pub fn saved_at(tx: &mut Tx<'_>, account: &AccountId) -> Result<Option<Time>> {
    Ok(tx
        .opt("SELECT created_at FROM saved_code WHERE account_id = $1", params![account], |row| row.get(0))?)
}

/// Forgets the saved code: it was used.
///
/// # Errors
/// The storage is away.
pub fn forget_saved(tx: &mut Tx<'_>, account: &AccountId) -> Result<()> {
    tx.exec("DELETE FROM saved_code WHERE account_id = $1", params![account])?;
    Ok(())
}

/// Issues a temporary access code for a person whom staff have seen and identified. `ctx` acts as that member of staff.
/// The code is shown to them once, to be handed over; the owner is told by every contact. `note` is the reason that
/// staff gave: only the owner reads it.
///
/// # Errors
/// The storage is away.
pub fn issue_access_code(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    account: &AccountId,
    note: &str,
) -> Result<Secret<String>> {
    let mut rng = ctx.rng();
    let long = paper::generate(&mut rng);
    let code: String = plain(&long).chars().take(ACCESS_SIGNS).collect();
    let hash = ctx
        .keys
        .mac(Purpose::Code, &[Proof::Access.word().as_bytes(), account.as_str().as_bytes(), code.as_bytes()]);
    tx.exec(
        "UPDATE access_code SET ended_at = $1 WHERE account_id = $2 AND used_at IS NULL AND ended_at IS NULL",
        params![ctx.now, account],
    )?;
    tx.exec(
        "INSERT INTO access_code (id, account_id, code_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
        params![
            &Id::<AccessCodeKind>::new(ctx.now, &mut rng),
            account,
            &hash,
            ctx.now,
            ctx.now + Span::hours(config.recovery.access_code_hours)
        ],
    )?;
    let event = Event::RecoveryStarted { how: Proof::Access.word().into() };
    audit::record_with(tx, ctx, Chain::Account(account.as_str()), &event, note)?;
    notifications::notify_owner(tx, ctx, account, Notice::AccessCodeIssued, None)?;
    Ok(Secret::new(format!("{}-{}-{}", &code[..4], &code[4..8], &code[8..])))
}

/// Reads a typed code; `None` when it cannot be one.
fn read(what: Paper, typed: &str) -> Option<String> {
    match what {
        Paper::Saved => paper::parse(typed).map(|code| code.to_string()),
        // The same reading, for twelve signs: filled up to sixteen and cut again.
        Paper::Access => {
            let filled = format!("{typed}0000");
            paper::parse(&filled).map(|code| code[..ACCESS_SIGNS].to_owned())
        }
    }
}

/// What a typed code led to.
pub enum Typed {
    /// It is theirs: the cookie of a recovery that has this proof, when it began with the code.
    Right(Option<String>),
    /// It is not, or there is no such account: one answer.
    Wrong,
    /// Not a code at all; nothing was counted.
    Malformed,
    /// Too many: not before this moment.
    Wait(Time),
}

/// Begins a recovery with a code on paper. Known and unknown logins cost the same reads and writes.
///
/// # Errors
/// The storage is away.
pub fn begin(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    what: Paper,
    login: &Login,
    typed: &str,
) -> Result<Typed> {
    let Some(code) = read(what, typed) else { return Ok(Typed::Malformed) };
    let account = accounts::owner_of(tx, ctx, login)?;
    let key = account.as_ref().map_or_else(|| format!("{}:{}", login.kind, login.key), ToString::to_string);
    if let Some(until) = counted(tx, ctx, config, &key)? {
        return Ok(Typed::Wait(until));
    }
    let owner = account.as_ref().map_or("nobody", |account| account.as_str());
    if !spend(tx, ctx, what, owner, &code)? {
        let chain = match &account {
            Some(account) => Chain::Account(account.as_str()),
            None => Chain::Nobody(super::nobody(ctx, &login.key)),
        };
        let event = Event::RecoveryFailed { how: what.proof().word().into(), reason: "wrong".into() };
        audit::record(tx, ctx, chain, &event)?;
        return Ok(Typed::Wrong);
    }
    let Some(account) = account else { return Ok(Typed::Wrong) };
    let draft = Draft {
        to: login.value.clone(),
        kind: login.contact_type().unwrap_or(ContactType::Phone),
        typed: login.contact_type().is_some(),
    };
    let (_, token) = store::insert(tx, ctx, &config.recovery, Some(&account), &draft)?;
    if let Some(found) = store::find(tx, ctx, &token)? {
        super::add(tx, ctx, &found, what.proof())?;
    }
    let event = Event::RecoveryStarted { how: what.proof().word().into() };
    audit::record(tx, ctx, Chain::Account(account.as_str()), &event)?;
    Ok(Typed::Right(Some(token)))
}

/// Adds the saved code to a recovery that has proved a contact.
///
/// # Errors
/// The storage is away.
pub fn give_saved(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    found: &super::Found,
    typed: &str,
) -> Result<Typed> {
    let Some(account) = &found.account else { return Ok(Typed::Wrong) };
    let Some(code) = read(Paper::Saved, typed) else { return Ok(Typed::Malformed) };
    if let Some(until) = counted(tx, ctx, config, account.as_str())? {
        return Ok(Typed::Wait(until));
    }
    if !spend(tx, ctx, Paper::Saved, account.as_str(), &code)? {
        let event = Event::RecoveryFailed { how: Proof::Saved.word().into(), reason: "wrong".into() };
        audit::record(tx, ctx, Chain::Account(account.as_str()), &event)?;
        return Ok(Typed::Wrong);
    }
    super::add(tx, ctx, found, Proof::Saved)?;
    Ok(Typed::Right(None))
}

/// Counts the try; until when it must wait, when it must.
fn counted(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, key: &str) -> Result<Option<Time>> {
    let mut taken = vec![limits::take(tx, ctx, "recovery-paper", key, config.recovery.paper_tries)?];
    if !config.limits.exempt(ctx.address) {
        let address = limits::caller(ctx);
        taken.push(limits::take(
            tx,
            ctx,
            "recovery-paper-address",
            &address,
            config.limits.recoveries_per_address,
        )?);
    }
    Ok(taken.into_iter().find_map(|taken| match taken {
        Taken::Wait { until } => Some(until),
        Taken::Allowed { .. } => None,
    }))
}

/// Compares, and spends a temporary code. The saved one is used up when the password is set.
fn spend(tx: &mut Tx<'_>, ctx: &Ctx, what: Paper, account: &str, code: &str) -> Result<bool> {
    let mut right = false;
    for hash in hashes(ctx, what, account, code) {
        right |= match what {
            Paper::Saved => tx
                .opt(
                    "SELECT 1 FROM saved_code WHERE account_id = $1 AND code_hash = $2",
                    params![account, &hash],
                    |row| row.get::<i64>(0),
                )?
                .is_some(),
            Paper::Access => {
                tx.exec(
                    "UPDATE access_code SET used_at = $1
                     WHERE account_id = $2 AND code_hash = $3 AND used_at IS NULL AND ended_at IS NULL AND expires_at > $1",
                    params![ctx.now, account, &hash],
                )? == 1
            }
        };
    }
    Ok(right)
}
