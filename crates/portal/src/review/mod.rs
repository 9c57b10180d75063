//! `/review`: a person of staff looks where no register can decide, and says what the documents say (spec 02 §4).
//!
//! Invariants: a case is one sending, and ends with it; a case is worked on by one member at a time, never by a person
//! it is about, and never twice by the same member; a SNILS that goes from one account to another takes two members who
//! agree and do not see what the other found; whoever looks leaves an event in the person's own journal before a value is
//! shown; scans are shown with the member's mark over them, never bare; the clock stands still while the person is asked;
//! nothing tells a person that another account has their SNILS.

mod jobs;
mod rules;
mod settings;
mod store;
mod told;
pub mod web;
mod work;

pub use jobs::register;
pub use rules::{Pace, Reason, Seen, State, Step, Verdict, Wrong, agreed, needed, next, pace};
pub use settings::Settings;
pub use store::sweep;
pub use told::{Found, Told};
pub use work::{Decided, Desk, Refused, Taken, Wish, ask, decide, open, put_back, reopen, take};

use crate::accounts::{self, AccountId};
use crate::audit::{self, Chain, Event};
use crate::checks::{self, Awaiting, Doubt, Ruling, SendingId};
use crate::config::Config;
use crate::ctx::Ctx;
use crate::documents::{self, Slot};
use crate::error::Result;
use crate::notifications::{self, Notice};
use crate::staff::{self, StaffId};
use ::store::Tx;
use kernel::{Id, Span, Time};

kernel::id_kinds! {
    /// Something that staff look at.
    CaseKind = "rev";
}

/// A case's identifier.
pub type CaseId = Id<CaseKind>;

/// A sending before the eyes of staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its identifier.
    pub id: CaseId,
    /// Whose.
    pub account: AccountId,
    /// What is looked at.
    pub sending: SendingId,
    /// Why staff look.
    pub doubt: Doubt,
    /// Where it stands.
    pub state: State,
    /// How many members must agree.
    pub needed: i64,
    /// Since when.
    pub opened_at: Time,
    /// By when it should be decided.
    pub due_at: Time,
    /// How much of the time was left when the person was asked.
    pub left: Span,
    /// Of which document a scan is asked for.
    pub slot: Option<Slot>,
    /// Since when it is.
    pub asked_at: Option<Time>,
    /// Who works on it.
    pub staff: Option<StaffId>,
    /// Until when, without a sign of life.
    pub held_until: Option<Time>,
    /// When it ended.
    pub ended_at: Option<Time>,
}

impl Case {
    /// Whether a member works on it at this moment.
    pub fn is_held(&self, now: Time) -> bool {
        self.staff.is_some() && self.held_until.is_some_and(|until| now < until)
    }
}

