//! Recovering a forgotten password (spec 01 §3): proofs → new password; all other sessions end.
//!
//! Invariants: which proofs are enough is one table ([`rules`]), and none of its rows goes around a second factor; until
//! a first proof was right, answers and costs are the same for known and unknown people; a code goes only to a contact
//! that was confirmed before and still belongs to the account when the password is set; a recovery belongs to the browser
//! that began it; a new password is set once per recovery, within half an hour of the last proof, and never after the
//! owner changed it meanwhile; the owner is told.

mod closed;
mod finish;
pub mod jobs;
pub mod papers;
pub mod restart;
pub mod rules;
mod settings;
mod store;
pub mod waiting;
mod waits;
pub mod web;

pub use finish::finish;
pub use papers::issue_access_code;
pub use rules::{Given, Next, Proof};
pub use settings::Settings;
pub use store::sweep;

use crate::accounts::{self, AccountId, ContactType, Login};
use crate::audit::{self, Chain, Event};
use crate::codes::{self, Purpose, Sending, Verdict, Wish};
use crate::config::Config;
use crate::contacts;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::factors::{self, Kind};
use crate::limits::{self, Taken};
use crate::notifications::Channel;
use crate::safety::{self, Restriction};
use crate::signin::{
    self,
    methods::{self, Asked, Checked, WhatFor},
};
use crate::web::form::Fields;
use ::store::Tx;
use kernel::{Id, Span, Time};
use serde::{Deserialize, Serialize};
use store::Found;
use waiting::Aim;

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
        && let Taken::Wait { until } =
            limits::take(tx, ctx, "recoveries", &limits::caller(ctx), config.limits.recoveries_per_address)?
    {
        return Ok(Begun::Wait(until));
    }
    let account = contacts::owner_for_recovery(tx, ctx, login)?;
    let no_texts = match &account {
        Some(account) => safety::forbids(tx, account, Restriction::NoSmsRecovery)?,
        None => false,
    };
    // Who forbade texts is nobody to who recovers by phone: the answers stay the same.
    let account = account.filter(|_| !no_texts || login.contact_type() != Some(ContactType::Phone));
    let draft = target(tx, ctx, account.as_ref(), login, no_texts)?;
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
fn target(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: Option<&AccountId>,
    login: &Login,
    no_texts: bool,
) -> Result<Draft> {
    if let Some(kind) = login.contact_type() {
        return Ok(Draft { to: login.value.clone(), kind, typed: true });
    }
    let contacts = match account {
        Some(account) => contacts::for_recovery(tx, ctx, account)?,
        None => Vec::new(),
    };
    let allowed = |contact: &accounts::Contact| !no_texts || contact.kind == ContactType::Email;
    Ok(match contacts.into_iter().find(allowed) {
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
            add(tx, ctx, found, contact_proof(&found.draft))?;
            Ok(Verdict::Right)
        }
        (Verdict::Wrong { .. } | Verdict::Exhausted, Some(account)) => {
            let event = Event::RecoveryFailed { how: found.draft.kind.word().into(), reason: "wrong".into() };
            audit::record(tx, ctx, Chain::Account(account.as_str()), &event)?;
            Ok(verdict)
        }
        (Verdict::Wrong { .. } | Verdict::Exhausted, None) => {
            // What is written for nobody costs the same.
            let event = Event::RecoveryFailed { how: found.draft.kind.word().into(), reason: "wrong".into() };
            audit::record(tx, ctx, Chain::Nobody(nobody(ctx, &found.draft.to)), &event)?;
            Ok(verdict)
        }
        (other, _) => Ok(other),
    }
}

fn nobody(ctx: &Ctx, login: &str) -> u8 {
    ctx.keys.mac(::store::keys::Purpose::Token, &[b"nobody", login.as_bytes()])[0]
}

/// The proof that a code to this contact is.
pub fn contact_proof(draft: &Draft) -> Proof {
    match draft.kind {
        ContactType::Phone => Proof::Phone,
        ContactType::Email => Proof::Email,
    }
}

/// Adds a proof to a recovery.
///
/// # Errors
/// The storage is away.
pub fn add(tx: &mut Tx<'_>, ctx: &Ctx, found: &Found, proof: Proof) -> Result<()> {
    let given = store::hold_proofs(tx, &found.id)?.with(proof);
    store::keep_proofs(tx, &found.id, &given, ctx.now)
}

/// What is asked next. A waiting period that is over counts as soon as a contact was proved.
///
/// # Errors
/// The storage is away.
pub fn next(tx: &mut Tx<'_>, ctx: &Ctx, found: &Found) -> Result<Next> {
    let Some(account) = &found.account else { return Ok(Next::Contact) };
    let Some((_, opened)) = accounts::load_any(tx, ctx, account)? else { return Ok(Next::Contact) };
    let mut given = found.given.clone();
    if given.contact() && waiting::is_over(tx, ctx, account, Aim::Factor)? {
        given = given.with(Proof::Waited);
    }
    Ok(rules::next(&given, factors::bound(tx, account)?.has_second(), opened.level))
}

/// Whether the last proof is fresh enough for a new password.
pub fn is_fresh(found: &Found, settings: &Settings, now: Time) -> bool {
    let life = Span::minutes(settings.password_minutes);
    !found.done && found.account.is_some() && found.verified_at.is_some_and(|at| now < at + life)
}

/// The second factors that a recovery may ask for: a text to the phone that was proved by a text proves nothing new.
///
/// # Errors
/// The storage is away.
pub fn asked(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, found: &Found) -> Result<Option<Asked>> {
    let Some(account) = &found.account else { return Ok(None) };
    let by_phone = found.given.has(Proof::Phone);
    let bound = factors::bound(tx, account)?.and(methods::offered());
    Ok(Some(Asked {
        account: account.clone(),
        what_for: WhatFor::Recover,
        subject: found.id.to_string(),
        ways: bound.iter().filter(|kind| !(by_phone && *kind == Kind::Sms)).collect(),
        known_device: signin::second::is_known_device(tx, ctx, config, account)?,
    }))
}

/// Checks a second factor; the words for the person when it is not right, nothing when it is.
///
/// # Errors
/// The storage is away.
pub fn give_second(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    found: &Found,
    kind: Kind,
    fields: &Fields,
) -> Result<Option<String>> {
    let Some(asked) = asked(tx, ctx, config, found)? else { return Ok(Some(String::new())) };
    match methods::check(tx, ctx, config, &asked, kind, fields)? {
        Checked::Right { .. } => {
            add(tx, ctx, found, Proof::Second)?;
            Ok(None)
        }
        Checked::Wrong { words, counted } => {
            if counted {
                store::count_wrong_second(tx, &found.id, config.recovery.second_tries, ctx.now)?;
            }
            Ok(Some(words))
        }
        Checked::NotAsked => Ok(Some(String::new())),
    }
}
