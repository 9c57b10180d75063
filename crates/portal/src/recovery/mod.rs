//! Recovering a forgotten password (spec 01 §3): contact → code → new password; all other sessions end.
//!
//! Invariants: answers and costs are the same for known and unknown people; the code goes only to a contact that was
//! confirmed before; a new password is set once per recovery, within half an hour of the code; the owner is told.

mod settings;
mod store;
pub mod web;

pub use settings::Settings;
pub use store::sweep;

use crate::accounts::{self, AccountId, ContactType, Login};
use crate::audit::{self, Chain, Event};
use crate::codes::{self, Purpose, Sending, Verdict, Wish};
use crate::config::Config;
use crate::ctx::{Actor, Ctx};
use crate::error::Result;
use crate::factors;
use crate::limits::{self, Taken};
use crate::notifications::{self, Channel, Notice};
use crate::sessions::{self, End};
use crate::signin::{
    self,
    door::{self, Entered, Entry},
};
use ::store::Tx;
use kernel::{Id, Span, Time};
use serde::{Deserialize, Serialize};
use store::Found;

kernel::id_kinds! {
    /// A recovery of access.
    RecoveryKind = "rcv";
}

/// A recovery's identifier.
pub type RecoveryId = Id<RecoveryKind>;

/// What a recovery remembers, sealed in its row.
#[derive(Clone, Serialize, Deserialize)]
pub struct Draft {
    /// Where codes go: the typed contact, or the primary one when a SNILS was typed.
    pub to: String,
    /// Phone or e-mail.
    pub kind: ContactType,
    /// Whether the page may show `to`: only when the person typed it.
    pub typed: bool,
}

/// What beginning a recovery led to.
pub enum Begun {
    /// A code is on its way, if there is anybody to send it to. The cookie's value.
    Sent(String),
    /// A code could not be sent, for reasons that have nothing to do with whose contact it is.
    Refused(Sending),
    /// Too many recoveries from this address: not before this moment.
    Wait(Time),
}

/// Begins a recovery for a login.
///
/// # Errors
/// The storage is away.
pub fn begin(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    login: &Login,
    challenge_passed: bool,
) -> Result<Begun> {
    if !config.limits.exempt(ctx.address)
        && let Taken::Wait { until } = limits::take(
            tx,
            ctx,
            "recoveries",
            &ctx.address.to_string(),
            config.limits.recoveries_per_address,
        )?
    {
        return Ok(Begun::Wait(until));
    }
    let account = accounts::owner_of(tx, ctx, login)?;
    let draft = target(tx, ctx, account.as_ref(), login)?;
    let (id, token) = store::insert(tx, ctx, &config.recovery, account.as_ref(), &draft)?;
    let sending = send(
        tx,
        ctx,
        config,
        &id,
        account.is_none(),
        &draft,
        codes::first_channel(draft.kind),
        challenge_passed,
    )?;
    Ok(match sending {
        // «Wait» is said on the next page: an earlier code may still be on its way.
        Sending::Sent | Sending::Wait(_) => Begun::Sent(token),
        refused => Begun::Refused(refused),
    })
}

/// Where the code goes. A login that is nobody's gets a stand-in of the same kind.
fn target(tx: &mut Tx<'_>, ctx: &Ctx, account: Option<&AccountId>, login: &Login) -> Result<Draft> {
    if let Some(kind) = login.contact_type() {
        return Ok(Draft { to: login.value.clone(), kind, typed: true });
    }
    let contacts = match account {
        Some(account) => accounts::contacts(tx, ctx, account)?,
        None => Vec::new(),
    };
    Ok(match contacts.into_iter().next() {
        Some(contact) => Draft { to: contact.value, kind: contact.kind, typed: false },
        None => {
            let digits: String = login.value.chars().filter(char::is_ascii_digit).collect();
            Draft { to: format!("+7{digits}"), kind: ContactType::Phone, typed: false }
        }
    })
}

/// Sends a code, or only counts one when there is nobody.
#[allow(clippy::too_many_arguments)] // one place, plain values
fn send(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    id: &RecoveryId,
    decoy: bool,
    draft: &Draft,
    channel: Channel,
    challenge_passed: bool,
) -> Result<Sending> {
    let wish = Wish {
        purpose: Purpose::Recover,
        subject: id.as_str(),
        channel,
        to: &draft.to,
        taken: false,
        decoy,
        challenge_passed,
        link_base: None,
    };
    codes::send(tx, ctx, &config.codes, &config.limits, &wish)
}

/// Finds the recovery of a cookie.
///
/// # Errors
/// The storage is away.
pub fn find(tx: &mut Tx<'_>, ctx: &Ctx, token: &str) -> Result<Option<Found>> {
    store::find(tx, ctx, token)
}

/// Sends another code.
///
/// # Errors
/// The storage is away.
pub fn send_again(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    found: &Found,
    channel: Channel,
    challenge_passed: bool,
) -> Result<Sending> {
    send(tx, ctx, config, &found.id, found.account.is_none(), &found.draft, channel, challenge_passed)
}

/// Checks a typed code.
///
/// # Errors
/// The storage is away.
pub fn confirm(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, found: &Found, typed: &str) -> Result<Verdict> {
    let verdict =
        codes::verify(tx, ctx, &config.codes, &config.limits, Purpose::Recover, found.id.as_str(), typed)?;
    match (verdict, &found.account) {
        // The code of nobody cannot be known; a lucky guess opens nothing.
        (Verdict::Right, None) => Ok(Verdict::Expired),
        (Verdict::Right, Some(_)) => {
            store::mark_verified(tx, &found.id, ctx.now)?;
            Ok(Verdict::Right)
        }
        (other, _) => Ok(other),
    }
}

/// Whether the new password may be set now.
pub fn may_set(found: &Found, settings: &Settings, now: Time) -> bool {
    let life = Span::minutes(settings.password_minutes);
    !found.done && found.account.is_some() && found.verified_at.is_some_and(|at| now < at + life)
}

/// Sets the new password, ends every session, forgets failures, tells the owner, signs this browser in.
/// `None` when the recovery was used already or is too old.
///
/// # Errors
/// The storage is away.
pub fn finish(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    found: &Found,
    password_hash: &str,
) -> Result<Option<sessions::Token>> {
    let Some(account) = &found.account else { return Ok(None) };
    let verified_after = ctx.now - Span::minutes(config.recovery.password_minutes);
    if !store::finish(tx, &found.id, ctx.now, verified_after)? {
        return Ok(None);
    }
    accounts::set_password(tx, ctx, account, password_hash)?;
    sessions::end_all(tx, ctx, account, None, End::PasswordChanged)?;
    factors::distrust_all(tx, ctx, account)?;
    signin::unlock(tx, ctx, account)?;
    let with = vec![found.draft.kind.word().to_owned()];
    let owner = ctx.clone().acting_as(Actor::Account(account.to_string()));
    audit::record(tx, &owner, Chain::Account(account.as_str()), &Event::PasswordRecovered { with })?;
    notifications::notify_owner(tx, ctx, account, Notice::PasswordChanged, None)?;
    metrics::counter!("recoveries_total").increment(1);
    let entry = Entry { account, methods: "pwd recovery", remember: false };
    match door::enter(tx, ctx, config, &entry)? {
        Entered::In(token) => Ok(Some(token)),
        Entered::Refused(_) => Ok(None),
    }
}
