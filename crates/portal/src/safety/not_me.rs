//! «Это был не я»: what the link of a notice does, without signing in (practice sheet §9.6).

use super::lockdown::{self, By};
use super::{Restriction, bans};
use crate::accounts::AccountId;
use crate::audit::{self, Chain, Event};
use crate::config::Config;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::notifications::links::{self, Act, Found};
use crate::sessions::{self, End, SessionId};
use ::store::Tx;
use kernel::Time;

/// What the holder of the link chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Close the account for everybody.
    All,
    /// End only the session that the notice told of.
    ThatSession,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reported {
    /// The account is closed now (`true`), or was already.
    Closed(AccountId),
    /// The one session is ended.
    SessionEnded(AccountId),
    /// Such a link is not known, was used or is too old: nothing happened.
    Dead,
}

/// Does what the link says. Ending the one session leaves the link alive: who sees more later can still close all.
///
/// # Errors
/// The storage is away.
pub fn report(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, token: &str, choice: Choice) -> Result<Reported> {
    let Some(found) = links::find(tx, ctx, token)? else { return Ok(Reported::Dead) };
    let Found { account, act: Act::NotMe, object, live: true, .. } = found else { return Ok(Reported::Dead) };
    let session = SessionId::parse(&object);
    if let (Choice::ThatSession, Some(session)) = (choice, &session) {
        if sessions::end(tx, ctx, &account, session, End::Lockdown)? {
            note(tx, ctx, &account, &object)?;
        }
        return Ok(Reported::SessionEnded(account));
    }
    if !links::spend(tx, ctx, token)? {
        return Ok(Reported::Dead);
    }
    note(tx, ctx, &account, &object)?;
    lockdown::lock_down(tx, ctx, config, &account, By::Notice)?;
    Ok(Reported::Closed(account))
}

fn note(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, session: &str) -> Result<()> {
    let event = Event::NotMeReported { session: session.to_owned() };
    audit::record(tx, ctx, Chain::Account(account.as_str()), &event)
}

/// What a link of the act [`Act::Keep`] keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// The lockdown.
    Lockdown,
    /// A ban.
    Ban(Restriction),
}

/// Reads the object of a link: what stays, and which wait is stopped.
pub fn kept(object: &str) -> Option<(Kept, Time)> {
    let (what, which) = object.split_once('/')?;
    let which = Time(which.parse().ok()?);
    match what {
        "lockdown" => Some((Kept::Lockdown, which)),
        word => Restriction::from_word(word).map(|ban| (Kept::Ban(ban), which)),
    }
}

/// Stops the wait that the link was made for; `false` when it is over, stopped already, or the link is dead.
///
/// # Errors
/// The storage is away.
pub fn keep(tx: &mut Tx<'_>, ctx: &Ctx, token: &str) -> Result<bool> {
    let Some(found) = links::find(tx, ctx, token)? else { return Ok(false) };
    let Found { account, act: Act::Keep, object, live: true, .. } = found else { return Ok(false) };
    let Some((what, which)) = kept(&object) else { return Ok(false) };
    if !links::spend(tx, ctx, token)? {
        return Ok(false);
    }
    match what {
        Kept::Lockdown => lockdown::keep(tx, ctx, &account, which),
        Kept::Ban(ban) => bans::keep(tx, ctx, &account, ban, Some(which)),
    }
}
