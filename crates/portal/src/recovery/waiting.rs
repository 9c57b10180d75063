//! Waiting periods, in which every contact is told and anybody with the message cancels by one button (practice sheet
//! §9.4). Whoever knows the password and proves a contact may do without a lost second factor afterwards; whoever has
//! nothing but the contact may have the account deleted and begin anew.

use crate::accounts::AccountId;
use crate::audit::{self, Chain, Event};
use crate::config::Config;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::notifications::{self, Details, Link, Notice};
use ::store::keys::Purpose;
use ::store::{Tx, params};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use kernel::{Id, Span, Time};

kernel::id_kinds! {
    /// A waiting period.
    WaitKind = "rwt";
}

/// What a waiting period leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// A new password without the factor that was lost; the old password is known.
    Factor,
    /// The account is deleted and its contacts are free: nothing else is left ([`super::restart`]).
    Restart,
}

impl Aim {
    /// The word in the row.
    const fn word(self) -> &'static str {
        match self {
            Aim::Factor => "factor",
            Aim::Restart => "restart",
        }
    }

    fn from_word(word: &str) -> Aim {
        if word == Aim::Restart.word() { Aim::Restart } else { Aim::Factor }
    }

    const fn notice(self, until: Time) -> Notice {
        match self {
            Aim::Factor => Notice::RecoveryWait(until),
            Aim::Restart => Notice::RestartWait(until),
        }
    }

    /// What the owner is told when it was cancelled.
    const fn cancelled(self) -> Notice {
        match self {
            Aim::Factor => Notice::RecoveryCancelled,
            Aim::Restart => Notice::RestartCancelled,
        }
    }

    /// How the journal calls it.
    const fn how(self) -> &'static str {
        match self {
            Aim::Factor => "waiting",
            Aim::Restart => "restart",
        }
    }
}

/// How far back a report of the owner makes the waiting period the long one.
const SUSPECT: Span = Span::days(30);

/// How long this account has to wait: longer after its owner reported something.
fn length(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, account: &AccountId) -> Result<Span> {
    let suspect: Option<i64> = tx.opt(
        "SELECT number FROM journal WHERE chain = $1 AND event IN ('not_me_reported', 'locked_down') AND at > $2 LIMIT 1",
        params![account, ctx.now - SUSPECT],
        |row| row.get(0),
    )?;
    let settings = &config.recovery;
    Ok(Span::hours(if suspect.is_some() { settings.wait_hours_suspect } else { settings.wait_hours }))
}

/// Begins a waiting period, or answers when the present one ends: asking twice makes it neither shorter nor longer.
///
/// # Errors
/// The storage is away.
pub fn begin(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, account: &AccountId, aim: Aim) -> Result<Time> {
    // The account's row is held, so of many wishes at one moment one begins the period.
    tx.exec("UPDATE account SET status = status WHERE id = $1", params![account])?;
    if let Some(until) = until(tx, ctx, account, aim)? {
        return Ok(until);
    }
    // One that a sign-in made void ends now: its button has nothing to cancel any more.
    tx.exec(
        "UPDATE recovery_wait SET ended_at = $1, ended_why = 'replaced'
         WHERE account_id = $2 AND aim = $3 AND ended_at IS NULL",
        params![ctx.now, account, aim.word()],
    )?;
    let id = Id::<WaitKind>::new(ctx.now, &mut ctx.rng());
    let token = token(ctx, &id);
    let until = ctx.now + length(tx, ctx, config, account)?;
    tx.exec(
        "INSERT INTO recovery_wait (id, account_id, cancel_hash, asked_at, until, expires_at, aim)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            &id,
            account,
            &cancel_hash(ctx, &token),
            ctx.now,
            until,
            until + Span::hours(config.recovery.wait_use_hours),
            aim.word()
        ],
    )?;
    let event = Event::RecoveryStarted { how: aim.how().into() };
    audit::record(tx, ctx, Chain::Account(account.as_str()), &event)?;
    tell(tx, ctx, account, aim.notice(until), &token)?;
    Ok(until)
}

/// Tells every contact, with the button that cancels.
fn tell(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, notice: Notice, token: &str) -> Result<()> {
    let url = format!("{}/recover/cancel/{token}", ctx.place.public_url);
    let link = Link { label: "notice-recovery-wait-cancel", hint: None, url };
    let details = Details { link: Some(link), ..Details::default() };
    notifications::notify_owner_with(tx, ctx, account, notice, &details)
}

/// The secret of the button: made from the row's name and a key, so that both notices of one period carry the same one
/// and the database holds only its hash.
fn token(ctx: &Ctx, id: &Id<WaitKind>) -> String {
    B64.encode(ctx.keys.mac(Purpose::Token, &[b"recovery-wait", id.as_str().as_bytes()]))
}

