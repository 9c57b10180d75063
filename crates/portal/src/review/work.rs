//! What a member of staff does: takes a case, looks, asks for a better scan, decides, or puts it back.

use super::rules::{self, Step, Verdict, Wrong};
use super::told::{Found, Told};
use super::{Case, CaseId, State, step, store};
use crate::accounts::{self, AccountId};
use crate::audit::{self, Chain, Event};
use crate::checks::{self, Awaiting, Ruled, Ruling};
use crate::config::Config;
use crate::ctx::Ctx;
use crate::documents::{self, Scan, Slot};
use crate::error::Result;
use crate::limits;
use crate::notifications::{self, Notice};
use crate::profile::Field;
use crate::staff::{self, Member, Right};
use ::store::Tx;
use kernel::{Lang, Level, NamePart, Span, Time};

/// Why a case is not given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is about the member, or about a SNILS that they have.
    Own,
    /// Somebody else works on it.
    Held,
    /// The member has looked at it before: it takes another pair of eyes.
    Looked,
    /// The member works on as many as one can.
    TooMany,
    /// Too many cases were opened: not before this moment.
    Wait(Time),
    /// It is decided, or the person has sent something newer.
    Gone,
    /// The member may review no more.
    NotAllowed,
}

/// What became of the wish to work on a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// The member works on this one.
    Case(CaseId),
    /// There is none to be taken.
    None,
    /// Not given out.
    Refused(Refused),
}

/// Which case is wished for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// The most urgent one.
    Next,
    /// This one.
    This(CaseId),
}

/// Gives a case to a member. The person reads in their journal who looks at their data and scans.
///
/// # Errors
/// The storage is away.
pub fn take(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, member: &Member, wish: &Wish) -> Result<Taken> {
    if !staff::may_still(tx, member, Right::Review)? {
        return Ok(Taken::Refused(Refused::NotAllowed));
    }
    if let Wish::This(id) = wish
        && store::keep(tx, id, &member.id, ctx.now, until(ctx, config))?
    {
        return Ok(Taken::Case(id.clone())); // the same form sent again
    }
    if store::held(tx, &member.id, ctx.now)?.len() as i64 >= config.review.most_held {
        return Ok(Taken::Refused(Refused::TooMany));
    }
    let candidates = match wish {
        Wish::Next => store::free(tx, &member.id, &member.account, ctx.now)?,
        Wish::This(id) => vec![id.clone()],
    };
    let mut last = Taken::None;
    for id in candidates {
        last = take_one(tx, ctx, config, member, &id)?;
        // Whoever wants any case gets the next one that can be had.
        let other =
            matches!(last, Taken::Refused(Refused::Held | Refused::Gone | Refused::Own | Refused::Looked));
        if !other || *wish != Wish::Next {
            return Ok(last);
        }
    }
    Ok(if *wish == Wish::Next { Taken::None } else { last })
}

fn until(ctx: &Ctx, config: &Config) -> Time {
    ctx.now + Span::minutes(config.review.hold_minutes)
}

fn take_one(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, member: &Member, id: &CaseId) -> Result<Taken> {
    let refused = |refused| Ok(Taken::Refused(refused));
    let Some(case) = store::case(tx, id)? else { return refused(Refused::Gone) };
    if concerns(tx, ctx, member, &case)? {
        let event = Event::StaffRefused { reason: "own-account".into() };
        member.record(tx, ctx, &event)?;
        return refused(Refused::Own);
    }
    if store::opinions(tx, id)?.iter().any(|(staff, _)| *staff == member.id) {
        return refused(Refused::Looked);
    }
    if !still_waits(tx, ctx, &case)? {
        return refused(Refused::Gone);
    }
    let name = "review-takes";
    if let limits::Taken::Wait { until } =
        limits::take(tx, ctx, name, member.id.as_str(), config.review.takes)?
    {
        return refused(Refused::Wait(until));
    }
    if !store::take(tx, id, &member.id, ctx.now, until(ctx, config))? {
        return refused(Refused::Held);
    }
    let acting = acting(tx, ctx, member, &case)?;
    let event = Event::ViewedByStaff { what: "review".into() };
    audit::record(tx, &acting, Chain::Account(case.account.as_str()), &event)?;
    member.record_on(tx, ctx, "review-take", &case.account, case.doubt.word())?;
    // Whoever has the SNILS now reads it too: something is asked about their account.
    let of = checks::awaiting(tx, ctx, &case.account)?;
    if let Some(of) = of
        && let Some(holder) = checks::other_holder(tx, ctx, &of.account, &of.values)?
    {
        audit::record(tx, &acting, Chain::Account(holder.as_str()), &event)?;
    }
    Ok(Taken::Case(id.clone()))
}

/// Whether a case is about the member: it is of their own account, or the SNILS in question is theirs.
fn concerns(tx: &mut Tx<'_>, ctx: &Ctx, member: &Member, case: &Case) -> Result<bool> {
    if case.account == member.account {
        return Ok(true);
    }
    let Some(of) = checks::awaiting(tx, ctx, &case.account)? else { return Ok(false) };
    let holder = checks::other_holder(tx, ctx, &of.account, &of.values)?;
    Ok(holder.is_some_and(|holder| holder == member.account))
}

