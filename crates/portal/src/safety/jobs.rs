//! Ending what was asked for, after its wait.

use super::{Restriction, bans};
use crate::accounts::AccountId;
use crate::app::App;
use crate::ctx::Ctx;
use crate::error::Result;
use ::store::Tx;
use ::store::jobs::{self, Handler, Job, NewJob, Outcome};
use kernel::Time;
use serde_json::json;

/// The kind of the jobs that end bans.
pub const END_BAN: &str = "safety.end-ban";

/// Enqueues the end of a ban; the wait that it belongs to is its key.
pub(super) fn end_later(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    account: &AccountId,
    ban: Restriction,
    until: Time,
) -> Result<()> {
    let payload = json!({ "account": account.as_str(), "ban": ban.word() });
    let key = format!("{account}/{}/{}", ban.word(), until.0);
    let job = NewJob { kind: END_BAN, key: Some(&key), payload, run_at: until, max_attempts: 1_000 };
    jobs::enqueue(tx, &job, ctx.now, &mut ctx.rng())?;
    Ok(())
}

/// Ends a ban whose wait is over; one that was kept is left alone.
pub struct EndBan(pub App);

#[async_trait::async_trait]
impl Handler for EndBan {
    async fn run(&self, job: &Job) -> Outcome {
        let text = |name: &str| job.payload.get(name).and_then(|value| value.as_str());
        let account = text("account").and_then(AccountId::parse);
        let (Some(account), Some(ban)) = (account, text("ban").and_then(Restriction::from_word)) else {
            return Outcome::fail("no such ban");
        };
        let ctx = self.0.job_ctx();
        match self.0.write(move |tx| bans::end(tx, &ctx, &account, ban)).await {
            Ok(()) => Outcome::Done,
            Err(error) => {
                tracing::warn!(%error, "a ban could not be ended");
                Outcome::retry("storage")
            }
        }
    }
}
