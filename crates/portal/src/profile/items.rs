//! What is done with entries of lists; everything comes one after the other, decided by the account's row.

use super::field::Field;
use super::lists::{ItemId, List, Profile};
use super::rules::{Fault, Judge};
use super::seen::Place;
use super::{Sent, apply, load, store, today};
use crate::accounts::{self, AccountId};
use crate::audit::{self, Chain, Event};
use crate::ctx::Ctx;
use crate::error::Result;
use ::store::Tx;

/// An entry that a form is about.
#[derive(Clone)]
pub struct Target {
    /// Whose.
    pub account: AccountId,
    /// In which list.
    pub list: List,
    /// Which entry; a new one has an identifier before it is there.
    pub id: ItemId,
    /// How many entries the list may have.
    pub most: usize,
}

impl Target {
    /// Where hashes of its values belong.
    pub fn place(&self) -> Place {
        Place::of_item(&self.account, &self.id)
    }

    /// Why nothing can be put here.
    pub(super) fn refused(&self, profile: &Profile) -> Option<Refused> {
        match () {
            () if profile.item(self.list, &self.id).is_some() => None,
            () if profile.was_removed(&self.id) => Some(Refused::Removed),
            () if profile.items(self.list).len() >= self.most => Some(Refused::Full),
            () => None,
        }
    }
}

/// Why an entry was not put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It was removed meanwhile.
    Removed,
    /// The list has as many entries as it may have.
    Full,
}

/// What became of a form of an entry.
pub struct Saved {
    /// The profile as it is now.
    pub profile: Profile,
    /// What is to be mended.
    pub faults: Vec<Fault>,
    /// What was changed elsewhere too, with what this form wanted.
    pub asked: Vec<(Field, String)>,
}

/// Takes the form of an entry; the same form again changes nothing.
///
/// # Errors
/// The storage is away.
pub fn save(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    target: &Target,
    sent: &Sent,
) -> Result<std::result::Result<Saved, Refused>> {
    accounts::hold_open(tx, &target.account)?;
    let mut profile = load(tx, ctx, &target.account)?;
    if let Some(refused) = target.refused(&profile) {
        return Ok(Err(refused));
    }
    let before = profile.item(target.list, &target.id).map(|item| item.values.clone()).unwrap_or_default();
    let mut values = before.clone();
    let (changed, asked) = apply(ctx, &target.place(), target.list.section(), &mut values, sent);
    if values != before {
        profile.put_item(target.list, &target.id, values.clone());
        store::keep(tx, ctx, &target.account, &profile)?;
    }
    let fields = changed.iter().map(|field| field.word().to_owned()).collect();
    let event = match (before.has_values(), values.has_values()) {
        (false, true) => Some(added(target.list)),
        (true, false) => Some(removed(target.list)),
        (true, true) if !changed.is_empty() => Some(self::changed(target.list, fields)),
        _ => None,
    };
    if let Some(event) = event {
        audit::record(tx, ctx, Chain::Account(target.account.as_str()), &event)?;
    }
    let faults =
        Judge::of_item(&profile, target.list, &target.id, &values, today(ctx)?).faults(target.list.section());
    Ok(Ok(Saved { profile, faults, asked }))
}

/// Takes an entry away; `false` when it was not there.
///
/// # Errors
/// The storage is away.
pub fn remove(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, list: List, id: &ItemId) -> Result<bool> {
    accounts::hold_open(tx, account)?;
    let mut profile = load(tx, ctx, account)?;
    if !profile.remove_item(list, id) {
        return Ok(false);
    }
    store::keep(tx, ctx, account, &profile)?;
    audit::record(tx, ctx, Chain::Account(account.as_str()), &removed(list))?;
    Ok(true)
}

fn added(list: List) -> Event {
    match list {
        List::Children => Event::ChildAdded,
        List::Vehicles => Event::VehicleAdded,
    }
}

fn changed(list: List, fields: Vec<String>) -> Event {
    match list {
        List::Children => Event::ChildChanged { fields },
        List::Vehicles => Event::VehicleChanged { fields },
    }
}

fn removed(list: List) -> Event {
    match list {
        List::Children => Event::ChildRemoved,
        List::Vehicles => Event::VehicleRemoved,
    }
}
