//! Register checks: a profile is sent, three registers are asked in the background, and the level follows from what they
//! confirmed (spec 02 §3). What they confirmed is asked again every 90 days and when a register tells of a change.
//!
//! Invariants: a level stands on evidence, written and ended in the same transaction; a check's id is the request's id at
//! the register, so nothing is asked twice for one answer; the first final answer of a check counts and every other
//! changes nothing, by whichever way it comes; one sending of the person and one recheck of an account are under way at
//! a time; a SNILS belongs to one account of the standard level, and whoever types another's learns nothing of it; where
//! no register can decide a person of staff does (`by_staff`, told by the slice `review`); nothing is deleted when a
//! level is lowered.

mod by_staff;
mod events;
mod evidence;
pub mod jobs;
mod level;
mod machine;
mod question;
mod recheck;
mod reindex;
mod settings;
mod settle;
mod store;
mod subjects;
pub mod web;

pub use by_staff::{Awaiting, Doubt, Ruled, Ruling, awaiting, other_holder, rule};
pub use events::{sweep_events, take_event};
pub use evidence::{Evidence, evidence};
pub use level::{Happened, Standing, next as evidence_next};
pub use machine::{
    Event as CheckEvent, Sending as SendingState, State, Verdict, Why, decides, level, next, sending, verdict,
};
pub(crate) use question::differs;
pub use question::vouched;
pub use recheck::{begin as begin_recheck, sweep as sweep_rechecks};
pub use reindex::NumberIndex;
pub use settings::Settings;
pub use settle::{Ending, settle, take_answer};
pub use store::{CheckRow, Sending};

use crate::accounts::{self, AccountId};
use crate::audit::{self, Chain, Event};
use crate::config::Config;
use crate::ctx::Ctx;
use crate::documents::jobs::enqueue_look;
use crate::error::Result;
use crate::limits::{self, Taken};
use crate::profile::{self, Field, Judge, Profile, Progress, Section};
use ::store::Tx;
use gateway::register::Check;
use kernel::ids::{PassportState, passport_state};
use kernel::{Date, Id, Level, Refusal, Time};

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
    /// The level is reached already, and nothing differs from what was confirmed.
    Reached,
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
    if store::open_sending(tx, account)?.is_some() {
        return Ok(Sent::Begun);
    }
    let profile = profile::load(tx, ctx, account)?;
    let judge = Judge::new(&profile, profile::today(ctx)?);
    if found.level != Level::Simplified && !question::differs(&profile, &judge) {
        return Ok(Sent::Reached);
    }
    if NEEDED.into_iter().any(|section| judge.progress(section) != Progress::Complete) {
        return Ok(Sent::Unfinished);
    }
    if let Taken::Wait { until } =
        limits::take(tx, ctx, "sendings", account.as_str(), config.checks.sendings)?
    {
        return Ok(Sent::Wait(until));
    }
    if store::newest_sent(tx, account)?.is_some_and(|before| before.state == SendingState::Stuck) {
        enqueue_look(tx, ctx, account)?; // staff were to look at what was sent before
    }
    begin(tx, ctx, account, &question::collect(&judge, profile.against().citizen))?;
    Ok(Sent::Begun)
}

fn begin(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, values: &question::Sent) -> Result<()> {
    let id = SendingId::new(ctx.now, &mut ctx.rng());
    if !store::insert_sending(tx, ctx, &id, account, Why::Sent, values)? {
        return Ok(()); // another form was first in this very moment
    }
    subjects::note(tx, ctx, account, values)?;
    if question::is_known(values) {
        ask(tx, ctx, account, &id, &[Check::Snils, Check::Passport, Check::Inn])?;
    } else {
        by_staff::leave_document(tx, ctx, account, &id)?;
        ask(tx, ctx, account, &id, &[Check::Snils])?;
    }
    audit::record(tx, ctx, Chain::Account(account.as_str()), &Event::ProfileSent { sending: id.to_string() })
}

/// Makes the checks of a sending and the jobs that ask.
fn ask(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, sending: &SendingId, kinds: &[Check]) -> Result<()> {
    let mut rng = ctx.rng();
    for kind in kinds {
        let id = CheckId::new(ctx.now, &mut rng);
        store::insert_check(tx, ctx, &id, sending, account, *kind)?;
        jobs::enqueue(tx, ctx, &id)?;
    }
    Ok(())
}

/// How an account stands with the registers, for pages.
pub struct View {
    /// What its level stands on.
    pub evidence: Vec<Evidence>,
    /// The newest sending that the owner is told of, with its checks.
    pub newest: Option<(Sending, Vec<CheckRow>)>,
    /// What the dates of the confirmed passport say today; `None` without one.
    pub passport: Option<std::result::Result<PassportState, Refusal>>,
    /// Differs whenever a page would look different; names nobody.
    pub mark: String,
}

impl View {
    /// Whether something that the person sent is being checked.
    pub fn is_open(&self) -> bool {
        self.newest.as_ref().is_some_and(|(sending, _)| sending.ended_at.is_none())
    }
}

/// How an account stands with the registers.
///
/// # Errors
/// The storage is away.
pub fn view(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<View> {
    let evidence = evidence(tx, account)?;
    let newest = match store::newest(tx, account)? {
        Some(sending) => {
            let checks = store::checks(tx, &sending.id)?;
            Some((sending, checks))
        }
        None => None,
    };
    let passport = match evidence.iter().any(|evidence| evidence.kind == Check::Passport) {
        true => passport(&profile::load(tx, ctx, account)?, profile::today(ctx)?),
        false => None,
    };
    let mark = marked(&evidence, newest.as_ref());
    Ok(View { evidence, newest, passport, mark })
}

fn passport(profile: &Profile, today: Date) -> Option<std::result::Result<PassportState, Refusal>> {
    let confirmed = |field| {
        let value = profile.value(field).filter(|value| value.confirmed.is_some())?;
        Date::parse_iso(&value.text).ok()
    };
    Some(passport_state(confirmed(Field::BirthDate)?, confirmed(Field::IssuedOn)?, today))
}

/// The mark of [`View`] alone, for streams.
///
/// # Errors
/// The storage is away.
pub fn mark(tx: &mut Tx<'_>, account: &AccountId) -> Result<String> {
    let evidence = evidence(tx, account)?;
    let newest = match store::newest(tx, account)? {
        Some(sending) => {
            let checks = store::checks(tx, &sending.id)?;
            Some((sending, checks))
        }
        None => None,
    };
    Ok(marked(&evidence, newest.as_ref()))
}

fn marked(evidence: &[Evidence], newest: Option<&(Sending, Vec<CheckRow>)>) -> String {
    let mut mark = String::new();
    for held in evidence {
        mark = format!("{mark}{:x}.", held.checked_at.0);
    }
    if let Some((sending, checks)) = newest {
        let states = checks.iter().map(|check| u8::from(check.state.is_final()));
        let ended = states.fold(String::new(), |ended, state| format!("{ended}{state}"));
        mark = format!("{mark}{:x}.{}.{ended}", sending.sent_at.0, sending.state.word());
    }
    mark
}
