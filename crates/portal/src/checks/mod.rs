//! Register checks: a profile is sent, three registers are asked in the background, and the level follows from what they
//! confirmed (spec 02 §3).
//!
//! Invariants: a level stands on evidence, written in the same transaction; a check's id is the request's id at the
//! register, so nothing is asked twice for one answer; the first final answer of a check counts and every other changes
//! nothing, by whichever way it comes; one sending of an account is under way at a time; a SNILS belongs to one account
//! of the standard level.

pub mod jobs;
mod machine;
mod question;
mod settings;
mod store;
pub mod web;

pub use machine::{
    Event as CheckEvent, Sending as SendingState, State, Verdict, level, next, sending, verdict,
};
pub use settings::Settings;
pub use store::{CheckRow, Sending};

use crate::accounts::{self, AccountId, Raised};
use crate::audit::{self, Chain, Event};
use crate::config::Config;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::limits::{self, Taken};
use crate::notifications::{self, Notice};
use crate::profile::{self, Field, Judge, Origin, Progress, Section};
use ::store::Tx;
use gateway::register::{Answer, Check, Register};
use kernel::{Id, Level, Span, Time};

kernel::id_kinds! {
    /// A profile that was sent to the registers.
    SendingKind = "snd";
    /// A question to one register.
    CheckKind = "chk";
}

/// A sending's identifier.
pub type SendingId = Id<SendingKind>;
/// A check's identifier, which is the request's at the register.
pub type CheckId = Id<CheckKind>;

/// What a sending needs to be complete.
pub const NEEDED: [Section; 3] = [Section::Personal, Section::Document, Section::Numbers];

/// What became of the wish to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// The checks are on their way, or were already.
    Begun,
    /// Something is missing or wrong in the profile.
    Unfinished,
    /// The level is reached already.
    Reached,
    /// The document is none that a register knows: staff must look at it.
    ByStaff,
    /// Sent too often: not before this moment.
    Wait(Time),
}

/// Sends the profile to the registers.
///
/// # Errors
/// The storage is away.
pub fn send(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, account: &AccountId) -> Result<Sent> {
    accounts::hold_open(tx, account)?;
    let Some(found) = accounts::load(tx, ctx, account)? else { return Ok(Sent::Unfinished) };
    if found.level != Level::Simplified {
        return Ok(Sent::Reached);
    }
    if store::newest(tx, account)?.is_some_and(|sending| sending.ended_at.is_none()) {
        return Ok(Sent::Begun);
    }
    let profile = profile::load(tx, ctx, account)?;
    let judge = Judge::new(&profile, profile::today(ctx)?);
    if NEEDED.into_iter().any(|section| judge.progress(section) != Progress::Complete) {
        return Ok(Sent::Unfinished);
    }
    if !profile.against().citizen {
        return Ok(Sent::ByStaff);
    }
    if let Taken::Wait { until } =
        limits::take(tx, ctx, "sendings", account.as_str(), config.checks.sendings)?
    {
        return Ok(Sent::Wait(until));
    }
    begin(tx, ctx, account, &question::collect(&judge))?;
    Ok(Sent::Begun)
}

fn begin(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, values: &question::Sent) -> Result<()> {
    let mut rng = ctx.rng();
    let sending = SendingId::new(ctx.now, &mut rng);
    if !store::insert_sending(tx, ctx, &sending, account, values)? {
        return Ok(()); // another form was first in this very moment
    }
    for kind in [Check::Snils, Check::Passport, Check::Inn] {
        let id = CheckId::new(ctx.now, &mut rng);
        store::insert_check(tx, ctx, &id, &sending, account, kind)?;
        jobs::enqueue(tx, ctx, &id)?;
    }
    audit::record(
        tx,
        ctx,
        Chain::Account(account.as_str()),
        &Event::ProfileSent { sending: sending.to_string() },
    )
}

