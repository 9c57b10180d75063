//! Finding a person for a reason, and what is done on their card.

use super::store::{self, Card, Head, NewCard};
use super::{CardId, Member, NotYours, Right, Settings, Why, may_work_on};
use crate::accounts::{self, AccountId, Login};
use crate::audit::{self, Chain, Event};
use crate::config::Config;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::limits::{self, Taken};
use crate::notifications::{self, Notice};
use crate::recovery;
use crate::sessions::{self, End, SessionId};
use crate::signin;
use crate::web::texts;
use ::store::Tx;
use kernel::{Id, Lang, Secret, Span, Time};

/// What a search led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Search {
    /// The card is open.
    Opened(CardId),
    /// No account has exactly this contact.
    Nobody,
    /// The member may not work on this account.
    NotYours(NotYours),
    /// Too many searches: not before this moment.
    Wait(Time),
}

/// What was asked for, read from what was typed: an account's identifier or an exact contact; nothing else finds.
#[derive(Clone)]
pub enum Wanted {
    /// An account's identifier.
    Account(AccountId),
    /// A phone, an e-mail address, a SNILS.
    Login(Login),
}

impl Wanted {
    /// Reads what was typed.
    pub fn parse(typed: &str) -> Option<Wanted> {
        let typed = typed.trim();
        match AccountId::parse(typed) {
            Some(id) => Some(Wanted::Account(id)),
            None => Login::parse(typed).map(Wanted::Login),
        }
    }
}

/// Looks for exactly one account and opens its card: one indexed read, counted before it is made. Found or not, the
/// search is written down; when it was found, in the person's own journal too, with who and why.
///
/// # Errors
/// The storage is away.
pub fn search(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    settings: &Settings,
    member: &Member,
    wanted: &Wanted,
    why: Why,
    reason: &str,
) -> Result<Search> {
    let name = "staff-search";
    if let Taken::Wait { until } = limits::take(tx, ctx, name, member.id.as_str(), settings.searches)? {
        return Ok(Search::Wait(until));
    }
    let found = match wanted {
        Wanted::Account(id) => Some(id.clone()),
        Wanted::Login(login) => accounts::owner_of(tx, ctx, login)?,
    };
    let head = match &found {
        Some(id) => store::account_head(tx, ctx, id)?,
        None => None,
    };
    let Some(head) = head else {
        member.record(tx, ctx, &Event::StaffSearched { found: false })?;
        return Ok(Search::Nobody);
    };
    member.record(tx, ctx, &Event::StaffSearched { found: true })?;
    let own = head.id == member.account;
    if let Err(refused) = may_work_on(member.role, own, store::is_staff(tx, &head.id)?) {
        let reason = if own { "own-account" } else { "colleague" };
        member.record(tx, ctx, &Event::StaffRefused { reason: reason.into() })?;
        return Ok(Search::NotYours(refused));
    }
    let id: CardId = Id::new(ctx.now, &mut ctx.rng());
    let expires_at = ctx.now + Span::seconds(settings.card_seconds);
    store::insert_card(tx, ctx, &NewCard { id: &id, member, account: &head.id, why, reason, expires_at })?;
    let (acting, note) = (member.ctx(ctx, head.lang), note(head.lang, why, reason));
    let chain = Chain::Account(head.id.as_str());
    audit::record_with(tx, &acting, chain, &Event::StaffSearched { found: true }, &note)?;
    audit::record_with(tx, &acting, chain, &Event::ViewedByStaff { what: "card".into() }, &note)?;
    member.record_act(tx, ctx, "card", &head.id, why)?;
    Ok(Search::Opened(id))
}

/// The reason as the person reads it.
fn note(lang: Lang, why: Why, reason: &str) -> String {
    format!("{}: {reason}", texts::text(lang, why.text_key()))
}

/// Something done on a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Shows the contacts in full.
    Reveal,
    /// Ends one session.
    EndSession(SessionId),
    /// Ends every session.
    EndSessions,
    /// Locks the account.
    Lock,
    /// Unlocks the account.
    Unlock,
    /// Forgets wrong passwords.
    ClearThrottle,
}

impl Act {
    /// The right that it needs.
    pub const fn right(&self) -> Right {
        match self {
            Act::Reveal => Right::RevealData,
            Act::EndSession(_) | Act::EndSessions => Right::EndSessions,
            Act::Lock | Act::Unlock => Right::LockAccounts,
            Act::ClearThrottle => Right::ClearThrottle,
        }
    }

    /// The word in the portal's journal.
    pub const fn word(&self) -> &'static str {
        match self {
            Act::Reveal => "reveal",
            Act::EndSession(_) => "end-session",
            Act::EndSessions => "end-sessions",
            Act::Lock => "lock",
            Act::Unlock => "unlock",
            Act::ClearThrottle => "clear-throttle",
        }
    }
}

