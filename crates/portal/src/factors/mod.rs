//! What an account has besides its password: applications, phones, passkeys, recovery codes, trusted devices.
//!
//! Invariants: a factor counts from its first right code on; secrets are sealed under the account's data key, codes
//! are keyed hashes; a time step and a recovery code are spent once, by one conditional update; a try is counted
//! before it is compared; every change is in the journal, is told to the owner by every contact, ends the other
//! sessions and every trust; a removed factor keeps its row, without its secret, as history; the last factor that a
//! level or role requires stays. E-mail is never a second factor (NIST SP 800-63B §3.1.3.1).

mod guard;
mod kinds;
pub mod paper;
mod settings;
mod store;
pub mod totp;
mod tries;
mod trust;
pub mod web;

pub use kinds::{Kind, Kinds};
pub use settings::Settings;
pub use store::{
    Factor, Step, bound, codes_left, contact_of_sms, has_duty, is_there, list, make_codes, oblige, release,
    spend_code, spend_step, uses_contact,
};
pub use tries::{admit, forgive, sweep as sweep_tries};
pub use trust::{Trusted, distrust, distrust_all, is_trusted, sweep as sweep_trust, trust, trusted};

use crate::accounts::{self, AccountId};
use crate::audit::{self, Chain, Event};
use crate::config::Config;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::notifications::{self, Notice};
use crate::sessions::{self, End, SessionId};
use ::store::Tx;
use kernel::{Id, Time};

kernel::id_kinds! {
    /// A factor that was bound.
    FactorKind = "fac";
    /// A device that is trusted.
    TrustedKind = "tru";
}

/// A factor's identifier.
pub type FactorId = Id<FactorKind>;

/// A factor about to be bound; it has proved itself.
pub struct New<'a> {
    /// Its kind.
    pub kind: Kind,
    /// What the owner calls it.
    pub name: &'a str,
    /// The shared secret of an application.
    pub secret: Option<&'a [u8]>,
    /// The confirmed phone of codes by message.
    pub contact: Option<&'a str>,
    /// What no two factors share (a secret, a credential id): the same form sent twice binds once.
    pub unique: &'a [u8],
    /// The time step of the application's first code, which is spent with it.
    pub step: i64,
}

/// What binding led to.
pub enum Bound {
    /// It is bound; the recovery codes made with the first factor, to be shown once.
    Done(FactorId, Option<Codes>),
    /// The same form came before.
    Already,
}

/// A fresh set of recovery codes, as they are shown once.
pub type Codes = Vec<kernel::Secret<String>>;

/// Binds a factor: with the first one come recovery codes. The caller has made sure of the strength of the session
/// ([`strong_enough`]) and forgets the account's sessions in memory after the commit.
///
/// # Errors
/// The storage is away.
pub fn bind(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    account: &AccountId,
    session: Option<&SessionId>,
    new: &New<'_>,
) -> Result<Bound> {
    let before = store::bound(tx, account)?;
    let Some(id) = store::insert(tx, ctx, account, new)? else { return Ok(Bound::Already) };
    added(tx, ctx, account, &id, new)?;
    let codes = match before.has_second() || before.has(Kind::RecoveryCodes) {
        true => None,
        false => Some(store::make_codes(tx, ctx, &config.factors, account)?),
    };
    changed(tx, ctx, account, session, Notice::FactorAdded)?;
    metrics::counter!("factors_bound_total", "kind" => new.kind.word()).increment(1);
    Ok(Bound::Done(id, codes))
}

/// Binds a factor to an account of the demonstration: nobody is told and no recovery codes are made, because nobody is
/// there.
///
/// # Errors
/// The storage is away.
pub fn bind_untold(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, new: &New<'_>) -> Result<()> {
    match store::insert(tx, ctx, account, new)? {
        Some(id) => added(tx, ctx, account, &id, new),
        None => Ok(()),
    }
}

fn added(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, id: &FactorId, new: &New<'_>) -> Result<()> {
    let event = Event::FactorAdded { factor: id.to_string(), kind: new.kind.word().into() };
    audit::record_with(tx, ctx, Chain::Account(account.as_str()), &event, new.name)
}

/// What follows every change: the owner is told, other sessions and every trust end.
fn changed(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    session: Option<&SessionId>,
    notice: Notice,
) -> Result<()> {
    notifications::notify_owner(tx, ctx, account, notice, None)?;
    sessions::end_all(tx, ctx, account, session, End::FactorChanged)?;
    trust::distrust_all(tx, ctx, account)?;
    Ok(())
}

/// What removing led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    /// It is gone.
    Done,
    /// There is none of this name and account.
    NotThere,
    /// It is the last one, and this account must have one.
    Needed,
}

