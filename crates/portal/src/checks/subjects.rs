//! Rows of `register_subject`: by which numbers a register may name the person of an account in an event. Keyed hashes of the
//! numbers, so that an event finds its account and nobody else learns a number.

use super::question::{self, Sent};
use crate::accounts::AccountId;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::profile::Field;
use gateway::register::webhook::Subject;
use kernel::Snils;
use kernel::ids::{InnPerson, PassportRf};
use store::{Tx, params};

/// Which numbers of an account are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Those that its evidence stands on.
    Held,
    /// Those that are being checked.
    Sent,
}

impl Part {
    const fn word(self) -> &'static str {
        match self {
            Part::Held => "held",
            Part::Sent => "sent",
        }
    }
}

/// A number with its kind, in the one form that is hashed.
pub(super) type Number = (&'static str, String);

/// The kind of passports.
pub(super) const PASSPORT: &str = "passport";

/// The numbers among the values of a sending.
pub(super) fn numbers(sent: &Sent) -> Vec<Number> {
    let text = |field: Field| sent.get(field.word());
    let snils = text(Field::Snils).and_then(|text| Snils::parse(text).ok());
    let known = text(Field::DocumentNumber).filter(|_| question::is_known(sent));
    let passport = known.and_then(|text| PassportRf::parse(text).ok());
    let inn = text(Field::Inn).and_then(|text| InnPerson::parse(text).ok());
    of(snils.as_ref(), passport.as_ref(), inn.as_ref())
}

fn of(snils: Option<&Snils>, passport: Option<&PassportRf>, inn: Option<&InnPerson>) -> Vec<Number> {
    let number = |kind: &'static str, text: Option<String>| text.map(|text| (kind, text));
    [
        number("snils", snils.map(|number| number.as_str().to_owned())),
        number(PASSPORT, passport.map(|number| number.as_str().to_owned())),
        number("inn", inn.map(|number| number.as_str().to_owned())),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Notes the numbers that are being checked now.
pub fn note(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, sent: &Sent) -> Result<()> {
    forget_sent(tx, account)?;
    numbers(sent).iter().try_for_each(|number| put(tx, ctx, account, Part::Sent, number))
}

/// Notes the INN that a register found.
pub fn note_inn(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, inn: &InnPerson) -> Result<()> {
    put(tx, ctx, account, Part::Sent, &("inn", inn.as_str().to_owned()))
}

fn put(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, part: Part, (kind, text): &Number) -> Result<()> {
    tx.exec(
        "INSERT INTO register_subject (account_id, part, kind, index_hash) VALUES ($1, $2, $3, $4)
         ON CONFLICT (account_id, part, kind) DO UPDATE SET index_hash = excluded.index_hash",
        params![account, part.word(), *kind, &ctx.keys.blind_index(kind, text)],
    )?;
    Ok(())
}

/// What was being checked is what the evidence stands on now.
pub fn hold(tx: &mut Tx<'_>, account: &AccountId) -> Result<()> {
    tx.exec("DELETE FROM register_subject WHERE account_id = $1 AND part = 'held'", params![account])?;
    tx.exec("UPDATE register_subject SET part = 'held' WHERE account_id = $1", params![account])?;
    Ok(())
}

/// What was being checked was not confirmed.
pub fn forget_sent(tx: &mut Tx<'_>, account: &AccountId) -> Result<()> {
    tx.exec("DELETE FROM register_subject WHERE account_id = $1 AND part = 'sent'", params![account])?;
    Ok(())
}

/// No number names the account any more.
pub fn forget(tx: &mut Tx<'_>, account: &AccountId) -> Result<()> {
    tx.exec("DELETE FROM register_subject WHERE account_id = $1", params![account])?;
    Ok(())
}

/// Whom an event is about: accounts in the order of their ids, and which of their numbers it names. Of an event about a
/// passport only the passport counts: the person may have another one by now.
pub fn find(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    subject: &Subject,
    only_passport: bool,
) -> Result<Vec<(AccountId, Part)>> {
    let mut found = Vec::new();
    for (kind, text) in of(subject.snils.as_ref(), subject.passport.as_ref(), subject.inn.as_ref()) {
        if only_passport && kind != PASSPORT {
            continue;
        }
        for index in ctx.keys.blind_indexes(kind, &text) {
            found.extend(tx.all(
                "SELECT account_id, part FROM register_subject WHERE index_hash = $1 AND kind = $2",
                params![&index, kind],
                |row| {
                    let part = if row.get::<String>(1)? == "held" { Part::Held } else { Part::Sent };
                    Ok((row.get::<AccountId>(0)?, part))
                },
            )?);
        }
    }
    found.sort_by(|a, b| (a.0.as_str(), a.1.word()).cmp(&(b.0.as_str(), b.1.word())));
    found.dedup();
    Ok(found)
}
