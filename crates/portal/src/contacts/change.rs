//! The changes themselves, with their journal events, their notices and their way back.

use super::rules::Judged;
use super::store::{self, Change};
use super::{Act, ChangeId, Confirmed, Draft, Refusal, facts, judge, may_recover};
use crate::accounts::{self, AccountId, Contact, ContactKind, ContactType, Login};
use crate::audit::{self, Chain, Event};
use crate::codes::page::shown;
use crate::config::Config;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::notifications::{self, Details, Link, Notice, Said};
use ::store::{Tx, keys::Purpose};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use kernel::Id;

/// Lets a proved contact come, and the one that it replaces leave; [`Confirmed::Taken`] when somebody was faster.
pub(super) fn bring(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    account: &AccountId,
    draft: &Draft,
    login: &Login,
) -> Result<Confirmed> {
    let (facts, before) = facts(tx, ctx, config, account, draft.replaces().as_ref())?;
    if let Err(refusal) = judge(draft.act(), &facts) {
        return Ok(Confirmed::Refused(refusal));
    }
    if before.iter().any(|own| own.is(login)) {
        store::end_flow(tx, account)?;
        return Ok(Confirmed::Refused(Refusal::Own));
    }
    let old = before.iter().find(|contact| Some(contact.id.as_str()) == draft.replaces.as_deref());
    let held_until = config.contacts.new_contact_until(ctx.now);
    let added = accounts::add_contact(tx, ctx, account, login, facts.primary, held_until);
    let new = match added {
        Err(error) if accounts::is_taken(&error) => return Ok(Confirmed::Taken),
        added => added?,
    };
    store::end_flow(tx, account)?;
    let kind = draft.kind.word().to_owned();
    let came = shown(draft.kind, &draft.value);
    let change =
        Made { notice: Notice::ContactAdded, old, new: Some(&new), contact: &draft.value, kind: draft.kind };
    match old {
        None => {
            let event = Event::ContactAdded { contact: new.to_string(), kind };
            audit::record_with(tx, ctx, Chain::Account(account.as_str()), &event, &came)?;
            tell(tx, ctx, config, account, &before, &change)?;
            Ok(Confirmed::Added)
        }
        Some(old) => {
            let until = config.contacts.undo_until(ctx.now);
            accounts::retire(tx, ctx, account, &old.id, Some(until))?;
            let note = format!("{} → {came}", shown(old.kind, &old.value));
            let event = Event::ContactReplaced { contact: new.to_string(), old: old.id.to_string(), kind };
            audit::record_with(tx, ctx, Chain::Account(account.as_str()), &event, &note)?;
            tell(tx, ctx, config, account, &before, &Made { notice: Notice::ContactReplaced, ..change })?;
            Ok(Confirmed::Replaced)
        }
    }
}

/// Takes a contact away.
///
/// # Errors
/// The storage is away.
pub fn remove(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    account: &AccountId,
    contact: &Id<ContactKind>,
) -> Result<Judged> {
    accounts::lock(tx, account)?;
    let (facts, before) = facts(tx, ctx, config, account, Some(contact))?;
    if let Err(refusal) = judge(Act::Remove, &facts) {
        return Ok(Err(refusal));
    }
    let Some(old) = before.iter().find(|own| own.id == *contact) else { return Ok(Err(Refusal::Gone)) };
    let until = config.contacts.undo_until(ctx.now);
    if !accounts::retire(tx, ctx, account, contact, Some(until))? {
        return Ok(Err(Refusal::Gone));
    }
    let event = Event::ContactRemoved { contact: contact.to_string(), kind: old.kind.word().into() };
    let note = shown(old.kind, &old.value);
    audit::record_with(tx, ctx, Chain::Account(account.as_str()), &event, &note)?;
    let made = Made {
        notice: Notice::ContactRemoved,
        old: Some(old),
        new: None,
        contact: &old.value,
        kind: old.kind,
    };
    tell(tx, ctx, config, account, &before, &made)?;
    Ok(Ok(()))
}

