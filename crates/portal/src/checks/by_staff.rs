//! Where no register can decide, a person of staff does: what waits for them, and what their word leads to. The workplace
//! itself is the slice `review`.
//!
//! The word of staff counts for the newest sending alone, once, and only for what no register has decided.

use super::machine::{Verdict, decides};
use super::question::{self, Sent};
use super::settle::{self, conclude_notice, ended, lose, words};
use super::{
    CheckEvent, CheckId, CheckRow, SendingId, SendingState, State, machine, recheck, store, subjects,
};
use crate::accounts::{self, AccountId};
use crate::audit::{self, Chain, Event};
use crate::config::Config;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::notifications::{self, Notice};
use crate::profile::{self, Field};
use ::store::Tx;
use gateway::register::Check;
use kernel::Level;
use kernel::ids::InnPerson;
use serde::{Deserialize, Serialize};

/// The reason of a check that staff decided.
pub(super) const BY_STAFF: &str = "by-staff";
/// The reason of a check of a SNILS that is another account's already.
pub(super) const HELD: &str = "held";
/// The reason of a check that no register can make.
const FOREIGN: &str = "foreign";
/// The reason of evidence that ended because the SNILS went over to another account.
const TAKEN_OVER: &str = "taken-over";

/// Why staff must look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// The SNILS is another account's: the same person with two accounts, or somebody with another's data.
    Held,
    /// The document is none that a register knows.
    Foreign,
    /// A register cannot decide.
    Unclear,
    /// A register has not answered within the longest time.
    GaveUp,
}

impl Doubt {
    /// Every one, the gravest first.
    pub const ALL: [Doubt; 4] = [Doubt::Held, Doubt::Foreign, Doubt::Unclear, Doubt::GaveUp];

    /// The word in rows, forms and the configuration.
    pub const fn word(self) -> &'static str {
        match self {
            Doubt::Held => "held",
            Doubt::Foreign => "foreign",
            Doubt::Unclear => "unclear",
            Doubt::GaveUp => "gave_up",
        }
    }

    /// The one of a word.
    pub fn from_word(word: &str) -> Option<Doubt> {
        Doubt::ALL.into_iter().find(|doubt| doubt.word() == word)
    }
}

/// A sending that waits for staff.
pub struct Awaiting {
    /// The sending.
    pub sending: SendingId,
    /// Whose.
    pub account: AccountId,
    /// The values as they were sent, by the words of their fields.
    pub values: Sent,
    /// What the registers said.
    pub checks: Vec<CheckRow>,
    /// Why staff must look; the gravest.
    pub doubt: Doubt,
}

/// The word of staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// The person is who they say: what registers left open is confirmed. A SNILS of another account goes over.
    Confirmed,
    /// These values are not what the documents say.
    Doubted(Vec<Field>),
    /// It cannot be confirmed, whatever the values are.
    Refused,
}

/// What became of the word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ruled {
    /// It counts; the accounts that it changed.
    Done(Vec<AccountId>),
    /// The sending waits no more.
    Gone,
}

/// Leaves the check of a document that no register knows to staff.
pub(super) fn leave_document(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    sending: &SendingId,
) -> Result<()> {
    let id = CheckId::new(ctx.now, &mut ctx.rng());
    store::insert_check(tx, ctx, &id, sending, account, Check::Passport)?;
    store::end_check(tx, &id, State::Unclear, "", FOREIGN, ctx.now)?;
    Ok(())
}

/// Whose login the SNILS among these values is, when it is another account's.
///
/// # Errors
/// The storage is away.
pub fn other_holder(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    sent: &Sent,
) -> Result<Option<AccountId>> {
    let Some(snils) = sent.get(Field::Snils.word()) else { return Ok(None) };
    Ok(accounts::holder_of_snils(tx, ctx, snils)?.filter(|holder| holder != account))
}

