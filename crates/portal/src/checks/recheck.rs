//! Rechecks: what registers confirmed is asked again every 90 days, and when a register tells of a change (spec 02 §3).
//!
//! A recheck asks what the evidence stands on, never what was typed since. Confirmed, it passes silently; doubted, the
//! evidence ends; without an answer the level stays, and it is asked again later, more and more seldom.

use super::settle::drop_checks;
use super::{CheckEvent, SendingId, SendingState, Settings, Why, ask, evidence, machine, question, store};
use crate::accounts::{self, AccountId};
use crate::app::App;
use crate::audit::{self, Chain, Event};
use crate::config::Config;
use crate::ctx::Ctx;
use crate::error::Result;
use ::store::jobs::{Handler, Job, Outcome};
use ::store::{Tx, params};
use gateway::register::Check;
use kernel::{Span, Time};

/// The job that begins rechecks.
pub const DUE: &str = "checks.recheck";
/// How often it looks.
pub const EVERY: Span = Span::minutes(1);

/// When evidence of this moment is checked anew: after 90 days, or up to a tenth of that earlier by chance.
pub(super) fn next(ctx: &Ctx, settings: &Settings) -> Time {
    let spread = u64::try_from(Span::days(settings.recheck_spread_days).0).unwrap_or(0);
    let earlier = i64::try_from(ctx.rng().below(spread.max(1))).unwrap_or(0);
    ctx.now + Span(Span::days(settings.recheck_days).0 - earlier)
}

/// The pause after a recheck that nobody answered, by how many of them there were before.
pub(super) fn pause(settings: &Settings, silent: i64) -> Span {
    let days = settings.recheck_again_days.saturating_mul(1 << silent.clamp(0, 20));
    Span::days(days.clamp(1, settings.recheck_days.max(1)))
}

/// Begins a recheck of everything that an account's level stands on; one that is under way begins anew for an event.
/// `false` when there is nothing to check, or it is being checked already.
///
/// # Errors
/// The storage is away.
pub fn begin(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, account: &AccountId, why: Why) -> Result<bool> {
    if why == Why::Event {
        drop_open(tx, ctx, account)?;
    }
    let held = evidence::evidence(tx, account)?;
    let Some(newest) = held.iter().max_by_key(|evidence| evidence.checked_at) else { return Ok(false) };
    let Some(of) = evidence::stands_on(tx, newest)? else { return Ok(false) };
    let values = store::sent(tx, ctx, &of, account)?;
    // What staff confirmed and no register knows is not asked about.
    let kinds: Vec<Check> = held
        .iter()
        .map(|evidence| evidence.kind)
        .filter(|kind| question::question(*kind, &values).is_some())
        .collect();
    if kinds.is_empty() {
        return Ok(false);
    }
    let id = SendingId::new(ctx.now, &mut ctx.rng());
    if !store::insert_sending(tx, ctx, &id, account, why, &values)? {
        return Ok(false);
    }
    ask(tx, ctx, account, &id, &kinds)?;
    evidence::not_before(tx, account, ctx.now + Span::days(config.checks.recheck_days))?;
    let event = Event::RecheckBegun { sending: id.to_string(), why: why.word().into() };
    audit::record(tx, ctx, Chain::Account(account.as_str()), &event)?;
    Ok(true)
}

/// Ends a recheck that is under way: something newer took its place.
pub(super) fn drop_open(tx: &mut Tx<'_>, ctx: &Ctx, account: &AccountId) -> Result<()> {
    let Some(open) = store::open_recheck(tx, account)? else { return Ok(()) };
    debug_assert!(machine::next(super::State::Asked, CheckEvent::Drop).is_some());
    drop_checks(tx, ctx, &open.id)?;
    store::end_sending(tx, &open.id, SendingState::Dropped, ctx.now)?;
    Ok(())
}

/// Begins the recheck of one account whose evidence is due.
fn begin_due(tx: &mut Tx<'_>, ctx: &Ctx, config: &Config, account: &AccountId) -> Result<bool> {
    accounts::lock(tx, account)?;
    let due = evidence::evidence(tx, account)?.iter().any(|evidence| evidence.recheck_at <= ctx.now);
    if !due {
        return Ok(false); // another instance was faster
    }
    // What the person sent is being checked: its answers come first.
    let waits = store::open_sending(tx, account)?.is_some() || !accounts::hold_open(tx, account)?;
    if !waits && begin(tx, ctx, config, account, Why::Due)? {
        return Ok(true);
    }
    evidence::not_before(tx, account, ctx.now + Span::days(1))?;
    Ok(false)
}

/// Begins the rechecks that are due, so many in one minute at most.
pub struct Rechecking(pub App);

#[async_trait::async_trait]
impl Handler for Rechecking {
    async fn run(&self, _job: &Job) -> Outcome {
        match self.begin_all().await {
            Ok(begun) => {
                metrics::counter!("register_rechecks_total").increment(begun);
                Outcome::Done
            }
            Err(error) => {
                tracing::warn!(%error, "rechecks could not be begun");
                Outcome::retry("storage")
            }
        }
    }
}

impl Rechecking {
    async fn begin_all(&self) -> Result<u64> {
        let (now, most) = (self.0.clock().now(), i64::from(self.0.config().checks.recheck_batch));
        let accounts = self.0.read(move |tx| evidence::due(tx, now, most)).await?;
        let mut begun = 0;
        for account in accounts {
            let (ctx, config) = (self.0.job_ctx(), self.0.config_arc());
            begun += u64::from(self.0.write(move |tx| begin_due(tx, &ctx, &config, &account)).await?);
        }
        Ok(begun)
    }
}

/// Deletes rechecks that ended a while ago, but for those that evidence stands on; a retention job.
///
/// # Errors
/// The storage is away.
pub fn sweep(tx: &mut Tx<'_>, before: Time, batch: i64) -> Result<u64> {
    let old: Vec<SendingId> = tx.all(
        "SELECT id FROM sending s WHERE ended_at IS NOT NULL AND ended_at < $1 AND why <> 'sent'
           AND NOT EXISTS (SELECT 1 FROM register_check c JOIN evidence e ON e.check_id = c.id WHERE c.sending_id = s.id)
         ORDER BY ended_at LIMIT $2",
        params![before, batch],
        |row| row.get(0),
    )?;
    for id in &old {
        tx.exec("DELETE FROM register_check WHERE sending_id = $1", params![id])?;
        tx.exec("DELETE FROM sending WHERE id = $1", params![id])?;
    }
    Ok(old.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silent_rechecks_become_seldom() {
        let settings = Settings::default();
        let days = [0, 1, 2, 3, 4, 60].map(|silent| pause(&settings, silent));
        assert_eq!(days, [7, 14, 28, 56, 90, 90].map(Span::days));
    }
}
