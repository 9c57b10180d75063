//! What the owner forbids to themselves.
//!
//! Invariants: a ban is set at once by any fresh factor, and lifted only by a stronger proof and after a wait, of which
//! every contact learns with a button that stops it; until the job has ended it, it holds; a ban that would lock its
//! owner out is not set; the door asks every time ([`refusal`]).

use super::store::{self, Ban};
use super::{Facts, Obstacle, Place, Restriction, jobs, means, rules};
use crate::accounts::{self, AccountId, ContactType};
use crate::audit::{self, Chain, Event};
use crate::config::Config;
use crate::ctx::Ctx;
use crate::devices;
use crate::error::Result;
use crate::limits::{self, Limit};
use crate::notifications::{self, Details, Link, Notice, Said, links};
use crate::web::texts;
use ::store::Tx;
use kernel::{Span, Time};
use std::net::IpAddr;

/// How often the owner is told of sign-ins that a ban refused.
const TELL: Limit = Limit::new(1, 3_600);

/// The bans of an account.
///
/// # Errors
/// The storage is away.
pub fn list(tx: &mut Tx<'_>, account: &AccountId) -> Result<Vec<Ban>> {
    store::bans(tx, account)
}

/// Whether the owner forbade something.
///
/// # Errors
/// The storage is away.
pub fn forbids(tx: &mut Tx<'_>, account: &AccountId, restriction: Restriction) -> Result<bool> {
    Ok(store::bans(tx, account)?.iter().any(|ban| ban.restriction == restriction))
}

/// Where the caller is; `None` when the deployment knows no countries.
pub fn place(ctx: &Ctx) -> Option<Place> {
    let geo = &ctx.place.geo;
    geo.is_known().then(|| match geo.is_abroad(ctx.address) {
        Some(true) => Place::Abroad,
        Some(false) => Place::Home,
        None if is_inside(ctx.address) => Place::Inside,
        None => Place::Unknown,
    })
}

/// Addresses that no registry gives out: loopback, private, link-local.
fn is_inside(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => address.is_loopback() || address.is_private() || address.is_link_local(),
        IpAddr::V6(address) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
    }
}

/// The ban that refuses a sign-in with these methods by this caller, if any. Asked by the door with all that was given,
/// and by the password form with `pwd`.
///
/// # Errors
/// The storage is away.
pub fn refusal(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    methods: &str,
) -> Result<Option<Restriction>> {
    let set: Vec<Restriction> = store::bans(tx, account)?.iter().map(|ban| ban.restriction).collect();
    Ok(rules::refuses(&set, methods, place(ctx).unwrap_or(Place::Unknown)))
}

/// Writes a refused sign-in into the journal and tells the owner, once in an hour.
///
/// # Errors
/// The storage is away.
pub fn note_refusal(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    methods: &str,
    ban: Restriction,
) -> Result<()> {
    let reason = format!("restricted:{}", ban.word());
    let event = Event::SignInFailed { method: methods.to_owned(), reason };
    audit::record(tx, ctx, Chain::Account(account.as_str()), &event)?;
    metrics::counter!("sign_ins_restricted_total", "ban" => ban.word()).increment(1);
    if !limits::take(tx, ctx, "restricted-notice", account.as_str(), TELL)?.allowed() {
        return Ok(());
    }
    let mut args = vec![title(ban)];
    args.extend(super::whence(ctx));
    notifications::notify_owner_with(
        tx,
        ctx,
        account,
        Notice::Restricted,
        &Details { args, ..Details::default() },
    )
}

/// What an account is judged by when a ban is to be set.
///
/// # Errors
/// The storage is away.
pub fn facts(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, account: &AccountId) -> Result<Facts> {
    let email =
        accounts::contacts(tx, ctx, account)?.iter().any(|contact| contact.kind == ContactType::Email);
    Ok(Facts {
        keys: means::keys(tx, ctx, account)?,
        keys_needed: config.safety.keys_for_ban,
        email,
        place: place(ctx),
    })
}

/// What setting a ban led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    /// It holds from now on.
    Done,
    /// It held already.
    Already,
    /// It would lock the owner out, or promise what cannot be kept.
    Refused(Obstacle),
}

