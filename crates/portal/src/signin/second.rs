//! The second step of a sign-in, and what a signed-in person is asked again.

use super::methods::{self, Asked, Checked, Start, WhatFor};
use super::rules::{self, Given, Restriction, State};
use super::{door, forgive, half};
use crate::accounts::{self, AccountId};
use crate::app::App;
use crate::audit::{self, Chain, Event};
use crate::codes::Sending;
use crate::config::Config;
use crate::ctx::{Actor, Ctx};
use crate::devices;
use crate::error::Result;
use crate::factors::{self, Kind};
use crate::limits::{self, Limit};
use crate::notifications::{self, Notice};
use crate::safety;
use crate::sessions::{self, Session};
use crate::web::form::Fields;
use ::store::Tx;
use half::Half;
use kernel::Secret;
use std::sync::Arc;

/// Whether the account knows this device, so that strangers' wrong tries do not count against it.
///
/// # Errors
/// The storage is away.
pub fn is_known_device(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, account: &AccountId) -> Result<bool> {
    devices::is_known(tx, ctx, &config.devices, account)
}

/// Where an account stands after its password was right.
pub fn state(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    account: &AccountId,
    trust: Option<&str>,
) -> Result<State> {
    let bound = factors::bound(tx, account)?;
    let trusted = match trust {
        Some(token) if bound.has_second() => factors::is_trusted(tx, ctx, account, token, true)?,
        _ => false,
    };
    Ok(State {
        given: Given::Password,
        bound,
        required: factors::required(tx, ctx, config, account)?,
        trusted,
        locked: false,
        restriction: restriction(tx, account)?,
    })
}

/// What the owner's bans mean for a sign-in that begins with a password; the place is judged at the door, and before
/// ([`super::Opening::begin`]).
fn restriction(tx: &mut Tx<'_>, account: &AccountId) -> Result<Restriction> {
    let bans = safety::list(tx, account)?;
    let holds = |wanted| bans.iter().any(|ban| ban.restriction == wanted);
    Ok(if holds(safety::Restriction::NoPassword) {
        Restriction::NoPassword
    } else if holds(safety::Restriction::KeyOnly) {
        Restriction::OnlyKey
    } else {
        Restriction::None
    })
}

/// What is asked of a half-done sign-in; nothing when its account's state asks for nothing (a factor was removed
/// meanwhile: the password is asked again).
pub fn asked_of_half(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, half: &Half) -> Result<Asked> {
    let state = state(tx, ctx, config, &half.account, None)?;
    Ok(Asked {
        account: half.account.clone(),
        what_for: WhatFor::SignIn,
        subject: half.id.to_string(),
        ways: rules::ways(&state).and(methods::offered()),
        known_device: is_known_device(tx, ctx, config, &half.account)?,
    })
}

/// What is asked of somebody who is signed in, before a sensitive act. No ways: the password.
///
/// # Errors
/// The storage is away.
pub fn asked_of_session(tx: &mut Tx<'_>, session: &Session) -> Result<Asked> {
    let bound = factors::bound(tx, &session.account)?;
    let ways = if bound.has_second() { bound.and(methods::offered()) } else { factors::Kinds::NONE };
    Ok(Asked {
        account: session.account.clone(),
        what_for: WhatFor::StepUp,
        subject: session.id.to_string(),
        ways,
        // A device with a living session is known.
        known_device: true,
    })
}

/// A form of the second step.
pub struct Step {
    /// The cookie.
    pub token: String,
    /// Which kind.
    pub kind: Kind,
    /// What was sent.
    pub fields: Arc<Fields>,
    /// Whether «Доверять этому устройству» was ticked.
    pub wants_trust: bool,
}

/// What a second step led to.
pub enum Stepped {
    /// Signed in.
    In {
        /// Who.
        account: AccountId,
        /// The session.
        token: sessions::Token,
        /// The cookie of the device, when it is trusted from now on.
        trust: Option<Secret<String>>,
        /// Whether «Запомнить меня» was ticked at the first step.
        remember: bool,
        /// Where to go.
        back: String,
    },
    /// Not right.
    Wrong(Asked, String),
    /// This half is over: the password is asked again.
    Over,
}

/// Takes the second step.
///
/// # Errors
/// The storage is away.
pub async fn step(app: &App, ctx: &Ctx, step: Step) -> Result<Stepped> {
    let (ctx, config, step) = (ctx.clone(), app.config_arc(), Arc::new(step));
    app.write(move |tx| take(tx, &ctx, &config, &step)).await
}