/// What an act led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Acted {
    /// Done, on this account; its sessions in memory are to be forgotten.
    Done(AccountId),
    /// The state was there already.
    Nothing(AccountId),
    /// The card is closed, or was never this member's.
    NoCard,
    /// The role, or whose account it is, does not allow it.
    NotAllowed,
}

/// Acts on the person of an open card. Everything is asked again in this transaction: the card, the membership, whose
/// account it is.
///
/// # Errors
/// The storage is away.
pub fn act(tx: &mut Tx<'_>, ctx: &Ctx, member: &Member, card: &CardId, act: &Act) -> Result<Acted> {
    let (card, head) = match permitted(tx, ctx, member, card, act.right())? {
        Ok(found) => found,
        Err(refused) => return Ok(refused),
    };
    let acting = member.ctx(ctx, head.lang);
    if !perform(tx, &acting, &card, head.lang, act)? {
        return Ok(Acted::Nothing(card.account));
    }
    member.record_act(tx, ctx, act.word(), &card.account, card.why)?;
    Ok(Acted::Done(card.account))
}

/// The card and its person when this member may do this now; else what the act led to.
fn permitted(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    member: &Member,
    card: &CardId,
    right: Right,
) -> Result<std::result::Result<(Card, Head), Acted>> {
    let Some(card) = store::card(tx, ctx, member, card)? else { return Ok(Err(Acted::NoCard)) };
    let present = store::member(tx, &member.id)?;
    let role = present.map(|(_, role)| role).filter(|role| super::may(*role, right));
    let own = card.account == member.account;
    let colleague = store::is_staff(tx, &card.account)?;
    if role.is_none_or(|role| may_work_on(role, own, colleague).is_err()) {
        return Ok(Err(Acted::NotAllowed));
    }
    let head = store::account_head(tx, ctx, &card.account)?
        .ok_or_else(|| Error::Bug("a card without an account".into()))?;
    Ok(Ok((card, head)))
}

/// Gives a temporary access code for the person of an open card, whom the member has seen and identified; it is shown
/// once (spec 01 §3). Only for an open account or one in lockdown: a code opens nothing that staff have locked.
///
/// # Errors
/// The storage is away.
pub fn issue_code(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    member: &Member,
    card: &CardId,
) -> Result<std::result::Result<Secret<String>, Acted>> {
    let (card, head) = match permitted(tx, ctx, member, card, Right::IssueCode)? {
        Ok(found) => found,
        Err(refused) => return Ok(Err(refused)),
    };
    if !matches!(head.status.as_str(), "open" | "lockdown") {
        return Ok(Err(Acted::Nothing(card.account)));
    }
    let (acting, note) = (member.ctx(ctx, head.lang), note(head.lang, card.why, &card.reason));
    let code = recovery::issue_access_code(tx, &acting, config, &card.account, &note)?;
    member.record_act(tx, ctx, "issue-code", &card.account, card.why)?;
    Ok(Ok(code))
}

/// The effect with its event in the person's journal; `false` when there was nothing to do.
fn perform(tx: &mut Tx<'_>, ctx: &Ctx, card: &Card, lang: Lang, act: &Act) -> Result<bool> {
    let account = &card.account;
    let note = note(lang, card.why, &card.reason);
    let record =
        |tx: &mut Tx<'_>, event| audit::record_with(tx, ctx, Chain::Account(account.as_str()), &event, &note);
    match act {
        Act::Reveal => {
            record(tx, Event::ViewedByStaff { what: "contacts".into() })?;
            Ok(true)
        }
        Act::EndSession(id) => sessions::end(tx, ctx, account, id, End::ByStaff),
        Act::EndSessions => Ok(sessions::end_all(tx, ctx, account, None, End::ByStaff)? > 0),
        Act::Lock => {
            // Told before the lock: afterwards nothing is sent to this account.
            notifications::notify_owner(tx, ctx, account, Notice::LockedByStaff, None)?;
            if !accounts::lock_by_staff(tx, account)? {
                return Ok(false);
            }
            record(tx, Event::LockedByStaff)?;
            sessions::end_all(tx, ctx, account, None, End::ByStaff)?;
            Ok(true)
        }
        Act::Unlock => {
            if !accounts::unlock_by_staff(tx, account)? {
                return Ok(false);
            }
            record(tx, Event::UnlockedByStaff)?;
            notifications::notify_owner(tx, ctx, account, Notice::UnlockedByStaff, None)?;
            Ok(true)
        }
        Act::ClearThrottle => {
            signin::unlock(tx, ctx, account)?;
            record(tx, Event::ThrottleClearedByStaff)?;
            Ok(true)
        }
    }
}
