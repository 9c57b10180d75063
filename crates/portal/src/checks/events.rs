//! What registers tell by themselves: a passport is not valid any more, a death, a change of name (docs/registers.md).
//!
//! An event is acted on once, by its id. It concerns what its numbers name and nothing else: an older passport of the
//! same person is nobody's any more. An event that is older than the last confirmation may be known to the register that
//! confirmed, so it is asked again instead of believed.

use super::question::{self, Sent};
use super::settle::{conclude, ended, lose, words};
use super::subjects::{self, Part};
use super::{CheckEvent, Evidence, Happened, Standing, Why, evidence, level, machine, recheck, store};
use crate::accounts::{self, AccountId};
use crate::audit::{self, Chain, Event};
use crate::config::Config;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::factors;
use crate::notifications::{self, Notice};
use crate::profile::Field;
use crate::sessions::{self, End};
use crate::web::format;
use ::store::{Tx, params};
use gateway::register::webhook::{self, Happened as Told};
use gateway::register::{Check, InvalidReason, Register};
use kernel::Time;

/// Takes an event; gives the accounts that it changed. One that was told before, or is of nobody here, changes nothing.
///
/// # Errors
/// The storage is away.
pub fn take_event(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    config: &Config,
    register: Register,
    event: &webhook::Event,
) -> Result<Vec<AccountId>> {
    let of_passport =
        matches!(event.happened, Told::DocumentInvalid(reason) if reason != InvalidReason::HolderDied);
    let named = subjects::find(tx, ctx, &event.subject, of_passport)?;
    // Of strangers nothing is kept, not even that they were spoken of.
    if named.is_empty() || !first_time(tx, ctx, register, &event.id)? {
        return Ok(Vec::new());
    }
    let mut accounts: Vec<AccountId> = named.into_iter().map(|(account, _)| account).collect();
    accounts.dedup();
    for account in &accounts {
        if !accounts::lock(tx, account)? {
            continue;
        }
        // What is named is read under the lock: a sending may have ended at this very moment.
        let named = subjects::find(tx, ctx, &event.subject, of_passport)?;
        let names = |part| named.contains(&(account.clone(), part));
        let told = Telling { register, event, held: names(Part::Held), sent: names(Part::Sent) };
        if told.held || told.sent {
            told.take(tx, ctx, config, account)?;
        }
    }
    metrics::counter!("register_events_total", "event" => event.happened.word()).increment(1);
    Ok(accounts)
}

fn first_time(tx: &mut Tx<'_>, ctx: &Ctx, register: Register, id: &str) -> Result<bool> {
    let key = format!("{}/{id}", register.word());
    let kept = tx.exec(
        "INSERT INTO register_event (id, at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        params![&key, ctx.now],
    )?;
    Ok(kept == 1)
}

/// Forgets events that no register repeats any more; a retention job.
///
/// # Errors
/// The storage is away.
pub fn sweep_events(tx: &mut Tx<'_>, before: Time, batch: i64) -> Result<u64> {
    Ok(tx.exec(
        "DELETE FROM register_event WHERE id IN (SELECT id FROM register_event WHERE at < $1 ORDER BY at LIMIT $2)",
        params![before, batch],
    )?)
}

/// An event as it concerns one account.
struct Telling<'a> {
    register: Register,
    event: &'a webhook::Event,
    /// It names numbers that the evidence stands on.
    held: bool,
    /// It names numbers that are being checked.
    sent: bool,
}

