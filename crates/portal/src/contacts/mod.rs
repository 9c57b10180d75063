//! The contacts of an account: adding, replacing, removing, making primary, undoing (spec 01 §4, practice sheet §9.7).
//!
//! Invariants: a contact comes only after its code; until then, and before its proof, the screen does not tell whether
//! it belongs to somebody; a contact that leaves can bring itself back for a while, and so long its login is nobody
//! else's; a new contact recovers and undoes nothing on its first day; every change is told to every contact that was
//! there; changes of one account come one after the other, decided by its row; an account never loses its last contact.

mod change;
mod rules;
mod settings;
mod store;
mod take_over;
mod undo;
pub mod web;

pub use change::{make_primary, remove};
pub use rules::{Act, Draft, Facts, Judged, Proof, Refusal, is_settled, judge, may_recover};
pub use settings::Settings;
pub use store::{sweep_changes, sweep_flows};
pub use take_over::{Claim, claim_of, take_over};
pub use undo::{Look, Undone, look, undo};

use crate::accounts::{self, AccountId, Contact, ContactKind, ContactType, Login, Standing};
use crate::audit::{self, Chain, Event};
use crate::codes::{self, Purpose, Sending, Verdict, Wish};
use crate::config::Config;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::factors;
use crate::limits::{self, Taken};
use crate::notifications::Channel;
use ::store::Tx;
use kernel::{Id, Time};

kernel::id_kinds! {
    /// A contact on its way into an account.
    FlowKind = "cfl";
    /// A change of contacts that can be undone.
    ChangeKind = "cch";
}

/// A flow's identifier.
pub type FlowId = Id<FlowKind>;
/// A change's identifier.
pub type ChangeId = Id<ChangeKind>;

/// Keeps the contacts of an account as they are until a moment; a longer hold that is there stays.
///
/// # Errors
/// The storage is away.
pub fn hold(tx: &mut Tx<'_>, account: &AccountId, until: Time) -> Result<()> {
    store::hold(tx, account, until)
}

/// Lets the contacts of an account be changed again (a lockdown was lifted).
///
/// # Errors
/// The storage is away.
pub fn release(tx: &mut Tx<'_>, account: &AccountId) -> Result<()> {
    store::release(tx, account)
}

/// Until when the contacts of an account stay as they are; `None` when they may be changed.
///
/// # Errors
/// The storage is away.
pub fn held_until(tx: &mut Tx<'_>, account: &AccountId, now: Time) -> Result<Option<Time>> {
    store::held_until(tx, account, now)
}