/// The newest sending of an account, when it waits for staff.
///
/// # Errors
/// The storage is away.
pub fn awaiting(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<Option<Awaiting>> {
    if store::open_sending(tx, account)?.is_some() {
        return Ok(None); // something newer is being checked
    }
    let newest = store::newest_sent(tx, account)?.filter(|sending| sending.state == SendingState::Stuck);
    let Some(of) = newest else { return Ok(None) };
    if accounts::load_any(tx, ctx, account)?.is_none() {
        return Ok(None); // erased
    }
    let checks = store::checks(tx, &of.id)?;
    let values = store::sent(tx, ctx, &of.id, account)?;
    let Some(doubt) = checks.iter().filter_map(doubt).min() else { return Ok(None) };
    Ok(Some(Awaiting { sending: of.id, account: account.clone(), values, checks, doubt }))
}

fn doubt(check: &CheckRow) -> Option<Doubt> {
    match check.state {
        _ if !decides(check.kind) => None,
        State::Unclear if check.reason == HELD => Some(Doubt::Held),
        State::Unclear if check.reason == FOREIGN => Some(Doubt::Foreign),
        State::Unclear => Some(Doubt::Unclear),
        State::GaveUp => Some(Doubt::GaveUp),
        _ => None,
    }
}

/// Takes the word of staff about a sending. `ctx` acts as the member of staff.
///
/// # Errors
/// The storage is away.
pub fn rule(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    (account, sending): (&AccountId, &SendingId),
    ruling: &Ruling,
) -> Result<Ruled> {
    let before = awaiting(tx, ctx, account)?;
    let other = match &before {
        Some(of) => other_holder(tx, ctx, account, &of.values)?,
        None => None,
    };
    // In one order everywhere, so that nobody waits for each other.
    let mut locked: Vec<&AccountId> = [Some(account), other.as_ref()].into_iter().flatten().collect();
    locked.sort_by_key(|account| account.as_str());
    for account in locked {
        accounts::lock(tx, account)?;
    }
    let Some(of) = awaiting(tx, ctx, account)?.filter(|of| of.sending == *sending) else {
        return Ok(Ruled::Gone);
    };
    if other_holder(tx, ctx, account, &of.values)? != other {
        return Err(Error::Bug("a SNILS went from account to account at this very moment".into()));
    }
    match ruling {
        Ruling::Confirmed => confirm(tx, ctx, config, &of, other.as_ref())?,
        Ruling::Doubted(fields) => doubted(tx, ctx, &of, fields)?,
        Ruling::Refused => store::change_sending(tx, &of.sending, SendingState::Refused)?,
    }
    Ok(Ruled::Done([Some(account.clone()), other].into_iter().flatten().collect()))
}

fn confirm(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    of: &Awaiting,
    other: Option<&AccountId>,
) -> Result<()> {
    for check in of.checks.iter().filter(|check| decides(check.kind)) {
        let Some(state) = machine::next(check.state, CheckEvent::Review(Verdict::Passed)) else { continue };
        store::change_check(tx, &check.id, state, "", BY_STAFF, ctx.now)?;
        ended(tx, ctx, check, state)?;
    }
    if let Some(other) = other {
        take_over(tx, ctx, other)?;
    }
    let before =
        accounts::load_any(tx, ctx, &of.account)?.map_or(Level::Simplified, |(_, found)| found.level);
    subjects::note(tx, ctx, &of.account, &of.values)?;
    let profile = profile::load(tx, ctx, &of.account)?;
    let inn = profile.value(Field::Inn).filter(|value| value.confirmed.is_some());
    if let Some(inn) = inn.and_then(|value| InnPerson::parse(&value.text).ok()) {
        subjects::note_inn(tx, ctx, &of.account, &inn)?;
    }
    let checks = store::checks(tx, &of.sending)?;
    if settle::raise(tx, ctx, config, &of.account, &of.values, &checks)? != SendingState::Passed {
        return Err(Error::Bug("a SNILS was taken under the lock of its account".into()));
    }
    store::change_sending(tx, &of.sending, SendingState::Passed)?;
    let notice = conclude_notice(SendingState::Passed, before);
    notifications::notify_owner(tx, ctx, &of.account, notice, None)
}

/// Ends what another account has by this SNILS. Its owner keeps the account and everything in it, and is told.
fn take_over(tx: &mut Tx<'_>, ctx: &Ctx, other: &AccountId) -> Result<()> {
    recheck::drop_open(tx, ctx, other)?;
    let held = super::evidence(tx, other)?;
    let lost: Vec<(Check, &str)> = held.iter().map(|evidence| (evidence.kind, TAKEN_OVER)).collect();
    lose(tx, ctx, other, &lost, &[Field::Snils])?;
    accounts::release_snils(tx, other)?;
    subjects::forget(tx, other)?;
    audit::record(tx, ctx, Chain::Account(other.as_str()), &Event::SnilsMoved)?;
    notifications::notify_owner(tx, ctx, other, Notice::SnilsMoved, None)
}

/// Each doubted value goes to the check that vouches for it, or else to the first that staff decide.
fn doubted(tx: &mut Tx<'_>, ctx: &Ctx, of: &Awaiting, fields: &[Field]) -> Result<()> {
    let event = CheckEvent::Review(Verdict::Doubted);
    let open: Vec<(&CheckRow, State)> = of
        .checks
        .iter()
        .filter(|check| decides(check.kind))
        .filter_map(|check| Some((check, machine::next(check.state, event)?)))
        .collect();
    let belongs = |check: &CheckRow, field: &Field| question::vouched(check.kind).contains(field);
    for (at, (check, state)) in open.iter().enumerate() {
        let orphan = |field: &Field| at == 0 && !open.iter().any(|(check, _)| belongs(check, field));
        let own: Vec<Field> =
            fields.iter().filter(|field| belongs(check, field) || orphan(field)).copied().collect();
        if !own.is_empty() {
            store::change_check(tx, &check.id, *state, &words(&own), BY_STAFF, ctx.now)?;
            ended(tx, ctx, check, *state)?;
        }
    }
    store::change_sending(tx, &of.sending, SendingState::Doubted)?;
    Ok(())
}