impl Telling<'_> {
    fn take(&self, tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, account: &AccountId) -> Result<()> {
        let told = Event::RegisterTold {
            register: self.register.word().into(),
            what: self.event.happened.word().into(),
            reason: self.reason().into(),
        };
        audit::record(tx, ctx, Chain::Account(account.as_str()), &told)?;
        if self.held {
            self.concern_evidence(tx, ctx, config, account)?;
        }
        if self.sent {
            self.concern_sending(tx, ctx, config, account)?;
        }
        Ok(())
    }

    fn reason(&self) -> &'static str {
        match self.event.happened {
            Told::DocumentInvalid(reason) => reason.word(),
            Told::Death => InvalidReason::HolderDied.word(),
            Told::NameChange => "",
        }
    }

    /// What it means for evidence that was confirmed last at this moment.
    fn happened(&self, ctx: &Ctx, evidence: &Evidence) -> Happened {
        let confirmed = format::day(evidence.checked_at, &ctx.place.zone);
        let older = matches!((self.event.on, confirmed), (Some(on), Some(confirmed)) if on < confirmed);
        match self.event.happened {
            _ if older => Happened::Changed,
            Told::NameChange | Told::DocumentInvalid(InvalidReason::Replaced) => Happened::Changed,
            Told::Death | Told::DocumentInvalid(InvalidReason::HolderDied) => Happened::Death,
            Told::DocumentInvalid(_) => Happened::Invalid,
        }
    }

    fn concern_evidence(
        &self,
        tx: &mut Tx<'_>,
        ctx: &Ctx,
        config: &Config,
        account: &AccountId,
    ) -> Result<()> {
        let rechecked = store::open_recheck(tx, account)?.is_some();
        let standing = if rechecked { Standing::Rechecked } else { Standing::Held };
        let (mut lost, mut ask, mut died) = (Vec::new(), false, false);
        for evidence in evidence::evidence(tx, account)? {
            let happened = self.happened(ctx, &evidence);
            match level::next(evidence.kind, standing, happened) {
                Some(Standing::Missing) => lost.push((evidence.kind, self.reason())),
                Some(Standing::Rechecked) => ask = true,
                Some(Standing::Held) | None => {}
            }
            died |= happened == Happened::Death;
        }
        if !lost.is_empty() {
            let fields: &[Field] = if died { &[] } else { &[Field::DocumentNumber] };
            lose(tx, ctx, account, &lost, fields)?;
            if died {
                close_doors(tx, ctx, account)?;
            }
            let notice = if died { Notice::DeathTold } else { Notice::DocumentInvalid };
            notifications::notify_owner(tx, ctx, account, notice, None)?;
        }
        if ask {
            recheck::begin(tx, ctx, config, account, Why::Event)?;
        }
        Ok(())
    }

    /// A sending under way that names the same numbers: what a register said of it before may be out of date.
    fn concern_sending(
        &self,
        tx: &mut Tx<'_>,
        ctx: &Ctx,
        config: &Config,
        account: &AccountId,
    ) -> Result<()> {
        let Some(open) = store::open_sending(tx, account)? else { return Ok(()) };
        let changed =
            matches!(self.event.happened, Told::NameChange | Told::DocumentInvalid(InvalidReason::Replaced));
        if changed || self.event.on.is_some_and(|on| format::day(open.sent_at, &ctx.place.zone) > Some(on)) {
            return store::check_again(tx, &open.id);
        }
        let passport = store::checks(tx, &open.id)?.into_iter().find(|check| check.kind == Check::Passport);
        let Some(check) = passport else { return Ok(()) };
        let Some(state) = machine::next(check.state, CheckEvent::Revoke) else { return Ok(()) };
        let fields = words(&[Field::DocumentNumber]);
        store::change_check(tx, &check.id, state, &fields, self.reason(), ctx.now)?;
        ended(tx, ctx, &check, state)?;
        let sent: Sent = store::sent(tx, ctx, &open.id, account)?;
        debug_assert!(question::question(Check::Passport, &sent).is_some());
        conclude(tx, ctx, config, &open.id, &sent)
    }
}

/// Whoever is signed in to the account of a person who has died is somebody else; and if the record is wrong, its owner
/// signs in again, with the second factor where there is one.
fn close_doors(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<()> {
    sessions::end_all(tx, ctx, account, None, End::ByRegister)?;
    factors::distrust_all(tx, ctx, account)?;
    Ok(())
}