/// Whether what the case is about waits for staff still; ends it when not.
fn still_waits(tx: &mut Tx<'_>, ctx: &Ctx, case: &Case) -> Result<bool> {
    let awaiting = checks::awaiting(tx, ctx, &case.account)?;
    if case.state == State::Waiting && awaiting.is_some_and(|of| of.sending == case.sending) {
        return Ok(true);
    }
    if case.ended_at.is_none() && case.state == State::Waiting {
        step(tx, ctx, case, Step::Superseded, &Told::default())?;
    }
    Ok(false)
}

/// The context of an act on the person of a case, in their language.
fn acting(tx: &mut Tx<'_>, ctx: &Ctx, member: &Member, case: &Case) -> Result<Ctx> {
    let lang = accounts::load_any(tx, ctx, &case.account)?.map_or(Lang::default(), |(_, found)| found.lang);
    Ok(member.ctx(ctx, lang))
}

/// Everything that a member needs to decide.
pub struct Desk {
    /// The case.
    pub case: Case,
    /// What was sent, and what the registers said.
    pub of: Awaiting,
    /// The kept scans, the newest first.
    pub scans: Vec<Scan>,
    /// How many members have looked.
    pub opinions: usize,
    /// The values that must be seen on a scan for a confirmation; registers vouch for the others.
    pub must: Vec<Field>,
    /// The account that has the SNILS.
    pub other: Option<Other>,
}

/// What a member learns of the account that has the SNILS: whether it may be the same person's, and no value of it.
pub struct Other {
    /// When it was opened.
    pub opened_at: Time,
    /// Its level.
    pub level: Level,
    /// Whether its person has the same names.
    pub same_name: bool,
}

fn other(tx: &mut Tx<'_>, ctx: &Ctx, of: &Awaiting) -> Result<Option<Other>> {
    let Some(holder) = checks::other_holder(tx, ctx, &of.account, &of.values)? else { return Ok(None) };
    let Some((_, found)) = accounts::load_any(tx, ctx, &holder)? else { return Ok(None) };
    let sent = |field: Field| of.values.get(field.word()).map(String::as_str).unwrap_or_default();
    let person = &found.person;
    let pairs = [
        (sent(Field::Surname), person.surname.as_str()),
        (sent(Field::FirstName), person.first_name.as_str()),
        (sent(Field::Patronymic), person.patronymic.as_deref().unwrap_or_default()),
    ];
    let key = |text: &str| NamePart::parse_any(text).map(|name| name.key()).unwrap_or_default();
    let same_name = pairs.into_iter().all(|(sent, known)| key(sent) == key(known));
    Ok(Some(Other { opened_at: found.created_at, level: found.level, same_name }))
}

/// The case that a member works on; `None` when it is not theirs (any more).
///
/// # Errors
/// The storage is away.
pub fn open(tx: &mut Tx<'_>, ctx: &Ctx, member: &Member, id: &CaseId) -> Result<Option<Desk>> {
    let own = |case: &Case| case.staff.as_ref() == Some(&member.id) && case.is_held(ctx.now);
    let case = store::case(tx, id)?.filter(|case| case.state == State::Waiting && own(case));
    let Some(case) = case else { return Ok(None) };
    if concerns(tx, ctx, member, &case)? {
        return Ok(None);
    }
    let of = checks::awaiting(tx, ctx, &case.account)?.filter(|of| of.sending == case.sending);
    let Some(of) = of else { return Ok(None) };
    let mut scans = documents::scans(tx, ctx, &case.account)?;
    scans.retain(|scan| scan.state == documents::State::Kept);
    let opinions = store::opinions(tx, id)?.len();
    let (must, other) = (must(&of), other(tx, ctx, &of)?);
    Ok(Some(Desk { case, of, scans, opinions, must, other }))
}

/// The values that must be seen: those that no register has confirmed, and all but the SNILS when the question is whose
/// the SNILS is.
fn must(of: &Awaiting) -> Vec<Field> {
    let held = of.doubt == checks::Doubt::Held;
    let vouched = |field: Field| {
        let mut passed = of.checks.iter().filter(|check| check.state == checks::State::Passed);
        passed.any(|check| checks::vouched(check.kind).contains(&field))
    };
    let needs_eyes = |field: &Field| match field {
        Field::Inn => false,
        Field::Snils if held => false,
        _ if held => true,
        field => !vouched(*field),
    };
    of.values.keys().filter_map(|word| Field::from_word(word)).filter(needs_eyes).collect()
}

/// The same, and the case stays with the member for another while: they look at it.
///
/// # Errors
/// The storage is away.
pub fn reopen(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    member: &Member,
    id: &CaseId,
) -> Result<Option<Desk>> {
    store::keep(tx, id, &member.id, ctx.now, until(ctx, config))?;
    open(tx, ctx, member, id)
}

