//! What answers lead to: a check ends, with the last one its sending, and the evidence and level follow.

use super::machine::{decides, verdict};
use super::{
    CheckEvent, CheckId, CheckRow, Happened, SendingId, SendingState, Standing, State, Verdict, Why,
    by_staff, evidence, jobs, level, machine, question, recheck, store, subjects,
};
use crate::accounts::{self, AccountId, Raised};
use crate::audit::{self, Chain, Event};
use crate::config::Config;
use crate::ctx::Ctx;
use crate::documents::jobs::enqueue_look;
use crate::error::Result;
use crate::notifications::{self, Details, Notice, Said};
use crate::profile::{self, Field, Origin};
use crate::web::texts;
use ::store::Tx;
use gateway::register::{Answer, Check, Register};
use kernel::Level;

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
    let Some(found) = store::check(tx, id)? else { return Ok(None) };
    // Endings of one account come one after the other, and none comes after its erasure.
    accounts::lock(tx, &found.account)?;
    let Some(check) = store::check(tx, id)? else { return Ok(None) };
    let sent = store::sent(tx, ctx, &check.sending, &check.account)?;
    let (mut event, (fields, mut reason)) = judged(check.kind, &sent, ending);
    if check.kind == Check::Snils
        && event == CheckEvent::Answer(Verdict::Passed)
        && by_staff::other_holder(tx, ctx, &check.account, &sent)?.is_some()
    {
        (event, reason) = (CheckEvent::Answer(Verdict::Unclear), by_staff::HELD);
    }
    let Some(state) = machine::next(check.state, event).filter(|_| !check.state.is_final()) else {
        return Ok(None);
    };
    if !store::end_check(tx, id, state, &words(&fields), reason, ctx.now)? {
        return Ok(None);
    }
    ended(tx, ctx, &check, state)?;
    if let Ending::Answered(Answer::Found { inn }) = ending
        && state == State::Passed
    {
        let values = [(Field::Inn, inn.as_str().to_owned())];
        profile::confirm(tx, ctx, &check.account, &values, Origin::Register)?;
        subjects::note_inn(tx, ctx, &check.account, inn)?;
    }
    conclude(tx, ctx, config, &check.sending, &sent)?;
    Ok(Some(check.account))
}

/// Writes down that a check has ended.
pub(super) fn ended(tx: &mut Tx<'_>, ctx: &Ctx, check: &CheckRow, state: State) -> Result<()> {
    metrics::counter!("register_checks_total", "check" => check.kind.word(), "state" => state.word())
        .increment(1);
    let event = Event::CheckEnded { check: check.kind.word().into(), outcome: state.word().into() };
    audit::record(tx, ctx, Chain::Account(check.account.as_str()), &event)
}