/// When the present waiting period ends or ended; none when there is none, it was cancelled, or its time is over.
///
/// A sign-in after it began makes it void: whoever signs in has the factor.
///
/// # Errors
/// The storage is away.
pub fn until(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, aim: Aim) -> Result<Option<Time>> {
    let found = tx.opt(
        "SELECT until FROM recovery_wait w
         WHERE account_id = $1 AND aim = $3 AND ended_at IS NULL AND expires_at > $2
           AND NOT EXISTS (SELECT 1 FROM session s WHERE s.account_id = w.account_id AND s.created_at > w.asked_at)
         ORDER BY asked_at DESC",
        params![account, ctx.now, aim.word()],
        |row| row.get(0),
    )?;
    Ok(found)
}

/// Whether a waiting period is over and can be used.
///
/// # Errors
/// The storage is away.
pub fn is_over(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, aim: Aim) -> Result<bool> {
    Ok(until(tx, ctx, account, aim)?.is_some_and(|until| until <= ctx.now))
}

/// Ends the waiting periods of an account.
///
/// # Errors
/// The storage is away.
pub fn end(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId, why: &str) -> Result<()> {
    tx.exec(
        "UPDATE recovery_wait SET ended_at = $1, ended_why = $2 WHERE account_id = $3 AND ended_at IS NULL",
        params![ctx.now, why, account],
    )?;
    Ok(())
}

/// What a link of a notice can still cancel; `None` for nothing.
///
/// # Errors
/// The storage is away.
pub fn cancellable(tx: &mut Tx<'_>, ctx: &Ctx, token: &str) -> Result<Option<Aim>> {
    let sql = "SELECT aim FROM recovery_wait WHERE cancel_hash = $1 AND ended_at IS NULL AND expires_at > $2";
    let found = tx.opt(sql, params![&cancel_hash(ctx, token), ctx.now], |row| row.get::<String>(0))?;
    Ok(found.map(|aim| Aim::from_word(&aim)))
}

/// Cancels the waiting period of a notice's link and says what it was for; `None` when there is nothing to cancel any more.
///
/// # Errors
/// The storage is away.
pub fn cancel(tx: &mut Tx<'_>, ctx: &Ctx, token: &str) -> Result<Option<Aim>> {
    let ended: Option<(AccountId, String)> = tx.opt(
        "UPDATE recovery_wait SET ended_at = $1, ended_why = 'cancelled'
         WHERE cancel_hash = $2 AND ended_at IS NULL AND expires_at > $1 RETURNING account_id, aim",
        params![ctx.now, &cancel_hash(ctx, token)],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let Some((account, aim)) = ended else { return Ok(None) };
    let aim = Aim::from_word(&aim);
    let event = Event::RecoveryCancelled { how: aim.how().into() };
    audit::record(tx, ctx, Chain::Account(account.as_str()), &event)?;
    notifications::notify_owner(tx, ctx, &account, aim.cancelled(), None)?;
    Ok(Some(aim))
}

/// Tells the owners whose waiting period is over or nearly so, once each. Answers how many were told.
///
/// # Errors
/// The storage is away.
pub fn remind(tx: &mut Tx<'_>, ctx: &Ctx, before: Time) -> Result<u64> {
    let due = tx.all(
        "SELECT id, account_id, until, aim FROM recovery_wait w
         WHERE ended_at IS NULL AND reminded_at IS NULL AND until <= $1 AND expires_at > $2
           AND NOT EXISTS (SELECT 1 FROM session s WHERE s.account_id = w.account_id AND s.created_at > w.asked_at)
         LIMIT 50",
        params![before, ctx.now],
        |row| {
            let aim = Aim::from_word(&row.get::<String>(3)?);
            Ok((row.get::<Id<WaitKind>>(0)?, row.get::<AccountId>(1)?, row.get::<Time>(2)?, aim))
        },
    )?;
    let mut told = 0;
    for (id, account, until, aim) in due {
        let taken = tx.exec(
            "UPDATE recovery_wait SET reminded_at = $1 WHERE id = $2 AND reminded_at IS NULL",
            params![ctx.now, &id],
        )?;
        if taken == 1 {
            tell(tx, ctx, &account, aim.notice(until), &token(ctx, &id))?;
            told += 1;
        }
    }
    Ok(told)
}

/// Deletes waiting periods and temporary codes whose time is over; a retention job.
///
/// # Errors
/// The storage is away.
pub fn sweep(tx: &mut Tx<'_>, before: Time, batch: i64) -> Result<u64> {
    let waits = tx.exec(
        "DELETE FROM recovery_wait WHERE id IN (SELECT id FROM recovery_wait WHERE expires_at < $1 LIMIT $2)",
        params![before, batch],
    )?;
    let codes = tx.exec(
        "DELETE FROM access_code WHERE id IN (SELECT id FROM access_code WHERE expires_at < $1 LIMIT $2)",
        params![before, batch],
    )?;
    Ok(waits.max(codes))
}

fn cancel_hash(ctx: &Ctx, token: &str) -> [u8; 32] {
    ctx.keys.mac(Purpose::Token, &[b"recovery-cancel", token.as_bytes()])
}