/// Removes a factor. With the last one go the recovery codes.
///
/// # Errors
/// The storage is away.
pub fn remove(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    account: &AccountId,
    session: Option<&SessionId>,
    id: &FactorId,
) -> Result<Removed> {
    // Two removals at one moment come one after the other: each sees what the other left.
    store::hold(tx, account)?;
    let all = store::list(tx, ctx, account)?;
    let Some(gone) = all.iter().find(|factor| factor.id == *id) else { return Ok(Removed::NotThere) };
    let left: Kinds = all.iter().filter(|factor| factor.id != *id).map(|factor| factor.kind).collect();
    if gone.kind != Kind::RecoveryCodes && !left.has_second() && required(tx, ctx, config, account)? {
        return Ok(Removed::Needed);
    }
    end(tx, ctx, account, gone)?;
    if !left.has_second() {
        for paper in all.iter().filter(|factor| factor.kind == Kind::RecoveryCodes && factor.id != *id) {
            end(tx, ctx, account, paper)?;
        }
    }
    changed(tx, ctx, account, session, Notice::FactorRemoved)?;
    Ok(Removed::Done)
}

fn end(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, factor: &Factor) -> Result<()> {
    store::remove(tx, ctx, account, factor)?;
    let event = Event::FactorRemoved { factor: factor.id.to_string(), kind: factor.kind.word().into() };
    audit::record_with(tx, ctx, Chain::Account(account.as_str()), &event, &factor.name)
}

/// Removes every factor, its codes and every trust: the last act of a recovery whose waiting period is over.
///
/// # Errors
/// The storage is away.
pub fn remove_all(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<()> {
    store::hold(tx, account)?;
    for factor in store::list(tx, ctx, account)? {
        end(tx, ctx, account, &factor)?;
    }
    changed(tx, ctx, account, None, Notice::FactorRemoved)
}

/// Removes what was bound or made after a moment, and the recovery codes when no second factor is left: who closes an
/// account because somebody was in it wants back what was there before. Answers how many.
///
/// # Errors
/// The storage is away.
pub fn remove_since(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, since: Time) -> Result<usize> {
    store::hold(tx, account)?;
    let (stay, mut gone): (Vec<_>, Vec<_>) =
        store::list(tx, ctx, account)?.into_iter().partition(|factor| factor.created_at <= since);
    if !stay.iter().map(|factor| factor.kind).collect::<Kinds>().has_second() {
        gone.extend(stay);
    }
    for factor in &gone {
        end(tx, ctx, account, factor)?;
    }
    Ok(gone.len())
}

/// Gives a factor another name; `false` when it is not there.
///
/// # Errors
/// The storage is away.
pub fn rename(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, id: &FactorId, name: &str) -> Result<bool> {
    let Some(kind) = store::rename(tx, ctx, account, id, name)? else { return Ok(false) };
    let event = Event::FactorRenamed { factor: id.to_string(), kind: kind.word().into() };
    audit::record_with(tx, ctx, Chain::Account(account.as_str()), &event, name)?;
    Ok(true)
}

/// Remembers that a factor was used.
///
/// # Errors
/// The storage is away.
pub fn used(tx: &mut Tx<'_>, ctx: &Ctx, id: &FactorId) -> Result<()> {
    store::used(tx, id, ctx.now)
}

/// A new set of recovery codes on the owner's wish; the old set is dead.
///
/// # Errors
/// The storage is away.
pub fn renew_codes(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    account: &AccountId,
    session: Option<&SessionId>,
) -> Result<Codes> {
    let codes = store::make_codes(tx, ctx, &config.factors, account)?;
    changed(tx, ctx, account, session, Notice::FactorAdded)?;
    Ok(codes)
}

/// Whether the account must have a second factor: by its level, or by a duty such as a role of staff ([`oblige`]).
///
/// # Errors
/// The storage is away.
pub fn required(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, account: &AccountId) -> Result<bool> {
    if store::has_duty(tx, account)? {
        return Ok(true);
    }
    let levels = &config.factors.required_for;
    if levels.is_empty() {
        return Ok(false);
    }
    // Of an account that is being deleted as well: a sign-in restores it.
    Ok(accounts::load_any(tx, ctx, account)?.is_some_and(|(_, account)| levels.contains(&account.level)))
}

/// The word in a session's methods that keeps it to binding a factor: its owner must have one and has none.
pub const BIND_ONLY: &str = "bind";

/// Whether a session may do nothing but bind a factor.
pub fn is_bind_only(methods: &str) -> bool {
    methods.split(' ').any(|word| word == BIND_ONLY)
}

/// Whether a session is strong enough to change factors: with a second factor of its own, when the account has any
/// (NIST SP 800-63B §4.1.2). A trusted device or a session let in by another one is not enough.
pub fn strong_enough(methods: &str, bound: Kinds) -> bool {
    let has = |word: &str| methods.split(' ').any(|method| method == word);
    !bound.has_second() || has("otp") || has("sms") || has("hwk") || has("swk")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changing_factors_takes_a_factor() {
        let some = Kinds::of(&[Kind::Totp]);
        for (methods, bound, enough) in [
            ("pwd", Kinds::NONE, true),
            ("pwd bind", Kinds::NONE, true),
            ("pwd", Kinds::of(&[Kind::RecoveryCodes]), true),
            ("pwd", some, false),
            ("pwd trust", some, false),
            ("qr2", some, false),
            ("pwd otp", some, true),
            ("pwd sms", some, true),
            ("hwk user", some, true),
            ("swk user", some, true),
        ] {
            assert_eq!(strong_enough(methods, bound), enough, "{methods}");
        }
        assert!(is_bind_only("pwd bind") && !is_bind_only("pwd binder"));
    }
}