/// What a member did with a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decided {
    /// It is decided; these accounts are changed.
    Done(Vec<AccountId>),
    /// Another pair of eyes is needed.
    Waits,
    /// Something is missing.
    Wrong(Vec<Wrong>),
    /// It is not this member's case any more.
    NotYours,
}

/// Takes the decision of a member: it counts once as many as are needed agree.
///
/// # Errors
/// The storage is away.
pub fn decide(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    member: &Member,
    (id, verdict, found): (&CaseId, Verdict, &Found),
) -> Result<Decided> {
    let Some(desk) = theirs(tx, ctx, config, member, id)? else { return Ok(Decided::NotYours) };
    let wrong = rules::wrong(verdict, &found.seen, &desk.must, desk.scans.len(), found.reason);
    if !wrong.is_empty() {
        return Ok(Decided::Wrong(wrong));
    }
    let case = &desk.case;
    if !store::add_opinion(tx, ctx, case, &member.id, (verdict, found))? {
        return Ok(Decided::NotYours);
    }
    let act = match verdict {
        Verdict::Confirmed => "review-confirm",
        Verdict::Refused => "review-refuse",
    };
    member.record_on(tx, ctx, act, &case.account, case.doubt.word())?;
    let verdicts: Vec<Verdict> = store::opinions(tx, id)?.into_iter().map(|(_, verdict)| verdict).collect();
    let colleague = staff::is_staff(tx, &case.account)?;
    let needed = case.needed.max(rules::needed(case.doubt, colleague, &config.review.four_eyes));
    let Some(verdict) = rules::agreed(&verdicts, needed) else {
        store::let_go(tx, id)?;
        return Ok(Decided::Waits);
    };
    end(tx, ctx, config, member, case, (verdict, found))
}

/// Makes what was agreed on true.
fn end(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    member: &Member,
    case: &Case,
    (verdict, found): (Verdict, &Found),
) -> Result<Decided> {
    let acting = acting(tx, ctx, member, case)?;
    let differing = found.differing();
    let told = match verdict {
        Verdict::Confirmed => Told::default(),
        Verdict::Refused => Told {
            reason: found.reason,
            fields: differing.iter().map(|field| field.word().to_owned()).collect(),
            words: found.words.clone(),
            ..Told::default()
        },
    };
    let ruling = match verdict {
        Verdict::Confirmed => Ruling::Confirmed,
        Verdict::Refused if !differing.is_empty() => Ruling::Doubted(differing),
        Verdict::Refused => Ruling::Refused,
    };
    let changed = match checks::rule(tx, &acting, config, (&case.account, &case.sending), &ruling)? {
        Ruled::Done(accounts) => accounts,
        Ruled::Gone => return Ok(Decided::NotYours),
    };
    step(tx, &acting, case, Step::Agreed(verdict), &told)?;
    if verdict == Verdict::Refused {
        notifications::notify_owner(tx, &acting, &case.account, Notice::ReviewRefused, None)?;
    }
    Ok(Decided::Done(changed))
}

/// The case when this member works on it and may do so still; under the account's lock.
fn theirs(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, member: &Member, id: &CaseId) -> Result<Option<Desk>> {
    let Some(case) = store::case(tx, id)? else { return Ok(None) };
    accounts::lock(tx, &case.account)?;
    if !staff::may_still(tx, member, Right::Review)?
        || !store::keep(tx, id, &member.id, ctx.now, until(ctx, config))?
    {
        return Ok(None);
    }
    open(tx, ctx, member, id)
}

/// Asks the person for a better scan. What was found before counts no more: it was found on other scans. `None` when it
/// is not this member's case any more.
///
/// # Errors
/// The storage is away.
pub fn ask(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    member: &Member,
    (id, slot, told): (&CaseId, Slot, &Told),
) -> Result<Option<AccountId>> {
    let Some(desk) = theirs(tx, ctx, config, member, id)? else { return Ok(None) };
    let case = Case { slot: Some(slot), ..desk.case };
    let there = documents::kept(tx, &case.account, slot)?;
    let told = Told { known: there.iter().map(ToString::to_string).collect(), ..told.clone() };
    if step(tx, ctx, &case, Step::Ask, &told)?.is_none() {
        return Ok(None);
    }
    let acting = acting(tx, ctx, member, &case)?;
    let event = Event::ScanAsked { slot: slot.word().into() };
    audit::record(tx, &acting, Chain::Account(case.account.as_str()), &event)?;
    member.record_on(tx, ctx, "review-ask", &case.account, case.doubt.word())?;
    notifications::notify_owner(tx, &acting, &case.account, Notice::ScanAsked, None)?;
    Ok(Some(case.account))
}

/// Puts a case back for somebody else.
///
/// # Errors
/// The storage is away.
pub fn put_back(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, member: &Member, id: &CaseId) -> Result<bool> {
    let Some(desk) = theirs(tx, ctx, config, member, id)? else { return Ok(false) };
    store::let_go(tx, id)?;
    member.record_on(tx, ctx, "review-back", &desk.case.account, desk.case.doubt.word())?;
    Ok(true)
}