fn take(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, step: &Step) -> Result<Stepped> {
    let Some(half) = half::find(tx, ctx, &config.factors, &step.token)? else { return Ok(Stepped::Over) };
    half::touch(tx, ctx, &half)?;
    let asked = asked_of_half(tx, ctx, config, &half)?;
    if asked.ways.is_empty() {
        return Ok(Stepped::Over);
    }
    match methods::check(tx, ctx, config, &asked, step.kind, &step.fields)? {
        Checked::Right { methods } => enter(tx, ctx, config, &half, methods, step.wants_trust),
        Checked::NotAsked => Ok(Stepped::Over),
        Checked::Wrong { words, counted } => {
            if counted && half::failed(tx, &config.factors, &half)? {
                half::finish(tx, ctx, &half)?;
                tell_owner(tx, ctx, &half.account)?;
                return Ok(Stepped::Over);
            }
            Ok(Stepped::Wrong(asked, words))
        }
    }
}

/// Somebody knows the password and not the factor: the owner learns of it, at most once in an hour.
fn tell_owner(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<()> {
    if limits::take(tx, ctx, "second-notice", account.as_str(), Limit::new(1, 3_600))?.allowed() {
        notifications::notify_owner(tx, ctx, account, Notice::SecondFailed, None)?;
    }
    Ok(())
}

fn enter(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    half: &Half,
    methods: &str,
    wants_trust: bool,
) -> Result<Stepped> {
    if !half::finish(tx, ctx, half)? {
        return Ok(Stepped::Over);
    }
    // Held first, looked at then: a password that is changed at this moment comes before or after, never between. The
    // door asks whether the account is open; one that is being deleted is restored there.
    if !accounts::lock(tx, &half.account)? || !half::is_current(tx, ctx, half)? {
        return Ok(Stepped::Over);
    }
    let words = format!("{} {methods}", half.methods);
    let entry = door::Entry { account: &half.account, methods: &words, remember: half.remember };
    let door::Entered::In(token) = door::enter(tx, ctx, config, &entry)? else { return Ok(Stepped::Over) };
    forgive(tx, ctx, &half.account)?;
    let may_trust = wants_trust && may_trust(tx, ctx, config, &half.account)?;
    let owner = ctx.clone().acting_as(Actor::Account(half.account.to_string()));
    let trust = match may_trust {
        true => Some(factors::trust(tx, &owner, &config.factors, &half.account)?),
        false => None,
    };
    Ok(Stepped::In {
        account: half.account.clone(),
        token,
        trust,
        remember: half.remember,
        back: half.back.clone(),
    })
}

/// Whether trust may be given: it is offered, and nobody requires a second factor of this account.
pub fn may_trust(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, account: &AccountId) -> Result<bool> {
    Ok(config.factors.trust_days > 0 && !factors::required(tx, ctx, config, account)?)
}

/// Begins a method: sends a code.
pub fn start(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    asked: &Asked,
    kind: Kind,
    start: Start,
) -> Result<Option<Sending>> {
    let Some(method) = methods::of(kind).filter(|_| asked.ways.has(kind)) else { return Ok(None) };
    let sending = method.start(tx, ctx, config, asked, start)?;
    if sending == Sending::Sent {
        let event =
            Event::CodeSent { purpose: asked.what_for.word().into(), channel: start.channel.word().into() };
        audit::record(tx, ctx, Chain::Account(asked.account.as_str()), &event)?;
    }
    Ok(Some(sending))
}

/// What giving a factor again led to.
pub enum Again {
    /// Given: the session has a new secret.
    Fresh(sessions::Token),
    /// Not right.
    Wrong(Asked, String),
    /// The session ended, or this kind is not asked for.
    Over,
}

/// Gives a second factor again in a session.
///
/// # Errors
/// The storage is away.
pub async fn again(
    app: &App,
    ctx: &Ctx,
    session: &Arc<Session>,
    kind: Kind,
    fields: Arc<Fields>,
) -> Result<Again> {
    let (ctx, config, session) = (ctx.clone(), app.config_arc(), session.clone());
    app.write(move |tx| {
        let asked = asked_of_session(tx, &session)?;
        Ok(match methods::check(tx, &ctx, &config, &asked, kind, &fields)? {
            Checked::Right { methods } => match renew(tx, &ctx, &session, methods, kind.word())? {
                Some(token) => Again::Fresh(token),
                None => Again::Over,
            },
            Checked::Wrong { words, .. } => Again::Wrong(asked, words),
            Checked::NotAsked => Again::Over,
        })
    })
    .await
}

/// Renews the session of somebody who gave a factor again.
pub fn renew(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    session: &Session,
    methods: &str,
    method: &str,
) -> Result<Option<sessions::Token>> {
    let Some(token) = sessions::renew(tx, ctx, session, methods)? else { return Ok(None) };
    let event = Event::SteppedUp { method: method.to_owned() };
    audit::record(tx, ctx, Chain::Account(session.account.as_str()), &event)?;
    Ok(Some(token))
}
