//! «Мои данные»: what a person tells about themselves, field by field, and where each value came from (spec 02 §1).
//!
//! Invariants: what was typed is kept until it is typed over, readable or not; a value counts only when it can be read;
//! a confirmed value is replaced by a check, never by typing; changes of one profile come one after the other, decided by
//! the account's row; the journal names fields, never values.

pub mod addresses;
mod field;
mod rules;
mod store;
mod value;
pub mod web;
mod words;

pub use field::{Against, Field, Kind, Section};
pub use rules::{Fault, Judge, Progress};
pub use value::{Entry, Origin, Profile, Value};

use crate::accounts::{self, AccountId, Person};
use crate::audit::{self, Chain, Event};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::web::format;
use ::store::Tx;
use ::store::keys::SubjectKey;
use kernel::Date;

/// Today in the portal's zone: the day that dates of documents are judged on.
///
/// # Errors
/// The clock is outside of the years 1900 to 2100.
pub fn today(ctx: &Ctx) -> Result<Date> {
    format::day(ctx.now, &ctx.place.zone)
        .ok_or_else(|| Error::Bug("the clock stands in another century".into()))
}

/// The profile of an account; the names of its registration are its first values.
///
/// # Errors
/// The storage is away or the row was tampered with.
pub fn load(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<Profile> {
    if let Some(profile) = store::find(tx, ctx, account)? {
        return Ok(profile);
    }
    let found = accounts::load(tx, ctx, account)?
        .ok_or_else(|| Error::Bug("a profile of an account that is not open".into()))?;
    let mut profile = Profile::default();
    let at = found.created_at;
    profile.bring(Field::Surname, &found.person.surname, Origin::Typed, at);
    profile.bring(Field::FirstName, &found.person.first_name, Origin::Typed, at);
    if let Some(patronymic) = &found.person.patronymic {
        profile.bring(Field::Patronymic, patronymic, Origin::Typed, at);
    }
    Ok(profile)
}

/// Takes the form of a section as it was sent: every field is kept, what can be read becomes the value. Gives the
/// profile and what is to be mended in the section.
///
/// # Errors
/// The storage is away.
pub fn save(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    section: Section,
    typed: &[(Field, String)],
) -> Result<(Profile, Vec<Fault>)> {
    accounts::hold_open(tx, account)?;
    let before = load(tx, ctx, account)?;
    let mut profile = before.clone();
    // The kind of the document decides how names and number are read, so it goes first.
    let first = typed.iter().filter(|(field, _)| *field == Field::DocumentKind);
    let rest = typed.iter().filter(|(field, _)| *field != Field::DocumentKind);
    let mut changed = Vec::new();
    for (field, text) in first.chain(rest).filter(|(field, _)| field.section() == section) {
        if profile.put(*field, text, ctx.now) {
            changed.push(field.word());
        }
    }
    if profile != before {
        store::keep(tx, ctx, account, &profile)?;
    }
    if !changed.is_empty() {
        let fields = changed.iter().map(|word| (*word).to_owned()).collect();
        audit::record(tx, ctx, Chain::Account(account.as_str()), &Event::ProfileChanged { fields })?;
        address_by(tx, ctx, account, &profile)?;
    }
    let faults = Judge::new(&profile, today(ctx)?).faults(section);
    Ok((profile, faults))
}

/// The portal addresses the person by the names that count.
fn address_by(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, profile: &Profile) -> Result<()> {
    let [surname, first_name, patronymic] =
        [Field::Surname, Field::FirstName, Field::Patronymic].map(|field| profile.text(field).to_owned());
    if surname.is_empty() || first_name.is_empty() {
        return Ok(());
    }
    let patronymic = Some(patronymic).filter(|patronymic| !patronymic.is_empty());
    accounts::rename(tx, ctx, account, &Person { surname, first_name, patronymic })
}

/// Keeps what is being typed into one field of an open form; nothing counts by it. Gives what is wrong with it.
///
/// # Errors
/// The storage is away.
pub fn keep_typed(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    field: Field,
    typed: &str,
) -> Result<(Profile, Option<&'static str>)> {
    accounts::hold_open(tx, account)?;
    let before = load(tx, ctx, account)?;
    let mut profile = before.clone();
    profile.keep_draft(field, typed);
    if profile != before {
        store::keep(tx, ctx, account, &profile)?;
    }
    let faults = Judge::new(&profile, today(ctx)?).faults(field.section());
    let fault = faults.into_iter().find(|(at, _)| *at == field).map(|(_, key)| key);
    Ok((profile, fault))
}

/// Values that something surer than the person's hand confirmed: they count now, and are changed by a check only.
///
/// # Errors
/// The storage is away.
pub fn confirm(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    values: &[(Field, String)],
    from: Origin,
) -> Result<()> {
    let mut profile = load(tx, ctx, account)?;
    for (field, text) in values {
        profile.confirm(*field, text, from, ctx.now);
    }
    store::keep(tx, ctx, account, &profile)?;
    address_by(tx, ctx, account, &profile)
}

/// Takes the confirmation of values away: they stay, and can be typed over again.
///
/// # Errors
/// The storage is away.
pub fn doubt(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, fields: &[Field]) -> Result<()> {
    let Some(before) = store::find(tx, ctx, account)? else { return Ok(()) };
    let mut profile = before.clone();
    fields.iter().for_each(|field| profile.doubt(*field, ctx.now));
    if profile == before {
        return Ok(());
    }
    store::keep(tx, ctx, account, &profile)?;
    address_by(tx, ctx, account, &profile)
}

/// Forgets values that a check confirmed the person has none of.
///
/// # Errors
/// The storage is away.
pub fn forget(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, field: Field) -> Result<()> {
    let Some(mut profile) = store::find(tx, ctx, account)? else { return Ok(()) };
    if profile.value(field).is_none() {
        return Ok(());
    }
    profile.forget(field);
    store::keep(tx, ctx, account, &profile)?;
    address_by(tx, ctx, account, &profile)
}

/// The INN in a profile as it is stored: for the pass that renews its index, which has no context of a request.
pub fn inn(key: &SubjectKey, sealed: &[u8]) -> Option<String> {
    let profile = store::open(key, sealed)?;
    let inn = profile.value(Field::Inn).filter(|value| value.confirmed.is_some())?;
    Some(inn.text.clone())
}