/// What a check ended with.
pub enum Ending<'a> {
    /// The register answered.
    Answered(&'a Answer),
    /// The register will not work the question; why, in a word.
    Refused(&'static str),
    /// The longest time is over.
    Deadline,
}

/// Takes what a register says by itself. A register answers its own checks only: the request of another one, like a request
/// that nobody here asked, changes nothing.
///
/// # Errors
/// The storage is away.
pub fn take_answer(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    register: Register,
    id: &CheckId,
    answer: &Answer,
) -> Result<Option<AccountId>> {
    let own = store::check(tx, id)?.is_some_and(|check| check.kind.register() == register);
    if own { settle(tx, ctx, config, id, &Ending::Answered(answer)) } else { Ok(None) }
}

/// Ends a check, and with the last one its sending; gives the account when something changed. The first ending of a
/// check counts.
///
/// # Errors
/// The storage is away.
pub fn settle(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    id: &CheckId,
    ending: &Ending<'_>,
) -> Result<Option<AccountId>> {
    let Some(check) = store::check(tx, id)? else { return Ok(None) };
    accounts::hold_open(tx, &check.account)?;
    let sent = store::sent(tx, ctx, &check.sending, &check.account)?;
    let (event, (fields, reason)) = match ending {
        Ending::Answered(answer) => {
            let doubts = question::doubts(check.kind, &sent, answer);
            let verdict = if doubts.0.is_empty() { verdict(check.kind, answer) } else { Verdict::Doubted };
            (CheckEvent::Answer(verdict), doubts)
        }
        Ending::Refused(reason) => (CheckEvent::Refuse, (Vec::new(), *reason)),
        Ending::Deadline => (CheckEvent::Deadline, (Vec::new(), "")),
    };
    let Some(state) = next(check.state, event) else { return Ok(None) };
    let words: Vec<&str> = fields.iter().map(|field| field.word()).collect();
    if !store::end_check(tx, id, state, &words.join(" "), reason, ctx.now)? {
        return Ok(None);
    }
    let ended = Event::CheckEnded { check: check.kind.word().into(), outcome: state.word().into() };
    audit::record(tx, ctx, Chain::Account(check.account.as_str()), &ended)?;
    if let Ending::Answered(Answer::Found { inn }) = ending
        && state == State::Passed
    {
        profile::confirm(
            tx,
            ctx,
            &check.account,
            &[(Field::Inn, inn.as_str().to_owned())],
            Origin::Register,
        )?;
    }
    conclude(tx, ctx, config, &check.sending, &check.account, &sent)?;
    metrics::counter!("register_checks_total", "check" => check.kind.word(), "state" => state.word())
        .increment(1);
    Ok(Some(check.account))
}

/// Ends a sending whose checks have all ended, and says so.
fn conclude(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    id: &SendingId,
    account: &AccountId,
    sent: &question::Sent,
) -> Result<()> {
    let checks = store::checks(tx, id)?;
    let states: Vec<(Check, State)> = checks.iter().map(|check| (check.kind, check.state)).collect();
    let mut state = sending(&states);
    if state == SendingState::Open {
        return Ok(());
    }
    if state == SendingState::Passed {
        state = raise(tx, ctx, config, account, sent, &checks)?;
    }
    if !store::end_sending(tx, id, state, ctx.now)? {
        return Ok(());
    }
    let notice = match state {
        SendingState::Passed => Notice::StandardReached,
        SendingState::Doubted => Notice::ProfileDoubted,
        SendingState::Stuck | SendingState::Open => Notice::ProfileStuck,
    };
    notifications::notify_owner(tx, ctx, account, notice, None)
}

/// The standard level, with what it stands on; `Stuck` when the SNILS is another account's already: the two owners are
/// sorted out by staff, and neither learns of the other here.
fn raise(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    account: &AccountId,
    sent: &question::Sent,
    checks: &[CheckRow],
) -> Result<SendingState> {
    let Some(snils) = sent.get(Field::Snils.word()) else { return Ok(SendingState::Stuck) };
    if accounts::raise(tx, ctx, account, snils)? == Raised::Taken {
        return Ok(SendingState::Stuck);
    }
    let recheck = ctx.now + Span::days(config.checks.recheck_days);
    for check in checks.iter().filter(|check| check.state == State::Passed && machine::decides(check.kind)) {
        store::keep_evidence(tx, account, check.kind, &check.id, ctx.now, recheck)?;
    }
    debug_assert_eq!(level(&store::evidence(tx, account)?), Level::Standard);
    let values: Vec<(Field, String)> = sent
        .iter()
        .filter_map(|(word, text)| Some((Field::from_word(word)?, text.clone())))
        .filter(|(field, _)| !matches!(field, Field::Inn | Field::IssuedBy))
        .collect();
    profile::confirm(tx, ctx, account, &values, Origin::Register)?;
    audit::record(
        tx,
        ctx,
        Chain::Account(account.as_str()),
        &Event::LevelRaised { level: Level::Standard.word().into() },
    )?;
    Ok(SendingState::Passed)
}

/// The newest sending with its checks, for the page.
///
/// # Errors
/// The storage is away.
pub fn under_way(tx: &mut Tx<'_>, account: &AccountId) -> Result<Option<(Sending, Vec<CheckRow>)>> {
    let Some(sending) = store::newest(tx, account)? else { return Ok(None) };
    let checks = store::checks(tx, &sending.id)?;
    Ok(Some((sending, checks)))
}