/// The contacts that may recover access to an account at this moment, primary first.
///
/// # Errors
/// The storage is away.
pub fn for_recovery(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<Vec<Contact>> {
    let mut contacts = accounts::contacts(tx, ctx, account)?;
    contacts.retain(|contact| may_recover(contact, ctx.now));
    Ok(contacts)
}

/// Whose access a login may recover at this moment: nobody's, when it is a contact that is too new for that.
///
/// # Errors
/// The storage is away.
pub fn owner_for_recovery(tx: &mut Tx<'_>, ctx: &Ctx, login: &Login) -> Result<Option<AccountId>> {
    let Some(owner) = accounts::owner_of(tx, ctx, login)? else { return Ok(None) };
    let may = login.contact_type().is_none()
        || for_recovery(tx, ctx, &owner)?.iter().any(|contact| contact.is(login));
    Ok(may.then_some(owner))
}

/// What an act on these contacts is judged by.
///
/// # Errors
/// The storage is away.
pub(crate) fn facts(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    account: &AccountId,
    meant: Option<&Id<ContactKind>>,
) -> Result<(Facts, Vec<Contact>)> {
    let contacts = accounts::contacts(tx, ctx, account)?;
    let one = contacts.iter().find(|contact| Some(&contact.id) == meant);
    let facts = Facts {
        contacts: contacts.len(),
        most: usize::try_from(config.contacts.most).unwrap_or(usize::MAX),
        present: one.is_some(),
        primary: one.is_some_and(|contact| contact.primary),
        in_use: match meant {
            Some(id) => factors::uses_contact(tx, account, id.as_str())?,
            None => false,
        },
        held_until: held_until(tx, account, ctx.now)?,
    };
    Ok((facts, contacts))
}

/// What beginning to add a contact led to.
pub enum Begun {
    /// The flow is kept; this became of the code.
    Asked(Sending),
    /// Not this one, or not now.
    Refused(Refusal),
    /// Too many were begun: not before this moment.
    Wait(Time),
}

/// A wish to add a contact.
#[derive(Clone)]
pub struct New {
    /// Phone or e-mail.
    pub kind: ContactType,
    /// E.164 number or address.
    pub value: String,
    /// The contact that leaves when this one comes.
    pub replaces: Option<Id<ContactKind>>,
}

/// Begins to add a contact and sends its code. The same wish again goes on with what it began.
///
/// # Errors
/// The storage is away.
pub fn begin(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    account: &AccountId,
    new: &New,
    challenge_passed: bool,
) -> Result<Begun> {
    accounts::lock(tx, account)?;
    let (facts, contacts) = facts(tx, ctx, config, account, new.replaces.as_ref())?;
    let act = if new.replaces.is_some() { Act::Replace } else { Act::Add };
    if let Err(refusal) = judge(act, &facts) {
        return Ok(Begun::Refused(refusal));
    }
    let Some(login) = Login::of_contact(new.kind, &new.value) else {
        return Ok(Begun::Refused(Refusal::Gone));
    };
    if contacts.iter().any(|own| own.is(&login)) {
        return Ok(Begun::Refused(Refusal::Own));
    }
    let replaces = new.replaces.as_ref().map(ToString::to_string);
    let id = match store::flow(tx, ctx, account)? {
        // Proved already: the next page asks what to do about its owner.
        Some((_, old)) if old.value == new.value && old.replaces == replaces && old.proof == Proof::Taken => {
            return Ok(Begun::Asked(Sending::Wait(ctx.now)));
        }
        Some((id, old)) if old.value == new.value && old.replaces == replaces => id,
        _ => {
            let limit = config.contacts.starts_per_account;
            if let Taken::Wait { until } = limits::take(tx, ctx, "contact-starts", account.as_str(), limit)? {
                return Ok(Begun::Wait(until));
            }
            FlowId::new(ctx.now, &mut ctx.rng())
        }
    };
    let New { kind, value, .. } = new.clone();
    let draft = Draft { kind, value, replaces, proof: Proof::Waiting };
    store::keep_flow(tx, ctx, account, &id, &draft, config.contacts.draft_hours)?;
    let channel = codes::first_channel(kind);
    Ok(Begun::Asked(send(tx, ctx, config, account, &id, &draft, channel, challenge_passed)?))
}

/// The contact that waits in an account.
///
/// # Errors
/// The storage is away.
pub fn waiting(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<Option<(FlowId, Draft)>> {
    store::flow(tx, ctx, account)
}

/// Gives up the contact that waits.
///
/// # Errors
/// The storage is away.
pub fn cancel(tx: &mut Tx<'_>, account: &AccountId) -> Result<()> {
    store::end_flow(tx, account)
}

/// Sends a code to the contact that waits.
///
/// # Errors
/// The storage is away.
#[allow(clippy::too_many_arguments)] // one place, plain values
pub fn send(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    account: &AccountId,
    id: &FlowId,
    draft: &Draft,
    channel: Channel,
    challenge_passed: bool,
) -> Result<Sending> {
    let taken = match Login::of_contact(draft.kind, &draft.value) {
        Some(login) => !is_free_for(&accounts::standing(tx, ctx, &login)?, account),
        None => false,
    };
    let wish = Wish {
        purpose: Purpose::Contact,
        subject: id.as_str(),
        channel,
        to: &draft.value,
        taken,
        decoy: false,
        challenge_passed,
        link_base: Some(format!("{}/contacts/link/", ctx.place.public_url)),
    };
    let sending = codes::send(tx, ctx, &config.codes, &config.limits, &wish)?;
    if sending == Sending::Sent {
        let event = Event::CodeSent { purpose: "contact".into(), channel: channel.word().into() };
        audit::record_with(tx, ctx, Chain::Account(account.as_str()), &event, &draft.value)?;
    }
    Ok(sending)
}

/// Whether a login may come to an account: nobody's, or kept for this very one.
fn is_free_for(standing: &Standing, account: &AccountId) -> bool {
    match standing {
        Standing::Free => true,
        Standing::Owned(owner) => owner == account,
        Standing::Reserved { account: owner, .. } => owner == account,
    }
}

/// What a typed code led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// The contact is there.
    Added,
    /// The contact is there, the old one has left.
    Replaced,
    /// The person holds it, and it belongs to somebody else's account.
    Taken,
    /// Not the code.
    Wrong(Verdict),
    /// Nothing waits (any more).
    Nothing,
    /// The code was right, and yet the contact cannot come now.
    Refused(Refusal),
}

/// Checks a typed code; a right one lets the contact come.
///
/// # Errors
/// The storage is away.
pub fn confirm(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    account: &AccountId,
    typed: &str,
) -> Result<Confirmed> {
    accounts::lock(tx, account)?;
    let Some((id, draft)) = store::flow(tx, ctx, account)? else { return Ok(Confirmed::Nothing) };
    if draft.proof == Proof::Taken {
        return Ok(Confirmed::Taken);
    }
    let verdict =
        codes::verify(tx, ctx, &config.codes, &config.limits, Purpose::Contact, id.as_str(), typed)?;
    let reason = match verdict {
        Verdict::Right => return proved(tx, ctx, config, account, &id, draft),
        Verdict::Malformed | Verdict::None => return Ok(Confirmed::Wrong(verdict)),
        Verdict::Wrong { .. } => "wrong",
        Verdict::Expired => "expired",
        Verdict::Exhausted => "exhausted",
        Verdict::Wait(_) => "wait",
        Verdict::Used => "spent",
    };
    let event = Event::CodeFailed { purpose: "contact".into(), reason: reason.into() };
    audit::record(tx, ctx, Chain::Account(account.as_str()), &event)?;
    Ok(Confirmed::Wrong(verdict))
}

/// Whether a link belongs to the contact that waits in this account.
///
/// # Errors
/// The storage is away.
pub fn link_is_of(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    token: &str,
    account: Option<&AccountId>,
) -> Result<Option<bool>> {
    let Some(subject) = codes::look_up_link(tx, ctx, Purpose::Contact, token)? else { return Ok(None) };
    let Some(id) = FlowId::parse(&subject) else { return Ok(None) };
    let owner = store::account_of_flow(tx, &id, ctx.now)?;
    Ok(owner.map(|owner| Some(&owner) == account))
}

/// Spends the link of a letter in the session of the account that it belongs to.
///
/// # Errors
/// The storage is away.
pub fn follow_link(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    account: &AccountId,
    token: &str,
) -> Result<Confirmed> {
    accounts::lock(tx, account)?;
    if link_is_of(tx, ctx, token, Some(account))? != Some(true)
        || !codes::spend_link(tx, ctx, Purpose::Contact, token)?
    {
        return Ok(Confirmed::Nothing);
    }
    let Some((id, draft)) = store::flow(tx, ctx, account)? else { return Ok(Confirmed::Nothing) };
    proved(tx, ctx, config, account, &id, draft)
}

/// The person holds the contact: a free one comes, somebody's asks for a decision.
fn proved(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    account: &AccountId,
    id: &FlowId,
    draft: Draft,
) -> Result<Confirmed> {
    let Some(login) = Login::of_contact(draft.kind, &draft.value) else { return Ok(Confirmed::Nothing) };
    if is_free_for(&accounts::standing(tx, ctx, &login)?, account) {
        let done = change::bring(tx, ctx, config, account, &draft, &login)?;
        if done != Confirmed::Taken {
            return Ok(done);
        }
    }
    let draft = Draft { proof: Proof::Taken, ..draft };
    store::keep_flow(tx, ctx, account, id, &draft, config.contacts.draft_hours)?;
    Ok(Confirmed::Taken)
}

/// The person says that a taken phone number, which they have proved to hold, is theirs now (spec 01 §1.2). E-mail
/// addresses are never handed over.
///
/// # Errors
/// The storage is away.
pub fn claim(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, account: &AccountId) -> Result<Confirmed> {
    accounts::lock(tx, account)?;
    let Some((_, draft)) = store::flow(tx, ctx, account)? else { return Ok(Confirmed::Nothing) };
    if draft.proof != Proof::Taken || draft.kind != ContactType::Phone {
        return Ok(Confirmed::Nothing);
    }
    let Some(login) = Login::of_contact(draft.kind, &draft.value) else { return Ok(Confirmed::Nothing) };
    let (facts, _) = facts(tx, ctx, config, account, draft.replaces().as_ref())?;
    if let Err(refusal) = judge(draft.act(), &facts) {
        return Ok(Confirmed::Refused(refusal));
    }
    match take_over(tx, ctx, &login, Some(account))? {
        Claim::Free | Claim::Moves => change::bring(tx, ctx, config, account, &draft, &login),
        Claim::Reserved(until) => Ok(Confirmed::Refused(Refusal::Reserved(until))),
        Claim::Protected => Ok(Confirmed::Refused(Refusal::Protected)),
    }
}