/// The newest case of an account with what its person is told, as they see it.
///
/// # Errors
/// The storage is away.
pub fn standing(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<Option<(Case, Told)>> {
    let Some(case) = store::newest(tx, account)?.filter(|case| case.state != State::Gone) else {
        return Ok(None);
    };
    let told = store::told(tx, ctx, &case)?;
    Ok(Some((case, told)))
}

/// Differs whenever the person's page would look different; names nobody.
///
/// # Errors
/// The storage is away.
pub fn mark(tx: &mut Tx<'_>, account: &AccountId) -> Result<String> {
    Ok(store::newest(tx, account)?.map_or_else(String::new, |case| marked(&case)))
}

fn marked(case: &Case) -> String {
    let since = case.ended_at.or(case.asked_at).unwrap_or(case.opened_at);
    format!("{}.{:x}", case.state.word(), since.0)
}

/// Brings the cases of an account to what was sent and what scans there are: opens one for a sending that waits for staff,
/// ends those of earlier ones, and lets one go on for which the scan has come. Does nothing the second time.
///
/// # Errors
/// The storage is away.
pub fn look(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, account: &AccountId) -> Result<()> {
    accounts::lock(tx, account)?;
    let awaiting = checks::awaiting(tx, ctx, account)?;
    let present = awaiting.as_ref().map(|of| &of.sending);
    for case in store::open_of(tx, account)? {
        if Some(&case.sending) != present {
            step(tx, ctx, &case, Step::Superseded, &Told::default())?;
        } else if has_answer(tx, ctx, &case)? {
            step(tx, ctx, &case, Step::ScanCame, &Told::default())?;
        }
    }
    match awaiting {
        Some(of) if !store::is_known(tx, &of.sending)? => begin(tx, ctx, config, &of),
        _ => Ok(()),
    }
}

/// Whether the scan that the person is asked for has come: one that was not there when it was asked for.
fn has_answer(tx: &mut Tx<'_>, ctx: &Ctx, case: &Case) -> Result<bool> {
    let Some(slot) = case.slot.filter(|_| case.state == State::Asked) else { return Ok(false) };
    let known = store::told(tx, ctx, case)?.known;
    let there = documents::kept(tx, &case.account, slot)?;
    Ok(there.iter().any(|scan| !known.iter().any(|known| known == scan.as_str())))
}

fn begin(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, of: &Awaiting) -> Result<()> {
    let settings = &config.review;
    let colleague = staff::is_staff(tx, &of.account)?;
    let missing = documents::kept(tx, &of.account, Slot::Main)?.is_empty();
    let time = Span::hours(settings.due_hours);
    let case = Case {
        id: Id::new(ctx.now, &mut ctx.rng()),
        account: of.account.clone(),
        sending: of.sending.clone(),
        doubt: of.doubt,
        state: if missing { State::Asked } else { State::Waiting },
        needed: rules::needed(of.doubt, colleague, &settings.four_eyes),
        opened_at: ctx.now,
        due_at: ctx.now + time,
        left: time,
        slot: missing.then_some(Slot::Main),
        asked_at: missing.then_some(ctx.now),
        staff: None,
        held_until: None,
        ended_at: None,
    };
    let told = Told { flaw: if missing { "missing".into() } else { String::new() }, ..Told::default() };
    store::insert(tx, ctx, &case, &told)?;
    metrics::counter!("review_cases_total", "state" => "opened").increment(1);
    audit::record(tx, ctx, Chain::Account(of.account.as_str()), &Event::ReviewOpened)
}

/// Takes a step of a case when it can be taken; `None` when nothing comes of it.
fn step(tx: &mut Tx<'_>, ctx: &Ctx, case: &Case, step: Step, told: &Told) -> Result<Option<State>> {
    let Some(state) = rules::next(case.state, step) else { return Ok(None) };
    match state {
        State::Waiting => store::back(tx, ctx, case)?,
        State::Asked => store::ask(tx, ctx, case, case.slot.unwrap_or(Slot::Main), told)?,
        State::Confirmed | State::Refused | State::Gone => {
            store::end(tx, ctx, case, state, told)?;
            metrics::counter!("review_cases_total", "state" => state.word()).increment(1);
        }
    }
    if let State::Confirmed | State::Refused = state {
        let reason = told.reason.map_or("", Reason::word).to_owned();
        let event = Event::ReviewEnded { outcome: state.word().into(), reason };
        audit::record(tx, ctx, Chain::Account(case.account.as_str()), &event)?;
    }
    Ok(Some(state))
}

/// Ends a case whose person has not sent the scan that was asked for.
fn give_up(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, id: &CaseId) -> Result<Option<AccountId>> {
    let Some(found) = store::case(tx, id)? else { return Ok(None) };
    accounts::lock(tx, &found.account)?;
    let before = ctx.now - Span::days(config.review.answer_days);
    let case = store::case(tx, id)?
        .filter(|case| case.state == State::Asked && case.asked_at.is_some_and(|at| at <= before));
    let Some(case) = case else { return Ok(None) };
    let about = (&case.account, &case.sending);
    checks::rule(tx, ctx, config, about, &Ruling::Refused)?;
    let told = Told { reason: Some(Reason::NoScan), ..Told::default() };
    step(tx, ctx, &case, Step::Silence, &told)?;
    notifications::notify_owner(tx, ctx, &case.account, Notice::ReviewRefused, None)?;
    Ok(Some(case.account))
}
