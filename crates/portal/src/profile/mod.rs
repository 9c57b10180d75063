//! «Мои данные»: what a person tells about themselves, field by field, and where each value came from (spec 02 §1).
//!
//! Invariants: what was typed is kept until it is typed over, readable or not; a value counts only when it can be read;
//! a confirmed value is replaced by a check, never by typing; two windows do not undo
//! each other's work; changes of one profile come one after the other, decided by
//! the account's row; the journal names fields, never values.

pub mod addresses;
mod field;
pub mod items;
mod kinds;
mod lists;
mod read;
mod rules;
mod seen;
mod settings;
mod store;
pub mod typing;
mod value;
pub mod web;
mod words;

pub use field::Field;
pub use kinds::{Kind, Section};
pub use lists::{Item, ItemId, List, Profile};
pub use read::Against;
pub use rules::{Fault, Judge, Progress};
pub use seen::{Merge, Place, Seen};
pub use settings::Settings;
pub use value::{Entry, Fields, Origin, Value};

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

/// A form as it was sent.
#[derive(Clone, Default)]
pub struct Sent {
    /// Its fields with what was typed; those that the form did not bring are absent.
    pub typed: Vec<(Field, String)>,
    /// What it was drawn from.
    pub seen: Seen,
}

/// What became of the form of a section.
pub struct Saved {
    /// The profile as it is now.
    pub profile: Profile,
    /// What is to be mended in the section.
    pub faults: Vec<Fault>,
    /// What was changed elsewhere too since the form was drawn, with what this form wanted: nothing was taken of it.
    pub asked: Vec<(Field, String)>,
}

/// Takes the form of a section: every field is kept, what can be read becomes the value. What another window changed
/// since the form was drawn stays, and is asked about when this form changed it too.
///
/// # Errors
/// The storage is away.
pub fn save(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, section: Section, sent: &Sent) -> Result<Saved> {
    accounts::hold_open(tx, account)?;
    let before = load(tx, ctx, account)?;
    let mut profile = before.clone();
    let (changed, asked) = apply(ctx, &Place::of(account), section, &mut profile, sent);
    if profile != before {
        store::keep(tx, ctx, account, &profile)?;
    }
    if !changed.is_empty() {
        let fields = changed.iter().map(|field| field.word().to_owned()).collect();
        audit::record(tx, ctx, Chain::Account(account.as_str()), &Event::ProfileChanged { fields })?;
        address_by(tx, ctx, account, &profile)?;
    }
    let faults = Judge::new(&profile, today(ctx)?).faults(section);
    Ok(Saved { profile, faults, asked })
}

/// Puts what a form brought. Gives the fields whose value is another one now, and those that are to be asked about.
fn apply(
    ctx: &Ctx,
    place: &Place,
    section: Section,
    values: &mut Fields,
    sent: &Sent,
) -> (Vec<Field>, Vec<(Field, String)>) {
    let drawn_from = values.clone();
    // The kind of the document decides how names and number are read, so it goes first.
    let first = section.fields().filter(|field| *field == Field::DocumentKind);
    let rest = section.fields().filter(|field| *field != Field::DocumentKind);
    let (mut changed, mut asked) = (Vec::new(), Vec::new());
    for field in first.chain(rest) {
        let typed = sent.typed.iter().find(|(of, _)| *of == field).map(|(_, text)| text.as_str());
        let text = typed.unwrap_or_default();
        match sent.seen.merge(ctx, place, &drawn_from, field, typed) {
            Merge::Take if values.put(field, text, ctx.now) => changed.push(field),
            Merge::Ask => asked.push((field, text.to_owned())),
            Merge::Take | Merge::Leave => {}
        }
    }
    (changed, asked)
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