/// Lets messages go to another contact first. Making the primary one primary again does nothing.
///
/// # Errors
/// The storage is away.
pub fn make_primary(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    account: &AccountId,
    contact: &Id<ContactKind>,
) -> Result<Judged> {
    accounts::lock(tx, account)?;
    let (facts, contacts) = facts(tx, ctx, config, account, Some(contact))?;
    if let Err(refusal) = judge(Act::MakePrimary, &facts) {
        return Ok(Err(refusal));
    }
    let Some(one) = contacts.iter().find(|own| own.id == *contact) else { return Ok(Err(Refusal::Gone)) };
    if !accounts::make_primary(tx, account, contact)? {
        return Ok(Ok(()));
    }
    let event = Event::ContactMadePrimary { contact: contact.to_string() };
    audit::record_with(tx, ctx, Chain::Account(account.as_str()), &event, &shown(one.kind, &one.value))?;
    let args = vec![("contact", masked(one.kind, &one.value).into())];
    let details = Details { args, ..Details::default() };
    notifications::notify_owner_with(tx, ctx, account, Notice::ContactPrimary, &details)?;
    Ok(Ok(()))
}

/// A change that was made.
#[derive(Clone, Copy)]
struct Made<'a> {
    notice: Notice,
    old: Option<&'a Contact>,
    new: Option<&'a Id<ContactKind>>,
    /// The contact that the notice is about.
    contact: &'a str,
    kind: ContactType,
}

/// Writes down how the change can be undone and tells every contact that was there before; those that may recover get
/// the link.
fn tell(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    account: &AccountId,
    before: &[Contact],
    made: &Made<'_>,
) -> Result<()> {
    let mut rng = ctx.rng();
    let token = B64.encode(rng.bytes::<16>());
    let until = config.contacts.undo_until(ctx.now);
    let change = Change {
        id: ChangeId::new(ctx.now, &mut rng),
        account: account.clone(),
        old: made.old.map(|old| old.id.clone()),
        new: made.new.cloned(),
        was_primary: made.old.is_some_and(|old| old.primary),
        at: ctx.now,
        expires_at: until,
        undone_at: None,
    };
    store::insert_change(tx, &change, &token_hash(ctx, &token))?;
    let Some(owner) = accounts::load(tx, ctx, account)? else { return Ok(()) };
    let old = made.old.map(|old| masked(old.kind, &old.value)).unwrap_or_default();
    let details = Details {
        except: Vec::new(),
        session: None,
        args: vec![
            ("contact", masked(made.kind, made.contact).into()),
            ("old", old.into()),
            ("until", Said::At(until)),
        ],
        link: Some(Link {
            label: "notice-undo",
            hint: Some("notice-undo-hint"),
            url: format!("{}/undo/{token}", ctx.place.public_url),
        }),
    };
    let plain = Details { link: None, ..details.clone() };
    let note = notifications::begin(tx, ctx, account, made.notice, &details)?;
    for contact in before.iter().filter(|contact| !contact.muted) {
        let details = if may_recover(contact, ctx.now) { &details } else { &plain };
        let to = (contact.kind, contact.value.clone());
        let message = notifications::notice(ctx, owner.lang, made.notice, to, Some(account.clone()), details);
        notifications::queue(tx, ctx, message.of(&note, contact.id.as_str()))?;
    }
    Ok(())
}

/// What is kept of a link's token.
pub(super) fn token_hash(ctx: &Ctx, token: &str) -> [u8; 32] {
    ctx.keys.mac(Purpose::Token, &[b"contact undo", token.as_bytes()])
}

/// What may be kept of a link's token: under the present key, then under those that are being rotated out.
pub(super) fn token_hashes(ctx: &Ctx, token: &str) -> Vec<[u8; 32]> {
    ctx.keys.macs(Purpose::Token, &[b"contact undo", token.as_bytes()])
}

/// A contact for eyes that need not see it whole: `+7 *** ***-67-89`, `v***@example.org`.
pub(crate) fn masked(kind: ContactType, value: &str) -> String {
    let masked = match kind {
        ContactType::Phone => kernel::phone::Phone::parse(value).map(|phone| phone.masked()),
        ContactType::Email => kernel::email::Email::parse(value).map(|email| email.masked()),
    };
    masked.unwrap_or_default()
}