type Judged = (CheckEvent, (Vec<Field>, &'static str));

fn judged(kind: Check, sent: &question::Sent, ending: &Ending<'_>) -> Judged {
    match ending {
        Ending::Answered(answer) => {
            let doubts = question::doubts(kind, sent, answer);
            let verdict = if doubts.0.is_empty() { verdict(kind, answer) } else { Verdict::Doubted };
            (CheckEvent::Answer(verdict), doubts)
        }
        Ending::Refused(reason) => (CheckEvent::Refuse, (Vec::new(), *reason)),
        Ending::Deadline => (CheckEvent::Deadline, (Vec::new(), "")),
    }
}

pub(super) fn words(fields: &[Field]) -> String {
    fields.iter().map(|field| field.word()).collect::<Vec<_>>().join(" ")
}

/// Ends a sending whose checks have all ended.
pub(super) fn conclude(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    id: &SendingId,
    sent: &question::Sent,
) -> Result<()> {
    let Some(of) = store::sending(tx, id)?.filter(|sending| sending.ended_at.is_none()) else {
        return Ok(());
    };
    let checks = store::checks(tx, id)?;
    let states: Vec<(Check, State)> = checks.iter().map(|check| (check.kind, check.state)).collect();
    match (machine::sending(&states), of.why) {
        (SendingState::Open, _) => Ok(()),
        (state, Why::Sent) => conclude_sent(tx, ctx, config, &of, sent, (state, &checks)),
        (state, Why::Due | Why::Event) => {
            store::end_sending(tx, id, state, ctx.now)?;
            conclude_recheck(tx, ctx, config, &of.account, sent, &checks)
        }
    }
}

fn conclude_sent(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    of: &store::Sending,
    sent: &question::Sent,
    (mut state, checks): (SendingState, &[CheckRow]),
) -> Result<()> {
    let account = &of.account;
    let before = accounts::load_any(tx, ctx, account)?.map_or(Level::Simplified, |(_, found)| found.level);
    if state == SendingState::Passed {
        state = raise(tx, ctx, config, account, sent, checks)?;
    }
    if state != SendingState::Passed {
        subjects::forget_sent(tx, account)?;
    }
    if !store::end_sending(tx, &of.id, state, ctx.now)? {
        return Ok(());
    }
    if state == SendingState::Passed && of.again {
        recheck::begin(tx, ctx, config, account, Why::Event)?;
    }
    if state == SendingState::Stuck {
        enqueue_look(tx, ctx, account)?;
    }
    notifications::notify_owner(tx, ctx, account, conclude_notice(state, before), None)
}

/// What the owner is told when a sending has ended.
pub(super) fn conclude_notice(state: SendingState, before: Level) -> Notice {
    match state {
        SendingState::Passed if before == Level::Simplified => Notice::StandardReached,
        SendingState::Passed => Notice::CorrectionConfirmed,
        SendingState::Doubted => Notice::ProfileDoubted,
        SendingState::Stuck | SendingState::Refused | SendingState::Open | SendingState::Dropped => {
            Notice::ProfileStuck
        }
    }
}

/// The standard level, with what it stands on; `Stuck` when the SNILS became another account's at this very moment: the
/// two owners are sorted out by staff, and neither learns of the other here.
pub(super) fn raise(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    account: &AccountId,
    sent: &question::Sent,
    checks: &[CheckRow],
) -> Result<SendingState> {
    let Some(snils) = sent.get(Field::Snils.word()) else { return Ok(SendingState::Stuck) };
    let before = accounts::load_any(tx, ctx, account)?.map_or(Level::Simplified, |(_, found)| found.level);
    if accounts::raise(tx, ctx, account, snils)? == Raised::Taken {
        contest(tx, ctx, checks)?;
        return Ok(SendingState::Stuck);
    }
    recheck::drop_open(tx, ctx, account)?;
    let at = recheck::next(ctx, &config.checks);
    for check in checks.iter().filter(|check| check.state == State::Passed && decides(check.kind)) {
        debug_assert_eq!(
            level::next(check.kind, Standing::Missing, Happened::Confirmed),
            Some(Standing::Held)
        );
        evidence::keep(tx, account, check.kind, &check.id, ctx.now, at)?;
    }
    subjects::hold(tx, account)?;
    confirm(tx, ctx, account, sent, checks)?;
    confirm_rest(tx, ctx, account, sent, checks)?;
    if before == Level::Simplified {
        let event = Event::LevelRaised { level: Level::Standard.word().into() };
        audit::record(tx, ctx, Chain::Account(account.as_str()), &event)?;
    }
    Ok(SendingState::Passed)
}

/// Leaves the check of a SNILS that is another account's to staff.
fn contest(tx: &mut Tx<'_>, ctx: &Ctx, checks: &[CheckRow]) -> Result<()> {
    for check in checks.iter().filter(|check| check.kind == Check::Snils) {
        let Some(state) = machine::next(check.state, CheckEvent::Contest) else { continue };
        store::change_check(tx, &check.id, state, "", by_staff::HELD, ctx.now)?;
        ended(tx, ctx, check, state)?;
    }
    Ok(())
}

/// The values of a sending with their fields, but for those that nobody asked about; and whether one of the checks that a
/// register answered vouches for it.
fn told(sent: &question::Sent, checks: &[CheckRow]) -> Vec<(Field, String, bool)> {
    let asked = |check: &&CheckRow| check.state == State::Passed && check.reason != by_staff::BY_STAFF;
    let vouched = |field: Field| {
        checks.iter().filter(asked).any(|check| question::vouched(check.kind).contains(&field))
    };
    sent.iter()
        .filter_map(|(word, text)| Some((Field::from_word(word)?, text.clone())))
        .filter(|(field, _)| !matches!(field, Field::Inn | Field::IssuedBy))
        .map(|(field, text)| (field, text, vouched(field)))
        .collect()
}

/// The values that registers vouch for are confirmed now; a patronymic that was not sent, the person has none of.
fn confirm(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    sent: &question::Sent,
    checks: &[CheckRow],
) -> Result<()> {
    if !sent.contains_key(Field::Patronymic.word()) {
        profile::forget(tx, ctx, account, Field::Patronymic)?;
    }
    let told = told(sent, checks).into_iter().filter(|(.., vouched)| *vouched);
    let values: Vec<(Field, String)> = told.map(|(field, text, _)| (field, text)).collect();
    profile::confirm(tx, ctx, account, &values, Origin::Register)
}

/// The values that a person of staff compared with the documents are confirmed now.
fn confirm_rest(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    sent: &question::Sent,
    checks: &[CheckRow],
) -> Result<()> {
    let told = told(sent, checks).into_iter().filter(|(.., vouched)| !*vouched);
    let values: Vec<(Field, String)> = told.map(|(field, text, _)| (field, text)).collect();
    if values.is_empty() { Ok(()) } else { profile::confirm(tx, ctx, account, &values, Origin::Operator) }
}

/// What a recheck leads to, for each piece of evidence that it was about and that is still held.
fn conclude_recheck(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    account: &AccountId,
    sent: &question::Sent,
    checks: &[CheckRow],
) -> Result<()> {
    let held = evidence::evidence(tx, account)?;
    let (mut lost, mut fields) = (Vec::new(), Vec::new());
    for check in checks {
        let Some(held) = held.iter().find(|evidence| evidence.kind == check.kind) else { continue };
        let happened = match check.state {
            State::Passed => Happened::Passed,
            State::Doubted => Happened::Doubted,
            _ => Happened::Silent,
        };
        match level::next(check.kind, Standing::Rechecked, happened) {
            Some(Standing::Missing) => {
                lost.push((check.kind, check.reason.as_str()));
                fields.extend(check.fields.iter().filter_map(|word| Field::from_word(word)));
            }
            Some(_) if happened == Happened::Passed => {
                let at = recheck::next(ctx, &config.checks);
                evidence::renew(tx, account, check.kind, &check.id, ctx.now, at)?;
            }
            Some(_) => {
                let at = ctx.now + recheck::pause(&config.checks, held.silent);
                evidence::postpone(tx, account, check.kind, at)?;
            }
            None => {}
        }
    }
    if lost.is_empty() {
        let whole = checks.iter().all(|check| check.state == State::Passed);
        return if whole { confirm(tx, ctx, account, sent, checks) } else { Ok(()) };
    }
    fields.sort();
    fields.dedup();
    lose(tx, ctx, account, &lost, &fields)?;
    tell_lowered(tx, ctx, account, &fields)
}

/// Ends pieces of evidence, each with the register's reason, and with them the level. Values stay; those that nothing
/// vouches for any more can be typed over. `true` when the level fell.
pub(super) fn lose(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    lost: &[(Check, &str)],
    doubted: &[Field],
) -> Result<bool> {
    let mut open = doubted.to_vec();
    for (kind, reason) in lost {
        if evidence::end(tx, account, *kind)? {
            let event = Event::EvidenceEnded { evidence: kind.word().into(), reason: (*reason).to_owned() };
            audit::record(tx, ctx, Chain::Account(account.as_str()), &event)?;
        }
        open.extend(question::vouched(*kind));
    }
    let left: Vec<Check> =
        evidence::evidence(tx, account)?.into_iter().map(|evidence| evidence.kind).collect();
    let vouched = |field: &Field| left.iter().any(|kind| question::vouched(*kind).contains(field));
    open.retain(|field| doubted.contains(field) || !vouched(field));
    profile::doubt(tx, ctx, account, &open)?;
    if machine::level(&left) != Level::Simplified || !accounts::lower(tx, account)? {
        return Ok(false);
    }
    metrics::counter!("levels_lowered_total").increment(1);
    let event = Event::LevelLowered { level: Level::Simplified.word().into() };
    audit::record(tx, ctx, Chain::Account(account.as_str()), &event)?;
    Ok(true)
}

fn tell_lowered(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, fields: &[Field]) -> Result<()> {
    let labels = |lang| {
        let labels: Vec<&str> = fields.iter().map(|field| texts::text(lang, field.label())).collect();
        labels.join(", ")
    };
    let details = Details { args: vec![("fields", Said::each(labels))], ..Details::default() };
    notifications::notify_owner_with(tx, ctx, account, Notice::LevelLowered, &details)
}

/// Ends the checks of a sending that are under way; their jobs find nothing to do.
pub(super) fn drop_checks(tx: &mut Tx<'_>, ctx: &Ctx, id: &SendingId) -> Result<()> {
    for check in store::checks(tx, id)? {
        let Some(state) = machine::next(check.state, CheckEvent::Drop) else { continue };
        if store::end_check(tx, &check.id, state, "", jobs::DROPPED, ctx.now)? {
            ended(tx, ctx, &check, state)?;
        }
    }
    Ok(())
}
