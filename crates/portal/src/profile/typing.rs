//! What is being typed into an open form: kept, judged, and nothing counts by it.

use super::field::Field;
use super::items::Target;
use super::lists::List;
use super::rules::Judge;
use super::seen::{Merge, Place, Seen};
use super::value::Fields;
use super::{load, store, today};
use crate::accounts::{self, AccountId};
use crate::ctx::Ctx;
use crate::error::Result;
use ::store::Tx;

/// What was typed into one field.
#[derive(Clone)]
pub struct Typed {
    /// Which.
    pub field: Field,
    /// What.
    pub text: String,
    /// What its form was drawn from.
    pub seen: Seen,
}

/// What became of it.
pub struct Kept {
    /// The fields as they are now; what was typed stands among them unless it is to be asked about.
    pub values: Fields,
    /// What is wrong with it: the key of its text.
    pub fault: Option<&'static str>,
    /// Somebody changed the field meanwhile: nothing was kept, the form has both to show.
    pub ask: bool,
    /// The hash that the form goes on with.
    pub tag: String,
}

/// Keeps what is typed into a field that the person has once. `None`: there is no such field here.
///
/// # Errors
/// The storage is away.
pub fn keep(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, typed: &Typed) -> Result<Option<Kept>> {
    if List::ALL.iter().any(|list| list.section() == typed.field.section()) {
        return Ok(None);
    }
    accounts::hold_open(tx, account)?;
    let before = load(tx, ctx, account)?;
    let (mut profile, place) = (before.clone(), Place::of(account));
    let ask = put(ctx, &place, &mut profile, typed);
    if profile != before {
        store::keep(tx, ctx, account, &profile)?;
    }
    let judge = Judge::new(&profile, today(ctx)?);
    let fault = judge.fault_of(typed.field);
    let tag = place.tag(ctx, &profile, typed.field);
    Ok(Some(Kept { fault, ask, tag, values: (*profile).clone() }))
}

/// Keeps what is typed into a field of an entry; the first thing makes the entry. `None`: there is no such field here.
///
/// # Errors
/// The storage is away.
pub fn keep_in(tx: &mut Tx<'_>, ctx: &Ctx, target: &Target, typed: &Typed) -> Result<Option<Kept>> {
    if typed.field.section() != target.list.section() {
        return Ok(None);
    }
    accounts::hold_open(tx, &target.account)?;
    let mut profile = load(tx, ctx, &target.account)?;
    let before = profile.item(target.list, &target.id).map(|item| item.values.clone()).unwrap_or_default();
    let (mut values, place) = (before.clone(), target.place());
    let ask = put(ctx, &place, &mut values, typed);
    let refused = target.refused(&profile).is_some();
    if values != before && !refused {
        profile.put_item(target.list, &target.id, values.clone());
        store::keep(tx, ctx, &target.account, &profile)?;
    }
    let judge = Judge::of_item(&profile, target.list, &target.id, &values, today(ctx)?);
    let fault = judge.fault_of(typed.field);
    // Nothing was kept where nothing can be: the form goes on from what stands there.
    let tag = place.tag(ctx, if refused { &before } else { &values }, typed.field);
    Ok(Some(Kept { fault, ask, tag, values }))
}

/// Puts a draft unless somebody else changed the field; gives whether that is so.
fn put(ctx: &Ctx, place: &Place, values: &mut Fields, typed: &Typed) -> bool {
    let ask = typed.seen.merge(ctx, place, values, typed.field, Some(&typed.text)) == Merge::Ask;
    if !ask {
        values.keep_draft(typed.field, &typed.text);
    }
    ask
}