/// Sets a ban, at once.
///
/// # Errors
/// The storage is away.
pub fn set(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    account: &AccountId,
    ban: Restriction,
) -> Result<Set> {
    // The account is held: a passkey or contact that goes at this moment is seen, or waits.
    accounts::hold_open(tx, account)?;
    if let Err(obstacle) = rules::may_set(ban.rule(), &facts(tx, ctx, config, account)?) {
        return Ok(Set::Refused(obstacle));
    }
    if !store::set(tx, account, ban, ctx.now)? {
        return Ok(Set::Already);
    }
    let event = Event::RestrictionSet { restriction: ban.word().into() };
    audit::record(tx, ctx, Chain::Account(account.as_str()), &event)?;
    tell(tx, ctx, account, ban, Notice::RestrictionSet)?;
    Ok(Set::Done)
}

/// What asking to lift a ban led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// It ends at this moment.
    Until(Time),
    /// The session is not strong enough.
    TooWeak,
    /// There is no such ban, or its end was asked for already.
    Nothing,
}

/// Asks to lift a ban: after the wait a job ends it.
///
/// # Errors
/// The storage is away.
pub fn ask_to_lift(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    (account, methods): (&AccountId, &str),
    ban: Restriction,
) -> Result<Asked> {
    if !rules::may_lift(ban.rule(), methods) {
        return Ok(Asked::TooWeak);
    }
    let until = ctx.now + Span::hours(config.safety.restriction_wait_hours);
    if !store::lift(tx, account, ban, until, methods)? {
        return Ok(Asked::Nothing);
    }
    let event = Event::RestrictionLifting { restriction: ban.word().into(), until: until.0 };
    audit::record(tx, ctx, Chain::Account(account.as_str()), &event)?;
    jobs::end_later(tx, ctx, account, ban, until)?;
    let object = format!("{}/{}", ban.word(), until.0);
    let url = links::mint(tx, ctx, account, links::Act::Keep, &object, until)?;
    let link = Link { label: "notice-keep", hint: Some("notice-restriction-lifting-hint"), url };
    let args = vec![title(ban), ("until", Said::At(until))];
    let details = Details { args, link: Some(link), ..Details::default() };
    notifications::notify_owner_with(tx, ctx, account, Notice::RestrictionLifting, &details)?;
    Ok(Asked::Until(until))
}

/// Keeps a ban that was to be lifted: by its owner signed in, or by the link of the notice (`which`). `false` when there
/// is nothing to stop.
///
/// # Errors
/// The storage is away.
pub fn keep(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    ban: Restriction,
    which: Option<Time>,
) -> Result<bool> {
    if !store::keep(tx, account, ban, which)? {
        return Ok(false);
    }
    let event = Event::RestrictionKept { restriction: ban.word().into() };
    audit::record(tx, ctx, Chain::Account(account.as_str()), &event)?;
    tell(tx, ctx, account, ban, Notice::Kept)?;
    Ok(true)
}

/// Ends a ban whose wait is over; called by its job, which may come twice or early.
pub(super) fn end(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, ban: Restriction) -> Result<()> {
    let Some(proof) = store::end_ban(tx, account, ban, ctx.now)? else { return Ok(()) };
    let event = Event::RestrictionLifted { restriction: ban.word().into(), proof };
    audit::record(tx, ctx, Chain::Account(account.as_str()), &event)?;
    tell(tx, ctx, account, ban, Notice::RestrictionLifted)
}

fn tell(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, ban: Restriction, notice: Notice) -> Result<()> {
    let args = vec![title(ban)];
    notifications::notify_owner_with(tx, ctx, account, notice, &Details { args, ..Details::default() })
}

/// The name of a ban, as a variable of a notice.
fn title(ban: Restriction) -> (&'static str, Said) {
    ("restriction", Said::each(|lang| texts::text(lang, ban.rule().title).to_owned()))
}

/// Device and place of the caller, as variables of a notice.
pub fn whence(ctx: &Ctx) -> [(&'static str, Said); 2] {
    let agent = match ctx.agent.as_str() {
        "" => Said::each(|lang| texts::text(lang, "sessions-unknown-device").to_owned()),
        agent => Said::Plain(agent.to_owned()),
    };
    let (address, country) = (ctx.address.to_string(), ctx.country());
    [("device", agent), ("place", Said::each(|lang| devices::place(&address, country, lang)))]
}
